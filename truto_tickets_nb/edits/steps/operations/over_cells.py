"""Work through columns of sets, each distinct set once, and through the texts in any column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from truto_tickets_nb.tickets.column_edits import text_column, texts
from truto_tickets_nb.tickets.json_values import is_missing
from truto_tickets_nb.tickets.sets import Held, swapped

if TYPE_CHECKING:
    from collections.abc import Callable


def each(cells: Any, edit: Callable[[Held], Held]) -> list[Any]:
    """Edit each set; one that does not change stays the very same object, and text where a set belongs is left alone."""
    edited: dict[Any, Any] = {}
    return [_edited(cell, edit, edited) for cell in pd.Series(cells).tolist()]


def _edited(cell: Any, edit: Callable[[Held], Held], edited: dict[Any, Any]) -> Any:
    if not isinstance(cell, tuple):
        return (edit(()) or cell) if is_missing(cell) else cell
    try:
        new = edited[cell] if cell in edited else edited.setdefault(cell, edit(cell))
    except TypeError:  # a member that an analyst wrote out as {"id": ...} has no hash
        new = edit(cell)
    return cell if new == cell else new


def over_texts(cells: Any, edit: Callable[[Any], Any]) -> Any:
    """Edit the texts of a column as one Arrow array: the cells themselves, or the members of their sets."""
    if isinstance(cells, pd.arrays.ArrowStringArray):
        return text_column(edit(pa.chunked_array(texts(cells).chunks, pa.large_string())))
    every = pd.Series(cells).tolist()
    distinct = dict.fromkeys(
        x for cell in every for x in (cell if isinstance(cell, tuple) else (cell,)) if isinstance(x, str)
    )
    edited = edit(pa.chunked_array([pa.array(list(distinct), pa.large_string())])).to_pylist()
    new = {old: text for old, text in zip(distinct, edited, strict=True) if old != text}
    return [_renewed(cell, new) for cell in every]


def renamed(cells: Any, names: dict[str, str]) -> list[Any]:
    """Respell names, and the members of sets."""
    every = cells if isinstance(cells, list) else pd.Series(cells).tolist()
    return [_renewed(cell, names) for cell in every] if names else every


def _renewed(cell: Any, new: dict[str, str]) -> Any:
    if isinstance(cell, tuple):
        return swapped(cell, {old: text or None for old, text in new.items()}) if _meets(cell, new) else cell
    return new.get(cell, cell) if isinstance(cell, str) else cell


def _meets(cell: Held, new: dict[str, str]) -> bool:
    return any(isinstance(name, str) and name in new for name in cell)
