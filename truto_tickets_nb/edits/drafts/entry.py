"""One step in its place in a draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from truto_tickets_nb.edits.steps import summary

if TYPE_CHECKING:
    from truto_tickets_nb.edits.steps.step import Effect, Step


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of a draft: its number, whether it counts, and what it does now."""

    number: int
    step: Step
    enabled: bool
    effect: Effect

    @property
    def title(self) -> str:
        """Return it in words with its counts: priority: Normal -> High where name contains 'refund', 23 tickets."""
        return summary.title(self.step, self.effect, enabled=self.enabled)
