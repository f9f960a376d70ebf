"""The sheet that tells in plain words how to edit the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sheets.escaping import CLEAR, escape
from truto_tickets_nb.sheets.excel.styles import AMBER, BLUE, GREY, HEIGHT, Cells, Look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from truto_tickets_nb.sheets.columns import Column
    from truto_tickets_nb.sheets.source import SheetSource

GUIDE = "how to"
_WORDS = (
    ("Edit", "Write into the white cells of the sheet 'tickets', save the file, and hand it back. Nothing is sent to the tool before somebody has seen the list of your changes and confirmed it."),
    ("Choose a value", "Cells with an arrow offer the values that the ticket can take. You may also type one."),
    ("Empty a cell on purpose", f"Write the word {CLEAR} into it. A cell that is merely empty changes nothing: it is reported, in case it was an accident."),
    ("Several values in one cell", 'Tags and people: separate them by commas, such as: billing, vip. A name that holds a comma stands in quotes, such as: "Smith, Jo". Choosing from the arrow replaces what is there.'),
    ("People of one name", "They carry their id, such as: Jo Smith (id 42). Keep it, so that they stay two."),
    ("Dates", "Real dates. Where there is a time, it is in UTC, not in your own time."),
    ("Signs such as \\x07", "They stand for characters that can't be seen. Leave them, or delete them to remove the character."),
    ("Rows", "Sort, filter, hide or delete rows as you like. A deleted row is only left out: no ticket is deleted. New tickets can't be made here."),
    ("Columns", "Move or delete columns as you like. Keep the names in the first row, and keep the column 'id'. A column of notes of your own is ignored."),
    ("Protection", "The sheet is protected without a password, against slips. Should your program not sort or delete rows: Review > Unprotect Sheet (LibreOffice: Tools > Protect Sheet)."),
)  # fmt: skip
_COLOURS = (
    ("", "White", "You may write here."),
    (GREY, "Grey", "The tool only tells this, or does not take changes of it: they would be refused."),
    (AMBER, "Amber", "This text is too long for a cell and is cut. Leave it, or write a whole new text."),
)
_KINDS = {
    "text": "Text",
    "reference": "One value",
    "set": "Several values",
    "words": "Several words",
    "date": "A date",
    "flag": "TRUE or FALSE",
}
_WIDE = 100  # characters of a line


def write_guide(workbook: Any, origin: SheetSource, columns: Sequence[Column], when: str) -> None:
    """Write what one has to know, what the colours mean, and what each column takes."""
    page = _Page(workbook.create_sheet(GUIDE))
    account = (
        f"{len(origin.table):,} tickets of {origin.integration} account {origin.account_id}, written on {when} UTC."
    )
    page.line("How to edit this file", "", Look(bold=True))
    page.line("", escape(account))
    page.gap()
    for topic, words in _WORDS:
        page.line(topic, words)
    page.gap()
    for fill, colour, words in _COLOURS:
        page.line(colour, words, Look(fill=fill, bold=True))
    page.gap()
    page.line("column", "what it takes", Look(bold=True, fill=BLUE))
    for column in columns:
        page.line(escape(column.name), escape(_takes(origin, column)), Look())


def _takes(origin: SheetSource, column: Column) -> str:
    help_of = origin.told[column.name]
    if help_of.locked:
        return f"Can't be edited: {help_of.locked}."
    word = _KINDS.get(help_of.kind, "A value")
    return f"{word}: {help_of.takes}." if help_of.takes else f"{word}."


class _Page:
    """Write a page of two columns, each row as high as its words need: programs do not find that out by themselves."""

    def __init__(self, sheet: Any) -> None:
        self._sheet, self._cells, self._row = sheet, Cells(sheet), 0
        sheet.sheet_view.showGridLines = False
        sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, _WIDE

    def line(self, topic: str, words: str, look: Look | None = None) -> None:
        """Write a row."""
        self._row += 1
        self._sheet.row_dimensions[self._row].height = HEIGHT * (1 + len(words) // (_WIDE - 12)) + 3
        self._sheet.append([self._cells.copy(look or Look(bold=True), topic), self._cells.copy(Look(wrap=True), words)])

    def gap(self) -> None:
        """Leave a row empty."""
        self._row += 1
        self._sheet.append([])
