"""Problem: why a change can't be sent, or what should be looked at before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from truto_tickets_nb.advice import advised
from truto_tickets_nb.safe_text import printable
from truto_tickets_nb.tickets.cell_problem import CellCode

if TYPE_CHECKING:
    from truto_tickets_nb.actions import Action

Severity = Literal["error", "warning"]
ProblemCode = Literal[
    CellCode,
    # what a frame or a file brought
    "conflict.changed",
    "conflict.column_not_loaded",
    "conflict.ticket_missing",
    "field.not_loaded",
    "field.renamed",
    "field.twice",
    "file.changed_in_both",
    "file.other_account",
    "file.other_snapshot",
    "row.ambiguous_id",
    "row.converted_id",
    "row.no_id",
    "row.twice",
    "row.two_ids",
    "row.unknown_id",
    # what the rules of an integration, or the account, say
    "account.no_updates",
    "assignees.one_only",
    "clear.may_be_ignored",
    "custom_field.no_option",
    "description.is_message",
    "description.loses_formatting",
    "description.shows_markup",
    "due_date.none",
    "due_date.past",
    "field.not_writable",
    "fields.exclude_each_other",
    "list.never_removed",
    "list.not_by_update",
    "patch.lacks_field",
    "patch.lacks_parameter",
    "reference.other_name",
    "status.closes",
    "status.closes_quietly",
    "status.not_of_this_type",
    "tags.look_alike",
    "tags.none",
    "tags.not_listed",
    "tags.spaces",
    "text.too_long",
    "title.missing",
]
CODES: tuple[str, ...] = get_args(ProblemCode)


@dataclass(frozen=True, slots=True)
class Problem:
    """An error (it blocks) or a warning about a change: what kind, which ticket and field, the value, and what can be done.

    >>> from truto_tickets_nb.actions import correct
    >>> print(Problem("value.no_date", "7", "due_date", "soon", "is no date", correct("Give a date such as 2026-01-31.")))
    ticket 7 due_date 'soon': is no date. Give a date such as 2026-01-31.
    """

    code: ProblemCode
    ticket: str  # "" where it is about the whole plan
    field: str
    value: str
    message: str
    actions: tuple[Action, ...] = ()
    severity: Severity = "error"
    together: tuple[str, ...] = ()  # fields that it takes all of: without one of them it is gone

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", printable(self.message))

    @property
    def is_of_whole_plan(self) -> bool:
        """Return whether it concerns every ticket: narrowing the plan does not remove it."""
        return not self.ticket

    def __str__(self) -> str:
        where = " ".join(part for part in (f"ticket {self.ticket}" if self.ticket else "", self.field) if part)
        value = f" {self.value!r}" if self.value else ""
        return printable(f"{where}{value}: {advised(self.message, self.actions)}")
