"""What a file is written from and read against: the snapshot, in the words that sheets need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from truto_tickets_nb.did_you_mean import near
from truto_tickets_nb.errors import FrameError
from truto_tickets_nb.tickets.fields import ID
from truto_tickets_nb.tickets.json_values import ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from truto_tickets_nb.tickets.choices import Choices
    from truto_tickets_nb.tickets.table import Table


@dataclass(frozen=True, slots=True)
class ColumnHelp:
    """What a person is told of a column: its kind, why it can't be edited ("" where it can), which values it takes."""

    kind: str
    locked: str = ""
    takes: str = ""
    options: tuple[str, ...] = ()  # of a custom field


@dataclass(frozen=True, slots=True)
class SheetSource:
    """The tickets, the account they come from, its choices, and what is told of each column."""

    table: Table
    account_id: str
    integration: str
    choices: Mapping[str, Choices]
    told: Mapping[str, ColumnHelp]
    days: frozenset[str] = field(default_factory=frozenset)  # columns of the tool that hold dates without a time
    snapshot: str = ""  # the id of the snapshot

    @property
    def ids(self) -> list[str]:
        """List the ids of the tickets, in their order."""
        return list(self.table.frame.index)

    def homes(self) -> list[str]:
        """List the workspace of each ticket, by id, "" where it has none."""
        if "workspace" not in self.table.frame.columns or not self.table.frame["workspace"].notna().any():
            return [""] * len(self.table)
        records = (self.table.record(place) for place in range(len(self.table)))
        return [home.id if (home := ref(record.get("workspace"))) else "" for record in records]

    def columns(self, wanted: Iterable[str] | None = None) -> list[str]:
        """Choose the columns of a file: the wanted ones, else all that hold something or can be edited."""
        frame = self.table.frame
        if wanted is None:
            return [name for name in frame.columns if not self.told[name].locked or _is_filled(frame[name])]
        names = [name for name in dict.fromkeys([wanted] if isinstance(wanted, str) else wanted) if name != ID]
        unknown = [name for name in names if name not in frame.columns]
        if unknown:
            raise FrameError(f"columns= names no column of this snapshot: {'; '.join(map(self._hint, unknown))}.")
        return names

    def _hint(self, name: object) -> str:
        close = near(name, self.table.frame.columns)
        return f"{name!r}" + (f" (did you mean {close[0]!r}?)" if close else "")


def _is_filled(column: pd.Series) -> bool:
    return bool(column.map(bool, na_action="ignore").any()) if column.dtype.kind == "O" else bool(column.notna().any())
