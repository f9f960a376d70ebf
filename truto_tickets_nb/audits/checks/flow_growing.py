"""A stock that grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.tickets import instants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class GrowingStock(Check):
    """Find years in which more tickets were created than completed."""

    id: ClassVar[str] = "flow.growing"
    severity: ClassVar[Severity] = "info"
    rationale: ClassVar[str] = "As long as more comes in than goes out, cleaning up the backlog does not last."
    needs: ClassVar[tuple[str, ...]] = ("created_at", "completed_at")
    needs_status: ClassVar[bool] = True
    needs_clock: ClassVar[bool] = True
    needs_completion: ClassVar[bool] = True

    least_years: int = 2

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        created = instants(tickets.frame["created_at"]).dt.year.value_counts()
        completed = instants(tickets.frame["completed_at"]).dt.year.value_counts()
        years = [int(year) for year in sorted(created.index) if year < tickets.now.year][-5:]  # whole years only
        flow = [(year, int(created.get(year, 0)), int(completed.get(year, 0))) for year in years]
        if len(flow) >= self.least_years and all(came > went for _, came, went in flow):
            figures = ", ".join(f"{year}: {came:,} and {went:,}" for year, came, went in flow)
            yield self.finding(tickets, (), f"More tickets were created than completed in each year ({figures}).")
