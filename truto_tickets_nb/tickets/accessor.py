"""Set operations on a column of sets, ticket by ticket: df["tags"].tickets.add("billing", where=mask)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from truto_tickets_nb.errors import FrameError, shorten, shorten_repr
from truto_tickets_nb.tickets.columns import objects
from truto_tickets_nb.tickets.json_values import is_missing
from truto_tickets_nb.tickets.sets import added, flat, key, removed, swapped

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

    def add(self, *names: Any, where: Any = None) -> pd.Series:
        """Add names that are not there yet, at the end; several may be given as a list."""
        wanted = _named(names, "add")
        return self._each(where, lambda names_of: added(names_of, wanted))

    def remove(self, *names: Any, where: Any = None) -> pd.Series:
        """Remove names, wherever they stand; several may be given as a list."""
        unwanted = _named(names, "remove")
        return self._each(where, lambda names_of: removed(names_of, unwanted))

    def replace(self, old: str, new: str, *, where: Any = None) -> pd.Series:
        """Replace one name by another where it is there; a name never stands twice."""
        if isinstance(old, dict):
            raise FrameError("tickets.replace() takes the old name as text, or its id.")
        values = {_one(old, "replace"): _one(new, "replace")}
        return self._each(where, lambda names: swapped(names, values) if key(old) in map(key, names) else names)

    def set(self, *names: Any, where: Any = None) -> pd.Series:
        """Replace the whole set; several names may be given as a list."""
        wanted = added((), _named(names, "set"))
        return self._each(where, lambda _held: wanted)

    def _each(self, where: Any, edit: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> pd.Series:
        chosen = self._mask(where)
        cells = [
            self._edited(cell, edit) if on else cell for cell, on in zip(self._column.tolist(), chosen, strict=True)
        ]
        return pd.Series(objects(cells), index=self._column.index, name=self._column.name, dtype=object)

    def _edited(self, cell: Any, edit: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> Any:
        current = self._held(cell)
        new = edit(current)
        return cell if new == current and isinstance(cell, tuple) else new

    def _held(self, cell: Any) -> tuple[Any, ...]:
        if isinstance(cell, str):
            raise FrameError(
                f"Column {self._column.name!r} holds text ({shorten(cell, 40)!r}) where sets belong. Take the column as it was loaded, "
                "or turn each text into a tuple first."
            )
        return () if is_missing(cell) else tuple(cell)

    def _mask(self, where: Any) -> list[bool]:
        index = self._column.index
        if where is None:
            return [True] * len(index)
        if isinstance(where, pd.Series) and not where.index.equals(index) and _is_mask(where.tolist()):
            where = where.reindex(index)
        items = [where] if isinstance(where, str | int) else list(where)
        if not _is_mask(items):
            return self._by_id(items)
        if len(items) != len(index):
            raise FrameError(
                f"where= has {len(items)} rows, the column {len(index)}. Make the mask from the same frame."
            )
        return [not is_missing(item) and bool(item) for item in items]

    def _by_id(self, items: list[Any]) -> list[bool]:
        ids = {str(item) for item in items}
        unknown = sorted(ids - set(map(str, self._column.index)))
        if unknown:
            raise FrameError(f"where= names tickets that are not in this column: {', '.join(unknown[:10])}.")
        return [str(identity) in ids for identity in self._column.index]


def _is_mask(items: list[Any]) -> bool:
    return any(isinstance(item, bool | np.bool_) for item in items) and all(
        isinstance(item, bool | np.bool_) or is_missing(item) for item in items
    )


def _named(names: tuple[Any, ...], method: str) -> tuple[Any, ...]:
    """List the names given to a method; what is none is refused."""
    return tuple(_one(name, method) for name in flat(names))


def _one(name: Any, method: str) -> Any:
    is_name = isinstance(name, str | int | float | dict | np.generic) and not isinstance(name, bool | np.bool_)
    if not is_name or is_missing(name) or (isinstance(name, str) and not name.strip()):
        raise FrameError(
            f"{shorten_repr(name, 60)} is no name. tickets.{method}() takes text such as 'billing'"
            + (
                ", one name for another: tickets.replace('old', 'new')."
                if method == "replace"
                else ", or a list of texts."
            )
        )
    return name
