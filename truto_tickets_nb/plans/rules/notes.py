"""What sending a plan does besides, in a few sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.notes import Note
from truto_tickets_nb.plans.request_summary import request_notes
from truto_tickets_nb.plans.rules.clears import PLAIN
from truto_tickets_nb.tickets.json_values import is_missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from truto_tickets_nb.plans.change import Patch
    from truto_tickets_nb.plans.rules.context import RuleContext


def notes(patches: Sequence[Patch], context: RuleContext) -> Iterator[Note]:
    """Return who is notified, what may be refused later, what goes along with each PATCH, what nobody knows."""
    if not patches:
        return
    fields = {change.field for patch in patches for change in patch.changes}
    yield from _product(context)
    yield from _mapping(context)
    model = context.profile.fact("status_model")
    if "status" in fields and model.value == "workflow":
        yield Note(
            "status.workflow",
            f"{context.name} moves tickets by its workflow: a change of status may be refused ({model.told}).",
        )
    yield from _clearing(patches, context)
    yield from request_notes(context.request_spec, patches, context.profile)


def _product(context: RuleContext) -> Iterator[Note]:
    ended = context.profile.fact("ended")
    if ended.value:
        yield Note(
            "account.ended",
            f"{context.name} ended its tickets on {ended.value} ({ended.told}): nothing can be sent to it any more.",
        )
    synced, history = context.profile.fact("synced"), context.profile.fact("history")
    yield from (
        Note("account.fact", f"{context.name}: {fact.value} ({fact.told}).") for fact in (synced, history) if fact.value
    )
    if not context.profile.is_known and context.profile.can_update is None:
        yield Note(
            "account.unknown", f"Nothing is written down about {context.name}: its own rules show only when sending."
        )


def _mapping(context: RuleContext) -> Iterator[Note]:
    """Return what the account's own mapping does that no profile knows: changed here, more sent, less answered."""
    if context.learnt.overridden:
        yield Note(
            "mapping.overridden",
            f"This environment changed Truto's mapping of {context.name} tickets (env_overridden): what is documented may not hold here, so it "
            "only warns.",
        )
    for place, text in context.learnt.unseen:
        yield Note(
            "mapping.adds", f"Truto adds to the {place} of each PATCH what the account's own schema says: {text}"
        )
    if context.request_spec.unread:
        yield Note(
            "mapping.unread",
            f"Can't be verified after sending: {', '.join(context.request_spec.unread)}. The account's own mapping does not answer it.",
        )
    if context.learnt.steps:
        yield Note(
            "mapping.calls",
            f"Each PATCH makes {context.learnt.steps + 1} calls in {context.name}, by the account's own mapping; the pace counts them.",
        )


def _clearing(patches: Sequence[Patch], context: RuleContext) -> Iterator[Note]:
    fact = context.profile.fact("clear")
    clears = any(is_missing(c.new) and not is_missing(c.old) for patch in patches for c in patch.changes)
    if clears and fact.value in PLAIN and fact.is_documented:
        word = "null" if fact.value == "null" else "an empty text"
        yield Note(
            "clear.form",
            f"Fields are emptied by {word}, as {context.name} takes it ({fact.told}); Truto does not say that it passes it on, so each is read back.",
        )
