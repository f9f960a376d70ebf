"""Put a step and its effect into words: its title with counts, and what no longer fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.advice import in_notebook
from truto_tickets_nb.errors import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from truto_tickets_nb.advice import Advice
    from truto_tickets_nb.edits.steps.inapplicable import Reason
    from truto_tickets_nb.edits.steps.step import Effect, Step


def count(number: int, what: str) -> str:
    """Count things in words.

    >>> count(1, "ticket"), count(2300, "step")
    ('1 ticket', '2,300 steps')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def named(tickets: Sequence[str], most: int = 10) -> str:
    """Name the first tickets, and count the others."""
    more = f" and {len(tickets) - most:,} more" if len(tickets) > most else ""
    return ", ".join(shorten(ticket, 40) for ticket in tickets[:most]) + more


def title(step: Step, effect: Effect, *, enabled: bool = True) -> str:
    """Put a step into words with its counts."""
    told = step.words("/".join(effect.held))
    return f"{told}, {counts(step, effect)}" if enabled else f"{told}, switched off"


def counts(step: Step, effect: Effect) -> str:
    """Put what a step did into words: 23 tickets, 4 already so, 2 no longer fit."""
    what = "cell" if step.kind == "cells" else "ticket"
    misfits = len(effect.misfits)
    parts = [count(effect.changed, what)]
    parts += [f"{effect.already:,} already so"] if effect.already and step.kind in _AIMED else []
    parts += [f"{misfits:,} no longer {'fits' if misfits == 1 else 'fit'}"] if misfits else []
    return ", ".join(parts)


def with_count(step: Step, changed: int | None) -> str:
    """Put a step into words with what it changed when it was made, where that is known."""
    what = "cell" if step.kind == "cells" else "ticket"
    return step.words() if changed is None else f"{step.words()} ({count(changed, what)})"


_AIMED = ("set", "clear", "cells", "add")  # steps after which each chosen row holds what was said


def reasons(effect: Effect, advice: Advice = in_notebook) -> list[str]:
    """Put into words what no longer fits, the most frequent reason first: how many, why, and the first tickets."""
    found: dict[Reason, list[str]] = {}
    for misfit in effect.misfits:
        found.setdefault(misfit.reason, []).append(misfit.ticket)
    told = sorted(found.items(), key=lambda item: -len(item[1]))
    return [f"{len(tickets):,}: {reason.words(advice)}{_where(tickets)}" for reason, tickets in told]


def _where(tickets: list[str]) -> str:
    return f" (ticket{'s' * (len(tickets) > 1)} {named(tickets, 3)})" if tickets[0] else ""


def misfit_note(step: Step, effect: Effect) -> str:
    """Tell in a plan what of a step did not go into it."""
    told = reasons(effect)
    more = f"; and for {count(len(told) - 1, 'other reason')}" if len(told) > 1 else ""
    return f"Not in this plan, because it no longer fits: {step.words()}. {told[0]}{more}."
