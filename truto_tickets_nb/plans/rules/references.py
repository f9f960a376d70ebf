"""References that were written out: an id and a name that do not belong together."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from truto_tickets_nb.actions import correct
from truto_tickets_nb.plans.rules.context import Rule, RuleFinding
from truto_tickets_nb.tickets.fields import field
from truto_tickets_nb.tickets.json_values import person_name, refs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.plans.change import Change
    from truto_tickets_nb.plans.rules.context import RuleContext


def other_name(change: Change, context: RuleContext) -> Iterator[RuleFinding]:
    """Return which id goes out with a name that the account gives to another one, or to none."""
    row = field(change.field)
    if row is None or row.kind.word not in ("reference", "set"):
        return
    choices = context.choices.get(row.choices)
    before = {reference.id for reference in refs(change.old)}
    for item in change.new if isinstance(change.new, list) else [change.new]:
        name = person_name(item) if isinstance(item, dict) else ""
        choice = choices.by_id(str(item.get("id", ""))) if choices and name else None
        if choice and choice.id not in before and _folded(choice.name) != _folded(name):
            message = f"goes out with the id {choice.id}, which is {choice.name!r} here: tools go by the id"
            yield RuleFinding("reference.other_name", name, message, correct("Give the name or the id alone."))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip()


RULES = (Rule(("reference.other_name",), of_change=other_name),)
