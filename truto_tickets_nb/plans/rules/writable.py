"""What can be written here at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.actions import Action, correct
from truto_tickets_nb.integrations.facts import COUNTED
from truto_tickets_nb.plans.request_spec import part_of
from truto_tickets_nb.plans.rules.context import Rule, RuleFinding, severity_of
from truto_tickets_nb.tickets.fields import is_compared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.plans.change import Change
    from truto_tickets_nb.plans.rules.context import RuleContext

PAGE = "https://truto.one/docs/api-reference/unified-ticketing-api/tickets/update/"

_USE_THE_TOOL = correct("Load and audit them; to change them, use the tool itself.")


def updates(context: RuleContext) -> Iterator[RuleFinding]:
    """Return where tickets can't be updated: by the account's own word, else by Truto's page."""
    if context.learnt.can_update is False:
        message = f"this account does not offer the update of {context.name} tickets, by its own capabilities"
        yield RuleFinding("account.no_updates", "", message, _USE_THE_TOOL, "error")
    elif context.learnt.can_update is None and context.profile.can_update is False:
        message = f"Truto documents no update of tickets for {context.name} ({PAGE})"
        yield RuleFinding("account.no_updates", "", message, _USE_THE_TOOL, "error")


def takes(change: Change, context: RuleContext) -> Iterator[RuleFinding]:
    """Return which fields are not taken: the account's own schema blocks, an assumption of ours warns."""
    name = part_of(change.field)
    if not is_compared(name):  # Truto passes it on as it is, whatever it maps: no schema of its fields lists it
        return
    if context.learnt.writable is not None:
        if name not in context.learnt.writable:
            message = "can't be written through this account, by its own update schema"
            takes = correct(f"It takes: {', '.join(sorted(context.learnt.writable))}.")
            yield RuleFinding("field.not_writable", "", message, takes, "error")
        return
    fact = context.profile.fact("writable")
    if fact.value and name not in fact.value:
        counted = f". {COUNTED[name]}" if name in COUNTED else ""
        message = f"is probably not taken by {context.name} ({fact.told}); the account does not tell{counted}"
        yield RuleFinding("field.not_writable", "", message, (Action("try_one"),), severity_of(fact))


RULES = (
    Rule(("account.no_updates",), of_plan=updates),
    Rule(("field.not_writable",), of_change=takes),
)
