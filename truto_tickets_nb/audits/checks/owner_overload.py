"""People with far more open tickets than others."""

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
class Overload(Check):
    """Find people who have far more open tickets than the others."""

    id: ClassVar[str] = "owner.overload"
    severity: ClassVar[Severity] = "low"
    rationale: ClassVar[str] = "One person's queue is where tickets wait longest."
    needs: ClassVar[tuple[str, ...]] = ("assignees",)
    needs_status: ClassVar[bool] = True

    times: float = 5.0  # as many as the median person
    least: int = 20
    least_people: int = 3

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        load = tickets.counts("assignees", tickets.is_open)
        if len(load) < self.least_people:
            return
        usual = float(load.median())
        heavy = load[(load >= self.least) & (load >= self.times * usual)]
        if len(heavy):
            names = list(heavy.index)
            shown = ", ".join(f"{name} {count:,}" for name, count in list(heavy.items())[:5])
            rows = tickets.is_open & tickets.holding("assignees", names)
            message = f"{shown} open {by_number(len(heavy), 'ticket', 'tickets')}; the median of {counted(len(load), 'person', 'people')} is {usual:g}."
            yield self.finding(tickets, rows, message, of=int(tickets.is_open.sum()), groups=[names])
