"""A look at a ticket and the change that follows it at once: how old the look is, and whether the change may still leave."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.errors import LookTooOld

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_AGE = 0.1  # seconds beyond one round trip that may pass between the answer to a look and its PATCH
HEADERS = "http11.send_request_headers.started"  # what httpx reports right before the first byte of a request leaves


def _clocks() -> tuple[float, float]:
    """Read two clocks: the monotonic one stands still while some machines sleep, the other one does not."""
    return time.monotonic(), time.time()


@dataclass
class ReadThenWrite:
    """When a ticket was read; its PATCH leaves only while that is recent.

    >>> now = [0.0]
    >>> pair = ReadThenWrite(lambda: (now[0], now[0]))
    >>> pair.looked(trip=0.02)
    >>> now[0] = 0.05
    >>> pair.leave()
    >>> round(pair.window, 3)
    0.05
    >>> now[0] = 0.2
    >>> pair.is_recent
    False
    """

    clocks: Callable[[], tuple[float, float]] = _clocks
    trip: float = 0.0  # seconds that the last look took
    window: float | None = None  # seconds between the answer to the last look and the departure of the PATCH
    _answered: tuple[float, float] | None = field(default=None, repr=False)

    def looked(self, trip: float) -> None:
        """Record that the answer to a look has come, after so many seconds."""
        self.trip, self._answered = trip, self.clocks()

    @property
    def age(self) -> float:
        """Return how many seconds ago the ticket was read; 0 where it was not."""
        if self._answered is None:
            return 0.0
        return max(now - then for now, then in zip(self.clocks(), self._answered, strict=True))

    @property
    def is_recent(self) -> bool:
        """Return whether a PATCH may still follow the look."""
        return self.age <= LONGEST_AGE + self.trip

    def leave(self) -> None:
        """Measure how old the look is, right before its PATCH leaves; one that is too old is a LookTooOld, and nothing leaves."""
        if not self.is_recent:
            raise LookTooOld(
                f"The ticket was read {self.age:.1f} s ago, so its change was held back: it has to be read again first."
            )
        self.window = self.age

    def trace(self, event: str, _facts: dict[str, Any]) -> None:
        """Check once more right before the first byte leaves: a new connection may have taken its time."""
        if event == HEADERS:
            self.leave()
