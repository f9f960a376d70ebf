"""Listeners that several tests share."""

from __future__ import annotations

from truto_tickets_nb.events import WaitStarted


def waits_into(call):
    """Return a listener that calls something with each wait, and ignores all other events."""
    return lambda event: call(event) if isinstance(event, WaitStarted) else None
