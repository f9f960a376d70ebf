"""Secrets in texts."""

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
class Secret(Check):
    """Find texts with a secret in a well-known form: keys of clouds and code hosts, private keys, tokens."""

    id: ClassVar[str] = "privacy.secret"
    severity: ClassVar[Severity] = "high"
    rationale: ClassVar[str] = "Whoever can read the ticket can use it: revoke it, then remove it."

    columns: tuple[str, ...] = ("name", "description")

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        for name in self.columns:
            if not tickets.has(name):
                continue
            rows = judged(tickets.frame[name], privacy.KEY_SIGNS, bool)
            if count := int(rows.sum()):
                message = f"{of(count, len(tickets), 'ticket')} {by_number(count, 'holds', 'hold')} what looks like a secret in {name}. They are not shown here."
                advice = (
                    "Open these tickets in the tool and remove it there; an edit leaves the old text in their history."
                )
                yield self.finding(tickets, rows, message, field=name, advice=advice, is_private=True)
