"""Steps: one edit as data. What to do, in which column, on which rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from truto_tickets_nb.edits.filters.filters import AllTickets, Filter
from truto_tickets_nb.edits.steps.operations import OPERATIONS, Operation
from truto_tickets_nb.edits.steps.operations.options import field_for
from truto_tickets_nb.errors import StepError, shorten, shorten_repr
from truto_tickets_nb.safe_text import printable
from truto_tickets_nb.tickets.cells import json_problem

if TYPE_CHECKING:
    import pandas as pd

    from truto_tickets_nb.edits.steps.inapplicable import Inapplicable

_OWN = ("kind", "field", "where", "title")  # keys of a step's JSON; all others are its options


@dataclass(frozen=True, slots=True)
class Step:
    """One edit as data.

    >>> step = Step("set", "priority", Filter.where("name", "contains", "refund"), {"value": "High"})
    >>> step.words()
    "priority: -> High where name contains 'refund'"
    >>> Step.of_json(step.to_json()) == step
    True

    Kinds: set, clear, map, fill, copy, replace, tidy (text), add, remove, swap (sets), shift (dates), cells (single cells, each
    guarded by the value it replaced). What can't work is a StepError at once, which says what to do.
    """

    kind: str
    field: str = ""
    rows: Filter = dataclasses.field(default_factory=AllTickets)
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    title: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.kind, str) or self.kind not in OPERATIONS:
            raise StepError(f"{shorten(self.kind, 40)!r} is no kind of step. There are: {', '.join(OPERATIONS)}.")
        if not isinstance(self.rows, Filter) or not isinstance(self.title, str):
            raise StepError(
                "A step takes a Filter as rows and text as title: Step('set', 'priority', Filter.all(), {...})."
            )
        row = None if self.operation.is_guarded else field_for(self.field)
        cleaned = self.operation.check(self, row)  # type: ignore[arg-type]
        problem = json_problem([self.field, self.title, dict(cleaned)])
        if problem:
            raise StepError(
                f"A step {problem}, which JSON can't carry: {shorten_repr(self.field, 40)} {shorten_repr(cleaned, 80)}."
            )
        object.__setattr__(self, "options", MappingProxyType(dict(cleaned)))

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        """Pickle and copy it by its parts: its read-only options can't be pickled themselves."""
        return type(self), (self.kind, self.field, self.rows, dict(self.options), self.title)

    @property
    def operation(self) -> Operation:
        """Find what this kind of step does."""
        return OPERATIONS[self.kind]

    @property
    def fields(self) -> frozenset[str]:
        """Name the columns that it may change."""
        if not self.operation.is_guarded:
            return frozenset([self.field])
        return frozenset(name for columns in self.options["cells"].values() for name in columns)

    @property
    def reads(self) -> frozenset[str]:
        """Name the columns that decide what it does."""
        return self.fields | self.rows.fields | self.operation.sources(self)

    def words(self, before: str = "") -> str:
        """Put it into words, without counts; a title of its own comes first. `held` is what the rows held, where that is known."""
        if self.title:
            return printable(self.title)
        where = self.rows.words()
        return printable(f"{self.operation.words(self, before)}{f' where {where}' if where else ''}")

    def titled(self, title: str) -> Self:
        """Return the step with a title of its own."""
        return dataclasses.replace(self, title=title)

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON: kind, field, its options, where, title."""
        data: dict[str, Any] = {"kind": self.kind, **({"field": self.field} if self.field else {}), **self.options}
        where = self.rows.to_json()
        return {**data, **({"where": where} if where else {}), **({"title": self.title} if self.title else {})}

    @classmethod
    def of_json(cls, data: Any) -> Self:
        """Read it back; what is no step is a StepError."""
        if not isinstance(data, Mapping) or "kind" not in data:
            raise StepError(f'A step is an object such as {{"kind": "set", "field": ...}}, not {shorten(data, 60)}.')
        options = {key: value for key, value in data.items() if key not in _OWN}
        rows = Filter.of_json(data.get("where", {}))
        return cls(data["kind"], data.get("field", ""), rows, options, data.get("title", ""))


@dataclass(frozen=True, slots=True)
class Effect:
    """Count what a step did: rows matched (cells, for single cells), changed, already done; and list what no longer applies."""

    matched: int = 0
    changed: int = 0
    already: int = 0
    inapplicable: tuple[Inapplicable, ...] = ()
    held: tuple[str, ...] = ()  # what the changed cells held before, where that is few values


@dataclass(frozen=True, slots=True)
class Edit:
    """One column after a step, with the rows it changed and those it emptied on purpose (numpy bool)."""

    column: str
    cells: pd.Series
    changed: Any
    emptied: Any


@dataclass(frozen=True, slots=True)
class Applied:
    """What a step made of a frame."""

    frame: pd.DataFrame
    effect: Effect
    edits: tuple[Edit, ...] = ()
