"""Lay an edited frame over the table it came from: rows by ticket id, columns by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from truto_tickets_nb.errors import FrameError, shorten
from truto_tickets_nb.plans.plan import Problem
from truto_tickets_nb.suggest import near
from truto_tickets_nb.tickets.fields import CUSTOM, ID, field

if TYPE_CHECKING:
    from collections.abc import Iterable

    from truto_tickets_nb.tickets.table import Table

SHOWN = 10  # problems told in the message of an error; all of them are in its `problems`
EXACT = 2**53  # whole numbers above it do not survive a float


@dataclass(frozen=True, slots=True)
class Rows:
    """Say which row of the table each row of the edited frame is; `places` is None where they are the same rows."""

    ids: Any
    places: Any | None

    def of(self, values: Any) -> Any:
        """Bring a column of the table into the order of the edited frame."""
        return values if self.places is None else values.take(self.places)

    def place(self, row: int) -> int:
        """Find the row of the table behind a row of the edited frame."""
        return row if self.places is None else int(self.places[row])


def rows(table: Table, edited: pd.DataFrame) -> Rows:
    """Align rows by id, be it a column `id` or the index; whatever does not fit is told at once as a FrameError."""
    base = table.frame.index
    if ID not in edited.columns and (edited.index.is_(base) or edited.index.equals(base)):
        return Rows(base, None)
    ids = _ids(table, edited)
    places = base.get_indexer(pd.Index(ids, dtype=base.dtype))
    _refuse(list(_row_problems(ids, places)))
    same = len(places) == len(base) and bool((places == np.arange(len(base))).all())
    return Rows(base if same else np.asarray(ids, dtype=object), None if same else places)


def _ids(table: Table, edited: pd.DataFrame) -> list[str]:
    values = edited[ID] if ID in edited.columns else edited.index
    if ID not in edited.columns and values.name != ID and pd.api.types.is_numeric_dtype(values.dtype):
        raise FrameError(
            "The frame has lost its ticket ids: its index only counts rows. Keep the index of snapshot.frame(), or keep "
            "the ids in a column named 'id' (for example reset_index() before saving, then read_csv(..., dtype={'id': str}))."
        )
    if pd.api.types.is_numeric_dtype(values.dtype):
        return _from_numbers(table, values.tolist())
    return [_text(value) for value in values.tolist()]


def _text(value: Any) -> str:
    return "" if value is None or value is pd.NA or value is pd.NaT or value != value else str(value)  # noqa: PLR0124  (NaN)


def _from_numbers(table: Table, numbers: list[Any]) -> list[str]:
    """Turn numbers back into ids, only where exactly one ticket can be meant."""
    meant: dict[int, list[str]] = {}
    for known in table.frame.index.tolist():
        if known.isdecimal():
            meant.setdefault(int(known), []).append(known)
    return [_from_number(number, meant) for number in numbers]


def _from_number(number: Any, meant: dict[int, list[str]]) -> str:
    if _text(number) == "":
        return ""
    whole = float(number).is_integer() if isinstance(number, float) else True
    if not whole or (isinstance(number, float) and abs(number) > EXACT):
        return repr(number)
    found = meant.get(int(number), [])
    return found[0] if len(found) == 1 else str(int(number))


def _row_problems(ids: list[str], places: Any) -> Iterable[Problem]:
    seen: dict[str, int] = {}
    for row, (identity, place) in enumerate(zip(ids, places.tolist(), strict=True)):
        if identity == "":
            yield Problem("", ID, f"row {row}", "has no ticket id", "Drop the row, or put its id back.")
        elif place < 0:
            yield Problem(identity, ID, "", "is not in this snapshot", _foreign_fix(identity))
        elif identity in seen:
            yield Problem(
                identity,
                ID,
                "",
                f"stands in rows {seen[identity]} and {row}",
                "Keep one row per ticket: drop_duplicates().",
            )
        seen.setdefault(identity, row)


def _foreign_fix(identity: str) -> str:
    if "e+" in identity or identity.endswith(".0"):
        return "A long id became a number and lost digits: read the file with dtype={'id': str}."
    return "Drop the row, or load that ticket: account.load(ids=[...])."


def _refuse(problems: list[Problem]) -> None:
    if problems:
        shown = "".join(f"\n  {problem}" for problem in problems[:SHOWN])
        more = f"\n  and {len(problems) - SHOWN} more in .problems" if len(problems) > SHOWN else ""
        raise FrameError(f"{len(problems)} rows of this frame don't fit their snapshot:{shown}{more}", problems)


@dataclass(frozen=True, slots=True)
class Layout:
    """Say which columns of an edited frame can be compared, and what is odd about the others."""

    columns: tuple[str, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def layout(table: Table, edited: pd.DataFrame) -> Layout:
    """Sort the columns: known ones are compared, renamed ones are problems, the rest is ignored with one note."""
    if not isinstance(edited, pd.DataFrame):
        raise FrameError(f"A plan needs a DataFrame, not {type(edited).__name__}: snapshot.plan(df).")
    names = list(edited.columns)
    doubled = sorted({str(name) for name in names if names.count(name) > 1})
    if doubled or edited.columns.nlevels > 1:
        raise FrameError(
            f"Each column may stand once, and be named by one text: {', '.join(doubled) or 'several levels'}."
        )
    known = [name for name in names if name != ID and _is_known(table, name)]
    new = [name for name in names if name != ID and name not in known]
    missing = [name for name in table.frame.columns if name not in names]
    renamed = {name: old for name in new if (old := _was(table, edited, name, missing))}
    problems = tuple(
        Problem(
            "",
            str(name),
            "",
            f"looks like the column {old!r} under another name",
            f"Rename it back to {old!r}, or drop it.",
        )
        for name, old in renamed.items()
    )
    absent = [name for name in known if table.chosen and name not in table.frame.columns and _is_readable(name)]
    problems += tuple(
        Problem(
            "", name, "", "was not loaded, so nobody knows what it would overwrite", f"Load it: fields=[..., {name!r}]."
        )
        for name in absent
    )
    known = [name for name in known if name not in absent]
    ignored = [shorten(name, 40) for name in new if name not in renamed]
    notes = (f"Ignored, because they are no fields of a ticket: {', '.join(ignored)}.",) if ignored else ()
    return Layout(tuple(known), problems, notes)


def _is_known(table: Table, name: Any) -> bool:
    return isinstance(name, str) and (name in table.frame.columns or field(name) is not None)


def _is_readable(name: str) -> bool:
    found = field(name)
    return found is not None and found.readable and not name.startswith(CUSTOM)


def _was(table: Table, edited: pd.DataFrame, name: Any, missing: list[str]) -> str:
    """Guess which missing column a new one is: a like name, or the very same values."""
    text = str(name).strip().casefold().replace(" ", "_")
    by_name = near(text, [old for old in missing if not old.startswith(CUSTOM)], alike=0.85)
    if by_name:
        return by_name[0]
    if len(edited) != len(table):
        return ""
    same = (old for old in missing if edited[name].dtype == table.frame[old].dtype and table.frame[old].notna().any())
    return next((old for old in same if edited[name].array.equals(table.frame[old].array)), "")
