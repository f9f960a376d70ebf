"""Titles with blanks around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.patterns import matching
from truto_tickets_nb.audits.words import of
from truto_tickets_nb.edits.filters.filters import Filter
from truto_tickets_nb.edits.steps.step import Step
from truto_tickets_nb.wording import by_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class OuterBlanks(Check):
    """Find titles that begin or end with a blank or a tab."""

    id: ClassVar[str] = "text.outer_blanks"
    severity: ClassVar[Severity] = "low"
    rationale: ClassVar[str] = "Blanks that nobody sees keep equal titles apart and disturb sorting."
    needs: ClassVar[tuple[str, ...]] = ("name",)

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        rows = matching(tickets.frame["name"], r"^[\s\p{Z}]+[^\s\p{Z}]|[^\s\p{Z}][\s\p{Z}]+$")
        if count := int(rows.sum()):
            fix = (Step("tidy", "name", Filter.ids(*tickets.chosen(rows)), {"how": "trim"}),)
            yield self.finding(
                tickets,
                rows,
                f"{of(count, len(tickets), 'title')} {by_number(count, 'begins or ends', 'begin or end')} with a blank.",
                fix=fix,
            )
