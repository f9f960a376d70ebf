"""Titles that say nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.patterns import matching
from truto_tickets_nb.audits.words import of
from truto_tickets_nb.wording import by_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


_WORDS = (
    "asdf+|qwertz?y?|x{2,}|n/?a|none|null|nil|tbd|tba|todo|unknown|untitled|unnamed|no ?(subject|title|topic)|new (ticket|issue)|"
    "(subject|title|betreff|titel|ohne betreff|kein betreff|sans objet|sin asunto)"
)


@dataclass(frozen=True, slots=True)
class PlaceholderTitle(Check):
    """Find tickets whose title is a placeholder: "no subject", "xxx", ".", "???"."""

    id: ClassVar[str] = "text.placeholder_title"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = "Nobody knows what the ticket is about without opening it."
    needs: ClassVar[tuple[str, ...]] = ("name",)

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        cells = tickets.frame["name"]
        rows = matching(cells, rf"(?i)^[\s\pP]*({_WORDS})[\s\pP]*$") | matching(
            cells, r"^[\s\pP\pS]*[\pP\pS][\s\pP\pS]*$"
        )
        if count := int(rows.sum()):
            yield self.finding(
                tickets,
                rows,
                f"{of(count, len(tickets), 'ticket')} {by_number(count, 'has', 'have')} a title that says nothing.",
            )
