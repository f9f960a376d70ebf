"""Fields that a state requires."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.words import of
from truto_tickets_nb.wording import by_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class RequiredByState(Check):
    """Find tickets in a state that requires a field which is empty; the rules are the user's own."""

    id: ClassVar[str] = "required.by_state"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = "Your own rule: who comes later relies on it."
    needs: ClassVar[tuple[str, ...]] = ("status",)

    rules: dict[str, tuple[str, ...]] = dataclass_field(default_factory=dict)  # field -> statuses that require it

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        for name, statuses in self.rules.items():
            in_state = tickets.frame["status"].isin(list(statuses)).to_numpy(bool)
            filled = tickets.filled.get(name)
            rows = in_state if filled is None else in_state & ~filled
            if count := int(rows.sum()):
                total = int(in_state.sum())
                message = f"{of(count, total, 'ticket')} in {' or '.join(statuses)} {by_number(count, 'has', 'have')} no {name}."
                yield self.finding(tickets, rows, message, field=name, of=total)
