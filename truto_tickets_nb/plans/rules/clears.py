"""Emptied fields: how the tool empties one, and whether that may be dropped on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.actions import correct
from truto_tickets_nb.advice import LATER
from truto_tickets_nb.plans.rules.context import Rule, RuleFinding
from truto_tickets_nb.tickets.json_values import is_missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.plans.change import Change
    from truto_tickets_nb.plans.rules.context import RuleContext

PLAIN = ("null", "empty_text")  # forms in which a body can say it
_HOW = {
    "operation": "empties a field by an operation of its own",
    "by_field": "empties each field in its own way",
}


def may_be_dropped(change: Change, context: RuleContext) -> Iterator[RuleFinding]:
    """Find clears that may be dropped without a word; that a tool takes them plainly needs no warning."""
    fact = context.profile.fact("clear")
    if not is_missing(change.new) or is_missing(change.old) or (fact.value in PLAIN and fact.is_documented):
        return
    how = _HOW.get(fact.value or "")
    evidence = (
        f"{context.name} {how} ({fact.told})" if how else f"nobody documents what emptying does in {context.name}"
    )
    message = f"is emptied; {evidence}: it may be ignored"
    yield RuleFinding("clear.may_be_ignored", str(change.before)[:60], message, correct(LATER))


RULES = (Rule(("clear.may_be_ignored",), of_change=may_be_dropped),)
