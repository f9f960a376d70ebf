"""The request budget: at most so many requests in any window, shared by all threads."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SLICE = 0.2  # seconds slept at a time, so that an interrupt is felt at once
LEAST = 0.001  # seconds: a wait is never rounded to none, because none means that the slot is taken
GUARD = 0.1  # seconds added to the window: the server's clock counts arrivals, ours departures


class Throttle:
    """Hand out slots by a sliding-window log: never more than `size` in any `window` seconds.

    Truto's budget is 50 requests per 10 s per account (https://truto.one/docs/api-reference/overview/rate-limits).
    """

    def __init__(
        self,
        size: int = 50,
        window: float = 10.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.size, self.window = size, window
        self._most = size
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._sent: deque[float] = deque()
        self._paused_until = 0.0

    def acquire(self) -> None:
        """Wait until a slot is free, and take it."""
        while (wait := self._take()) > 0:
            self._sleep(min(wait, SLICE))

    def _take(self) -> float:
        """Take a slot if there is one; else tell how long it is until the next, in seconds."""
        with self._lock:
            now = self._clock()
            if now < self._paused_until:
                return self._paused_until - now
            if self.size <= 0:
                return 0.0
            while self._sent and self._sent[0] <= now - self.window - GUARD:
                self._sent.popleft()
            if len(self._sent) < self.size:
                self._sent.append(now)
                return 0.0
            return max(LEAST, self._sent[len(self._sent) - self.size] + self.window + GUARD - now)

    def rest(self, seconds: float) -> None:
        """Let this thread alone wait."""
        until = self._clock() + seconds
        while (left := until - self._clock()) > 0:
            self._sleep(min(left, SLICE))

    def pause(self, seconds: float) -> None:
        """Pause every thread: a limit was reached, whoever reached it."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock() + seconds)

    def learn(self, header: str) -> None:
        """Narrow the budget to what a header such as `110;w=10` says; a wider one changes nothing."""
        size, _, rest = header.partition(";")
        window = rest.strip().removeprefix("w=")
        if not size.strip().isdigit() or int(size) < 1:
            return
        seconds = float(window) if window.isdigit() and int(window) > 0 else self.window
        with self._lock:
            if self._most > 0 and int(size) / seconds < self.size / self.window:
                self.size, self.window = int(size), seconds

    @classmethod
    def unlimited(cls) -> Throttle:
        """Make a budget without an end, for a server without a limit."""
        return cls(size=0)
