"""Editors of one value: each shows a cell, and tells when a person (never the form itself) has changed it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from truto_tickets_nb.selection.options import FEW, Offer, Option
from truto_tickets_nb.selection.step_builder import as_number, number_problem
from truto_tickets_nb.tickets.cells import shown
from truto_tickets_nb.tickets.json_values import is_missing
from truto_tickets_nb.widgets.inputs.factory import OPENS, box, create, row
from truto_tickets_nb.widgets.inputs.private_state import Day, Lines, Moment, Pick, Press, PrivateState, Search, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STATIC = 500  # options that a browser searches by itself
NOTHING = "(empty)"


class Control(ABC):
    """Edit one value: `value` is None while nothing is chosen, `problem` says what is wrong with what was typed."""

    widget: Any
    problem: str = ""

    def __init__(self, on_change: Callable[[], object]) -> None:
        self._on_change = on_change
        self._is_shown = False

    @property
    @abstractmethod
    def value(self) -> Any:
        """Return the value, None while there is none."""

    def show(self, cell: Any) -> None:
        """Show a cell; nobody is told."""
        with self._quietly():
            self._show(None if is_missing(cell) else cell)

    @abstractmethod
    def _show(self, cell: Any) -> None: ...

    def offer(self, offer: Offer) -> None:  # noqa: B027  (text and dates are offered nothing)
        """Offer other values; what is chosen stays."""

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        before, self._is_shown = self._is_shown, True
        try:
            yield
        finally:
            self._is_shown = before

    def _changed(self, _change: object = None) -> None:
        if not self._is_shown:
            self._on_change()


class Line(Control):
    """Edit text: one line, or several."""

    def __init__(
        self, private: PrivateState, label: str, on_change: Callable[[], object], *, lines: int = 1, live: bool = True
    ) -> None:
        super().__init__(on_change)
        kind, more = (Lines, {"rows": lines}) if lines > 1 else (Words, {})
        self.widget = create(kind, private, description=label, continuous_update=live, **more)
        self.widget.observe(self._changed, "value")

    @property
    def value(self) -> Any:
        return self.widget.value or None

    def _show(self, cell: Any) -> None:
        self.widget.value = "" if cell is None else shown(cell)


class Number(Line):
    """Edit a number, typed as text, so that "no number" can be told from 0."""

    @property
    def problem(self) -> str:  # type: ignore[override]
        return number_problem(self.widget.value)

    @property
    def value(self) -> Any:
        return as_number(self.widget.value) if self.widget.value.strip() else None


class OneOf(Control):
    """Choose one of few from a list."""

    def __init__(
        self, private: PrivateState, label: str, on_change: Callable[[], object], *, empty: str = "choose…"
    ) -> None:
        super().__init__(on_change)
        self._empty, self._offer = empty, Offer()
        self.widget = create(Pick, private, options=[(empty, "")], value="", description=label, tooltip=OPENS)
        self.widget.observe(self._changed, "value")

    @property
    def value(self) -> Any:
        return self.widget.value or None

    def _show(self, cell: Any) -> None:
        self._list("" if cell is None else shown(cell))

    def _list(self, current: str) -> None:
        options = list(dict.fromkeys((one.label, one.value) for one in self._offer.options))
        extra = [(current, current)] if current and current not in [value for _, value in options] else []
        wanted = ((self._empty, ""), *options, *extra)
        if wanted != self.widget.options:
            self.widget.options = wanted
        self.widget.value = current

    def offer(self, offer: Offer) -> None:
        if offer != self._offer:
            self._offer, current = offer, self.widget.value
            with self._quietly():
                self._list(current or "")


class Flag(OneOf):
    """Choose yes or no."""

    def __init__(
        self, private: PrivateState, label: str, on_change: Callable[[], object], *, empty: str = "choose…"
    ) -> None:
        super().__init__(private, label, on_change, empty=empty)
        self.offer(Offer((Option("yes", "True"), Option("no", "False"))))

    @property
    def value(self) -> Any:
        return {"True": True, "False": False}.get(self.widget.value or "")

    def _show(self, cell: Any) -> None:
        super()._show(None if cell is None else str(bool(cell)))


class Searched(Control):
    """Choose one of many by typing a part of it; other values may be typed where the offer is free."""

    def __init__(
        self, private: PrivateState, label: str, on_change: Callable[[], object], *, live: bool = True
    ) -> None:
        super().__init__(on_change)
        self._offer = Offer()
        self.widget = create(Search, private, description=label, continuous_update=live)
        self.widget.placeholder = "type a part of it"
        self.widget.observe(self._typed, "value")

    def _typed(self, _change: object) -> None:
        if len(self._offer.options) > STATIC:
            self.widget.options = self._offer.search(self.widget.value)
        self._changed()

    @property
    def problem(self) -> str:  # type: ignore[override]
        typed = self.widget.value.strip()
        if not typed or self._offer.is_free or self._offer.find(typed):
            return ""
        near = self._offer.search(typed)
        hint = f" Did you mean {near[0]}?" if near else ""
        return f"{typed!r} is none of the {len(self._offer.options):,} choices.{hint}"

    @property
    def value(self) -> Any:
        typed = self.widget.value.strip()
        option = self._offer.find(typed) if typed else None
        return option.value if option else (typed or None) if self._offer.is_free else None

    def _show(self, cell: Any) -> None:
        self.widget.value = "" if cell is None else self._offer.label(shown(cell))

    def offer(self, offer: Offer) -> None:
        self._offer = offer
        labels = [one.label for one in offer.options]
        shown = tuple(labels) if len(labels) <= STATIC else offer.search(self.widget.value)
        if shown != self.widget.options:
            self.widget.options = shown


class Chips(Control):
    """Choose several: each is a chip that a click takes off; what is typed or picked below becomes one more."""

    def __init__(self, private: PrivateState, label: str, on_change: Callable[[], object]) -> None:
        super().__init__(on_change)
        self._private, self._names = private, list[str]()
        self._search = Searched(private, label, self._added, live=False)
        self._search.widget.placeholder = "type or pick, then Enter"
        self._chips = row(css="tt-chips")
        self.widget = box(self._search.widget, self._chips, css="tt-several")

    @property
    def problem(self) -> str:  # type: ignore[override]
        return self._search.problem

    @property
    def value(self) -> Any:
        return tuple(self._names) or None

    def _added(self) -> None:
        name = self._search.value
        if name is not None:
            self._names += [] if name in self._names else [name]
            self._search.show(None)
            self._draw()
        self._changed()

    def _take_off(self, name: str) -> None:
        self._names.remove(name)
        self._draw()
        self._changed()

    def _draw(self) -> None:
        old, self._chips.children = self._chips.children, [self._chip(name) for name in self._names]
        for chip in old:
            chip.close()

    def _chip(self, name: str) -> Any:
        label = self._search._offer.label(name)  # noqa: SLF001  (its own part)
        chip = create(Press, self._private, description=f"{label} ✕", tooltip=f"take {label} off")
        chip.add_class("tt-chip")
        chip.on_click(lambda _: self._take_off(name))
        return chip

    def _show(self, cell: Any) -> None:
        names = [shown(name) for name in cell] if isinstance(cell, tuple) else [shown(cell)] if cell is not None else []
        if names != self._names:
            self._names = names
            self._draw()
        self._search.show(None)

    def offer(self, offer: Offer) -> None:
        self._search.offer(offer)


class Dated(Control):
    """Choose a day, or a day with its time in UTC."""

    def __init__(
        self, private: PrivateState, label: str, on_change: Callable[[], object], *, timed: bool = False
    ) -> None:
        super().__init__(on_change)
        self._timed = timed
        kind = Moment if timed else Day
        self.widget = create(kind, private, description=f"{label} (UTC)" if timed else label)
        self.widget.observe(self._changed, "value")

    @property
    def value(self) -> Any:
        picked = self.widget.value
        return None if picked is None else picked.replace(tzinfo=UTC) if self._timed else picked

    def _show(self, cell: Any) -> None:
        self.widget.value = None if cell is None else self._read(cell)

    def _read(self, cell: Any) -> date | datetime | None:
        moment = pd.to_datetime(shown(cell), utc=True, errors="coerce")
        if not isinstance(moment, pd.Timestamp):
            return None
        naive = datetime.fromtimestamp(moment.timestamp(), UTC).replace(tzinfo=None)
        return naive if self._timed else naive.date()


def one_of(private: PrivateState, label: str, on_change: Callable[[], object], offer: Offer) -> Control:
    """Make the control for one value of an offer: a list of few, a search among many."""
    few = len(offer.options) <= FEW and not offer.is_free
    control: Control = OneOf(private, label, on_change) if few else Searched(private, label, on_change)
    control.offer(offer)
    return control
