"""Compare an edited frame with the table it came from: changes and problems, nothing else. Pure: no clock, no network."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.actions import Action
from truto_tickets_nb.errors import FrameError, shorten
from truto_tickets_nb.notes import Note
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.compare.align import Rows, layout, rows
from truto_tickets_nb.plans.compare.candidates import suspects
from truto_tickets_nb.plans.problem import Problem
from truto_tickets_nb.tickets.cell_problem import CellProblem
from truto_tickets_nb.tickets.cells import is_emptied, plain
from truto_tickets_nb.tickets.field_kinds import AnyKind
from truto_tickets_nb.tickets.fields import Field, of_record
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.json_values import Given, is_missing, ref

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    import pandas as pd

    from truto_tickets_nb.plans.compare.edited_frame import EditedFrame
    from truto_tickets_nb.plans.compare.parse_cells import Reader
    from truto_tickets_nb.tickets.table import Table

TITLE_MAX = 120  # characters of a ticket's title that a plan keeps to tell it apart


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing found: patches in the order of the snapshot, problems, notes."""

    patches: tuple[Patch, ...]
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]
    looked_at: int
    records: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # the tickets that change, as loaded


def compare(table: Table, edited: EditedFrame, reader: Reader, *, clear: Iterable[str] = ()) -> Comparison:
    """Compare `edited` with `table`, by ticket id.

    `clear` names the columns in which a filled cell may become empty, `edited.cleared` single cells (column -> ids): those
    in which somebody wrote the word for it in a spreadsheet. A frame that can't be laid over the table is a FrameError with all its
    reasons; everything else that can't be sent is a blocking problem.
    """
    frame = edited.frame
    columns = layout(table, frame)
    named = _cleared(clear, table, frame)
    sheet = _Sheet(table, frame, reader, rows(table, frame), named, edited.cleared)
    for name in columns.columns:
        sheet.look_at(name)
    patches = tuple(sheet.patches())
    of_frame = (Note("frame.note", text) for text in edited.notes)  # what reading a file found
    notes = (*columns.notes, *of_frame)
    return Comparison(patches, (*columns.problems, *sheet.problems()), notes, len(frame), sheet.loaded())


def _cleared(clear: Iterable[str], table: Table, edited: pd.DataFrame) -> frozenset[str]:
    names = frozenset([clear] if isinstance(clear, str) else clear)
    unknown = sorted(name for name in names if name not in table.frame.columns and field_of(name) is None)
    absent = sorted(name for name in names - set(unknown) if name not in edited.columns)
    if unknown or absent:
        there = ", ".join(name for name in edited.columns if isinstance(name, str))
        raise FrameError(
            f"clear= names no column of this frame: {', '.join(unknown + absent)}. Its columns are: {there}."
        )
    return names


@dataclass
class _Sheet:
    """Gather changes while one column after the other is looked at; each ticket's record is decoded at most once."""

    table: Table
    edited: pd.DataFrame
    reader: Reader
    rows: Rows
    clear: frozenset[str]
    cleared: Mapping[str, Collection[str]]  # cells in which a person wrote that they shall be empty: column -> ids
    records: dict[int, dict[str, Any]] = field(default_factory=dict)
    changes: dict[int, list[Change]] = field(default_factory=lambda: defaultdict(list))
    troubles: dict[int, list[Problem]] = field(default_factory=lambda: defaultdict(list))

    def look_at(self, name: str) -> None:
        row = field_of(name) or Field(name, AnyKind(), writable=False)
        column = self.edited[name]
        for number in self._suspects(name, column):
            self._decide(row, self.rows.place(int(number)), column.iat[int(number)])

    def _suspects(self, name: str, column: pd.Series) -> Any:
        if name in self.table.frame.columns:
            return suspects(self.table.frame[name], column, self.rows.of)
        return [number for number, cell in enumerate(column.tolist()) if not is_missing(cell)]

    def _decide(self, row: Field, place: int, cell: Any) -> None:
        record = self._record(place)
        base = of_record(record, row.name)
        if not row.is_compared:
            self._pass_on(row, place, cell, base)
            return
        if is_emptied(plain(cell)):
            self._empty(row, place, base)
            return
        home = ref(record.get("workspace"))
        read = self.reader.read(row, cell, base, home.id if home else "")
        if isinstance(read, CellProblem):
            self._problem(row, place, plain(cell), read)
        elif is_missing(read):
            self._empty(row, place, base)  # the text of an empty list, such as "[]"
        elif not row.kind.same(base, read):
            self._change(row, place, base, read)

    def _pass_on(self, row: Field, place: int, cell: Any, received: Any) -> None:
        """Send data for the tool as it is, and never send back the record that was received from it."""
        read = self.reader.read(row, cell, received, "")
        if isinstance(read, CellProblem):
            self._problem(row, place, cell, read)
        elif not is_missing(read) and read is not received:
            self.changes[place].append(Change(row.name, None, row.kind.text(read), None, read))

    def _empty(self, row: Field, place: int, base: Any) -> None:
        if (is_missing(row.kind.cell(base)) and row.kind.word != "date") or is_missing(base):
            return
        if row.name not in self.clear and not self._is_cleared(row.name, place) and row.writable:
            emptied = CellProblem("value.emptied", "was filled and is now empty", (Action("clear", row.name),))
            self._problem(row, place, row.kind.text(base), emptied)
        else:
            self._change(row, place, base, self.reader.empty(row))

    def _is_cleared(self, name: str, place: int) -> bool:
        return str(self.table.frame.index[place]) in self.cleared.get(name, ())

    def _change(self, row: Field, place: int, base: Any, read: Any) -> None:
        if not row.writable:
            self._problem(
                row,
                place,
                row.kind.text(read),
                CellProblem("field.read_only", "is read-only", (Action("restore", row.name),)),
            )
            return
        kind = row.kind
        old = self.reader.empty(row) if is_missing(base) else _with_parts(kind.body(base), base, read)
        new = self.reader.empty(row) if is_missing(read) else kind.body(read)
        change = Change(row.name, self.reader.text(row, base), self.reader.text(row, read), old, new)
        self.changes[place].append(change)

    def _problem(self, row: Field, place: int, cell: Any, problem: CellProblem) -> None:
        identity = str(self.table.frame.index[place])
        self.troubles[place].append(
            Problem(problem.code, identity, row.name, _shown(cell), problem.message, problem.actions)
        )

    def _record(self, place: int) -> dict[str, Any]:
        if place not in self.records:
            self.records[place] = self.table.record(place)
        return self.records[place]

    def patches(self) -> Iterator[Patch]:
        for place in sorted(self.changes):
            title = shorten(self.records[place].get("name") or "", TITLE_MAX)
            yield Patch(str(self.table.frame.index[place]), title, tuple(self.changes[place]))

    def loaded(self) -> dict[str, dict[str, Any]]:
        return {str(self.table.frame.index[place]): self.records[place] for place in self.changes}

    def problems(self) -> Iterator[Problem]:
        for place in sorted(self.troubles):
            yield from self.troubles[place]


def _with_parts(body: Any, base: Any, read: Any) -> Any:
    """Keep the parts of the old reference that a written-out new one replaces, so that an undo puts them back."""
    if isinstance(read, Given) and isinstance(base, dict) and isinstance(body, dict):
        return {**body, **{part: base[part] for part in read if part in base}}
    if isinstance(read, list) and isinstance(base, list) and isinstance(body, list):
        given = {str(item.get("id")): item for item in read if isinstance(item, Given)}
        if not given:
            return body
        current = [old for old in base if ref(old)]
        return [_with_parts(new, old, given.get(str(new.get("id")))) for new, old in zip(body, current, strict=True)]
    return body


def _shown(cell: Any) -> str:
    return "" if is_missing(cell) else shorten(", ".join(map(str, cell)) if isinstance(cell, tuple) else cell, 80)


def date_forms(table: Table) -> Mapping[str, bool]:
    """Return for each date column that holds anything whether it holds dates without a time."""
    columns = table.frame.select_dtypes(include=["datetime", "datetimetz"])
    return {
        str(name): getattr(columns[name].dtype, "tz", None) is None for name in columns if columns[name].notna().any()
    }
