"""One table of outcomes: each reader handles each of its rows, and no other module lists outcomes by name."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.cli.reports import run_facts, run_status, run_text
from truto_tickets_nb.events.event_types import Severity
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.plans.request_spec import RequestSpec
from truto_tickets_nb.process import release
from truto_tickets_nb.runs.dry_run import DryRun
from truto_tickets_nb.runs.journal import Journal
from truto_tickets_nb.runs.journal_records import outcome_of, text_of
from truto_tickets_nb.runs.outcome import OUTCOMES, Outcome, OutcomeKind, kinds_that
from truto_tickets_nb.runs.rebase import rebase
from truto_tickets_nb.runs.run import Run
from truto_tickets_nb.runs.verify import Finding
from truto_tickets_nb.show import Tone
from truto_tickets_nb.widgets.review import messages, view

PACKAGE = Path(tt.__file__).parent
CHANGES = (Change("name", "before", "after", "before", "after"), Change("description", "old", "new", "old", "new"))
PATCH = Patch("4712", "A ticket", CHANGES)
PLAN = Plan("acc", "jira", (PATCH,))
KINDS = [kind for kind in OUTCOMES if kind != "ready"]  # those of a run; the other one is of a dry run


def ended(kind):
    findings = (Finding(CHANGES[0], "after", "applied", "after"), Finding(CHANGES[1], "old", "open", "old"))
    return Outcome(PATCH, kind, "A reason.", findings)


def run_of(kind):
    return Run("20261127-aaaaaa", PLAN, (ended(kind),), who="jo")


def test_table_has_a_row_for_each_outcome():
    """Each kind of outcome has words of its own, a color, a severity and a consistent meaning."""
    assert {*OUTCOMES} == {*get_args(OutcomeKind)}
    assert len({row.words for row in OUTCOMES.values()}) == len(OUTCOMES)
    for kind, row in OUTCOMES.items():
        assert row.words.endswith(".")
        assert row.tone in get_args(Tone)
        assert row.severity in get_args(Severity)
        assert not (row.is_done and (row.is_failed or row.needs_look or row.stops_run)), kind
        assert row.is_failed <= (row.needs_look and row.stops_run), kind


@pytest.mark.parametrize("kind", KINDS)
def test_page_and_receipts_show_it(kind):
    """Text, HTML, document and JSON name the outcome, the ticket and the fields."""
    run = run_of(kind)
    for text in (repr(run), run._repr_html_(), run.receipt(), run.receipt("json"), run.describe()):
        assert all(word in text for word in (kind, "4712", "name", "description"))
    assert f"1 {kind}" in repr(run)
    shown = {"changes": "before", "both sides": "is now", "each field": "name arrived"}[OUTCOMES[kind].detail]
    assert shown in repr(run)


@pytest.mark.parametrize("kind", KINDS)
def test_command_ends_with_its_exit_status(kind):
    """0 where the ticket holds what was asked, 1 else; machines read of it whether it needs a look."""
    run, row = run_of(kind), OUTCOMES[kind]
    assert run_status(run) == row.exit_status == (0 if row.is_done else 1)
    assert bool(run_facts(run)["to_look_at"]) == row.needs_look
    assert kind in run_text(run)
    good = Run("20261127-aaaaaa", PLAN, (ended("applied"), ended(kind)))
    assert run_status(good) == row.exit_status


@pytest.mark.parametrize("kind", KINDS)
def test_retry_and_undo_follow_the_table(kind):
    """What is sent again: nothing, all fields, or those that were not sent. What is undone is what has arrived, whatever the kind."""
    run = run_of(kind)
    fields = {"nothing": (), "everything": ("name", "description"), "the rest": ("description",)}
    assert tuple(change.field for patch in run.retry() for change in patch.changes) == fields[OUTCOMES[kind].retries]
    assert [change.field for patch in run.undo() for change in patch.changes] == ["name"]


@pytest.mark.parametrize("kind", KINDS)
def test_journal_writes_lists_and_keeps_it(kind, tmp_path):
    """It is read back as it was, counted in the list, and a run with an undecided one is not pruned."""
    assert outcome_of(PATCH, text_of(ended(kind))) == ended(kind)
    with Journal(tmp_path) as journal:
        run_id = journal.begin(PLAN, RequestSpec())
        journal.settle(run_id, 0, ended(kind))
        journal.finish(run_id, "finished", ())
        release(run_id)
        (run,) = journal.runs()
        old = journal.old_runs(0)
        assert run.counts == journal.run(run_id).counts == {kind: 1}
        assert (f"1 {kind}" in repr(journal.runs())) == OUTCOMES[kind].is_undecided
        assert len(old) == (not OUTCOMES[kind].is_undecided)
        assert (f"with {kind} outcomes" in repr(old)) == OUTCOMES[kind].is_undecided


@pytest.mark.parametrize("kind", KINDS)
def test_review_offers_what_the_table_says(kind):
    """The form counts for undo and retry what the table allows, jumps to what needs a look, and has words for the end."""
    run = run_of(kind)
    counts = view._counts(SimpleNamespace(run=run, last=run, purpose="draft"))
    row = OUTCOMES[kind]
    assert counts["undo"] == row.can_undo
    assert counts["retry"] == (row.retries != "nothing")
    assert bool([*view._of(run.outcomes)]) == row.needs_look
    assert messages.ran(run)[1] == ("good" if row.is_done else "warn")


@pytest.mark.parametrize("kind", OUTCOMES)
def test_dry_run_shows_and_rebases_it(kind):
    """A dry run shows each outcome, and a plan that is brought up to date loses what needs a look and keeps what is ready."""
    dry_run = DryRun(PLAN, (ended(kind),))
    assert kind in repr(dry_run)
    assert kind in dry_run._repr_html_()
    assert bool(len(rebase(dry_run).plan)) == (kind == "ready")
    assert bool(rebase(dry_run).lost) == OUTCOMES[kind].needs_look


def test_a_run_of_all_outcomes_counts_each():
    """The counts add up, the order is that of the table, and the receipt has them all."""
    run = Run("20261127-aaaaaa", PLAN, tuple(ended(kind) for kind in reversed(KINDS)))
    assert run.counts == dict.fromkeys(reversed(KINDS), 1)
    assert " ".join(repr(run).split()).startswith(f"{len(KINDS)} tickets: " + ", ".join(f"1 {kind}" for kind in KINDS))
    assert json.loads(run.receipt("json"))["counts"] == run.counts
    assert {item.kind for item in run.failed} == {*kinds_that(lambda row: row.is_failed)}


def test_no_other_module_lists_outcomes():
    """Two outcomes by name in one list, comparison or call are a decision that belongs into the table."""
    found = []
    for path in PACKAGE.rglob("*.py"):
        if path.relative_to(PACKAGE).parts[:2] == ("runs", "outcome.py") or "sandbox" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            parts = getattr(node, "elts", None) or getattr(node, "args", None)
            if isinstance(parts, list) and len(parts) > 1 and all(_is_outcome(part) for part in parts):
                found.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    assert found == []


def _is_outcome(node):
    return isinstance(node, ast.Constant) and node.value in OUTCOMES
