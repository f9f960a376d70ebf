"""Statuses: what closing and re-opening risks, and which tickets have a status at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.actions import Action
from truto_tickets_nb.plans.request_spec import is_silent
from truto_tickets_nb.plans.rules.context import Rule, RuleFinding, severity_of
from truto_tickets_nb.tickets.json_values import ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.plans.change import Change, Patch
    from truto_tickets_nb.plans.rules.context import RuleContext
    from truto_tickets_nb.tickets.field_kinds import Text

# Words that tools use for a ticket that is over. The first row is Truto's own list of names; the others are common names: assumed.
OVER = frozenset(
    {"closed", "resolved", "archived", "deleted", "completed", "spam"}
    | {"done", "complete", "fixed", "finished", "solved", "won't do", "wont do", "won't fix", "wontfix", "cancelled", "canceled"}
    | {"rejected", "declined", "duplicate", "invalid", "accepted", "delivered", "trash"}
)  # fmt: skip


def turns(change: Change, context: RuleContext) -> Iterator[RuleFinding]:
    """Return which tickets would be closed or opened again: customers may hear of both."""
    if change.field != "status" or change.before is None or change.after is None:
        return
    before, after = _is_over(change.before), _is_over(change.after)
    if before == after:
        return
    fact, what = context.profile.fact("notifies"), "closes the ticket" if after else "opens a closed ticket again"
    source = fact.told if fact.value else "our assumption"
    value, drop = f"{change.before} -> {change.after}", (Action("leave_out", "status"),)
    if is_silent(context.request_spec, context.profile):
        yield RuleFinding("status.closes_quietly", value, f"{what}; {context.name} is asked to mail nobody", drop)
        return
    yield RuleFinding("status.closes", value, f"{what}, and {context.name} may mail people about it ({source})", drop)


def _is_over(name: Text) -> bool:
    return str(name).strip().casefold() in OVER


def of_its_type(patch: Patch, context: RuleContext) -> Iterator[tuple[str, RuleFinding]]:
    """Return which tickets have a type that takes no status."""
    fact = context.profile.fact("status_for_types")
    changed = next((change for change in patch.changes if change.field == "status"), None)
    if not fact.value or changed is None:
        return
    kind = ref((context.records.get(patch.ticket) or {}).get("ticket_type"))
    if kind and not {kind.id.casefold(), kind.name.casefold()} & {word.casefold() for word in fact.value}:
        message = f"{context.name} has statuses for tickets of type {', '.join(fact.value)} only ({fact.told}); this one is {kind.shown}"
        drop = (Action("leave_out_ticket"),)
        yield "status", RuleFinding("status.not_of_this_type", str(changed.after), message, drop, severity_of(fact))


RULES = (
    Rule(("status.closes", "status.closes_quietly"), of_change=turns),
    Rule(("status.not_of_this_type",), of_ticket=of_its_type),
)
