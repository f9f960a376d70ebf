"""Remove members from sets."""

from __future__ import annotations

from typing import Any, ClassVar

from truto_tickets_nb.edits.steps.operations.base import ChosenRows, Input, StepData
from truto_tickets_nb.edits.steps.operations.members import NamesOperation, signed
from truto_tickets_nb.edits.steps.operations.over_cells import each
from truto_tickets_nb.tickets.sets import removed


class Remove(NamesOperation):
    """Remove names from a set."""

    kind: ClassVar[str] = "remove"
    label: ClassVar[str] = "remove"
    prompt: ClassVar[str] = "Choose what to remove"
    fields: ClassVar[tuple[str, ...]] = ("set", "words")
    inputs: ClassVar[tuple[Input, ...]] = (Input("names", "held members", "remove"),)
    empties: ClassVar[bool] = True

    def cells(self, chosen: ChosenRows) -> Any:
        return each(chosen.cells, lambda names: removed(names, chosen.step.options["names"]))

    def words(self, step: StepData, before: str) -> str:
        return signed(step, "-")
