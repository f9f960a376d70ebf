"""Numbers far from all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.tickets.fields import CUSTOM
from truto_tickets_nb.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class Outliers(Check):
    """Find custom numbers that are far outside of where nearly all lie."""

    id: ClassVar[str] = "columns.outliers"
    severity: ClassVar[Severity] = "low"
    rationale: ClassVar[str] = "Usually a slip: a zero too many, another unit."

    least: int = 50
    distance: float = 10.0  # times the range of the middle half

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        for name in tickets.frame.columns:
            cells = tickets.frame[name]
            if not name.startswith(CUSTOM) or cells.dtype.kind not in "iuf":
                continue
            values = cells.astype("float64")
            low, high = values.quantile(0.25), values.quantile(0.75)
            if int(values.notna().sum()) < self.least or not high > low:
                continue
            reach = self.distance * (high - low)
            rows = ((values < low - reach) | (values > high + reach)).fillna(False).to_numpy(bool)
            if count := int(rows.sum()):
                yield self.finding(
                    tickets,
                    rows,
                    f"{name} is far outside of {low:g} to {high:g}, where half of the values lie, in {counted(count, 'ticket')}.",
                    field=name,
                )
