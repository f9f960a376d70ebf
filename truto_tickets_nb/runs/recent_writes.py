"""What this process wrote a moment ago, and how far the reads of an account lag behind: a value of before a write may be an old read."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.tickets.fields import same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from truto_tickets_nb.runs.verify import Finding

KEPT = 10.0  # seconds that a write counts as recent
PAUSES = (0.2, 0.5, 1.0, 2.0)  # seconds before each further read, where a read contradicts what is known otherwise
SHORT = PAUSES[:2]  # the same where only the read itself speaks
TRIPS = 16  # looks whose duration tells what is usual
SLOW = 0.5  # seconds that a look may take longer than twice the usual
MANY = 512  # writes after which the old ones are forgotten


@dataclass
class RecentWrites:
    """The last writes of an account, and the longest lag that was seen. Shared by all threads of a process."""

    clock: Callable[[], float] = time.monotonic
    lag: float = 0.0  # seconds that a read was behind a write, as far as seen
    _trips: deque[float] = field(default_factory=lambda: deque(maxlen=TRIPS), repr=False)
    _writes: dict[str, tuple[float, dict[str, tuple[Any, Any]]]] = field(default_factory=dict, repr=False)

    def wrote(self, ticket: str, findings: Iterable[Finding]) -> None:
        """Record what was written into a ticket: of each field the value before and after."""
        values = {finding.change.field: (finding.change.old, finding.theirs) for finding in findings}
        now = self.clock()
        if len(self._writes) > MANY:
            self._writes = {key: write for key, write in list(self._writes.items()) if now - write[0] < KEPT}
        self._writes[ticket] = now, values

    def is_behind(self, ticket: str, findings: Iterable[Finding]) -> bool:
        """Return whether a ticket as read holds what it held before our last write, made a moment ago."""
        at, values = self._writes.get(ticket, (0.0, {}))
        if not values or self.clock() - at > KEPT:
            return False
        return any(_is_behind(finding, values) for finding in findings)

    def is_slow(self, trip: float) -> bool:
        """Return whether a look took far longer than those before it: when in that time the ticket was read is not known."""
        usual = tuple(self._trips)
        self._trips.append(trip)
        return bool(usual) and trip > SLOW + 2 * median(usual)

    def lagged(self, seconds: float) -> None:
        """Record that a read was so many seconds behind a write."""
        self.lag = max(self.lag, seconds)

    @property
    def pauses(self) -> tuple[float, ...]:
        """Return the pauses between reads where nothing but the reads shows the value: longer ones after a lag was seen."""
        return PAUSES if self.lag else SHORT


def _is_behind(finding: Finding, values: dict[str, tuple[Any, Any]]) -> bool:
    name = finding.change.field
    if name not in values:
        return False
    before, after = values[name]
    return same(name, finding.theirs, before) and not same(name, finding.theirs, after)
