"""Facets: which values a column holds, and how many of the chosen tickets hold each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from truto_tickets_nb.edits.filters.filters import Filter
from truto_tickets_nb.tickets.fields import field as field_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import pandas as pd

    from truto_tickets_nb.selection.distinct_values import Columns, DistinctValues

FIRST = ("status", "priority", "ticket_type", "team", "workspace", "assignees", "tags")  # always a facet, in this order
FEW = 200  # values of any other column that make a facet
_NEVER = ("text", "date")
EMPTY = "(empty)"


@dataclass(frozen=True, eq=False)
class Facet:
    """The values of one column: texts, each once, the empty one as "".

    >>> import pandas as pd
    >>> from truto_tickets_nb.selection.distinct_values import coded
    >>> tags = Facet("tags", coded(pd.Series([("a", "b"), ("a",), ()], dtype=object).array))
    >>> tags.counts(np.array([True, True, True]))
    {'a': 2, 'b': 1, '': 1}
    """

    name: str
    coded: DistinctValues

    @cached_property
    def values(self) -> tuple[str, ...]:
        """List the values in the order in which they were met."""
        return tuple(dict.fromkeys(text for cell in self.coded.texts for text in cell))

    @cached_property
    def _pairs(self) -> tuple[Any, Any]:
        """Pair each distinct cell with the values it holds."""
        place = {text: number for number, text in enumerate(self.values)}
        pairs = [(number, place[text]) for number, cell in enumerate(self.coded.texts) for text in cell]
        array = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return array[:, 0], array[:, 1]

    def counts(self, mask: Any) -> dict[str, int]:
        """Count the rows of a mask that hold each value, in the order of `values`."""
        cells, values = self._pairs
        weights = self.coded.weights(mask)[cells] if len(cells) else []
        counts = np.bincount(values, weights=weights, minlength=len(self.values)).astype(np.int64)
        return dict(zip(self.values, counts.tolist(), strict=True))

    def mask(self, chosen: Collection[str]) -> Any:
        """Return which rows hold one of these values."""
        return self.coded.rows_with(
            np.array([any(text in chosen for text in cell) for cell in self.coded.texts], dtype=bool)
        )

    def filter(self, chosen: Collection[str]) -> Filter:
        """Write the choice as a filter: is, has, one of, empty; capitals count where only they tell two values apart."""
        parts = list(self._tests([value for value in self.values if value and value in chosen]))
        if "" in chosen:
            parts.append(Filter.where(self.name, "empty"))
        joined = parts[0] if parts else ~Filter.all()
        for part in parts[1:]:
            joined = joined | part
        return joined

    def _tests(self, named: list[str]) -> Iterator[Filter]:
        case = any(value.casefold() in self._ambiguous for value in named)
        if len(named) == 1:
            yield Filter.where(self.name, "has" if self.is_set else "is", named[0], case=case)
        elif named:
            yield Filter.where(self.name, "in", named, case=case)

    @property
    def is_set(self) -> bool:
        """Return whether its cells hold several values."""
        row = field_of(self.name)
        return row is not None and row.kind.many

    @cached_property
    def _ambiguous(self) -> frozenset[str]:
        met: set[str] = set()
        return frozenset(
            folded
            for value in self.values
            for folded in [value.casefold()]
            if folded in met or met.add(folded)  # type: ignore[func-returns-value]
        )


def facet_names(frame: pd.DataFrame, columns: Columns) -> tuple[str, ...]:
    """Name the columns that make a facet: those that hold more than one value, and not too many; the usual ones first."""
    ordered = dict.fromkeys([*FIRST, *frame.columns])
    return tuple(name for name in ordered if name in frame.columns and _is_facet(name, columns))


def _is_facet(name: str, columns: Columns) -> bool:
    row = field_of(name)
    if row is None or row.kind.word in _NEVER:
        return False
    count = len(Facet(name, columns[name]).values)
    return count > 1 and (name in FIRST or count <= FEW)


def top(counts: dict[str, int], chosen: Collection[str], most: int) -> tuple[list[str], int]:
    """Order values for showing: chosen ones always, then the most frequent; and how many are left out.

    >>> top({"a": 1, "b": 5, "c": 0}, {"c"}, 2)
    (['b', 'c'], 1)
    """
    ranked = sorted(counts, key=lambda value: (-counts[value], value == "", value.casefold()))
    others = [value for value in ranked if counts[value] and value not in chosen]
    listed = {*chosen, *others[: max(0, most - len(chosen))]}
    shown = [value for value in ranked if value in listed]
    return shown, len(ranked) - len(shown)


def label(value: str, count: int) -> str:
    """Write a value with its count.

    >>> label("", 3), label("Open", 1200)
    ('(empty) (3)', 'Open (1,200)')
    """
    return f"{value or EMPTY} ({count:,})"
