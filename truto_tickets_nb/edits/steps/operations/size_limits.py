"""How much text a step would make: one that would fill the memory is not done, and says why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from truto_tickets_nb.actions import correct
from truto_tickets_nb.edits.filters import patterns
from truto_tickets_nb.edits.steps.inapplicable import Reason
from truto_tickets_nb.edits.steps.operations.text import needle
from truto_tickets_nb.tickets.column_edits import texts

if TYPE_CHECKING:
    from truto_tickets_nb.edits.steps.operations.base import OperationInput

MOST = 256 * 2**20  # bytes of text that one step may make
_GROUP = re.compile(r"\\\d")  # \\0 to \\9 in what a pattern is replaced by


def too_much(chosen: OperationInput) -> Reason | None:
    """Return why a step would make too much text; None where it would not."""
    size = _size(chosen)
    if size <= MOST:
        return None
    message = f"it would make {size // 2**20:,} MB of text, and one step makes {MOST // 2**20} MB at most"
    return Reason("value.too_large", message, correct("Choose fewer tickets, or shorter text."))


def _size(chosen: OperationInput) -> int:
    step = chosen.step
    if step.kind in ("set", "fill"):
        return _bytes(step.options["value"]) * len(chosen)
    if step.kind == "map":
        return max(map(_bytes, step.options["values"].values()), default=0) * len(chosen)
    return _replaced(chosen) if step.kind == "replace" else 0


def _bytes(value: Any) -> int:
    return len(value.encode()) if isinstance(value, str) else 0


def _replaced(chosen: OperationInput) -> int:
    """Compute what a replacement makes at most: first as if every place were found, then by counting what is found."""
    held = _texts(chosen.cells)
    pattern, by = needle(chosen.step)
    groups = len(_GROUP.findall(by))
    letters, size = (int(pc.sum(count(held)).as_py() or 0) for count in (pc.utf8_length, pc.binary_length))
    base = size * (1 + groups)
    if base + (letters + len(held)) * _bytes(by) <= MOST or _finds_nothing(pattern):
        return base + (letters + len(held)) * _bytes(by)
    return base + int(pc.sum(pc.count_substring_regex(held, pattern)).as_py() or 0) * _bytes(by)


def _finds_nothing(pattern: str) -> bool:
    """Tell whether a pattern finds even an empty text, and so every place between two letters."""
    return bool(patterns.found(pa.array([""], pa.large_string()), pattern, case=True)[0].as_py())


def _texts(cells: Any) -> Any:
    if isinstance(cells, pd.arrays.ArrowStringArray):
        return texts(cells)
    told = [name for cell in cells for name in (cell if isinstance(cell, tuple) else (cell,)) if isinstance(name, str)]
    return pa.chunked_array([pa.array(told, pa.large_string())])
