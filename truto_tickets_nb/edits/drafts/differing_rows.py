"""Find the rows in which a column differs from the one that was loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from truto_tickets_nb.edits.steps.operations.base import whole_column
from truto_tickets_nb.tickets.cell_equality import differing
from truto_tickets_nb.tickets.field_kinds import AnyKind
from truto_tickets_nb.tickets.fields import Field
from truto_tickets_nb.tickets.fields import field as field_of

if TYPE_CHECKING:
    import pandas as pd


def differing_rows(base: pd.DataFrame, now: pd.DataFrame, name: str) -> Any:
    """Return the numbers of the rows in which a column differs from the loaded one (numpy array of int)."""
    row = field_of(name) or Field(name, AnyKind(), writable=False)
    old, new = (whole_column(frame, name, many=row.kind.many) for frame in (base, now))
    return np.flatnonzero(differing(row, old, new))
