"""Dropdowns: the values that a cell may take, on a hidden sheet, so that there may be as many as there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from truto_tickets_nb.sheets.escaping import CLEAR, escape, is_formula_like, join
from truto_tickets_nb.sheets.excel.styles import Cells, Look
from truto_tickets_nb.tickets.fields import field as field_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from truto_tickets_nb.sheets.columns import Column
    from truto_tickets_nb.sheets.source import SheetSource

LISTS = "lists"
MOST = 4_000  # lists by workspace; above it one list does for all
HEAD = 2  # rows above the values: the workspace, and how many values there are


@dataclass(frozen=True, slots=True)
class Offer:
    """The values of one column, for all workspaces first, then for each where they differ."""

    first: int  # the column on the hidden sheet, counted from 1
    lists: tuple[tuple[str, tuple[str, ...]], ...]

    def formula(self, workspace: str, row: int) -> str:
        """Write where a cell finds its values: by the workspace that stands in its own row, so that sorting does no harm."""
        if len(self.lists) == 1 or not workspace:
            letter = get_column_letter(self.first)
            return f"{LISTS}!${letter}${HEAD + 1}:${letter}${HEAD + len(self.lists[0][1])}"
        left, right = get_column_letter(self.first), get_column_letter(self.first + len(self.lists) - 1)
        match = f"IFERROR(MATCH(${workspace}{row},{LISTS}!${left}$1:${right}$1,0),1)"
        count = f"INDEX({LISTS}!${left}$2:${right}$2,1,{match})"
        return f"OFFSET({LISTS}!${left}${HEAD + 1},0,{match}-1,{count},1)"


def offers_of(origin: SheetSource, columns: Sequence[Column]) -> dict[str, Offer]:
    """Gather what the columns offer, side by side."""
    homes = _homes(origin)
    by_column: dict[str, Offer] = {}
    first = 1
    for column in columns:
        lists = _lists(origin, column, homes) if not origin.told[column.name].locked else ()
        if lists:
            by_column[column.name] = Offer(first, lists)
            first += len(lists)
    return by_column


def _homes(origin: SheetSource) -> dict[str, str]:
    """Return the workspaces of the tickets: id -> the name that stands in their rows."""
    names = origin.table.frame["workspace"].tolist() if "workspace" in origin.table.frame.columns else []
    by_home = dict(zip(origin.homes(), names, strict=False))
    return {home: name for home, name in by_home.items() if home}


def _lists(origin: SheetSource, column: Column, homes: dict[str, str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if column.form == "flag":
        return (("", ("TRUE", "FALSE", CLEAR)),)
    if column.names is None:
        options = origin.told[column.name].options
        return (("", (*options, CLEAR)),) if options else ()
    every = column.names.offers(homes or ("",))
    if not every:
        return ()
    row = field_of(column.name)
    by_home = {name: column.names.offers([home]) for home, name in homes.items()} if row and row.per_workspace else {}
    differ = len(set(by_home.values())) > 1 and len(by_home) <= MOST
    return tuple((name, _shown(column, values)) for name, values in (("", every), *(by_home.items() if differ else ())))


def _shown(column: Column, names: Sequence[str]) -> tuple[str, ...]:
    texts = (escape(join([name]) if column.form == "set" else name) for name in names)
    return (*dict.fromkeys(texts), CLEAR)


def write_lists(workbook: Any, offers: dict[str, Offer]) -> None:
    """Write the hidden sheet: one column a list."""
    sheet = workbook.create_sheet(LISTS)
    sheet.sheet_state = "hidden"
    cells, lists = Cells(sheet), [item for offer in offers.values() for item in offer.lists]
    sheet.append([cells.copy(_look(name), escape(name)) for name, _ in lists])
    sheet.append([len(values) for _, values in lists])
    for place in range(max((len(values) for _, values in lists), default=0)):
        texts = [values[place] if place < len(values) else None for _, values in lists]
        sheet.append([None if text is None else cells.copy(_look(text), text) for text in texts])


def _look(text: str) -> Look:
    return Look(quoted=is_formula_like(text))


def dropdown(offer: Offer, column: Column, area: str, workspace: str) -> Any:
    """Offer the values in the cells of a column; only a reference warns of others, a set may hold several."""
    row = int("".join(char for char in area.partition(":")[0] if char.isdigit()))
    validation = DataValidation("list", formula1=offer.formula(workspace, row), allow_blank=True, sqref=area)
    validation.errorStyle = "warning"
    validation.showErrorMessage = column.form == "reference"
    validation.errorTitle, validation.error = (
        "Not in the list",
        f"The list does not hold this value for {column.name}."[:220],
    )
    return validation


def refusal(why: str, area: str) -> Any:
    """Refuse typing in cells that can't be edited, and say why."""
    validation = DataValidation("custom", formula1="FALSE", allow_blank=False, sqref=area, showErrorMessage=True)
    validation.errorStyle, validation.errorTitle = "stop", "This cell can't be edited"
    validation.error = why[:220]
    return validation
