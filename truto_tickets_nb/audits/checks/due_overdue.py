"""Overdue tickets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.tickets import DAY, days, instants
from truto_tickets_nb.audits.words import of
from truto_tickets_nb.wording import by_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class Overdue(Check):
    """Find open tickets whose due date has passed."""

    id: ClassVar[str] = "due.overdue"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = (
        "A promise was missed, or the date was never meant: either way it misleads whoever plans by it."
    )
    needs: ClassVar[tuple[str, ...]] = ("due_date",)
    needs_status: ClassVar[bool] = True
    needs_clock: ClassVar[bool] = True

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        cells = tickets.frame["due_date"]
        due = instants(cells)
        is_day = (due == due.dt.floor("D")).fillna(False)
        late = days(tickets.now - due.where(~is_day, due + DAY))
        rows = tickets.is_open & (late > 0).to_numpy(bool)
        if count := int(rows.sum()):
            dated = int((tickets.is_open & tickets.filled["due_date"]).sum())
            message = (
                f"{of(count, dated, 'open ticket')} with a due date {by_number(count, 'is', 'are')} overdue, in the median by "
                f"{late[rows].median():,.0f} days."
            )
            yield self.finding(tickets, rows, message, of=dated)
