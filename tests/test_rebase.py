"""A plan of yesterday, brought up to today: only less is sent, never anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_laws import RECORD, compared, sent, slowly, value

from truto_tickets_nb.errors import NotFound, ServerTrouble
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.plans.problem import Problem
from truto_tickets_nb.plans.request_spec import RequestSpec
from truto_tickets_nb.runs.dry_run import DryRun
from truto_tickets_nb.runs.rebase import SO, rebase
from truto_tickets_nb.runs.recheck import dry_run_of_patch
from truto_tickets_nb.tickets.fields import same


class Gateway:
    """Answer reads from records, as a server would; nothing else."""

    def __init__(self, records):
        self.records = records

    def get(self, identity, *, query=None):
        found = self.records[identity]
        if isinstance(found, Exception):
            raise found
        return {"id": identity, **found}


def rebased(plan, now):
    """Rehearse a plan on what the server holds now, and rebase it."""
    records = now if isinstance(now, dict) else {str(n): record for n, record in enumerate(now)}
    return rebase(DryRun(plan, tuple(dry_run_of_patch(Gateway(records), patch, RequestSpec()) for patch in plan)))


@st.composite
def stories(draw):
    """Draw tickets as loaded, as edited, and as they are now: untouched, edited by us already, or by somebody else."""
    count = draw(st.integers(1, 4))
    base, edited, foreign = (draw(st.lists(RECORD, min_size=count, max_size=count)) for _ in range(3))
    choice = [draw(st.fixed_dictionaries({k: st.sampled_from([old, old, new, other]) for k, (old, new, other) in both.items()}))
              for both in ({k: (b[k], e[k], f[k]) for k in b} for b, e, f in zip(base, edited, foreign, strict=True))]  # fmt: skip
    return base, edited, choice


@slowly
@given(stories())
def test_untouched_tickets_keep_the_plan(story):
    """Rebasing on tickets that nobody touched changes nothing: the same patches, the same fingerprint."""
    base, edited, _ = story
    plan, _ = compared(base, edited)
    found = rebased(plan, base)
    assert (found.plan, found.dropped) == (plan, ())


@slowly
@given(stories())
def test_foreign_edits_are_never_overwritten(story):
    """A field that somebody else changed is not in the new plan, and what is in it stood in the old one."""
    base, edited, now = story
    plan, _ = compared(base, edited)
    found = rebased(plan, now)
    old = {(patch.ticket, change) for patch in plan for change in map(repr, patch.changes)}
    for patch in found.plan:
        for change in patch.changes:
            assert (patch.ticket, repr(change)) in old
            assert same(change.field, value(now[int(patch.ticket)], change.field), change.old)


@slowly
@given(stories())
def test_every_change_is_kept_or_told(story):
    """The new plan and what was dropped are the old plan; dropped as 'already so' is what holds the new value."""
    plan, _ = compared(*story[:2])
    found = rebased(plan, story[2])
    kept = [(patch.ticket, change.field) for patch in found.plan for change in patch.changes]
    gone = [(item.ticket, item.field) for item in found.dropped]
    assert sorted(kept + gone) == sorted((patch.ticket, change.field) for patch in plan for change in patch.changes)
    wanted = {(patch.ticket, change.field): change.new for patch in plan for change in patch.changes}
    for item in found.dropped:
        holds = same(item.field, value(story[2][int(item.ticket)], item.field), wanted[item.ticket, item.field])
        assert holds or item.why != SO


@slowly
@given(stories())
def test_rebasing_twice_is_rebasing_once(story):
    """Idempotent; and once the rebased plan is applied, nothing is left of it."""
    plan, _ = compared(*story[:2])
    once = rebased(plan, story[2])
    assert rebased(once.plan, story[2]).plan == once.plan
    after = rebased(once.plan, sent(story[2], once.plan))
    assert (len(after.plan), after.lost) == (0, ())


NAME, PRIORITY = Change("name", "a", "b", "a", "b"), Change("priority", "Low", "High", {"id": "1"}, {"id": "2"})


@pytest.fixture
def plan():
    problems = tuple(Problem("status.closes", ticket, field, "", "mails people", severity="warning")
                     for ticket, field in (("7", "name"), ("8", "priority"), ("8", ""), ("", "name")))  # fmt: skip
    return Plan("acc", "jira", (Patch("7", "A", (NAME, PRIORITY)), Patch("8", "B", (NAME, PRIORITY))), problems)


def test_ticket_with_a_conflict_is_left_out_whole(plan):
    """As the engine does: a conflict in one field leaves the whole ticket alone, and its other fields are told too."""
    records = {"7": {"name": "theirs", "priority": {"id": "1"}}, "8": {"name": "a", "priority": {"id": "2"}}}
    found = rebased(plan, records)
    assert [(patch.ticket, patch.changes) for patch in found.plan] == [("8", (NAME,))]
    assert [(item.ticket, item.field, item.why) for item in found.dropped] == [
        ("7", "name", "conflict"), ("7", "priority", "conflict"), ("8", "priority", SO),
    ]  # fmt: skip
    assert (found.dropped[0].base, found.dropped[0].theirs, found.dropped[0].mine) == ("a", "theirs", "b")
    assert [item.ticket for item in found.lost] == ["7", "7"]


def test_problems_go_with_their_changes(plan):
    """A warning of something that is no longer in the plan is gone; one of the whole plan stays."""
    records = {"7": {"name": "theirs"}, "8": {"name": "a", "priority": {"id": "2"}}}
    assert [(p.ticket, p.field) for p in rebased(plan, records).plan.problems] == [("8", ""), ("", "name")]


@pytest.mark.parametrize(("answer", "why"), [(NotFound("gone"), "refused"), (ServerTrouble("502"), "not sent")])
def test_ticket_that_is_gone_or_silent_is_left_out(plan, answer, why):
    """A ticket that can't be read is not in the new plan, and counts as lost."""
    found = rebased(plan, {"7": answer, "8": {"name": "a", "priority": {"id": "1"}}})
    assert [patch.ticket for patch in found.plan] == ["8"]
    assert {item.why for item in found.lost} == {why}
