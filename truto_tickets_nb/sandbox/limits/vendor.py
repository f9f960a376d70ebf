"""The vendor's own limit behind Truto: what it counts, how it says no, and in which headers it tells of it."""

from __future__ import annotations

import math
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.wire.responses import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.sandbox.profiles.profiles import PlayedIntegration

# These vendors say how long to wait only in a name or a form of their own, or not at all.
_SILENT = ("helpscout", "linear", "none")
_LIMIT_TOLD = ("standard", "x-ratelimit", "gorgias", "helpscout", "azure", "linear")


class VendorLimit:
    """Count what reaches the vendor, in a sliding window of real seconds; over the limit, some lock a caller out."""

    def __init__(self, size: int, window: float, played: PlayedIntegration, lockout: float | None = None) -> None:
        self.size, self.window = size, window
        self.style = str(played.fact("limit_headers", "retry-after"))
        self._status = int(played.fact("limit_status", 429))
        self._cost = int(played.fact("write_cost", 1))
        self._lockout = float(played.fact("lockout", 0) if lockout is None else lockout)
        self._seen: deque[float] = deque()
        self._locked_until = 0.0

    def admit(self, *, is_write: bool) -> None:
        """Count a request, or refuse it as the vendor does."""
        now, cost = time.monotonic(), self._cost if is_write else 1
        self._forget(now)
        if now >= self._locked_until and len(self._seen) + cost <= self.size:
            self._seen.extend([now] * cost)
            return
        if now >= self._locked_until and self._lockout:
            self._locked_until = now + self._lockout
        raise self._refusal(self._wait(now, cost))

    def _forget(self, now: float) -> None:
        while self._seen and self._seen[0] <= now - self.window:
            self._seen.popleft()

    def _wait(self, now: float, cost: int) -> float:
        over = min(len(self._seen), max(1, len(self._seen) + cost - self.size))
        opens = self._seen[over - 1] + self.window if self._seen else now
        return max(opens, self._locked_until) - now

    def _refusal(self, wait: float) -> Refusal:
        insight = {"rate_limit_error": {"description": "The provider's limit is reached."}}
        refusal = Refusal(
            self._status,
            "Rate limit exceeded",
            raw=_SAID.get(self.style, {"message": "Too many requests"}),
            insight=insight
            if self._status == 429
            else None,  # that Truto knows a limit of another status is not documented
        )
        seconds = str(max(1, math.ceil(wait)))
        if self.style not in _SILENT:
            refusal.headers["Retry-After"] = seconds
        if self.style == "helpscout":
            refusal.headers["X-RateLimit-Retry-After"] = seconds
        if self.style == "retry-after":
            refusal.headers["ratelimit-reset"] = seconds
        return refusal

    def headers(self) -> dict[str, str]:
        """Return the limit in Truto's own headers, where the vendor tells it at all."""
        if self.style not in _LIMIT_TOLD:
            return {}
        headers = {"ratelimit-limit": f"{self.size};w={max(1, math.ceil(self.window))}"}
        return {**headers, "ratelimit-remaining": str(self._left()), "ratelimit-reset": str(math.ceil(self._opens()))}

    def raw_headers(self) -> dict[str, str]:
        """Return the limit in the vendor's own headers, which Truto forwards with its errors."""
        make = _RAW.get(self.style)
        return make(self.size, self._left(), self._opens()) if make else {}

    def _left(self) -> int:
        now = time.monotonic()
        self._forget(now)
        return 0 if now < self._locked_until else max(0, self.size - len(self._seen))

    def _opens(self) -> float:
        now = time.monotonic()
        first = self._seen[0] + self.window if self._seen else now
        return max(0.0, first - now, self._locked_until - now)

    def reset(self) -> None:
        """Forget what was counted."""
        self._seen.clear()
        self._locked_until = 0.0


_SAID: dict[str, Any] = {
    "none": {"error": "API_TOKEN_LIMIT_EXCEEDED", "message": "Rate limit exceeded"},
    "linear": {"errors": [{"message": "Rate limit exceeded", "extensions": {"code": "RATELIMITED"}}]},
}


def _plain(size: int, left: int, opens: float) -> dict[str, str]:
    headers = {"X-RateLimit-Limit": str(size), "X-RateLimit-Remaining": str(left)}
    return {**headers, "X-RateLimit-Reset": str(math.ceil(opens))}


def _gorgias(size: int, left: int, opens: float) -> dict[str, str]:
    return {"X-Gorgias-Account-Api-Call-Limit": f"{size - left}/{size}"}


def _helpscout(size: int, left: int, opens: float) -> dict[str, str]:
    return {"X-RateLimit-Limit-Minute": str(size), "X-RateLimit-Remaining-Minute": str(left)}


def _azure(size: int, left: int, opens: float) -> dict[str, str]:
    return {**_plain(size, left, opens), "X-RateLimit-Reset": str(math.ceil(time.time() + opens))}


def _linear(size: int, left: int, opens: float) -> dict[str, str]:
    headers = {"x-ratelimit-requests-limit": str(size), "x-ratelimit-requests-remaining": str(left)}
    return {**headers, "x-ratelimit-requests-reset": str(math.ceil((time.time() + opens) * 1000))}


_RAW: dict[str, Callable[[int, int, float], dict[str, str]]] = {
    "x-ratelimit": _plain, "gorgias": _gorgias, "helpscout": _helpscout, "azure": _azure, "linear": _linear,
}  # fmt: skip


def vendor_limit(
    asked: bool | tuple[int, float],  # noqa: FBT001  (True is a value here: as the profile has it)
    played: PlayedIntegration,
    lockout: float | None,
) -> VendorLimit | None:
    """Make the vendor's limit: as its profile documents it, as asked, or none."""
    if asked is False:
        return None
    if isinstance(asked, tuple):
        return VendorLimit(asked[0], asked[1], played, lockout)
    limit = played.fact("limit")
    return VendorLimit(limit["requests"], limit["seconds"], played, lockout) if limit else None
