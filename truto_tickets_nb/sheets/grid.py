"""What a file holds, whichever program saved it: a header somewhere near the top, and rows of cells under it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.errors import FrameError
from truto_tickets_nb.sheets.checksums import CHECK, Marks
from truto_tickets_nb.sheets.error_values import Formula
from truto_tickets_nb.sheets.escaping import unescape
from truto_tickets_nb.sheets.mojibake import misread
from truto_tickets_nb.tickets.fields import ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from truto_tickets_nb.sheets.sheet_cells import Cell

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384  # of a sheet, in every spreadsheet program
MOST_CELLS = (
    30_000_000  # of a sheet, with the empty ones before the last of each row: what a machine takes in within a minute
)
LOOKED_AT = 20  # rows in which a header is looked for: people put titles above it
_MISREAD_MARK = misread("\ufeff", "cp1252")  # the byte-order mark of UTF-8, as Windows shows it


@dataclass(frozen=True)
class Grid:
    """The cells of one file."""

    source: str  # the name of the file
    names: tuple[str, ...]  # the header, as it stands there
    rows: list[Sequence[Cell]]
    numbers: list[int]  # the row of the file in which each of them stands
    head: int  # the row of the file in which the header stands
    typed: bool = True  # False where a file holds text only
    comma: bool = False  # decimals are written with a comma
    days_since_1904: bool = False  # serial numbers of dates count from 1904, as in old workbooks of the Mac
    page: str = ""  # the code page of a file that was saved in one; "ascii" where nothing beyond it is left
    pages: tuple[str, ...] = ()  # the code pages that it may have been saved in, as far as its bytes can tell
    about: Mapping[str, Any] = field(default_factory=dict)  # the hidden identity, where the file has one
    notes: tuple[str, ...] = ()

    def address(self, row: int, place: int) -> str:
        """Return where a cell stands, as every spreadsheet does: C7."""
        return f"{letters(place)}{self.numbers[row]}"

    def head_address(self, place: int) -> str:
        """Return where a header stands."""
        return f"{letters(place)}{self.head}"

    def where(self, name: str) -> int | None:
        """Find the first column that is meant by a name."""
        return next((place for place, heading in enumerate(self.names) if normal(heading) == name), None)

    @property
    def marks(self) -> tuple[int, Marks] | None:
        """Find the column of marks."""
        for place, heading in enumerate(self.names):
            if heading.startswith(f"{CHECK} k") and (marks := Marks.read(heading)):
                return place, marks
        return None


def grid_of(source: str, rows: Iterable[Sequence[Cell]], **more: Any) -> Grid:
    """Find the header and the rows that hold anything."""
    numbered = [(number, row) for number, row in enumerate(rows, 1) if any(cell not in (None, "") for cell in row)]
    head = next((place for place, (_, row) in enumerate(numbered[:LOOKED_AT]) if is_header(row)), None)
    if head is None and any(str(cell).startswith(_MISREAD_MARK) for _, row in numbered[:1] for cell in row[:1]):
        raise FrameError(
            f"{source} was opened in a wrong encoding before it was saved: its header begins with {_MISREAD_MARK!r}. "
            "Open the CSV file again as UTF-8 (in Excel: Data, From Text/CSV) and save that."
        )
    if head is None:
        raise FrameError(
            f"{source} has no column 'id', so nobody can say which row is which ticket. Put the ids back under a header 'id', "
            "or write the file anew: snapshot.to_excel(path) or snapshot.to_csv(path)."
        )
    names = tuple(
        "" if cell is None else cell if isinstance(cell, Formula) else unescape(str(cell)).strip()
        for cell in numbered[head][1]
    )
    body = numbered[head + 1 :]
    return Grid(source, names, [row for _, row in body], [number for number, _ in body], numbered[head][0], **more)


def too_wide(count: int) -> str:
    """Refuse a row that has more columns than any spreadsheet can have."""
    return f"The file is damaged: a row of it has {count:,} columns, and a sheet has {MOST_COLUMNS:,} at most. Save it again, or take an earlier copy."


def is_header(row: Sequence[Cell]) -> bool:
    """Return whether a row is the header: one of its cells says id."""
    return any(isinstance(cell, str) and normal(cell) == ID for cell in row)


def normal(name: str) -> str:
    """Bring the name of a column into the form of ours: people write Due date where due_date stood.

    >>> normal(" Due Date "), normal("custom_fields.Region")
    ('due_date', 'custom_fields.region')
    """
    return "_".join(name.strip().casefold().replace("-", " ").split())


def letters(place: int) -> str:
    """Name a column as spreadsheets do.

    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    name, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
