"""Days on which many tickets were changed at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.tickets import instants
from truto_tickets_nb.audits.words import of
from truto_tickets_nb.wording import by_number, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class BulkEdits(Check):
    """Find days on which unusually many tickets were last changed: the open ones among them only look fresh."""

    id: ClassVar[str] = "time.bulk_edits"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = (
        "A script or a clean-up moves updated_at without anybody working on the ticket, and hides how long it waits."
    )
    needs: ClassVar[tuple[str, ...]] = ("updated_at",)

    least: int = 25  # tickets of one day
    times: float = 10.0  # as many as on the usual day with changes
    neighbours: float = 3.0  # as many as on the busiest of the three days before and after
    least_share: float = 0.02  # of all tickets

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        day = instants(tickets.frame["updated_at"]).dt.floor("D")
        counts = day.value_counts().sort_index()
        if counts.empty:
            return
        usual = float(counts.median())
        filled = counts.reindex(_range(counts), fill_value=0)
        around = filled.rolling(7, center=True, min_periods=1).apply(_busiest_neighbour, raw=True)
        enough = max(self.least, self.times * usual, self.least_share * len(tickets))
        sweeps = filled[(filled >= enough) & (filled >= self.neighbours * around)]
        if sweeps.empty:
            return
        rows = day.isin(sweeps.index).to_numpy(bool)
        days = "; ".join(f"{when:%Y-%m-%d}: {count:,}" for when, count in list(sweeps.items())[:5])
        fresh = ""
        if tickets.is_open is not None:
            touched, is_open = int((rows & tickets.is_open).sum()), int(tickets.is_open.sum())
            fresh = (
                f" {of(touched, is_open, 'open ticket')} {by_number(touched, 'looks', 'look')} fresh because of that."
                if touched
                else ""
            )
        message = (
            f"{counted(int(rows.sum()), 'ticket')} {by_number(int(rows.sum()), 'was', 'were')} last changed in {counted(len(sweeps), 'bulk edit')} ({days}); "
            f"the usual day with changes has {usual:g}.{fresh}"
        )
        groups = [tickets.chosen((day == when).to_numpy(bool)) for when in sweeps.index]
        yield self.finding(
            tickets, rows, message, groups=groups, advice="Judge these tickets by created_at, or by their comments."
        )


def _range(counts: pd.Series) -> pd.DatetimeIndex:
    """Return every day from the first to the last; only the days with changes where that would be too many."""
    first, last = counts.index[0], counts.index[-1]
    return pd.date_range(first, last, freq="D") if (last - first).days < 200_000 else pd.DatetimeIndex(counts.index)


def _busiest_neighbour(window: Any) -> float:
    """Return the largest of a window without its middle, and without the two days beside it, over which one edit may reach."""
    middle = len(window) // 2
    others = [count for at, count in enumerate(window) if abs(at - middle) > 1]
    return float(max(others, default=0))
