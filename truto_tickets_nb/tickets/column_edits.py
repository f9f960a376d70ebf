"""Cells as JSON and back, when two of them are the same, and how a column takes new ones without changing its type."""

from __future__ import annotations

from collections import Counter
from datetime import date
from operator import is_not
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from truto_tickets_nb.tickets.cells import as_moment, is_emptied, iso_text, plain, truth, whole
from truto_tickets_nb.tickets.columns import STR, objects
from truto_tickets_nb.tickets.equality import same_json
from truto_tickets_nb.tickets.json_values import freeze, is_missing, unix_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from truto_tickets_nb.tickets.fields import Field
    from truto_tickets_nb.tickets.json_values import Json


def to_json(cell: Any) -> Json:
    """Write a cell as JSON: sets as lists, dates as ISO text, whatever counts as nothing as null.

    >>> to_json(("a", "b")), to_json(pd.Timestamp("2026-01-31")), to_json(float("nan"))
    (['a', 'b'], '2026-01-31', None)
    """
    if type(cell) is str:
        return cell
    held = plain(cell)
    if isinstance(held, str | dict):
        return held
    if isinstance(held, tuple):
        return [item if item is None or isinstance(item, float) else to_json(item) for item in held]
    if is_missing(held):
        return None
    return iso_text(held) if isinstance(held, date) else held


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
    held = to_json(cell)
    if held is None:
        return ""
    if isinstance(held, dict):
        return str(freeze(held))
    return ", ".join(map(shown, held)) if isinstance(held, list) else whole(held)


def same(row: Field, one: Any, two: Any) -> bool:
    """Tell whether two cells of a frame mean the same, so that no request would come of the difference."""
    if type(one) is str and type(two) is str and row.kind.word in ("text", "reference"):
        return one == two or (("\r" in one or "\r" in two) and unix_lines(one) == unix_lines(two))
    left, right = plain(one), plain(two)
    if is_emptied(left) or is_emptied(right):
        return is_emptied(left) and is_emptied(right)
    if row.kind.many:
        return _same_sets(left, right)
    return bool(_SAME.get(row.kind.word, same_json)(left, right))


def _same_custom(left: Any, right: Any) -> bool:
    return same_json(_as_json(left), _as_json(right))


def _same_moments(left: Any, right: Any) -> bool:
    moments = as_moment(left), as_moment(right)
    return _instant(moments[0]) == _instant(moments[1]) if None not in moments else bool(left == right)


def _same_flags(left: Any, right: Any) -> bool:
    return truth(left) is truth(right) if truth(left) is not None else bool(left == right)


_SAME: dict[str, Any] = {"any": _same_custom, "date": _same_moments, "flag": _same_flags}


def _as_json(cell: Any) -> Any:
    """Write a moment in a custom field as the text that a step keeps of it."""
    return to_json(cell) if isinstance(cell, date) else cell


def _instant(found: Any) -> Any:
    stamp = pd.Timestamp(found)
    return stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp


def _same_sets(left: Any, right: Any) -> bool:
    if not (isinstance(left, tuple) and isinstance(right, tuple)):
        return bool(left == right)
    return left == right or Counter(map(shown, left)) == Counter(map(shown, right))


def differing(row: Field, old: Any, new: Any) -> Any:
    """Tell for two columns of equal length in which rows they differ (numpy bool)."""
    if isinstance(old, pd.arrays.ArrowStringArray) and isinstance(new, pd.arrays.ArrowStringArray):
        return _differing_texts(old, new)
    if old.dtype == new.dtype and old.dtype.kind == "M":
        return np.asarray((old != new) & ~(pd.isna(old) & pd.isna(new)), dtype=bool)
    left, right = pd.Series(old).tolist(), pd.Series(new).tolist()
    found = np.fromiter(map(is_not, left, right), dtype=bool, count=len(left))
    known: dict[tuple[int, int], bool] = {}  # the same two objects, of which both lists keep hold, need one look
    for place in np.flatnonzero(found).tolist():
        one, two = left[place], right[place]
        key = (id(one), id(two))
        if key not in known:
            known[key] = not same(row, one, two)
        found[place] = known[key]
    return found


def _differing_texts(old: Any, new: Any) -> Any:
    left, right = (pc.fill_null(texts(array), "") for array in (old, new))
    differ = pc.not_equal(left, right)
    found = differ.to_numpy(zero_copy_only=False).copy()
    if _has_returns(left) or _has_returns(right):
        odd = pc.and_(differ, pc.or_(pc.match_substring(left, "\r"), pc.match_substring(right, "\r")))
        for row in np.flatnonzero(odd.to_numpy(zero_copy_only=False)).tolist():
            found[row] = unix_lines(left[row].as_py()) != unix_lines(right[row].as_py())
    return found


def _has_returns(column: Any) -> bool:
    """Look for a carriage return in the bytes behind a column: nearly none has one, and then there is nothing to compare twice."""
    return any(b"\r" in buffer.to_pybytes() for chunk in column.chunks for buffer in chunk.buffers()[2:] if buffer)


def texts(array: Any) -> Any:
    """Look at a text column as Arrow sees it."""
    found = array.__arrow_array__()
    return found if isinstance(found, pa.ChunkedArray) else pa.chunked_array([found])


def column_like(array: Any, cells: Sequence[Any]) -> Any:
    """Make a column of these cells, of the type of another one where it holds just such cells, else of plain objects."""
    if isinstance(array, pd.arrays.ArrowStringArray):
        return _text_column(cells)
    if array.dtype.kind == "M":
        return _date_column(cells, array.dtype)
    values = [None if is_missing(cell) else cell for cell in cells]
    if isinstance(array, pd.arrays.NumpyExtensionArray) or not _fits(array.dtype, values):
        return pd.array(objects(list(cells)), dtype=object)
    return pd.array(values, dtype=array.dtype)


def _fits(dtype: Any, cells: Sequence[Any]) -> bool:
    """Tell whether a column of numbers or flags can hold cells without making another kind of them."""
    kinds = {type(plain(cell)) for cell in cells if cell is not None}
    if str(dtype) == "boolean":
        return kinds <= {bool}
    is_whole = all(cell is None or float(cell).is_integer() for cell in cells) if kinds <= {int, float} else False
    return is_whole if str(dtype) == "Int64" else str(dtype) == "Float64" and kinds <= {int, float}


def _text_column(cells: Sequence[Any]) -> Any:
    found = [None if is_missing(cell) and cell != "" else cell for cell in cells]
    if any(isinstance(cell, dict | tuple | bool | date) for cell in found):
        return pd.array(objects(found), dtype=object)
    told = [cell if cell is None else shown(cell) for cell in found]
    try:
        return text_column(pa.array(told, pa.large_string()))
    except UnicodeEncodeError:  # half a surrogate pair, which UTF-8 can't hold
        return text_column(pa.array([c and c.encode("utf-8", "replace").decode() for c in told], pa.large_string()))


def text_column(texts: Any) -> Any:
    """Make a text column of what Arrow holds."""
    return STR.__from_arrow__(texts)  # type: ignore[attr-defined]


def repeated(array: Any, value: Any, count: int) -> Any:
    """Make a column that holds one value throughout, of the type of another one where it allows that."""
    return column_like(array, [value]).take(np.zeros(count, dtype=np.int64))


def _date_column(cells: Sequence[Any], dtype: Any) -> Any:
    moments = [None if is_missing(plain(cell)) else as_moment(plain(cell)) for cell in cells]
    if any(moment is None and not is_missing(plain(cell)) for moment, cell in zip(moments, cells, strict=True)):
        return pd.array(objects(list(cells)), dtype=object)
    found = pd.DatetimeIndex([pd.NaT if moment is None else _instant(moment) for moment in moments], tz="UTC")
    naive = getattr(dtype, "tz", None) is None
    return (found.tz_localize(None) if naive else found).as_unit("us").array


def put(array: Any, places: Any, cells: Any) -> Any:
    """Give a copy of a column that holds other cells at these places; all others stay the very same objects."""
    if len(places) == len(array) and array.dtype == cells.dtype:
        return cells
    if isinstance(array, pd.arrays.ArrowStringArray) and array.dtype == cells.dtype:
        both = pa.chunked_array([*texts(array).chunks, *texts(cells).chunks], pa.large_string())
        order = np.arange(len(array))
        order[places] = len(array) + np.arange(len(places))
        return text_column(pc.take(both, pa.array(order)))
    if array.dtype == cells.dtype and not isinstance(array, pd.arrays.NumpyExtensionArray):
        made = array.copy()
        made[places] = cells
        return made
    is_plain = isinstance(array, pd.arrays.NumpyExtensionArray)
    held = [cell if is_plain or not is_missing(cell) else None for cell in pd.Series(array).tolist()]
    changed = objects(held)
    changed[places] = objects(pd.Series(cells).tolist())
    return pd.array(changed, dtype=object)
