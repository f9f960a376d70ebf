"""What a cell of a frame means, whatever the frame went through: free of numpy and pandas, empty or not, fit for JSON or not."""

from __future__ import annotations

import ast
import json
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from truto_tickets_nb.actions import correct
from truto_tickets_nb.tickets.json_values import Given, is_date_only, is_missing, moment

if TYPE_CHECKING:
    from truto_tickets_nb.actions import Action
    from truto_tickets_nb.tickets.json_values import Json

CellCode = Literal[
    "value.ambiguous_date",
    "value.ambiguous_name",
    "value.ambiguous_number",
    "value.converted",  # by a spreadsheet, into a date
    "value.cut_off",
    "value.emptied",
    "value.empty_member",
    "value.error_value",
    "value.formula",
    "value.garbled",  # read in a wrong encoding
    "value.has_time",
    "value.lost_digits",
    "value.name_of_other_workspace",
    "value.no_date",
    "value.no_id",
    "value.no_number",
    "value.no_truth_value",
    "value.not_json",
    "value.received_record",
    "value.too_narrow",
    "value.unknown_name",
    "value.wrong_kind",
    "field.read_only",
]
HUGE = 10**4000  # Python itself writes no number of more than 4,300 digits
DEEPEST = 100  # levels of lists and objects in one value
EXACT = 2**53  # beyond it, whole numbers do not survive a float
_TRUE, _FALSE = frozenset({"true", "1", "1.0", "yes"}), frozenset({"false", "0", "0.0", "no"})


@dataclass(frozen=True, slots=True)
class CellProblem:
    """Why a cell can't become a value, and what can be done."""

    code: CellCode
    message: str
    actions: tuple[Action, ...] = ()


def plain(cell: Any, level: int = 0) -> Any:
    """Free a cell of numpy and pandas, at any depth: scalars become Python's, arrays, lists and sets become tuples.

    What no JSON holds in fact, numbers of thousands of digits and lists a hundred levels deep, becomes infinity.

    >>> plain(np.int64(3)), plain(["a", np.float64(1.5)]), plain({"b", "a"}), plain({"k": np.bool_(True)})
    (3, ('a', 1.5), ('a', 'b'), {'k': True})
    >>> plain(Decimal("5.0")), plain(pd.Period("2026-01-31", "D"))
    (5, datetime.date(2026, 1, 31))
    """
    if cell is None or type(cell) in (str, bool) or (type(cell) is int and -HUGE < cell < HUGE):
        return cell
    if level > DEEPEST or (type(cell) is int and not -HUGE < cell < HUGE):
        return math.inf  # which JSON can't carry either: it is refused wherever it stands
    if isinstance(cell, set | frozenset):
        return tuple(sorted((plain(item, level + 1) for item in cell), key=str))
    if isinstance(cell, list | tuple | np.ndarray | pd.Series | pd.Index | pd.api.extensions.ExtensionArray):
        return tuple(plain(item, level + 1) for item in cell)
    if isinstance(cell, dict):
        members = {key: _listed(plain(item, level + 1)) for key, item in cell.items()}
        return Given(members) if isinstance(cell, Given) else members
    return _plain_scalar(cell)


def _plain_scalar(cell: Any) -> Any:
    if isinstance(cell, np.datetime64):
        cell = pd.Timestamp(cell)
    if isinstance(cell, pd.Timestamp):
        return cell.to_pydatetime(warn=False)
    if isinstance(cell, np.generic):
        return pd.Timedelta(cell) if isinstance(cell, np.timedelta64) else cell.item()
    if isinstance(cell, Decimal):
        return _plain_decimal(cell)
    if isinstance(cell, pd.Period):
        return cell.start_time.date() if cell.freqstr == "D" else str(cell)
    return cell


def _plain_decimal(cell: Decimal) -> Any:
    """Turn a decimal number into the number that JSON would write with the same digits; others stay, and are refused later."""
    if not cell.is_finite():
        return float(cell)
    if cell == cell.to_integral_value():
        return int(cell)
    near = float(cell)
    return near if Decimal(repr(near)) == cell else cell


def _listed(value: Any) -> Any:
    """Write tuples inside an object as the lists that JSON has."""
    return [_listed(item) for item in value] if isinstance(value, tuple) else value


def is_emptied(cell: Any) -> bool:
    """Return whether a plain cell holds nothing: missing, or a list of nothing but missing values and blank names.

    >>> [is_emptied(cell) for cell in ((float("nan"),), ("",), (None, " "), (), " ", (0,), ("a", None))]
    [True, True, True, True, False, False, False]
    """
    if isinstance(cell, tuple):
        return all(is_missing(item) or (isinstance(item, str) and not item.strip()) for item in cell)
    return is_missing(cell)


def json_problem(value: Json, level: int = 0) -> str:
    """Return why JSON can't carry a value, at any depth; "" where it can.

    >>> json_problem({"a": [1, float("nan")]}), json_problem({"a": (1, "x")}), json_problem(2**70)
    ('it holds nan', '', 'it holds a whole number beyond 64 bits')
    """
    if not isinstance(value, list | tuple | dict):
        return _scalar_problem(value)
    if level > DEEPEST:
        return f"it is nested more than {DEEPEST} levels deep"
    if isinstance(value, dict):
        return _object_problem(value, level)
    return next((problem for item in value if (problem := json_problem(item, level + 1))), "")


def _scalar_problem(value: Json) -> str:
    if isinstance(value, str):
        return "" if value.isascii() or _has_whole_characters(value) else "it holds half a character"
    if isinstance(value, float):
        return "" if math.isfinite(value) else f"it holds {value}"
    if isinstance(value, int):  # true and false as well
        return "" if -(2**63) <= value < 2**64 else "it holds a whole number beyond 64 bits"
    return "" if value is None else f"it holds a value of the type {type(value).__name__}"


def _object_problem(value: dict[Any, Any], level: int) -> str:
    if not all(isinstance(key, str) for key in value):
        return "it holds a key that is no text"
    return next((problem for item in (*value, *value.values()) if (problem := json_problem(item, level + 1))), "")


def _has_whole_characters(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def unreadable_json(problem: str) -> CellProblem:
    """Refuse a value that JSON can't carry."""
    return CellProblem(
        "value.not_json",
        f"can't be sent as JSON: {problem}",
        correct("Give text, finite numbers of 64 bits, true or false, or lists and dicts of these."),
    )


def whole(cell: Any) -> str:
    """Write an id as text: a number that a spreadsheet made of it loses its ".0"."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def number(text: str) -> int | float | None:
    """Read a finite number that a file brought as text, None where it is none.

    >>> number("5"), number("5.50"), number("1e3"), number("nan"), number("x"), number("1_000")
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


def truth(cell: Any) -> bool | None:
    """Read a plain cell as true or false, None where it is neither.

    >>> truth("TRUE"), truth(0.0), truth("no"), truth(2), truth("")
    (True, False, False, None, None)
    """
    word = str(cell).strip().casefold()
    return True if word in _TRUE else False if word in _FALSE else None


def as_moment(cell: Any) -> date | datetime | None:
    """Read a cell as a date or an instant; one without a zone counts as UTC, as it does when loaded."""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC) if cell.tzinfo else cell.replace(tzinfo=UTC)
    if isinstance(cell, date):
        return cell
    return moment(cell) if isinstance(cell, str) else None


def is_epoch(cell: float, base: date | datetime) -> bool:
    """Return whether a number counts the seconds, or the thousandths, millionths or billionths of them, from 1970 to a moment.

    >>> is_epoch(1769817600000, date(2026, 1, 31)), is_epoch(1769817600000, date(2026, 2, 1))
    (True, False)
    """
    instant = base if isinstance(base, datetime) else datetime(base.year, base.month, base.day, tzinfo=UTC)
    micros = (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return any(abs(cell * scale - micros) < max(1, scale) for scale in (1_000_000, 1000, 1, 0.001))


def iso_text(value: date) -> str:
    """Write a moment as ISO 8601: a midnight without a zone is a day, UTC is "Z".

    >>> iso_text(datetime(2026, 1, 31)), iso_text(datetime(2026, 1, 31, 10, tzinfo=UTC))
    ('2026-01-31', '2026-01-31T10:00:00Z')
    """
    if isinstance(value, datetime) and is_plain_day(value):
        return value.date().isoformat()
    return value.isoformat().replace("+00:00", "Z")


def is_plain_day(cell: Any) -> bool:
    """Return whether a cell was given as a day: a date, the text of one, or a midnight without a zone."""
    if isinstance(cell, datetime):
        return cell.tzinfo is None and cell.time() == datetime.min.time()
    return isinstance(cell, date) or (isinstance(cell, str) and is_date_only(cell.strip()))


def day_of(cell: Any) -> date | None:
    """Read a cell as a day without a time: a midnight, in its own zone or in UTC, is that day; None where it has a time.

    >>> day_of(pd.Timestamp("2026-01-31", tz="Europe/Berlin").to_pydatetime()), day_of("2026-01-31T10:00:00Z")
    (datetime.date(2026, 1, 31), None)
    """
    own = datetime.fromisoformat(cell.strip()) if isinstance(cell, str) and _is_iso(cell) else cell
    if isinstance(own, datetime):
        if own.time() == datetime.min.time():
            return own.date()
        instant = own.astimezone(UTC) if own.tzinfo else own
        return instant.date() if instant.time() == datetime.min.time() else None
    value = as_moment(cell)
    return value if value is None or not isinstance(value, datetime) else day_of(value)


def _is_iso(text: str) -> bool:
    try:
        datetime.fromisoformat(text.strip())
    except ValueError:
        return False
    return True


def members_of_text(text: str) -> tuple[Any, ...] | None:
    """Read a list that went through a file as text: JSON, or Python's own form; None where it is no list.

    >>> members_of_text('["a", 1]'), members_of_text("('a', 'b')"), members_of_text("a, b")
    (('a', 1), ('a', 'b'), None)
    """
    bare = text.strip()
    if bare[:1] not in ("[", "("):
        return None
    value = structure_of_text(bare)
    return plain(value) if isinstance(value, list | tuple) else None


def structure_of_text(text: str) -> Any:
    """Read JSON, or a Python literal, from text; None where it is neither."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
