"""Custom fields: what a column of them holds, so that an edited cell goes out in the type and the form that the tool gave."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from truto_tickets_nb.actions import correct
from truto_tickets_nb.tickets.cell_problem import CellProblem, unreadable_json
from truto_tickets_nb.tickets.cells import json_problem, members_of_text
from truto_tickets_nb.tickets.equality import same_json
from truto_tickets_nb.tickets.json_values import freeze, is_missing
from truto_tickets_nb.tickets.parsing.booleans import opposite_word, parse_boolean
from truto_tickets_nb.tickets.parsing.dates import (
    DateFormat,
    common_formats,
    date_readings,
    day_of,
    iso_text,
    parse_date,
)
from truto_tickets_nb.tickets.parsing.literals import parse_literal
from truto_tickets_nb.tickets.parsing.numbers import (
    has_lost_digits,
    is_number,
    parse_number,
    plain_number,
    same_number,
    write_number,
)
from truto_tickets_nb.tickets.typed_values import typed_boolean, typed_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from truto_tickets_nb.tickets.json_values import Json

JsonKind = Literal["text", "flag", "integer", "decimal", "list", "object"]

# Types by which accounts name their custom fields. Source: the list of fields in Truto's Unified Ticketing API names its types freely,
# so that a type which is not here says nothing.
_BY_TYPE: dict[str, JsonKind] = {
    **dict.fromkeys(("integer", "int"), "integer"),
    **dict.fromkeys(("number", "float", "decimal", "double", "currency"), "decimal"),
    **dict.fromkeys(("boolean", "bool", "checkbox"), "flag"),
    **dict.fromkeys(("string", "text", "textarea", "enum", "select", "dropdown", "url", "email", "date", "datetime"), "text"),
    **dict.fromkeys(("array", "list", "multiselect", "multi_select", "multi-select", "labels"), "list"),
}  # fmt: skip


def kind_of(value: Json) -> JsonKind | None:
    """Return which kind of JSON a filled value is, None for a date and whatever JSON has not.

    >>> kind_of(True), kind_of(3), kind_of("3"), kind_of((1,)), kind_of({})
    ('flag', 'integer', 'text', 'list', 'object')
    """
    kinds: tuple[tuple[type | tuple[type, ...], JsonKind], ...] = (
        (bool, "flag"), (int, "integer"), (float, "decimal"), (str, "text"), ((list, tuple), "list"), (dict, "object"),
    )  # fmt: skip
    return next((kind for types, kind in kinds if isinstance(value, types)), None)


@dataclass(frozen=True)
class CustomForm:
    """What the filled cells of one custom column hold: the kinds of JSON, the texts, the members of its lists.

    >>> CustomForm.of(["5", None]).read(6, "5"), CustomForm.of([3, None]).read(5.0, None), CustomForm.of([True]).read("no", None)
    ('6', 5, False)
    >>> CustomForm.of([({"id": 1},)]).read("x", [{"id": 1}]).message
    'is text where this field holds a list'
    """

    kinds: frozenset[JsonKind] = frozenset()
    texts: tuple[str, ...] = ()
    members: CustomForm | None = None  # of its lists
    objects: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    has_null: bool = False  # a member of a list is null

    @classmethod
    def of(cls, values: Iterable[Json], declared: str = "") -> CustomForm:
        """Look at the filled values of a column, frozen or not; `declared` is the type that the account gives a column without any."""
        filled = list({repr(value): _thawed(value) for value in values if not is_missing(value)}.values())
        kinds = frozenset(kind for value in filled if (kind := kind_of(value)))
        if not kinds and declared.casefold() in _BY_TYPE:
            kinds = frozenset([_BY_TYPE[declared.casefold()]])
        lists = [value for value in filled if isinstance(value, list | tuple)]
        items = [item for value in lists for item in value]
        return cls(
            kinds,
            tuple(value for value in filled if isinstance(value, str)),
            cls.of(items) if lists else None,
            tuple(value for value in filled if isinstance(value, dict)),
            any(item is None for item in items),
        )

    @cached_property
    def date_forms(self) -> dict[Any, DateFormat]:
        """Find the forms of a date that all texts of the column share."""
        return common_formats(self.texts)

    def read(self, cell: Any, base: Json) -> Json | CellProblem:
        """Turn a plain, filled cell into the JSON that goes out; the very base where it says the same."""
        expected = self._expected(base)
        value = _READERS[expected](self, cell, base) if expected else self._free(cell)
        if kind_of(cell) in self.kinds - {expected} and (isinstance(value, CellProblem) or not same_json(base, value)):
            value = self._free(cell)  # a column of several kinds: what it holds elsewhere may stand here too
        return base if not isinstance(value, CellProblem) and not is_missing(base) and same_json(base, value) else value

    def _expected(self, base: Json) -> JsonKind | None:
        if not is_missing(base):
            return kind_of(base)
        kinds = self.kinds
        if kinds == {"integer", "decimal"}:
            return "decimal"
        return next(iter(kinds)) if len(kinds) == 1 else None

    def _free(self, cell: Any) -> Json:
        """Write a cell as it is, where nothing says what the field holds."""
        if isinstance(cell, datetime | date):
            return iso_text(cell)
        if isinstance(cell, float) and cell.is_integer() and not has_lost_digits(cell):
            return int(cell)
        return [_thawed(item) for item in cell] if isinstance(cell, tuple) else cell

    def _text(self, cell: Any, base: Json) -> Json | CellProblem:
        if isinstance(cell, str):
            return cell
        if isinstance(cell, bool):
            return self._truth_word(cell, base)
        if is_number(cell):
            return self._number_text(cell, base)
        if isinstance(cell, date):
            return self._date_text(cell, base)
        return CellProblem("value.wrong_kind", "is no text, and this field holds text", correct("Give text."))

    def _truth_word(self, cell: bool, base: Json) -> Json | CellProblem:  # noqa: FBT001  (the cell itself)
        words = [*([base] if isinstance(base, str) else []), *self.texts]
        word_of = next((word for word in words if parse_boolean(word) is cell), None)
        if word_of is not None:
            return word_of
        opposites = (opposite_word(word) for word in words if parse_boolean(word) is not None)
        opposite = next((word for word in opposites if word), None)
        if opposite is None:
            return CellProblem("value.wrong_kind", "is true or false, and this field holds text", correct("Give text."))
        return opposite

    def _number_text(self, cell: float, base: Json) -> Json | CellProblem:
        current = plain_number(base) if isinstance(base, str) else None
        if current is not None and same_number(current, cell):
            return base
        if has_lost_digits(cell):
            return CellProblem(
                "value.lost_digits",
                "is a number that lost digits, and this field holds text",
                correct("Give the digits as text."),
            )
        return write_number(cell, base if isinstance(base, str) else "")

    def _date_text(self, cell: date, base: Json) -> Json | CellProblem:
        """Write a date in the form of the ticket's own text, else in that of the column."""
        readings = date_readings(base) if isinstance(base, str) else ()
        if any(_is_same_date(reading.value, cell) for reading in readings):
            return base
        own = {reading.format.shape: reading.format for reading in readings if reading.format}
        shared = {shape: own.get(shape, form) for shape, form in self.date_forms.items() if not own or shape in own}
        forms = shared or own
        if not forms and (self.texts or not is_missing(base)):
            return CellProblem(
                "value.wrong_kind",
                "is a date, and this field holds texts of another form",
                correct("Give the date as text."),
            )
        written = {text for form in forms.values() if (text := form.write(cell))} if forms else {self._free(cell)}
        if len(written) == 1:
            return written.pop()
        if written:
            return CellProblem(
                "value.ambiguous_date", "could be written with day or month first", correct("Give the date as text.")
            )
        return CellProblem(
            "value.has_time", "has a time that texts of this field don't hold", correct("Give the date as text.")
        )

    def _flag(self, cell: Any, _base: Json) -> Json | CellProblem:
        return typed_boolean(cell)

    def _integer(self, cell: Any, base: Json) -> Json | CellProblem:
        value = self._decimal(cell, base)
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def _decimal(self, cell: Any, base: Json) -> Json | CellProblem:
        value = typed_number(cell)
        if isinstance(value, CellProblem):
            return value
        if json_problem(value):
            return unreadable_json(json_problem(value))
        if is_number(base) and same_number(base, value):
            return base
        if has_lost_digits(value) and "decimal" not in self.kinds:
            return CellProblem(
                "value.lost_digits",
                "is a whole number that lost digits on its way through a float",
                correct("Give it as an int."),
            )
        return value

    def _list(self, cell: Any, base: Json) -> Json | CellProblem:
        if isinstance(cell, str):
            if isinstance(base, list) and cell in (str(freeze(base)), ", ".join(map(str, base))):
                return base
            cell = members_of_text(cell)
            if cell is None:
                return CellProblem(
                    "value.wrong_kind",
                    "is text where this field holds a list",
                    correct('Give a tuple, such as ("a", "b").'),
                )
        if not isinstance(cell, tuple):
            return CellProblem(
                "value.wrong_kind",
                "is one value where this field holds a list",
                correct('Give a tuple, such as ("a", "b").'),
            )
        inside = CustomForm.of([*(base or ()), *(() if self.members is None else self.members.samples)])
        nulls = self.has_null or (isinstance(base, list) and None in base)
        items = [inside.member(_thawed(item), null=nulls) for item in cell]
        return next((item for item in items if isinstance(item, CellProblem)), items)

    @property
    def samples(self) -> tuple[Json, ...]:
        """Return values from which this form can be found again."""
        others: dict[JsonKind, Json] = {"integer": 1, "decimal": 1.5, "flag": True, "list": ["x"]}
        return (*self.texts, *self.objects, *(others[kind] for kind in self.kinds if kind in others))

    def member(self, item: Any, *, null: bool) -> Json | CellProblem:
        """Turn one member of a list into JSON of the kind that its siblings have."""
        if is_missing(item) and not isinstance(item, str | dict | tuple | list):
            return (
                None
                if null
                else CellProblem(
                    "value.empty_member", "holds an empty member", correct("Take the empty member out of the list.")
                )
            )
        if self.kinds == {"object"} and isinstance(item, str | int | float):
            return self._object_named(item)
        if isinstance(item, str) and self.kinds and self.kinds <= {"integer", "decimal"} and parse_number(item) is None:
            return CellProblem(
                "value.wrong_kind", f"holds {item!r} where its members are numbers", correct("Give numbers.")
            )
        return self.read(item, None) if self.kinds else self._free(item)

    def _object_named(self, item: Any) -> Json | CellProblem:
        """Find the one object of this column that goes by a name or an id."""
        named = [one for one in self.objects if item in one.values() or str(item) in map(str, one.values())]
        if len(named) == 1:
            return named[0]
        return CellProblem(
            "value.wrong_kind",
            f"holds {item!r} where its members are objects",
            correct('Give an object, such as {"id": "10"}.'),
        )

    def _object(self, cell: Any, base: Json) -> Json | CellProblem:
        if isinstance(cell, str):
            if cell in (freeze(base), str(base)):
                return base
            cell = parse_literal(cell)
        if isinstance(cell, dict):
            return cell
        return CellProblem(
            "value.wrong_kind",
            "is no object, and this field holds objects",
            correct('Give a dict, such as {"id": "10"}, or its JSON.'),
        )


_READERS: dict[JsonKind, Any] = {
    "text": CustomForm._text,  # noqa: SLF001  (the table of its own methods)
    "flag": CustomForm._flag,  # noqa: SLF001
    "integer": CustomForm._integer,  # noqa: SLF001
    "decimal": CustomForm._decimal,  # noqa: SLF001
    "list": CustomForm._list,  # noqa: SLF001
    "object": CustomForm._object,  # noqa: SLF001
}


def _thawed(value: Any) -> Any:
    """Turn the text of an object, as cells hold it, back into the object."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            thawed = json.loads(value)
        except (ValueError, RecursionError):
            return value
        return thawed if isinstance(thawed, dict) and freeze(thawed) == value else value
    return [_thawed(item) for item in value] if isinstance(value, tuple) else value


def _is_same_date(value: date, cell: date) -> bool:
    if not isinstance(value, datetime):
        return day_of(cell) == value
    return parse_date(value) == parse_date(cell) or (
        isinstance(cell, datetime) and cell.tzinfo is None and value.replace(tzinfo=None) == cell
    )


def values_of_column(column: pd.Series) -> list[Any]:
    """List the distinct filled values of a custom column; a column without lists and objects gives each value once."""
    if isinstance(column.array, pd.arrays.NumpyExtensionArray):
        return column.tolist()
    return column.dropna().unique().tolist()
