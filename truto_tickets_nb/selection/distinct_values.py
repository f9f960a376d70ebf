"""Columns as their distinct cells: a hundred thousand rows hold few of them, and what is reckoned once per cell is fast."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from truto_tickets_nb.tickets.cells import shown
from truto_tickets_nb.tickets.column_edits import texts
from truto_tickets_nb.tickets.columns import coded_texts
from truto_tickets_nb.tickets.json_values import is_missing

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, eq=False)
class DistinctValues:
    """A column: `codes` tells for each row which distinct cell it holds, `first` where each of those is found first.

    >>> found = coded(pd.Series(["Open", "Done", "Open", None], dtype="str").array)
    >>> found.codes.tolist(), found.texts
    ([0, 1, 0, 2], (('Open',), ('Done',), ('',)))
    """

    column: Any
    codes: Any
    first: Any

    @cached_property
    def cells(self) -> list[Any]:
        """List the distinct cells."""
        return pd.Series(self.column.take(self.first)).tolist()

    @cached_property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """List what each distinct cell holds, as texts: one, the members of a set, or "" for nothing."""
        return tuple(_texts(cell) for cell in self.cells)

    def weights(self, mask: Any) -> Any:
        """Count the rows of a mask that hold each distinct cell."""
        return np.bincount(self.codes[mask], minlength=len(self.first))

    def rows_with(self, cells: Any) -> Any:
        """Turn a mask of distinct cells into one of rows."""
        return cells[self.codes] if len(cells) else np.zeros(0, dtype=bool)


def _texts(cell: Any) -> tuple[str, ...]:
    if isinstance(cell, tuple):
        return tuple(dict.fromkeys(shown(item) for item in cell if not is_missing(item))) or ("",)
    return ("" if is_missing(cell) else shown(cell),)


def coded(column: Any) -> DistinctValues:
    """Find the distinct cells of a column."""
    codes = _codes(column)
    first = np.zeros(int(codes.max()) + 1 if len(codes) else 0, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]  # of several rows, the first one is written last
    return DistinctValues(column, codes, first)


def _codes(column: Any) -> Any:
    if isinstance(column, pd.arrays.ArrowStringArray):
        chunks = pa.chunked_array(texts(column).chunks, pa.large_string())
        indices = coded_texts(chunks, nulls="encode").indices
        return indices.to_numpy(zero_copy_only=False).astype(np.int64)
    if column.dtype == object:
        return _codes_of_objects(column.tolist())
    return np.asarray(pd.factorize(column, use_na_sentinel=False)[0], dtype=np.int64)


def _codes_of_objects(cells: Sequence[Any]) -> Any:
    places: dict[Any, int] = {}
    try:
        return np.fromiter((places.setdefault(_key(cell), len(places)) for cell in cells), np.int64, len(cells))
    except TypeError:  # a cell with an object in it
        places.clear()
        return np.fromiter((places.setdefault(_bare(cell), len(places)) for cell in cells), np.int64, len(cells))


def _key(cell: Any) -> Any:
    """Return what distinguishes cells: True is not 1, and all that counts as nothing is one."""
    if isinstance(cell, tuple | str):
        return cell or None
    return None if is_missing(cell) else (type(cell), cell)


def _bare(cell: Any) -> Any:
    key = _key(cell)
    flat = isinstance(key, Hashable) and not isinstance(key, tuple)
    return key if flat else (type(cell).__name__, repr(cell))


def is_same_memory(one: Any, two: Any) -> bool:
    """Return True only if two columns are one and the same; False where they only may be.

    >>> frame = pd.DataFrame({"a": ["x"], "b": [("y",)]})
    >>> other = frame.copy(deep=False)
    >>> is_same_memory(frame["a"].array, other["a"].array), is_same_memory(frame["b"].array, frame["b"].copy(deep=True).array)
    (True, False)
    """
    if one is two:
        return True
    if one.dtype != two.dtype or len(one) != len(two):
        return False
    if isinstance(one, pd.arrays.ArrowStringArray):
        return bool(one.__arrow_array__() is two.__arrow_array__())
    if one.dtype == object:
        return bool(np.shares_memory(np.asarray(one), np.asarray(two)))
    if one.dtype.kind == "M":
        return bool(np.shares_memory(one.asi8, two.asi8))
    return False


class Columns:
    """Keep the distinct cells of the columns of one frame after another; a column that stays the same is not looked at again."""

    def __init__(self) -> None:
        self.frame = pd.DataFrame()
        self._known: dict[str, DistinctValues] = {}
        self._sure: set[str] = set()  # columns of this frame that were looked at

    def lay(self, frame: pd.DataFrame) -> None:
        """Take up another frame."""
        self.frame, self._sure = frame, set()

    def __getitem__(self, name: str) -> DistinctValues:
        if name not in self._sure:
            column, earlier = self.frame[name].array, self._known.get(name)
            if earlier is None or not is_same_memory(earlier.column, column):
                self._known[name] = coded(column)
            self._sure.add(name)
        return self._known[name]
