"""Columns with one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class ConstantColumns(Check):
    """Find columns in which every ticket holds the same value."""

    id: ClassVar[str] = "columns.constant"
    severity: ClassVar[Severity] = "info"
    rationale: ClassVar[str] = (
        "A column with one value tells nothing apart: a default that nobody changes, or a filter of the load."
    )

    least: int = 20  # tickets

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        if len(tickets) < self.least:
            return
        for name in tickets.vocabulary_columns:
            counts = tickets.counts(name)
            if len(counts) == 1 and int(counts.iloc[0]) == len(tickets):
                message = f"{name} is {counts.index[0]!r} in every ticket."
                yield self.finding(
                    tickets,
                    (),
                    message,
                    field=name,
                    groups=[(str(counts.index[0]),)],
                    advice="Leave the column out of your analysis.",
                )
