"""Tickets that mention others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.patterns import matching
from truto_tickets_nb.wording import by_number, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


_MENTION = re.compile(
    r"(?:#|\b(?:bug|issue|ticket|duplicate of)[ #]+|/(?:issues|pull|browse|tickets)/)([A-Z][A-Z0-9]+-\d+|\d+)\b",
    re.IGNORECASE,
)
_SIGNS = r"(?i)#\d|\b(bug|issue|ticket|duplicate of)[ #]+[A-Z0-9]|/(issues|pull|browse|tickets)/[A-Z0-9]"


@dataclass(frozen=True, slots=True)
class Mentions(Check):
    """Find tickets whose description mentions another ticket of this snapshot by its id."""

    id: ClassVar[str] = "links.mentions"
    severity: ClassVar[Severity] = "info"
    rationale: ClassVar[str] = "Links that exist only in texts can't be followed, counted or filtered."
    needs: ClassVar[tuple[str, ...]] = ("description",)

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        cells, known = tickets.frame["description"], set(tickets.ids)
        pairs: dict[tuple[str, str], None] = {}
        for at in np.flatnonzero(matching(cells, _SIGNS)).tolist():
            identity = tickets.ids[at]
            for match in _MENTION.finditer(cells.iloc[at][:100_000]):
                if match[1] in known and match[1] != identity:
                    pairs[identity, match[1]] = None
        if pairs:
            rows = list(dict.fromkeys(one for one, _ in pairs))
            yield self.finding(
                tickets,
                rows,
                f"{counted(len(rows), 'ticket')} {by_number(len(rows), 'mentions', 'mention')} another one in the description ({counted(len(pairs), 'pair')}).",
                groups=pairs,
            )
