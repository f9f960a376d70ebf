"""The doors as a snapshot opens them: one pair for Excel, one for CSV; either reads both kinds of file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from truto_tickets_nb.errors import SetupError
from truto_tickets_nb.sheets import csv_file
from truto_tickets_nb.sheets.files import is_packed, read_bytes
from truto_tickets_nb.sheets.read_edits import frame_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from truto_tickets_nb.sheets.grid import Grid
    from truto_tickets_nb.sheets.source import SheetSource

MISSING = "Excel files need openpyxl: pip install 'truto-tickets-nb[excel]'. Without it, snapshot.to_csv(path) writes a file that Excel opens."


def to_excel(path: str | Path, origin: SheetSource, columns: Iterable[str] | None) -> None:
    """Write a workbook."""
    try:
        from truto_tickets_nb.sheets.excel.write_workbook import write_excel  # noqa: PLC0415  (openpyxl is an extra)
    except ImportError as error:
        raise SetupError(MISSING) from error
    write_excel(path, origin, columns)


def to_csv(path: str | Path, origin: SheetSource, columns: Iterable[str] | None) -> None:
    """Write a CSV file."""
    csv_file.write_csv(path, origin, columns)


def read(path: str | Path, origin: SheetSource) -> pd.DataFrame:
    """Read a file, be it a workbook or a CSV: what it holds decides, not its name."""
    data, source = read_bytes(path), Path(path).name
    return frame_of(_workbook(source, data) if is_packed(data) else csv_file.read_csv(source, data, origin), origin)


def _workbook(source: str, data: bytes) -> Grid:
    try:
        from truto_tickets_nb.sheets.excel.read_workbook import read_workbook  # noqa: PLC0415  (openpyxl is an extra)
    except ImportError as error:
        raise SetupError(MISSING) from error
    return read_workbook(source, data)
