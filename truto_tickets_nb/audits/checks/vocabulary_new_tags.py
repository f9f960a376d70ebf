"""Tags that are new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.tickets import DAY, instants
from truto_tickets_nb.wording import by_number, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class NewTags(Check):
    """Find tags that only tickets of the last days have."""

    id: ClassVar[str] = "vocabulary.new_tags"
    severity: ClassVar[Severity] = "info"
    rationale: ClassVar[str] = "A new tag is a new topic, or a second spelling of an old one."
    needs: ClassVar[tuple[str, ...]] = ("tags", "created_at")
    needs_clock: ClassVar[bool] = True

    days: float = 30.0

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        recent = (instants(tickets.frame["created_at"]) > tickets.now - self.days * DAY).to_numpy(bool)
        if recent.all():
            return
        earlier = set(tickets.counts("tags", ~recent).index)
        new = {str(tag): int(count) for tag, count in tickets.counts("tags", recent).items() if tag not in earlier}
        if new:
            shown = ", ".join(f"{tag} {count:,}" for tag, count in list(new.items())[:10])
            more = f" and {len(new) - 10} more" if len(new) > 10 else ""
            rows = tickets.holding("tags", new)
            yield self.finding(
                tickets,
                rows,
                f"{counted(len(new), 'tag')} {by_number(len(new), 'is', 'are')} new in the last {self.days:g} days: {shown}{more}.",
                groups=[list(new)],
            )
