"""Tickets without a description."""

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
class EmptyDescription(Check):
    """Find tickets whose description is empty or only blanks."""

    id: ClassVar[str] = "text.empty_description"
    severity: ClassVar[Severity] = "low"
    rationale: ClassVar[str] = "Whoever takes the ticket has only its title to go by."
    needs: ClassVar[tuple[str, ...]] = ("description",)

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        rows = (tickets.texts("description").str.strip() == "").to_numpy(bool)
        if count := int(rows.sum()):
            yield self.finding(
                tickets, rows, f"{of(count, len(tickets), 'ticket')} {by_number(count, 'has', 'have')} no description."
            )
