"""Asking the tool itself: a check changes nothing, and a tool that does not hear the switch is found out at the first ticket."""

from __future__ import annotations

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.errors import ServerWrote
from truto_tickets_nb.integrations.profile import profile
from truto_tickets_nb.runs import server_check


def renamed(account):
    snapshot = account.load(progress=False)
    df = snapshot.frame()
    df["name"] = df["name"].str.strip() + " (asked)"
    return snapshot.plan(df)


def test_switch_that_is_not_heard_is_found_out_at_the_first_ticket():
    """Had the switch been lost on the way, one ticket would be changed, no other asked, and the way back be at hand."""
    with tt.sandbox("jira", tickets=6, limit=None) as account:  # it knows no such switch
        before = [row["name"] for row in account.sandbox.tickets()]
        rehearsal = account.dry_run(renamed(account), progress=False)
        with pytest.raises(ServerWrote, match="No other ticket was asked") as caught:
            server_check.ask_server(account._client, rehearsal, {"validateOnly": "true"})
        assert sum(row["name"].endswith("(asked)") for row in account.sandbox.tickets()) == 1
        account.apply(caught.value.undo, confirm=1, progress=False)
        assert [row["name"] for row in account.sandbox.tickets()] == before


def test_question_leaves_no_trace():
    """Asked with the documented switch, the tool keeps no change, mails nobody, and a real run is not answered from memory."""
    with tt.sandbox("azuredevops", tickets=6, limit=None) as account:
        plan = renamed(account)
        found = account.dry_run(plan, ask_server=True, progress=False)
        assert (len(found.ready), account.sandbox.notified()) == (6, [])
        assert "nothing was changed" in repr(found)
        assert not any(account.sandbox.writes(patch.ticket) for patch in plan)
        assert account.apply(plan, confirm=6, progress=False).counts == {"applied": 6}


def test_conflicts_are_not_asked():
    """Only what is ready is asked: a ticket that somebody edited stays a conflict."""
    with tt.sandbox("azuredevops", tickets=6, limit=None) as account:
        plan = renamed(account)
        account.sandbox.edit(plan.patches[0].ticket, name="hers")
        found = account.dry_run(plan, ask_server=True, progress=False)
        assert (found.conflicts.ids, len(found.ready)) == ((plan.patches[0].ticket,), 5)
        assert plan.patches[0].ticket not in {
            seen.path.rpartition("/")[2] for seen in account.sandbox.requests() if seen.method == "PATCH"
        }


def test_every_switch_is_documented():
    """A switch that we only assume is never used: the question would be a change."""
    assert server_check.switch(profile("azuredevops")) == {"validateOnly": "true"}
