"""Parents that are not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.words import of
from truto_tickets_nb.wording import by_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class MissingParent(Check):
    """Find tickets whose parent is not among all the tickets of the account."""

    id: ClassVar[str] = "links.missing_parent"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = "The parent was deleted, or belongs to another account: the ticket hangs nowhere."
    needs: ClassVar[tuple[str, ...]] = ("parent_ticket",)
    needs_all: ClassVar[bool] = True

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        known = set(tickets.ids)
        rows = [
            identity for identity in tickets.ids if (parent := tickets.parents.get(identity)) and parent not in known
        ]
        if rows:
            message = f"{of(len(rows), len(tickets.parents), 'ticket')} with a parent {by_number(len(rows), 'has', 'have')} one that doesn't exist."
            yield self.finding(tickets, rows, message, of=len(tickets.parents))
