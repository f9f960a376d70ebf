"""The listener of a progress bar: it counts tickets, and shows why nothing moves. An account adds it for one load or one run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.events.event_types import DryRunOutcome, OutcomeRecorded, WaitStarted, wait_words

if TYPE_CHECKING:
    from truto_tickets_nb.events.event_types import Event, Listener
    from truto_tickets_nb.show import ProgressBar

SHORTEST = 1.0  # seconds: a shorter wait is not shown


def progress_listener(bar: ProgressBar) -> Listener:
    """Return the listener that shows events on a progress bar.

    >>> from truto_tickets_nb.show import ProgressBar
    >>> progress_listener(ProgressBar(shown=False))(WaitStarted("acc", "truto_limit", 8.0))
    """

    def show(event: Event) -> None:
        match event:
            case OutcomeRecorded():
                bar.update(1, done=event.done - event.failed, failed=event.failed)
            case DryRunOutcome():
                bar.update(1, done=event.done)
            case WaitStarted() if event.seconds >= SHORTEST:
                bar.say(f"waiting {event.seconds:.0f} s: {wait_words(event)}")
            case _:
                pass  # nothing else is worth a place on the bar

    return show
