"""People and tags of one name, told apart in the cells of a frame: "Jo Smith <jo1@example.com>" beside "Jo Smith <jo2@example.com>"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from truto_tickets_nb.tickets.columns import objects
from truto_tickets_nb.tickets.fields import FIELDS, Field, of_record
from truto_tickets_nb.tickets.json_values import refs
from truto_tickets_nb.tickets.name_matching import nfc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.tickets.choices import Choices
    from truto_tickets_nb.tickets.table import Table

# A status or a priority of one name in two workspaces is one to a person: its name is resolved in the ticket's own workspace.
_BY_WORKSPACE = frozenset({"ticket_status", "ticket_priorities", "ticket_types"})


def can_share(row: Field) -> bool:
    """Return whether two things of one name are two in this field, as people, tags and teams are."""
    return bool(row.choices) and row.choices not in _BY_WORKSPACE


def told_apart(table: Table, choices: Mapping[str, Choices]) -> pd.DataFrame:
    """Make the frame of a table in which each name that several share carries its e-mail, or its id; all other cells stay the same."""
    frame = table.copy()
    for row in FIELDS.values():
        choices_of = choices.get(row.choices) if can_share(row) and row.name in frame.columns else None
        if choices_of is not None and choices_of.namesakes:
            labels = _labels(table, row, choices_of)
            if labels:
                frame[row.name] = pd.Series(
                    _with(frame[row.name], labels), index=frame.index, name=row.name, copy=False
                )
    return frame


def _labels(table: Table, row: Field, choices: Choices) -> dict[int, Any]:
    """Write the cells anew that hold a name which several share: row number -> cell."""
    twins = choices.namesakes
    looked_at: dict[Any, bool] = {}
    labels: dict[int, Any] = {}
    for place, cell in enumerate(table.frame[row.name].tolist()):
        if cell not in looked_at:
            members = cell if isinstance(cell, tuple) else (cell,)
            looked_at[cell] = any(isinstance(name, str) and nfc(name) in twins for name in members)
        if looked_at[cell]:
            names = tuple(choices.label(one.shown, one.id) for one in refs(of_record(table.record(place), row.name)))
            labels[place] = names if row.kind.many else names[0]
    return labels


def _with(column: pd.Series, labels: dict[int, Any]) -> Any:
    cells = column.tolist()
    for place, cell in labels.items():
        cells[place] = cell
    return pd.array(cells, dtype=column.dtype) if isinstance(column.dtype, pd.StringDtype) else objects(cells)
