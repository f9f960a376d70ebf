"""Open tickets that nobody has touched for long."""

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
class Stale(Check):
    """Find open tickets whose last change is older than a number of days."""

    id: ClassVar[str] = "age.stale"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = "Nobody works on these: ask the requester, hand on, or close on purpose."
    needs: ClassVar[tuple[str, ...]] = ("updated_at",)
    needs_status: ClassVar[bool] = True
    needs_clock: ClassVar[bool] = True

    days: float = 365.0

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        idle, count_open = tickets.age("updated_at"), int(tickets.is_open.sum())
        rows = tickets.is_open & (idle > self.days).to_numpy(bool)
        if count := int(rows.sum()):
            message = (
                f"{of(count, count_open, 'open ticket')} {by_number(count, 'has', 'have')} not changed for more than {self.days:g} days; the median open "
                f"ticket has been idle for {idle[tickets.is_open].median():,.0f} days."
            )
            yield self.finding(tickets, rows, message, of=count_open)
