"""Columns with new cells: a column takes them without changing its type where it can hold them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from truto_tickets_nb.tickets.cells import plain, shown
from truto_tickets_nb.tickets.columns import STR, objects
from truto_tickets_nb.tickets.json_values import is_missing
from truto_tickets_nb.tickets.parsing.dates import instant, parse_date

if TYPE_CHECKING:
    from collections.abc import Sequence


def texts(array: Any) -> Any:
    """Return the Arrow array behind a text column."""
    arrow = array.__arrow_array__()
    return arrow if isinstance(arrow, pa.ChunkedArray) else pa.chunked_array([arrow])


def column_like(array: Any, cells: Sequence[Any]) -> Any:
    """Make a column of these cells, of the type of another one where it can hold them, else of plain objects."""
    if isinstance(array, pd.arrays.ArrowStringArray):
        return _text_column(cells)
    if array.dtype.kind == "M":
        return _date_column(cells, array.dtype)
    values = [None if is_missing(cell) else cell for cell in cells]
    if isinstance(array, pd.arrays.NumpyExtensionArray) or not _fits(array.dtype, values):
        return pd.array(objects(list(cells)), dtype=object)
    return pd.array(values, dtype=array.dtype)


def _fits(dtype: Any, cells: Sequence[Any]) -> bool:
    """Return whether a column of numbers or flags can hold cells without making another kind of them."""
    kinds = {type(plain(cell)) for cell in cells if cell is not None}
    if str(dtype) == "boolean":
        return kinds <= {bool}
    is_whole = all(cell is None or float(cell).is_integer() for cell in cells) if kinds <= {int, float} else False
    return is_whole if str(dtype) == "Int64" else str(dtype) == "Float64" and kinds <= {int, float}


def _text_column(cells: Sequence[Any]) -> Any:
    filled = [None if is_missing(cell) and cell != "" else cell for cell in cells]
    if any(isinstance(cell, dict | tuple | bool | date) for cell in filled):
        return pd.array(objects(filled), dtype=object)
    new = [cell if cell is None else shown(cell) for cell in filled]
    try:
        return text_column(pa.array(new, pa.large_string()))
    except UnicodeEncodeError:  # half a surrogate pair, which UTF-8 can't hold
        return text_column(pa.array([c and c.encode("utf-8", "replace").decode() for c in new], pa.large_string()))


def text_column(texts: Any) -> Any:
    """Make a text column of an Arrow array."""
    return STR.__from_arrow__(texts)  # type: ignore[attr-defined]


def repeated(array: Any, value: Any, count: int) -> Any:
    """Make a column of one value, of the type of another one where it can hold that value."""
    return column_like(array, [value]).take(np.zeros(count, dtype=np.int64))


def _date_column(cells: Sequence[Any], dtype: Any) -> Any:
    filled = [None if is_missing(value := plain(cell)) else value for cell in cells]
    dates = [parse_date(cell) for cell in filled]
    if any(value is None and cell is not None for value, cell in zip(dates, filled, strict=True)):
        return pd.array(objects(list(cells)), dtype=object)
    index = pd.DatetimeIndex([pd.NaT if value is None else pd.Timestamp(instant(value)) for value in dates], tz="UTC")
    is_naive = getattr(dtype, "tz", None) is None
    return (index.tz_localize(None) if is_naive else index).as_unit("us").array


def put(array: Any, places: Any, cells: Any) -> Any:
    """Return a copy of a column with other cells at these places; all others stay the very same objects."""
    if len(places) == len(array) and array.dtype == cells.dtype:
        return cells
    if isinstance(array, pd.arrays.ArrowStringArray) and array.dtype == cells.dtype:
        both = pa.chunked_array([*texts(array).chunks, *texts(cells).chunks], pa.large_string())
        order = np.arange(len(array))
        order[places] = len(array) + np.arange(len(places))
        return text_column(pc.take(both, pa.array(order)))
    if array.dtype == cells.dtype and not isinstance(array, pd.arrays.NumpyExtensionArray):
        copy = array.copy()
        copy[places] = cells
        return copy
    is_plain = isinstance(array, pd.arrays.NumpyExtensionArray)
    changed = objects([cell if is_plain or not is_missing(cell) else None for cell in pd.Series(array).tolist()])
    changed[places] = objects(pd.Series(cells).tolist())
    return pd.array(changed, dtype=object)
