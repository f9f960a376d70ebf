"""Open tickets that were never touched."""

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
class Untouched(Check):
    """Find open tickets that have not changed since their creation."""

    id: ClassVar[str] = "age.untouched"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = "Nobody has answered, sorted or assigned these tickets since they came in."
    needs: ClassVar[tuple[str, ...]] = ("created_at", "updated_at")
    needs_status: ClassVar[bool] = True
    needs_clock: ClassVar[bool] = True

    days: float = 30.0  # newer tickets are left alone

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        created, updated = instants(tickets.frame["created_at"]), instants(tickets.frame["updated_at"])
        rows = (
            tickets.is_open
            & (created == updated).to_numpy(bool)
            & (tickets.age("created_at") > self.days).to_numpy(bool)
        )
        if count := int(rows.sum()):
            by_status = ", ".join(f"{name} {held:,}" for name, held in list(tickets.counts("status", rows).items())[:5])
            is_open = int(tickets.is_open.sum())
            yield self.finding(
                tickets,
                rows,
                f"{of(count, is_open, 'open ticket')} {by_number(count, 'was', 'were')} never touched since creation: {by_status}.",
                of=is_open,
            )
