"""Update a plan of yesterday to what the server holds now, from a dry run: only less is sent, never anything else. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.plans.change import Patch
    from truto_tickets_nb.plans.plan import Plan
    from truto_tickets_nb.plans.problem import Problem
    from truto_tickets_nb.runs.dry_run import DryRun
    from truto_tickets_nb.runs.outcome import Outcome
    from truto_tickets_nb.tickets.field_kinds import Text

SO = "already so"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A change that is no longer in the plan: whose, which, and why (already so, conflict, refused, not sent)."""

    ticket: str
    title: str
    field: str
    why: str
    reason: str  # in words
    base: Text = None
    theirs: Text = None  # what the server holds, where that is known
    mine: Text = None


@dataclass(frozen=True, slots=True)
class Rebased:
    """The new plan, and what is no longer in it."""

    plan: Plan
    dropped: tuple[Dropped, ...] = ()

    @property
    def lost(self) -> tuple[Dropped, ...]:
        """List what was wanted and will not happen: all but what the tickets hold already."""
        return tuple(item for item in self.dropped if item.why != SO)


def rebase(dry_run: DryRun) -> Rebased:
    """Return the part of a plan that is still to be done, on the tickets as the dry run has re-read them.

    A change that the ticket holds already is dropped. A ticket that somebody else edited in a field of this plan is dropped
    entirely, as the engine would not touch it either, and so is one that is gone, refused or could not be read. What is left is
    unchanged, so that the new plan never sends anything that the old one did not show.
    """
    remaining = [_remaining(item) for item in dry_run.outcomes]
    patches = tuple(patch for patch in remaining if patch.changes)
    dropped = tuple(
        item for outcome, patch in zip(dry_run.outcomes, remaining, strict=True) for item in _lost(outcome, patch)
    )
    problems = tuple(problem for problem in dry_run.plan.problems if _concerns(problem, patches))
    return Rebased(dry_run.plan.narrowed(patches, problems), dropped)


def _remaining(outcome: Outcome) -> Patch:
    """Return what is still to be sent of a ticket; nothing where somebody has to look at it."""
    so = {finding.change.field for finding in outcome.findings if finding.verdict == SO}
    changes = outcome.patch.changes if outcome.kind == "ready" else ()
    return replace(outcome.patch, changes=tuple(change for change in changes if change.field not in so))


def _lost(outcome: Outcome, remaining: Patch) -> Iterator[Dropped]:
    there = {change.field for change in remaining.changes}
    why, reason = (SO, "It holds this already.") if not outcome.type.needs_look else (outcome.kind, outcome.reason)
    for ticket, title, _, field, *values, _ in outcome.rows():
        if field not in there:
            yield Dropped(ticket, title, field, why, reason, *values)


def _concerns(problem: Problem, patches: tuple[Patch, ...]) -> bool:
    """Return whether a problem is about something that is still in the plan."""
    if not problem.ticket:
        return True
    fields = {change.field for patch in patches if patch.ticket == problem.ticket for change in patch.changes}
    return bool(fields) and (not problem.field or problem.field in fields)
