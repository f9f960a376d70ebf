"""Closed without a completion date."""

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
class ClosedWithoutCompleted(Check):
    """Find closed tickets without a completion date."""

    id: ClassVar[str] = "time.closed_without_completed"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = "Cycle time and throughput leave these tickets out."
    needs: ClassVar[tuple[str, ...]] = ("completed_at",)
    needs_status: ClassVar[bool] = True
    needs_completion: ClassVar[bool] = True

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        rows = tickets.is_closed & ~tickets.filled["completed_at"]
        if count := int(rows.sum()):
            closed = int(tickets.is_closed.sum())
            yield self.finding(
                tickets,
                rows,
                f"{of(count, closed, 'closed ticket')} {by_number(count, 'has', 'have')} no completion date.",
                of=closed,
            )
