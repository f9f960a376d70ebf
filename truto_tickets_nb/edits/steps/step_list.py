"""Parts that the pages of drafts, recipes and reports share: the list of steps, and what no longer applies."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from truto_tickets_nb.edits.steps.summary import reasons
from truto_tickets_nb.show import Answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from truto_tickets_nb.edits.steps.step import Effect

STEPS = 40  # steps shown
REASONS = 5  # reasons shown for one step
Item = TypeVar("Item")


def shown_steps(steps: Sequence[Item]) -> Sequence[Item]:
    """Return the steps that a page shows.

    >>> len(shown_steps(range(100)))
    40
    """
    return steps[:STEPS]


def hidden(number: int) -> tuple[tuple[str, str], ...]:
    """Return a row that counts the steps not shown; none where all are.

    >>> hidden(50), hidden(3)
    ((('', 'and 10 more'),), ())
    """
    return (("", f"and {number - STEPS:,} more"),) if number > STEPS else ()


def inapplicable_answers(effects: Iterable[tuple[int, Effect]]) -> Iterator[Answers]:
    """Return for each step (number, effect) what no longer applies, and why."""
    for number, effect in effects:
        if effect.inapplicable:
            lines = reasons(effect)
            more = [("", f"and {len(lines) - REASONS:,} other reasons")] if len(lines) > REASONS else []
            yield Answers(
                f"! step {number} no longer applies everywhere", (*(("", why) for why in lines[:REASONS]), *more)
            )
