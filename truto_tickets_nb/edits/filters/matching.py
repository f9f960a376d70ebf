"""Test a whole column at once: which of its cells contain, are, come before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from truto_tickets_nb.edits.filters import patterns
from truto_tickets_nb.tickets.cells import shown
from truto_tickets_nb.tickets.columns import coded_texts
from truto_tickets_nb.tickets.json_values import is_missing
from truto_tickets_nb.tickets.name_matching import nfc
from truto_tickets_nb.tickets.parsing.dates import is_day, parse_date

if TYPE_CHECKING:
    from collections.abc import Callable

Mask = Any  # numpy array of bool


def mask_of(column: pd.Series, op: str, value: Any, *, case: bool) -> Mask:
    """Return for each cell whether the test holds; an empty cell passes no test but `empty`, `is not` and what negates one."""
    if op == "is not":
        return ~mask_of(column, "is", value, case=case)
    if op in ("empty", "filled"):
        return empty(column.array) == (op == "empty")
    if op in _NUMBERS:
        return _NUMBERS[op](numbers(column.array), float(value))
    if op in ("before", "after") or (column.dtype.kind == "M" and op in ("is", "in")):
        return _dated(column if column.dtype.kind == "M" else _as_dates(column), op, value)
    if op == "is" and isinstance(value, list | tuple):
        return _is_set(column, {shown(item) for item in value}, case=case)
    return _told(column, op, value, case=case)


def empty(array: Any) -> Mask:
    """Return which cells count as empty: nothing, "", an empty set."""
    if isinstance(array, pd.arrays.ArrowStringArray):
        texts = array.__arrow_array__()
        return pc.or_kleene(pc.is_null(texts), pc.equal(texts, "")).fill_null(fill_value=True).to_numpy()
    if isinstance(array, pd.arrays.NumpyExtensionArray):
        bare = (not cell if type(cell) is tuple else is_missing(cell) for cell in pd.Series(array).tolist())
        return np.fromiter(bare, dtype=bool, count=len(array))
    return np.asarray(pd.isna(array), dtype=bool)


def numbers(array: Any) -> Any:
    """Read cells as numbers, NaN where they are none."""
    if getattr(array.dtype, "kind", "") in "iufb":
        return pd.Series(array).to_numpy(dtype=float, na_value=np.nan)
    return pd.to_numeric(pd.Series(array, dtype=object), errors="coerce").to_numpy(dtype=float, na_value=np.nan)


_NUMBERS: dict[str, Callable[[Any, float], Mask]] = {
    "less": lambda held, limit: held < limit,
    "more": lambda held, limit: held > limit,
}


def _as_dates(column: pd.Series) -> pd.Series:
    return pd.Series(
        pd.to_datetime(pd.Series(column.array, dtype=object), utc=True, format="ISO8601", errors="coerce").array
    )


def _dated(column: pd.Series, op: str, value: Any) -> Mask:
    """Compare moments; a day without a time stands for all of that day, in UTC."""
    if op == "in":
        return np.logical_or.reduce([_dated(column, "is", item) for item in value])
    if parse_date(value) is None:
        return np.zeros(len(column), dtype=bool)
    start, end = span(value)
    moments = column.dt.tz_localize("UTC") if column.dt.tz is None else column
    tests = {"before": moments < start, "after": moments >= end, "is": (moments >= start) & (moments < end)}
    return tests[op].to_numpy(dtype=bool)


def span(value: Any) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return where a day or an instant begins, and where what comes after it begins.

    >>> [str(edge) for edge in span("2026-01-31")]
    ['2026-01-31 00:00:00+00:00', '2026-02-01 00:00:00+00:00']
    """
    start = pd.Timestamp(parse_date(value) or value)
    start = start.tz_localize("UTC") if start.tzinfo is None else start
    return start, start + (timedelta(days=1) if is_day(value) else timedelta(microseconds=1))


def _told(column: pd.Series, op: str, value: Any, *, case: bool) -> Mask:
    """Test texts: those of the cell, or each member of a set; one that passes is enough."""
    texts, rows = members(column.array)
    if not _is_ascii(value):
        texts, value = _in_nfc(texts), _composed(value)
    hits = _TEXTS[op](texts, value, case).fill_null(fill_value=False).to_numpy(zero_copy_only=False)
    if rows is None:
        return hits
    passed = np.zeros(len(column), dtype=bool)
    passed[rows[hits]] = True
    return passed


def _is_ascii(value: Any) -> bool:
    return all(_is_ascii(item) for item in value) if isinstance(value, list | tuple) else shown(value).isascii()


def _in_nfc(texts: Any) -> Any:
    """Bring each distinct text into NFC; Arrow's own utf8_normalize gave another form until long after the lowest version allowed."""
    coded = coded_texts(texts)
    return pa.chunked_array(
        [pa.array(list(map(nfc, coded.dictionary.to_pylist())), pa.large_string()).take(coded.indices)]
    )


def _composed(value: Any) -> Any:
    """Write what is looked for in the form of Unicode in which names compare."""
    if isinstance(value, list | tuple):
        return tuple(map(_composed, value))
    return nfc(value) if isinstance(value, str) else value


def members(array: Any) -> tuple[Any, Any]:
    """List the texts of a column as one Arrow array, with the row of each; None where there is one text a row."""
    if isinstance(array, pd.arrays.ArrowStringArray):
        return pa.chunked_array(array.__arrow_array__().chunks, pa.large_string()), None
    texts, rows = [], []
    for row, cell in enumerate(pd.Series(array).tolist()):
        for item in cell if isinstance(cell, tuple) else (cell,):
            if not is_missing(item):
                texts.append(shown(item))
                rows.append(row)
    return pa.chunked_array([pa.array(texts, pa.large_string())]), np.array(rows, dtype=np.int64)


def _is_one(texts: Any, value: Any, case: bool) -> Any:  # noqa: FBT001  (one signature for all tests)
    wanted = pa.array(
        [shown(item) for item in (value if isinstance(value, list | tuple) else [value])], pa.large_string()
    )
    if case:
        return pc.is_in(texts, wanted)
    coded = coded_texts(texts)
    hits = pc.is_in(pc.utf8_lower(coded.dictionary), pc.utf8_lower(wanted))
    return pa.chunked_array([pc.take(hits, coded.indices)])


def _is_set(column: pd.Series, wanted: set[str], *, case: bool) -> Mask:
    fold: Callable[[str], str] = nfc if case else lower
    goal = set(map(fold, wanted))
    cells = pd.Series(column.array).tolist()
    return np.array([isinstance(cell, tuple) and {fold(shown(x)) for x in cell} == goal for cell in cells], dtype=bool)


def lower(text: str) -> str:
    """Fold capitals as the tests of a column do."""
    folded: str = pc.utf8_lower(pa.scalar(nfc(text))).as_py()
    return folded


def _folded(texts: Any, value: str, case: bool) -> tuple[Any, str]:  # noqa: FBT001
    return (texts, value) if case else (pc.utf8_lower(texts), lower(value))


_TEXTS: dict[str, Callable[[Any, Any, bool], Any]] = {
    "is": _is_one,
    "in": _is_one,
    "has": _is_one,
    "contains": lambda texts, value, case: pc.match_substring(texts, value, ignore_case=not case),
    "starts": lambda texts, value, case: pc.starts_with(*_folded(texts, value, case)),
    "ends": lambda texts, value, case: pc.ends_with(*_folded(texts, value, case)),
    "matches": lambda texts, value, case: patterns.found(texts, value, case=case),
}
