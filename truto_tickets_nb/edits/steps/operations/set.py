"""Set cells to one value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from truto_tickets_nb.edits.code.block import SETS, Block, listed
from truto_tickets_nb.edits.code.literals import quote
from truto_tickets_nb.edits.steps.operations.base import ChosenRows, Input, Operation, StepData
from truto_tickets_nb.edits.steps.operations.options import quoted, value_for
from truto_tickets_nb.edits.steps.operations.size_limits import size_of
from truto_tickets_nb.tickets.cells import of_json
from truto_tickets_nb.tickets.column_edits import repeated
from truto_tickets_nb.tickets.fields import field as field_of

if TYPE_CHECKING:
    from truto_tickets_nb.tickets.fields import Field


class Set(Operation):
    """Set a field to one value: a name, a date, text, or all names of a set."""

    kind: ClassVar[str] = "set"
    label: ClassVar[str] = "set to"
    prompt: ClassVar[str] = "Choose a value first"
    fields: ClassVar[tuple[str, ...]] = ("text", "reference", "set", "words", "date", "flag", "any")
    inputs: ClassVar[tuple[Input, ...]] = (Input("value", "value"),)
    creates: ClassVar[bool] = True
    ends_equal: ClassVar[bool] = True
    names_before: ClassVar[bool] = True

    def check(self, step: StepData, row: Field) -> dict[str, Any]:
        self.check_names(step)
        return {"value": value_for(row, step.options["value"])}

    def cells(self, chosen: ChosenRows) -> Any:
        return repeated(chosen.cells, of_json(chosen.step.options["value"]), len(chosen))

    def words(self, step: StepData, before: str) -> str:
        return f"{step.field}: {f'{before} ' if before else ''}-> {quoted(step.options['value'])}"

    def code(self, block: Block) -> list[str]:
        value = block["value"]
        if block.kind in SETS:
            names = [name for name in value if isinstance(name, str)]
            is_plain = len(names) == len({*names}) == len(value)
            return [f"{block.column} = {block.column}.tickets.set({listed(value)}{block.limit})"] if is_plain else []
        row = field_of(block.field)
        creates = row is not None and (row.readable or bool(block.where))
        return [f"{block.target} = {quote(value)}"] if isinstance(value, str) and creates else []

    def size(self, chosen: ChosenRows) -> int:
        return size_of(chosen.step.options["value"]) * len(chosen)
