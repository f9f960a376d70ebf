"""Why a cell can't become a value: a code, a message and what can be done, the same from every front end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from truto_tickets_nb.actions import correct

if TYPE_CHECKING:
    from truto_tickets_nb.actions import Action

CellCode = Literal[
    "value.ambiguous_date",
    "value.ambiguous_name",
    "value.ambiguous_number",
    "value.converted",  # by a spreadsheet, into a date
    "value.cut_off",
    "value.emptied",
    "value.empty_member",
    "value.error_value",
    "value.formula",
    "value.garbled",  # read in a wrong encoding
    "value.has_time",
    "value.lost_digits",
    "value.name_of_other_workspace",
    "value.no_date",
    "value.no_id",
    "value.no_number",
    "value.no_truth_value",
    "value.not_json",
    "value.received_record",
    "value.too_narrow",
    "value.unknown_name",
    "value.wrong_kind",
    "field.read_only",
]


@dataclass(frozen=True, slots=True)
class CellProblem:
    """Why a cell can't become a value, and what can be done."""

    code: CellCode
    message: str
    actions: tuple[Action, ...] = ()


def unreadable_json(problem: str) -> CellProblem:
    """Refuse a value that JSON can't carry."""
    return CellProblem(
        "value.not_json",
        f"can't be sent as JSON: {problem}",
        correct("Give text, finite numbers of 64 bits, true or false, or lists and dicts of these."),
    )
