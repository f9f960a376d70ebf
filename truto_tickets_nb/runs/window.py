"""The time in which an edit of somebody else could be overwritten unseen: between the last look at a ticket and its PATCH."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """How many seconds passed between the last look at each ticket and its PATCH, in ascending order.

    >>> window = Window((0.002, 0.003, 0.040))
    >>> window.median, window.p99, window.longest, window
    (0.003, 0.04, 0.04, 3 changes left 3 ms after the last look at their ticket (median), 40 ms (99 %), 40 ms (longest))
    """

    seconds: tuple[float, ...] = ()

    def __len__(self) -> int:
        return len(self.seconds)

    def _share(self, part: float) -> float:
        return self.seconds[max(0, math.ceil(part * len(self.seconds)) - 1)] if self.seconds else 0.0

    @property
    def median(self) -> float:
        """Return the seconds that half of the changes did not exceed; 0.0 where none was sent."""
        return self._share(0.5)

    @property
    def p99(self) -> float:
        """Return the seconds that 99 of 100 changes did not exceed."""
        return self._share(0.99)

    @property
    def longest(self) -> float:
        """Return the longest time in seconds."""
        return self._share(1.0)

    def __repr__(self) -> str:
        middle, most, longest = (f"{value * 1000:.0f} ms" for value in (self.median, self.p99, self.longest))
        return f"{len(self):,} changes left {middle} after the last look at their ticket (median), {most} (99 %), {longest} (longest)"
