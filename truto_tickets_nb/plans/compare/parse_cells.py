"""Read edited cells: what a person or a spreadsheet left in a cell becomes body JSON, or a reason why it can't."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.actions import Action, correct
from truto_tickets_nb.plans.compare.set_members import SetMembers, once
from truto_tickets_nb.tickets.cell_problem import CellProblem, unreadable_json
from truto_tickets_nb.tickets.cells import is_emptied, json_problem, members_of_text, plain
from truto_tickets_nb.tickets.choices import Choice, Choices, Unresolved
from truto_tickets_nb.tickets.custom_fields import CustomForm, values_of_column
from truto_tickets_nb.tickets.fields import CUSTOM
from truto_tickets_nb.tickets.json_values import Given, Json, freeze, is_missing, ref
from truto_tickets_nb.tickets.name_matching import nfc
from truto_tickets_nb.tickets.parsing.dates import (
    day_of,
    instant,
    is_day,
    is_epoch_of,
    is_iso_day,
    parse_date,
    parse_iso,
)
from truto_tickets_nb.tickets.parsing.numbers import is_number, plain_number, same_number, whole_text, write_number
from truto_tickets_nb.tickets.typed_values import typed_boolean, typed_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from truto_tickets_nb.integrations.profile import Profile
    from truto_tickets_nb.plans.account_schema import AccountSchema
    from truto_tickets_nb.tickets.field_kinds import Text
    from truto_tickets_nb.tickets.fields import Field
    from truto_tickets_nb.tickets.table import Table


_RECEIVED = CellProblem(
    "value.received_record",
    "holds the record that was received from the tool, which is never sent back",
    correct("To send data of your own, load without remote_data=True and put it into a new column 'remote_data'."),
)


def custom_forms(table: Table, learnt: AccountSchema) -> Callable[[str], CustomForm]:
    """Look at custom columns when they are needed, each once: what they hold decides what may be written into them."""

    @cache
    def form(name: str) -> CustomForm:
        declared = learnt.field(name.removeprefix(CUSTOM))
        column = table.frame.get(name)
        return CustomForm.of(() if column is None else values_of_column(column), declared.type if declared else "")

    return form


def no_form(_name: str) -> CustomForm:
    """Know nothing of a custom column."""
    return CustomForm()


@dataclass(frozen=True)
class Reader:
    """Read the cells of one account: its choices and its profile decide what a name means."""

    choices: Mapping[str, Choices]
    profile: Profile
    dates: Mapping[str, bool] = field(default_factory=dict)  # column -> most of its values are dates without a time
    custom: Callable[[str], CustomForm] = no_form  # what a custom column holds

    def read(self, row: Field, cell: Any, base: Json, workspace: str) -> Json | CellProblem:
        """Turn a filled cell into JSON like the API's own (references keep their name, so that a plan can show it)."""
        reader = _READERS[row.kind.word] if row.is_compared else Reader._passed_on
        value = reader(self, row, plain(cell), base, workspace)
        if isinstance(value, CellProblem) or value is base:
            return value
        problem = json_problem(value)
        return unreadable_json(problem) if problem else value

    def empty(self, row: Field) -> Json:
        """Return the body that empties a field: null or [], or an empty text where the vendor documents that (HubSpot)."""
        fact = self.profile.fact("clear")
        return "" if fact.value == "empty_text" and not row.kind.many else row.kind.empty

    def _text(self, _row: Field, cell: Any, base: Json, _workspace: str) -> Json | CellProblem:
        if isinstance(cell, str):
            return cell
        if not is_number(cell):
            return CellProblem("value.wrong_kind", "is not text", correct("Put plain text into the cell."))
        current = plain_number(base) if isinstance(base, str) else None
        return base if current is not None and same_number(current, cell) else write_number(cell)

    def _reference(self, row: Field, cell: Any, base: Json, workspace: str) -> Json | CellProblem:
        if isinstance(cell, dict):
            enough = cell.get("id") or (cell.get("name") and not row.needs_id)
            return (
                self._given(row, cell)
                if enough
                else CellProblem("value.no_id", "names no id", correct('Give a name, an id, or {"id": "..."}.'))
            )
        if not isinstance(cell, str) and not is_number(cell):
            return CellProblem(
                "value.wrong_kind",
                "is not one name or id",
                correct("This field takes one value: give its name or its id."),
            )
        text = self._unlabelled(row, whole_text(cell))
        current = ref(base)
        if current and (text == current.id or nfc(text) == nfc(current.shown)):
            return base
        choice = self._choices(row).resolve(text, workspace if row.per_workspace else "")
        return (
            CellProblem(choice.code, choice.message, choice.actions)
            if isinstance(choice, Unresolved)
            else as_record(choice)
        )

    def _given(self, row: Field, parts: Mapping[str, Json]) -> Given:
        """Take a reference that was written out, with the name that the account gives to its id."""
        choice = self._choices(row).by_id(str(parts.get("id", "")))
        return Given(parts, choice.name if choice else "")

    def _choices(self, row: Field) -> Choices:
        return self.choices.get(row.choices or row.name) or Choices(row.choices or row.name)

    def _unlabelled(self, row: Field, text: str) -> str:
        """Turn a label that tells namesakes apart, such as "Jo Smith <jo1@example.com>", into the id that it means."""
        own = self._choices(row).labelled(text) if text[-1:] in (">", ")") else None
        return own.id if own else text

    def text(self, row: Field, value: Json) -> Text:
        """Write JSON as a person reads it in a plan; namesakes are told apart."""
        choices = self.choices.get(row.choices) if row.choices else None
        if choices is None or not choices.namesakes or row.kind.word not in ("reference", "set"):
            return row.kind.text(value)
        texts = tuple(
            self._member_text(row, choices, item) for item in (value if row.kind.many else [value]) or () if ref(item)
        )
        return texts if row.kind.many else next(iter(texts), None)

    def _member_text(self, row: Field, choices: Choices, item: Json) -> str:
        own = ref(item)
        if own is not None and not isinstance(item, Given):
            return choices.label(own.shown, own.id)
        text = row.kind.text([item] if row.kind.many else item)
        return text[0] if isinstance(text, tuple) else text or ""

    def _references(self, row: Field, cell: Any, base: Json, workspace: str) -> Json | CellProblem:
        members = self._members(row, cell, base)
        if not isinstance(members, tuple):
            return members
        current = SetMembers.of(base)
        items = [_hashable(item) for item in members if not is_emptied(item) and not _is_blank(item)]
        parsed = [self._item(row, item, current, workspace) for item in items]
        troubles = [item for item in parsed if isinstance(item, CellProblem)]
        namesake = current.left_namesake()
        if namesake and not troubles:
            troubles = [
                CellProblem(
                    "value.ambiguous_name",
                    f"{namesake!r} stands for two on this ticket, and only one of them was kept",
                    correct("Give ids instead."),
                )
            ]
        return troubles[0] if troubles else once(parsed)

    def _members(self, row: Field, cell: Any, base: Json) -> tuple[Any, ...] | Json | CellProblem:
        """Take the members of a set, also where a file made one text of it; the base where that text is the unchanged one."""
        if isinstance(cell, tuple):
            return cell
        current = row.kind.cell(base) if base else ()
        if isinstance(cell, str) and cell in (str(current), ", ".join(current)):  # type: ignore[arg-type]
            return base
        members = members_of_text(cell) if isinstance(cell, str) else None
        if members is not None:
            return members
        what = "is text where a set belongs" if isinstance(cell, str) else "is not a set"
        return CellProblem("value.wrong_kind", what, (Action("write_set", row.name, _sample(row)),))

    def _item(self, row: Field, item: Any, current: SetMembers, workspace: str) -> Json | CellProblem:
        if isinstance(item, str) and item.startswith("{"):
            item = _unfrozen(item)
        if isinstance(item, dict):
            return (
                self._given(row, item)
                if item.get("id") or item.get("name")
                else CellProblem("value.no_id", "holds an item without id", correct("Give names or ids."))
            )
        text = self._unlabelled(row, whole_text(item))
        own = current.take(text)
        if own is not None:
            return own
        fact = self.profile.fact("tags")
        free = row.name == "tags" and not (fact.value == "listed" and fact.is_documented)
        choice = self._choices(row).resolve(text, workspace if row.per_workspace else "", exact=free)
        if not isinstance(choice, Unresolved):
            return as_record(choice)
        return (
            {"name": text}
            if free and choice.code == "value.unknown_name"
            else CellProblem(choice.code, choice.message, choice.actions)
        )

    def _words(self, row: Field, cell: Any, base: Json, _workspace: str) -> Json | CellProblem:
        members = self._members(row, cell, base)
        if not isinstance(members, tuple):
            return members
        return [str(item) for item in dict.fromkeys(members) if not is_missing(item) and not _is_blank(item)]

    def _date(self, row: Field, cell: Any, base: Json, _workspace: str) -> Json | CellProblem:
        value = typed_date(cell)
        if isinstance(value, CellProblem):
            loaded = None if is_missing(base) else parse_iso(base)
            if is_number(cell) and loaded is not None and is_epoch_of(cell, loaded):
                return base  # what JSON of pandas makes of a date
            return value
        is_date_only = self._is_date_only(row, base)
        if is_day(cell) if is_date_only is None else is_date_only:
            return written_day(cell, like=base)
        return written_instant(value, like=base)

    def _is_date_only(self, row: Field, base: Json) -> bool | None:
        """Return the form of this field's values: by the ticket's own, the column's, the profile's; None where nobody knows."""
        if not is_missing(base):
            return is_iso_day(str(base))
        if row.name in self.dates:
            return self.dates[row.name]
        form = self.profile.fact("due_date").value if row.name == "due_date" else None
        return None if form is None else bool(form == "date")

    def _flag(self, _row: Field, cell: Any, _base: Json, _workspace: str) -> Json | CellProblem:
        return typed_boolean(cell)

    def _passed_on(self, row: Field, cell: Any, received: Json, _workspace: str) -> Json | CellProblem:
        """Read data for the tool, which goes out as it is; the record that was received from the tool is never sent back."""
        if is_emptied(cell) or (not is_missing(received) and cell in (received, row.kind.cell(received))):
            return received
        if not is_missing(received):
            return _RECEIVED
        return (
            cell
            if isinstance(cell, dict)
            else CellProblem("value.wrong_kind", "is no object", correct('Give a dict, such as {"flag": 1}.'))
        )

    def _any(self, row: Field, cell: Any, base: Json, _workspace: str) -> Json | CellProblem:
        return self.custom(row.name).read(cell, base)


_READERS: dict[str, Any] = {
    "text": Reader._text,  # noqa: SLF001  (the table of its own methods)
    "reference": Reader._reference,  # noqa: SLF001
    "set": Reader._references,  # noqa: SLF001
    "words": Reader._words,  # noqa: SLF001
    "date": Reader._date,  # noqa: SLF001
    "flag": Reader._flag,  # noqa: SLF001
    "any": Reader._any,  # noqa: SLF001
}


def as_record(choice: Choice) -> Json:
    """Write a choice as the API writes a reference."""
    parts = {"id": choice.id, "name": choice.name, "type": choice.type}
    return {key: value for key, value in parts.items() if value}


def written_day(cell: Any, *, like: Json) -> Json | CellProblem:
    """Write a cell as a day; the value itself where it is the same day."""
    day = day_of(cell)
    if day is None:
        value = parse_date(cell)
        hint = f"Give {value.isoformat()[:10]}." if value else "Give a date such as 2026-01-31."
        return CellProblem("value.has_time", "has a time, but this field holds dates only", correct(hint))
    return like if not is_missing(like) and day == parse_iso(like) else day.isoformat()


def written_instant(value: date, *, like: Json) -> Json:
    """Write a moment as an instant in UTC; the value itself where it is the same instant."""
    at = instant(value)
    return like if not is_missing(like) and parse_iso(like) == at else at.isoformat().replace("+00:00", "Z")


def _hashable(item: Any) -> Any:
    return freeze(item) if isinstance(item, dict) else item


def _unfrozen(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _is_blank(item: Any) -> bool:
    return isinstance(item, str) and not item.strip()


def _sample(row: Field) -> str:
    return {"tags": "billing", "assignees": "Ada Lovelace"}.get(row.name, "name")
