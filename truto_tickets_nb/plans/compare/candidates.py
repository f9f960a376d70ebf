"""Find the rows in which a column may have changed: fast, never missing one, sometimes naming one too many."""

from __future__ import annotations

from datetime import date
from operator import is_not
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from truto_tickets_nb.tickets.json_values import is_missing

if TYPE_CHECKING:
    from collections.abc import Callable

Rows = Any  # numpy array of row numbers, int64
_NONE: Rows = np.empty(0, dtype=np.int64)


def suspects(base: pd.Series, edited: pd.Series, reorder: Callable[[Any], Any]) -> Rows:
    """List the rows of `edited` that may differ from `base`; `reorder` brings base into the edited frame's order."""
    if len(base) == len(edited) and shared(base, edited) and reorder(base.array) is base.array:
        return _NONE
    old, new = reorder(base.array), edited.array
    if old.dtype == new.dtype:
        return _same_dtype(old, new)
    if isinstance(old.dtype, pd.DatetimeTZDtype) or old.dtype.kind == "M":
        return _moments(old, new)
    return _cells(old, new)


def shared(base: pd.Series, edited: pd.Series) -> bool:
    """Return whether two columns are one memory: untouched columns still are, thanks to copy-on-write."""
    one, two = base.array, edited.array
    if type(one) is not type(two) or one.dtype != two.dtype:
        return False
    if isinstance(one, pd.arrays.ArrowStringArray):
        return _buffers(_arrow(one)) == _buffers(_arrow(two))
    pairs = list(zip(_memory(one), _memory(two), strict=True))
    return bool(pairs) and all(_same_memory(left, right) for left, right in pairs)


def _memory(array: Any) -> tuple[Any, ...]:
    """List the numpy arrays behind a column; looking at them through public conversions would copy."""
    if isinstance(array, pd.arrays.NumpyExtensionArray):
        return (np.asarray(array),)
    names = ("_ndarray",) if hasattr(array, "_ndarray") else ("_data", "_mask")
    return tuple(getattr(array, name) for name in names if hasattr(array, name))


def _arrow(array: Any) -> Any:
    arrow = array.__arrow_array__()
    return arrow if isinstance(arrow, pa.ChunkedArray) else pa.chunked_array([arrow])


def _same_memory(one: Any, two: Any) -> bool:
    place = one.__array_interface__["data"][0] == two.__array_interface__["data"][0]
    return bool(place and one.shape == two.shape and one.strides == two.strides)


def _buffers(array: Any) -> list[Any]:
    return [
        (chunk.offset, len(chunk), *(buffer.address if buffer else None for buffer in chunk.buffers()))
        for chunk in array.chunks
    ]


def _same_dtype(old: Any, new: Any) -> Rows:
    if isinstance(old, pd.arrays.ArrowStringArray):
        return _texts(old, new)
    if old.dtype.kind == "M":
        return np.flatnonzero(_ticks(old) != _ticks(new))
    if isinstance(old, pd.arrays.NumpyExtensionArray) or isinstance(old.dtype, pd.CategoricalDtype):
        return _cells(old, new)
    differ = pd.Series(old).ne(pd.Series(new)).fillna(value=True) & ~(pd.isna(old) & pd.isna(new))
    return np.flatnonzero(differ.to_numpy(dtype=bool))


def _texts(old: Any, new: Any) -> Rows:
    left, right = _arrow(old), _arrow(new)
    unequal = pc.fill_null(pc.not_equal(left, right), fill_value=False)
    lopsided = pc.xor(pc.is_null(left), pc.is_null(right))
    return np.flatnonzero(pc.or_(unequal, lopsided).to_numpy())


def _ticks(array: Any) -> Any:
    return array.astype("datetime64[us, UTC]" if getattr(array, "tz", None) else "datetime64[us]").view("int64")


def _moments(old: Any, new: Any) -> Rows:
    """Compare instants with whatever a file made of them; what can't be read as a date stays suspect."""
    cells = [
        cell if isinstance(cell, str | date) else None for cell in new.tolist()
    ]  # pandas would read a number as a time
    read = pd.to_datetime(pd.Series(cells, dtype=object), utc=True, format="ISO8601", errors="coerce").astype(
        "datetime64[us, UTC]"
    )
    naive = getattr(old, "tz", None) is None
    ticks = pd.Series(old).dt.tz_localize("UTC").array.view("int64") if naive else _ticks(old)
    unread = read.isna().to_numpy() & np.array([not is_missing(cell) for cell in new.tolist()], dtype=bool)
    return np.flatnonzero((ticks != read.array.view("int64")) | unread)


def _cells(old: Any, new: Any) -> Rows:
    """Compare cell by cell: by identity first, then by value; whatever is of another type stays suspect."""
    left, right = _listed(old), _listed(new)
    places = np.flatnonzero(np.fromiter(map(is_not, left, right), dtype=bool, count=len(left)))
    differ = (not _equal(left[place], right[place]) for place in places.tolist())
    return places[np.fromiter(differ, dtype=bool, count=len(places))]


def _listed(array: Any) -> list[Any]:
    """List the cells of a column; numpy lists its objects many times faster than pandas' wrapper around it does."""
    cells: list[Any] = (np.asarray(array) if isinstance(array, pd.arrays.NumpyExtensionArray) else array).tolist()
    return cells


def _equal(one: Any, two: Any) -> bool:
    if type(one) is type(two):
        if isinstance(one, tuple):
            return len(one) == len(two) and all(map(_equal, one, two))
        if isinstance(one, str | int | bool):
            return bool(one == two)
    return is_missing(one) and is_missing(two)
