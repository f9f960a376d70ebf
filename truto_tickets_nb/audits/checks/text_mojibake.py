"""Titles in the wrong encoding."""

from __future__ import annotations

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


_SIGNS = r"[ÂÃÐÑØÙâãäåæçðï][\x{0080}-\x{00bf}ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€]|\x{fffd}"


@dataclass(frozen=True, slots=True)
class Mojibake(Check):
    """Find titles that were read in the wrong encoding ("Ã¼" for "ü"), or that lost characters (U+FFFD)."""

    id: ClassVar[str] = "text.mojibake"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = "An import went wrong: people can't read it, and searches miss it."
    needs: ClassVar[tuple[str, ...]] = ("name",)

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        rows = judged(tickets.frame["name"], _SIGNS, is_mojibake)
        if count := int(rows.sum()):
            advice = "Import these texts again in their own encoding; what was lost can't be guessed."
            yield self.finding(
                tickets,
                rows,
                f"{of(count, len(tickets), 'title')} {by_number(count, 'was', 'were')} read in the wrong encoding.",
                advice=advice,
            )


def is_mojibake(text: str) -> bool:
    r"""Return whether a text is UTF-8 that was read as Windows-1252 or Latin-1: read back, it becomes shorter and plainer.

    >>> is_mojibake("GrÃ¼ÃŸe"), is_mojibake("Grüße"), is_mojibake("SÃO PAULO"), is_mojibake("lost \ufffd")
    (True, False, False, True)
    """
    if "\ufffd" in text:
        return True
    for word in text.split():
        for encoding in ("cp1252", "latin-1"):
            try:
                again = word.encode(encoding).decode("utf-8")
            except UnicodeError:
                continue
            if len(again) < len(word):
                return True
    return False
