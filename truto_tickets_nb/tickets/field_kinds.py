"""What the kinds of values have in common: as a cell, as body JSON, as text, and when two of them are the same.

A kind never asks the network and never changes its input. JSON comes in two forms: as the API answers it (`{"id", "name", ...}`)
and as a body wants it (`{"id"}`); every function here takes either, because base, server and edit meet in one comparison.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.tickets import equality
from truto_tickets_nb.tickets.json_values import Given, Json, freeze, is_missing, ref, refs
from truto_tickets_nb.tickets.parsing.booleans import parse_json_boolean
from truto_tickets_nb.tickets.parsing.dates import parse_iso

if TYPE_CHECKING:
    from datetime import date, datetime

Text = str | tuple[str, ...] | None  # what a person reads: a line, a set of lines, or nothing


class Kind(ABC):
    """How one kind of value looks in a cell, in a body and to a person."""

    word: ClassVar[str]
    many: ClassVar[bool] = False
    empty: ClassVar[Json] = None  # the body that clears it
    cell_dtype: ClassVar[str] = "str"

    @abstractmethod
    def cell(self, value: Json) -> object:
        """Turn JSON into the cell of a frame; None where it is missing."""

    def body(self, value: Json) -> Json:
        """Turn JSON as it was answered into JSON as a body wants it."""
        return self.empty if is_missing(value) else value

    def text(self, value: Json) -> Text:
        """Turn JSON into what a person reads in a plan."""
        return None if is_missing(value) else str(value)

    @property
    @abstractmethod
    def levels(self) -> tuple[equality.Equal, equality.Equal, equality.Equal]:
        """Return the three ways in which two values are compared: exactly, in meaning, and as servers tidy them."""

    def same(self, one: Json, two: Json) -> bool:
        """Return whether two JSON values mean the same; empty equals empty."""
        return self.levels[1](one, two)


@dataclass(frozen=True, slots=True)
class TextKind(Kind):
    """Text; CRLF equals LF, everything else counts."""

    word: ClassVar[str] = "text"

    def cell(self, value: Json) -> str | None:
        return None if value is None else str(value)

    @property
    def levels(self) -> tuple[equality.Equal, equality.Equal, equality.Equal]:
        return equality.exact_text, equality.same_text, equality.near_text


@dataclass(frozen=True, slots=True)
class ReferenceKind(Kind):
    """One reference: a name in the cell, `{"id": ...}` in the body."""

    word: ClassVar[str] = "reference"
    bare: bool = False  # goes out as a plain string, as the page documents for `workspace`

    def cell(self, value: Json) -> str | None:
        reference = ref(value)
        return reference.shown if reference else None

    def body(self, value: Json) -> Json:
        reference = ref(value)
        if reference is None:
            return self.empty
        if self.bare:
            return reference.id or reference.name
        if isinstance(value, Given):
            return dict(value)
        return {"id": reference.id} if reference.id else {"name": reference.name}

    def text(self, value: Json) -> Text:
        if isinstance(value, Given):
            return self.parts(value).text
        return self.cell(value)

    def parts(self, value: Given) -> Given:
        """Keep the parts of a written-out reference that go out."""
        sent = ("id", "name")  # a bare one goes out as its id; its name tells a person which it is
        return Given({key: value[key] for key in sent if key in value}, value.known_as) if self.bare else value

    @property
    def levels(self) -> tuple[equality.Equal, equality.Equal, equality.Equal]:
        return equality.exact_reference, equality.same_reference, equality.near_reference


@dataclass(frozen=True, slots=True)
class ReferencesKind(Kind):
    """A set of references: a tuple of names in the cell, a whole array in the body."""

    word: ClassVar[str] = "set"
    many: ClassVar[bool] = True
    empty: ClassVar[Json] = []
    cell_dtype: ClassVar[str] = "object"
    keep: tuple[str, ...] = ("id",)  # what each item of a body needs, as the page marks it

    def cell(self, value: Json) -> tuple[str, ...]:
        return tuple(item.shown for item in refs(value))

    def body(self, value: Json) -> Json:
        items = value if isinstance(value, list | tuple) else []
        return [self._item(item) for item in items if ref(item)]

    def _item(self, item: Json) -> Json:
        if isinstance(item, Given):
            return dict(item)
        reference = ref(item)
        given = item if isinstance(item, dict) else {}
        parts = {**given, "id": reference.id if reference else "", "name": reference.name if reference else ""}
        return {key: parts[key] for key in self.keep if parts.get(key)}

    def text(self, value: Json) -> Text:
        items = value if isinstance(value, list | tuple) else [value]
        return tuple(
            item.text if isinstance(item, Given) else reference.shown for item in items if (reference := ref(item))
        )

    @property
    def levels(self) -> tuple[equality.Equal, equality.Equal, equality.Equal]:
        return equality.exact_references, equality.same_references, equality.near_references


@dataclass(frozen=True, slots=True)
class WordsKind(Kind):
    """A set of plain words, such as languages: a tuple in the cell, an array of strings in the body."""

    word: ClassVar[str] = "words"
    many: ClassVar[bool] = True
    empty: ClassVar[Json] = []
    cell_dtype: ClassVar[str] = "object"

    def cell(self, value: Json) -> tuple[str, ...]:
        items = value if isinstance(value, list | tuple) else [value]
        return tuple(str(item) for item in items if not is_missing(item))

    def body(self, value: Json) -> Json:
        return list(self.cell(value))

    def text(self, value: Json) -> Text:
        return self.cell(value)

    @property
    def levels(self) -> tuple[equality.Equal, equality.Equal, equality.Equal]:
        return equality.exact_references, equality.same_references, equality.near_references


@dataclass(frozen=True, slots=True)
class MomentKind(Kind):
    """A date or an instant; equal instants are equal however they are written."""

    word: ClassVar[str] = "date"
    cell_dtype: ClassVar[str] = "datetime64[us, UTC]"

    def cell(self, value: Json) -> date | datetime | None:
        return None if is_missing(value) else parse_iso(value)

    @property
    def levels(self) -> tuple[equality.Equal, equality.Equal, equality.Equal]:
        return equality.exact_text, equality.same_moment, equality.near_moment


@dataclass(frozen=True, slots=True)
class FlagKind(Kind):
    """True, false or nothing."""

    word: ClassVar[str] = "flag"
    cell_dtype: ClassVar[str] = "boolean"

    def cell(self, value: Json) -> bool | None:
        return parse_json_boolean(value)

    @property
    def levels(self) -> tuple[equality.Equal, equality.Equal, equality.Equal]:
        return equality.exact_json, equality.exact_json, equality.near_json


@dataclass(frozen=True, slots=True)
class AnyKind(Kind):
    """Whatever JSON it is: custom fields, raw data, fields nobody documents."""

    word: ClassVar[str] = "any"
    cell_dtype: ClassVar[str] = "object"

    def cell(self, value: Json) -> object:
        return freeze(value)

    def text(self, value: Json) -> Text:
        if is_missing(value):
            return None
        frozen = freeze(value)
        return tuple(str(item) for item in frozen) if isinstance(frozen, tuple) else str(frozen)

    @property
    def levels(self) -> tuple[equality.Equal, equality.Equal, equality.Equal]:
        return equality.exact_json, equality.same_json, equality.near_json
