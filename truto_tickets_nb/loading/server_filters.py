"""Filters of a load: checked before anything is sent, and applied here too, because a tool may ignore one silently.

Somebody would edit tickets that nobody asked for, or miss some. So a filter goes out only where a tool that knows it can mean nothing
else by it; every other one is applied here alone. Source of "silently":
https://truto.one/docs/guides/how-truto-works/realtime-unified-apis-considerations
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

from truto_tickets_nb.advice import advised
from truto_tickets_nb.did_you_mean import near
from truto_tickets_nb.errors import SetupError, shorten, shorten_repr
from truto_tickets_nb.loading.filter_conditions import ORDERED, SIGNS, Condition, Reading, Sign
from truto_tickets_nb.tickets.cell_problem import CellProblem
from truto_tickets_nb.tickets.cells import plain
from truto_tickets_nb.tickets.choice import Unresolved
from truto_tickets_nb.tickets.fields import CUSTOM, CUSTOM_FIELDS, FIELDS, Field
from truto_tickets_nb.tickets.json_values import is_missing
from truto_tickets_nb.tickets.parsing.numbers import exact_number
from truto_tickets_nb.tickets.typed_values import typed_boolean, typed_date, typed_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.tickets.choices import Choices

_USUAL = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?")  # dates that every tool reads
Typed = TypeVar("Typed")
NUMBERED = ("number",)  # text fields whose values are ordered as numbers
PASSED_ON = ("sort_by", "remote_query")  # parameters of a list that are no filters


@dataclass(frozen=True, slots=True)
class Filters:
    """What a load is filtered by.

    >>> filters = Filters.of({"number": {"gt": 50}, "created_at": {"gte": "2026-01-01"}})
    >>> filters.query(), filters.misfit({"number": "100"}), filters.misfit({"number": "9", "created_at": "2026-02-01"})
    ({'created_at': {'gte': '2026-01-01'}}, '', 'number')

    Dates compare as instants: a day begins at midnight UTC, and `eq`, `ne`, `in` of a day mean any time of it. Numbers compare as
    numbers, texts and names are equal in any capitals and in either form of Unicode, and one member of a set is enough.
    """

    asked: Mapping[str, Any]
    conditions: tuple[Condition, ...] = ()

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Self:
        """Check filters: unknown fields, comparisons that make no sense for a field, and values that can't be compared are refused."""
        conditions = (
            condition for name, value in asked.items() if name not in PASSED_ON for condition in _read(name, value)
        )
        return cls(dict(asked), tuple(conditions))

    @property
    def names(self) -> tuple[str, ...]:
        """Name the fields, each once."""
        return tuple(dict.fromkeys(condition.field for condition in self.conditions))

    @property
    def local(self) -> tuple[str, ...]:
        """Name the fields of which a comparison is made here alone."""
        return tuple(dict.fromkeys(condition.field for condition in self.conditions if not condition.is_sent))

    def is_exact(self, name: str) -> bool:
        """Return whether a ticket that does not match proves that the filter was ignored: a search by text may mean "contains"."""
        return all(condition.reading != "text" for condition in self.conditions if condition.field == name)

    def query(self) -> dict[str, Any]:
        """Write what goes to the server."""
        sent: dict[str, Any] = {name: self.asked[name] for name in PASSED_ON if name in self.asked}
        for condition in self.conditions:
            if condition.is_sent:
                sent.setdefault(condition.field, {}).update(condition.sent())
        return {name: self._bare(name, value) for name, value in sent.items()}

    def _bare(self, name: str, value: Any) -> Any:
        """Write a plain value as it was given, `status=open`, not as `status[eq]=open`."""
        if name in PASSED_ON or isinstance(self.asked[name], Mapping) or not {*value} <= {"eq", "in"}:
            return value
        return value.get("eq", value.get("in"))

    def misfit(self, record: Mapping[str, Any], *, partial: bool = False) -> str:
        """Name the first field whose filter a ticket does not meet; "" where it meets all that its fields allow to compare.

        A field that a ticket came without is left to the server, unless its filter is applied here alone. A `partial` ticket is
        yet to be completed: what it lacks decides nothing.
        """
        present = (c for c in self.conditions if c.field in record or not (partial or c.is_sent))
        return next((c.field for c in present if not c.admits(record.get(c.field))), "")

    def unchecked(self, record: Mapping[str, Any]) -> Iterator[str]:
        """Name the fields that a ticket came without, so that their filters could not be checked."""
        return (name for name in self.names if name not in record)


def unknown_names(filters: Filters, choices: Mapping[str, Choices]) -> Iterator[str]:
    """Return which names of a filter the account's own lists do not hold, each with those that may be meant."""
    for condition in filters.conditions:
        listed = choices.get(FIELDS[condition.field].choices)
        if condition.reading != "reference" or condition.sign not in ("eq", "in", "name") or listed is None:
            continue
        for name in condition.values if "list" in listed.origins else ():
            answer = listed.resolve(name)
            if isinstance(answer, Unresolved) and answer.code == "value.unknown_name":
                yield f"No ticket matches {condition.field}={shorten(name, 40)}: {shorten(advised(answer.message, answer.actions), 240)}"


def check(asked: Mapping[str, Any]) -> None:
    """Refuse filters that no load takes, before anything is sent."""
    Filters.of(asked)


def _read(name: str, value: Any) -> Iterator[Condition]:
    row = _row(name)
    reading = _reading(row)
    tests = (
        value
        if isinstance(value, Mapping)
        else {"in" if isinstance(value, list | tuple | set | frozenset) else "eq": value}
    )
    if not tests:
        raise SetupError(f"{name}={{}} compares with nothing. Give a value, or leave the filter out.")
    for sign, asked in tests.items():
        if sign not in SIGNS[reading]:
            raise SetupError(_wrong_sign(row, reading, sign))
        values = (
            tuple(asked)
            if isinstance(asked, list | tuple)
            else tuple(sorted(asked, key=str))
            if isinstance(asked, set | frozenset)
            else (asked,)
        )
        if not values or (len(values) > 1 and sign not in ("in", "ne")):
            raise SetupError(
                f"{name}={{{sign!r}: ...}} takes {'at least one value' if sign == 'in' else 'one value'}, not {shorten_repr(asked, 60)}."
            )
        yield Condition(name, reading, sign, tuple(_checked(row, reading, sign, item) for item in values))


def _row(name: str) -> Field:
    if name.startswith(CUSTOM) or name == CUSTOM_FIELDS:
        raise SetupError(
            f"{name}: the API documents no filter by custom fields. Load without it, then choose rows: df[df[{name!r}] == ...]."
        )
    if name not in FIELDS:
        names = [*(row.name for row in FIELDS.values() if _is_filter(row)), *PASSED_ON]
        meant = near(name, names, count=3)
        hint = f"Did you mean {', '.join(meant)}?" if meant else f"There are: {', '.join(names)}."
        raise SetupError(f"There is no filter {name!r}. {hint}")
    if not _is_filter(FIELDS[name]):
        raise SetupError(
            f"{name} can't be filtered by: its values can't be compared here. Load without it, then choose rows."
        )
    return FIELDS[name]


def _is_filter(row: Field) -> bool:
    return row.readable and row.kind.word != "any"


def _reading(row: Field) -> Reading:
    if row.name in NUMBERED:
        return "number"
    words: Mapping[str, Reading] = {"date": "date", "flag": "flag", "reference": "reference", "set": "reference"}
    return words.get(row.kind.word, "text")


def _wrong_sign(row: Field, reading: Reading, sign: object) -> str:
    every = {sign for signs in SIGNS.values() for sign in signs}
    if sign in every:
        return f"{row.name}={{{sign!r}: ...}} makes no sense: {_WHY[reading]} It takes: {', '.join(SIGNS[reading])}."
    return f"{row.name}: there is no operator {shorten(sign, 40)}. There are: {', '.join(SIGNS[reading])}."


_WHY: Mapping[Reading, str] = {
    "date": "it holds dates.", "number": "it holds numbers.", "flag": "it holds yes or no.",
    "reference": "it holds names, which have no order.", "text": "each tool orders texts in its own way.",
}  # fmt: skip


def _checked(row: Field, reading: Reading, sign: Sign, value: Any) -> Any:
    """Bring one value into the form that is compared and sent, or refuse it."""
    if (
        is_missing(value)
        or isinstance(value, Mapping | list | tuple | set | frozenset)
        or is_missing(str(plain(value)).strip())
        or plain(value) == math.inf
    ):
        raise SetupError(
            f"{row.name}: {shorten_repr(value, 60)} is no value to compare with. To find empty fields: load, then df[df[{row.name!r}].isna()]."
        )
    match reading:
        case "date":
            return _date(row, value)
        case "flag":
            return _typed(row, value, typed_boolean(value))
        case "number" if sign in ORDERED and exact_number(value) is None:
            return _typed(row, value, typed_number(value))
        case "number":
            return value if isinstance(value, str | int | float) else str(value)
    return str(value)


def _typed(row: Field, value: Any, typed: Typed | CellProblem) -> Typed:
    """Return a value that was typed; a refusal of it is raised."""
    if isinstance(typed, CellProblem):
        raise SetupError(f"{row.name}: {shorten_repr(value, 60)} {advised(typed.message, typed.actions)}")
    return typed


def _date(row: Field, value: Any) -> date | str:
    if isinstance(value, datetime):
        return value if type(value) is datetime else datetime.fromisoformat(value.isoformat())
    if isinstance(value, date):
        return value
    text = str(value).strip()
    typed = _typed(row, value, typed_date(value if isinstance(value, bool | int | float) else text))
    return text if _USUAL.fullmatch(text) else typed
