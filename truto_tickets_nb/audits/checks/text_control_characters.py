"""Titles with control characters."""

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


_CONTROL = r"[\x{0000}-\x{0008}\x{000b}\x{000c}\x{000e}-\x{001f}\x{007f}-\x{009f}]"


@dataclass(frozen=True, slots=True)
class ControlCharacters(Check):
    """Find titles with control characters, such as a backspace or a terminal's escape."""

    id: ClassVar[str] = "text.control_characters"
    severity: ClassVar[Severity] = "low"
    rationale: ClassVar[str] = "Control characters come from copied terminals, can't be seen, and break exports."
    needs: ClassVar[tuple[str, ...]] = ("name",)

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        rows = matching(tickets.frame["name"], _CONTROL)
        if count := int(rows.sum()):
            fix = (
                Step("replace", "name", Filter.ids(*tickets.chosen(rows)), {"find": _CONTROL, "by": "", "regex": True}),
            )
            yield self.finding(
                tickets,
                rows,
                f"{of(count, len(tickets), 'title')} {by_number(count, 'holds', 'hold')} control characters.",
                fix=fix,
            )
