"""The request budget: at most so many requests in any window, shared by all threads, and by processes through a file."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from truto_tickets_nb.api.request_budget import LONGEST_PAUSE, MemoryRequestBudget
from truto_tickets_nb.api.retry import read_limit
from truto_tickets_nb.errors import Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from truto_tickets_nb.api.request_budget import RequestBudget

SLICE = 0.2  # seconds slept at a time, so that an interrupt is felt at once
LEAST = 0.001  # seconds: a wait is never rounded to none, because none means that the place is taken
GUARD = 0.1  # seconds added to the window: the server counts when requests arrive, this counts when they leave


def never() -> bool:
    """Return False: nobody asked to stop."""
    return False


class Throttle:
    """A sliding window over the requests that were sent: never more than `size` in any `window` seconds.

    Truto's budget is 50 requests per 10 s per account (https://truto.one/docs/api-reference/overview/rate-limits).
    """

    def __init__(
        self,
        size: int = 50,
        window: float = 10.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        budget: RequestBudget | None = None,
    ) -> None:
        self.size, self.window = size, window
        self._most = size
        self._clock, self._sleep = clock, sleep
        self._budget: RequestBudget = budget or MemoryRequestBudget()
        self._until = 0.0  # until when all threads of this process wait
        self._thread = (
            threading.local()
        )  # the places that this thread has taken and not used, and how many it wants together

    def acquire(self, stop: Callable[[], bool] = never) -> None:
        """Wait until a place is free, and take it; one taken by `together` is used first, without a wait."""
        taken: list[int] = getattr(self._thread, "places", [])
        if taken:
            number = taken.pop(0)
            if number:
                with self._budget as budget:
                    budget.move(number, self._clock())
        else:
            self._wait(1, stop)

    @contextmanager
    def together(self, count: int, stop: Callable[[], bool] = never) -> Iterator[None]:
        """Reserve several places at once, so that a write follows its read without a wait; what is not used goes back.

        Where a window has fewer places than that, the missing ones are borrowed from the windows after it, which then wait longer.
        """
        self._thread.count, self._thread.places = count, self._wait(count, stop)
        try:
            yield
        finally:
            left, self._thread.places, self._thread.count = self._thread.places, [], 0
            self._give_back(left)
            self._repay(count - len(left))

    def renew(self, stop: Callable[[], bool] = never) -> None:
        """Reserve the places of `together` again where its first request has to be repeated: after any wait all of them leave together."""
        if count := getattr(self._thread, "count", 0):
            left, self._thread.places = self._thread.places, []
            self._give_back(left)
            self._thread.places = self._wait(count, stop)

    def _give_back(self, places: list[int]) -> None:
        if any(places):
            with self._budget as budget:
                for number in filter(None, places):
                    budget.drop(number)

    def _repay(self, used: int) -> None:
        """Wait for as many windows as were borrowed from."""
        if 0 < self.size < used:
            self.pause(-(-used // self.size) * self.window + GUARD)

    def _wait(self, count: int, stop: Callable[[], bool]) -> list[int]:
        while True:
            if stop():
                raise Stopped("The work was stopped before this request began.")
            wait, taken = self._take(count)
            if wait <= 0:
                return taken
            self._sleep(min(wait, SLICE))

    def _take(self, count: int) -> tuple[float, list[int]]:
        """Take places if there are enough: return 0 and their numbers; else the seconds until then, and none."""
        with self._budget as budget:
            now = self._clock()
            until = max(self._until, budget.paused_until(now))
            if now < until:
                return until - now, []
            if self.size <= 0:
                return 0.0, [0] * count  # nothing is counted where there is no limit
            needed = min(count, self.size)
            sent = budget.oldest(now - self.window - GUARD, now)
            lacking = len(sent) + needed - self.size
            if lacking <= 0:
                return 0.0, [budget.add(now) for _ in range(count)]
            return max(LEAST, sent[lacking - 1] + self.window + GUARD - now), []

    @property
    def is_paused(self) -> bool:
        """Return whether a limit makes every thread and process wait now."""
        with self._budget as budget:
            now = self._clock()
            return now < max(self._until, budget.paused_until(now))

    def rest(self, seconds: float, stop: Callable[[], bool] = never) -> None:
        """Wait in this thread alone."""
        until = self._clock() + seconds
        while (left := until - self._clock()) > 0 and not stop():
            self._sleep(min(left, SLICE))

    def pause(self, seconds: float) -> None:
        """Pause every thread, and every process for as long as a file may say so: a limit was reached, whoever reached it."""
        with self._budget as budget:
            now = self._clock()
            self._until = max(self._until, now + seconds)
            budget.pause(now + min(seconds, LONGEST_PAUSE))

    def exhausted(self, seconds: float) -> bool:
        """Record that nothing is left for so many seconds; pause only if our own requests do not explain it: somebody else used it up."""
        with self._budget as budget:
            now = self._clock()
            is_foreign = self.size <= 0 or len(budget.oldest(now - self.window - GUARD, now)) < self.size
        if is_foreign:
            self.pause(seconds)
        return is_foreign

    def learn(self, header: str) -> None:
        """Narrow the budget to what a header such as `110;w=10` says; a wider one changes nothing."""
        limit = read_limit(header)
        if limit is None:
            return
        size, seconds = limit[0], limit[1] or self.window
        if self._most > 0 and size / seconds < self.size / self.window:
            self.size, self.window = size, seconds

    def close(self) -> None:
        """Close the file that is shared."""
        self._budget.close()

    @classmethod
    def unlimited(cls) -> Throttle:
        """Return a budget without an end, for a server without a limit."""
        return cls(size=0)
