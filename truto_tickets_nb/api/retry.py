"""When to try again after an error, and after how long; what headers say about limits. Pure: no clock, no sleep, no network."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate, parsedate_to_datetime
from typing import TYPE_CHECKING

from truto_tickets_nb.errors import ApiError, NoAnswer, RateLimited, ServerTrouble, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.events.event_types import WaitReason

FIRST, LONGEST = 0.5, 30.0  # seconds: the first pause and the longest that we choose ourselves
PATIENCE = 120.0  # seconds that a server may ask us to wait; above it we give up and say so
FAR = 1e15  # as good as for ever, in whatever unit
TRIES_UNEXPECTED = 2  # of a PATCH whose answer is JSON, but not what was asked for: it will hardly change
TRUTO_PAUSE = 10.0  # seconds of Truto's own window (https://truto.one/docs/api-reference/overview/rate-limits)


def pause(error: ApiError, attempt: int, *, tries: int, chance: float) -> float | None:
    """Return how many seconds to wait before attempt `attempt + 1`, None to give up; `chance` in [0, 1) is the jitter.

    >>> pause(RateLimited("", status=429, retry_after=8.0), 1, tries=5, chance=0.0)
    8.0
    >>> pause(ServerTrouble("", status=500), 3, tries=5, chance=0.5), pause(ServerTrouble(""), 5, tries=5, chance=0.5)
    (1.0, None)
    """
    if attempt >= tries or not isinstance(error, RateLimited | ServerTrouble | NoAnswer):
        return None
    if attempt >= TRIES_UNEXPECTED and isinstance(error, UnexpectedAnswer):
        return None
    asked_seconds = error.retry_after
    if asked_seconds is not None:
        return asked_seconds + chance * min(1.0, asked_seconds / 4) if asked_seconds <= PATIENCE else None
    if isinstance(error, RateLimited):
        return TRUTO_PAUSE + chance
    return chance * float(min(LONGEST, FIRST * 2 ** (attempt - 1)))


def wait_reason(error: ApiError) -> WaitReason:
    """Return why an error makes us wait.

    >>> wait_reason(ServerTrouble("", status=503)), wait_reason(NoAnswer(""))
    ('truto_failed', 'no_answer')
    """
    if isinstance(error, RateLimited):
        return "provider_limit" if error.remote else "truto_limit"
    if isinstance(error, ServerTrouble):
        return "provider_failed" if error.remote else "truto_failed"
    return "no_answer"


def wait_asked(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Read how many seconds a server asks us to wait: `Retry-After` as seconds or as a date, by the server's own clock.

    >>> wait_asked({"retry-after": "8"}), wait_asked({"retry-after": "soon"})
    (8.0, None)
    >>> wait_asked({"retry-after": "Thu, 01 Jan 2026 00:00:08 GMT", "date": "Thu, 01 Jan 2026 00:00:05 GMT"})
    3.0
    """
    text = headers.get("retry-after", "").strip()
    seconds = number(text)
    if seconds is not None or not text:
        return seconds
    until, clock = _date(text), now or _date(headers.get("date", "")) or datetime.now(UTC)
    return None if until is None else max(0.0, (until - clock).total_seconds())


def window_closed(headers: Mapping[str, str]) -> float | None:
    """Read for how many seconds nothing is left of the limit, None where something is.

    >>> window_closed({"ratelimit-reset": "3", "ratelimit-remaining": "0"}), window_closed({"ratelimit-reset": "3"})
    (3.0, None)
    """
    return number(headers.get("ratelimit-reset", "")) if headers.get("ratelimit-remaining") == "0" else None


def linear_window_closed(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Read for how many seconds nothing is left of Linear's limit, None where its headers do not say so.

    Its limit opens at a time in milliseconds since 1970 (https://linear.app/developers/rate-limiting).

    >>> headers = {"x-ratelimit-requests-remaining": "0", "x-ratelimit-requests-reset": "1767225603000"}
    >>> linear_window_closed(headers, datetime(2026, 1, 1, tzinfo=UTC))
    3.0
    """
    opens = number(headers.get("x-ratelimit-requests-reset", ""))
    if opens is None or headers.get("x-ratelimit-requests-remaining") != "0":
        return None
    return max(0.0, opens / 1000 - (now or datetime.now(UTC)).timestamp())


def number(text: str) -> float | None:
    """Read a number of a header: plain digits; None for everything else.

    >>> number("8"), number("1.5"), number("-1"), number("nan"), number("²"), number("1_0")
    (8.0, 1.5, None, None, None, None)
    """
    return min(float(text), FAR) if _PLAIN.fullmatch(text.strip()) else None


def read_limit(header: str) -> tuple[int, float | None] | None:
    """Read a limit such as `110;w=10`: requests, and seconds of its window where it has them; None where it is no limit.

    >>> read_limit("110;w=10"), read_limit("110"), read_limit('"default";q=5'), read_limit("²;w=²"), read_limit("0;w=10")
    ((110, 10.0), (110, None), None, None, None)
    """
    size, *rest = (part.strip() for part in header.partition(",")[0].split(";"))
    windows = (number(part[2:]) for part in rest if part.startswith("w="))
    if not _WHOLE_NUMBER.fullmatch(size) or int(size) < 1:
        return None
    return int(size), next((window for window in windows if window), None)


_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")


def _date(text: str) -> datetime | None:
    """Read a date of HTTP, or of ISO 8601, which some tools send; one beyond all calendars is the last day, None where it is none."""
    parts = parsedate(text)
    if parts and parts[0] > _LAST.year:
        return _LAST
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            when = read(text)
            return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
        except OverflowError:
            return _LAST
        except (ValueError, TypeError, IndexError):
            continue
    return None


_LAST = datetime.max.replace(tzinfo=UTC)
