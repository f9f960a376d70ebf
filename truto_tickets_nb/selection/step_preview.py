"""What a step would do to the chosen tickets: cells that are alike are reckoned once, so that the answer comes while one types."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from truto_tickets_nb.edits.drafts.changes import sample
from truto_tickets_nb.edits.filters.filters import Filter
from truto_tickets_nb.edits.steps.apply import apply
from truto_tickets_nb.edits.steps.operations import ChosenRows
from truto_tickets_nb.edits.steps.operations.options import field_for
from truto_tickets_nb.tickets.cell_equality import differing
from truto_tickets_nb.tickets.column_edits import column_like
from truto_tickets_nb.tickets.fields import field as field_of

if TYPE_CHECKING:
    from truto_tickets_nb.edits.source import Source
    from truto_tickets_nb.edits.steps.inapplicable import Reason
    from truto_tickets_nb.edits.steps.step import Step
    from truto_tickets_nb.selection.selection import Selection

ROWS = 8  # first rows shown


@dataclass(frozen=True, slots=True, eq=False)
class StepPreview:
    """What a step would do: chosen tickets, those that change, hold the value already or to which it does not apply, the reasons, and the first rows."""

    matched: int
    changed: int
    inapplicable: int
    reasons: dict[Reason, int]
    rows: pd.DataFrame

    @property
    def already(self) -> int:
        """Count the tickets that would stay as they are."""
        return self.matched - self.changed - self.inapplicable


def preview_step(step: Step, choosing: Selection, source: Source) -> StepPreview:
    """Reckon a step on the tickets chosen now, whatever filter it carries."""
    unfiltered = replace(step, rows=Filter.all())
    names = [name for name in sorted(unfiltered.reads) if name in choosing.frame.columns]
    frame = choosing.frame[[name for name in choosing.frame.columns if name in {*names, "name"}]]
    places = np.flatnonzero(choosing.mask)
    if step.field in names and _is_long(step.field):
        return _reckoned_texts(unfiltered, frame, places, source)
    some, like = _alike(choosing, names, places)
    return _reckoned(unfiltered, frame, (places, some, like), source)


def _is_long(name: str) -> bool:
    row = field_of(name)
    return row is not None and row.kind.word == "text"


def _alike(choosing: Selection, names: list[str], places: Any) -> tuple[Any, Any]:
    """Find one row for each kind of cells among the chosen ones, and for each chosen row which of those it is like."""
    codes = np.zeros(len(places), dtype=np.int64)
    for name in names:
        coded = choosing.coded(name)
        _, codes = np.unique(codes * max(1, len(coded.first)) + coded.codes[places], return_inverse=True)
    _, first, like = np.unique(codes, return_index=True, return_inverse=True)
    return places[first], like


def _reckoned(step: Step, frame: pd.DataFrame, rows: tuple[Any, Any, Any], source: Source) -> StepPreview:
    """Apply the step to one row of each kind, and count the rows that are like it."""
    places, some, like = rows
    few = frame.iloc[some]
    applied = apply(step, few, source)
    weights = np.bincount(like, minlength=len(some))
    changed = applied.edits[0].changed if applied.edits else np.zeros(len(some), dtype=bool)
    reasons: dict[Reason, int] = {}
    index = pd.Index([item.ticket for item in applied.effect.inapplicable], dtype=few.index.dtype)
    for item, place in zip(applied.effect.inapplicable, few.index.get_indexer(index).tolist(), strict=True):
        count = int(weights[place]) if place >= 0 else len(like)
        reasons[item.reason] = reasons.get(item.reason, 0) + count
    first = _first(step, frame, places[np.flatnonzero(changed[like])[:ROWS]], source)
    return StepPreview(len(like), int(weights[changed].sum()), sum(reasons.values()), reasons, first)


def _reckoned_texts(step: Step, frame: pd.DataFrame, places: Any, source: Source) -> StepPreview:
    """Reckon long texts, hardly two of which are alike, without laying the new ones into a column."""
    chosen = ChosenRows(step, field_for(step.field), frame, places)
    old, cells = chosen.cells, step.operation.cells(chosen)
    new = column_like(old, cells) if isinstance(cells, list) else cells
    changed = np.flatnonzero(differing(chosen.row, old, new))
    return StepPreview(len(places), len(changed), 0, {}, _first(step, frame, places[changed[:ROWS]], source))


def _first(step: Step, frame: pd.DataFrame, places: Any, source: Source) -> pd.DataFrame:
    rows = frame.iloc[places]
    return sample(rows, apply(step, rows, source).edits, ROWS)
