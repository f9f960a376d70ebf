"""Counts and lists in sentences: the one place that knows plurals and says how many more there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def counted(number: int, word: str, plural: str = "") -> str:
    """Return a count with its word.

    >>> counted(1, "ticket"), counted(2300, "step"), counted(0, "cell"), counted(2, "child", "children")
    ('1 ticket', '2,300 steps', '0 cells', '2 children')
    """
    return f"{number:,} {by_number(number, word, plural or f'{word}s')}"


def by_number(number: int, one: str, several: str) -> str:
    """Return the word that suits a count: one thing "is", several "are".

    >>> by_number(1, "was", "were"), by_number(0, "was", "were")
    ('was', 'were')
    """
    return one if number == 1 else several


def and_more(number: int) -> str:
    """Return how many more there are, after a list; "" where there are none.

    >>> and_more(1200), and_more(0)
    (' and 1,200 more', '')
    """
    return f" and {number:,} more" if number > 0 else ""


def listed(names: Iterable[str], most: int) -> str:
    """Return the first names, and how many more there are.

    >>> listed(["a", "b", "c"], 2), listed(["a"], 2)
    ('a, b and 1 more', 'a')
    """
    every = list(names)
    return ", ".join(every[:most]) + and_more(len(every) - most)
