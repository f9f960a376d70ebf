"""Pass events to listeners: one that raises is logged once and gets no more events; the work itself never notices."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from truto_tickets_nb.argument_checks import said
from truto_tickets_nb.errors import ArgumentError
from truto_tickets_nb.safe_text import logger

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from truto_tickets_nb.events.event_types import Event, Listener

log = logger(__name__)


def checked_listeners(listeners: Sequence[Listener]) -> tuple[Listener, ...]:
    """Check the listeners that a person gave: several functions, each of which takes an event.

    >>> checked_listeners([print])
    (<built-in function print>,)
    """
    if not isinstance(listeners, tuple | list) or not all(map(callable, listeners)):
        raise ArgumentError(
            f"listeners= is a tuple of functions that take an event, such as (log_events, mine), not {said(listeners)}."
        )
    return tuple(listeners)


class Listeners:
    """Some listeners, called one after another with each event.

    >>> received = []
    >>> emit = Listeners((received.append, lambda event: 1 / 0))
    >>> emit("an event"), emit("another")
    (None, None)
    >>> received
    ['an event', 'another']
    """

    def __init__(self, listeners: Iterable[Listener] = ()) -> None:
        self._listeners = tuple(listeners)
        self._dropped: list[Listener] = []
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Pass an event to all. Only an interrupt goes on from here: it is the person's, not the listener's."""
        for listener in self._listeners:
            if self._is_dropped(listener):
                continue
            try:
                listener(event)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001  (whatever breaks in a listener must not change a run)
                self._drop(listener, error)

    def _is_dropped(self, listener: Listener) -> bool:
        return any(listener is dropped for dropped in self._dropped)

    def _drop(self, listener: Listener, error: BaseException) -> None:
        with self._lock:  # several threads may meet the same broken listener
            if self._is_dropped(listener):
                return
            self._dropped.append(listener)
        name = getattr(listener, "__qualname__", type(listener).__name__)
        with suppress(Exception):  # the log itself may be what is broken
            log.warning("listener %s raised %s and gets no more events", name, type(error).__name__)

    def plus(self, *more: Listener) -> Listeners:
        """Return these listeners and some more; one that was dropped here stays dropped there."""
        both = Listeners((*self._listeners, *more))
        both._dropped, both._lock = self._dropped, self._lock
        return both
