"""Turn an edited frame into one step of single cells: only what differs from what the frame was made from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from truto_tickets_nb import gc_pause
from truto_tickets_nb.edits.steps.operations.base import whole_column
from truto_tickets_nb.edits.steps.operations.options import listed
from truto_tickets_nb.edits.steps.step import Step
from truto_tickets_nb.errors import FrameError, shorten_repr
from truto_tickets_nb.plans.compare.align import Rows, layout, rows
from truto_tickets_nb.plans.compare.candidates import shared, suspects
from truto_tickets_nb.plans.problem import Problem
from truto_tickets_nb.tickets.cell_equality import same
from truto_tickets_nb.tickets.cell_problem import CellProblem, unreadable_json
from truto_tickets_nb.tickets.cells import is_emptied, json_problem, of_json, plain, to_json
from truto_tickets_nb.tickets.field_kinds import AnyKind
from truto_tickets_nb.tickets.fields import Field, of_record
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.json_values import is_missing, ref
from truto_tickets_nb.wording import by_number, counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from truto_tickets_nb.edits.source import Source
    from truto_tickets_nb.plans.compare.edited_frame import EditedFrame
    from truto_tickets_nb.plans.compare.parse_cells import Reader
    from truto_tickets_nb.tickets.json_values import Json
    from truto_tickets_nb.tickets.table import Table

Cells = dict[str, dict[str, list[Any]]]
SHOWN = 10  # problems named in the message of an error; all of them are in its `problems`


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken from a frame: one step, None where nothing was edited, and what has to be said."""

    step: Step | None
    notes: tuple[str, ...] = ()


def taken(
    source: Source, made_from: pd.DataFrame, now: pd.DataFrame, edited: EditedFrame, clear: Iterable[str] = ()
) -> Taken:
    """Make one step of what differs between an edited frame and the frame that it was made from.

    Each cell is guarded by what the draft holds now (`now`), so that an edit of the frame wins over an earlier step. Rows are aligned
    by ticket id; an absent row or column is no edit. A frame that can't be laid over the draft is a FrameError.
    """
    old = replace(source.table, frame=made_from)
    columns = layout(old, edited.frame)
    if columns.problems:
        reasons = "".join(f"\n  {problem}" for problem in columns.problems)
        raise FrameError(f"This frame doesn't fit its snapshot:{reasons}", columns.problems)
    sheet = _Sheet(
        source.table, (made_from, now, edited.frame), source.reader_for(edited.frame), rows(old, edited.frame)
    )
    with gc_pause.paused():
        for name in columns.columns:
            sheet.look_at(name)
    if sheet.problems:
        reasons = "".join(f"\n  {problem}" for problem in sheet.problems[:SHOWN])
        raise FrameError(f"{len(sheet.problems)} cells of this frame can't be taken:{reasons}", sheet.problems)
    cells = sheet.in_order()
    options = {"cells": cells, "clear": _on_purpose(cells, edited, clear)}
    notes = (*map(str, columns.notes), *edited.notes, *sheet.notes())
    return Taken(Step("cells", options=options) if cells else None, notes)


def _on_purpose(cells: Cells, edited: EditedFrame, clear: Iterable[str]) -> dict[str, list[str]]:
    """Name the cells that were emptied on purpose: those of the columns named, and those in which a spreadsheet's reader found the word."""
    columns = [clear] if isinstance(clear, str) else list(clear)
    single = {name: list(tickets) for name, tickets in edited.cleared.items()}
    return {**single, **{name: list(cells) for name in columns}}


@dataclass
class _Sheet:
    """Gather the edited cells while one column after the other is looked at; each ticket's record is decoded at most once."""

    table: Table
    frames: tuple[
        pd.DataFrame, pd.DataFrame, pd.DataFrame
    ]  # what the edited one was made from, what the draft holds now, the edited one
    reader: Reader
    rows: Rows
    records: dict[int, dict[str, Any]] = field(default_factory=dict)
    cells: dict[int, dict[str, list[Any]]] = field(default_factory=lambda: defaultdict(dict))
    problems: list[Problem] = field(default_factory=list)
    replaced: int = 0  # edited cells that an earlier step had changed as well

    def look_at(self, name: str) -> None:
        row = field_of(name) or Field(name, AnyKind(), writable=False)
        edits = list(self._edits(row))
        if edits and not row.writable:
            _refuse(name, [str(self.table.frame.index[place]) for place, _, _ in edits])
        self._keep(row, edits)

    def _edits(self, row: Field) -> Iterator[tuple[int, Any, Json]]:
        """List the cells of a column that were edited: the row in the table, what the frame held at first, the new value."""
        made_from, _, edited = self.frames
        old, column = whole_column(made_from, row.name, many=row.kind.many), edited[row.name]
        base = pd.Series(old, index=made_from.index, copy=False)
        at = suspects(base, column, self.rows.of)
        places = at if self.rows.places is None else np.asarray(self.rows.places)[at]
        is_loaded = row.name in self.table.frame.columns and shared(self.table.frame[row.name], base)
        before, after = pd.Series(old.take(places)).tolist(), pd.Series(column.array.take(at)).tolist()
        for place, one, two in zip(places.tolist(), before, after, strict=True):
            is_edit, new = self._compared(row, place, (one, two), is_loaded=is_loaded)
            if is_edit:
                yield place, one, new

    def _compared(self, row: Field, place: int, cells: tuple[Any, Any], *, is_loaded: bool) -> tuple[bool, Json]:
        """Return whether a cell means another value than before, read as a plan reads it, and give it in the form that a step keeps."""
        before, after = cells
        record = self._record(place)
        base, home = of_record(record, row.name), ref(record.get("workspace"))
        workspace = home.id if home else ""
        old = base if is_loaded else self._read(row, before, base, workspace)
        new = self._read(row, after, base, workspace)
        if isinstance(new, CellProblem) or isinstance(old, CellProblem):
            return not same(row, before, after), to_json(after)
        if not row.is_compared:  # data for the tool, never the record that was received from it
            return not is_missing(new) and new is not base, to_json(after)
        if is_missing(new):
            return not (is_missing(old) or is_missing(row.kind.cell(old))), None
        return not row.kind.same(old, new), _kept(row, after, new)

    def _read(self, row: Field, cell: Any, base: Json, workspace: str) -> Json | CellProblem:
        return None if is_emptied(plain(cell)) else self.reader.read(row, cell, base, workspace)

    def _record(self, place: int) -> dict[str, Any]:
        if place not in self.records:
            self.records[place] = self.table.record(place)
        return self.records[place]

    def _keep(self, row: Field, edits: list[tuple[int, Any, Json]]) -> None:
        places = np.array([place for place, _, _ in edits], dtype=np.int64)
        now = pd.Series(whole_column(self.frames[1], row.name, many=row.kind.many).take(places)).tolist()
        for (place, before, new), present in zip(edits, now, strict=True):
            if not same(row, present, before):
                if same(row, present, of_json(new)):
                    continue
                self.replaced += 1
            if problem := json_problem(new):
                trouble = unreadable_json(problem)
                ticket, value = str(self.table.frame.index[place]), shorten_repr(new, 60)
                self.problems.append(Problem(trouble.code, ticket, row.name, value, trouble.message, trouble.actions))
            self.cells[place][row.name] = [to_json(present), new]

    def in_order(self) -> Cells:
        """Return the cells in the order of the draft, so that one edit makes one step whatever the order of the frame."""
        return {str(self.table.frame.index[place]): self.cells[place] for place in sorted(self.cells)}

    def notes(self) -> Iterator[str]:
        if self.replaced:
            were = f"{counted(self.replaced, 'cell')} of this frame {by_number(self.replaced, 'was', 'were')}"
            yield f"{were} also changed by an earlier step: the value of the frame counts."


def _kept(row: Field, cell: Any, value: Json) -> Json:
    """Choose the form in which a step keeps a new value: references as they were given, all else as it goes out."""
    if row.kind.word in ("reference", "set"):
        return to_json(cell)
    return value if row.kind.word == "date" or not row.is_compared else to_json(row.kind.cell(value))


def _refuse(name: str, tickets: list[str]) -> None:
    raise FrameError(
        f"Column {name!r} is read-only. It differs in {len(tickets)} tickets "
        f"({listed(tickets, 5)}). Take it as it was loaded: df[{name!r}] = draft.frame()[{name!r}]."
    )
