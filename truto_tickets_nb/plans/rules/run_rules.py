"""Walk through patches with every rule, field by field and ticket by ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.plans.problem import Problem
from truto_tickets_nb.plans.rules import clears, field_combinations, references, sets, status, text, writable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from truto_tickets_nb.plans.change import Change, Patch
    from truto_tickets_nb.plans.rules.context import RuleContext, RuleFinding

_EACH: tuple[Callable[[Change, RuleContext], Iterator[RuleFinding]], ...] = (
    writable.takes, clears.may_be_dropped, sets.one_assignee, sets.tag_spaces, sets.no_tags, sets.new_tag, sets.never_removed, sets.not_by_update,
    text.title, text.description, text.formatting, text.no_due_date, text.past_due_date, text.option, status.turns, references.other_name,
)  # fmt: skip
_WHOLE: tuple[Callable[[Patch, RuleContext], Iterator[tuple[str, RuleFinding]]], ...] = (
    field_combinations.together, field_combinations.lacking, status.of_its_type,
)  # fmt: skip


def problems(patches: Sequence[Patch], context: RuleContext) -> Iterator[Problem]:
    """Find what this account would refuse, truncate or drop: first what concerns all tickets, then ticket by ticket."""
    if patches:
        yield from (_problem("", "", finding) for finding in writable.updates(context))
    for patch in patches:
        yield from _of(patch, context)


def _of(patch: Patch, context: RuleContext) -> Iterable[Problem]:
    for change in patch.changes:
        for rule in _EACH:
            yield from (_problem(patch.ticket, change.field, finding) for finding in rule(change, context))
    for check in _WHOLE:
        yield from (_problem(patch.ticket, field, finding) for field, finding in check(patch, context))


def _problem(ticket: str, field: str, finding: RuleFinding) -> Problem:
    return Problem(
        finding.code, ticket, field, finding.value, finding.message, finding.actions, finding.severity, finding.together
    )
