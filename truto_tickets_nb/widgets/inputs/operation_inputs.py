"""What each operation asks for: one value, several, a text to find, days to move by."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812

from truto_tickets_nb.selection.options import Offer, Option
from truto_tickets_nb.selection.step_builder import TIDIES, as_number, number_problem
from truto_tickets_nb.widgets.inputs.controls import Chips, Dated, Flag, Line, Number, OneOf, one_of
from truto_tickets_nb.widgets.inputs.factory import box, made, row, tick

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from truto_tickets_nb.widgets.inputs.controls import Control
    from truto_tickets_nb.widgets.inputs.private_state import PrivateState


@dataclass(frozen=True, slots=True)
class Scene:
    """Say what is edited: the column's kind and type, what it may take, what the chosen tickets hold, and the other columns."""

    column: str
    kind: str
    dtype: Any
    offer: Offer
    held: Offer
    others: tuple[str, ...] = ()


class Asking(ABC):
    """Ask for the options of one operation."""

    widget: Any

    def __init__(self, veil: PrivateState, scene: Scene, told: Callable[[], object]) -> None:
        self.veil, self.told = veil, told
        self.build(scene)

    @abstractmethod
    def build(self, scene: Scene) -> None:
        """Make the controls."""

    @property
    @abstractmethod
    def given(self) -> Mapping[str, Any]:
        """Give the options as far as they are there."""

    @property
    def problem(self) -> str:
        """Say what is wrong with what was typed."""
        return ""

    def renew(self, scene: Scene) -> None:  # noqa: B027  (most operations offer nothing)
        """Take up what other tickets offer; what was typed stays."""


class AskNothing(Asking):
    """Ask nothing: emptying needs no value."""

    def build(self, scene: Scene) -> None:
        self.widget = box()

    @property
    def given(self) -> Mapping[str, Any]:
        return {}


class AskValue(Asking):
    """Ask for the value that a column shall hold."""

    def build(self, scene: Scene) -> None:
        self._control = _control(self.veil, scene, self.told)
        self.widget = self._control.widget

    @property
    def given(self) -> Mapping[str, Any]:
        return {"value": self._control.value}

    @property
    def problem(self) -> str:
        return self._control.problem

    def renew(self, scene: Scene) -> None:
        self._control.offer(scene.offer)


def _control(veil: PrivateState, scene: Scene, told: Callable[[], object]) -> Control:
    if scene.kind == "date":
        return Dated(veil, "day", told)
    if scene.kind == "flag":
        return Flag(veil, "value", told)
    if scene.kind in ("set", "words"):
        control = Chips(veil, "all of them", told)
        control.offer(scene.offer)
        return control
    if scene.kind == "any" and getattr(scene.dtype, "kind", "") in "iuf":
        return Number(veil, "number", told)
    if scene.kind == "text":
        return Line(veil, "text", told, lines=4 if scene.column == "description" else 1)
    return one_of(veil, "value", told, scene.offer)


class AskNames(Asking):
    """Ask for names to add to a set, or to take out of it."""

    taking_out = False

    def build(self, scene: Scene) -> None:
        self._chips = Chips(self.veil, "remove" if self.taking_out else "add", self.told)
        self.renew(scene)
        self.widget = self._chips.widget

    @property
    def given(self) -> Mapping[str, Any]:
        return {"names": self._chips.value}

    @property
    def problem(self) -> str:
        return self._chips.problem

    def renew(self, scene: Scene) -> None:
        self._chips.offer(scene.held if self.taking_out else scene.offer)


class AskGone(AskNames):
    """Ask for names to take out: those that the chosen tickets hold."""

    taking_out = True


class AskSwap(Asking):
    """Ask which name becomes which other one."""

    def build(self, scene: Scene) -> None:
        self._old = one_of(self.veil, "replace", self.told, scene.held)
        self._new = one_of(self.veil, "by", self.told, scene.offer)
        self.widget = box(self._old.widget, self._new.widget)

    @property
    def given(self) -> Mapping[str, Any]:
        return {"old": self._old.value, "new": self._new.value}

    @property
    def problem(self) -> str:
        return self._old.problem or self._new.problem

    def renew(self, scene: Scene) -> None:
        self._old.offer(scene.held)
        self._new.offer(scene.offer)


class AskReplace(Asking):
    """Ask what text to find, and what to put there."""

    def build(self, scene: Scene) -> None:
        self._find, self._by = Line(self.veil, "find", self.told), Line(self.veil, "replace by", self.told)
        self._case, self._regex = (tick(label) for label in ("capitals count", "it is a pattern"))
        for found in (self._case, self._regex):
            found.observe(lambda _: self.told(), "value")
        self.widget = box(self._find.widget, self._by.widget, row(self._case, self._regex))

    @property
    def given(self) -> Mapping[str, Any]:
        told = {"find": self._find.value, "by": self._by.value}
        return {**told, "case": bool(self._case.value), "regex": bool(self._regex.value)}


class AskTidy(Asking):
    """Ask how to tidy."""

    def build(self, scene: Scene) -> None:
        self._how = OneOf(self.veil, "how", self.told)
        self._how.offer(Offer(tuple(Option(label, how) for label, how in TIDIES.items()), is_free=False))
        self.widget = self._how.widget

    @property
    def given(self) -> Mapping[str, Any]:
        return {"how": self._how.value}


class AskShift(Asking):
    """Ask by how much a date moves."""

    def build(self, scene: Scene) -> None:
        self._days = made(W.Text, description="days later", placeholder="7, or -7 for earlier")
        self._hours = made(W.Text, description="hours later", placeholder="0")
        for part in (self._days, self._hours):
            part.observe(lambda _: self.told(), "value")
        timed = getattr(scene.dtype, "tz", None) is not None
        self.widget = row(self._days, self._hours) if timed else row(self._days)

    @property
    def given(self) -> Mapping[str, Any]:
        return {"days": as_number(self._days.value) or 0, "hours": as_number(self._hours.value) or 0}

    @property
    def problem(self) -> str:
        return number_problem(self._days.value) or number_problem(self._hours.value)


class AskColumn(Asking):
    """Ask which column to copy from."""

    def build(self, scene: Scene) -> None:
        self._from = OneOf(self.veil, "from", self.told)
        self._from.offer(Offer(tuple(Option(name, name) for name in scene.others), is_free=False))
        self.widget = self._from.widget

    @property
    def given(self) -> Mapping[str, Any]:
        return {"from": self._from.value}


ASKINGS: dict[str, type[Asking]] = {
    "set": AskValue, "fill": AskValue, "clear": AskNothing, "add": AskNames, "remove": AskGone, "swap": AskSwap,
    "replace": AskReplace, "tidy": AskTidy, "shift": AskShift, "copy": AskColumn,
}  # fmt: skip
