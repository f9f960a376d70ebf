"""Problem: why a change can't be sent, or what should be looked at before."""

from __future__ import annotations

from dataclasses import dataclass

from truto_tickets_nb.safe_text import printable


@dataclass(frozen=True, slots=True)
class Problem:
    """An error (`blocking`) or a warning about a change: ticket, field, value, reason and next step."""

    ticket: str
    field: str
    value: str
    reason: str
    fix: str
    blocking: bool = True
    together: tuple[str, ...] = ()  # fields that it takes all of: without one of them it is gone

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", printable(self.reason))
        object.__setattr__(self, "fix", printable(self.fix))

    @property
    def is_of_whole_plan(self) -> bool:
        """Return whether it concerns every ticket: narrowing the plan does not remove it."""
        return not self.ticket

    def __str__(self) -> str:
        where = " ".join(part for part in (f"ticket {self.ticket}" if self.ticket else "", self.field) if part)
        value = f" {self.value!r}" if self.value else ""
        return printable(f"{where}{value}: {self.reason}. {self.fix}")
