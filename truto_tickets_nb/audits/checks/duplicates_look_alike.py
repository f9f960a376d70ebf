"""Tickets whose titles look alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits import duplicates
from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.wording import by_number, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class LookAlike(Check):
    """Find pairs of tickets whose titles have nearly the same words and the same numbers."""

    id: ClassVar[str] = "duplicates.look_alike"
    severity: ClassVar[Severity] = "low"
    rationale: ClassVar[str] = (
        "Worth seeing together. Titles reveal about one in ten of the duplicates that people link."
    )
    needs: ClassVar[tuple[str, ...]] = ("name",)

    ratio: float = 88.0  # token sort ratio, 0 to 100

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        alike = duplicates.look_alike(tickets, self.ratio)
        if not alike.pairs:
            return
        members = {identity for pair in alike.pairs for identity in pair}
        rows = [identity for identity in tickets.ids if identity in members]
        message = f"{counted(len(alike.pairs), 'pair')} of tickets look alike by their titles, those of the same title among them."
        if alike.recurring:
            message += f" {counted(alike.recurring, 'title')} that more than {duplicates.RECURRING} tickets share {by_number(alike.recurring, 'was', 'were')} left out."
        if alike.capped:
            message += f" {counted(alike.capped, 'block')} of similar titles {by_number(alike.capped, 'was', 'were')} too large to compare in full."
        yield self.finding(tickets, rows, message, groups=alike.pairs, advice="Look at each pair.")
