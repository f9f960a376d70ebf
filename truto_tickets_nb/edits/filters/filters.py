"""Filters: which rows, as data. A value that is written, read back, joined with & | ~, and put into words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from truto_tickets_nb.edits.filters import matching
from truto_tickets_nb.edits.filters.operators import BARE, OPS, checked, quoted
from truto_tickets_nb.errors import StepError, shorten, shorten_repr
from truto_tickets_nb.safe_text import printable
from truto_tickets_nb.tickets.cells import json_problem, plain
from truto_tickets_nb.tickets.json_values import is_missing

if TYPE_CHECKING:
    from truto_tickets_nb.edits.filters.matching import Mask

ANY = "any"
DEEPEST, LARGEST = 100, 10_000  # levels of filters within filters, and tests in one of them
NAMED = 3  # tickets named in words; more are counted


class Filter(ABC):
    """Which rows, as data: a test of one column, ticket ids, or several of them joined with & | ~.

    >>> late = Filter.where("due_date", "before", "2026-02-01") & ~Filter.where("status", "is", "Done")
    >>> late.words()
    "due_date is before '2026-02-01' and not status is 'Done'"
    >>> Filter.of_json(late.to_json()) == late
    True

    Operators: is, is not, in, contains, starts, ends, matches (a pattern), before, after (dates), less, more (numbers), empty,
    filled, has (a set holds it). They look at the names that a person reads, and capitals don't matter unless `case=True`.
    An empty cell passes none but `empty` and `is not`.
    """

    __slots__ = ()

    @staticmethod
    def where(field: str, op: str, value: Any = None, *, case: bool = False) -> Filter:
        """Test one column."""
        return Test(field, op, checked(field, op, value), case)

    @staticmethod
    def ids(*tickets: str) -> Filter:
        """Choose tickets by their ids."""
        chosen = tuple(dict.fromkeys(str(plain(ticket)) for ticket in tickets))
        if json_problem(chosen):
            raise StepError(f"No ticket has an id with half a character: {shorten(chosen, 80)}.")
        return Tickets(chosen)

    @staticmethod
    def all() -> Filter:
        """Choose every ticket."""
        return AllTickets()

    @staticmethod
    def of_json(data: Any) -> Filter:
        """Read a filter back; what is none is a StepError that shows the forms there are."""
        return _read(data)

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """Write it as JSON."""

    @abstractmethod
    def mask(self, frame: pd.DataFrame) -> Mask:
        """Return for each row of a frame whether it is chosen (numpy bool); a column that is not there counts as empty."""

    @abstractmethod
    def words(self) -> str:
        """Put it into words; "" for all."""

    @property
    def fields(self) -> frozenset[str]:
        """Name the columns it looks at."""
        return frozenset().union(*(part.fields for part in self._parts()))

    @property
    def tickets(self) -> tuple[str, ...]:
        """Name the tickets it chooses by id."""
        return tuple(ticket for part in self._parts() for ticket in part.tickets)

    def _parts(self) -> tuple[Filter, ...]:
        return ()

    @property
    def depth(self) -> int:
        """Count the levels of filters within filters."""
        return 1

    @property
    def size(self) -> int:
        """Count the tests."""
        return 1

    def __and__(self, other: Filter) -> Filter:
        return AllOf((*_flat(self, AllOf), *_flat(other, AllOf)))

    def __or__(self, other: Filter) -> Filter:
        return AnyOf((*_flat(self, AnyOf), *_flat(other, AnyOf)))

    def __invert__(self) -> Filter:
        return self.part if isinstance(self, Not) else Not(self)


@dataclass(frozen=True, slots=True)
class AllTickets(Filter):
    """Choose every ticket."""

    def to_json(self) -> dict[str, Any]:
        return {}

    def mask(self, frame: pd.DataFrame) -> Mask:
        return np.ones(len(frame), dtype=bool)

    def words(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Test(Filter):
    """Test one column."""

    field: str
    op: str
    value: Any = None
    case: bool = False

    @property
    def fields(self) -> frozenset[str]:
        return frozenset([self.field])

    def to_json(self) -> dict[str, Any]:
        value = {} if self.op in BARE else {"value": list(self.value) if isinstance(self.value, tuple) else self.value}
        return {"field": self.field, "op": self.op, **value, **({"case": True} if self.case else {})}

    def mask(self, frame: pd.DataFrame) -> Mask:
        if self.field not in frame.columns:
            return np.full(len(frame), self.op in ("empty", "is not"))
        return matching.mask_of(frame[self.field], self.op, self.value, case=self.case)

    def words(self) -> str:
        value = " or ".join(map(quoted, self.value)) if isinstance(self.value, tuple) else quoted(self.value)
        capitals = " (capitals count)" if self.case else ""
        return printable(f"{self.field} {OPS[self.op]}{'' if self.op in BARE else f' {value}'}{capitals}")


@dataclass(frozen=True, slots=True)
class Tickets(Filter):
    """Choose tickets by id."""

    chosen: tuple[str, ...]

    @property
    def tickets(self) -> tuple[str, ...]:
        return self.chosen

    def to_json(self) -> dict[str, Any]:
        return {"ids": list(self.chosen)}

    def mask(self, frame: pd.DataFrame) -> Mask:
        return np.asarray(frame.index.isin(self.chosen), dtype=bool)

    def words(self) -> str:
        named = ", ".join(shorten(ticket, 40) for ticket in self.chosen[:NAMED])
        return f"ticket is {named}" if len(self.chosen) <= NAMED else f"ticket is one of {len(self.chosen):,}"


@dataclass(frozen=True, slots=True)
class Joined(Filter):
    """Several parts joined by a word."""

    parts: tuple[Filter, ...]
    depth: int = field(init=False, repr=False, compare=False)
    size: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _measure(self)

    def _parts(self) -> tuple[Filter, ...]:
        return self.parts


@dataclass(frozen=True, slots=True)
class AllOf(Joined):
    """Choose what passes every part."""

    def to_json(self) -> dict[str, Any]:
        return {"and": [part.to_json() for part in self.parts]}

    def mask(self, frame: pd.DataFrame) -> Mask:
        return np.logical_and.reduce([part.mask(frame) for part in self.parts])

    def words(self) -> str:
        return " and ".join(_bracketed(part, AnyOf) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf(Joined):
    """Choose what passes one part or more."""

    def to_json(self) -> dict[str, Any]:
        return {"or": [part.to_json() for part in self.parts]}

    def mask(self, frame: pd.DataFrame) -> Mask:
        return np.logical_or.reduce([part.mask(frame) for part in self.parts])

    def words(self) -> str:
        return " or ".join(_bracketed(part, AllOf) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not(Filter):
    """Choose what does not pass."""

    part: Filter
    depth: int = field(init=False, repr=False, compare=False)
    size: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _measure(self)

    @property
    def tickets(self) -> tuple[str, ...]:
        return ()

    def _parts(self) -> tuple[Filter, ...]:
        return (self.part,)

    def to_json(self) -> dict[str, Any]:
        return {"not": self.part.to_json()}

    def mask(self, frame: pd.DataFrame) -> Mask:
        return ~self.part.mask(frame)

    def words(self) -> str:
        words = _bracketed(
            self.part, AllOf, AnyOf
        )  # once: at each level twice would be a thousand times after ten levels
        return "none" if words == ANY else f"not {words}"


def _bracketed(part: Filter, *kinds: type[Filter]) -> str:
    words = part.words() or ANY
    return f"({words})" if isinstance(part, kinds) else words


def _flat(joined: Filter, kind: type[AllOf | AnyOf]) -> tuple[Filter, ...]:
    return joined.parts if isinstance(joined, kind) else (joined,)


def _measure(joined: Joined | Not) -> None:
    """Count levels and tests; a filter that nobody could read, and whose parts Python could not follow, is refused."""
    parts = joined._parts()  # noqa: SLF001  (of this module)
    depth, size = 1 + max((part.depth for part in parts), default=0), sum(part.size for part in parts)
    if depth > DEEPEST or size > LARGEST:
        raise StepError(_too_large())
    object.__setattr__(joined, "depth", depth)
    object.__setattr__(joined, "size", size)


def _too_large() -> str:
    return (
        f"A filter has at most {DEEPEST} levels of and, or, not within each other, and {LARGEST:,} tests. "
        'To choose one of many values, use "in"; to choose tickets by id, Filter.ids(...).'
    )


def _read(data: Any, level: int = 1) -> Filter:
    if level > DEEPEST:
        raise StepError(_too_large())
    if not isinstance(data, Mapping):
        raise StepError(f"A filter is an object such as {_FORMS}, not {shorten_repr(data, 60)}.")
    keys = set(data)
    if not keys:
        return AllTickets()
    if keys in ({"and"}, {"or"}) and isinstance(parts := next(iter(data.values())), list) and parts:
        kind = AllOf if "and" in keys else AnyOf
        return kind(tuple(_read(part, level + 1) for part in parts))
    if keys == {"not"}:
        return Not(_read(data["not"], level + 1))
    if keys == {"ids"} and isinstance(data["ids"], list):
        return Filter.ids(*data["ids"])
    if {"field", "op"} <= keys <= {"field", "op", "value", "case"}:
        return Filter.where(data["field"], data["op"], data.get("value"), case=bool(data.get("case")))
    raise StepError(f"{shorten(dict(data), 80)} is no filter. There are {_FORMS}.")


_FORMS = '{"field", "op", "value"}, {"and": [...]}, {"or": [...]}, {"not": ...}, {"ids": [...]} and {} for all'


def filter_of(where: Any, frame: pd.DataFrame) -> Filter:
    """Make a filter of what an analyst gives as `where`: nothing, a mask, ids, a filter, its JSON, or a function of the frame.

    >>> frame = pd.DataFrame({"name": ["Refund", "Login"]}, index=["7", "8"])
    >>> filter_of(frame["name"].str.contains("Ref"), frame), filter_of("8", frame).words()
    (Tickets(chosen=('7',)), 'ticket is 8')
    """
    if where is None:
        return AllTickets()
    if isinstance(where, Filter):
        return where
    if isinstance(where, Mapping):
        return _read(where)
    if callable(where):
        return filter_of(where(frame), frame)
    return Filter.ids(*_chosen(where, frame))


def _chosen(where: Any, frame: pd.DataFrame) -> Iterable[str]:
    if isinstance(where, pd.Series) and _is_mask(where.tolist()):
        where = where.reindex(frame.index).fillna(value=False).tolist()
    items = [str(where)] if isinstance(where, str | int) and not isinstance(where, bool) else list(where)
    if not _is_mask(items):
        return (str(plain(item)) for item in items)
    if len(items) != len(frame):
        raise StepError(
            f"where= has {len(items)} rows, the draft {len(frame)}. Make the mask from draft.frame(), or give a filter."
        )
    return frame.index[np.array([not is_missing(item) and bool(item) for item in items], dtype=bool)].tolist()


def _is_mask(items: list[Any]) -> bool:
    bools = [isinstance(item, bool | np.bool_) for item in items]
    return any(bools) and all(is_bool or is_missing(item) for is_bool, item in zip(bools, items, strict=True))
