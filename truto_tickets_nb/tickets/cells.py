"""A cell of a frame, whatever the frame went through: without numpy and pandas, as JSON and back, as one text, empty or not."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from truto_tickets_nb.tickets.json_values import Given, freeze, is_missing
from truto_tickets_nb.tickets.parsing.dates import iso_text
from truto_tickets_nb.tickets.parsing.literals import parse_literal
from truto_tickets_nb.tickets.parsing.numbers import whole_text

if TYPE_CHECKING:
    from truto_tickets_nb.tickets.json_values import Json

HUGE = 10**4000  # Python itself writes no number of more than 4,300 digits
DEEPEST = 100  # levels of lists and objects in one value


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


def to_json(cell: Any) -> Json:
    """Write a cell as JSON: sets as lists, dates as ISO text, whatever counts as nothing as null.

    >>> to_json(("a", "b")), to_json(pd.Timestamp("2026-01-31")), to_json(float("nan"))
    (['a', 'b'], '2026-01-31', None)
    """
    if type(cell) is str:
        return cell
    value = plain(cell)
    if isinstance(value, str | dict):
        return value
    if isinstance(value, tuple):
        return [item if item is None or isinstance(item, float) else to_json(item) for item in value]
    if is_missing(value):
        return None
    return iso_text(value) if isinstance(value, date) else value


def of_json(value: Json) -> Any:
    """Read a cell back from JSON; the column it goes into decides about dates."""
    return tuple(of_json(item) for item in value) if isinstance(value, list) else value


def shown(cell: Any) -> str:
    """Write a cell as one text.

    >>> shown(3.0), shown(("a", "b")), shown(None)
    ('3', 'a, b', '')
    """
    if isinstance(cell, str):
        return cell
    value = to_json(cell)
    if value is None:
        return ""
    if isinstance(value, dict):
        return str(freeze(value))
    return ", ".join(map(shown, value)) if isinstance(value, list) else whole_text(value)


def members_of_text(text: str) -> tuple[Any, ...] | None:
    """Read a list that went through a file as text, as JSON or as Python writes it; None where it is no list.

    >>> members_of_text('["a", 1]'), members_of_text("('a', 'b')"), members_of_text("a, b")
    (('a', 1), ('a', 'b'), None)
    """
    value = parse_literal(text)
    return plain(value) if isinstance(value, tuple) else None
