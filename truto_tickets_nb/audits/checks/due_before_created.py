"""Due before created."""

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
class DueBeforeCreated(Check):
    """Find tickets that were due on a day before their creation."""

    id: ClassVar[str] = "due.before_created"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = "Such a date was never possible: mistyped, or day and month exchanged."
    needs: ClassVar[tuple[str, ...]] = ("due_date", "created_at")

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        due, created = instants(tickets.frame["due_date"]), instants(tickets.frame["created_at"])
        rows = (due.dt.floor("D") < created.dt.floor("D")).to_numpy(bool)
        if count := int(rows.sum()):
            dated = int(tickets.filled["due_date"].sum())
            yield self.finding(
                tickets,
                rows,
                f"{of(count, dated, 'ticket')} with a due date {by_number(count, 'was', 'were')} due before creation.",
                of=dated,
            )
