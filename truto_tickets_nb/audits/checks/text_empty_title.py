"""Tickets without a title."""

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
class EmptyTitle(Check):
    """Find tickets whose title is empty or only blanks."""

    id: ClassVar[str] = "text.empty_title"
    severity: ClassVar[Severity] = "high"
    rationale: ClassVar[str] = "A ticket without a title can't be found, sorted or recognised."
    needs: ClassVar[tuple[str, ...]] = ("name",)

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        rows = (tickets.texts("name").str.strip() == "").to_numpy(bool)
        if count := int(rows.sum()):
            yield self.finding(
                tickets, rows, f"{of(count, len(tickets), 'ticket')} {by_number(count, 'has', 'have')} no title."
            )
