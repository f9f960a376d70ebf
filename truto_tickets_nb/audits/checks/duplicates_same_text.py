"""Tickets with the same description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits import duplicates
from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class SameText(Check):
    """Find groups of tickets with the same description of 60 characters or more."""

    id: ClassVar[str] = "duplicates.same_text"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = "A copied description is the surest sign of a duplicate, whatever the titles say."
    needs: ClassVar[tuple[str, ...]] = ("description",)

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        groups = duplicates.same_texts(tickets)
        if groups:
            members = {identity for group in groups for identity in group}
            rows = [identity for identity in tickets.ids if identity in members]
            message = f"{counted(len(groups), 'group')} of tickets with the same description, {counted(len(rows), 'ticket')} in all."
            yield self.finding(
                tickets,
                rows,
                message,
                groups=groups,
                advice="Look at each group; a template that everybody fills in is no duplicate.",
            )
