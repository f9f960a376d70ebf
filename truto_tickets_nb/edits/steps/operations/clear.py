"""Empty cells on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from truto_tickets_nb.edits.code.block import SETS, Block
from truto_tickets_nb.edits.steps.operations.base import ChosenRows, Operation, StepData
from truto_tickets_nb.tickets.column_edits import repeated
from truto_tickets_nb.tickets.fields import field as field_of

if TYPE_CHECKING:
    from truto_tickets_nb.tickets.fields import Field


class Clear(Operation):
    """Empty a field on purpose."""

    kind: ClassVar[str] = "clear"
    label: ClassVar[str] = "empty it"
    fields: ClassVar[tuple[str, ...]] = ("text", "reference", "set", "words", "date", "flag", "any")
    empties: ClassVar[bool] = True
    ends_equal: ClassVar[bool] = True

    def check(self, step: StepData, row: Field) -> dict[str, Any]:
        self.check_names(step)
        return {}

    def cells(self, chosen: ChosenRows) -> Any:
        return repeated(chosen.cells, () if chosen.row.kind.many else None, len(chosen))

    def words(self, step: StepData, before: str) -> str:
        return f"{step.field}: emptied"

    def code(self, block: Block) -> list[str]:
        if block.kind in SETS:
            return [f"{block.column} = {block.column}.tickets.set({block.limit.removeprefix(', ')})"]
        row = field_of(block.field)
        return [f"{block.target} = None"] if block.kind != "any" and row is not None and row.readable else []
