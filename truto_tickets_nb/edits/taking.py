"""Turn an edited frame into one step of single cells: only what differs, each cell guarded by the value it replaced."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from truto_tickets_nb import collector
from truto_tickets_nb.edits.operations.chosen import whole_column
from truto_tickets_nb.edits.operations.given import listed
from truto_tickets_nb.edits.steps import Step
from truto_tickets_nb.edits.values import same, to_json
from truto_tickets_nb.errors import FrameError
from truto_tickets_nb.plans.align import Rows, layout, rows
from truto_tickets_nb.plans.suspects import suspects
from truto_tickets_nb.tickets.fields import Field
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.kinds import AnyKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from truto_tickets_nb.tickets.table import Table

Cells = dict[str, dict[str, list[Any]]]


def taken(
    table: Table, held: pd.DataFrame, edited: pd.DataFrame, *, clear: Iterable[str] = ()
) -> tuple[Step | None, tuple[str, ...]]:
    """Make one step of what differs between a draft's frame and an edited one, None where nothing does; and what has to be told.

    Rows are aligned by ticket id; an absent row or column is no edit. A frame that can't be laid over the draft is a FrameError.
    """
    now = replace(table, frame=held)
    found = layout(now, edited)
    if found.problems:
        told = "".join(f"\n  {problem}" for problem in found.problems)
        raise FrameError(f"This frame doesn't fit the draft:{told}", found.problems)
    cells: Cells = {}
    order = rows(now, edited)
    with collector.paused():
        for name in found.columns:
            for ticket, pair in _differences(now, edited, (name, order)):
                cells.setdefault(ticket, {})[name] = pair
    options = {"cells": _in_order(cells, held), "clear": _on_purpose(cells, edited, clear)}
    return (Step("cells", options=options) if cells else None), (*found.notes, *edited.attrs.get("notes", ()))


def _on_purpose(cells: Cells, edited: pd.DataFrame, clear: Iterable[str]) -> dict[str, list[str]]:
    """Say which cells were emptied on purpose: those of the columns named, and those in which a spreadsheet's reader found the word for it."""
    whole = [clear] if isinstance(clear, str) else list(clear)
    told = {name: list(tickets) for name, tickets in edited.attrs.get("cleared", {}).items()}
    return {**told, **{name: list(cells) for name in whole}}


def _differences(now: Table, edited: pd.DataFrame, column: tuple[str, Rows]) -> Iterator[tuple[str, list[Any]]]:
    name, order = column
    row = field_of(name) or Field(name, AnyKind(), writable=False)
    old, new = whole_column(now.frame, name, many=row.kind.many), edited[name]
    base = pd.Series(old, index=now.frame.index, copy=False)
    at = suspects(base, new, order.of)
    places = at if order.places is None else np.asarray(order.places)[at]
    before, after = pd.Series(old.take(places)).tolist(), pd.Series(new.array.take(at)).tolist()
    found = zip(places.tolist(), before, after, strict=True)
    changed = [(place, a, b) for place, a, b in found if not same(row, a, b)]
    if changed and not row.writable:
        _refuse(name, [str(now.frame.index[place]) for place, _, _ in changed])
    tickets = now.frame.index.take(np.array([place for place, _, _ in changed], dtype=np.int64)).tolist()
    for ticket, (_, a, b) in zip(tickets, changed, strict=True):
        yield str(ticket), [to_json(a), to_json(b)]


def _refuse(name: str, tickets: list[str]) -> None:
    raise FrameError(
        f"Column {name!r} can't be edited: the API only answers it. It differs in {len(tickets)} tickets "
        f"({listed(tickets, 5)}). Take it as it was loaded: df[{name!r}] = draft.frame()[{name!r}]."
    )


def _in_order(cells: Cells, held: pd.DataFrame) -> Cells:
    """Bring the tickets into the order of the draft, so that one edit makes one step whatever the order of the frame."""
    if len(cells) < 2:
        return cells
    places = held.index.get_indexer(pd.Index(list(cells), dtype=held.index.dtype))
    return {ticket: cells[ticket] for _, ticket in sorted(zip(places.tolist(), cells, strict=True))}
