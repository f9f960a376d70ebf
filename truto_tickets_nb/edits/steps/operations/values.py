"""Operations on any field: set, clear, map, fill, copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from truto_tickets_nb.edits.filters.matching import empty
from truto_tickets_nb.edits.steps.operations.base import Operation, OperationInput
from truto_tickets_nb.edits.steps.operations.options import listed, options_for, quoted, value_for
from truto_tickets_nb.edits.steps.operations.set_cells import each
from truto_tickets_nb.errors import StepError
from truto_tickets_nb.tickets.cells import of_json, shown, to_json
from truto_tickets_nb.tickets.column_edits import repeated, text_column, texts
from truto_tickets_nb.tickets.columns import coded_texts
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.json_values import is_missing
from truto_tickets_nb.tickets.sets import swapped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.edits.steps.operations.base import StepData
    from truto_tickets_nb.tickets.fields import Field

Options = dict[str, Any]


def _value(step: StepData, row: Field) -> Options:
    options_for(step.kind, step.options, ["value"])
    return {"value": value_for(row, step.options["value"])}


def _set(chosen: OperationInput) -> Any:
    return repeated(chosen.cells, of_json(chosen.step.options["value"]), len(chosen))


def _clear_options(step: StepData, _row: Field) -> Options:
    options_for(step.kind, step.options, [])
    return {}


def _clear(chosen: OperationInput) -> Any:
    return repeated(chosen.cells, () if chosen.row.kind.many else None, len(chosen))


def _fill(chosen: OperationInput) -> Any:
    bare = empty(chosen.cells)
    value = of_json(chosen.step.options["value"])
    if bare.all():
        return repeated(chosen.cells, value, len(chosen))
    return [value if is_bare else cell for is_bare, cell in zip(bare, pd.Series(chosen.cells).tolist(), strict=True)]


def _map_options(step: StepData, row: Field) -> Options:
    options_for(step.kind, step.options, ["values"])
    told = step.options["values"]
    if not isinstance(told, dict) or not told or any(is_missing(old) for old in told):
        raise StepError(
            "A map is {old: new}, with one filled old value or more; fill() puts a value where there is none."
        )
    single = {shown(old): None if is_missing(new) else _mapped(row, new) for old, new in told.items()}
    return {"values": single}


def _mapped(row: Field, new: Any) -> Any:
    found = value_for(row, new)
    if row.kind.many:
        if len(found) != 1:
            raise StepError(f"Each name of {row.name} becomes one other name, not {len(found)}: {found}.")
        return found[0]
    return found


def _map(chosen: OperationInput) -> Any:
    values: Mapping[str, Any] = chosen.step.options["values"]
    if isinstance(chosen.cells, pd.arrays.ArrowStringArray):
        return _map_texts(chosen.cells, values)
    if chosen.row.kind.many:
        return each(chosen.cells, lambda held: swapped(held, values))
    return [_map_cell(cell, values) for cell in pd.Series(chosen.cells).tolist()]


def _map_cell(cell: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(cell, tuple):
        return swapped(cell, values)
    return of_json(values.get(shown(cell), cell)) if not is_missing(cell) else cell


def _map_texts(cells: Any, values: Mapping[str, Any]) -> Any:
    """Map each distinct text once."""
    if any(isinstance(new, dict | list) for new in values.values()):
        return [_map_cell(cell, values) for cell in pd.Series(cells).tolist()]
    coded = coded_texts(pa.chunked_array(texts(cells).chunks, pa.large_string()))
    known = coded.dictionary.to_pylist()
    told = [None if values.get(text, text) is None else shown(values.get(text, text)) for text in known]
    mapped = pc.take(pa.array(told, pa.large_string()), coded.indices)
    return text_column(mapped)


def _copy_options(step: StepData, row: Field) -> Options:
    options_for(step.kind, step.options, ["from"])
    name = step.options["from"]
    if not isinstance(name, str) or not name or name == row.name:
        raise StepError(f"copy() takes two columns: draft.copy('custom_fields.team', {row.name!r}).")
    source = field_of(name)
    if source and not _can_hold(row.kind.word, source.kind.word):
        raise StepError(f"{row.name} can't hold what {name} holds.")
    return {"from": name}


def _can_hold(target: str, source: str) -> bool:
    if target == "date":
        return source in ("date", "any", "text")
    return target != "flag"


def _copy(chosen: OperationInput) -> Any:
    """Copy what is there; where the other column is empty, the cell stays: nothing is wiped by a copy."""
    source, held = chosen.column(chosen.step.options["from"]), chosen.cells
    if source.dtype == held.dtype and not isinstance(source, pd.arrays.NumpyExtensionArray):
        return pd.Series(source).where(~empty(source), pd.Series(held)).array
    new = [_as(chosen.row, cell) for cell in pd.Series(source).tolist()]
    return [old if is_missing(cell) else cell for cell, old in zip(new, pd.Series(held).tolist(), strict=True)]


def _as(row: Field, cell: Any) -> Any:
    if is_missing(to_json(cell)):
        return None
    if row.kind.many:
        return cell if isinstance(cell, tuple) else (shown(cell),)
    return shown(cell) if row.kind.word in ("text", "reference") else cell


def _set_words(step: StepData, held: str) -> str:
    return f"{step.field}: {f'{held} ' if held else ''}-> {quoted(step.options['value'])}"


def _map_words(step: StepData, _held: str) -> str:
    pairs = [f"{old} -> {quoted(new)}" for old, new in step.options["values"].items()]
    return f"{step.field}: {listed(pairs)}"


SINGLE = {
    "set": Operation(_value, _set, _set_words, creates=True),
    "clear": Operation(_clear_options, _clear, lambda step, _: f"{step.field}: emptied", empties=True),
    "map": Operation(_map_options, _map, _map_words, empties=True),
    "fill": Operation(
        _value, _fill, lambda step, _: f"{step.field}: empty -> {quoted(step.options['value'])}", creates=True
    ),
    "copy": Operation(
        _copy_options, _copy, lambda step, _: f"{step.field}: copied from {step.options['from']}", creates=True
    ),
}
