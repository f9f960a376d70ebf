"""Which tickets are chosen: what was clicked and typed, as data, as a mask, and as the filter that a step keeps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from truto_tickets_nb.edits.filters.filters import Filter
from truto_tickets_nb.selection.facets import Facet, facet_names
from truto_tickets_nb.tickets.fields import field as field_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from truto_tickets_nb.selection.draft_view import DraftView


@dataclass(frozen=True, slots=True)
class SelectionState:
    """What was clicked and typed to choose tickets; all of it together must hold."""

    text: str = ""
    in_description: bool = False
    dated: str = ""  # the column of dates
    since: date | None = None
    until: date | None = None
    facets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    changed: bool = False
    problems: bool = False

    def with_facet(self, name: str, value: str, *, chosen: bool) -> SelectionState:
        """Choose one value of a facet, or not any more."""
        current = self.facets.get(name, frozenset())
        values = current | {value} if chosen else current - {value}
        others = {column: values_of for column, values_of in self.facets.items() if column != name}
        return replace(self, facets={**others, **({name: values} if values else {})})


class Selection:
    """Choose tickets of a draft. Every part is reckoned once, until it or the draft changes."""

    def __init__(self, view: DraftView) -> None:
        self._view = view
        self._wish = SelectionState()
        self._facets: dict[str, Facet] = {}
        self._masks: dict[Any, Any] = {}
        self._problems: tuple[int, frozenset[str]] | None = None  # the revision they were looked for
        self._revision = -1
        self.follow()

    def follow(self) -> None:
        """Take up the draft as it is now."""
        self.frame: pd.DataFrame = self._view.frame
        if self._revision != self._view.draft.revision:
            self._revision, self._masks = self._view.draft.revision, {}

    @property
    def wish(self) -> SelectionState:
        """Return what was asked for."""
        return self._wish

    def ask(self, wish: SelectionState) -> None:
        """Ask for other tickets."""
        if wish.problems and not self._wish.problems:
            self._problems = None  # ticking it again looks again
        self._wish = wish

    @property
    def names(self) -> tuple[str, ...]:
        """Name the columns that make a facet."""
        return facet_names(self.frame, self._view.columns)

    def facet(self, name: str) -> Facet:
        """Return a facet of the draft as it is now."""
        coded = self._view.coded(name)
        earlier = self._facets.get(name)
        if earlier is None or earlier.coded is not coded:
            self._facets[name] = Facet(name, coded)
        return self._facets[name]

    def coded(self, name: str) -> Any:
        """Return a column of the draft as its distinct cells."""
        return self._view.coded(name)

    def filter(self) -> Filter:
        """Write the choice as the filter that a step keeps."""
        return self._filter(self._keys(self._wish))

    def _filter(self, keys: list[tuple[Any, ...]]) -> Filter:
        parts = [self._part(key) for key in keys]
        return reduce(lambda one, two: one & two, parts) if parts else Filter.all()

    def words(self, wish: SelectionState) -> str:
        """Put a wish into words."""
        return self._filter(self._keys(wish)).words()

    @property
    def mask(self) -> Any:
        """Return for each ticket whether it is chosen (numpy bool)."""
        return self._all(self._keys(self._wish))

    @property
    def count(self) -> int:
        """Count the chosen tickets."""
        return int(self.mask.sum())

    def counts(self, name: str) -> dict[str, int]:
        """Count the values of a facet among the tickets that everything else chooses, so that others of it can be added."""
        keys = [key for key in self._keys(self._wish) if key[0] != "facet" or key[1] != name]
        return self.facet(name).counts(self._all(keys))

    def _keys(self, wish: SelectionState) -> list[tuple[Any, ...]]:
        """Name the parts of a wish; equal ones are equal."""
        keys: list[tuple[Any, ...]] = []
        if wish.text.strip():
            keys.append(("text", wish.text.strip(), wish.in_description))
        if wish.dated and (wish.since or wish.until):
            keys.append(("date", wish.dated, wish.since, wish.until))
        keys += [("facet", name, values) for name, values in wish.facets.items() if name in self.frame.columns]
        keys += [("changed", self._revision)] if wish.changed else []
        keys += [("problems", self._revision)] if wish.problems else []
        return keys

    def _all(self, keys: list[tuple[Any, ...]]) -> Any:
        masks = [self._mask(key) for key in keys]
        return np.logical_and.reduce(masks) if masks else np.ones(len(self.frame), dtype=bool)

    def _mask(self, key: tuple[Any, ...]) -> Any:
        if key not in self._masks:
            reckon = {"facet": self._facet_mask, "changed": self._changed_mask}.get(key[0], self._filter_mask)
            self._masks[key] = reckon(key)
        return self._masks[key]

    def _facet_mask(self, key: tuple[Any, ...]) -> Any:
        return self.facet(key[1]).mask(key[2])

    def _filter_mask(self, key: tuple[Any, ...]) -> Any:
        return self._part(key).mask(self.frame)

    def _changed_mask(self, _key: tuple[Any, ...]) -> Any:
        return self._view.changed

    def _part(self, key: tuple[Any, ...]) -> Filter:
        kind, *rest = key
        if kind == "text":
            return self._text_filter(*rest)
        if kind == "date":
            return _date_filter(*rest)
        if kind == "facet":
            return self.facet(rest[0]).filter(rest[1])
        tickets = self.frame.index[self._mask(key)] if kind == "changed" else sorted(self._with_problems())
        return Filter.ids(*tickets)

    def _text_filter(self, text: str, in_description: bool) -> Filter:  # noqa: FBT001  (a part of a key)
        columns = ["name", *(["description"] if in_description else [])]
        tests = [Filter.where(name, "contains", text) for name in columns if name in self.frame.columns]
        if text in self.frame.index:
            tests.append(Filter.ids(text))
        return reduce(lambda one, two: one | two, tests) if tests else ~Filter.all()

    def _with_problems(self) -> frozenset[str]:
        """Name the tickets with a problem in the plan, or in which a step no longer applies."""
        plan = self._view.quick_plan if self._problems else self._view.plan
        if plan is not None and (self._problems is None or self._problems[0] != self._revision):
            inapplicable = {item.ticket for item in self._view.draft.inapplicable}
            with_problems = {problem.ticket for problem in plan.problems} | inapplicable
            self._problems = (self._revision, frozenset(with_problems & {*self.frame.index}))
        return self._problems[1] if self._problems else frozenset()

    @property
    def are_problems_old(self) -> bool:
        """Return whether the draft has changed since its problems were looked for, which takes too long to be done all the time."""
        return self._wish.problems and self._problems is not None and self._problems[0] != self._revision


def _date_filter(name: str, since: date | None, until: date | None) -> Filter:
    """Choose days from one to another, both included; tickets without the date are in neither."""
    parts = [Filter.where(name, "after", (since - timedelta(days=1)).isoformat())] if since else []
    parts += [Filter.where(name, "before", (until + timedelta(days=1)).isoformat())] if until else []
    return reduce(lambda one, two: one & two, parts)


def date_columns(frame: pd.DataFrame) -> tuple[str, ...]:
    """Name the columns of dates that hold one."""
    named = [name for name in frame.columns if (row := field_of(name)) and row.kind.word == "date"]
    return tuple(name for name in named if frame[name].notna().any())
