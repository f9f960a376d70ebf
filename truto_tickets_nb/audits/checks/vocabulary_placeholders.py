"""Values that mean: not set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.words import of
from truto_tickets_nb.edits.filters.filters import Filter
from truto_tickets_nb.edits.steps.step import Step
from truto_tickets_nb.tickets.fields import CUSTOM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


PLACEHOLDERS = frozenset(
    [
        "-",
        "--",
        "---",
        ".",
        "?",
        "??",
        "???",
        "n/a",
        "na",
        "n.a.",
        "none",
        "null",
        "nil",
        "nan",
        "undefined",
        "unset",
        "tbd",
        "tba",
        "todo",
        "xxx",
        "(none)",
        "(empty)",
        "(null)",
        "<none>",
        "[none]",
    ]
) | {
    "not set",
    "no value",
    "not specified",
    "unspecified",
    "not applicable",
    "not available",
    "please select",
    "select one",
    "- none -",
    "-- none --",
    "--none--",
    "-none-",
}


@dataclass(frozen=True, slots=True)
class Placeholders(Check):
    """Find values that only say that there is none: "--", "n/a", "not set"."""

    id: ClassVar[str] = "vocabulary.placeholders"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = "Such a ticket counts as filled in, although nobody has decided."

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        for name in tickets.vocabulary_columns:
            counts = tickets.counts(name)
            values = [value for value in counts.index if " ".join(value.casefold().split()) in PLACEHOLDERS]
            if not values:
                continue
            rows = tickets.holding(name, values)
            shown = ", ".join(f'"{value}" {counts[value]:,}' for value in values)
            message = f"{name} is a placeholder in {of(int(rows.sum()), len(tickets), 'ticket')}: {shown}. They are treated as not set."
            fix = [Step("clear", name, Filter.where(name, "in", values, case=True))] if name.startswith(CUSTOM) else []
            advice = "Set a value where it matters; the tool may not allow an empty one."
            yield self.finding(tickets, rows, message, field=name, groups=[values], fix=fix, advice=advice)
