"""Keep loaded columns from being written to in place, at no cost.

Copy-on-write protects a frame from what is done to another frame, but not from `df["n"].array[0] = 99`, which writes into the memory
that both share: the snapshot would change with its frame, and the edit would never be seen. So that memory is read-only.
"""

# ruff: noqa: PD011, SLF001  (pandas has no public door to the memory of a frame)
from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable


class _Masked:
    """Accumulate a copy: pandas' own cumsum() and its kin write into the very array that they read."""

    _data: Any
    _mask: Any
    _plain: Any

    def _accumulate(self, name: str, **options: Any) -> Any:
        return self._plain(self._data.copy(), self._mask.copy())._accumulate(name, **options)

    def __reduce__(self) -> tuple[Any, ...]:
        return self._plain, (self._data, self._mask)  # pickled, it is pandas' own again


class IntegerArray(_Masked, pd.arrays.IntegerArray):
    """Whole numbers of a frame that can't be written to in place."""

    _plain = pd.arrays.IntegerArray


class FloatingArray(_Masked, pd.arrays.FloatingArray):
    """Numbers of a frame that can't be written to in place."""

    _plain = pd.arrays.FloatingArray


class BooleanArray(_Masked, pd.arrays.BooleanArray):
    """Yes or no of a frame that can't be written to in place."""

    _plain = pd.arrays.BooleanArray


_OWN: dict[type, Callable[[Any, Any], Any]] = {own._plain: own for own in (IntegerArray, FloatingArray, BooleanArray)}


def frozen(frame: pd.DataFrame) -> pd.DataFrame:
    """Make the memory of a frame's columns read-only, and give the frame back.

    >>> import pandas as pd
    >>> base = frozen(pd.DataFrame({"n": pd.array([1, 2], dtype="Int64")}))
    >>> df = base.copy(deep=False)
    >>> df["n"].array[0] = 99
    Traceback (most recent call last):
    ...
    ValueError: assignment destination is read-only
    >>> del base
    >>> df.loc[0, "n"] = 99
    >>> df["n"].tolist()
    [99, 2]

    Every edit that goes through the frame works: pandas copies a column before it writes to it, as long as it believes that somebody
    else holds it too. It is made to believe so for as long as the memory lives, also where the snapshot is gone.
    """
    for block in frame._mgr.blocks:
        writable = [array for array in memory(block.values) if array.flags.writeable]
        if not writable:
            continue
        for array in writable:
            array.flags.writeable = False
        own = _OWN.get(type(block.values))
        block.values = block.values if own is None else own(block.values._data, block.values._mask)
        _share(block, writable[0])
    return frame


def memory(array: Any) -> tuple[Any, ...]:
    """List the numpy arrays behind a column; there are none behind text, which can't be written to in place."""
    if isinstance(array, np.ndarray):
        return (array,)
    names = ("_ndarray",) if hasattr(array, "_ndarray") else ("_data", "_mask")
    return tuple(getattr(array, name) for name in names if isinstance(getattr(array, name, None), np.ndarray))


def _share(block: Any, array: Any) -> None:
    """Let an empty block refer to the same memory as long as any view of it lives: pandas counts the blocks that do."""
    owner = array
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    empty = block.values[..., :0].copy()
    twin = type(block)(empty, placement=block.mgr_locs, ndim=block.ndim, refs=block.refs)
    weakref.finalize(owner, _let_go, twin).atexit = False


def _let_go(_twin: Any) -> None:
    """Do nothing: the block lived as long as this was to be called."""
