"""Read a workbook, whichever program saved it: the sheet with the tickets, and what the file was written from."""

from __future__ import annotations

import io
import warnings
from datetime import date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from truto_tickets_nb.errors import FrameError, cause, shorten
from truto_tickets_nb.sheets.escaping import unescape
from truto_tickets_nb.sheets.excel.package_parts import check_size, transitional, what_it_is, with_faults
from truto_tickets_nb.sheets.excel.write_workbook import ABOUT, TICKETS
from truto_tickets_nb.sheets.grid import LOOKED_AT, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Grid, grid_of, is_header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.sheets.sheet_cells import Cell


def read_workbook(source: str, data: bytes) -> Grid:
    """Read the cells of a workbook; a damaged one is refused with the reason."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of drawings and extensions that it leaves out
            check_size(source, data)
            return _read(source, data)
    except FrameError:
        raise
    except Exception as error:  # noqa: BLE001  (what a damaged package makes of its reader is anybody's guess)
        reason = what_it_is(data) or f"it is damaged, or no workbook: {shorten(error, 120)}"
        raise FrameError(f"{source} can't be read as .xlsx: {reason}. Save it again as .xlsx or .csv.") from cause(
            error
        )


def _read(source: str, data: bytes) -> Grid:
    workbook = openpyxl.load_workbook(io.BytesIO(transitional(data)), read_only=True, data_only=True)
    try:
        about = _about(workbook)
        sheets = [sheet for sheet in workbook.worksheets if sheet.title != ABOUT and _has_header(sheet)]
        if not sheets:
            return grid_of(source, [])
        chosen = min(sheets, key=lambda sheet: (sheet.title != TICKETS, sheet.sheet_state != "visible"))
        others = [sheet.title for sheet in sheets if sheet is not chosen]
        notes = tuple(
            f"Read the sheet {chosen.title!r}; {name!r} holds tickets as well and was not read." for name in others
        )
        cells = with_faults(list(_rows(chosen)), workbook, chosen)
        return grid_of(source, cells, about=about, notes=notes, days_since_1904=workbook.epoch == CALENDAR_MAC_1904)
    finally:
        workbook.close()


def _has_header(sheet: Any) -> bool:
    return any(is_header(row) for row in islice(_rows(sheet), LOOKED_AT * 2))


def _rows(sheet: Any) -> Iterator[list[Cell]]:
    sheet.reset_dimensions()  # programs write wrong ones
    cells = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        cells += len(row)
        if number > MOST_ROWS or len(row) > MOST_COLUMNS or cells > MOST_CELLS:
            raise FrameError(_too_large(sheet.title, number, len(row)))
        yield _trimmed([_plain(cell) if isinstance(cell, date | time) else cell for cell in row])


def _too_large(title: str, rows: int, columns: int) -> str:
    claim = f"has more than {MOST_CELLS:,} cells"
    if rows > MOST_ROWS:
        claim = f"claims to have more than {MOST_ROWS:,} rows"
    elif columns > MOST_COLUMNS:
        claim = f"claims to have {columns:,} columns"
    return f"The sheet {shorten(title, 40)!r} {claim}. Copy the rows of the tickets into a new file, or use CSV."


def _trimmed(row: list[Cell]) -> list[Cell]:
    """Leave out the empty cells at the end: a colour that reaches to the last column costs no memory."""
    if row and row[-1] is None:
        end = next((place for place in range(len(row), 0, -1) if row[place - 1] is not None), 0)
        del row[end:]
    return row


def _plain(cell: Any) -> Cell:
    """Bring dates into one form; a time without a day is text."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    return datetime(cell.year, cell.month, cell.day) if isinstance(cell, date) else str(cell)  # noqa: DTZ001


def _about(workbook: Any) -> dict[str, Any]:
    """Read the hidden identity."""
    if ABOUT not in workbook.sheetnames:
        return {}
    rows = (row for row in _rows(workbook[ABOUT]) if len(row) > 1)
    return {str(row[0]): unescape(str(row[1])) for row in rows if row[0] is not None}
