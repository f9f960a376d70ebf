"""Set cells to a value where they are empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from truto_tickets_nb.edits.code.block import TEXTS, Block
from truto_tickets_nb.edits.code.literals import quote
from truto_tickets_nb.edits.filters.matching import empty
from truto_tickets_nb.edits.steps.operations.options import quoted
from truto_tickets_nb.edits.steps.operations.set import Set
from truto_tickets_nb.tickets.cells import of_json
from truto_tickets_nb.tickets.column_edits import repeated

if TYPE_CHECKING:
    from truto_tickets_nb.edits.steps.operations.base import ChosenRows, StepData


class Fill(Set):
    """Set a field to a value where it is empty."""

    kind: ClassVar[str] = "fill"
    label: ClassVar[str] = "fill where empty"
    ends_equal: ClassVar[bool] = False
    names_before: ClassVar[bool] = False

    def cells(self, chosen: ChosenRows) -> Any:
        is_empty = empty(chosen.cells)
        value = of_json(chosen.step.options["value"])
        if is_empty.all():
            return repeated(chosen.cells, value, len(chosen))
        return [value if bare else cell for bare, cell in zip(is_empty, pd.Series(chosen.cells).tolist(), strict=True)]

    def words(self, step: StepData, before: str) -> str:
        return f"{step.field}: empty -> {quoted(step.options['value'])}"

    def code(self, block: Block) -> list[str]:
        value = block["value"]
        if block.kind in TEXTS and isinstance(value, str):
            return [f'df.loc[{block.both}({block.column}.fillna("") == ""), {block.name}] = {quote(value)}']
        if block.kind == "date":
            return [f"df.loc[{block.both}{block.column}.isna(), {block.name}] = {quote(value)}"]
        return []
