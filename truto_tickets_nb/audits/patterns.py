"""Patterns in texts, searched by RE2 in one pass over a column; a second look in Python judges the few that match."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    import pandas as pd


def matching(cells: pd.Series, pattern: str) -> Any:
    """Return which texts of a column match a pattern of RE2 (numpy bool); an empty cell matches nothing."""
    array = pa.array(cells, pa.large_string(), from_pandas=True)
    return pc.match_substring_regex(array, pattern).fill_null(False).to_numpy(zero_copy_only=False).astype(bool)


def judged(cells: pd.Series, pattern: str, judge: Callable[[str], bool]) -> Any:
    """Return which texts match a pattern and are then accepted by a function (numpy bool)."""
    rows = matching(cells, pattern)
    for place in np.flatnonzero(rows).tolist():
        rows[place] = judge(cells.iloc[place])
    return rows


def has_accepted(pattern: re.Pattern[str], accepted: Callable[[re.Match[str]], bool]) -> Callable[[str], bool]:
    """Return a function that tells whether one of the matches in a text is accepted."""
    return lambda text: any(accepted(match) for match in pattern.finditer(text))
