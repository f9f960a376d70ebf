"""The immutable column store behind a snapshot: typed columns to look at, and each ticket's own JSON, exactly as it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Tickets as loaded: `frame` (index id: str, one row a ticket) and `raw` (JSON bytes, same order)."""

    frame: pd.DataFrame
    raw: Any  # an Arrow column of bytes: a hundred thousand of them cost what they hold
    notes: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()  # the only fields that were loaded; () where all were

    def __len__(self) -> int:
        return len(self.raw)

    def copy(self) -> pd.DataFrame:
        """Hand out a frame that shares every column until it is edited (copy-on-write): free, and never leaks back."""
        return self.frame.copy(deep=False)

    def record(self, place: int) -> dict[str, Any]:
        """Decode one ticket, as the API answered it."""
        record: dict[str, Any] = orjson.loads(self.raw[place].as_py())
        return record
