"""Single cells and pasted blocks: each cell guarded by the value it replaced, so that the edit can be repeated on fresh tickets."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from truto_tickets_nb.edits.steps.inapplicable import Reason
from truto_tickets_nb.edits.steps.operations.base import Input, Operation
from truto_tickets_nb.edits.steps.operations.options import field_for, listed, quoted
from truto_tickets_nb.errors import StepError, shorten
from truto_tickets_nb.tickets.cell_equality import same
from truto_tickets_nb.tickets.cells import json_problem, of_json, to_json
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.json_values import is_missing
from truto_tickets_nb.tickets.typed_values import iso_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from truto_tickets_nb.edits.steps.operations.base import ChosenRows, StepData
    from truto_tickets_nb.tickets.fields import Field

CellValues = dict[str, dict[str, list[Any]]]  # ticket -> column -> the value it replaces, the new one
_FORM = '{"4711": {"priority": ["Normal", "High"]}}: ticket, column, the value it replaces and the new one'


class Cells(Operation):
    """Edit single cells: {ticket: {column: [the value it replaces, the new one]}}."""

    kind: ClassVar[str] = "cells"
    inputs: ClassVar[tuple[Input, ...]] = (Input("cells", "cells"), Input("clear", "cells", is_required=False))
    ends_equal: ClassVar[bool] = True
    is_guarded: ClassVar[bool] = True

    def check(self, step: StepData, row: Field | None) -> dict[str, Any]:
        self.check_names(step)
        given = step.options["cells"]
        if (
            step.field
            or not isinstance(given, dict)
            or not all(isinstance(columns, dict) for columns in given.values())
        ):
            raise StepError(f"A step of cells names no field of its own, and holds {_FORM}.")
        cells = {str(ticket): dict(_pairs(ticket, columns)) for ticket, columns in given.items() if columns}
        for name in {name: None for columns in cells.values() for name in columns}:
            field_for(name)
        clear = _clear(cells, step.options.get("clear", ()))
        return {"cells": cells, **({"clear": clear} if clear else {})}

    def cells(self, chosen: ChosenRows) -> Any:
        return chosen.cells

    def words(self, step: StepData, before: str) -> str:
        cells = step.options["cells"]
        columns = listed(dict.fromkeys(name for row in cells.values() for name in row), 4)
        if len(cells) == 1:
            ticket, row = next(iter(cells.items()))
            if len(row) == 1:
                old, new = next(iter(row.values()))
                return f"{columns} of {shorten(ticket, 40)}: {quoted(old)} -> {quoted(new)}"
        return f"{columns}: single cells"


def _clear(cells: CellValues, clear: Any) -> list[str] | dict[str, list[str]]:
    """Return what is emptied on purpose: columns by name, or for each column the tickets."""
    emptied: dict[str, list[str]] = defaultdict(list)
    for ticket, columns in cells.items():
        for name, (_, new) in columns.items():
            if is_missing(new):
                emptied[name].append(ticket)
    if not isinstance(clear, dict):
        return [name for name in emptied if name in ([clear] if isinstance(clear, str) else clear)]
    named = {name: {*map(str, clear.get(name, ()))} for name in emptied}
    meant = {name: [t for t in tickets if t in named[name]] for name, tickets in emptied.items()}
    return [*emptied] if meant == emptied else {name: tickets for name, tickets in meant.items() if tickets}


def on_purpose(step: StepData, name: str, tickets: list[str]) -> list[bool]:
    """Return for each ticket whether its cell of this column may be emptied."""
    clear = step.options.get("clear", ())
    if not isinstance(clear, dict):
        return [name in clear] * len(tickets)
    named = {*clear.get(name, ())}
    return [ticket in named for ticket in tickets]


def _pairs(ticket: str, columns: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    for name, pair in columns.items():
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise StepError(f"Ticket {shorten(ticket, 40)}, {shorten(name, 40)}: a cell is {_FORM}.")
        row = field_of(name) if isinstance(name, str) else None
        cells = [iso_date(to_json(cell)) if row and row.kind.word == "date" else to_json(cell) for cell in pair]
        if problem := json_problem(cells):
            raise StepError(f"Ticket {shorten(ticket, 40)}, {shorten(name, 40)}: {problem}, which JSON can't carry.")
        yield name, cells


def by_column(step: StepData) -> dict[str, dict[str, tuple[Any, Any]]]:
    """Return the cells of a step by column: column -> ticket -> the cell it replaces and the new one."""
    columns: dict[str, dict[str, tuple[Any, Any]]] = defaultdict(dict)
    for ticket, row in step.options["cells"].items():
        for name, (old, new) in row.items():
            columns[name][ticket] = of_json(old), of_json(new)
    return dict(columns)


def verdict(row: Field, current: Any, old: Any, new: Any) -> Literal["change", "already"] | Reason:
    """Return what to do with a guarded cell: change it, nothing because it holds the new value already, or why it no longer applies."""
    if same(row, current, new):
        return "already"
    if same(row, current, old):
        return "change"
    return Reason("value.changed", f"holds {quoted(current)} now, not {quoted(old)}")
