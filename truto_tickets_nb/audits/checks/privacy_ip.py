"""IP addresses in titles."""

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
class IpAddress(Check):
    """Find titles with an IPv4 address; versions with four parts are not counted."""

    id: ClassVar[str] = "privacy.ip"
    severity: ClassVar[Severity] = "low"
    rationale: ClassVar[str] = "Addresses of machines, and of people at home, are personal data in many countries."

    columns: tuple[str, ...] = ("name",)

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        for name in self.columns:
            if not tickets.has(name):
                continue
            rows = judged(tickets.frame[name], privacy.IP_SIGNS, privacy.is_ip_address)
            if count := int(rows.sum()):
                message = f"{of(count, len(tickets), 'ticket')} {by_number(count, 'holds', 'hold')} an IP address in {name}. They are not shown here."
                advice = (
                    "Open these tickets in the tool and remove it there; an edit leaves the old text in their history."
                )
                yield self.finding(tickets, rows, message, field=name, advice=advice, is_private=True)
