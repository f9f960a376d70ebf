"""Parents in a circle."""

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
class ParentCycle(Check):
    """Find tickets that are, through their parents, their own parent."""

    id: ClassVar[str] = "links.cycle"
    severity: ClassVar[Severity] = "high"
    rationale: ClassVar[str] = "Programs that walk up to the root never end."
    needs: ClassVar[tuple[str, ...]] = ("parent_ticket",)

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        parents, done, cycles = tickets.parents, set[str](), []
        for start in parents:
            path: dict[str, int] = {}
            at = start
            while at in parents and at not in done and at not in path:
                path[at] = len(path)
                at = parents[at]
            if at in path:
                cycles.append(tuple(list(path)[path[at] :]))
            done |= path.keys()
        if cycles:
            members = {identity for cycle in cycles for identity in cycle}
            rows = [identity for identity in tickets.ids if identity in members]
            message = f"{counted(len(rows), 'ticket')} {by_number(len(rows), 'is', 'are')} in {counted(len(cycles), 'circle')} of parents."
            yield self.finding(tickets, rows, message, of=len(parents), groups=cycles)
