"""Closed parents with open children."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.wording import by_number, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class ClosedParent(Check):
    """Find closed tickets with open children."""

    id: ClassVar[str] = "links.closed_parent"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = "Either the children are done, or the parent was closed too early."
    needs: ClassVar[tuple[str, ...]] = ("parent_ticket",)
    needs_status: ClassVar[bool] = True

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        closed = set(tickets.ids[tickets.is_closed])
        children = [identity for identity in tickets.ids[tickets.is_open] if tickets.parents.get(identity) in closed]
        if children:
            groups: dict[str, list[str]] = {}
            for child in children:
                groups.setdefault(tickets.parents[child], []).append(child)
            message = f"{counted(len(groups), 'closed ticket')} {by_number(len(groups), 'has', 'have')} {counted(len(children), 'open child', 'open children')}."
            yield self.finding(
                tickets,
                children,
                message,
                of=len(tickets.parents),
                groups=[(parent, *found) for parent, found in groups.items()],
            )
