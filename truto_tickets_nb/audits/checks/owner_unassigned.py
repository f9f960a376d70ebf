"""Open tickets without an owner."""

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
class Unassigned(Check):
    """Find open tickets without an assignee."""

    id: ClassVar[str] = "owner.unassigned"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = "Nobody is responsible, so nobody notices."
    needs: ClassVar[tuple[str, ...]] = ("assignees",)
    needs_status: ClassVar[bool] = True

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        rows = tickets.is_open & ~tickets.filled["assignees"]
        if count := int(rows.sum()):
            is_open = int(tickets.is_open.sum())
            advice = 'Assign them: draft.set("assignees", ("name",), where=audit["owner.unassigned"].ids).'
            yield self.finding(
                tickets,
                rows,
                f"{of(count, is_open, 'open ticket')} {by_number(count, 'has', 'have')} no assignee.",
                of=is_open,
                advice=advice,
            )
