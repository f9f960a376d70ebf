"""Write a workbook: the tickets, how to edit them, the values to choose from, and what the file was written from."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.xml.functions import Element

from truto_tickets_nb.errors import FrameError
from truto_tickets_nb.sheets.checksums import Marker
from truto_tickets_nb.sheets.columns import Column, columns_of
from truto_tickets_nb.sheets.escaping import CLEAR, escape, is_formula_like
from truto_tickets_nb.sheets.excel.dropdowns import Offer, dropdown, offers_of, refusal, write_lists
from truto_tickets_nb.sheets.excel.instructions import write_guide
from truto_tickets_nb.sheets.excel.styles import AMBER, BLUE, GREY, HEIGHT, Cells, Look, width
from truto_tickets_nb.sheets.files import write_sheet
from truto_tickets_nb.sheets.write_cells import cut, is_long
from truto_tickets_nb.tickets.fields import ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from truto_tickets_nb.sheets.source import SheetSource

TICKETS, ABOUT = "tickets", "about this file"
FORMAT = 1
MOST_ROWS = 1_048_575  # of a sheet, without its header
_SAMPLE = 300  # rows by which a width is chosen
_ID_WHY = "The id tells which ticket the row is."
_MARKS_WHY = "These letters tell whether a ticket was changed in the tool after the file was written."


def write_excel(path: str | Path, origin: SheetSource, wanted: Iterable[str] | None = None) -> None:
    """Write tickets as a workbook; a file that is there is replaced once the new one is complete."""
    if len(origin.table) > MOST_ROWS:
        raise FrameError(
            f"A sheet holds {MOST_ROWS:,} tickets, these are {len(origin.table):,}. Load fewer, or use to_csv()."
        )
    columns = columns_of(origin, origin.columns(wanted))
    content = io.BytesIO()  # a workbook that can't be saved would leave its temporary files behind
    _book(origin, columns, datetime.now(UTC)).save(content)
    write_sheet(path, content.getvalue())


def _book(origin: SheetSource, columns: Sequence[Column], now: datetime) -> Any:
    workbook = Workbook(write_only=True)
    offers = offers_of(origin, columns)
    _Tickets(workbook, origin, columns, offers).write()
    write_guide(workbook, origin, columns, f"{now:%Y-%m-%d %H:%M}")
    write_lists(workbook, offers)
    _write_about(workbook, origin, columns, now)
    return workbook


class _SortableRange:
    """Let Excel sort a protected sheet: it refuses to sort locked cells, unless they stand in a range that is free to edit.

    What is typed into locked cells of that range is refused by their validation instead. openpyxl has no word for such ranges, so this
    stands where it writes scenarios, which follow them in the schema.
    """

    def __init__(self, area: str) -> None:
        self._area = area

    def to_tree(self) -> Any:
        """Write the element."""
        ranges = Element("protectedRanges")
        ranges.append(Element("protectedRange", {"sqref": self._area, "name": TICKETS}))
        return ranges


class _Tickets:
    """Write the sheet that people edit."""

    def __init__(self, workbook: Any, origin: SheetSource, columns: Sequence[Column], offers: dict[str, Offer]) -> None:
        self.sheet = workbook.create_sheet(TICKETS)
        self.origin, self.columns, self.offers = origin, columns, offers
        self.cells = Cells(self.sheet)
        self.marker = Marker(origin.integration, origin.account_id)
        self.last = len(origin.table) + 1
        self.names = [column.name for column in columns]

    def write(self) -> None:
        """Write everything."""
        self._lay_out()
        self.sheet.append(list(self._header()))
        for place, ticket in enumerate(self.origin.ids):
            self.sheet.row_dimensions[place + 2].height = HEIGHT
            self.sheet.append(self._row(place, ticket))
        self._validate()

    def _lay_out(self) -> None:
        sheet, end = self.sheet, get_column_letter(len(self.columns) + 2)
        sheet.freeze_panes = "B2"
        sheet.auto_filter.ref = f"A1:{end}{self.last}"
        sheet.protection.sheet = True
        for allowed in (
            "autoFilter",
            "sort",
            "formatCells",
            "formatColumns",
            "formatRows",
            "insertColumns",
            "deleteColumns",
            "deleteRows",
        ):
            setattr(sheet.protection, allowed, False)  # False: not forbidden
        sheet.calculate_dimension = lambda: f"A1:{end}{self.last}"  # readers that find no size read the sheet twice
        sheet.scenarios = _SortableRange(f"A1:{end}{self.last}")
        sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_title_rows = "1:1"
        sheet.column_dimensions["A"].width = width(self.origin.ids[:_SAMPLE], ID)
        for place, column in enumerate(self.columns, 2):
            texts = [column.text(cell) for cell in column.written[:_SAMPLE]]
            sheet.column_dimensions[get_column_letter(place)].width = width(texts, column.name)
        sheet.column_dimensions[end].hidden = True

    def _header(self) -> Iterator[Any]:
        yield self._head(ID, GREY, _ID_WHY)
        for column in self.columns:
            help_of = self.origin.told[column.name]
            yield self._head(escape(column.name), GREY if help_of.locked else BLUE, _hint(column, help_of.locked))
        yield self._head(self.marker.header(self.names), GREY, _MARKS_WHY)

    def _head(self, name: str, fill: str, hint: str) -> Any:
        cell = self.cells.copy(Look(locked=True, bold=True, fill=fill, quoted=is_formula_like(name)), name)
        cell.comment = Comment(hint, "truto-tickets-nb", height=110, width=260)
        return cell

    def _row(self, place: int, ticket: str) -> Iterator[Any]:
        """Write one ticket, cell by cell."""
        yield self.cells.cell(Look(locked=True, quoted=is_formula_like(ticket)), escape(ticket))
        texts = []
        for column, look in zip(self.columns, self.looks, strict=True):
            cell = column.written[place]
            texts.append(cell if isinstance(cell, str) else column.text(cell))
            yield self._cell(look, cell)
        yield self.cells.cell(Look(locked=True), self.marker.row(ticket, self.names, texts))

    @property
    def looks(self) -> list[Look]:
        """Return how the cells of each column look."""
        return [Look(column.form, locked=bool(self.origin.told[column.name].locked)) for column in self.columns]

    def _cell(self, look: Look, value: Any) -> Any:
        if isinstance(value, bool):
            return self.cells.cell(replace(look, form="flag"), value)
        if not isinstance(value, str):
            return self.cells.cell(look, value)
        if is_long(value):
            return self.cells.cell(Look(locked=True, fill=AMBER, wrap=True), cut(value))
        return self.cells.cell(replace(look, form="text", quoted=is_formula_like(value), wrap="\n" in value), value)

    def _validate(self) -> None:
        if self.last < 2:
            return
        validations = self.sheet.data_validations
        validations.append(refusal(_ID_WHY, f"A2:A{self.last}"))
        home = get_column_letter(self.names.index("workspace") + 2) if "workspace" in self.names else ""
        for place, column in enumerate(self.columns, 2):
            area = f"{get_column_letter(place)}2:{get_column_letter(place)}{self.last}"
            locked = self.origin.told[column.name].locked
            if locked:
                validations.append(refusal(f"{column.name} can't be edited: {locked}.", area))
            elif column.name in self.offers:
                validations.append(dropdown(self.offers[column.name], column, area, home))


def _hint(column: Column, locked: str) -> str:
    """Return the comment on the header: what the cells take."""
    if locked:
        return f"Can't be edited: {locked}."
    forms = {
        "set": "Separate several by commas.",
        "day": "A date without a time.",
        "instant": "Date and time in UTC.",
        "number": "A number.",
        "flag": "TRUE or FALSE.",
    }
    return f"{forms.get(column.form, '')} To empty a cell on purpose, write {CLEAR}".strip()


def _write_about(workbook: Any, origin: SheetSource, columns: Sequence[Column], now: datetime) -> None:
    """Write what the file was made from; hidden, as it is for the program and not for people."""
    sheet = workbook.create_sheet(ABOUT)
    sheet.sheet_state = "veryHidden"
    fingerprint = hashlib.sha256("\0".join(sorted(origin.ids)).encode("utf-8", "surrogatepass")).hexdigest()
    facts = {
        "truto_tickets_nb": FORMAT,
        "integration": origin.integration,
        "account_id": origin.account_id,
        "snapshot": origin.snapshot,
        "tickets": len(origin.table),
        "ids": fingerprint,
        "written": now.isoformat(timespec="seconds"),
        "columns": json.dumps({column.name: [column.form, str(column.base.dtype)] for column in columns}),
    }
    cells = Cells(sheet)
    for key, value in facts.items():
        sheet.append([cells.copy(Look(), key), cells.copy(Look(), escape(str(value))[:32_000])])
