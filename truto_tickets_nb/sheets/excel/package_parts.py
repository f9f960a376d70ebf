"""The parts of a workbook's package: what openpyxl does not read is read here, or named."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from openpyxl.utils.cell import coordinate_to_tuple

from truto_tickets_nb.errors import FrameError
from truto_tickets_nb.files.atomic_write import MOST
from truto_tickets_nb.sheets.error_values import ErrorValue, Formula
from truto_tickets_nb.sheets.grid import MOST_COLUMNS, MOST_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.sheets.sheet_cells import Cell

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)")
_RENAMED = {b"extendedProperties": b"extended-properties", b"customProperties": b"custom-properties"}
_SUSPECT = re.compile(rb"<(?:\w+:)?f[\s/>]|\st=[\"']e[\"']")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SHEET = re.compile(rb"<(?:\w+:)?sheet[\s/>]")
_SHEETS, _PARTS = 255, 10_000
_SMALL, _RATIO = (
    64 * 2**20,
    200,
)  # bytes that any package may unpack to; how much larger than itself a larger one may be
_KINDS = (  # the name of a part -> the program whose package has one
    ("xl/workbook.bin", "it is a binary workbook (.xlsb)"),
    ("content.xml", "it is an OpenDocument file (.ods)"),
    ("Index/Document.iwa", "it is a document of Apple Numbers"),
    ("word/document.xml", "it is a document of Word"),
    ("ppt/presentation.xml", "it is a presentation"),
)


def what_it_is(data: bytes) -> str:
    """Name a package that is no .xlsx workbook, "" where it seems to be one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return ""
    named = next((kind for part, kind in _KINDS if part in names), "")
    return named or ("" if "[Content_Types].xml" in names else "it is a ZIP archive: unpack it first")


def check_size(source: str, data: bytes) -> None:
    """Refuse, before it is unpacked, a package that is far larger than a workbook of tickets can be."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = package.infolist()
        size = sum(part.file_size for part in parts)  # zipfile unpacks no more of a part than it says here
        allowed = min(MOST, max(_SMALL, _RATIO * len(data)))
        if size > allowed or len(parts) > _PARTS:
            raise FrameError(
                f"{source} would unpack to {size / 2**20:,.0f} MB in {len(parts):,} parts, more than any workbook of tickets. "
                "Copy the rows of the tickets into a new file, or use CSV."
            )
        workbook = package.read("xl/workbook.xml") if "xl/workbook.xml" in package.namelist() else b""
    count = len(_SHEET.findall(workbook))
    if count > _SHEETS:
        raise FrameError(f"{source} has {count:,} sheets. Copy the one with the tickets into a new file.")


def transitional(data: bytes) -> bytes:
    """Translate a workbook saved as Strict Open XML into the namespaces that openpyxl knows; any other workbook stays as it is."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if not any(
            _STRICT.search(package.read(name))
            for name in ("_rels/.rels", "xl/workbook.xml")
            if name in package.namelist()
        ):
            return data
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as translated:
            for name in package.namelist():
                part = package.read(name)
                translated.writestr(name, _translated(part) if name.endswith((".xml", ".rels")) else part)
    return target.getvalue()


def _translated(part: bytes) -> bytes:
    part = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006", part)
    for strict, usual in _RENAMED.items():
        part = part.replace(b"officeDocument/2006/" + strict, b"officeDocument/2006/" + usual)
    return part


def with_faults(rows: list[list[Cell]], workbook: Any, sheet: Any) -> list[list[Cell]]:
    """Mark the cells that hold no value: errors, and formulas whose result is not stored; openpyxl gives None for these."""
    part = workbook._archive.read(sheet._worksheet_path)  # noqa: SLF001  (openpyxl has no public way to the part of a sheet)
    if not _SUSPECT.search(part):
        return rows
    for (row, column), fault in _faults(part):
        if not (0 < row <= MOST_ROWS and 0 < column <= MOST_COLUMNS):
            continue
        rows += [[] for _ in range(row - len(rows))]
        cells = rows[row - 1]
        cells += [None] * (column - len(cells))
        cells[column - 1] = fault
    return rows


def _faults(part: bytes) -> Iterator[tuple[tuple[int, int], Cell]]:
    row = column = 0
    for event, element in ET.iterparse(io.BytesIO(part), events=("start", "end")):  # noqa: S314  (openpyxl has parsed it already)
        if event == "start" and element.tag == f"{_MAIN}row":
            row, column = int(element.get("r") or row + 1), 0
        elif event == "end" and element.tag == f"{_MAIN}c":
            address = element.get("r")
            row, column = coordinate_to_tuple(address) if address else (row, column + 1)
            fault = _fault(element)
            if fault is not None:
                yield (row, column), fault
        elif event == "end" and element.tag == f"{_MAIN}row":
            element.clear()


def _fault(cell: Any) -> Cell:
    formula, value = cell.find(f"{_MAIN}f"), cell.findtext(f"{_MAIN}v") or ""
    if cell.get("t") == "e":
        return ErrorValue(value or "#ERROR!")
    is_stored = value or cell.get("t") == "str"
    return None if formula is None or is_stored else Formula(f"={formula.text or ''}")
