"""Read instants, and compare two values as a tool does: as instants, as numbers, or as texts without regard to capitals."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable

_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,9}))?(?: ?(Z|z|[+-]\d\d(?::?\d\d)?))?)?", re.ASCII
)
SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
}


def instant(text: Any) -> datetime | None:
    """Read a date or an instant of ISO 8601; None for what is none. Without a zone it is UTC.

    >>> instant("2026-11-20").isoformat(), instant("2026-11-20T10:00:00.5+0200").isoformat(), instant("2026-02-30")
    ('2026-11-20T00:00:00+00:00', '2026-11-20T10:00:00.500000+02:00', None)
    """
    match = _INSTANT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    day, time, seconds, fraction, zone = match.groups()
    moment = f"{day}T{time or '00:00'}{seconds or ':00'}.{(fraction or '0')[:6]:0<6}"
    try:
        return datetime.fromisoformat(moment + ("+00:00" if zone in (None, "Z", "z") else zone))
    except ValueError:
        return None


def stamp(text: Any) -> str | None:
    """Write an instant in UTC so that its text sorts; None for what is no date.

    >>> stamp("2026-11-20T01:00+02:00"), stamp("2026-11-20"), stamp("soon")
    ('2026-11-19T23:00:00.000000Z', '2026-11-20T00:00:00.000000Z', None)
    """
    moment = instant(text)
    if moment is None:
        return None
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:  # the first and the last day that there are
        moment = moment.replace(tzinfo=UTC)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def compares(value: Any, sign: str, asked: str) -> bool:
    """Compare as numbers where both are numbers, else as texts; what is missing differs from everything.

    >>> compares("100", "gt", "50"), compares("Refund", "eq", "refund"), compares(None, "lt", "5"), compares(None, "ne", "5")
    (True, True, False, True)
    """
    if value is None:
        return sign == "ne"
    try:
        return SIGNS[sign](float(value), float(asked))
    except ValueError:
        return SIGNS[sign](str(value).casefold(), asked.casefold())


def among(value: Any, asked: str) -> bool:
    """Return whether a value equals one of many, written as a JSON array of texts, as `compares` has it.

    >>> among("Refund", '["other", "refund"]'), among("10", '["9", "10.0"]'), among(None, '["None"]')
    (True, True, False)
    """
    if value is None:
        return False
    numbers, texts = _sorted_out(asked)
    number = _number(value)
    return str(value).casefold() in texts if number is None else number in numbers


@lru_cache(maxsize=16)
def _sorted_out(asked: str) -> tuple[frozenset[float], frozenset[str]]:
    values = orjson.loads(asked)
    numbers = {number for value in values if (number := _number(value)) is not None}
    return frozenset(numbers), frozenset(value.casefold() for value in values)


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None
