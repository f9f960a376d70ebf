"""Replace whole values by others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from truto_tickets_nb.edits.code.block import SETS, TEXTS, Block
from truto_tickets_nb.edits.code.literals import quote
from truto_tickets_nb.edits.steps.operations.base import ChosenRows, Input, Operation, StepData
from truto_tickets_nb.edits.steps.operations.options import listed, quoted, value_for
from truto_tickets_nb.edits.steps.operations.over_cells import each
from truto_tickets_nb.edits.steps.operations.size_limits import size_of
from truto_tickets_nb.errors import StepError
from truto_tickets_nb.tickets.cells import of_json, shown
from truto_tickets_nb.tickets.column_edits import text_column, texts
from truto_tickets_nb.tickets.columns import coded_texts
from truto_tickets_nb.tickets.json_values import is_missing
from truto_tickets_nb.tickets.sets import swapped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.tickets.fields import Field


class Map(Operation):
    """Replace whole values by others, all at once; None as new value empties. In a set, names are replaced."""

    kind: ClassVar[str] = "map"
    inputs: ClassVar[tuple[Input, ...]] = (Input("values", "mapping"),)
    empties: ClassVar[bool] = True

    def check(self, step: StepData, row: Field) -> dict[str, Any]:
        self.check_names(step)
        values = step.options["values"]
        if not isinstance(values, dict) or not values or any(is_missing(old) for old in values):
            raise StepError(
                "A map is {old: new}, with one filled old value or more; fill() puts a value where there is none."
            )
        return {"values": {shown(old): None if is_missing(new) else _new(row, new) for old, new in values.items()}}

    def cells(self, chosen: ChosenRows) -> Any:
        values: Mapping[str, Any] = chosen.step.options["values"]
        if isinstance(chosen.cells, pd.arrays.ArrowStringArray):
            return _texts(chosen.cells, values)
        if chosen.row.kind.many:
            return each(chosen.cells, lambda names: swapped(names, values))
        return [_cell(cell, values) for cell in pd.Series(chosen.cells).tolist()]

    def words(self, step: StepData, before: str) -> str:
        return f"{step.field}: {listed(f'{old} -> {quoted(new)}' for old, new in step.options['values'].items())}"

    def code(self, block: Block) -> list[str]:
        values = block["values"]
        if block.kind in SETS:
            return _code_of_sets(block, values)
        if block.kind not in TEXTS or not all(new is None or isinstance(new, str) for new in values.values()):
            return []
        emptied = [old for old, new in values.items() if new is None]
        replaced = {old: new for old, new in values.items() if new is not None}
        chosen = f"{block.both}{block.column}.isin({quote(emptied)})"
        lines = [f"df.loc[{chosen}, {block.name}] = None"] if emptied else []
        return [*lines, f"{block.updated} = {block.updated}.replace({quote(replaced)})"] if replaced else lines

    def size(self, chosen: ChosenRows) -> int:
        return max(map(size_of, chosen.step.options["values"].values()), default=0) * len(chosen)

    def clears(self, step: StepData) -> bool:
        return any(is_missing(new) for new in step.options["values"].values())


def _new(row: Field, new: Any) -> Any:
    value = value_for(row, new)
    if not row.kind.many:
        return value
    if len(value) != 1:
        raise StepError(f"Each name of {row.name} becomes one other name, not {len(value)}: {value}.")
    return value[0]


def _cell(cell: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(cell, tuple):
        return swapped(cell, values)
    return of_json(values.get(shown(cell), cell)) if not is_missing(cell) else cell


def _texts(cells: Any, values: Mapping[str, Any]) -> Any:
    """Map each distinct text once."""
    if any(isinstance(new, dict | list) for new in values.values()):
        return [_cell(cell, values) for cell in pd.Series(cells).tolist()]
    coded = coded_texts(pa.chunked_array(texts(cells).chunks, pa.large_string()))
    distinct = coded.dictionary.to_pylist()
    new = [None if values.get(text, text) is None else shown(values.get(text, text)) for text in distinct]
    return text_column(pc.take(pa.array(new, pa.large_string()), coded.indices))


def _code_of_sets(block: Block, values: Mapping[str, Any]) -> list[str]:
    """Replace one name after the other, where none of the new names is replaced in turn."""
    if {*values} & {*values.values()} or not all(isinstance(new, str) for new in values.values()):
        return []
    column = block.column
    return [
        f"{column} = {column}.tickets.replace({quote(old)}, {quote(new)}{block.limit})" for old, new in values.items()
    ]
