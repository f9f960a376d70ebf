"""The steps of a draft, with undo and redo, as a value: every operation gives a new one.

What an operation replaced is kept, not the whole list before it: memory and file grow with the number of steps, not with its square.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from truto_tickets_nb.edits.steps.step import Step
from truto_tickets_nb.errors import StepError, shorten_repr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

KEPT = 500  # operations that can be undone


class Slot(NamedTuple):
    """One step in its place: its number, and whether it counts."""

    number: int
    step: Step
    enabled: bool = True


Slots = tuple[Slot, ...]


class Splice(NamedTuple):
    """One operation: at this place, these slots were replaced by those."""

    at: int
    old: Slots
    new: Slots

    def do(self, slots: Slots) -> Slots:
        """Put the new slots where the old ones are."""
        return (*slots[: self.at], *self.new, *slots[self.at + len(self.old) :])

    def undo(self, slots: Slots) -> Slots:
        """Put the old slots where the new ones are."""
        return (*slots[: self.at], *self.old, *slots[self.at + len(self.new) :])

    @classmethod
    def between(cls, before: Slots, after: Slots) -> Self:
        """Find the one operation that leads from a list of slots to another."""
        shorter = min(len(before), len(after))
        start = next((at for at in range(shorter) if before[at] != after[at]), shorter)
        rest = shorter - start
        end = next((at for at in range(rest) if before[-1 - at] != after[-1 - at]), rest)
        return cls(start, before[start : len(before) - end], after[start : len(after) - end])


@dataclass(frozen=True, slots=True)
class History:
    """The steps as they are, the operations that led there, and those that were undone.

    >>> steps = History().add(Step("clear", "due_date"), Step("clear", "team"))
    >>> steps.drop(1).undo() == steps.undo().redo()
    False
    >>> [slot.number for slot in steps.drop(1).now], [slot.number for slot in steps.drop(1).undo().now]
    ([2], [1, 2])
    """

    now: Slots = ()
    past: tuple[Splice, ...] = ()  # the last one was done last
    future: tuple[Splice, ...] = ()  # the last one was undone last

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was ever done."""
        return not (self.now or self.past or self.future)

    @property
    def enabled(self) -> Slots:
        """List the steps that count."""
        return tuple(slot for slot in self.now if slot.enabled)

    def slot(self, number: int) -> Slot:
        """Find a step by its number."""
        return self.now[self._place(number)]

    def _place(self, number: int) -> int:
        place = next((place for place, slot in enumerate(self.now) if slot.number == number), None)
        if place is None:
            there = ", ".join(str(slot.number) for slot in self.now) or "none"
            raise StepError(f"This draft has no step {shorten_repr(number, 40)}. There are: {there}.")
        return place

    def add(self, *steps: Step) -> Self:
        """Add steps at the end, as one operation."""
        earlier = (slot.number for splice in self.past for slots in (splice.old, splice.new) for slot in slots[-1:])
        first = 1 + max((*earlier, *(slot.number for slot in self.now[-1:])), default=0)
        new = tuple(Slot(first + place, step) for place, step in enumerate(steps))
        return self._become(Splice(len(self.now), (), new))

    def drop(self, number: int) -> Self:
        """Take a step out."""
        place = self._place(number)
        return self._become(Splice(place, (self.now[place],), ()))

    def switch(self, number: int, *, enabled: bool) -> Self:
        """Let a step count, or not; nothing happens where it is so."""
        place = self._place(number)
        slot = self.now[place]
        if slot.enabled == enabled:
            return self
        return self._become(Splice(place, (slot,), (slot._replace(enabled=enabled),)))

    def _become(self, splice: Splice) -> Self:
        return replace(self, now=splice.do(self.now), past=(*self.past, splice)[-KEPT:], future=())

    def undo(self) -> Self:
        """Go back before the last operation."""
        if not self.past:
            raise StepError("There is nothing to undo.")
        *past, last = self.past
        return replace(self, now=last.undo(self.now), past=tuple(past), future=(*self.future, last))

    def redo(self) -> Self:
        """Do again what was undone last."""
        if not self.future:
            raise StepError("There is nothing to redo.")
        *future, last = self.future
        return replace(self, now=last.do(self.now), past=(*self.past, last), future=tuple(future))

    def steps(self) -> Iterator[tuple[int, Step]]:
        """List each step with its number, once: those that are there, and those that undo or redo brings back."""
        parts = (slots for splice in (*self.past, *self.future) for slots in (splice.old, splice.new))
        return iter({slot.number: slot.step for slots in (*parts, self.now) for slot in slots}.items())

    def to_json(self, written: Callable[[Step], Any] = Step.to_json) -> dict[str, Any]:
        """Write it as JSON: each step once, by its number; `written` writes a step."""
        steps = {str(number): written(step) for number, step in self.steps()}
        past, future = (
            [[splice.at, _numbers(splice.old), _numbers(splice.new)] for splice in splices]
            for splices in (self.past, self.future)
        )
        return {"steps": steps, "now": _numbers(self.now), "past": past, "future": future}

    @classmethod
    def of_json(cls, written: Mapping[str, Any]) -> Self:
        """Read it back."""
        steps = {int(number): Step.of_json(step) for number, step in written["steps"].items()}

        def slots(rows: Iterable[Any]) -> Slots:
            return tuple(Slot(int(number), steps[int(number)], bool(enabled)) for number, enabled in rows)

        now = slots(written["now"])
        past, future = (
            tuple(Splice(int(at), slots(old), slots(new)) for at, old, new in written[key])
            for key in ("past", "future")
        )
        return cls(now, past, future)


def _numbers(slots: Slots) -> list[list[Any]]:
    return [[slot.number, slot.enabled] for slot in slots]
