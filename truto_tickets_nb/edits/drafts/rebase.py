"""Bring the edits of a frame over to a newer snapshot: only what was edited, never over what somebody else changed meanwhile."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from truto_tickets_nb.actions import Action, correct
from truto_tickets_nb.edits.drafts.from_frame import taken
from truto_tickets_nb.edits.steps.operations.base import whole_column
from truto_tickets_nb.edits.steps.operations.options import field_for, quoted
from truto_tickets_nb.errors import shorten
from truto_tickets_nb.plans.compare.edited_frame import CONFLICTS, NOTES, EditedFrame, mark
from truto_tickets_nb.plans.problem import Problem
from truto_tickets_nb.tickets.cell_problem import CellProblem
from truto_tickets_nb.tickets.cells import of_json, to_json
from truto_tickets_nb.tickets.column_edits import column_like, put
from truto_tickets_nb.tickets.fields import CUSTOM, Field, of_record
from truto_tickets_nb.tickets.json_values import is_missing, ref
from truto_tickets_nb.wording import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from truto_tickets_nb.edits.source import Source
    from truto_tickets_nb.tickets.json_values import Json

ConflictCode = Literal["conflict.changed", "conflict.ticket_missing", "conflict.column_not_loaded"]

_MESSAGES: dict[ConflictCode, str] = {
    "conflict.changed": "was changed in the tool to {theirs} after the frame was made from {base}, so this edit was left out",
    "conflict.ticket_missing": "its ticket is not in this snapshot, so this edit was left out",
    "conflict.column_not_loaded": "its column was not loaded into this snapshot, so this edit was left out",
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """An edit that could not be brought over: whose, which, what it was made from, what the tool holds now, and why."""

    ticket: str
    field: str
    base: Json
    theirs: Json
    mine: Json
    code: ConflictCode = "conflict.changed"

    def to_json(self) -> dict[str, Json]:
        """Write it as JSON, for df.attrs."""
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def problem(self) -> Problem:
        """Return a warning of the plan: the tool's own value stays, so nothing wrong is sent."""
        message = _MESSAGES[self.code].format(theirs=quoted(self.theirs), base=quoted(self.base))
        mine = "(empty)" if is_missing(self.mine) else shorten(quoted(self.mine), 80)
        return Problem(self.code, self.ticket, self.field, mine, message, self._actions, "warning")

    @property
    def _actions(self) -> tuple[Action, ...]:
        if self.code == "conflict.changed":
            return correct("If it is to count all the same, put it into the frame again.")
        missing = self.code == "conflict.ticket_missing"
        return (Action("load_ticket", self.ticket) if missing else Action("load_column", self.field),)


def conflicts_of(edited: EditedFrame, changed: Collection[tuple[str, str]]) -> Iterator[Problem]:
    """Warn of each conflict of a rebased frame, unless its cell was edited since (`changed`: ticket and field)."""
    for row in edited.conflicts:
        conflict = Conflict(**row)
        if (conflict.ticket, conflict.field) not in changed:
            yield conflict.problem


def rebased(new: Source, old: Source, edited: EditedFrame) -> pd.DataFrame:
    """Make a frame of a new snapshot with the edits that a frame of an old one holds.

    `frame.attrs["conflicts"]` lists what was left out (ticket, field, base, theirs, mine, code), `frame.attrs["notes"]` what else is to
    be said; a plan of the frame shows both.
    """
    base = old.frame()
    edits = taken(old, base, base, edited)
    work = _Rebase(new, old, edited.frame)
    cells = edits.step.options["cells"] if edits.step else {}
    for ticket, columns in cells.items():
        for name, (_, mine) in columns.items():
            work.bring(ticket, field_for(name), mine)
    frame = work.frame()
    cleared = {name: sorted(map(str, tickets)) for name, tickets in edited.cleared.items()}
    frame.attrs |= {NOTES: [*edits.notes, *work.notes()], CONFLICTS: [found.to_json() for found in work.conflicts]}
    return mark(frame, cleared=cleared)


@dataclass
class _Rebase:
    """Look at one edit after the other: what the frame was made from, what the tool holds now, what the analyst wants."""

    new: Source
    old: Source
    edited: pd.DataFrame
    conflicts: list[Conflict] = field(default_factory=list)
    kept: dict[str, dict[int, Json]] = field(default_factory=lambda: defaultdict(dict))
    already: int = 0

    def __post_init__(self) -> None:
        self.reader = self.new.reader_for(self.edited)
        self.places = {
            str(ticket): (int(before), int(now))
            for before, (ticket, now) in enumerate(
                zip(
                    self.old.table.frame.index,
                    self.new.table.frame.index.get_indexer(self.old.table.frame.index),
                    strict=True,
                )
            )
        }

    def bring(self, ticket: str, row: Field, mine: Json) -> None:
        before, now = self.places[ticket]
        base = of_record(self.old.table.record(before), row.name)
        if now < 0 or not self._is_loaded(row):
            code: ConflictCode = "conflict.ticket_missing" if now < 0 else "conflict.column_not_loaded"
            self.conflicts.append(Conflict(ticket, row.name, _cell(row, base), None, mine, code))
            return
        record = self.new.table.record(now)
        theirs = of_record(record, row.name)
        if self._is_there(row, mine, theirs, record):
            self.already += 1
        elif row.kind.same(base, theirs):
            self.kept[row.name][now] = mine
        else:
            self.conflicts.append(Conflict(ticket, row.name, _cell(row, base), _cell(row, theirs), mine))

    def _is_loaded(self, row: Field) -> bool:
        table = self.new.table
        return row.name in table.frame.columns or not row.readable or row.name.startswith(CUSTOM) or not table.chosen

    def _is_there(self, row: Field, mine: Json, theirs: Json, record: dict[str, Any]) -> bool:
        if is_missing(mine):
            return is_missing(theirs)
        home = ref(record.get("workspace"))
        value = self.reader.read(row, of_json(mine), theirs, home.id if home else "")
        return not isinstance(value, CellProblem) and row.kind.same(theirs, value)

    def frame(self) -> pd.DataFrame:
        """Put the edits that fit into a frame of the new snapshot."""
        frame = self.new.frame()
        for name, cells in self.kept.items():
            row = field_for(name)
            column = whole_column(frame, name, many=row.kind.many)
            values = [() if row.kind.many and cell is None else of_json(cell) for cell in cells.values()]
            frame[name] = pd.Series(
                put(column, list(cells), column_like(column, values)), index=frame.index, name=name, copy=False
            )
        return frame

    def notes(self) -> Iterator[str]:
        if self.already:
            yield f"{counted(self.already, 'edit')} of the earlier frame: the tool holds that value already."


def _cell(row: Field, value: Json) -> Json:
    return to_json(row.kind.cell(value))
