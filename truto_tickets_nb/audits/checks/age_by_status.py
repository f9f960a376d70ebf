"""States in which open tickets are stuck."""

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
class StuckByStatus(Check):
    """Find states in which nearly every open ticket is old, where the other states are better."""

    id: ClassVar[str] = "age.by_status"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = "Work that stops in one state waits for somebody: a review, a requester, a decision."
    needs: ClassVar[tuple[str, ...]] = ("created_at",)
    needs_status: ClassVar[bool] = True
    needs_clock: ClassVar[bool] = True

    days: float = 365.0
    least: int = 20
    least_share: float = 0.9

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        age = tickets.age("created_at")
        old = (age > self.days).to_numpy(bool)
        for name in tickets.counts("status", tickets.is_open).index:
            rows = (tickets.frame["status"] == name).to_numpy(bool) & tickets.is_open
            held, stuck = int(rows.sum()), int((rows & old).sum())
            others = tickets.is_open & ~rows
            is_worse = not others.any() or stuck / held > float(old[others].mean())
            if held >= self.least and stuck >= self.least_share * held and is_worse and others.any():
                message = f"{name}: {of(stuck, held, 'ticket')} {by_number(stuck, 'is', 'are')} older than {self.days:g} days, {age[rows].median():,.0f} days in the median."
                yield self.finding(tickets, rows & old, message, field=name, of=held)
