"""Updated before created."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.tickets import instants
from truto_tickets_nb.audits.words import of
from truto_tickets_nb.wording import by_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class UpdatedBeforeCreated(Check):
    """Find tickets whose last change lies before their creation."""

    id: ClassVar[str] = "time.updated_before_created"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = (
        "A ticket can't change before it exists; usually the dates were imported with different time zones."
    )
    needs: ClassVar[tuple[str, ...]] = ("created_at", "updated_at")

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        created, updated = instants(tickets.frame["created_at"]), instants(tickets.frame["updated_at"])
        rows = (updated < created).to_numpy(bool)
        if count := int(rows.sum()):
            both = int((created.notna() & updated.notna()).sum())
            yield self.finding(
                tickets,
                rows,
                f"{of(count, both, 'ticket')} {by_number(count, 'was', 'were')} last updated before creation.",
                of=both,
            )
