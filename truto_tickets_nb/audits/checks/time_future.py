"""Dates in the future."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.tickets import DAY, instants
from truto_tickets_nb.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class Future(Check):
    """Find tickets that were created, updated or completed in the future; a day is allowed for time zones."""

    id: ClassVar[str] = "time.future"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = (
        "What has happened lies in the past: a future date was mistyped, or day and month were exchanged."
    )
    needs_clock: ClassVar[bool] = True

    days: float = 1.0

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        latest = tickets.now + self.days * DAY
        for name in ("created_at", "updated_at", "completed_at"):
            if not tickets.has(name):
                continue
            rows = (instants(tickets.frame[name]) > latest).to_numpy(bool)
            if count := int(rows.sum()):
                yield self.finding(tickets, rows, f"{counted(count, 'ticket')}: {name} is in the future.", field=name)
