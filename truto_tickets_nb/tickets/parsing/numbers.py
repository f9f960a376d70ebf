"""Read what a cell can mean as true or false, as a number, as a moment: in the forms of any spreadsheet and country."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from truto_tickets_nb.tickets.cells import number as number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Cell = str | int | float | bool | datetime | None  # what a sheet holds; a datetime has no zone and is UTC

_TRUE = "true 1 wahr vrai vero verdadero verdadeiro waar prawda истина sant sann tosi doğru igaz pravda 真 참"
_FALSE = "false 0 falsch faux falso onwaar fałsz ложь falsk falskt epätosi yanlış hamis nepravda 假 거짓"
FLAGS = {word: told for words, told in ((_TRUE, True), (_FALSE, False)) for word in words.split()}

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  (day 0 of spreadsheets; cells have no zone)
FIRST_DAY, LAST_DAY = (
    61,
    2_958_466,
)  # serial numbers of 1900-03-01, before which Excel counts a day that never was, and of the year 10000
_LOCAL = re.compile(
    r"(\d{1,4})([./-])(\d{1,2})\2(\d{2,4})(?:[ T,]+(\d{1,2}):(\d\d)(?::(\d\d))?(?:[\s\u202f]*([AaPp])\.?[Mm]\.?)?)?"
)
_TYPED = re.compile(
    r"[+-]?(?:\d*[.,]?\d+[.,]?|\d{1,3}(?:([ '\u2019\u00a0\u2009\u202f])\d{3})(?:\1\d{3})*(?:[.,]\d+)?"
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+(?:,\d+)?)(?:[eE][+-]?\d+)?"
)
_NUMERIC = re.compile(r"\s*([+-]?[\d.,'\u2019\u00a0\u2009\u202f ]*\d[.,]?)([eE][+-]?\d+)?\s*")


def flag(cell: Cell) -> bool | None:
    """Read true or false in the words of many tongues, None where it is neither.

    >>> flag("WAHR"), flag(0), flag("maybe")
    (True, False, None)
    """
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return FLAGS.get(str(cell).strip().casefold().removesuffix(".0"))


def numbers(cell: Cell) -> list[int | float]:
    """List the numbers that a cell can mean: one where it is clear, two where a comma may be either.

    >>> numbers("1,5"), numbers("1,234"), numbers("1.234,5"), numbers("1.234"), numbers("x")
    ([1.5], [1.234, 1234], [1234.5], [1.234], [])
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return [cell]
    if not isinstance(cell, str) or not (found := _NUMERIC.fullmatch(cell)):
        return []
    digits, exponent = re.sub(r"[\s'\u2019]", "", found.group(1)), found.group(2) or ""
    return [number for reading in _readings(digits) if (number := number_of(reading + exponent)) is not None]


def typed_numbers(text: str) -> list[int | float]:
    """List the numbers that a person can mean by what was typed; none where the groups of digits are no groups of three.

    >>> [typed_numbers(text) for text in ("1 234", "1'234.5", "1.234,5", "1,234", "1,23,4", "2,5")]
    [[1234], [1234.5], [1234.5], [1.234, 1234], [], [2.5]]
    """
    bare = text.strip()
    return list(dict.fromkeys(map(_integral, numbers(bare)))) if _TYPED.fullmatch(bare) else []


def _integral(value: float) -> int | float:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def _readings(digits: str) -> Iterator[str]:
    last = digits[max(digits.rfind("."), digits.rfind(","))]
    other = {",": ".", ".": ","}.get(last, "")
    if not other:
        yield digits
    elif digits.count(last) == 1:
        yield digits.replace(other, "").replace(last, ".")
        if re.fullmatch(r"[+-]?\d{1,3},\d{3}", digits):
            yield digits.replace(",", "")
    elif other not in digits:
        yield digits.replace(last, "")


def moments(cell: Cell) -> list[tuple[datetime, int]]:
    """List the moments that a cell can mean, each with the seconds up to which it is told (0: a day, exactly).

    >>> [str(found) for found, _ in moments("2026-01-31T10:00:00+02:00")], [str(found.date()) for found, _ in moments("1/2/2026")]
    (['2026-01-31 08:00:00'], ['2026-01-02', '2026-02-01'])
    """
    if isinstance(cell, datetime):
        return [(cell, 1)]
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return [(EPOCH + timedelta(days=cell), 1)] if FIRST_DAY <= cell < LAST_DAY else []
    if not isinstance(cell, str) or len(cell) > 40:
        return []
    text = cell.strip()
    return _iso(text) or list(dict.fromkeys(_local(text))) or moments(next(iter(numbers(text)), None))


def _iso(text: str) -> list[tuple[datetime, int]]:
    if len(text) < 10 or text[4] != "-":
        return []
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return []
    told = 0 if len(text) == 10 else 60 if len(text) == 16 else 1
    return [(found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found, told)]


def _local(text: str) -> Iterator[tuple[datetime, int]]:
    """Read a date as programs show it: 31.1.2026, 1/31/26, each with or without a time; day and month may be either."""
    found = _LOCAL.fullmatch(text)
    if not found:
        return
    one, sign, two, three = int(found[1]), found[2], int(found[3]), int(found[4])
    orders = (
        ((one, two, three),)
        if len(found[1]) == 4
        else ((three, two, one),)
        if sign == "."
        else ((three, one, two), (three, two, one))
    )
    hour, minute, second, half = (found[5], found[6], found[7], found[8])
    told = 0 if hour is None else 60 if second is None else 1
    late = {"p": 12, "a": 0}.get((half or " ")[0].lower())
    hours = int(hour or 0) if late is None else int(hour or 0) % 12 + late
    for year, month, day in orders:
        with suppress(ValueError):
            yield datetime(century(year), month, day, hours, int(minute or 0), int(second or 0)), told  # noqa: DTZ001


def century(year: int) -> int:
    """Complete a year of two digits as spreadsheets do: 26 is 2026, 70 is 1970."""
    return year if year > 99 else year + (2000 if year < 70 else 1900)
