"""Markup where plain text is expected."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.patterns import judged
from truto_tickets_nb.audits.words import of
from truto_tickets_nb.wording import by_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


# A tag that is talked about ("<video> is broken", "Span<T>") stands alone; markup encloses text, breaks lines or writes entities.
_SIGNS = r"(?i)</?[a-z]+\b[^<>]*>|&(amp|lt|gt|quot|nbsp|apos|#\d+|#x[0-9a-f]+);"
_MARKUP = re.compile(
    r"<(b|i|u|p|em|strong|span|div|font|a|h[1-6]|td|li|ul|html|body|blockquote|small|center)(\s[^<>]*)?>[^<>]*(<br\s*/?>[^<>]*)*</\1\s*>"
    r"|<br\s*/?>\S|&(nbsp|quot|apos|#\d+|#x[0-9a-f]+);|&(amp|lt|gt);(amp|lt|gt|quot|nbsp|#)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Html(Check):
    """Find titles with HTML markup: tags that enclose text, line breaks, entities. Tags that are talked about don't count."""

    id: ClassVar[str] = "text.html"
    severity: ClassVar[Severity] = "low"
    rationale: ClassVar[str] = "A title is plain text: people see the tags, not what they were meant to do."
    needs: ClassVar[tuple[str, ...]] = ("name",)

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        rows = judged(tickets.frame["name"], _SIGNS, lambda text: _MARKUP.search(text) is not None)
        if count := int(rows.sum()):
            yield self.finding(
                tickets, rows, f"{of(count, len(tickets), 'title')} {by_number(count, 'holds', 'hold')} HTML markup."
            )
