"""Find the ticket behind each row of a file: by its id, whatever a spreadsheet has made of it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from truto_tickets_nb.actions import Action, correct
from truto_tickets_nb.plans.problem import Problem
from truto_tickets_nb.sheets.automatic_conversions import days, days_of, is_convertible, is_date_like, may_have_become
from truto_tickets_nb.sheets.error_values import FORMULA_FIX, NOT_STORED, Formula, is_error_value
from truto_tickets_nb.sheets.escaping import escape, guard, unguard
from truto_tickets_nb.tickets.fields import ID
from truto_tickets_nb.tickets.parsing.numbers import loose_number_readings

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from truto_tickets_nb.sheets.grid import Grid
    from truto_tickets_nb.sheets.sheet_cells import Cell
    from truto_tickets_nb.sheets.source import SheetSource

LONGEST_ID = 200  # characters; what is longer is no id that could be loaded
LONG = 15  # digits that a spreadsheet's numbers keep
_LOST = re.compile(r"[1-9](?:[.,]\d+)?[eE]\+?\d+")


def guarded(identity: str) -> str:
    """Write an id so that a program that opens a CSV takes it neither for a number nor for a date.

    >>> guarded("0042"), guarded("4711"), guarded("1000000000000000001"), guarded("=A1"), guarded("MAR-1")
    ("'0042", '4711', "'1000000000000000001", "'=A1", "'MAR-1")
    """
    return guard(escape(identity))


def places_of(grid: Grid, origin: SheetSource) -> tuple[list[int], list[int], list[Problem]]:
    """Find the ticket of each row: places in the snapshot, rows of the grid, and what does not fit."""
    where = grid.where(ID) or 0
    ids = Ids(origin.ids)
    row_of: dict[int, int] = {}
    problems = []
    cells = [row[where] if where < len(row) else None for row in grid.rows]
    exact = frozenset(map(ids.exact, cells))
    for row, cell in enumerate(cells):
        place, problem = ids.find(cell, exact)
        if place in row_of:
            message = f"stands in two rows, {grid.numbers[row_of[place]]} and {grid.numbers[row]}"
            problem = Problem("row.twice", ids.known[place], ID, "", message, correct("Keep one row a ticket."))
        if problem:
            problems.append(replace(problem, message=f"{problem.message}, in cell {grid.address(row, where)}"))
        else:
            row_of[place] = row
    return list(row_of), list(row_of.values()), problems


class Ids:
    """Find tickets by what became of their ids.

    >>> ids = Ids(["7", "0042", "1000000000000000001"])
    >>> [ids.find(cell)[0] for cell in ("7", 7.0, "42", "1E+18", "'0042")]
    [0, 0, 1, 2, 1]
    >>> ids.find("99")[1].message
    'is not in this snapshot'
    """

    def __init__(self, ids: list[str]) -> None:
        self.known = ids
        self._places = {identity: place for place, identity in enumerate(ids)}
        self._written = {escape(identity): place for identity, place in self._places.items()}
        self._numbers: dict[int, list[int]] = defaultdict(list)
        for place, identity in enumerate(ids):
            if identity.isdecimal():
                self._numbers[int(identity)].append(place)

    def exact(self, cell: Cell) -> int:
        """Find the place of the ticket whose very id a cell holds, -1 where there is none."""
        if not isinstance(cell, str):
            return -1
        text = cell.strip()
        forms = (text, unguard(text), text.removeprefix("'"))
        places = (self._places.get(form, self._written.get(form, -1)) for form in forms)
        return next((place for place in places if place >= 0), -1)

    def find(self, cell: Cell, taken: Container[int] = ()) -> tuple[int, Problem | None]:
        """Find the place of a ticket, or the problem with its id.

        Where a damaged id may be several tickets, those that stand in other rows (`taken`) are not meant.
        """
        text = "" if cell is None else cell if isinstance(cell, Formula) else str(cell).strip()
        if not text:
            return -1, Problem("row.no_id", "", ID, "", "has no ticket id", _PUT_BACK)
        place = self.exact(cell)
        if place >= 0:
            return place, None
        if isinstance(cell, Formula) or is_error_value(cell):
            return -1, _without_value(text)
        meant = sorted({*self._meant(text if isinstance(cell, str) else cell), *self._converted(cell)})
        if len(meant) > 1:
            meant = [place for place in meant if place not in taken] or meant
        if len(meant) == 1:
            return meant[0], None
        return -1, _unknown(cell, text, [self.known[place] for place in meant])

    def _converted(self, cell: Cell) -> Iterator[int]:
        """List the tickets whose ids a spreadsheet may have turned into this date, time, number or truth value."""
        near = {place for day in days_of(cell) for place in self._days.get(day[:2], ())}
        yield from (place for place in (*near, *self._others) if may_have_become(cell, self.known[place]))

    @cached_property
    def _convertible(self) -> list[int]:
        return [
            place for place, identity in enumerate(self.known) if not identity.isdecimal() and is_convertible(identity)
        ]

    @cached_property
    def _days(self) -> dict[tuple[int, int], list[int]]:
        by_day: dict[tuple[int, int], list[int]] = defaultdict(list)
        for place in self._convertible:
            for month, day in {day[:2] for day in days(self.known[place])}:
                by_day[month, day].append(place)
        return by_day

    @cached_property
    def _others(self) -> list[int]:
        return [
            place
            for place in self._convertible
            if not days(self.known[place]) or loose_number_readings(self.known[place])
        ]

    def _meant(self, cell: Cell) -> Iterable[int]:
        """List the tickets that a number may mean: it may have lost zeros in front, or digits behind the fifteenth."""
        for number in loose_number_readings(cell):
            if float(number).is_integer():
                yield from self._numbers.get(int(number), ()) if abs(number) < 10**LONG else self._rounded(cell, number)
                return

    def _rounded(self, cell: Cell, number: float) -> Iterator[int]:
        lost = _LOST.fullmatch(cell) if isinstance(cell, str) else None
        digits = sum(char.isdigit() for char in re.split("[eE]", lost.group())[0]) if lost else LONG
        wanted = f"{number:.{digits - 1}e}"
        yield from (
            place for value, places in self._numbers.items() if f"{value:.{digits - 1}e}" == wanted for place in places
        )


_PUT_BACK = correct("Put the id back. New tickets can't be made here.")
_AS_TEXT = correct("Write the id as text, as it stands in the tool.")


def _without_value(text: str) -> Problem:
    if isinstance(text, Formula):
        return Problem("value.formula", text, ID, "", f"holds {NOT_STORED}", correct(FORMULA_FIX))
    put_back = correct("Put the id back, as it stands in the tool.")
    return Problem("value.error_value", text, ID, "", "is an error value of the spreadsheet instead of an id", put_back)


def _unknown(cell: Cell, text: str, meant: list[str]) -> Problem:
    if meant:
        shown = ", ".join(meant[:4]) + (" …" if len(meant) > 4 else "")
        kind = "date" if is_date_like(cell) else "number"
        message = f"may be {len(meant)} tickets, because the id became a {kind} ({shown})"
        return Problem("row.ambiguous_id", text, ID, "", message, _AS_TEXT)
    if _LOST.fullmatch(text):
        return Problem("row.converted_id", text, ID, "", "has lost its digits: the id became a number", _AS_TEXT)
    if is_date_like(cell):
        message = "is a date, and no id of this snapshot can have become it"
        return Problem("row.converted_id", text, ID, "", message, _AS_TEXT)
    load = (Action("load_ticket", text),) if len(text) <= LONGEST_ID else ()
    ways = (*load, *correct("Correct its id otherwise." if load else "Correct its id."))
    return Problem("row.unknown_id", text, ID, "", "is not in this snapshot", ways)
