"""Lay an edited frame over the table it came from: rows by ticket id, columns by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from truto_tickets_nb.actions import Action, correct
from truto_tickets_nb.did_you_mean import near
from truto_tickets_nb.errors import FrameError, shorten, shorten_repr
from truto_tickets_nb.notes import Note
from truto_tickets_nb.plans.problem import Problem
from truto_tickets_nb.tickets.fields import CUSTOM, ID, field

if TYPE_CHECKING:
    from collections.abc import Iterable

    from truto_tickets_nb.tickets.table import Table

SHOWN = 10  # problems told in the message of an error; all of them are in its `problems`
EXACT = 2**53  # whole numbers above it do not survive a float


@dataclass(frozen=True, slots=True)
class Rows:
    """Which row of the table each row of the edited frame is; `places` is None where they are the same rows."""

    ids: Any
    places: Any | None

    def of(self, values: Any) -> Any:
        """Bring a column of the table into the order of the edited frame."""
        return values if self.places is None else values.take(self.places)

    def place(self, row: int) -> int:
        """Find the row of the table behind a row of the edited frame."""
        return row if self.places is None else int(self.places[row])


def rows(table: Table, edited: pd.DataFrame) -> Rows:
    """Align rows by id, be it a column `id` or the index; whatever does not fit is a FrameError with every reason."""
    base = table.frame.index
    if ID not in edited.columns and edited.index.name in (ID, None) and edited.index.equals(base):
        return Rows(base, None)
    ids = _ids(table, edited)
    places = base.get_indexer(pd.Index(ids, dtype=base.dtype))
    _refuse(list(_row_problems(ids, places)))
    same = len(places) == len(base) and bool((places == np.arange(len(base))).all())
    return Rows(base if same else np.asarray(ids, dtype=object), None if same else places)


def _ids(table: Table, edited: pd.DataFrame) -> list[str]:
    """Read the ticket id of each row: from a column `id`, else from the index; where both say something, they have to agree."""
    if ID not in edited.columns:
        return _read_ids(table, _index(table, edited))
    ids = _read_ids(table, edited[ID])
    level = _level(edited.index)
    if level is None and edited.index.nlevels == 1 and edited.index.name is None:
        level = edited.index if _holds_ids(table, edited.index) else None
    if level is not None:
        _refuse(list(_disagreements(ids, _read_ids(table, level))))
    return ids


def _read_ids(table: Table, values: pd.Series | pd.Index) -> list[str]:
    if pd.api.types.is_numeric_dtype(values.dtype):
        return _from_numbers(table, values.tolist())
    return [_text(value) for value in values.tolist()]


def _level(index: pd.Index) -> pd.Index | None:
    """Find the index, or the one level of it, that is named `id`."""
    return index.get_level_values(ID) if list(index.names).count(ID) == 1 else None


def _index(table: Table, edited: pd.DataFrame) -> pd.Index:
    """Take the index as ticket ids; one that is named otherwise, only counts rows, or may mean other tickets is refused."""
    index = edited.index
    level = _level(index)
    if level is not None:
        return level
    if index.nlevels > 1:
        names = ", ".join(repr(name) for name in index.names)
        raise FrameError(f"The index has {index.nlevels} levels ({names}), and none is named 'id'. {_NAME_IT}")
    if index.name is not None:
        raise FrameError(
            f"The index is named {shorten_repr(index.name, 60)}, so its values are not taken for ticket ids. {_NAME_IT}"
        )
    if pd.api.types.is_numeric_dtype(index.dtype):
        raise FrameError(
            "The frame has lost its ticket ids: its index only counts rows. Keep the index of snapshot.frame(), or keep "
            "the ids in a column named 'id' (for example reset_index() before saving, then read_csv(..., dtype={'id': str}))."
        )
    _refuse_ambiguous(table, index)
    return index


_NAME_IT = (
    "Keep the ids in a column 'id' (df.reset_index() before set_index()), or name the index 'id' if it holds them: "
    "df = df.rename_axis('id')."
)


def _holds_ids(table: Table, index: pd.Index) -> bool:
    """Return whether an index without a name holds nothing but ids of tickets, written as text."""
    if len(index) == 0 or pd.api.types.is_numeric_dtype(index.dtype):
        return False
    return bool(index.isin(table.frame.index).all())


def _refuse_ambiguous(table: Table, index: pd.Index) -> None:
    """Refuse an index without a name that names other tickets by another column, such as their number, than by their id."""
    base = table.frame
    for name in (name for name in base.columns if isinstance(base[name].dtype, pd.StringDtype)):
        column = base[name]
        if not index.isin(column).all() or not column.dropna().is_unique:
            continue
        owners = pd.Series(base.index, index=column)[list(index)].tolist()
        if owners != index.tolist():
            raise FrameError(
                f"The index has no name, and its values are ticket ids as well as values of {name!r} of other tickets. {_NAME_IT}"
            )


def _disagreements(ids: list[str], index: list[str]) -> Iterable[Problem]:
    for row, (column, level) in enumerate(zip(ids, index, strict=True)):
        if column != level:
            reason = f"row {row} has ticket {level or 'no id'} in its index and {column or 'no id'} in its column 'id'"
            yield Problem("row.two_ids", level, ID, column, reason, (Action("one_id"),))


def _text(value: Any) -> str:
    return "" if value is None or value is pd.NA or value is pd.NaT or value != value else str(value)  # noqa: PLR0124  (NaN)


def _from_numbers(table: Table, numbers: list[Any]) -> list[str]:
    """Turn numbers back into ids, only where exactly one ticket can be meant."""
    meant: dict[int, list[str]] = {}
    for identity in table.frame.index.tolist():
        if identity.isdecimal():
            meant.setdefault(int(identity), []).append(identity)
    return [_from_number(number, meant) for number in numbers]


def _from_number(number: Any, meant: dict[int, list[str]]) -> str:
    if _text(number) == "":
        return ""
    is_whole = float(number).is_integer() if isinstance(number, float) else True
    if not is_whole or (isinstance(number, float) and abs(number) > EXACT):
        return repr(number)
    matches = meant.get(int(number), [])
    return matches[0] if len(matches) == 1 else str(int(number))


def _row_problems(ids: list[str], places: Any) -> Iterable[Problem]:
    seen: dict[str, int] = {}
    for row, (identity, place) in enumerate(zip(ids, places.tolist(), strict=True)):
        if identity == "":
            yield Problem("row.no_id", "", ID, f"row {row}", "has no ticket id", correct("Put its id back."))
        elif place < 0:
            yield Problem("row.unknown_id", identity, ID, "", "is not in this snapshot", (_foreign(identity),))
        elif identity in seen:
            message = f"stands in rows {seen[identity]} and {row}"
            yield Problem("row.twice", identity, ID, "", message, (Action("one_row"),))
        seen.setdefault(identity, row)


def _foreign(identity: str) -> Action:
    if "e+" in identity or identity.endswith(".0"):
        return Action("ids_as_text")
    return Action("load_ticket", identity)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        shown = "".join(f"\n  {problem}" for problem in problems[:SHOWN])
        more = f"\n  and {len(problems) - SHOWN} more in .problems" if len(problems) > SHOWN else ""
        raise FrameError(f"{len(problems)} rows of this frame don't fit their snapshot:{shown}{more}", problems)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns of an edited frame can be compared, and what is odd about the others."""

    columns: tuple[str, ...]
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]


def layout(table: Table, edited: pd.DataFrame) -> Layout:
    """Sort the columns: known ones are compared, renamed ones are problems, the rest is ignored with one note."""
    names = list(edited.columns)
    doubled = sorted({str(name) for name in names if names.count(name) > 1})
    if doubled or edited.columns.nlevels > 1:
        raise FrameError(
            f"Each column may stand once, and be named by one text: {', '.join(doubled) or 'several levels'}."
        )
    columns = [name for name in names if name != ID and _is_known(table, name)]
    new = [name for name in names if name != ID and name not in columns]
    missing = [name for name in table.frame.columns if name not in names]
    renamed = {name: old for name in new if (old := _was(table, edited, name, missing))}
    problems = tuple(
        Problem(
            "field.renamed",
            "",
            str(name),
            "",
            f"looks like the column {old!r} under another name",
            correct(f"Rename it back to {old!r}, or drop it."),
        )
        for name, old in renamed.items()
    )
    absent = [name for name in columns if table.chosen and name not in table.frame.columns and _is_readable(name)]
    problems += tuple(
        Problem(
            "field.not_loaded",
            "",
            name,
            "",
            "was not loaded, so nobody knows what it would overwrite",
            (Action("load_column", name),),
        )
        for name in absent
    )
    columns = [name for name in columns if name not in absent]
    ignored = [shorten(name, 40) for name in new if name not in renamed]
    message = f"Ignored, because they are no fields of a ticket: {', '.join(ignored)}."
    notes = (Note("columns.ignored", message),) if ignored else ()
    return Layout(tuple(columns), problems, notes)


def _is_known(table: Table, name: Any) -> bool:
    return isinstance(name, str) and (name in table.frame.columns or field(name) is not None)


def _is_readable(name: str) -> bool:
    row = field(name)
    return row is not None and row.readable and not name.startswith(CUSTOM)


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
