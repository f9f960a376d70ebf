"""When two cells of a frame mean the same, so that no request would come of the difference: for single cells and for columns at once."""

from __future__ import annotations

from datetime import date
from operator import is_not
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from truto_tickets_nb.tickets.cells import is_emptied, plain, to_json
from truto_tickets_nb.tickets.column_edits import texts
from truto_tickets_nb.tickets.equality import same_json
from truto_tickets_nb.tickets.json_values import unix_lines
from truto_tickets_nb.tickets.parsing.booleans import parse_boolean
from truto_tickets_nb.tickets.parsing.dates import instant, parse_date

if TYPE_CHECKING:
    from truto_tickets_nb.tickets.fields import Field


def same(row: Field, one: Any, two: Any) -> bool:
    """Return whether two cells of a frame mean the same, so that no request would come of the difference."""
    if type(one) is str and type(two) is str and row.kind.word in ("text", "reference"):
        return one == two or (("\r" in one or "\r" in two) and unix_lines(one) == unix_lines(two))
    left, right = plain(one), plain(two)
    if is_emptied(left) or is_emptied(right):
        return is_emptied(left) and is_emptied(right)
    return _same_filled(row, left, right)


def _same_filled(row: Field, left: Any, right: Any) -> bool:
    match row.kind.word:
        case "date":
            return _same_date(left, right)
        case "flag":
            return _same_boolean(left, right)
        case "set" | "words":
            are_sets = isinstance(left, tuple) and isinstance(right, tuple)
            return left == right or (are_sets and row.kind.levels[1](left, right))
        case "any":
            return same_json(_as_json(left), _as_json(right))
    return same_json(left, right)


def _same_date(left: Any, right: Any) -> bool:
    """Compare cells of dates; in a column of instants, a date is its midnight."""
    dates = parse_date(left), parse_date(right)
    return bool(left == right) if dates[0] is None or dates[1] is None else instant(dates[0]) == instant(dates[1])


def _same_boolean(left: Any, right: Any) -> bool:
    value = parse_boolean(left)
    return bool(left == right) if value is None else value is parse_boolean(right)


def _as_json(cell: Any) -> Any:
    """Write a date in a custom field as the text that a step keeps of it."""
    return to_json(cell) if isinstance(cell, date) else cell


def differing(row: Field, old: Any, new: Any) -> Any:
    """Return in which rows two columns of equal length differ (numpy bool)."""
    if isinstance(old, pd.arrays.ArrowStringArray) and isinstance(new, pd.arrays.ArrowStringArray):
        return _differing_texts(old, new)
    if old.dtype == new.dtype and old.dtype.kind == "M":
        return np.asarray((old != new) & ~(pd.isna(old) & pd.isna(new)), dtype=bool)
    left, right = pd.Series(old).tolist(), pd.Series(new).tolist()
    differs = np.fromiter(map(is_not, left, right), dtype=bool, count=len(left))
    by_objects: dict[tuple[int, int], bool] = {}  # the same two objects, which both lists keep alive, are compared once
    for place in np.flatnonzero(differs).tolist():
        one, two = left[place], right[place]
        key = (id(one), id(two))
        if key not in by_objects:
            by_objects[key] = not same(row, one, two)
        differs[place] = by_objects[key]
    return differs


def _differing_texts(old: Any, new: Any) -> Any:
    left, right = (pc.fill_null(texts(array), "") for array in (old, new))
    unequal = pc.not_equal(left, right)
    differs = unequal.to_numpy(zero_copy_only=False).copy()
    if _has_returns(left) or _has_returns(right):
        with_returns = pc.and_(unequal, pc.or_(pc.match_substring(left, "\r"), pc.match_substring(right, "\r")))
        for row in np.flatnonzero(with_returns.to_numpy(zero_copy_only=False)).tolist():
            differs[row] = unix_lines(left[row].as_py()) != unix_lines(right[row].as_py())
    return differs


def _has_returns(column: Any) -> bool:
    """Look for a carriage return in the bytes behind a column: nearly none has one, and then there is nothing to compare twice."""
    return any(b"\r" in buffer.to_pybytes() for chunk in column.chunks for buffer in chunk.buffers()[2:] if buffer)
