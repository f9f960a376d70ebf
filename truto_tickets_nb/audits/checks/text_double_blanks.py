"""Titles with several blanks in a row."""

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
class DoubleBlanks(Check):
    """Find titles with several blanks between two words."""

    id: ClassVar[str] = "text.double_blanks"
    severity: ClassVar[Severity] = "low"
    rationale: ClassVar[str] = "Equal titles look different to every search."
    needs: ClassVar[tuple[str, ...]] = ("name",)

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        rows = matching(tickets.frame["name"], r"[^\s\p{Z}][ \t\x{00a0}\x{2007}\x{202f}]{2,}[^\s\p{Z}]")
        if count := int(rows.sum()):
            fix = (Step("tidy", "name", Filter.ids(*tickets.chosen(rows)), {"how": "collapse"}),)
            yield self.finding(
                tickets,
                rows,
                f"{of(count, len(tickets), 'title')} {by_number(count, 'has', 'have')} several blanks in a row.",
                fix=fix,
            )
