"""Take what an analyst gives as an edited frame: a pandas DataFrame, or a table that becomes one without loss."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

from truto_tickets_nb.errors import FrameError
from truto_tickets_nb.tickets.columns import STR, objects

_DTYPES = {
    pa.string(): STR,
    pa.large_string(): STR,
    pa.string_view(): STR,
    pa.bool_(): pd.BooleanDtype(),
    **{getattr(pa, name.lower())(): getattr(pd, f"{name}Dtype")() for name in ("Int8", "Int16", "Int32", "Int64")},
    **{getattr(pa, name.lower())(): getattr(pd, f"{name}Dtype")() for name in ("UInt8", "UInt16", "UInt32", "UInt64")},
}  # columns with gaps keep their type: pandas alone would make floats of whole numbers


def is_table(value: Any) -> bool:
    """Return whether a value is a table of any library: a DataFrame, or what offers its columns as Arrow or pandas does."""
    return isinstance(value, pd.DataFrame) or any(
        hasattr(value, name) for name in ("__arrow_c_stream__", "__dataframe__", "to_pandas")
    )


def frame_of(edited: Any) -> pd.DataFrame:
    """Return an edited frame as a pandas DataFrame; what is none and can't become one is a FrameError that says what to do.

    A table of polars, duckdb or Arrow has no index: its ticket ids are in a column "id".
    """
    if isinstance(edited, pd.DataFrame):
        return edited
    if hasattr(edited, "__arrow_c_stream__") and not isinstance(edited, pd.Series | pd.Index):
        try:
            return _from_arrow(pa.table(edited))
        except (pa.ArrowException, TypeError, ValueError, NotImplementedError) as error:
            raise FrameError(f"{_refusal(edited)} ({error})") from error
    raise FrameError(_refusal(edited))


def _from_arrow(table: pa.Table) -> pd.DataFrame:
    return pd.DataFrame({name: _column(table.column(at)) for at, name in enumerate(table.column_names)}, copy=False)


def _column(column: pa.ChunkedArray) -> Any:
    """Turn one column into pandas: nested cells stay lists and dicts, categories become their values."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_nested(column.type) or pa.types.is_date(column.type):
        return pd.Series(objects(column.to_pylist()), dtype=object)
    return column.to_pandas(types_mapper=_DTYPES.get)


def _refusal(edited: Any) -> str:
    kind = type(edited)
    library = kind.__module__.partition(".")[0]
    if isinstance(edited, pd.Series | pd.Index):
        return f"A plan needs a whole DataFrame, not one {kind.__name__}: put it into a frame, df['name'] = series, and give df."
    if library not in ("builtins", "pandas", "numpy", "truto_tickets_nb"):
        return (
            f"A plan needs a pandas DataFrame, not a {kind.__name__} of {library}. Convert it with .to_pandas() "
            "and keep the ticket ids in a column 'id'."
        )
    return (
        f"A plan needs a DataFrame, not {kind.__name__}: snapshot.plan(df), with the ticket ids as index or in a column "
        "'id'."
    )
