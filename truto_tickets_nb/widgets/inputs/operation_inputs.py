"""The inputs of an operation, made from what it declares: a new operation needs no code here."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol, assert_never

import ipywidgets as W  # noqa: N812

from truto_tickets_nb.selection.options import Offer, Option, numeric
from truto_tickets_nb.selection.step_builder import as_number, number_problem
from truto_tickets_nb.widgets.inputs.controls import Chips, Dated, Flag, Line, Number, OneOf, one_of
from truto_tickets_nb.widgets.inputs.factory import box, create, row, tick

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from truto_tickets_nb.edits.steps.operations import Input, Operation
    from truto_tickets_nb.widgets.inputs.private_state import PrivateState

_IN_ONE_ROW = ("flag", "number")


@dataclass(frozen=True, slots=True)
class EditedColumn:
    """The column that is edited: its kind and type, what it may take, what the chosen tickets hold, and the other columns."""

    name: str
    kind: str
    dtype: Any
    offer: Offer
    held: Offer
    others: tuple[str, ...] = ()

    @property
    def holds_times(self) -> bool:
        """Return whether the column holds times, not days."""
        return getattr(self.dtype, "tz", None) is not None


class InputControl(Protocol):
    """What a control offers to the form: a widget, the value typed or chosen, and what is wrong with it."""

    widget: Any

    @property
    def value(self) -> Any: ...
    @property
    def problem(self) -> str: ...


class OperationInputs:
    """The inputs of one operation on one column."""

    def __init__(
        self, state: PrivateState, operation: Operation, column: EditedColumn, on_change: Callable[[], object]
    ) -> None:
        self._state, self._on_change = state, on_change
        self.controls: dict[str, InputControl] = {}  # by the name of the option
        self._declared = operation.inputs
        parts = []
        for in_one_row, group in groupby(operation.inputs, lambda one: one.type in _IN_ONE_ROW):
            shown = [one for one in group if column.holds_times or not one.needs_time]
            widgets = [self._add(one, column) for one in shown]
            parts += [row(*widgets)] if in_one_row and widgets else widgets
        self.widget = parts[0] if len(parts) == 1 else box(*parts)

    def _add(self, declared: Input, column: EditedColumn) -> Any:
        control = self._control(declared, column)
        self.controls[declared.name] = control
        return control.widget

    def _control(self, declared: Input, column: EditedColumn) -> InputControl:  # noqa: C901, PLR0911  (one case a type)
        state, label, on_change = self._state, declared.label, self._on_change
        match declared.type:
            case "value":
                return _value_control(state, column, on_change)
            case "member":
                return one_of(state, label, on_change, column.offer)
            case "held member":
                return one_of(state, label, on_change, column.held)
            case "members" | "held members":
                chips = Chips(state, label, on_change)
                chips.offer(column.offer if declared.type == "members" else column.held)
                return chips
            case "text":
                return Line(state, label, on_change)
            case "choice":
                choices = tuple(Option(name, value) for name, value in declared.choices)
                return _one_of_fixed(state, label, on_change, choices)
            case "column":
                return _one_of_fixed(state, label, on_change, tuple(Option(name, name) for name in column.others))
            case "flag":
                return _Tick(label, on_change)
            case "number":
                return _Amount(declared, on_change)
            case "mapping" | "cells":
                raise ValueError(f"No form asks for {declared.name}: give the operation no label.")
        assert_never(declared.type)

    @property
    def given(self) -> Mapping[str, Any]:
        """Return the options as far as they are there."""
        return {name: control.value for name, control in self.controls.items()}

    @property
    def problem(self) -> str:
        """Return what is wrong with what was typed; "" where nothing is."""
        return next((control.problem for control in self.controls.values() if control.problem), "")

    def follow(self, column: EditedColumn) -> None:
        """Offer what other tickets offer; what was typed stays."""
        for declared in self._declared:
            match declared.type:
                case "value" | "member" | "members":
                    offer = column.offer
                case "held member" | "held members":
                    offer = column.held
                case _:
                    continue
            control = self.controls[declared.name]
            if hasattr(control, "offer"):
                control.offer(offer)


def _value_control(state: PrivateState, column: EditedColumn, on_change: Callable[[], object]) -> InputControl:
    if column.kind == "date":
        return Dated(state, "day", on_change)
    if column.kind == "flag":
        return Flag(state, "value", on_change)
    if column.kind in ("set", "words"):
        chips = Chips(state, "all of them", on_change)
        chips.offer(column.offer)
        return chips
    if column.kind == "any" and numeric(column.dtype):
        return Number(state, "number", on_change)
    if column.kind == "text":
        return Line(state, "text", on_change, lines=4 if column.name == "description" else 1)
    return one_of(state, "value", on_change, column.offer)


def _one_of_fixed(
    state: PrivateState, label: str, on_change: Callable[[], object], options: tuple[Option, ...]
) -> InputControl:
    control = OneOf(state, label, on_change)
    control.offer(Offer(options, is_free=False))
    return control


class _Tick:
    """A box to tick."""

    problem = ""

    def __init__(self, label: str, on_change: Callable[[], object]) -> None:
        self.widget = tick(label)
        self.widget.observe(lambda _: on_change(), "value")

    @property
    def value(self) -> bool:
        return bool(self.widget.value)


class _Amount:
    """A number of days or hours, typed as text; nothing typed is 0."""

    def __init__(self, declared: Input, on_change: Callable[[], object]) -> None:
        self.widget = create(W.Text, description=declared.label, placeholder=declared.placeholder)
        self.widget.observe(lambda _: on_change(), "value")

    @property
    def value(self) -> int | float:
        return as_number(self.widget.value) or 0

    @property
    def problem(self) -> str:
        return number_problem(self.widget.value)
