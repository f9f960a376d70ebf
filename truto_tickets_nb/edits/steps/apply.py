"""Apply one step to a frame: new columns, counts, and what no longer fits. The frame that comes in is never changed."""

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
from truto_tickets_nb.edits.steps.operations import OPERATIONS, OperationInput
from truto_tickets_nb.edits.steps.operations.base import whole_column
from truto_tickets_nb.edits.steps.operations.cells import by_column, on_purpose, verdict
from truto_tickets_nb.edits.steps.operations.options import field_for, quoted
from truto_tickets_nb.edits.steps.operations.set_cells import renamed
from truto_tickets_nb.edits.steps.operations.size_limits import too_much
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
    """Apply a step to a frame; nothing is raised for tickets, names and columns that are gone: they are told as misfits."""
    with gc_pause.paused():  # a hundred thousand sets are made at once
        named = canonical(step, source)
        effect, edits = _of_cells(named, frame, source) if step.kind == "cells" else _of_rows(named, frame, source)
        return Applied(laid(frame, edits), effect, edits)


def laid(frame: pd.DataFrame, edits: Iterable[Edit]) -> pd.DataFrame:
    """Lay changed columns over a frame; all others stay one memory with it."""
    made = frame.copy(deep=False)
    for edit in edits:
        made[edit.column] = edit.cells
    return made


def _of_rows(step: Step, frame: pd.DataFrame, source: Source) -> tuple[Effect, tuple[Edit, ...]]:
    gone = tuple(_gone(step, frame))
    reason = hindrance(step, frame, source)
    if reason:
        return _hindered(step, frame, reason, gone), ()
    places = np.flatnonzero(step.rows.mask(frame))
    chosen = OperationInput(step, field_for(step.field), frame, places)
    reason = too_much(chosen)
    if reason:
        return _hindered(step, frame, reason, gone), ()
    old = chosen.cells
    made = step.operation.cells(chosen)
    new = _spelled(chosen.row, old, column_like(old, made) if isinstance(made, list) else made, source)
    return _sorted_out(chosen, old, new, (source, gone))


def _spelled(row: Field, old: Any, new: Any, source: Source) -> Any:
    """Write new names as the account writes them: they resolve to the same, and counts and titles are right."""
    if not row.choices or new is old:
        return new
    changed = differing(row, old, new)
    odd = spellings(row, new[changed], source)
    return column_like(new, renamed(new, odd)) if odd else new


def _sorted_out(
    chosen: OperationInput, old: Any, new: Any, rest: tuple[Source, tuple[Inapplicable, ...]]
) -> tuple[Effect, tuple[Edit, ...]]:
    """Sort the chosen rows: changed, already so, or no longer fitting."""
    step, (source, gone) = chosen.step, rest
    differ = differing(chosen.row, old, new)
    rows = np.flatnonzero(differ)
    odd = unfit(chosen.row, old.take(rows), new.take(rows), source)
    misfits = tuple(
        Inapplicable(str(chosen.frame.index[chosen.places[rows[at]]]), step.field, quoted(value), why)
        for at, (value, why) in odd.items()
    )
    fit = np.delete(rows, list(odd))
    effect = Effect(
        len(chosen),
        len(fit),
        len(chosen) - len(rows),
        (*gone, *misfits),
        _held(step.kind, old, fit) if len(fit) else (),
    )
    if not len(fit):
        return effect, ()
    return effect, (
        _edit(
            chosen.frame,
            chosen.row,
            (chosen.places[fit], new.take(fit)),
            empties=np.full(len(fit), OPERATIONS[step.kind].empties),
        ),
    )


def _edit(frame: pd.DataFrame, row: Field, found: tuple[Any, Any], *, empties: Any) -> Edit:
    places, cells = found
    column = put(whole_column(frame, row.name, many=row.kind.many), places, cells)
    changed = np.zeros(len(frame), dtype=bool)
    changed[places] = True
    emptied = np.zeros(len(frame), dtype=bool)
    if empties.any():
        emptied[places] = empties & empty(cells)
    return Edit(row.name, pd.Series(column, index=frame.index, name=row.name, copy=False), changed, emptied)


def _held(kind: str, old: Any, fit: Any) -> tuple[str, ...]:
    """Tell what the changed cells held, where that is a few values that a title can name."""
    if kind != "set":
        return ()
    cells = old.take(fit)
    if isinstance(cells, pd.arrays.ArrowStringArray):
        found = pc.unique(pa.chunked_array(texts(cells).chunks, pa.large_string())).slice(0, FEW + 1).to_pylist()
    else:
        found = list(dict.fromkeys(map(shown, pd.Series(cells[: 10 * FEW]).tolist())))
        found = found if len(cells) <= 10 * FEW else ()
    return tuple(sorted(quoted(cell or None) for cell in found)) if len(found) <= FEW else ()


def _gone(step: Step, frame: pd.DataFrame) -> Iterator[Inapplicable]:
    tickets = step.rows.tickets
    places: Any = frame.index.get_indexer(pd.Index(tickets, dtype=frame.index.dtype)) if tickets else []
    for ticket, place in zip(tickets, places, strict=True):
        if place < 0:
            yield Inapplicable(ticket, step.field, "", TICKET_MISSING)


def _hindered(step: Step, frame: pd.DataFrame, reason: Reason, gone: tuple[Inapplicable, ...]) -> Effect:
    """Tell a step that can't be done at all, ticket by ticket where it can be known which tickets it would have changed."""
    known = step.rows.fields <= {*frame.columns}
    rows = frame.index[step.rows.mask(frame)].tolist() if known else []
    misfits = tuple(Inapplicable(str(ticket), step.field, "", reason) for ticket in rows)
    return Effect(len(rows), 0, 0, (*gone, *(misfits or (Inapplicable("", step.field, "", reason),))))


@dataclass
class _Tally:
    """Count single cells while column after column is looked at."""

    step: Step
    frame: pd.DataFrame
    source: Source
    matched: int = 0
    changed: int = 0
    already: int = 0
    misfits: list[Inapplicable] = field(default_factory=list)

    def edits(self) -> Iterator[Edit]:
        for name, cells in by_column(self.step).items():
            row = field_for(name)
            absent = name not in self.frame.columns
            if absent and not creatable(name, self.source):
                self.misfits += [Inapplicable(ticket, name, "", no_column(name)) for ticket in cells]
            else:
                yield from self._column(row, cells)

    def _column(self, row: Field, cells: dict[str, tuple[Any, Any]]) -> Iterator[Edit]:
        index = self.frame.index
        places = index.get_indexer(pd.Index(list(cells), dtype=index.dtype))
        there = places >= 0
        self.misfits += [
            Inapplicable(t, row.name, "", TICKET_MISSING) for t, ok in zip(cells, there, strict=True) if not ok
        ]
        self.matched += int(there.sum())
        odd = spellings(row, pd.array(objects([new for _, new in cells.values()]), dtype=object), self.source)
        news = renamed([new for _, new in cells.values()], odd)
        found = zip(cells.items(), news, there, strict=True)
        wanted = [(ticket, old, new) for (ticket, (old, _)), new, ok in found if ok]
        held = whole_column(self.frame, row.name, many=row.kind.many).take(places[there])
        kept = self._guarded(row, held, wanted)
        yield from self._changed(row, (places[there][kept], held.take(kept), [wanted[at] for at in kept.tolist()]))

    def _guarded(self, row: Field, held: Any, wanted: list[tuple[str, Any, Any]]) -> Any:
        kept: list[int] = []
        for at, (cell, (ticket, old, new)) in enumerate(zip(pd.Series(held).tolist(), wanted, strict=True)):
            told = verdict(row, cell, old, new)
            if told == "change":
                kept.append(at)
            elif told == "already":
                self.already += 1
            else:
                self.misfits.append(Inapplicable(ticket, row.name, quoted(cell), told))
        return np.array(kept, dtype=np.int64)

    def _changed(self, row: Field, found: tuple[Any, Any, list[tuple[str, Any, Any]]]) -> Iterator[Edit]:
        places, held, wanted = found
        new = column_like(held, [cell for _, _, cell in wanted])
        odd = unfit(row, held, new, self.source)
        self.misfits += [Inapplicable(wanted[at][0], row.name, quoted(value), why) for at, (value, why) in odd.items()]
        fit = np.delete(np.arange(len(wanted)), list(odd))
        self.changed += len(fit)
        if len(fit):
            told = on_purpose(self.step, row.name, [wanted[at][0] for at in fit.tolist()])
            yield _edit(self.frame, row, (places[fit], new.take(fit)), empties=np.array(told, dtype=bool))


def _of_cells(step: Step, frame: pd.DataFrame, source: Source) -> tuple[Effect, tuple[Edit, ...]]:
    tally = _Tally(step, frame, source)
    edits = tuple(tally.edits())
    return Effect(tally.matched, tally.changed, tally.already, tuple(tally.misfits)), edits
