"""Walk through patches with every rule, field by field and ticket by ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.plans.problem import Problem
from truto_tickets_nb.plans.rules import clears, field_combinations, references, sets, status, text, writable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from truto_tickets_nb.plans.change import Patch
    from truto_tickets_nb.plans.rules.context import Rule, RuleContext, RuleFinding

# In this order: a new rule is a function and a row in the RULES of its module.
RULES: tuple[Rule, ...] = (
    *writable.RULES,
    *clears.RULES,
    *sets.RULES,
    *text.RULES,
    *status.RULES,
    *references.RULES,
    *field_combinations.RULES,
)


def problems(patches: Sequence[Patch], context: RuleContext) -> Iterator[Problem]:
    """Find what this account would refuse, truncate or drop: first what concerns all tickets, then ticket by ticket."""
    if patches:
        for rule in RULES:
            if rule.of_plan is not None:
                yield from (_problem("", "", finding) for finding in rule.of_plan(context))
    for patch in patches:
        yield from _of(patch, context)


def _of(patch: Patch, context: RuleContext) -> Iterable[Problem]:
    for change in patch.changes:
        for rule in RULES:
            if rule.of_change is not None:
                yield from (
                    _problem(patch.ticket, change.field, finding) for finding in rule.of_change(change, context)
                )
    for rule in RULES:
        if rule.of_ticket is not None:
            yield from (_problem(patch.ticket, field, finding) for field, finding in rule.of_ticket(patch, context))


def _problem(ticket: str, field: str, finding: RuleFinding) -> Problem:
    return Problem(
        finding.code, ticket, field, finding.value, finding.message, finding.actions, finding.severity, finding.together
    )
