"""Where a tool wants each field in a PATCH of its own: nothing is lost and nothing doubled, wherever it is cut off."""

from __future__ import annotations

import pytest
from test_journey import Killer, content

import truto_tickets_nb as tt
from truto_tickets_nb.runs import engine

ONE_BY_ONE = {"brakes": tt.SafetyLimits(workers=1, canary=0), "progress": False}


@pytest.fixture
def account():
    with tt.sandbox("helpscout", tickets=3, limit=None) as found:
        yield found


def edited(account):
    """Plan three fields of each ticket."""
    snapshot = account.load(progress=False)
    df = snapshot.frame()
    df["name"] = df["name"].str.strip() + " (seen)"
    df["custom_fields.region"] = "MARS"
    df["assignees"] = df["assignees"].tickets.set("Grace Liu")
    return snapshot.plan(df)


def patches(account):
    return [seen for seen in account.sandbox.requests() if seen.method == "PATCH"]


@pytest.mark.parametrize("at", range(1, 14))
def test_resume_after_a_death_between_the_parts(account, at):
    """Killed at any request, a resume brings each part once, and an undo takes all of them back."""
    before, plan = content(account), edited(account)
    bench = engine.RunContext(Killer(account._client, at), account.journal, ONE_BY_ONE["brakes"])
    with pytest.raises(SystemExit):
        engine.apply(bench, plan, plan.request_spec)
    run = account.resume(progress=False)
    assert (run.counts, len(patches(account))) == ({"applied": 3}, 9)
    account.apply(run.undo(), confirm=3, progress=False)
    assert content(account) == before


@pytest.mark.parametrize("fault", ["lost_after", "lost_before", "error_502", "limited"])
def test_failures_between_the_parts(account, fault):
    """A lost answer, a failure or a limit in the middle of a ticket is no reason to lose or double a part."""
    plan = edited(account)
    account.sandbox.faults(**{fault: {"rate": 0.4, "wait": 0.05, "on": "PATCH", "times": 1}}, seed=3)
    run = account.apply(plan, confirm=3, **ONE_BY_ONE)
    assert run.counts == {"applied": 3}
    for patch in plan:
        written = [set(write["fields"]) for write in account.sandbox.writes(patch.ticket) if write["fields"]]
        assert sorted(name for fields in written for name in fields) == ["assignees", "custom_fields", "name"]


def test_colleague_between_the_parts(account):
    """Somebody who edits the second field after the first was sent keeps her edit, and the outcome tells what arrived."""
    plan = edited(account).only("10001")
    account.sandbox.faults("edited=#2:field=assignees:on=GET")
    run = account.apply(plan, confirm=1, **ONE_BY_ONE)
    assert run.outcomes[0].kind == "partly applied"
    assert "name arrived, in a PATCH of its own" in run.outcomes[0].reason
    assert account.sandbox.ticket("10001")["assignees"] == "edited by a colleague"
    assert [[change.field for change in patch.changes] for patch in run.undo()] == [["name"]]


def test_gone_between_the_parts(account):
    """A ticket that is deleted after its first part is partly applied: neither the rest nor the undo is tried on it."""
    plan = edited(account).only("10001")
    account.sandbox.faults("deleted=#3:on=GET")
    run = account.apply(plan, confirm=1, **ONE_BY_ONE)
    assert (run.outcomes[0].kind, run.outcomes[0].cause) == ("partly applied", "gone")
    for again in (run.retry(), run.undo()):
        assert (len(again), "10001" in str(again.notes[-1])) == (0, True)


def test_stopped_between_the_parts_and_retried(account):
    """A limit that shuts us out in the middle leaves what arrived, tells the rest apart, and retry() sends just that."""
    plan = edited(account).only("10001")
    account.sandbox.faults("read_only=#2")
    run = account.apply(plan, confirm=1, **ONE_BY_ONE)
    account.sandbox.faults()
    account.sandbox.set_account(read_only=False)
    rest = run.retry()
    assert run.outcomes[0].kind == "partly applied"
    assert account.apply(rest, confirm=1, **ONE_BY_ONE).counts == {"applied": 1}
    assert sorted(name for seen in patches(account) if seen.status == 200 for name in seen.body) == [
        "assignees",
        "custom_fields",
        "name",
    ]
