"""E-mail addresses of persons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits import privacy
from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.patterns import judged
from truto_tickets_nb.audits.words import of
from truto_tickets_nb.wording import by_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class Email(Check):
    """Find texts with the e-mail address of a person."""

    id: ClassVar[str] = "privacy.email"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = "Personal data in texts escapes every deletion request."

    columns: tuple[str, ...] = ("name", "description")

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        for name in self.columns:
            if not tickets.has(name):
                continue
            rows = judged(tickets.frame[name], privacy.EMAIL_SIGNS, privacy.is_persons_email)
            if count := int(rows.sum()):
                message = f"{of(count, len(tickets), 'ticket')} {by_number(count, 'holds', 'hold')} the e-mail address of a person in {name}. They are not shown here."
                advice = (
                    "Open these tickets in the tool and remove it there; an edit leaves the old text in their history."
                )
                yield self.finding(tickets, rows, message, field=name, advice=advice, is_private=True)
