"""Operations on sets (tags, people, languages): add, remove, swap."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.edits.steps.operations.base import Operation, OperationInput
from truto_tickets_nb.edits.steps.operations.options import only_kinds, options_for, quoted, value_for
from truto_tickets_nb.edits.steps.operations.set_cells import each
from truto_tickets_nb.errors import StepError, shorten_repr
from truto_tickets_nb.tickets.cells import json_problem, plain
from truto_tickets_nb.tickets.sets import added, removed, swapped

if TYPE_CHECKING:
    from truto_tickets_nb.edits.steps.operations.base import StepData
    from truto_tickets_nb.tickets.fields import Field

_SETS = ("set", "words", "any")
_OTHER = "Use set() or map(): add, remove and swap are for sets such as tags and assignees."


def _names(step: StepData, row: Field) -> dict[str, Any]:
    options_for(step.kind, step.options, ["names"])
    only_kinds(row, _SETS, f"edited by {step.kind}()", _OTHER)
    told = step.options["names"]
    names = list(told) if isinstance(told, list | tuple | set) else [told]
    if not names:
        raise StepError(f"{step.kind}() needs a name: draft.{step.kind}({step.field!r}, 'billing').")
    return {"names": [_one(row, name) for name in names]}


def _one(row: Field, name: Any) -> Any:
    """Take one member of a set: a name, an object, and in a list of a custom field a number or a flag as well."""
    member = plain(name)
    if isinstance(member, dict) or (row.kind.word == "any" and isinstance(member, bool | int | float)):
        problem = json_problem(member)
        if problem:
            raise StepError(f"{row.name} can't take {shorten_repr(name, 60)}: {problem}, which JSON can't carry.")
        return member
    if isinstance(member, tuple) or not str(member).strip() or member == math.inf:
        raise StepError(f"{shorten_repr(name, 40)} is no name for a set: give text such as 'billing'.")
    return str(name)


def _swap_options(step: StepData, row: Field) -> dict[str, Any]:
    options_for(step.kind, step.options, ["old", "new"])
    only_kinds(row, _SETS, "edited by swap()", _OTHER)
    value_for(row, step.options["new"])
    return {"old": _one(row, step.options["old"]), "new": _one(row, step.options["new"])}


def _add(chosen: OperationInput) -> list[Any]:
    return each(chosen.cells, lambda held: added(held, chosen.step.options["names"]))


def _remove(chosen: OperationInput) -> list[Any]:
    return each(chosen.cells, lambda held: removed(held, chosen.step.options["names"]))


def _swap(chosen: OperationInput) -> list[Any]:
    old, new = chosen.step.options["old"], chosen.step.options["new"]
    return each(chosen.cells, lambda held: swapped(held, {old: new}) if old in held else held)


def _signed(step: StepData, sign: str) -> str:
    return f"{step.field}: {' '.join(f'{sign}{quoted(name)}' for name in step.options['names'][:6])}"


SEVERAL = {
    "add": Operation(_names, _add, lambda step, _: _signed(step, "+"), creates=True),
    "remove": Operation(_names, _remove, lambda step, _: _signed(step, "-"), empties=True),
    "swap": Operation(
        _swap_options,
        _swap,
        lambda step, _: f"{step.field}: {quoted(step.options['old'])} -> {quoted(step.options['new'])}",
    ),
}
