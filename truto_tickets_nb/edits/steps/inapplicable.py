"""What of a step does not apply to the tickets at hand, and why: as data, with a code and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from truto_tickets_nb.advice import advised, in_notebook
from truto_tickets_nb.tickets.choice import UnresolvedCode

if TYPE_CHECKING:
    from truto_tickets_nb.actions import Action
    from truto_tickets_nb.advice import Advice

InapplicableCode = Literal[
    UnresolvedCode,
    "column.holds_days",  # and can't be shifted by hours
    "column.holds_one_value",  # and takes no members
    "column.missing",
    "ticket.missing",
    "value.changed",  # since the step was made
    "value.not_in_calendar",
    "value.too_large",
]
CODES: tuple[str, ...] = get_args(InapplicableCode)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step, or one value of it, does not apply.

    >>> str(Reason("ticket.missing", "the ticket is not there"))
    'the ticket is not there'
    """

    code: InapplicableCode
    message: str
    actions: tuple[Action, ...] = ()

    def words(self, advice: Advice = in_notebook) -> str:
        """Put it into words, with what can be done in the words of a front end."""
        return advised(self.message, self.actions, advice) if self.actions else self.message

    def __str__(self) -> str:
        return self.words()


@dataclass(frozen=True, slots=True)
class Inapplicable:
    """What does not apply: the ticket ("" for the whole step), the field, the value there, and the reason."""

    ticket: str
    field: str
    value: str
    reason: Reason


TICKET_MISSING = Reason("ticket.missing", "the ticket is not there")
