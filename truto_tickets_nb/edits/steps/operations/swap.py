"""Replace one member of sets by another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from truto_tickets_nb.edits.code.block import SETS, Block, listed
from truto_tickets_nb.edits.steps.operations.base import ChosenRows, Input, StepData
from truto_tickets_nb.edits.steps.operations.members import MemberOperation, member
from truto_tickets_nb.edits.steps.operations.options import quoted, value_for
from truto_tickets_nb.edits.steps.operations.over_cells import each
from truto_tickets_nb.tickets.sets import swapped

if TYPE_CHECKING:
    from truto_tickets_nb.tickets.fields import Field


class Swap(MemberOperation):
    """Replace one name of a set by another, where it is there."""

    kind: ClassVar[str] = "swap"
    label: ClassVar[str] = "replace one by another"
    prompt: ClassVar[str] = "Choose what to replace, and by what"
    fields: ClassVar[tuple[str, ...]] = ("set", "words")
    inputs: ClassVar[tuple[Input, ...]] = (
        Input("old", "held member", "replace"),
        Input("new", "member", "by"),
    )

    def check(self, step: StepData, row: Field) -> dict[str, Any]:
        self.check_names(step)
        self.check_field(row)
        value_for(row, step.options["new"])
        return {"old": member(row, step.options["old"]), "new": member(row, step.options["new"])}

    def cells(self, chosen: ChosenRows) -> Any:
        old, new = chosen.step.options["old"], chosen.step.options["new"]
        return each(chosen.cells, lambda names: swapped(names, {old: new}) if old in names else names)

    def words(self, step: StepData, before: str) -> str:
        return f"{step.field}: {quoted(step.options['old'])} -> {quoted(step.options['new'])}"

    def code(self, block: Block) -> list[str]:
        pair = (block["old"], block["new"])
        if block.kind not in SETS or not all(isinstance(name, str) for name in pair):
            return []
        return [f"{block.column} = {block.column}.tickets.replace({listed(pair)}{block.limit})"]
