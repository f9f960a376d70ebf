"""Apply one step to a frame: new columns, counts, and what no longer applies. The frame that comes in is never changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from truto_tickets_nb import gc_pause
from truto_tickets_nb.edits.filters.matching import empty
from truto_tickets_nb.edits.steps.canonical_names import canonical
from truto_tickets_nb.edits.steps.compatibility import creatable, hindrance, no_column, spellings, unfit
from truto_tickets_nb.edits.steps.inapplicable import TICKET_MISSING, Inapplicable, Reason
from truto_tickets_nb.edits.steps.operations import ChosenRows
from truto_tickets_nb.edits.steps.operations.base import whole_column
from truto_tickets_nb.edits.steps.operations.cells import by_column, on_purpose, verdict
from truto_tickets_nb.edits.steps.operations.options import field_for, quoted
from truto_tickets_nb.edits.steps.operations.over_cells import renamed
from truto_tickets_nb.edits.steps.operations.size_limits import too_large
from truto_tickets_nb.edits.steps.step import Applied, Edit, Effect
from truto_tickets_nb.tickets.cell_equality import differing
from truto_tickets_nb.tickets.cells import shown
from truto_tickets_nb.tickets.column_edits import column_like, put, texts
from truto_tickets_nb.tickets.columns import objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from truto_tickets_nb.edits.source import Source
    from truto_tickets_nb.edits.steps.step import Step
    from truto_tickets_nb.tickets.fields import Field

FEW = 3  # values that are named as what the changed cells held


def apply(step: Step, frame: pd.DataFrame, source: Source) -> Applied:
    """Apply a step to a frame; nothing is raised for tickets, names and columns that are gone: they are listed as inapplicable."""
    with gc_pause.paused():  # a hundred thousand sets are made at once
        named = canonical(step, source)
        effect, edits = _of_cells(named, frame, source) if step.operation.is_guarded else _of_rows(named, frame, source)
        return Applied(laid(frame, edits), effect, edits)


def laid(frame: pd.DataFrame, edits: Iterable[Edit]) -> pd.DataFrame:
    """Lay changed columns over a frame; all others stay one memory with it."""
    edited = frame.copy(deep=False)
    for edit in edits:
        edited[edit.column] = edit.cells
    return edited


def _of_rows(step: Step, frame: pd.DataFrame, source: Source) -> tuple[Effect, tuple[Edit, ...]]:
    missing = tuple(_gone(step, frame))
    reason = hindrance(step, frame, source)
    if reason:
        return _hindered(step, frame, reason, missing), ()
    places = np.flatnonzero(step.rows.mask(frame))
    chosen = ChosenRows(step, field_for(step.field), frame, places)
    reason = too_large(step.operation.size(chosen))
    if reason:
        return _hindered(step, frame, reason, missing), ()
    old = chosen.cells
    cells = step.operation.cells(chosen)
    new = _spelled(chosen.row, old, column_like(old, cells) if isinstance(cells, list) else cells, source)
    return _sorted_out(chosen, old, new, (source, missing))


def _spelled(row: Field, old: Any, new: Any, source: Source) -> Any:
    """Write new names as the account writes them: they resolve to the same, and counts and titles are right."""
    if not row.choices or new is old:
        return new
    changed = differing(row, old, new)
    respelled = spellings(row, new[changed], source)
    return column_like(new, renamed(new, respelled)) if respelled else new


def _sorted_out(
    chosen: ChosenRows, old: Any, new: Any, rest: tuple[Source, tuple[Inapplicable, ...]]
) -> tuple[Effect, tuple[Edit, ...]]:
    """Sort the chosen rows: changed, already done, or no longer applying."""
    step, (source, missing) = chosen.step, rest
    differ = differing(chosen.row, old, new)
    rows = np.flatnonzero(differ)
    refused = unfit(chosen.row, old.take(rows), new.take(rows), source)
    inapplicable = tuple(
        Inapplicable(str(chosen.frame.index[chosen.places[rows[at]]]), step.field, quoted(value), why)
        for at, (value, why) in refused.items()
    )
    fit = np.delete(rows, list(refused))
    effect = Effect(
        len(chosen),
        len(fit),
        len(chosen) - len(rows),
        (*missing, *inapplicable),
        _held(old, fit) if len(fit) and step.operation.names_before else (),
    )
    if not len(fit):
        return effect, ()
    return effect, (
        _edit(
            chosen.frame,
            chosen.row,
            (chosen.places[fit], new.take(fit)),
            empties=np.full(len(fit), step.operation.empties),
        ),
    )


def _edit(frame: pd.DataFrame, row: Field, change: tuple[Any, Any], *, empties: Any) -> Edit:
    places, cells = change
    column = put(whole_column(frame, row.name, many=row.kind.many), places, cells)
    changed = np.zeros(len(frame), dtype=bool)
    changed[places] = True
    emptied = np.zeros(len(frame), dtype=bool)
    if empties.any():
        emptied[places] = empties & empty(cells)
    return Edit(row.name, pd.Series(column, index=frame.index, name=row.name, copy=False), changed, emptied)


def _held(old: Any, fit: Any) -> tuple[str, ...]:
    """Return what the changed cells held, where that is a few values that a title can name."""
    cells = old.take(fit)
    if isinstance(cells, pd.arrays.ArrowStringArray):
        distinct = pc.unique(pa.chunked_array(texts(cells).chunks, pa.large_string())).slice(0, FEW + 1).to_pylist()
    else:
        distinct = list(dict.fromkeys(map(shown, pd.Series(cells[: 10 * FEW]).tolist())))
        distinct = distinct if len(cells) <= 10 * FEW else ()
    return tuple(sorted(quoted(cell or None) for cell in distinct)) if len(distinct) <= FEW else ()


def _gone(step: Step, frame: pd.DataFrame) -> Iterator[Inapplicable]:
    tickets = step.rows.tickets
    places: Any = frame.index.get_indexer(pd.Index(tickets, dtype=frame.index.dtype)) if tickets else []
    for ticket, place in zip(tickets, places, strict=True):
        if place < 0:
            yield Inapplicable(ticket, step.field, "", TICKET_MISSING)


def _hindered(step: Step, frame: pd.DataFrame, reason: Reason, missing: tuple[Inapplicable, ...]) -> Effect:
    """Return the effect of a step that can't be done at all, ticket by ticket where it can be known which tickets it would have changed."""
    can_filter = step.rows.fields <= {*frame.columns}
    rows = frame.index[step.rows.mask(frame)].tolist() if can_filter else []
    inapplicable = tuple(Inapplicable(str(ticket), step.field, "", reason) for ticket in rows)
    return Effect(len(rows), 0, 0, (*missing, *(inapplicable or (Inapplicable("", step.field, "", reason),))))


@dataclass
class _Tally:
    """Count single cells while column after column is looked at."""

    step: Step
    frame: pd.DataFrame
    source: Source
    matched: int = 0
    changed: int = 0
    already: int = 0
    inapplicable: list[Inapplicable] = field(default_factory=list)

    def edits(self) -> Iterator[Edit]:
        for name, cells in by_column(self.step).items():
            row = field_for(name)
            absent = name not in self.frame.columns
            if absent and not creatable(name, self.source):
                self.inapplicable += [Inapplicable(ticket, name, "", no_column(name)) for ticket in cells]
            else:
                yield from self._column(row, cells)

    def _column(self, row: Field, cells: dict[str, tuple[Any, Any]]) -> Iterator[Edit]:
        index = self.frame.index
        places = index.get_indexer(pd.Index(list(cells), dtype=index.dtype))
        there = places >= 0
        self.inapplicable += [
            Inapplicable(t, row.name, "", TICKET_MISSING) for t, ok in zip(cells, there, strict=True) if not ok
        ]
        self.matched += int(there.sum())
        respelled = spellings(row, pd.array(objects([new for _, new in cells.values()]), dtype=object), self.source)
        news = renamed([new for _, new in cells.values()], respelled)
        entries = zip(cells.items(), news, there, strict=True)
        wanted = [(ticket, old, new) for (ticket, (old, _)), new, ok in entries if ok]
        current = whole_column(self.frame, row.name, many=row.kind.many).take(places[there])
        guarded = self._guarded(row, current, wanted)
        yield from self._changed(
            row, (places[there][guarded], current.take(guarded), [wanted[at] for at in guarded.tolist()])
        )

    def _guarded(self, row: Field, current: Any, wanted: list[tuple[str, Any, Any]]) -> Any:
        matching: list[int] = []
        for at, (cell, (ticket, old, new)) in enumerate(zip(pd.Series(current).tolist(), wanted, strict=True)):
            result = verdict(row, cell, old, new)
            if result == "change":
                matching.append(at)
            elif result == "already":
                self.already += 1
            else:
                self.inapplicable.append(Inapplicable(ticket, row.name, quoted(cell), result))
        return np.array(matching, dtype=np.int64)

    def _changed(self, row: Field, change: tuple[Any, Any, list[tuple[str, Any, Any]]]) -> Iterator[Edit]:
        places, current, wanted = change
        new = column_like(current, [cell for _, _, cell in wanted])
        refused = unfit(row, current, new, self.source)
        self.inapplicable += [
            Inapplicable(wanted[at][0], row.name, quoted(value), why) for at, (value, why) in refused.items()
        ]
        fit = np.delete(np.arange(len(wanted)), list(refused))
        self.changed += len(fit)
        if len(fit):
            on_purpose_of = on_purpose(self.step, row.name, [wanted[at][0] for at in fit.tolist()])
            yield _edit(self.frame, row, (places[fit], new.take(fit)), empties=np.array(on_purpose_of, dtype=bool))


def _of_cells(step: Step, frame: pd.DataFrame, source: Source) -> tuple[Effect, tuple[Edit, ...]]:
    tally = _Tally(step, frame, source)
    edits = tuple(tally.edits())
    return Effect(tally.matched, tally.changed, tally.already, tuple(tally.inapplicable)), edits
