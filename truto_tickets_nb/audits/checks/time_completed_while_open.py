"""Completed while open."""

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
class CompletedWhileOpen(Check):
    """Find open tickets with a completion date; where most open tickets have one, the column is the finding."""

    id: ClassVar[str] = "time.completed_while_open"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = (
        "An open ticket isn't completed: it was reopened and kept its date, or the column means something else."
    )
    needs: ClassVar[tuple[str, ...]] = ("completed_at",)
    needs_status: ClassVar[bool] = True

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        rows = tickets.completed_while_open
        count, is_open = int(rows.sum()), int(tickets.is_open.sum())
        if tickets.is_completion_unreliable:
            message = (
                f"completed_at is filled in {of(count, is_open, 'open ticket')}, so it is no completion date. Nothing that "
                "needs one was checked."
            )
            advice = "Map the column to what it holds, such as updated_at, and load again."
            yield self.finding(tickets, (), message, of=is_open, advice=advice)
        elif count:
            yield self.finding(
                tickets,
                rows,
                f"{of(count, is_open, 'open ticket')} {by_number(count, 'has', 'have')} a completion date.",
                of=is_open,
            )
