"""Old open tickets."""

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
class Old(Check):
    """Find open tickets that are older than a number of days; the time that closed tickets took is told beside it."""

    id: ClassVar[str] = "age.old"
    severity: ClassVar[Severity] = "high"
    rationale: ClassVar[str] = "What has waited this long is rarely done: decide, close on purpose, or hand it on."
    needs: ClassVar[tuple[str, ...]] = ("created_at",)
    needs_status: ClassVar[bool] = True
    needs_clock: ClassVar[bool] = True

    days: float = 365.0

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        age, count_open = tickets.age("created_at"), int(tickets.is_open.sum())
        rows = tickets.is_open & (age > self.days).to_numpy(bool)
        count = int(rows.sum())
        if not count:
            return
        older = int((tickets.is_open & (age > 3 * self.days).to_numpy(bool)).sum())
        message = (
            f"{of(count, count_open, 'open ticket')} {by_number(count, 'is', 'are')} older than {self.days:g} days"
        )
        message += f", {older:,} of them older than {3 * self.days:g} days." if older else "."
        took = tickets.days_to_complete
        if len(took):
            message += f" Closed ones took {took.median():,.0f} days in the median, 90 % of them at most {took.quantile(0.9):,.0f}."
        yield self.finding(
            tickets, rows, message, of=count_open, severity=self.severity if count * 4 >= count_open else "medium"
        )
