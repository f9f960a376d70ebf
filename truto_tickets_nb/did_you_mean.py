"""Find the names that a mistyped one may stand for: the one place that decides what "Did you mean" says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

if TYPE_CHECKING:
    from collections.abc import Iterable

ALIKE = 0.6  # of two texts' letters, as a share, that must agree in order


def near(text: object, names: Iterable[str], *, count: int = 1, alike: float = ALIKE) -> list[str]:
    """Name the most similar of some names, the best first, at most `count`; capitals do not matter.

    >>> near("prioritty", ["status", "priority", "name"]), near("qqq", ["status"])
    (['priority'], [])

    `alike` is from 0 to 1: what two texts must have in common. Five thousand names take about half a millisecond.
    """
    spelled = list(names)
    return Folded(spelled).near(str(text), count=count, alike=alike)


class Folded:
    """Names ready to be searched again and again.

    >>> Folded(["Ada Byron", "Alan Turing"]).near("ada biron")
    ['Ada Byron']
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(dict.fromkeys(names))
        self._folded = [name.casefold() for name in self._names]

    def near(self, text: str, *, count: int = 1, alike: float = ALIKE) -> list[str]:
        """Name the most similar ones, the best first, at most `count`."""
        rows = process.extract(
            text.casefold().strip(), self._folded, scorer=fuzz.ratio, score_cutoff=100 * alike, limit=count
        )
        return [self._names[place] for _, _, place in rows]
