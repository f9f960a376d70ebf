"""The steps of a draft, with undo and redo, as a value: every operation gives a new one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from truto_tickets_nb.edits.steps import Step
from truto_tickets_nb.errors import StepError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

KEPT = 500  # operations that can be undone


class Slot(NamedTuple):
    """Hold one step in its place: its number, and whether it counts."""

    number: int
    step: Step
    enabled: bool = True


Slots = tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Hold the steps as they are, as they were before each operation, and as they were before each undo.

    >>> steps = History().add(Step("clear", "due_date"), Step("clear", "team"))
    >>> steps.drop(1).undo() == steps.undo().redo()
    False
    >>> [slot.number for slot in steps.drop(1).now], [slot.number for slot in steps.drop(1).undo().now]
    ([2], [1, 2])
    """

    now: Slots = ()
    past: tuple[Slots, ...] = ()
    future: tuple[Slots, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was ever done."""
        return not (self.now or self.past or self.future)

    @property
    def enabled(self) -> Slots:
        """List the steps that count."""
        return tuple(slot for slot in self.now if slot.enabled)

    def slot(self, number: int) -> Slot:
        """Find a step by its number."""
        found = next((slot for slot in self.now if slot.number == number), None)
        if found is None:
            there = ", ".join(str(slot.number) for slot in self.now) or "none"
            raise StepError(f"This draft has no step {number!r}. There are: {there}.")
        return found

    def add(self, *steps: Step) -> Self:
        """Add steps at the end, as one operation."""
        first = 1 + max((slot.number for slots in (*self.past, self.now) for slot in slots), default=0)
        return self._become((*self.now, *(Slot(first + place, step) for place, step in enumerate(steps))))

    def drop(self, number: int) -> Self:
        """Take a step out."""
        gone = self.slot(number)
        return self._become(tuple(slot for slot in self.now if slot is not gone))

    def switch(self, number: int, *, enabled: bool) -> Self:
        """Let a step count, or not; that is no operation where it is so already."""
        if self.slot(number).enabled == enabled:
            return self
        return self._become(tuple(s._replace(enabled=enabled) if s.number == number else s for s in self.now))

    def _become(self, slots: Slots) -> Self:
        return replace(self, now=slots, past=(*self.past, self.now)[-KEPT:], future=())

    def undo(self) -> Self:
        """Go back before the last operation."""
        if not self.past:
            raise StepError("There is nothing to undo.")
        return replace(self, now=self.past[-1], past=self.past[:-1], future=(*self.future, self.now))

    def redo(self) -> Self:
        """Do again what was undone last."""
        if not self.future:
            raise StepError("There is nothing to redo.")
        return replace(self, now=self.future[-1], past=(*self.past, self.now), future=self.future[:-1])

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON: each step once, by its number."""
        states = (*self.past, self.now, *self.future)
        steps = {str(slot.number): slot.step.to_json() for slots in states for slot in slots}

        def numbers(slots: Slots) -> list[list[Any]]:
            return [[slot.number, slot.enabled] for slot in slots]

        past, future = [list(map(numbers, states)) for states in (self.past, self.future)]
        return {"steps": steps, "now": numbers(self.now), "past": past, "future": future}

    @classmethod
    def of_json(cls, found: Mapping[str, Any]) -> Self:
        """Read it back."""
        steps = {int(number): Step.of_json(step) for number, step in found["steps"].items()}
        read: Callable[[Iterable[Any]], Slots] = lambda rows: tuple(  # noqa: E731
            Slot(int(number), steps[int(number)], bool(enabled)) for number, enabled in rows
        )
        return cls(read(found["now"]), tuple(map(read, found["past"])), tuple(map(read, found["future"])))
