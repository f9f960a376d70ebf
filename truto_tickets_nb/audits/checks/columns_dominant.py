"""Columns in which one value prevails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.words import of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


_OTHERS = frozenset(
    [
        "other",
        "others",
        "misc",
        "miscellaneous",
        "general",
        "various",
        "sonstige",
        "sonstiges",
        "autre",
        "autres",
        "otro",
        "otros",
        "altro",
    ]
)


@dataclass(frozen=True, slots=True)
class DominantValues(Check):
    """Find vocabularies in which "other", or one priority, holds more than half of the tickets."""

    id: ClassVar[str] = "columns.dominant"
    severity: ClassVar[Severity] = "info"
    rationale: ClassVar[str] = (
        "A choice that nearly everybody makes tells nothing: the list of choices does not fit the work."
    )

    share: float = 0.5
    least: int = 20

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        for name in tickets.vocabulary_columns:
            counts = tickets.counts(name)
            filled = int(tickets.filled[name].sum())
            if filled < self.least or len(counts) < 2:
                continue
            value, count = str(counts.index[0]), int(counts.iloc[0])
            is_telling = name == "priority" or value.casefold() in _OTHERS
            if is_telling and count > self.share * filled and not set(value) <= set("-?. "):
                yield self.finding(
                    tickets,
                    (),
                    f"{name} is {value} in {of(count, filled, 'ticket')} that have one.",
                    field=name,
                    of=filled,
                    groups=[(value,)],
                    advice="Look whether its choices still fit.",
                )
