"""Columns of a frame as cells of a sheet, and an edited cell back as the value that the frame would hold."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from truto_tickets_nb.actions import correct
from truto_tickets_nb.sheets.automatic_conversions import has_other_form, is_date_like
from truto_tickets_nb.sheets.escaping import split, unescape
from truto_tickets_nb.sheets.labels import Names
from truto_tickets_nb.sheets.sheet_cells import Cell, serial_date, sheet_moments
from truto_tickets_nb.sheets.spreadsheet_damage import is_untouched
from truto_tickets_nb.sheets.write_cells import MARK, WRITERS, cut, is_long, is_plain, moment_cell, set_cell, text_cell
from truto_tickets_nb.tickets.cell_problem import CellProblem
from truto_tickets_nb.tickets.fields import CUSTOM, of_record
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.json_values import freeze, is_missing, refs
from truto_tickets_nb.tickets.parsing.booleans import parse_boolean
from truto_tickets_nb.tickets.parsing.dates import instant
from truto_tickets_nb.tickets.parsing.literals import is_broken_literal, parse_literal
from truto_tickets_nb.tickets.parsing.numbers import parse_number
from truto_tickets_nb.tickets.typed_values import typed_boolean, typed_date, typed_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from truto_tickets_nb.actions import Action
    from truto_tickets_nb.sheets.source import SheetSource
    from truto_tickets_nb.tickets.cell_problem import CellCode

Value = TypeVar("Value")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_TEXT_FIX = "Write it as text: with an apostrophe in front, or in a cell of the format Text."


class Unreadable(Exception):
    """Why an edited cell can't be read, and what to do."""

    def __init__(self, code: CellCode, message: str, actions: tuple[Action, ...]) -> None:
        super().__init__(message)
        self.code, self.message, self.actions = code, message, actions


@dataclass
class Column:
    """One column: its values as the frame has them, and as a sheet has them; rows are those of the snapshot."""

    name: str
    form: str  # text, reference, set, day, instant, number, flag or any
    base: pd.Series
    values: list[Any]
    written: list[Cell]
    names: Names | None = None
    whole: bool = field(default=False)  # a number without decimals

    def is_untouched(self, cell: Cell, place: int, *, typed: bool, page: str | None = "") -> bool:
        """Return whether a cell means what was written; `page` is the code page of the file, None where no letter may be lost."""
        written = self.written[place]
        if is_untouched(cell, written, typed=typed, page=page):
            return True
        if isinstance(written, str) and is_long(written) and is_untouched(cell, cut(written), typed=typed, page=page):
            return True
        return isinstance(cell, str) and self._is_same_value(cell, place)

    def _is_same_value(self, cell: str, place: int) -> bool:
        """Compare a text with the value itself: sets in any order, and values as pandas writes them."""
        value, written = self.values[place], self.written[place]
        if cell == str(value) and not is_missing(value):
            return True
        if self.form == "set" and isinstance(written, str) and set(split(cell)) == set(split(written)):
            return True
        parsed = parse_literal(cell)
        if parsed is None:
            return False
        if self.form == "set":
            return isinstance(parsed, tuple) and sorted(map(str, parsed)) == sorted(
                map(str, () if is_missing(value) else value)
            )
        return bool(freeze(parsed) == (freeze(json_or_none(value)) if isinstance(value, str) else value))

    def read(self, cell: Cell, place: int, *, comma: bool = False) -> Any:
        """Turn an edited cell into a value of the frame; `comma` says that the file writes decimals with one."""
        if isinstance(cell, str) and MARK in cell and is_long(str(self.written[place])):
            raise Unreadable(
                "value.cut_off",
                "was too long for a cell and is cut off there",
                correct("Put the cell back, or write a whole new text."),
            )
        return _READERS[self.form](self, cell, place, comma)

    def text(self, cell: Cell) -> str:
        """Write a cell where a file has no types."""
        if isinstance(cell, datetime):
            return cell.date().isoformat() if self.form == "day" and not _has_time(cell) else f"{cell.isoformat()}Z"
        return "" if cell is None else str(cell).upper() if isinstance(cell, bool) else str(cell)

    def _as_text(self, cell: Cell, place: int, _comma: bool) -> str:  # noqa: FBT001  (the signature of all readers)
        if isinstance(cell, float) and cell.is_integer():
            return str(int(cell))
        if isinstance(cell, datetime):
            return self._as_date_text(cell, place)
        if isinstance(cell, str):
            text = unescape(cell)
            parsed = parse_literal(text) if json_or_none(self.values[place]) is not None else None
            return str(freeze(parsed)) if isinstance(parsed, dict) else self._in_the_form_of_the_column(text, place)
        return str(cell).upper() if isinstance(cell, bool) else str(cell)

    def _as_date_text(self, cell: datetime, place: int) -> str:
        """Write a date where a text column holds dates as ISO text; elsewhere a text was turned into it, and nobody can say which one."""
        written = self.written[place]
        takes_dates = bool(_ISO.match(written)) if isinstance(written, str) else self.name.startswith(CUSTOM)
        if not takes_dates:
            raise Unreadable("value.wrong_kind", "is a date where text belongs", correct(_TEXT_FIX))
        return cell.isoformat() if _has_time(cell) else cell.date().isoformat()

    def _in_the_form_of_the_column(self, text: str, place: int) -> str:
        """Keep what a spreadsheet shows for a date from replacing a text such as MAR-1, or a date in ISO form."""
        written = self.written[place]
        if not isinstance(written, str) or not (
            is_date_like(written) and is_date_like(text) and has_other_form(text, written)
        ):
            return text
        dates = {moment for moment, _ in sheet_moments(text)}
        if not _ISO.match(written) or len(dates) != 1:
            raise Unreadable(
                "value.converted",
                f"may have been turned into a date (the ticket holds {written!r})",
                correct(_TEXT_FIX),
            )
        return self._as_date_text(dates.pop(), place)

    def _as_reference(self, cell: Cell, place: int, comma: bool) -> str:  # noqa: FBT001
        return self._meant(self._as_text(cell, place, comma).strip())

    def _as_set(self, cell: Cell, place: int, comma: bool) -> tuple[str, ...]:  # noqa: FBT001
        text = self._as_text(cell, place, comma)
        return tuple(self._meant(name) for name in _names_in(text))

    def _meant(self, text: str) -> str:
        return self.names.meant(text) if self.names else text

    def _as_moment(self, cell: Cell, place: int, _comma: bool) -> Any:  # noqa: FBT001
        value = _value(typed_date(serial_date(cell) or cell))
        if self.form == "instant":
            return pd.Timestamp(instant(value))
        naive = instant(value).replace(tzinfo=None)
        return naive if _has_time(naive) else naive.date()

    def _as_number(self, cell: Cell, _place: int, comma: bool) -> int | float:  # noqa: FBT001
        value = _value(typed_number(int(cell) if isinstance(cell, bool) else cell, decimal_comma=comma))
        return int(value) if self.whole and float(value).is_integer() else value

    def _as_flag(self, cell: Cell, _place: int, _comma: bool) -> bool:  # noqa: FBT001
        return _value(typed_boolean(cell))

    def _as_any(self, cell: Cell, place: int, comma: bool) -> Any:  # noqa: FBT001
        value = self.values[place]
        if isinstance(value, tuple) or (is_missing(value) and self.holds_lists):
            return self._as_tuple(cell, place, comma)
        if isinstance(value, bool) and (flag := parse_boolean(cell)) is not None:
            return flag
        if isinstance(value, int | float) and (number := parse_number(cell)) is not None:
            return number
        if isinstance(cell, int | float):
            return cell
        return self._as_text(cell, place, comma)

    @cached_property
    def holds_lists(self) -> bool:
        """Return whether every filled cell of the column is a list, so that an empty one takes a list as well."""
        filled = [value for value in self.values if not is_missing(value)]
        return bool(filled) and all(isinstance(value, tuple) for value in filled)

    def _as_tuple(self, cell: Cell, place: int, comma: bool) -> Any:  # noqa: FBT001
        text = self._as_text(cell, place, comma)
        parsed = parse_literal(text)
        if isinstance(parsed, tuple):
            return freeze(parsed)
        members = self.values[place]
        are_names = not isinstance(members, tuple) or is_plain(members)
        if are_names and not text.lstrip().startswith("[") and not is_broken_literal(text):
            return split(text)
        raise Unreadable(
            "value.wrong_kind", "is no list, where a list was", correct('Write it as JSON, such as ["a", "b"].')
        )


_READERS: dict[str, Callable[[Column, Cell, int, bool], Any]] = {
    "text": Column._as_text,  # noqa: SLF001  (the table of its own methods)
    "reference": Column._as_reference,  # noqa: SLF001
    "set": Column._as_set,  # noqa: SLF001
    "day": Column._as_moment,  # noqa: SLF001
    "instant": Column._as_moment,  # noqa: SLF001
    "number": Column._as_number,  # noqa: SLF001
    "flag": Column._as_flag,  # noqa: SLF001
    "any": Column._as_any,  # noqa: SLF001
}


def _value(value: Value | CellProblem) -> Value:
    """Return a value that was typed; a refusal of it is raised."""
    if isinstance(value, CellProblem):
        raise Unreadable(value.code, value.message, value.actions)
    return value


def _names_in(text: str) -> tuple[str, ...]:
    """Read the names of a set: separated by commas, or as a list in the form of JSON or Python."""
    parsed = parse_literal(text)
    if isinstance(parsed, tuple) and all(isinstance(name, str | None) for name in parsed):
        return tuple(name for name in parsed if name)
    if is_broken_literal(text):
        raise Unreadable(
            "value.wrong_kind",
            "begins as a list, but can't be read as one",
            correct("Write the names with commas between them: billing, vip."),
        )
    return split(text)


def json_or_none(value: Any) -> Any:
    """Read the object behind the JSON text that the frame holds for it, None for any other value."""
    if not isinstance(value, str) or not value.startswith("{"):
        return None
    try:
        return json.loads(value)
    except ValueError:
        return None


def columns_of(origin: SheetSource, wanted: Iterable[str]) -> list[Column]:
    """Write columns of the snapshot as cells."""
    homes = origin.homes()
    return [_column(origin, name, homes) for name in wanted]


def names_of(origin: SheetSource, name: str) -> Names | None:
    """Find the names that a column takes, None where nobody lists them."""
    row = field_of(name)
    choices = origin.choices.get(row.choices) if row and row.choices else None
    return Names(choices, per_workspace=bool(row and row.per_workspace)) if choices else None


def _column(origin: SheetSource, name: str, homes: Sequence[str]) -> Column:
    base = origin.table.frame[name]
    form, names, values = _form(origin, name), names_of(origin, name), base.tolist()
    if names and names.twins and form in ("set", "reference"):
        twins = names.twins
        labels = [
            cell if twins.isdisjoint(_held(cell)) else _labelled(origin, names, name, (place, homes[place], cell))
            for place, cell in enumerate(values)
        ]
        written: list[Cell] = [set_cell(cell) if form == "set" else text_cell(cell) for cell in labels]
    elif form in ("day", "instant"):
        written = [moment_cell(cell) for cell in values]
    else:
        write = WRITERS[form]
        written = [None if cell is None or cell is pd.NA else write(cell) for cell in values]
    return Column(name, form, base, values, written, names, str(base.dtype) == "Int64")


def _form(origin: SheetSource, name: str) -> str:
    row, base = field_of(name), origin.table.frame[name]
    dtype, word = base.dtype, row.kind.word if row else "any"
    if dtype.kind == "M":
        is_day = getattr(dtype, "tz", None) is None or (name in origin.days and not base.notna().any())
        return "day" if is_day else "instant"
    if word in ("set", "words"):
        return "set"
    if (dtype.kind == "O" and not isinstance(dtype, pd.StringDtype)) or (word == "any" and not base.notna().any()):
        return "any"  # of a custom field that is empty everywhere nobody knows what it holds
    by_dtype = {"boolean": "flag", "Int64": "number", "Float64": "number"}
    return by_dtype.get(str(dtype), "reference" if word == "reference" else "text")


def _held(cell: Any) -> tuple[Any, ...]:
    return cell if isinstance(cell, tuple) else () if is_missing(cell) else (cell,)


def _labelled(origin: SheetSource, names: Names, name: str, row: tuple[int, str, Any]) -> Any:
    """Write the names of a ticket that has a namesake in a column: its own JSON knows which one it is."""
    place, home, cell = row
    value = of_record(origin.table.record(place), name)
    items = value if isinstance(value, list) else [value]
    labels = tuple(names.label(item, home) for item in items if refs(item))
    return labels if isinstance(cell, tuple) else labels[0]


def _has_time(moment: datetime) -> bool:
    return moment.time() != datetime.min.time()
