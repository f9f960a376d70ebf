"""Put a step and its effect into words: its title with counts, and what no longer applies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.advice import in_notebook
from truto_tickets_nb.errors import shorten
from truto_tickets_nb.wording import by_number, counted, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from truto_tickets_nb.advice import Advice
    from truto_tickets_nb.edits.steps.inapplicable import Reason
    from truto_tickets_nb.edits.steps.step import Effect, Step


def named(tickets: Sequence[str], most: int = 10) -> str:
    """Name the first tickets, and count the others."""
    return listed((shorten(ticket, 40) for ticket in tickets), most)


def title(step: Step, effect: Effect, *, enabled: bool = True) -> str:
    """Put a step into words with its counts."""
    words = step.words("/".join(effect.held))
    return f"{words}, {counts(step, effect)}" if enabled else f"{words}, switched off"


def counts(step: Step, effect: Effect) -> str:
    """Put what a step did into words: 23 tickets, 4 already done, 2 no longer apply."""
    unit = "cell" if step.operation.is_guarded else "ticket"
    inapplicable = len(effect.inapplicable)
    parts = [counted(effect.changed, unit)]
    parts += [f"{effect.already:,} already done"] if effect.already and step.operation.ends_equal else []
    parts += [f"{inapplicable:,} no longer {by_number(inapplicable, 'applies', 'apply')}"] if inapplicable else []
    return ", ".join(parts)


def with_count(step: Step, changed: int | None) -> str:
    """Put a step into words with what it changed when it was made, where that is known."""
    unit = "cell" if step.operation.is_guarded else "ticket"
    return step.words() if changed is None else f"{step.words()} ({counted(changed, unit)})"


def reasons(effect: Effect, advice: Advice = in_notebook) -> list[str]:
    """Put into words what no longer applies, the most frequent reason first: how many, why, and the first tickets."""
    by_reason: dict[Reason, list[str]] = {}
    for item in effect.inapplicable:
        by_reason.setdefault(item.reason, []).append(item.ticket)
    ranked = sorted(by_reason.items(), key=lambda item: -len(item[1]))
    return [f"{len(tickets):,}: {reason.words(advice)}{_where(tickets)}" for reason, tickets in ranked]


def _where(tickets: list[str]) -> str:
    return f" ({by_number(len(tickets), 'ticket', 'tickets')} {named(tickets, 3)})" if tickets[0] else ""


def inapplicable_note(step: Step, effect: Effect) -> str:
    """Return the note of a plan on what of a step did not go into it."""
    lines = reasons(effect)
    more = f"; and for {counted(len(lines) - 1, 'other reason')}" if len(lines) > 1 else ""
    return f"Not in this plan, because it no longer applies: {step.words()}. {lines[0]}{more}."
