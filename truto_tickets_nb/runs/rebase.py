"""Bring a plan of yesterday up to what the server holds now, from a dry run: only less is sent, never anything else. Pure."""

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
GOES = ("ready", "unchanged")  # outcomes of a dry run that leave nothing to look at


@dataclass(frozen=True, slots=True)
class Dropped:
    """Hold a change that is no longer in the plan: whose, which, and why (already so, conflict, refused, not sent)."""

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
    """Hold the new plan, and what is no longer in it."""

    plan: Plan
    dropped: tuple[Dropped, ...] = ()

    @property
    def lost(self) -> tuple[Dropped, ...]:
        """List what was wanted and will not happen: all but what the tickets hold already."""
        return tuple(item for item in self.dropped if item.why != SO)


def rebase(found: DryRun) -> Rebased:
    """Make a plan of what is still to be done of a rehearsed one, on the tickets as the dry run has re-read them.

    A change that the ticket holds already is dropped. A ticket that somebody else edited in a field of this plan is dropped as a
    whole, as the engine would not touch it either, and so is one that is gone, refused or could not be read. What is left is
    unchanged, so that the new plan never sends anything that the old one did not show.
    """
    kept = [_kept(item) for item in found.outcomes]
    patches = tuple(patch for patch in kept if patch.changes)
    dropped = tuple(item for outcome, patch in zip(found.outcomes, kept, strict=True) for item in _lost(outcome, patch))
    problems = tuple(problem for problem in found.plan.problems if _concerns(problem, patches))
    return Rebased(found.plan.narrowed(patches, problems), dropped)


def _kept(outcome: Outcome) -> Patch:
    """Keep of a ticket what is still to be sent; all or nothing where somebody has to look at it."""
    so = {found.change.field for found in outcome.findings if found.verdict == SO}
    changes = outcome.patch.changes if outcome.kind == "ready" else ()
    return replace(outcome.patch, changes=tuple(change for change in changes if change.field not in so))


def _lost(outcome: Outcome, kept: Patch) -> Iterator[Dropped]:
    there = {change.field for change in kept.changes}
    why, reason = (SO, "It holds this already.") if outcome.kind in GOES else (outcome.kind, outcome.reason)
    for ticket, title, _, field, *values, _ in outcome.rows():
        if field not in there:
            yield Dropped(ticket, title, field, why, reason, *values)


def _concerns(problem: Problem, patches: tuple[Patch, ...]) -> bool:
    """Tell whether a problem is of something that is still in the plan."""
    if not problem.ticket:
        return True
    fields = {change.field for patch in patches if patch.ticket == problem.ticket for change in patch.changes}
    return bool(fields) and (not problem.field or problem.field in fields)
