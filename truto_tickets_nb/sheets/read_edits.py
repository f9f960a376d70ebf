"""Lay a file over the snapshot it was written from: what nobody edited keeps its value, what was edited is read, the rest is told at once."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
import pandas as pd

from truto_tickets_nb.actions import Action, correct
from truto_tickets_nb.errors import FrameError, shorten
from truto_tickets_nb.plans.compare.edited_frame import CLEARED, NOTES
from truto_tickets_nb.plans.compare.frame_identity import check_age
from truto_tickets_nb.plans.problem import Problem
from truto_tickets_nb.sheets.checksums import CHECK, Marker, Marks
from truto_tickets_nb.sheets.columns import Column, Unreadable, columns_of
from truto_tickets_nb.sheets.error_values import FORMULA_FIX, NOT_STORED, Formula, is_error_value, is_too_narrow
from truto_tickets_nb.sheets.escaping import is_clear, unescape, unguard
from truto_tickets_nb.sheets.grid import Grid, normal
from truto_tickets_nb.sheets.match_rows import places_of
from truto_tickets_nb.sheets.mojibake import is_mojibake
from truto_tickets_nb.sheets.snapshot_check import REBASE, identity_problems
from truto_tickets_nb.sheets.spreadsheet_damage import is_autocorrected, is_poor_likeness
from truto_tickets_nb.tickets.columns import objects
from truto_tickets_nb.tickets.fields import FIELDS, ID
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.json_values import unix_lines
from truto_tickets_nb.tickets.parsing.literals import EMPTY_WORDS
from truto_tickets_nb.wording import by_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from truto_tickets_nb.sheets.sheet_cells import Cell
    from truto_tickets_nb.sheets.source import SheetSource

SHOWN = 10  # problems told in the message of an error; all of them are in its `problems`
DAYS_TO_1904 = 1462  # between the first days of the two calendars of Excel
_UNNAMED = re.compile(r"Unnamed: \d+(?:_level_\d+)?")  # what pandas calls a column without a header
_ENCODING_FIX = "Open the file as UTF-8 there, or write that text again, and save it as 'CSV UTF-8 (comma delimited)'."
_ERROR_FIX = (
    "Correct its formula, or put the text back. If the ticket is to hold this very text, edit it in the notebook."
)


def frame_of(grid: Grid, origin: SheetSource) -> pd.DataFrame:
    """Make the edited frame; a file that does not fit its snapshot is a FrameError with every reason.

    `frame.attrs["cleared"]` names the cells that were emptied on purpose (column -> ids), `frame.attrs["notes"]` what was left alone.
    """
    refuse(grid, list(identity_problems(grid, origin)))
    places, rows, strangers = places_of(grid, origin)
    names, doubled = _known(grid, origin)
    sheet = _Sheet(grid, origin, places, rows)
    editable = columns_of(origin, [name for name in names if name in origin.table.frame.columns])
    columns = {column.name: column for column in editable}
    data = {name: sheet.column(name, place, columns.get(name)) for name, place in names.items()}
    refuse(grid, [*strangers, *doubled, *sheet.problems])
    index = sheet.of(origin.table.frame.index)
    frame = pd.DataFrame({name: pd.Series(array, index=index, copy=False) for name, array in data.items()}, index=index)
    if grid.marks is None:
        check_age(frame, origin.table, f"the snapshot that the file was written from: {REBASE}")
    frame.attrs = {CLEARED: dict(sheet.cleared), NOTES: [*grid.notes, *sheet.notes()]}
    return frame


def refuse(grid: Grid, problems: list[Problem]) -> None:
    """Refuse a file with every reason, where there is one."""
    if not problems:
        return
    shown = "".join(f"\n  {problem}" for problem in problems[:SHOWN])
    more = f"\n  and {len(problems) - SHOWN} more in .problems" if len(problems) > SHOWN else ""
    reasons = by_number(len(problems), "one reason", f"{len(problems)} reasons")
    raise FrameError(f"{grid.source} can't be read against this snapshot, for {reasons}:{shown}{more}", problems)


def _known(grid: Grid, origin: SheetSource) -> tuple[dict[str, int], list[Problem]]:
    """Find the columns by name, in the order of the file; names are taken as they are meant, and each may stand once."""
    ours = {normal(name): name for name in (*FIELDS, *origin.table.frame.columns)}
    names: dict[str, int] = {}
    problems = []
    for place, heading in enumerate(grid.names):
        if isinstance(heading, Formula):
            problems.append(
                Problem(
                    "value.formula",
                    "",
                    "",
                    heading,
                    f"is the header in cell {grid.head_address(place)} and holds {NOT_STORED}",
                    correct(FORMULA_FIX),
                )
            )
            continue
        name = heading if heading in origin.table.frame.columns else ours.get(normal(heading), heading)
        if (
            not name
            or normal(name) == ID
            or _UNNAMED.fullmatch(name)
            or (heading.startswith(CHECK) and Marks.read(heading))
        ):
            continue
        if name in names:
            message = f"stands in two columns, {grid.head_address(names[name])} and {grid.head_address(place)}"
            problems.append(Problem("field.twice", "", name, "", message, correct("Keep one of them.")))
        names.setdefault(name, place)
    return names, problems


@dataclass
class _Sheet:
    """Read one column after the other, and gather what is to be told."""

    grid: Grid
    origin: SheetSource
    places: list[int]  # the ticket of each row
    kept: list[int]  # the rows of the grid that hold them
    problems: list[Problem] = field(default_factory=list)
    cleared: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.ids = self.origin.ids
        self.marker = Marker(self.origin.integration, self.origin.account_id)
        self.marks = self._marks()
        is_foreign = self.grid.marks is None and not self.grid.typed  # a CSV that pandas wrote, most likely
        self.empty_words = EMPTY_WORDS if is_foreign else frozenset()

    def _marks(self) -> dict[bytes, frozenset[bytes]]:
        """Gather the marks by ticket: rows may have been sorted without them."""
        if self.grid.marks is None:
            return {}
        place = self.grid.marks[0]
        every = (Marks.read(row[place]) for row in self.grid.rows if place < len(row))
        return {marks.first: marks.known for marks in every if marks}

    def column(self, name: str, where: int, column: Column | None) -> Any:
        """Read one column of the file."""
        cells = [self._cell(self.grid.rows[row], where) for row in self.kept]
        if column is None:
            return objects(list(self._new(name, where, cells)))
        if self.grid.days_since_1904 and column.form in ("day", "instant"):
            cells = [cell + DAYS_TO_1904 if _is_number(cell) else cell for cell in cells]
        edits = dict(self._edits(column, where, cells))
        base = self.of(column.base.array)
        return patched(base, edits) if edits else base

    def _new(self, name: str, where: int, cells: list[Cell]) -> Iterator[Any]:
        """Read a column that was not written: a field of a ticket, or somebody's own notes, which are ignored later."""
        is_field = field_of(name) is not None
        for row, cell in enumerate(cells):
            try:
                if is_field:
                    self._refuse_what_is_no_value(cell)
                yield _plain(cell, self.grid)
            except Unreadable as told:
                self._tell(name, where, row, told)

    def _tell(self, name: str, where: int, row: int, unreadable: Unreadable) -> None:
        cell = self._cell(self.grid.rows[self.kept[row]], where)
        message = f"{unreadable.message}, in cell {self.grid.address(self.kept[row], where)}"
        ticket = self.ids[self.places[row]]
        self.problems.append(Problem(unreadable.code, ticket, name, shorten(cell, 80), message, unreadable.actions))

    def of(self, values: Any) -> Any:
        """Bring values of the snapshot into the order of the file; the very same where that is the same."""
        same = self.places == list(range(len(self.ids)))
        return values if same else values.take(np.asarray(self.places, dtype=np.int64))

    @staticmethod
    def _cell(row: Any, place: int) -> Cell:
        cell: Cell = row[place] if place < len(row) else None
        return None if cell == "" else cell

    def _edits(self, column: Column, where: int, cells: list[Cell]) -> Iterator[tuple[int, Any]]:
        for row, (cell, place) in enumerate(zip(cells, self.places, strict=True)):
            written = column.written[place]
            if (cell == written and type(cell) is type(written)) or self._is_untouched(column, cell, place):
                continue
            filled = None if cell in self.empty_words else cell
            if filled is None and written is None:
                continue
            if not self._is_stale(column, where, row, filled):
                yield from self._edit(column, where, row, filled)

    def _is_stale(self, column: Column, where: int, row: int, cell: Cell) -> bool:
        """Return whether a cell differs because the tool's value has changed since; where it was edited as well, that is a problem."""
        ticket, written = self.ids[self.places[row]], column.written[self.places[row]]
        checksums = self.marks.get(self.marker.ticket(ticket))
        if checksums is None or not self._is_marked(column.name):
            return False
        if self.marker.cell(ticket, column.name, column.text(written)) in checksums:
            return False
        if self.marker.cell(ticket, column.name, self._as_marked(column, cell)) in checksums:
            self.counts["stale"] += 1
            return True
        address = self.grid.address(self.kept[row], where)
        message = f"was changed in the tool after the file was written, and in the file as well, in cell {address}"
        ways = (*correct("Edit that ticket in a new file."), Action("open_snapshot"))
        value = "" if cell is None else shorten(cell, 80)
        self.problems.append(Problem("file.changed_in_both", ticket, column.name, value, message, ways))
        return True

    def _is_marked(self, name: str) -> bool:
        return self.grid.marks is not None and self.marker.marks_column(self.grid.marks[1], name)

    def _as_marked(self, column: Column, cell: Cell) -> str:
        return column.text(cell) if self.grid.typed or not isinstance(cell, str) else unguard(cell)

    def _is_untouched(self, column: Column, cell: Cell, place: int) -> bool:
        if not column.is_untouched(cell, place, typed=self.grid.typed, page=self.grid.page):
            return False
        written = column.written[place]
        if (
            isinstance(cell, str)
            and isinstance(written, str)
            and unix_lines(cell).strip() != written.strip()
            and is_autocorrected(unix_lines(cell).strip(), written)
        ):
            self.counts["autocorrected"] += 1
        return True

    def _edit(self, column: Column, where: int, row: int, cell: Cell) -> Iterator[tuple[int, Any]]:
        ticket = self.ids[self.places[row]]
        try:
            if cell is None or (isinstance(cell, str) and not cell.strip()):
                yield row, None
            elif is_clear(cell):
                self.cleared[column.name].append(ticket)
                yield row, None
            else:
                yield row, self._value(column, cell, self.places[row])
        except Unreadable as told:
            self._tell(column.name, where, row, told)

    def _value(self, column: Column, cell: Cell, place: int) -> Any:
        self._refuse_what_is_no_value(cell)
        if isinstance(cell, str):
            _refuse_what_is_garbled(cell, str(column.written[place]), self.grid.pages)
        return column.read(
            cell if self.grid.typed or not isinstance(cell, str) else unguard(cell), place, comma=self.grid.comma
        )

    @staticmethod
    def _refuse_what_is_no_value(cell: Cell) -> None:
        if isinstance(cell, Formula):
            raise Unreadable("value.formula", f"holds {NOT_STORED}", correct(FORMULA_FIX))
        if is_too_narrow(cell):
            raise Unreadable(
                "value.too_narrow",
                "shows only that its column was too narrow",
                correct("Make the column wider and save the file again."),
            )
        if is_error_value(cell):
            raise Unreadable("value.error_value", "is an error value of the spreadsheet", correct(_ERROR_FIX))

    def notes(self) -> Iterator[str]:
        """Return what was left as it is."""
        corrected, stale = self.counts["autocorrected"], self.counts["stale"]
        if corrected:
            many = f"{corrected} cells differ" if corrected > 1 else "1 cell differs"
            yield f"{many} only by autocorrection (quotes, dashes, …): counted as untouched."
        if stale:
            many = f"{stale} cells were" if stale > 1 else "1 cell was"
            yield f"{many} changed in the tool after the file was written, and not in the file: the tool's value stands."
        if self.grid.marks is None:
            yield f"The file has lost its column {CHECK!r}: nobody can tell whether tickets were changed in the tool after it was written."


def patched(base: Any, edits: dict[int, Any]) -> Any:
    """Put edited cells into a column; it keeps its dtype where they fit."""
    cells = base.tolist()
    for row, value in edits.items():
        cells[row] = () if value is None and isinstance(cells[row], tuple) else value
    texts = isinstance(base.dtype, pd.StringDtype)
    if base.dtype.kind == "O" and not (texts and all(isinstance(value, str | None) for value in edits.values())):
        return objects(cells)  # a column of text would make text of anything
    if base.dtype.kind == "M" and getattr(base.dtype, "tz", None) is None:
        cells = [cell if cell is None else pd.Timestamp(cell) for cell in cells]
    try:
        return pd.array(cells, dtype=base.dtype)
    except (TypeError, ValueError):
        return objects(cells)


def _refuse_what_is_garbled(cell: str, written: str, pages: Sequence[str]) -> None:
    """Refuse an edited text that a wrong encoding has damaged; where the ticket itself holds such letters, they are meant."""
    if ("\ufffd" in cell and "\ufffd" not in written) or (is_mojibake(cell) and not is_mojibake(written)):
        raise Unreadable(
            "value.garbled", "was read in a wrong encoding by the program that saved it", correct(_ENCODING_FIX)
        )
    if any(is_poor_likeness(cell, written, page) for page in pages):
        raise Unreadable(
            "value.garbled",
            f"may have lost letters of {shorten(written, 80)!r} when the file was saved",
            correct(_ENCODING_FIX),
        )


def _is_number(cell: Cell) -> TypeGuard[int | float]:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _plain(cell: Cell, grid: Grid) -> Any:
    """Read a cell of a column that was not written: text, unless the file knows better."""
    return (unescape(cell) if grid.typed else unescape(unguard(cell))) if isinstance(cell, str) else cell
