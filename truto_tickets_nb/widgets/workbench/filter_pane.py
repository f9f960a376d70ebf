"""Choose tickets by clicking: facets with live counts, a text, days, only changed, only with problems."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812
import numpy as np

from truto_tickets_nb.safe_text import printable
from truto_tickets_nb.selection.facets import label, top
from truto_tickets_nb.selection.selection import SelectionState, date_columns
from truto_tickets_nb.widgets.inputs.factory import OPENS, box, button, create, row, tick
from truto_tickets_nb.widgets.inputs.private_state import Day, Html, Tick, Words
from truto_tickets_nb.widgets.inputs.styles import classed, tickets, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.selection.selection import Selection
    from truto_tickets_nb.widgets.inputs.private_state import PrivateState

OPEN = 3  # facets that are open at first
TOP, MORE = 10, 30  # values shown at first, and how many more by each click

_ODD = re.compile(r"[^\w-]")  # what a class of CSS can't hold


class FacetView:
    """Show one facet: its name opens and closes it, each value is a box to tick."""

    def __init__(
        self, choosing: Selection, name: str, private: PrivateState, asked: Callable[[SelectionState], None]
    ) -> None:
        self.name, self._choosing, self._private, self._asked = name, choosing, private, asked
        self._is_open, self._most, self._is_drawing = False, TOP, False
        self._ticks: dict[str, Any] = {}
        self.head = classed(button(), "tt-facet-name")
        self.more = button()
        self.values = box(css="tt-facet-values")
        self.widget = box(self.head, self.values, css=f"tt-facet tt-facet-{_ODD.sub('-', name)}")
        self.head.on_click(lambda _: self.open(is_open=not self._is_open))
        self.more.on_click(lambda _: self._show_more())
        self.refresh()

    def open(self, *, is_open: bool) -> None:
        """Open it, or close it."""
        self._is_open = is_open
        self.refresh()

    def _show_more(self) -> None:
        self._most += MORE
        self.refresh()

    def refresh(self) -> None:
        """Show the values and counts as they are now; the order stays, whatever is chosen."""
        chosen = self._choosing.wish.facets.get(self.name, frozenset())
        suffix = f", {len(chosen)} chosen" if chosen else ""
        name = printable(self.name)
        self.head.description = f"{'▾' if self._is_open else '▸'} {name}{suffix}"
        self.head.tooltip = f"{'hide' if self._is_open else 'show'} the values of {name}"
        if self._is_open:
            self._draw(chosen)
        else:
            self.values.children = ()

    def _draw(self, chosen: frozenset[str]) -> None:
        counts = self._choosing.counts(self.name)
        every = self._choosing.facet(self.name).counts(np.ones(len(self._choosing.frame), dtype=bool))
        shown, hidden = top(every, chosen & {*every}, self._most)
        self._is_drawing = True
        for value in shown:
            tick = self._ticks.get(value) or self._tick(value)
            tick.description, tick.value = label(printable(value[:80]), counts.get(value, 0)), value in chosen
        self._is_drawing = False
        self.more.description = f"more… ({hidden:,})"
        children = (*(self._ticks[value] for value in shown), *((self.more,) if hidden else ()))
        if children != self.values.children:
            self.values.children = children

    def _tick(self, value: str) -> Any:
        tick = create(Tick, self._private, indent=False)
        tick.observe(lambda change: self._ticked(value, chosen=change["new"]), "value")
        self._ticks[value] = tick
        return tick

    def _ticked(self, value: str, *, chosen: bool) -> None:
        if not self._is_drawing:
            self._asked(self._choosing.wish.with_facet(self.name, value, chosen=chosen))

    def close(self) -> None:
        """Close the values that are not shown."""
        for part in (*self._ticks.values(), self.more):
            part.close()


class FilterPane:
    """Ask which tickets; whatever is clicked asks anew, and tells."""

    def __init__(self, choosing: Selection, private: PrivateState, on_change: Callable[[], object]) -> None:
        self._choosing, self._private, self._on_change = choosing, private, on_change
        self._is_showing = False
        self.count = classed(create(Html, private), "tt-count")
        self.summary = classed(create(Html, private), "tt-quiet tt-filter-words")
        self.search = classed(create(Words, private, description="search"), "tt-search")
        self.search.placeholder = "title or ticket id"
        self.everything = classed(button("all tickets"), "tt-all")
        self.everything.tooltip = "take back every choice above and below"
        self._build_switches()
        self._build_dates()
        self._views: dict[str, FacetView] = {}
        self._facets = box(css="tt-facets")
        self._observe()
        parts = (self.count, self.summary, row(self.everything), self.search, self.in_description, self._dates)
        self.widget = box(*parts, row(self.changed, self.problems), self._facets, css="tt-side tt-filter")
        self.refresh()

    def _build_switches(self) -> None:
        labels = ("in descriptions too", "only changed", "only with problems")
        ticks = [tick(label) for label in labels]
        self.in_description, self.changed, self.problems = ticks
        for box_of, css in zip(ticks, ("tt-in-description", "tt-only-changed", "tt-only-problems"), strict=True):
            box_of.add_class(css)

    def _build_dates(self) -> None:
        names = date_columns(self._choosing.frame)
        self.date = create(
            W.Dropdown, options=[("any date", ""), *((n, n) for n in names)], description="date", tooltip=OPENS
        )
        self.since, self.until = (create(Day, self._private, description=label) for label in ("from", "to"))
        self._days = row(self.since, self.until)
        self._dates = box(self.date, css="tt-dates")

    def _observe(self) -> None:
        parts = (self.search, self.in_description, self.date, self.since, self.until, self.changed, self.problems)
        for part in parts:
            part.observe(lambda _: self._clicked(), "value")
        self.everything.on_click(lambda _: self.ask(SelectionState()))

    def _clicked(self) -> None:
        if self._is_showing:
            return
        read = {"dated": self.date.value, "since": self.since.value, "until": self.until.value}
        ticked = {"changed": self.changed.value, "problems": self.problems.value}
        text = {"text": self.search.value, "in_description": self.in_description.value}
        self.ask(replace(self._choosing.wish, **text, **read, **ticked))

    def ask(self, wish: SelectionState) -> None:
        """Ask for other tickets, and show that."""
        self._choosing.ask(wish)
        self._on_change()

    def refresh(self) -> None:
        """Show the choice, and all counts."""
        choosing, wish = self._choosing, self._choosing.wish
        self._is_showing = True
        self._show(wish)
        self._is_showing = False
        self.everything.disabled = wish == SelectionState()
        self.count.value = words(f"{choosing.count:,} of {tickets(len(choosing.frame))}")
        old = (
            " (problems as they were before the last change: tick anew to look again)"
            if choosing.are_problems_old
            else ""
        )
        self.summary.value = words(f"where {summary}{old}" if (summary := self._in_words()) else "")
        self._show_facets()

    def _in_words(self) -> str:
        wish = self._choosing.wish
        switches = {"it was changed": wish.changed, "it has a problem": wish.problems}
        bare = replace(wish, changed=False, problems=False)
        return " and ".join(
            [*filter(None, [self._choosing.words(bare)]), *(word for word, on in switches.items() if on)]
        )

    def _show(self, wish: SelectionState) -> None:
        self.search.value, self.in_description.value = wish.text, wish.in_description
        self.date.value, self.since.value, self.until.value = wish.dated, wish.since, wish.until
        self.changed.value, self.problems.value = wish.changed, wish.problems
        parts = (self.date, self._days) if wish.dated else (self.date,)
        if parts != self._dates.children:
            self._dates.children = parts

    def _show_facets(self) -> None:
        names = [*dict.fromkeys([*self._views, *self._choosing.names])]  # what was shown stays, in its place
        names = [name for name in names if name in self._choosing.frame]
        for name in names:
            if name not in self._views:
                self._views[name] = view = FacetView(self._choosing, name, self._private, self.ask)
                if len(self._views) <= OPEN:
                    view.open(is_open=True)
        children = tuple(self._views[name].widget for name in names)
        if children != self._facets.children:
            self._facets.children = children
        for name in names:
            self._views[name].refresh()

    def facet(self, name: str) -> FacetView:
        """Return the view of one facet."""
        return self._views[name]

    def close(self) -> None:
        """Close what is not shown."""
        for view in self._views.values():
            view.close()
        for part in (self.since, self.until, self._days):
            part.close()
