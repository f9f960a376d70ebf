"""Numbers as text: those that programs write, those that people and spreadsheets write in any country, and the text of a number."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.tickets.json_values import Json

EXACT = 2**53  # beyond it, whole numbers do not survive a float
_GROUPS = r" '\u2019\u00a0\u2009\u202f"  # what stands between groups of three digits besides points and commas
_TYPED = re.compile(
    rf"[+-]?(?:\d*[.,]?\d+[.,]?|\d{{1,3}}(?:([{_GROUPS}])\d{{3}})(?:\1\d{{3}})*(?:[.,]\d+)?"
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,2}(?:,\d\d)+,\d{3}(?:\.\d+)?)(?:[eE][+-]?\d+)?"
)  # the last form is the one of India: 12,34,567
_NUMERIC = re.compile(rf"\s*([+-]?[\d.,{_GROUPS}]*\d[.,]?)([eE][+-]?\d+)?\s*")
_EXACT_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)


def is_number(cell: Any) -> bool:
    """Return whether a plain cell is a number, and not a truth value."""
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def same_number(base: float, cell: float) -> bool:
    """Return whether a number is still the one that was loaded, also where it lost the digits that a float can't hold.

    >>> same_number(5, 5.0), same_number(2**60 + 7, float(2**60)), same_number(2**60 + 7, 2**60), same_number(2**60 + 7, 2**60 + 8)
    (True, True, True, False)
    """
    if base == cell:
        return True
    return isinstance(base, int) and abs(base) >= EXACT and int(float(base)) == cell


def has_lost_digits(cell: Any) -> bool:
    """Return whether a number went through a float that can't hold all its digits."""
    return isinstance(cell, float) and abs(cell) >= EXACT


def exact_number(value: Json) -> Decimal | None:
    """Read a number, also one that is written as text, exactly; None where it is none.

    >>> exact_number("70"), exact_number(2**60 + 7), exact_number("INC-7"), exact_number(True)
    (Decimal('70'), Decimal('1152921504606846983'), None, None)
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    return Decimal(text) if _EXACT_NUMBER.fullmatch(text) else None


def plain_number(text: str) -> int | float | None:
    """Read a finite number as a program writes it; None where it is none.

    >>> plain_number("5"), plain_number("5.50"), plain_number("1e3"), plain_number("nan"), plain_number("1,5"), plain_number("1_000")
    (5, 5.5, 1000.0, None, None, None)
    """
    if "_" in text:
        return None  # Python's own grouping, which no file writes
    try:
        return int(text)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def number_readings(cell: Any) -> list[int | float]:
    """List the numbers that a cell can mean: one where it is clear, two where a comma may be either, none where groups are no groups.

    >>> [number_readings(text) for text in ("1 234", "1'234.5", "1.234,5", "1,234", "1,23,4", "12,34,567", "2,5", "1.234", "x")]
    [[1234], [1234.5], [1234.5], [1.234, 1234], [], [1234567], [2.5], [1.234], []]
    """
    if is_number(cell):
        return [cell]
    if not isinstance(cell, str) or not _TYPED.fullmatch(cell.strip()):
        return []
    return list(dict.fromkeys(_integral(number) for number in loose_number_readings(cell)))


def loose_number_readings(cell: Any) -> list[int | float]:
    """List the numbers that a spreadsheet may have shown as this cell, whatever its groups of digits.

    >>> loose_number_readings("1,23,4"), loose_number_readings("1,5"), loose_number_readings("1,234")
    ([1234], [1.5], [1.234, 1234])
    """
    if is_number(cell):
        return [cell]
    if not isinstance(cell, str) or not (parts := _NUMERIC.fullmatch(cell)):
        return []
    digits, exponent = re.sub(r"[\s'\u2019]", "", parts.group(1)), parts.group(2) or ""
    return [number for text in _readings(digits) if (number := plain_number(text + exponent)) is not None]


def parse_number(cell: Any) -> int | float | None:
    """Read a cell as the one number that it means; None where it is none, or may be two.

    >>> parse_number(" 3 "), parse_number("2,5"), parse_number("1 234,5"), parse_number("1,234"), parse_number("many")
    (3, 2.5, 1234.5, None, None)
    """
    readings = number_readings(cell)
    return readings[0] if len(readings) == 1 else None


def _integral(value: float) -> int | float:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < EXACT else value


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


_ZEROS_AND_DECIMALS = re.compile(r"([+-]?)(0*)(\d*)(?:\.(\d+))?")


def write_number(value: float, like: str = "") -> str:
    """Write a number as text, with the zeros in front and the decimals that the text beside it has.

    >>> write_number(6), write_number(6.0, "5.50"), write_number(8, "007"), write_number(6.5, "5"), write_number(6.25, "5.5")
    ('6', '6.00', '008', '6.5', '6.25')
    """
    text = str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e16 else repr(value)
    parts = _ZEROS_AND_DECIMALS.fullmatch(like.strip())
    if parts is None or plain_number(text) is None or "e" in text or not like:
        return text
    _, zeros, digits, decimals = parts.groups()
    sign, bare = ("-", text[1:]) if text.startswith("-") else ("", text)
    ahead, _, behind = bare.partition(".")
    if decimals:
        behind = behind.ljust(len(decimals), "0")
    if zeros and digits:
        ahead = ahead.zfill(len(zeros) + len(digits))
    return f"{sign}{ahead}{f'.{behind}' if behind else ''}"


def whole_text(cell: Any) -> str:
    """Write an id as text: a number that a spreadsheet made of it loses its ".0".

    >>> whole_text(7.0), whole_text("7.0"), whole_text(7)
    ('7', '7.0', '7')
    """
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
