"""Replay the steps that count, on the tickets as loaded; what was reckoned before is used again as long as nothing it read changed."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from truto_tickets_nb.edits.drafts.differing_rows import differing_rows
from truto_tickets_nb.edits.steps.apply import apply, laid
from truto_tickets_nb.tickets.read_only_arrays import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from truto_tickets_nb.edits.drafts.history import Slot, Slots
    from truto_tickets_nb.edits.source import Source
    from truto_tickets_nb.edits.steps.step import Applied, Edit, Effect, Step

ROOM = 256 * 2**20  # bytes of changed columns that are kept to be used again
RECENT, STRIDE = 32, 32  # states kept where there is no room for all: the last ones, and each 32nd before them
CELL = 32  # bytes that one cell of a changed column takes, roughly
DIFFERING = 128  # lists of differing rows kept


@dataclass(frozen=True, slots=True)
class State:
    """The frame after some steps: what each did, which version each column is of, and which cells were emptied on purpose."""

    frame: pd.DataFrame
    effects: Mapping[int, Effect] = field(default_factory=dict)
    versions: Mapping[str, int] = field(
        default_factory=dict
    )  # column -> the result it comes from; others are as loaded
    emptied: Mapping[str, Any] = field(default_factory=dict)  # column -> numpy bool


class Result(NamedTuple):
    """What a step did, once; `step` is kept so that no other one gets its id."""

    step: Step
    version: int
    effect: Effect
    edits: tuple[Edit, ...]


class Point(NamedTuple):
    """One slot of the path walked last: what its step did, and the state after it, None where it made room."""

    slot: Slot
    effect: Effect | None  # None where it is switched off
    state: State | None


class Replay:
    """Reckon states, each result once: a step is done anew only when a column that it reads has become another one.

    The path that was walked last is kept, so that a step at the end of a thousand costs as much as one at the end of ten.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._base = State(source.frame(labels=True))
        self._path: list[Point] = []
        self._results: OrderedDict[Any, Result] = OrderedDict()
        self._differing: dict[tuple[str, int], Any] = {}
        self._count = 0
        self._most = max(
            RECENT, ROOM // (CELL * max(1, len(self._base.frame)))
        )  # results and states that there is room for

    @property
    def base(self) -> pd.DataFrame:
        """Return the tickets as loaded."""
        return self._base.frame

    def after(self, slots: Slots) -> State:
        """Reckon the state after these steps, those that are switched off left out."""
        same = self._shared(slots)
        start = next((at for at in range(same, 0, -1) if self._path[at - 1].state is not None), 0)
        state = self._at(start)
        if same < len(slots):
            del self._path[same:]
        for place in range(start, len(slots)):
            state = self._walk(state, slots[place], place)
        self._make_room(len(slots))
        effects = {point.slot.number: point.effect for point in self._path[: len(slots)] if point.effect is not None}
        return replace(state, effects=effects)

    def _shared(self, slots: Slots) -> int:
        """Count the slots that begin the path walked last as well."""
        pairs = zip(self._path, slots, strict=False)
        return next(
            (at for at, (point, slot) in enumerate(pairs) if not _is_same(point.slot, slot)),
            min(len(self._path), len(slots)),
        )

    def _at(self, count: int) -> State:
        state = self._path[count - 1].state if count else self._base
        assert state is not None
        return state

    def _walk(self, state: State, slot: Slot, place: int) -> State:
        effect = None
        if slot.enabled:
            result = self._result(state, slot.step)
            state, effect = _next(state, result), result.effect
        self._path[place : place + 1] = [Point(slot, effect, state)]
        return state

    def _result(self, state: State, step: Step) -> Result:
        key = (id(step), tuple((name, state.versions.get(name, 0)) for name in sorted(step.reads)))
        if key not in self._results:
            self._count += 1
            applied = apply(step, state.frame, self._source)
            self._results[key] = Result(step, self._count, applied.effect, applied.edits)
            while len(self._results) > self._most:
                self._results.popitem(last=False)
        self._results.move_to_end(key)
        return self._results[key]

    def _make_room(self, now: int) -> None:
        """Let go of states where there is no room for all; they are walked to again from the last one kept before them."""
        if len(self._path) <= self._most:
            return
        for place, point in enumerate(self._path[: max(0, now - RECENT)]):
            if point.state is not None and (place + 1) % STRIDE:
                self._path[place] = point._replace(state=None)

    def differing(self, state: State) -> dict[str, Any]:
        """Find for each column the rows that differ from the tickets as loaded (numpy array of row numbers)."""
        for name, version in state.versions.items():
            if (name, version) not in self._differing:
                self._differing[name, version] = differing_rows(self.base, state.frame, name)
        rows = {name: self._differing[name, version] for name, version in state.versions.items()}
        if len(self._differing) > DIFFERING:
            self._differing = {(name, state.versions[name]): places for name, places in rows.items()}
        return rows

    def peek(self, state: State, step: Step) -> Applied:
        """Apply a step without keeping anything of it."""
        return apply(step, state.frame, self._source)


def _is_same(one: Slot, two: Slot) -> bool:
    return one.step is two.step and one.enabled == two.enabled and one.number == two.number


def _next(state: State, result: Result) -> State:
    if not result.edits:
        return state
    return State(
        frozen(laid(state.frame, result.edits)),
        versions={**state.versions, **{edit.column: result.version for edit in result.edits}},
        emptied={**state.emptied, **{edit.column: _emptied(state, edit) for edit in result.edits}},
    )


def _emptied(state: State, edit: Edit) -> Any:
    before = state.emptied.get(edit.column)
    return edit.emptied if before is None else (before & ~edit.changed) | edit.emptied
