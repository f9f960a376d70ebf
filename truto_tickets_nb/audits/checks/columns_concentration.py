"""Columns in which few values hold most tickets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.words import of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class Concentration(Check):
    """Tell which values of tags, teams and types hold most of the tickets."""

    id: ClassVar[str] = "columns.concentration"
    severity: ClassVar[Severity] = "info"
    rationale: ClassVar[str] = "Where the work is: start where most tickets are."

    least_values: int = 8
    top: int = 4
    share: float = 0.5

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        for name in ("tags", "team", "ticket_type"):
            if not tickets.has(name):
                continue
            counts = tickets.counts(name)
            top = counts.iloc[: self.top]
            total = int(tickets.filled[name].sum())
            rows = tickets.holding(name, top.index)
            count = int(rows.sum())
            if len(counts) >= self.least_values and count >= self.share * total:
                shown = ", ".join(f"{value} {held:,}" for value, held in top.items())
                yield self.finding(
                    tickets,
                    (),
                    f"{self.top} of {len(counts):,} values of {name} hold {of(count, total, 'ticket')}: {shown}.",
                    field=name,
                    of=total,
                    groups=[tuple(map(str, top.index))],
                    advice="Start with the largest.",
                )
