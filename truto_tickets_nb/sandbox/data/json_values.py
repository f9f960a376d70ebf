"""Turn what Python programs hold into what JSON holds: numpy and pandas values, dates, sets, and every kind of nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Record = dict[str, Any]
_SPACE = 2**53  # whole numbers up to here are exact in a float


def plain(value: Any) -> Any:
    """Write a value as JSON has it; NaN, NaT and the like are null.

    >>> plain({"a": float("nan"), "b": (1, 2.0), 3: datetime(2026, 1, 31, 10)})
    {'a': None, 'b': [1, 2.0], '3': '2026-01-31T10:00:00'}
    """
    if value is None or isinstance(value, str | bool | int):
        return value if type(value) in (str, bool, int, type(None)) else _base(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)]
    return _single(value)


def _base(value: Any) -> Any:
    """Turn a subclass, such as an enumeration's member, into the type that it is a kind of."""
    base = next(kind for kind in (bool, int, str) if isinstance(value, kind))
    return base(value)


def _single(value: Any) -> Any:
    if _is_nothing(value):
        return None
    for kinds, turn in _TURNS:
        if isinstance(value, kinds):
            return turn(value)
    if hasattr(value, "tolist"):  # numpy: an array, or a single value
        return plain(value.tolist())
    return plain(list(value)) if isinstance(value, Iterable) else str(value)


_TURNS: tuple[tuple[tuple[type, ...], Callable[[Any], Any]], ...] = (
    ((float,), lambda value: float(value) if math.isfinite(value) else str(value)),
    ((datetime, date), lambda value: value.isoformat()),
    ((Decimal,), lambda value: int(value) if value == value.to_integral_value() else float(value)),
    ((bytes,), lambda value: value.decode("utf-8", "replace")),
)


def _is_nothing(value: Any) -> bool:
    """Return whether a value is NaN, NaT and pandas' NA, which differ from themselves or can't be compared at all."""
    if type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float | Decimal) and value != value  # noqa: PLR0124  (that is what NaN does)


def worded(value: Any) -> str:
    """Write an id or a name: a number that went through a float is whole again.

    >>> worded(7.0), worded(" OPS-1 "), worded(None)
    ('7', 'OPS-1', '')
    """
    if isinstance(value, float) and value.is_integer() and abs(value) <= _SPACE:
        value = int(value)
    return "" if value is None else str(value).strip()


def counted(number: int, word: str) -> str:
    """Write a number with its word.

    >>> counted(1, "row"), counted(2, "row")
    ('1 row', '2 rows')
    """
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def is_frame(value: Any) -> bool:
    """Return whether a value is a DataFrame, of pandas or polars, without importing either."""
    return hasattr(value, "columns") and hasattr(value, "shape") and not isinstance(value, Mapping)


def cells(frame: Any) -> tuple[list[Any], list[list[Any]]]:
    """List the headings and the rows of a DataFrame, its index included where it has a name."""
    if hasattr(frame, "rows"):  # polars
        return list(frame.columns), [[plain(value) for value in row] for row in frame.rows()]
    if all(name is not None and name not in frame.columns for name in frame.index.names):
        frame = frame.reset_index()
    return list(frame.columns), [[plain(value) for value in row] for row in frame.itertuples(index=False, name=None)]
