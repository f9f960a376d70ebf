"""Set operations on a column of sets, ticket by ticket: df["tags"].tickets.add("billing", where=mask)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from truto_tickets_nb.errors import FrameError, shorten
from truto_tickets_nb.tickets.columns import objects
from truto_tickets_nb.tickets.sets import added, removed, swapped
from truto_tickets_nb.tickets.values import is_missing

if TYPE_CHECKING:
    from collections.abc import Callable


@pd.api.extensions.register_series_accessor("tickets")
class SetColumn:
    """Edit a column of sets (tags, assignees, collections, languages); each method returns a new column.

    >>> tags = pd.Series([("a",), (), ("a", "b")], index=["1", "2", "3"], dtype=object)
    >>> tags.tickets.add("b").tolist(), tags.tickets.remove("a").tolist()
    ([('a', 'b'), ('b',), ('a', 'b')], [(), (), ('b',)])
    >>> tags.tickets.replace("a", "c", where=["3"]).tolist()
    [('a',), (), ('c', 'b')]

    `where` chooses the rows: a mask (bool, same length), ticket ids, or nothing for all. Cells that do not change stay the
    very same objects.
    """

    def __init__(self, column: pd.Series) -> None:
        self._column = column

    def add(self, *names: str, where: Any = None) -> pd.Series:
        """Add names that are not there yet, at the end."""
        return self._each(where, lambda held: added(held, names))

    def remove(self, *names: str, where: Any = None) -> pd.Series:
        """Remove names, wherever they stand."""
        return self._each(where, lambda held: removed(held, names))

    def replace(self, old: str, new: str, *, where: Any = None) -> pd.Series:
        """Replace one name by another where it is there; a name never stands twice."""
        return self._each(where, lambda held: swapped(held, {old: new}) if old in held else held)

    def set(self, *names: str, where: Any = None) -> pd.Series:
        """Replace the whole set."""
        return self._each(where, lambda _held: tuple(dict.fromkeys(names)))

    def _each(self, where: Any, edit: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> pd.Series:
        chosen = self._mask(where)
        cells = [
            self._edited(cell, edit) if on else cell for cell, on in zip(self._column.tolist(), chosen, strict=True)
        ]
        return pd.Series(objects(cells), index=self._column.index, name=self._column.name, dtype=object)

    def _edited(self, cell: Any, edit: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> Any:
        held = self._held(cell)
        made = edit(held)
        return cell if made == held and isinstance(cell, tuple) else made

    def _held(self, cell: Any) -> tuple[Any, ...]:
        if isinstance(cell, str):
            raise FrameError(
                f"Column {self._column.name!r} holds text ({shorten(cell, 40)!r}) where sets belong. Take the column as it was loaded, "
                "or turn each text into a tuple first."
            )
        return () if is_missing(cell) else tuple(cell)

    def _mask(self, where: Any) -> list[bool]:
        count = len(self._column)
        if where is None:
            return [True] * count
        found = where.reindex(self._column.index).fillna(value=False) if isinstance(where, pd.Series) else where
        array = np.asarray(found)
        if array.dtype == bool or (array.dtype == object and all(isinstance(item, bool | np.bool_) for item in array)):
            if len(array) != count:
                raise FrameError(
                    f"where= has {len(array)} rows, the column {count}. Make the mask from the same frame."
                )
            return [bool(item) for item in array]
        ids = {str(item) for item in ([where] if isinstance(where, str) else where)}
        unknown = sorted(ids - set(map(str, self._column.index)))
        if unknown:
            raise FrameError(f"where= names tickets that are not in this column: {', '.join(unknown[:10])}.")
        return [str(identity) in ids for identity in self._column.index]
