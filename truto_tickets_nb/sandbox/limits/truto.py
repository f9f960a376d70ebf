"""The sandbox's own request limit, and the headers in which it is told."""

from __future__ import annotations

import math
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Limiter:
    """Count requests in a sliding window of seconds, by the clock given; None is no limit."""

    def __init__(self, limit: tuple[int, float] | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit, self._clock = limit, clock
        self._seen: deque[float] = deque()

    def admit(self) -> bool:
        """Count a request, or say that it is one too many."""
        if self.limit is None:
            return True
        self._forget()
        if len(self._seen) >= self.limit[0]:
            return False
        self._seen.append(self._clock())
        return True

    def _forget(self) -> None:
        window = self.limit[1] if self.limit else 0.0
        while self._seen and self._seen[0] <= self._clock() - window:
            self._seen.popleft()

    def headers(self) -> dict[str, str]:
        """Return the headers of the limit as Truto does: size and window, what is left, seconds until the window opens."""
        if self.limit is None:
            return {}
        size, window = self.limit
        opens = self._seen[0] + window - self._clock() if self._seen else 0
        return {
            "ratelimit-limit": f"{size};w={max(1, math.ceil(window))}",
            "ratelimit-remaining": str(max(0, size - len(self._seen))),
            "ratelimit-reset": str(max(0, math.ceil(opens))),
        }

    def reset(self) -> None:
        """Forget what was counted."""
        self._seen.clear()
