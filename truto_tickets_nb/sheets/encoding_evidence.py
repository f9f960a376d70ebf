"""The cells of a CSV file that tell encodings apart: those with letters beyond ASCII, each with what was written into it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from truto_tickets_nb.sheets.checksums import CHECK, Marker, Marks
from truto_tickets_nb.sheets.columns import Column, columns_of
from truto_tickets_nb.sheets.escaping import unguard
from truto_tickets_nb.sheets.grid import Grid, normal
from truto_tickets_nb.sheets.match_rows import Ids
from truto_tickets_nb.sheets.spreadsheet_damage import is_poor_likeness
from truto_tickets_nb.tickets.fields import ID
from truto_tickets_nb.tickets.fields import field as field_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from truto_tickets_nb.sheets.source import SheetSource


@dataclass(frozen=True)
class Reading:
    """One way to read the bytes of a file: `turn` makes text of a raw cell, or of the raw whole."""

    page: str  # what this code page lacks was lost when the file was saved; "" where nothing was
    turn: Callable[[str], str]
    raw: str

    def cell(self, raw: str) -> str | None:
        """Read one cell, None where it can't be read in this way."""
        try:
            return self.turn(raw)
        except ValueError:
            return None

    @cached_property
    def whole(self) -> str | None:
        """Read the whole file."""
        return self.cell(self.raw)


@dataclass(frozen=True)
class Clue:
    """One raw cell, and what it may have been: the cell of a column, or one of some names; nothing for a new field."""

    address: str
    raw: str
    column: Column | None = None
    place: int = 0
    names: frozenset[str] = frozenset()
    is_marked: Callable[[str], bool] = lambda _text: False

    def fits(self, reading: Reading) -> bool:
        """Return whether the cell is untouched if it is read in this way."""
        text = reading.cell(self.raw)
        if text is None:
            return False
        if self.column is None:
            return unguard(text).strip() in self.names
        if self.is_marked(unguard(text)) or self.column.is_untouched(text, self.place, typed=False, page=None):
            return True
        written = self.column.written[self.place]
        return bool(reading.page) and isinstance(written, str) and is_poor_likeness(text, written, reading.page)


@dataclass(frozen=True)
class Evidence:
    """A grid whose cells are still raw, and the snapshot by which they are judged."""

    grid: Grid
    origin: SheetSource

    def clues(self, most: int) -> list[Clue]:
        """List the cells that tell encodings apart, of so many rows, evenly over the file."""
        rows = _evenly(self._rows, most)
        return [*self._headers(), *self._ids(rows), *self._cells(rows, lambda raw: not raw.isascii())]

    def losses(self, most: int) -> list[Clue]:
        """List the cells in which letters may have been lost, of so many rows: a question mark stands where a code page has none."""
        rows = [row for row, cells in enumerate(self.grid.rows) if any("?" in str(cell) for cell in cells)]
        return list(self._cells(_evenly(rows, most), lambda raw: "?" in raw))

    @cached_property
    def _rows(self) -> list[int]:
        return [row for row, cells in enumerate(self.grid.rows) if not "".join(map(str, cells)).isascii()]

    @cached_property
    def _columns(self) -> dict[int, str]:
        """Name the columns that can be edited, by their place; a name beyond ASCII is not known yet."""
        names = {normal(name): name for name in self.origin.table.frame.columns}
        return {
            place: names.get(normal(heading), normal(heading))
            for place, heading in enumerate(self.grid.names)
            if normal(heading) in names or field_of(normal(heading)) is not None
        }

    def _headers(self) -> Iterator[Clue]:
        columns = frozenset(self.origin.table.frame.columns)
        for place, heading in enumerate(self.grid.names):
            if not heading.isascii():
                yield Clue(self.grid.head_address(place), heading, names=columns)

    def _ids(self, rows: Sequence[int]) -> Iterator[Clue]:
        where, ids = self.grid.where(ID) or 0, frozenset(self.origin.ids)
        for row in rows:
            identity = self._raw(row, where)
            if not identity.isascii():
                yield Clue(self.grid.address(row, where), identity, names=ids)

    def _cells(self, rows: Sequence[int], is_wanted: Callable[[str], bool]) -> Iterator[Clue]:
        ids, where = Ids(self.origin.ids), self.grid.where(ID) or 0
        places = {row: ids.find(self._raw(row, where))[0] for row in rows}
        chosen = sorted({place for place in places.values() if place >= 0})
        columns = {column.name: column for column in self._written(chosen)}
        order = {place: at for at, place in enumerate(chosen)}
        for row, place in places.items():
            for at, name in self._columns.items() if place >= 0 else ():
                raw = self._raw(row, at)
                if is_wanted(raw):
                    marked = self._marked(row, ids.known[place], name)
                    yield Clue(self.grid.address(row, at), raw, columns.get(name), order[place], is_marked=marked)

    def _written(self, chosen: list[int]) -> list[Column]:
        """Write the cells of the chosen tickets anew."""
        table = self.origin.table
        indices = np.asarray(chosen, dtype=np.int64)
        part = replace(table, frame=table.frame.take(indices), raw=table.raw.take(indices))
        names = dict.fromkeys(name for name in self._columns.values() if name in table.frame.columns)
        return columns_of(replace(self.origin, table=part), names)

    def _marked(self, row: int, ticket: str, name: str) -> Callable[[str], bool]:
        marks = Marks.read(self._raw(row, self._check)) if self._check is not None else None
        marker = Marker(self.origin.integration, self.origin.account_id)
        return lambda text: marks is not None and marker.cell(ticket, name, text) in marks.known

    @cached_property
    def _check(self) -> int | None:
        return next(
            (
                place
                for place, heading in enumerate(self.grid.names)
                if heading.startswith(CHECK) and Marks.read(heading)
            ),
            None,
        )

    def _raw(self, row: int, place: int) -> str:
        cells = self.grid.rows[row]
        return str(cells[place]) if place < len(cells) and cells[place] is not None else ""


def _evenly(rows: Sequence[int], most: int) -> Sequence[int]:
    return rows[:: -(-len(rows) // most) or 1]
