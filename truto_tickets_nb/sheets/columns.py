"""Columns of a frame as cells of a sheet, and an edited cell back as the value that the frame would hold."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from truto_tickets_nb.sheets.names import Names
from truto_tickets_nb.sheets.readings import Cell, flag, moments, numbers
from truto_tickets_nb.sheets.repairs import is_untouched
from truto_tickets_nb.sheets.texts import escape, join, split, unescape
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.fields import of_record
from truto_tickets_nb.tickets.values import freeze, is_missing, refs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from truto_tickets_nb.sheets.origin import Origin

LONGEST = 32_767  # characters (UTF-16 units) that a cell of Excel holds
_KEPT = 32_000  # of a longer text
CUT = "[cut: {:,} characters are too many for a cell; edit this text in the notebook]"
_MARK = "[cut: "
_FIRST_YEAR = 1901  # Excel counts days from 1900, and counts one that never was


class Unreadable(Exception):
    """Say why an edited cell can't be read, and what to do."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(reason)
        self.reason, self.fix = reason, fix


@dataclass
class Column:
    """Hold one column: its values as the frame has them, and as a sheet has them; rows are those of the snapshot."""

    name: str
    form: str  # text, reference, set, day, instant, number, flag or any
    base: pd.Series
    values: list[Any]
    written: list[Cell]
    names: Names | None = None
    whole: bool = field(default=False)  # a number without decimals

    def is_untouched(self, cell: Cell, place: int, *, typed: bool) -> bool:
        """Tell whether a cell means what was written."""
        written = self.written[place]
        if is_untouched(cell, written, typed=typed):
            return True
        if isinstance(written, str) and is_long(written) and is_untouched(cell, cut(written), typed=typed):
            return True
        if not isinstance(cell, str) or not isinstance(written, str) or not isinstance(self.values[place], tuple):
            return False
        return set(split(cell)) == set(split(written))

    def read(self, cell: Cell, place: int, *, comma: bool = False) -> Any:
        """Turn an edited cell into a value of the frame; `comma` says that the file writes decimals with one."""
        if isinstance(cell, str) and _MARK in cell and is_long(str(self.written[place])):
            raise Unreadable(
                "was too long for a cell and is cut off there", "Put the cell back, or write a whole new text."
            )
        return _READERS[self.form](self, cell, place, comma)

    def text(self, cell: Cell) -> str:
        """Write a cell where a file has no types."""
        if isinstance(cell, datetime):
            return cell.date().isoformat() if self.form == "day" and not _has_time(cell) else f"{cell.isoformat()}Z"
        return "" if cell is None else str(cell).upper() if isinstance(cell, bool) else str(cell)

    def _as_text(self, cell: Cell, _place: int, _comma: bool) -> str:  # noqa: FBT001  (the signature of all readers)
        if isinstance(cell, float) and cell.is_integer():
            return str(int(cell))
        if isinstance(cell, datetime):
            return cell.isoformat() if _has_time(cell) else cell.date().isoformat()
        return unescape(cell) if isinstance(cell, str) else str(cell).upper() if isinstance(cell, bool) else str(cell)

    def _as_reference(self, cell: Cell, place: int, comma: bool) -> str:  # noqa: FBT001
        return self._meant(self._as_text(cell, place, comma).strip())

    def _as_set(self, cell: Cell, place: int, comma: bool) -> tuple[str, ...]:  # noqa: FBT001
        return tuple(self._meant(name) for name in split(self._as_text(cell, place, comma)))

    def _meant(self, text: str) -> str:
        return self.names.meant(text) if self.names else text

    def _as_moment(self, cell: Cell, place: int, _comma: bool) -> Any:  # noqa: FBT001
        found = {moment for moment, _ in moments(cell)}
        if len(found) > 1:
            raise Unreadable("may be two dates: day and month could be either", "Write it as 2026-01-31.")
        if not found:
            raise Unreadable("is no date", "Write it as 2026-01-31, or as 2026-01-31 10:00 (UTC).")
        moment = found.pop()
        if self.form == "instant":
            return pd.Timestamp(moment, tz=UTC)
        return moment if _has_time(moment) else moment.date()

    def _as_number(self, cell: Cell, _place: int, comma: bool) -> int | float:  # noqa: FBT001
        found = numbers(int(cell) if isinstance(cell, bool) else cell)
        if not found or (len(found) > 1 and not comma):
            reason = "may be two numbers: the comma could be either" if found else "is no number"
            raise Unreadable(reason, "Write a plain number, such as 1234.5, without a sign for thousands.")
        return int(found[0]) if self.whole and float(found[0]).is_integer() else found[0]

    def _as_flag(self, cell: Cell, _place: int, _comma: bool) -> bool:  # noqa: FBT001
        found = flag(cell)
        if found is None:
            raise Unreadable("is neither true nor false", "Write TRUE or FALSE.")
        return found

    def _as_any(self, cell: Cell, place: int, comma: bool) -> Any:  # noqa: FBT001
        value = self.values[place]
        if isinstance(value, tuple):
            return self._as_tuple(cell, place, comma)
        if isinstance(value, bool) and flag(cell) is not None:
            return flag(cell)
        if isinstance(value, int | float) and len(numbers(cell)) == 1:
            return numbers(cell)[0]
        return cell if isinstance(cell, int | float) else self._as_text(cell, place, comma)

    def _as_tuple(self, cell: Cell, place: int, comma: bool) -> Any:  # noqa: FBT001
        text = self._as_text(cell, place, comma)
        if is_plain(self.values[place]) and not text.lstrip().startswith("["):
            return split(text)
        try:
            found = freeze(json.loads(text))
        except ValueError:
            found = None
        if not isinstance(found, tuple):
            raise Unreadable("is no list, where a list was", 'Write it as JSON, such as ["a", "b"].')
        return found


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


def columns_of(origin: Origin, wanted: Iterable[str]) -> list[Column]:
    """Write columns of the snapshot as cells."""
    homes = origin.homes()
    return [_column(origin, name, homes) for name in wanted]


def names_of(origin: Origin, name: str) -> Names | None:
    """Find the names that a column takes, None where nobody lists them."""
    row = field_of(name)
    known = origin.choices.get(row.choices) if row and row.choices else None
    return Names(known, per_workspace=bool(row and row.per_workspace)) if known else None


def _column(origin: Origin, name: str, homes: Sequence[str]) -> Column:
    base = origin.table.frame[name]
    form, names, values = _form(origin, name), names_of(origin, name), base.tolist()
    if names and names.twins and form in ("set", "reference"):
        twins = names.twins
        labels = [
            cell if twins.isdisjoint(_held(cell)) else _labelled(origin, names, name, (place, homes[place], cell))
            for place, cell in enumerate(values)
        ]
        written: list[Cell] = [_written_set(cell) if form == "set" else _written_text(cell) for cell in labels]
    elif form in ("day", "instant"):
        written = [_written_moment(cell) for cell in values]
    else:
        write = _WRITERS[form]
        written = [None if cell is None or cell is pd.NA else write(cell) for cell in values]
    return Column(name, form, base, values, written, names, str(base.dtype) == "Int64")


def _form(origin: Origin, name: str) -> str:
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


def _labelled(origin: Origin, names: Names, name: str, row: tuple[int, str, Any]) -> Any:
    """Write the names of a ticket that has a namesake in a column: its own JSON knows which one it is."""
    place, home, cell = row
    value = of_record(origin.table.record(place), name)
    items = value if isinstance(value, list) else [value]
    labels = tuple(names.label(item, home) for item in items if refs(item))
    return labels if isinstance(cell, tuple) else labels[0]


def _written_text(cell: Any) -> Cell:
    return escape(cell) or None if isinstance(cell, str) else None


def _written_set(cell: Any) -> Cell:
    return escape(join(map(str, cell))) or None if isinstance(cell, tuple) else _written_any(cell)


def _written_moment(cell: Any) -> Cell:
    """Write a moment in UTC without a zone; what is too early for a spreadsheet is text."""
    if cell is pd.NaT:
        return None
    found: datetime = cell.to_pydatetime(warn=False)
    found = found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
    found -= timedelta(microseconds=found.microsecond % 1000)  # a sheet keeps milliseconds
    return found if found.year >= _FIRST_YEAR else found.isoformat()


def _written_number(cell: Any) -> Cell:
    return cell if not is_missing(cell) else None


def _written_any(cell: Any) -> Cell:
    if is_missing(cell):
        return None
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float):
        return cell if abs(cell) < 10**15 else str(cell)
    if isinstance(cell, tuple):
        return escape(join(cell) if is_plain(cell) else json.dumps(cell, ensure_ascii=False))
    return escape(str(cell))


def is_plain(cell: tuple[Any, ...]) -> bool:
    """Tell whether a tuple holds nothing but names, and can stand as one line."""
    return all(isinstance(item, str) and item for item in cell) and not (cell and str(cell[0]).startswith("["))


_WRITERS: dict[str, Callable[[Any], Cell]] = {
    "text": _written_text,
    "reference": _written_text,
    "set": _written_set,
    "number": _written_number,
    "flag": _written_number,
    "any": _written_any,
}


def is_long(text: str) -> bool:
    """Tell whether a text is too long for a cell."""
    return len(text) > LONGEST // 2 and _units(text) > LONGEST


def cut(text: str) -> str:
    """Cut a text that is too long for a cell, and say so."""
    kept = text[:_KEPT]
    while _units(kept) > _KEPT:
        kept = kept[: len(kept) - max(1, (_units(kept) - _KEPT) // 2)]
    return f"{kept}\n{CUT.format(len(text))}"


def _units(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text) if not text.isascii() else len(text)


def _has_time(found: datetime) -> bool:
    return found.time() != datetime.min.time()
