"""Tickets that only test the tool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.patterns import matching
from truto_tickets_nb.wording import by_number, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


# The whole title must say so: "Test failure in System.Net" is work, "test", "Test ticket 3" and "test - please ignore" are not.
_TEST = (
    r"(?i)^[\s\pP]*(this is (just |only )?an? )?(just |only )?(a )?(test(ing)?|testticket|demo)( ?-? ?(ticket|issue|bug|case|mail|e-?mail|message|request|123))?"
    r"[\s\pP\d]*((please|pls|bitte)? ?(ignore|delete|disregard|ignorieren|löschen))?[\s\pP\d]*$"
    r"|^(?i)[\s\pP]*(please |pls )?(ignore|delete|disregard)( this| me)?( ticket| issue)?[\s\pP]*$"
)


@dataclass(frozen=True, slots=True)
class TestTickets(Check):
    """Find tickets whose whole title says that they are tests."""

    id: ClassVar[str] = "text.test_tickets"
    severity: ClassVar[Severity] = "low"
    rationale: ClassVar[str] = "Tests that stay in the backlog count as work in every figure."
    needs: ClassVar[tuple[str, ...]] = ("name",)

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        rows = matching(tickets.frame["name"], _TEST)
        if count := int(rows.sum()):
            yield self.finding(
                tickets,
                rows,
                f"{counted(count, 'ticket')} {by_number(count, 'looks', 'look')} like {'a test' if count == 1 else 'tests'} of the tool.",
            )
