"""Completed before created."""

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
class CompletedBeforeCreated(Check):
    """Find tickets whose completion lies before their creation."""

    id: ClassVar[str] = "time.completed_before_created"
    severity: ClassVar[Severity] = "high"
    rationale: ClassVar[str] = (
        "Such a ticket makes every figure of cycle time wrong; usually one of the two dates was imported."
    )
    needs: ClassVar[tuple[str, ...]] = ("created_at", "completed_at")
    needs_completion: ClassVar[bool] = True

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        created, completed = instants(tickets.frame["created_at"]), instants(tickets.frame["completed_at"])
        rows = (completed < created).to_numpy(bool)
        if count := int(rows.sum()):
            both = int((created.notna() & completed.notna()).sum())
            yield self.finding(
                tickets,
                rows,
                f"{of(count, both, 'ticket')} {by_number(count, 'was', 'were')} completed before they were created.",
                of=both,
            )
