"""Replay the steps that count, on the tickets as loaded; what was reckoned before is used again as long as nothing it read changed."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.edits import listing
from truto_tickets_nb.edits.applying import apply, laid

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from truto_tickets_nb.edits.history import Slots
    from truto_tickets_nb.edits.source import Source
    from truto_tickets_nb.edits.steps import Applied, Edit, Effect, Step

KEPT = 128  # results kept; each holds the columns that one step changed, everything else is shared


@dataclass(frozen=True, slots=True)
class State:
    """Hold the frame after some steps: what each did, which version each column is of, and which cells were emptied on purpose."""

    frame: pd.DataFrame
    effects: Mapping[int, Effect] = field(default_factory=dict)
    versions: Mapping[str, int] = field(
        default_factory=dict
    )  # column -> the result it comes from; others are as loaded
    emptied: Mapping[str, Any] = field(default_factory=dict)  # column -> numpy bool


class Replay:
    """Reckon states, each result once: a step is done anew only when a column that it reads has become another one."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._base = State(source.frame())
        self._results: OrderedDict[Any, tuple[Step, int, Applied]] = OrderedDict()
        self._differing: dict[tuple[str, int], Any] = {}
        self._count = 0

    @property
    def base(self) -> pd.DataFrame:
        """Give the tickets as loaded."""
        return self._base.frame

    def after(self, slots: Slots) -> State:
        """Reckon the state after these steps, those that are switched off left out."""
        state = self._base
        for slot in slots:
            if slot.enabled:
                state = self._step(state, slot.number, slot.step)
        return state

    def _step(self, state: State, number: int, step: Step) -> State:
        key = (id(step), tuple((name, state.versions.get(name, 0)) for name in sorted(step.reads)))
        if key not in self._results:
            self._count += 1
            self._results[key] = (
                step,
                self._count,
                apply(step, state.frame, self._source),
            )  # keeps the step, and so its id
            self._forget()
        self._results.move_to_end(key)
        _, version, applied = self._results[key]
        return _next(state, applied.edits, ({number: applied.effect}, version))

    def differing(self, state: State) -> dict[str, Any]:
        """Find for each column the rows that differ from the tickets as loaded (numpy array of row numbers)."""
        for name, version in state.versions.items():
            if (name, version) not in self._differing:
                self._differing[name, version] = listing.differing_rows(self.base, state.frame, name)
        found = {name: self._differing[name, version] for name, version in state.versions.items()}
        if len(self._differing) > KEPT:
            self._differing = {(name, state.versions[name]): rows for name, rows in found.items()}
        return found

    def _forget(self) -> None:
        while len(self._results) > KEPT:
            self._results.popitem(last=False)

    def peek(self, state: State, step: Step) -> Applied:
        """Apply a step without keeping anything of it."""
        return apply(step, state.frame, self._source)


def _next(state: State, edits: tuple[Edit, ...], rest: tuple[dict[int, Effect], int]) -> State:
    effects, version = rest
    emptied = dict(state.emptied)
    for edit in edits:
        before = emptied.get(edit.column)
        emptied[edit.column] = edit.emptied if before is None else (before & ~edit.changed) | edit.emptied
    return State(
        laid(state.frame, edits) if edits else state.frame,
        {**state.effects, **effects},
        {**state.versions, **{edit.column: version for edit in edits}},
        emptied,
    )
