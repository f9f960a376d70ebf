"""Tickets with the same title."""

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
class SameTitle(Check):
    """Find groups of tickets with the same title, whatever its blanks and capitals."""

    id: ClassVar[str] = "duplicates.same_title"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = (
        "Often one is a duplicate of the other; it can also be an issue and its fix, or a chore that comes back."
    )
    needs: ClassVar[tuple[str, ...]] = ("name",)

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        groups = duplicates.same_titles(tickets)
        if groups:
            members = {identity for group in groups for identity in group}
            rows = [identity for identity in tickets.ids if identity in members]
            message = f"{counted(len(groups), 'group')} of tickets with the same title, {counted(len(rows), 'ticket')} in all."
            yield self.finding(tickets, rows, message, groups=groups, advice=_ADVICE)


_ADVICE = "Look at each group; link and close duplicates in the tool, one by one."
