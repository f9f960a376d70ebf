"""Titles with characters of no width."""

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


# Joiners belong to words of Arabic and Indic scripts and to emoji; between other characters they are leftovers of copying.
_ALWAYS = r"[\x{200b}\x{2060}\x{feff}\x{180e}]"
_JOINER = r"(^|[\x{0000}-\x{05ff}])[\x{200c}\x{200d}]|[\x{200c}\x{200d}]([\x{0000}-\x{05ff}]|$)"


@dataclass(frozen=True, slots=True)
class ZeroWidth(Check):
    """Find titles with zero-width characters; the joiners of emoji and of Arabic and Indic scripts are left alone."""

    id: ClassVar[str] = "text.zero_width"
    severity: ClassVar[Severity] = "low"
    rationale: ClassVar[str] = "Two titles that look equal are not, and no search finds out why."
    needs: ClassVar[tuple[str, ...]] = ("name",)

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        always = matching(tickets.frame["name"], _ALWAYS)
        rows = always | matching(tickets.frame["name"], _JOINER)
        if count := int(rows.sum()):
            fix = (
                (
                    Step(
                        "replace",
                        "name",
                        Filter.ids(*tickets.chosen(always)),
                        {"find": _ALWAYS, "by": "", "regex": True},
                    ),
                )
                if always.any()
                else ()
            )
            yield self.finding(
                tickets,
                rows,
                f"{of(count, len(tickets), 'title')} {by_number(count, 'holds', 'hold')} characters of no width.",
                fix=fix,
            )
