"""Which tickets differ from the snapshot, as a mask: only columns that became other memory are looked at, each pair of cells once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from truto_tickets_nb.edits.steps.operations.base import whole_column
from truto_tickets_nb.selection.distinct_values import is_same_memory
from truto_tickets_nb.tickets.cell_equality import differing
from truto_tickets_nb.tickets.field_kinds import AnyKind
from truto_tickets_nb.tickets.fields import Field
from truto_tickets_nb.tickets.fields import field as field_of

if TYPE_CHECKING:
    from truto_tickets_nb.selection.distinct_values import Columns, DistinctValues

Side = tuple[pd.DataFrame, "Columns"]


def changed_rows(before: Side, after: Side) -> Any:
    """Return for each ticket whether any cell of it differs (numpy bool)."""
    frame, columns = after
    base, base_columns = before
    changed = np.zeros(len(frame), dtype=bool)
    for name in frame.columns:
        row = field_of(name) or Field(name, AnyKind(), writable=False)
        old, new = whole_column(base, name, many=row.kind.many), frame[name].array
        if is_same_memory(old, new):
            continue
        fast = name in base.columns and old.dtype == object
        changed |= _by_pairs(row, base_columns[name], columns[name]) if fast else differing(row, old, new)
    return changed


def _by_pairs(row: Field, old: DistinctValues, new: DistinctValues) -> Any:
    """Compare each pair of cells once, however many rows hold it."""
    pairs = old.codes * max(1, len(new.first)) + new.codes
    _, first, of_row = np.unique(pairs, return_index=True, return_inverse=True)
    return differing(row, old.column.take(first), new.column.take(first))[of_row]
