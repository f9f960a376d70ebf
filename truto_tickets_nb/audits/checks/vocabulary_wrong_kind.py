"""Values that belong into another column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.similarity.keys import compact_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


_STATUSES = frozenset(
    [
        "open",
        "closed",
        "reopened",
        "inprogress",
        "pendingclosed",
        "todo",
        "new",
        "assigned",
        "onhold",
        "pending",
        "resolved",
    ]
)


@dataclass(frozen=True, slots=True)
class ValuesOfStatus(Check):
    """Find resolutions that are states of the workflow."""

    id: ClassVar[str] = "vocabulary.wrong_kind"
    severity: ClassVar[Severity] = "low"
    rationale: ClassVar[str] = (
        "A resolution says how a ticket ended, a status where it stands: mixed up, neither can be counted."
    )

    least_share: float = 0.05  # a value that is more frequent than this is how they use the column

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        for name in tickets.vocabulary_columns:
            if "resolution" not in name:
                continue
            counts = tickets.counts(name)
            filled = int(tickets.filled[name].sum())
            values = [v for v in counts.index if compact_key(v) in _STATUSES and counts[v] <= self.least_share * filled]
            if values:
                rows = tickets.holding(name, values)
                shown = ", ".join(f"{value} {counts[value]:,}" for value in values)
                yield self.finding(
                    tickets, rows, f"{name} holds what is a status: {shown}.", field=name, of=filled, groups=[values]
                )
