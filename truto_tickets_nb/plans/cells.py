"""Read edited cells: what a person or a spreadsheet left in a cell becomes body JSON, or a reason why it can't."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pandas as pd

from truto_tickets_nb.plans.held import Held, once
from truto_tickets_nb.tickets.choices import Choice, Choices, Unresolved
from truto_tickets_nb.tickets.values import Given, Json, freeze, is_date_only, is_missing, moment, ref

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.integrations.profile import Profile
    from truto_tickets_nb.tickets.fields import Field


@dataclass(frozen=True, slots=True)
class Trouble:
    """Say why a cell can't become a value, and what to do."""

    reason: str
    fix: str


@dataclass(frozen=True)
class Reader:
    """Read the cells of one account: its choices and its profile decide what a name means."""

    choices: Mapping[str, Choices]
    profile: Profile
    dates: Mapping[str, bool] = field(default_factory=dict)  # column -> most of its values are dates without a time

    def read(self, row: Field, cell: Any, base: Json, workspace: str) -> Json | Trouble:
        """Turn a filled cell into JSON like the API's own (references keep their name, so that a plan can show it)."""
        reader = _READERS[row.kind.word]
        found = reader(self, row, plain(cell), base, workspace)
        return found if isinstance(found, Trouble) or found is base else _sendable(found)

    def empty(self, row: Field) -> Json:
        """Give the body that empties a field: null or [], or an empty text where the vendor documents that (HubSpot)."""
        told = self.profile.fact("clear")
        return "" if told.value == "empty_text" and not row.kind.many else row.kind.empty

    def _text(self, _row: Field, cell: Any, base: Json, _workspace: str) -> Json | Trouble:
        if isinstance(cell, str):
            return cell
        if isinstance(cell, bool | tuple | dict) or not isinstance(cell, int | float):
            return Trouble("is not text", "Put plain text into the cell.")
        if not is_missing(base) and number(str(base)) == cell:
            return base
        return str(int(cell)) if float(cell).is_integer() else str(cell)

    def _reference(self, row: Field, cell: Any, base: Json, workspace: str) -> Json | Trouble:
        if isinstance(cell, dict):
            enough = cell.get("id") or (cell.get("name") and not row.needs_id)
            return Given(cell) if enough else Trouble("names no id", 'Give a name, an id, or {"id": "..."}.')
        if isinstance(cell, tuple | bool) or not isinstance(cell, str | int | float):
            return Trouble("is not one name or id", "This field takes one value: give its name or its id.")
        text = whole(cell)
        held = ref(base)
        if held and text in (held.shown, held.id):
            return base
        return self._resolved(row, text, workspace)

    def _resolved(self, row: Field, text: str, workspace: str, *, exact: bool = False) -> Json | Trouble:
        known = self.choices.get(row.choices or row.name) or Choices(row.choices or row.name)
        found = known.resolve(text, workspace if row.per_workspace else "", exact=exact)
        if isinstance(found, Unresolved):
            return Trouble(found.reason, found.fix)
        return as_record(found)

    def _references(self, row: Field, cell: Any, base: Json, workspace: str) -> Json | Trouble:
        if isinstance(cell, str):
            return self._written(row, cell, base)
        if not isinstance(cell, tuple):
            return Trouble("is not a set", f'Give a tuple, such as ("{_sample(row)}",), or use df[...].tickets.add().')
        held = Held.of(base)
        items = [_hashable(item) for item in cell if not is_missing(item)]
        found = [self._item(row, item, held, workspace) for item in items]
        troubles = [item for item in found if isinstance(item, Trouble)]
        namesake = held.left_namesake()
        if namesake and not troubles:
            troubles = [
                Trouble(
                    f"{namesake!r} stands for two on this ticket, and only one of them was kept", "Give ids instead."
                )
            ]
        return troubles[0] if troubles else once(found)

    def _written(self, row: Field, text: str, base: Json) -> Json | Trouble:
        """Accept text in a set column only as the unchanged text of what was there (a frame that went through a file)."""
        held = row.kind.cell(base) if base else ()
        if text in (str(held), ", ".join(held), str(list(held)), json.dumps(held, ensure_ascii=False)):  # type: ignore[call-overload,arg-type]
            return base
        return Trouble(
            "is text where a set belongs",
            f'Give a tuple, such as ("{_sample(row)}",), or use df["{row.name}"].tickets.add(...).',
        )

    def _item(self, row: Field, item: Any, held: Held, workspace: str) -> Json | Trouble:
        if isinstance(item, str) and item.startswith("{"):
            item = _unfrozen(item)
        if isinstance(item, dict):
            return (
                Given(item)
                if item.get("id") or item.get("name")
                else Trouble("holds an item without id", "Give names or ids.")
            )
        text = whole(item)
        own = held.take(text)
        if own is not None:
            return own
        told = self.profile.fact("tags")
        free = row.name == "tags" and not (told.value == "listed" and told.is_documented)
        found = self._resolved(row, text, workspace, exact=free)
        if (
            isinstance(found, Trouble)
            and free
            and "belongs to another" not in found.reason
            and " is the name of " not in found.reason
        ):
            return {"name": text}
        return found

    def _words(self, row: Field, cell: Any, base: Json, _workspace: str) -> Json | Trouble:
        if isinstance(cell, str):
            return self._written(row, cell, base)
        if not isinstance(cell, tuple):
            return Trouble("is not a set", 'Give a tuple, such as ("en", "de").')
        return [str(item) for item in dict.fromkeys(cell) if not is_missing(item)]

    def _date(self, row: Field, cell: Any, base: Json, _workspace: str) -> Json | Trouble:
        found = as_moment(cell)
        if found is None:
            return Trouble(
                "is no date", "Give a date such as 2026-01-31, a time such as 2026-01-31T10:00Z, or a Timestamp."
            )
        known = self._is_date_only(row, base)
        return written(found, like=base, date_only=is_plain_day(cell) if known is None else known)

    def _is_date_only(self, row: Field, base: Json) -> bool | None:
        """Tell the form of this field's values: by the ticket's own, the column's, the profile's; None where nobody knows."""
        if not is_missing(base):
            return is_date_only(str(base))
        if row.name in self.dates:
            return self.dates[row.name]
        told = self.profile.fact("due_date").value if row.name == "due_date" else None
        return None if told is None else bool(told == "date")

    def _flag(self, _row: Field, cell: Any, _base: Json, _workspace: str) -> Json | Trouble:
        known = {"true": True, "false": False, "1": True, "0": False, "1.0": True, "0.0": False}
        return known.get(str(cell).strip().lower(), Trouble("is neither true nor false", "Give True or False."))

    def _any(self, _row: Field, cell: Any, base: Json, _workspace: str) -> Json | Trouble:
        if isinstance(base, bool) or not isinstance(base, int | float):
            return _structured(cell, base) if isinstance(base, dict | list) else _like_text(cell, base)
        found = number(cell) if isinstance(cell, str) else cell
        if found is None:
            return cell
        integral = isinstance(found, float) and found.is_integer() and isinstance(base, int)
        return int(found) if integral else found


_READERS: dict[str, Any] = {
    "text": Reader._text,  # noqa: SLF001  (the table of its own methods)
    "reference": Reader._reference,  # noqa: SLF001
    "set": Reader._references,  # noqa: SLF001
    "words": Reader._words,  # noqa: SLF001
    "date": Reader._date,  # noqa: SLF001
    "flag": Reader._flag,  # noqa: SLF001
    "any": Reader._any,  # noqa: SLF001
}


def _sendable(found: Json) -> Json | Trouble:
    """Refuse what JSON can't carry: whole numbers beyond 64 bits, half a character, keys that are no text."""
    try:
        orjson.dumps(found)
    except TypeError as error:
        return Trouble(
            f"can't be sent as JSON ({error})", "Give text, numbers of 64 bits, or lists and dicts of these."
        )
    return found


def plain(cell: Any) -> Any:
    """Free a cell of numpy and pandas: scalars become Python's, arrays, lists and sets become tuples.

    >>> plain(np.int64(3)), plain(["a"]), plain({"b", "a"})
    (3, ('a',), ('a', 'b'))
    """
    if isinstance(cell, pd.Timestamp):
        return cell.to_pydatetime(warn=False)
    if isinstance(cell, np.generic):
        return cell.item()
    if isinstance(cell, set | frozenset):
        return tuple(sorted(cell, key=str))
    return tuple(cell) if isinstance(cell, list | np.ndarray) else cell


def whole(cell: Any) -> str:
    """Write an id as text: a number that a spreadsheet made of it loses its ".0"."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def number(text: str) -> float | None:
    """Read a number that a file brought as text, None where it is none."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        found = float(text)
    except ValueError:
        return None
    return found if found == found and abs(found) != float("inf") else None  # noqa: PLR0124  (NaN)


def as_record(found: Choice) -> Json:
    """Write a choice as the API writes a reference."""
    kept = {"id": found.id, "name": found.name, "type": found.type}
    return {key: value for key, value in kept.items() if value}


def as_moment(cell: Any) -> date | datetime | None:
    """Read a cell as a date or an instant; one without a zone counts as UTC, as it does when loaded."""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC) if cell.tzinfo else cell.replace(tzinfo=UTC)
    if isinstance(cell, date):
        return cell
    return moment(cell) if isinstance(cell, str) else None


def is_plain_day(cell: Any) -> bool:
    """Tell whether a cell was given as a day: a date, the text of one, or a midnight without a zone."""
    if isinstance(cell, datetime):
        return cell.tzinfo is None and cell.time() == datetime.min.time()
    return isinstance(cell, date) or (isinstance(cell, str) and is_date_only(cell.strip()))


def written(found: date | datetime, *, like: Json, date_only: bool) -> Json | Trouble:
    """Write a moment in the form that the ticket's own value has; the value itself where it is the same moment."""
    held = None if is_missing(like) else moment(like)
    instant = found if isinstance(found, datetime) else datetime(found.year, found.month, found.day, tzinfo=UTC)
    if date_only:
        if instant.time().replace(tzinfo=None) != datetime.min.time():
            return Trouble("has a time, but this field holds dates only", f"Give {instant.date().isoformat()}.")
        return like if held == instant.date() else instant.date().isoformat()
    return like if held == instant else instant.isoformat().replace("+00:00", "Z")


def _hashable(item: Any) -> Any:
    return freeze(item) if isinstance(item, dict) else item


def _unfrozen(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _structured(cell: Any, base: Json) -> Json | Trouble:
    """Read JSON text back into the object or array that the custom field holds."""
    if cell == freeze(base) or cell == str(freeze(base)):
        return base
    if isinstance(base, list) and isinstance(cell, tuple):
        return list(cell)
    if isinstance(cell, dict):
        return cell
    try:
        found = json.loads(cell)
    except (TypeError, ValueError):
        return Trouble("is not of the form that was there", "Give JSON text, a tuple or a dict.")
    same_form = isinstance(found, type(base))
    return found if same_form else Trouble("is not of the form that was there", "Give JSON text of the same form.")


def _like_text(cell: Any, base: Json) -> Json:
    if isinstance(base, bool) and str(cell).lower() in ("true", "false", "1.0", "0.0", "1", "0"):
        return str(cell).lower() in ("true", "1.0", "1")
    if isinstance(base, str) and isinstance(cell, int | float) and not isinstance(cell, bool) and number(base) == cell:
        return base
    if isinstance(cell, date):
        return base if moment(base) == as_moment(cell) else cell.isoformat()
    return list(cell) if isinstance(cell, tuple) else cell


def _sample(row: Field) -> str:
    return {"tags": "billing", "assignees": "Ada Lovelace"}.get(row.name, "name")
