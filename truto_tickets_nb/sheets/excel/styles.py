"""How cells look: white where one may write, grey where not, amber where a text is cut."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY, INSTANT, TEXT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "@"
GREY, AMBER, BLUE, INK, SOFT, LINE = "F1F3F5", "FFF3C4", "DCE9F9", "1F2328", "57606A", "D0D7DE"
HEIGHT = 15  # points of a row: one line, however many its texts have
FLAG = '"TRUE";"TRUE";"FALSE"'  # Excel shows TRUE in any format, LibreOffice a 1 where it is not told otherwise
FORMATS = {"day": DAY, "instant": INSTANT, "number": "General", "flag": FLAG, "any": "General"}
_EDGE = Border(right=Side("thin", color=LINE), bottom=Side("thin", color=LINE))


@dataclass(frozen=True, slots=True)
class Look:
    """Name all that one cell's look depends on."""

    form: str = "text"
    locked: bool = False
    quoted: bool = False  # Excel keeps it as text even if somebody opens it and presses Enter
    fill: str = ""
    bold: bool = False
    wrap: bool = False


class Cells:
    """Hand out cells, one a look: a cell is written at once, so that the next one may be the same object."""

    def __init__(self, sheet: Any) -> None:
        self._sheet, self._made = sheet, dict[Look, Any]()

    def cell(self, look: Look, value: Any) -> Any:
        """Return a cell of this look that holds this value; text is never taken for a formula."""
        styled = self._made.get(look) or self._make(look)
        styled._value, styled.data_type = value, _type(value)  # noqa: SLF001  (the public setter would take "=1" for a formula)
        return styled

    def copy(self, look: Look, value: Any) -> Any:
        """Make a cell of its own, where several of one look stand in one row."""
        return copy(self.cell(look, value))

    def _make(self, look: Look) -> Any:
        cell = WriteOnlyCell(self._sheet)
        cell.number_format = FORMATS.get(look.form, TEXT)
        cell.protection = Protection(locked=look.locked)
        cell.font = Font(name="Calibri", size=11, bold=look.bold, color=SOFT if look.locked and not look.bold else INK)
        cell.alignment = Alignment(
            vertical="top", wrap_text=look.wrap, horizontal=None if look.form in ("number", "any") else "left"
        )
        fill = look.fill or (GREY if look.locked else "")
        if fill:
            cell.fill = PatternFill("solid", fgColor=fill)
            cell.border = _EDGE
        cell.quotePrefix = look.quoted
        self._made[look] = cell
        return cell


def _type(value: Any) -> str:
    if isinstance(value, str):
        return "s"
    return "b" if isinstance(value, bool) else "n" if value is None or isinstance(value, int | float) else "d"


def width(texts: Sequence[str], head: str) -> float:
    """Choose a width in characters: nine of ten cells fit, between 9 and 60."""
    lengths = sorted(len(text.partition("\n")[0]) for text in texts)
    fits = lengths[int(len(lengths) * 0.9)] if lengths else 0
    return float(min(max(fits + 2, len(head) + 4, 9), 60))
