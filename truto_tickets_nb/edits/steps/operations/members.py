"""What add, remove and swap share: they edit the members of sets such as tags and people."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from truto_tickets_nb.actions import correct
from truto_tickets_nb.edits.code.block import SETS, Block, listed
from truto_tickets_nb.edits.steps.inapplicable import Reason
from truto_tickets_nb.edits.steps.operations.base import Operation, StepData
from truto_tickets_nb.edits.steps.operations.options import only_kinds, quoted
from truto_tickets_nb.errors import StepError, shorten_repr
from truto_tickets_nb.tickets.cells import json_problem, plain
from truto_tickets_nb.tickets.fields import CUSTOM
from truto_tickets_nb.tickets.json_values import is_missing

if TYPE_CHECKING:
    from truto_tickets_nb.tickets.fields import Field

_INSTEAD = "Use set() or map(): add, remove and swap are for sets such as tags and assignees."


class MemberOperation(Operation):
    """An operation on the members of sets."""

    def check_field(self, row: Field) -> None:
        """Refuse a field that holds no set."""
        only_kinds(row, ("set", "words", "any"), f"edited by {self.kind}()", _INSTEAD)

    def hindrance(self, step: StepData, frame: pd.DataFrame) -> Reason | None:
        if _takes_members(step.field, frame):
            return None
        message = "holds one value a ticket and no list"
        return Reason("column.holds_one_value", message, correct("Set, fill, map or clear it instead."))


class NamesOperation(MemberOperation):
    """An operation that takes several members."""

    def check(self, step: StepData, row: Field) -> dict[str, Any]:
        self.check_names(step)
        self.check_field(row)
        given = step.options["names"]
        names = list(given) if isinstance(given, list | tuple | set) else [given]
        if not names:
            raise StepError(f"{step.kind}() needs a name: draft.{step.kind}({step.field!r}, 'billing').")
        return {"names": [member(row, name) for name in names]}

    def code(self, block: Block) -> list[str]:
        names = block["names"]
        if block.kind not in SETS or not all(isinstance(name, str) for name in names):
            return []
        return [f"{block.column} = {block.column}.tickets.{self.kind}({listed(names)}{block.limit})"]


def signed(step: StepData, sign: str) -> str:
    """Return the members of a step in words, each with a sign: "tags: +billing +vip"."""
    return f"{step.field}: {' '.join(f'{sign}{quoted(name)}' for name in step.options['names'][:6])}"


def member(row: Field, name: Any) -> Any:
    """Return one member of a set: a name, an object, and in a list of a custom field a number or a flag as well."""
    value = plain(name)
    if isinstance(value, dict) or (row.kind.word == "any" and isinstance(value, bool | int | float)):
        problem = json_problem(value)
        if problem:
            raise StepError(f"{row.name} can't take {shorten_repr(name, 60)}: {problem}, which JSON can't carry.")
        return value
    if isinstance(value, tuple) or not str(value).strip() or value == math.inf:
        raise StepError(f"{shorten_repr(name, 40)} is no name for a set: give text such as 'billing'.")
    return str(name)


def _takes_members(name: str, frame: pd.DataFrame) -> bool:
    """Return whether members can be added to a column: always to a set, to a custom field only where its filled cells are lists."""
    if not name.startswith(CUSTOM) or name not in frame.columns:
        return True
    column = frame[name]
    if not isinstance(column.array, pd.arrays.NumpyExtensionArray):
        return not column.notna().any()
    return all(isinstance(cell, tuple) or is_missing(cell) for cell in column.tolist())
