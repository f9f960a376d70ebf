"""Write guarded cells as a loop over a small table: ticket, what it replaces, the new value."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.edits.code.literals import column, quote
from truto_tickets_nb.edits.steps.operations.cells import by_column
from truto_tickets_nb.tickets.cells import to_json
from truto_tickets_nb.tickets.fields import CUSTOM
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.parsing.dates import parse_date

if TYPE_CHECKING:
    from truto_tickets_nb.edits.code.filters import MixedColumns
    from truto_tickets_nb.edits.steps.operations.base import StepData

Cells = dict[str, tuple[Any, Any]]
SECONDS = "%Y-%m-%dT%H:%M:%SZ"


def cells(step: StepData, mixed: MixedColumns) -> list[str]:
    """Write the lines of a step of single cells, column by column."""
    lines: list[str] = []
    for name, wanted in by_column(step).items():
        plain = [] if name in mixed else _column(name, wanted)
        lines += plain or _own(step, name, wanted)
    return lines


def _column(name: str, wanted: Cells) -> list[str]:
    row = field_of(name)
    kind = "any" if row is None or name.startswith(CUSTOM) or not row.readable else row.kind.word
    texts = all(cell is None or isinstance(cell, str) for pair in wanted.values() for cell in pair)
    if kind in ("text", "reference") and texts:
        return _loop(
            name, {t: (old or "", new) for t, (old, new) in wanted.items()}, ('.fillna("")', "current[ticket] == old")
        )
    if kind in ("set", "words") and _are_sets(wanted):
        table = {ticket: tuple(cell or () for cell in pair) for ticket, pair in wanted.items()}
        return _loop(name, table, ("", "sorted(current[ticket]) == sorted(old)"))
    if kind == "date" and texts:
        return _dates(name, wanted)
    return []


def _are_sets(wanted: Cells) -> bool:
    cells = [cell for pair in wanted.values() for cell in pair if cell is not None]
    return all(isinstance(cell, tuple) and all(isinstance(name, str) for name in cell) for cell in cells)


def _dates(name: str, wanted: Cells) -> list[str]:
    """Compare dates as text, to the second."""
    moments = {ticket: _second(old) for ticket, (old, _) in wanted.items()}
    if None in moments.values():
        return []
    table = {ticket: (moments[ticket], new) for ticket, (_, new) in wanted.items()}
    lines = _loop(name, table, ("", "current[ticket] == old"))
    parsed = f'current = pd.to_datetime({column(name)}, utc=True).dt.strftime("{SECONDS}").fillna("")'
    return [parsed if line.startswith("current = ") else line for line in lines]


def _second(text: Any) -> str | None:
    if not text:
        return ""
    moment = parse_date(text)
    if moment is None or (isinstance(moment, datetime) and moment.microsecond):
        return None
    return moment.strftime(SECONDS)


def _loop(name: str, table: Any, how: tuple[str, str]) -> list[str]:
    filling, guard = how
    entries = [f"    {quote(ticket)}: ({quote(old)}, {quote(new)})," for ticket, (old, new) in table.items()]
    return [
        "cells = {  # ticket: what it must still hold, what it gets",
        *entries,
        "}",
        f"current = {column(name)}{filling}",
        "for ticket, (old, new) in cells.items():",
        f"    if ticket in df.index and {guard}:",
        f"        df.at[ticket, {quote(name)}] = new",
    ]


def _own(step: StepData, name: str, wanted: Cells) -> list[str]:
    """Let the step change this column itself."""
    cells = {ticket: {name: [to_json(old), to_json(new)]} for ticket, (old, new) in wanted.items()}
    return [f"df = apply(Step.of_json({quote({'kind': step.kind, 'cells': cells})}), df, snapshot).frame"]
