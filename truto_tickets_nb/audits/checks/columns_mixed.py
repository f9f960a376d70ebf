"""Columns of mixed types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.tickets.fields import CUSTOM, field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class MixedColumns(Check):
    """Find custom columns whose values are of different types, such as texts and numbers; the rarer ones are the finding."""

    id: ClassVar[str] = "columns.mixed"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = "A number that is a text in some tickets sorts, compares and sums wrongly."

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        for name in tickets.frame.columns:
            cells = tickets.frame[name]
            if cells.dtype != object or (field(name) is not None and not name.startswith(CUSTOM)):
                continue
            kinds = cells.map(_kind)
            counts = kinds[kinds != ""].value_counts()
            if len(counts) > 1:
                rows = ((kinds != "") & (kinds != counts.index[0])).to_numpy(bool)
                shown = ", ".join(f"{kind} {count:,}" for kind, count in counts.items())
                yield self.finding(tickets, rows, f"{name} holds values of different types: {shown}.", field=name)


def _kind(cell: Any) -> str:
    if cell is None or cell is pd.NA or (isinstance(cell, float) and pd.isna(cell)):
        return ""
    if isinstance(cell, bool):
        return "yes or no"
    names: dict[type, str] = {int: "number", float: "number", str: "text", tuple: "list"}
    return names.get(type(cell), "object")
