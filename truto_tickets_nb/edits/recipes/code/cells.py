"""Write guarded cells as a loop over a small table: ticket, what it replaces, the new value."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.edits.recipes.code.literals import column, quote
from truto_tickets_nb.edits.steps.operations.cells import by_column
from truto_tickets_nb.tickets.cells import to_json
from truto_tickets_nb.tickets.fields import CUSTOM
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.parsing.dates import parse_date

if TYPE_CHECKING:
    from truto_tickets_nb.edits.recipes.code.filters import Odd
    from truto_tickets_nb.edits.steps.step import Step

Cells = dict[str, tuple[Any, Any]]
SECONDS = "%Y-%m-%dT%H:%M:%SZ"


def cells(step: Step, odd: Odd) -> list[str]:
    """Write the lines of a step of single cells, column by column."""
    found: list[str] = []
    for name, wanted in by_column(step).items():
        told = [] if name in odd else _column(name, wanted)
        found += told or _own(step, name, wanted)
    return found


def _column(name: str, wanted: Cells) -> list[str]:
    row = field_of(name)
    kind = "any" if row is None or name.startswith(CUSTOM) or not row.readable else row.kind.word
    texts = all(cell is None or isinstance(cell, str) for pair in wanted.values() for cell in pair)
    if kind in ("text", "reference") and texts:
        return _loop(
            name, {t: (old or "", new) for t, (old, new) in wanted.items()}, ('.fillna("")', "held[ticket] == old")
        )
    if kind in ("set", "words") and _are_sets(wanted):
        table = {ticket: tuple(cell or () for cell in pair) for ticket, pair in wanted.items()}
        return _loop(name, table, ("", "sorted(held[ticket]) == sorted(old)"))
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
    lines = _loop(name, table, ("", "held[ticket] == old"))
    held = f'held = pd.to_datetime({column(name)}, utc=True).dt.strftime("{SECONDS}").fillna("")'
    return [held if line.startswith("held = ") else line for line in lines]


def _second(text: Any) -> str | None:
    if not text:
        return ""
    found = parse_date(text)
    if found is None or (isinstance(found, datetime) and found.microsecond):
        return None
    return found.strftime(SECONDS)


def _loop(name: str, table: Any, how: tuple[str, str]) -> list[str]:
    filling, guard = how
    entries = [f"    {quote(ticket)}: ({quote(old)}, {quote(new)})," for ticket, (old, new) in table.items()]
    return [
        "cells = {  # ticket: what it must still hold, what it gets",
        *entries,
        "}",
        f"held = {column(name)}{filling}",
        "for ticket, (old, new) in cells.items():",
        f"    if ticket in df.index and {guard}:",
        f"        df.at[ticket, {quote(name)}] = new",
    ]


def _own(step: Step, name: str, wanted: Cells) -> list[str]:
    """Let the step change this column itself."""
    told = {ticket: {name: [to_json(old), to_json(new)]} for ticket, (old, new) in wanted.items()}
    return [f"df = apply(Step.of_json({quote({'kind': step.kind, 'cells': told})}), df, snapshot).frame"]
