"""What the promises cost: the journal, per patch."""

from __future__ import annotations

import os
import statistics
import time

import pytest

from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.plans.request_spec import RequestSpec
from truto_tickets_nb.runs.journal import Journal
from truto_tickets_nb.runs.outcome import Outcome
from truto_tickets_nb.runs.verify import Finding

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(900)]


def test_journal_costs_at_most_a_millisecond_a_patch(tmp_path):
    """Intent and outcome, both durable: the median of 2,000 patches, beside the bare fsync of this disk."""
    changes = [Change("name", "before", "after", "before", "after")]
    plan = Plan("acc", "jira", tuple(Patch(str(n), f"Ticket {n}", tuple(changes)) for n in range(2000)))
    with Journal(tmp_path) as journal:
        run = journal.begin(plan, RequestSpec())
        spent = []
        for place, patch in enumerate(plan.patches):
            start = time.perf_counter()
            journal.intend(run, place, ("name",))
            journal.settle(
                run, place, Outcome(patch, "applied", "", (Finding(changes[0], "after", "applied", "after"),))
            )
            spent.append(time.perf_counter() - start)
    with (tmp_path / "bare").open("wb") as file:
        bare = []
        for _ in range(500):
            start = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            bare.append(time.perf_counter() - start)
    median, disk = statistics.median(spent) * 1000, statistics.median(bare) * 1000
    print(
        f"\njournal: {median:.2f} ms a patch in the median (p95 {sorted(spent)[1900] * 1000:.2f}); one bare fsync {disk:.2f} ms"
    )
    assert median <= max(1.0, 3 * disk)
