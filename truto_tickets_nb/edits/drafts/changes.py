"""List what a draft changed, as rows; and turn pasted cells into a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from truto_tickets_nb.edits.steps.operations.base import whole_column
from truto_tickets_nb.edits.steps.operations.options import field_for, value_for
from truto_tickets_nb.edits.steps.step import Step
from truto_tickets_nb.errors import StepError, shorten
from truto_tickets_nb.tickets.cell_equality import same
from truto_tickets_nb.tickets.cells import of_json, to_json
from truto_tickets_nb.tickets.columns import objects
from truto_tickets_nb.tickets.field_kinds import AnyKind
from truto_tickets_nb.tickets.fields import Field
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.json_values import is_missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.edits.drafts.replay import State
    from truto_tickets_nb.edits.steps.step import Edit

CHANGES = ["ticket", "field", "before", "after"]
SAMPLE = ["ticket", "title", "field", "before", "after"]


def changes(base: pd.DataFrame, now: pd.DataFrame, rows: Mapping[str, Any]) -> pd.DataFrame:
    """List the cells that differ, in the order of the snapshot: ticket, field, before, after."""
    lines: list[tuple[int, int, str, Any, Any]] = []
    for order, name in enumerate(name for name in now.columns if name in rows):
        columns = (whole_column(frame, name, many=_row(name).kind.many) for frame in (base, now))
        before, after = (pd.Series(cells.take(rows[name])).tolist() for cells in columns)
        lines += [(place, order, name, *pair) for place, *pair in zip(rows[name].tolist(), before, after, strict=True)]
    lines.sort(key=lambda item: item[:2])
    tickets = base.index.take(np.array([item[0] for item in lines], dtype=np.int64))
    table: dict[str, Any] = {
        "ticket": tickets,
        **{name: [item[at] for item in lines] for at, name in enumerate(CHANGES[1:], 2)},
    }
    return pd.DataFrame({name: pd.array(objects(list(cells)), dtype=object) for name, cells in table.items()})


def _row(name: str) -> Field:
    return field_of(name) or Field(name, AnyKind(), writable=False)


def sample(frame: pd.DataFrame, edits: tuple[Edit, ...], count: int) -> pd.DataFrame:
    """List the first cells that a step changes: ticket, title, field, before, after."""
    rows: list[tuple[Any, ...]] = []
    for edit in edits:
        places = np.flatnonzero(edit.changed)[: max(0, count - len(rows))]
        old = whole_column(frame, edit.column, many=_row(edit.column).kind.many)
        for place in places.tolist():
            title = frame["name"].iat[place] if "name" in frame else ""
            rows.append((str(frame.index[place]), title, edit.column, old[place], edit.cells.iat[place]))
    return pd.DataFrame(rows, columns=SAMPLE)


def cleared(now: State) -> dict[str, frozenset[str]]:
    """Return for each column in which tickets a cell was emptied on purpose."""
    index = now.frame.index
    return {name: frozenset(index[mask].tolist()) for name, mask in now.emptied.items() if mask.any()}


def unknown(frame: pd.DataFrame, tickets: tuple[str, ...]) -> list[str]:
    """Name the tickets that are not there."""
    places: Any = frame.index.get_indexer(pd.Index(tickets, dtype=frame.index.dtype)) if tickets else []
    return [ticket for ticket, place in zip(tickets, places, strict=True) if place < 0]


def pasted(frame: pd.DataFrame, cells: Mapping[str, Mapping[str, Any]]) -> Step | None:
    """Make a step of single cells, each guarded by what it holds now; None where all hold their new value already."""
    changed: dict[str, dict[str, list[Any]]] = {}
    emptied: dict[str, None] = {}
    for ticket, columns in cells.items():
        for name, value in columns.items():
            row, old = field_for(name), _cell(frame, ticket, name)
            new = None if is_missing(to_json(value)) else value_for(row, value)
            if not same(row, old, of_json(new)):
                changed.setdefault(str(ticket), {})[name] = [to_json(old), new]
                emptied.update({name: None} if new is None else {})
    return Step("cells", options={"cells": changed, "clear": list(emptied)}) if changed else None


def _cell(frame: pd.DataFrame, ticket: str, name: str) -> Any:
    if ticket not in frame.index:
        raise StepError(f"Ticket {shorten(ticket, 40)!r} is not in this draft.")
    return frame.at[ticket, name] if name in frame.columns else None
