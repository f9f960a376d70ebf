"""Copy one column into another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from truto_tickets_nb.edits.code.block import TEXTS, Block
from truto_tickets_nb.edits.code.filters import filled
from truto_tickets_nb.edits.code.literals import column
from truto_tickets_nb.edits.filters.matching import empty
from truto_tickets_nb.edits.steps.operations.base import ChosenRows, Input, Operation, StepData
from truto_tickets_nb.errors import StepError
from truto_tickets_nb.tickets.cells import shown, to_json
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.json_values import is_missing

if TYPE_CHECKING:
    from truto_tickets_nb.tickets.fields import Field


class Copy(Operation):
    """Copy one column into another; where there is nothing to copy, the cell stays."""

    kind: ClassVar[str] = "copy"
    label: ClassVar[str] = "copy from another column"
    prompt: ClassVar[str] = "Choose the column to copy from"
    fields: ClassVar[tuple[str, ...]] = ("text", "reference", "set", "words", "date", "flag", "any")
    inputs: ClassVar[tuple[Input, ...]] = (Input("from", "column", "from"),)
    creates: ClassVar[bool] = True
    reads_text: ClassVar[bool] = True

    def check(self, step: StepData, row: Field) -> dict[str, Any]:
        self.check_names(step)
        name = step.options["from"]
        if not isinstance(name, str) or not name or name == row.name:
            raise StepError(f"copy() takes two columns: draft.copy('custom_fields.team', {row.name!r}).")
        source = field_of(name)
        if source and not _can_hold(row.kind.word, source.kind.word):
            raise StepError(f"{row.name} can't hold what {name} holds.")
        return {"from": name}

    def cells(self, chosen: ChosenRows) -> Any:
        source, target = chosen.column(chosen.step.options["from"]), chosen.cells
        if source.dtype == target.dtype and not isinstance(source, pd.arrays.NumpyExtensionArray):
            return pd.Series(source).where(~empty(source), pd.Series(target)).array
        new = [_as(chosen.row, cell) for cell in pd.Series(source).tolist()]
        return [old if is_missing(cell) else cell for cell, old in zip(new, pd.Series(target).tolist(), strict=True)]

    def words(self, step: StepData, before: str) -> str:
        return f"{step.field}: copied from {step.options['from']}"

    def code(self, block: Block) -> list[str]:
        name = block["from"]
        source = field_of(name)
        is_plain = source is not None and source.readable and source.kind.word in TEXTS and name not in block.mixed
        if block.kind not in TEXTS or not is_plain:
            return []
        return [f"df.loc[{block.both}({filled(name)}), {block.name}] = {column(name)}"]

    def sources(self, step: StepData) -> frozenset[str]:
        return frozenset([step.options["from"]])


def _can_hold(target: str, source: str) -> bool:
    if target == "date":
        return source in ("date", "any", "text")
    return target != "flag"


def _as(row: Field, cell: Any) -> Any:
    if is_missing(to_json(cell)):
        return None
    if row.kind.many:
        return cell if isinstance(cell, tuple) else (shown(cell),)
    return shown(cell) if row.kind.word in ("text", "reference") else cell
