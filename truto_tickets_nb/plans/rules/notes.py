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


def notes(patches: Sequence[Patch], book: RuleContext) -> Iterator[Note]:
    """Tell who is notified, what may be refused later, what goes along with each PATCH, what nobody knows."""
    if not patches:
        return
    fields = {change.field for patch in patches for change in patch.changes}
    yield from _product(book)
    yield from _mapping(book)
    model = book.profile.fact("status_model")
    if "status" in fields and model.value == "workflow":
        yield Note(
            "status.workflow",
            f"{book.name} moves tickets by its workflow: a change of status may be refused ({model.told}).",
        )
    yield from _clearing(patches, book)
    yield from request_notes(book.way, patches, book.profile)


def _product(book: RuleContext) -> Iterator[Note]:
    ended = book.profile.fact("ended")
    if ended.value:
        yield Note(
            "account.ended",
            f"{book.name} ended its tickets on {ended.value} ({ended.told}): nothing can be sent to it any more.",
        )
    synced, history = book.profile.fact("synced"), book.profile.fact("history")
    yield from (
        Note("account.fact", f"{book.name}: {fact.value} ({fact.told}).") for fact in (synced, history) if fact.value
    )
    if not book.profile.is_known and book.profile.can_update is None:
        yield Note(
            "account.unknown", f"Nothing is written down about {book.name}: its own rules show only when sending."
        )


def _mapping(book: RuleContext) -> Iterator[Note]:
    """Say what the account's own mapping does that no profile knows: changed here, more sent, less answered."""
    if book.learnt.overridden:
        yield Note(
            "mapping.overridden",
            f"This environment changed Truto's mapping of {book.name} tickets (env_overridden): what is documented may not hold here, so it "
            "only warns.",
        )
    for place, text in book.learnt.unseen:
        yield Note(
            "mapping.adds", f"Truto adds to the {place} of each PATCH what the account's own schema says: {text}"
        )
    if book.way.unread:
        yield Note(
            "mapping.unread",
            f"Can't be verified after sending: {', '.join(book.way.unread)}. The account's own mapping does not answer it.",
        )
    if book.learnt.steps:
        yield Note(
            "mapping.calls",
            f"Each PATCH makes {book.learnt.steps + 1} calls in {book.name}, by the account's own mapping; the pace counts them.",
        )


def _clearing(patches: Sequence[Patch], book: RuleContext) -> Iterator[Note]:
    fact = book.profile.fact("clear")
    clears = any(is_missing(c.new) and not is_missing(c.old) for patch in patches for c in patch.changes)
    if clears and fact.value in PLAIN and fact.is_documented:
        word = "null" if fact.value == "null" else "an empty text"
        yield Note(
            "clear.form",
            f"Fields are emptied by {word}, as {book.name} takes it ({fact.told}); Truto does not say that it passes it on, so each is read back.",
        )
