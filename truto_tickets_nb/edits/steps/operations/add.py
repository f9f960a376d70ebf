"""Add members to sets."""

from __future__ import annotations

from typing import Any, ClassVar

from truto_tickets_nb.edits.steps.operations.base import ChosenRows, Input, StepData
from truto_tickets_nb.edits.steps.operations.members import NamesOperation, signed
from truto_tickets_nb.edits.steps.operations.over_cells import each
from truto_tickets_nb.tickets.sets import added


class Add(NamesOperation):
    """Add names to a set where they are not there yet."""

    kind: ClassVar[str] = "add"
    label: ClassVar[str] = "add"
    prompt: ClassVar[str] = "Choose what to add"
    fields: ClassVar[tuple[str, ...]] = ("set", "words")
    inputs: ClassVar[tuple[Input, ...]] = (Input("names", "members", "add"),)
    creates: ClassVar[bool] = True
    ends_equal: ClassVar[bool] = True

    def cells(self, chosen: ChosenRows) -> Any:
        return each(chosen.cells, lambda names: added(names, chosen.step.options["names"]))

    def words(self, step: StepData, before: str) -> str:
        return signed(step, "+")
