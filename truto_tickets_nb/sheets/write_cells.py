"""Values of a frame as the cells of a sheet: text that is escaped, sets as one line, moments in UTC, and texts that are too long cut off."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from truto_tickets_nb.sheets.escaping import escape, join
from truto_tickets_nb.tickets.json_values import is_missing

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.sheets.sheet_cells import Cell

LONGEST = 32_767  # characters (UTF-16 units) that a cell of Excel holds
_KEPT = 32_000  # of a longer text
CUT = "[cut: {:,} characters are too many for a cell; edit this text in the notebook]"
MARK = "[cut: "
_FIRST_YEAR = 1901  # Excel counts days from 1900, and counts one that never was


def text_cell(cell: Any) -> Cell:
    """Write a text."""
    return escape(cell) or None if isinstance(cell, str) else None


def set_cell(cell: Any) -> Cell:
    """Write a set as one line."""
    return escape(join(map(str, cell))) or None if isinstance(cell, tuple) else _written_any(cell)


def moment_cell(cell: Any) -> Cell:
    """Write a moment in UTC without a zone; what is too early for a spreadsheet is text."""
    if cell is pd.NaT:
        return None
    moment: datetime = cell.to_pydatetime(warn=False)
    moment = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    moment -= timedelta(microseconds=moment.microsecond % 1000)  # a sheet keeps milliseconds
    return moment if moment.year >= _FIRST_YEAR else moment.isoformat()


def _written_number(cell: Any) -> Cell:
    return cell if not is_missing(cell) else None


def _written_any(cell: Any) -> Cell:
    if is_missing(cell):
        return None
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float):
        return cell if abs(cell) < 10**15 else str(cell)
    if isinstance(cell, tuple):
        return escape(join(cell) if is_plain(cell) else json.dumps(cell, ensure_ascii=False))
    return escape(str(cell))


def is_plain(cell: tuple[Any, ...]) -> bool:
    """Return whether a tuple holds nothing but names, and can stand as one line."""
    return all(isinstance(item, str) and item for item in cell) and not (cell and str(cell[0]).startswith("["))


WRITERS: dict[str, Callable[[Any], Cell]] = {
    "text": text_cell,
    "reference": text_cell,
    "set": set_cell,
    "number": _written_number,
    "flag": _written_number,
    "any": _written_any,
}


def is_long(text: str) -> bool:
    """Return whether a text is too long for a cell."""
    return len(text) > LONGEST // 2 and _units(text) > LONGEST


def cut(text: str) -> str:
    """Cut a text that is too long for a cell, and say so."""
    head = text[:_KEPT]
    while _units(head) > _KEPT:
        head = head[: len(head) - max(1, (_units(head) - _KEPT) // 2)]
    return f"{head}\n{CUT.format(len(text))}"


def _units(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text) if not text.isascii() else len(text)
