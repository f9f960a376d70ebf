"""Columns without any value."""

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
class EmptyColumns(Check):
    """Name the columns in which no ticket holds anything, in one finding."""

    id: ClassVar[str] = "columns.empty"
    severity: ClassVar[Severity] = "info"
    rationale: ClassVar[str] = (
        "What is empty everywhere was not imported, or nobody uses it: nothing can be said about it."
    )

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        names = tickets.empty_columns
        if names:
            message = f"{counted(len(names), 'column')} {by_number(len(names), 'is', 'are')} empty in every ticket: {', '.join(names)}."
            yield self.finding(
                tickets, (), message, groups=[names], advice="Leave them out, or load them from where they are kept."
            )
