"""Urgent tickets that wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.statuses import is_top_priority
from truto_tickets_nb.audits.words import share
from truto_tickets_nb.wording import by_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class OldTopPriority(Check):
    """Find open tickets of a top priority that are old."""

    id: ClassVar[str] = "age.top_priority"
    severity: ClassVar[Severity] = "high"
    rationale: ClassVar[str] = (
        "What is urgent for a year is not urgent: either it is forgotten, or its priority is wrong."
    )
    needs: ClassVar[tuple[str, ...]] = ("created_at", "priority")
    needs_status: ClassVar[bool] = True
    needs_clock: ClassVar[bool] = True

    days: float = 365.0

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        names = [name for name in tickets.counts("priority").index if is_top_priority(name)]
        urgent = tickets.is_open & tickets.holding("priority", names)
        rows = urgent & (tickets.age("created_at") > self.days).to_numpy(bool)
        if count := int(rows.sum()):
            total = int(urgent.sum())
            message = f"{count:,} of {total:,} open {' or '.join(names)} tickets ({share(count, total)}) {by_number(count, 'is', 'are')} older than {self.days:g} days."
            yield self.finding(tickets, rows, message, of=total)
