"""The state of the tickets in a few figures: how many are open, in which states, since when, how long closed ones took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.audits.tickets import instants
from truto_tickets_nb.audits.words import of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.tickets import AuditedTickets

SHOWN = 6  # states named


def figures(tickets: AuditedTickets) -> tuple[str, ...]:
    """Return the figures as sentences."""
    return tuple(_sentences(tickets))


def _sentences(tickets: AuditedTickets) -> Iterator[str]:
    if tickets.is_open is not None:
        count = int(tickets.is_open.sum())
        yield f"{of(count, len(tickets), 'ticket')} {'is' if count == 1 else 'are'} open."
        states = tickets.counts("status", tickets.is_open)
        if len(states):
            shown = ", ".join(f"{name} {held:,}" for name, held in list(states.items())[:SHOWN])
            more = f" and {len(states) - SHOWN} more" if len(states) > SHOWN else ""
            yield f"Open by status: {shown}{more}."
    if tickets.has("created_at"):
        created = instants(tickets.frame["created_at"]).dropna()
        yield f"Created from {created.min():%Y-%m-%d} to {created.max():%Y-%m-%d}."
    took = tickets.days_to_complete
    if len(took):
        yield f"Closed tickets took {took.median():,.0f} days in the median, 90 % of them at most {took.quantile(0.9):,.0f}."
