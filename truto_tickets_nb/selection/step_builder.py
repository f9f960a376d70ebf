"""From column, operation and value to a step; or a sentence that says what is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from truto_tickets_nb.edits.steps.step import Step
from truto_tickets_nb.loading.column_info import about
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.json_values import is_missing
from truto_tickets_nb.tickets.parsing.numbers import number_readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from truto_tickets_nb.edits.filters.filters import Filter
    from truto_tickets_nb.edits.source import Source
    from truto_tickets_nb.loading.column_info import Column

LABELS = {
    "set": "set to", "fill": "fill where empty", "clear": "empty it", "add": "add", "remove": "remove", "swap": "replace one by another",
    "replace": "find and replace text", "tidy": "tidy text", "shift": "move by days", "copy": "copy from another column",
}  # fmt: skip
SAMPLED = 50  # filled cells that tell what a column of objects holds
_ANY = ("set", "fill", "clear")
KINDS = {
    "text": ("set", "replace", "tidy", "fill", "clear", "copy"),
    "reference": (*_ANY, "copy"),
    "set": ("add", "remove", "swap", *_ANY, "copy"),
    "words": ("add", "remove", "swap", *_ANY, "copy"),
    "date": ("set", "shift", "fill", "clear", "copy"),
    "flag": (*_ANY, "copy"),
    "any": (*_ANY, "replace", "tidy", "copy"),
}
TIDIES = {
    "take off blanks around it": "trim", "make several blanks one": "collapse", "all capitals": "upper",
    "all small letters": "lower", "title case": "title",
}  # fmt: skip
ASKS = {
    "set": "Choose a value first", "fill": "Choose a value first", "add": "Choose what to add", "remove": "Choose what to remove",
    "swap": "Choose what to replace, and by what", "replace": "Type what to find", "tidy": "Choose how to tidy",
    "shift": "Say by how many days", "copy": "Choose the column to copy from",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Editable:
    """Hold one column as a form offers it: whether it can be edited, and what there is to say about it."""

    name: str
    kind: str  # text, reference, set, words, date, flag, any
    why_not: str = ""
    hint: str = ""

    @property
    def operations(self) -> tuple[tuple[str, str], ...]:
        """List the operations that make sense for it: label, kind."""
        return tuple((LABELS[kind], kind) for kind in KINDS[self.kind])


def columns_of(source: Source, frame: pd.DataFrame) -> tuple[Editable, ...]:
    """List the columns of an account's tickets, those that can't be edited with the reason."""
    return tuple(_editable(about(name, source.profile, source.learnt, source.choices), frame) for name in frame.columns)


def _editable(found: Column, frame: pd.DataFrame) -> Editable:
    if not found.editable:
        return Editable(found.column, found.kind, found.why)
    row = field_of(found.column)
    kind = row.kind.word if row else "any"
    if kind == "any" and frame[found.column].dtype.name == "boolean":
        kind = "flag"
    if kind == "any" and _holds_lists(frame[found.column]):
        kind = "words"
    return Editable(found.column, kind, hint=found.why if found.standing == "unlikely" else "")


def _holds_lists(column: pd.Series) -> bool:
    """Tell by its first filled cells whether a custom column holds lists of names or numbers, which are edited member by member."""
    if not isinstance(column.array, pd.arrays.NumpyExtensionArray):
        return False
    filled = list(islice((cell for cell in np.asarray(column.array) if not is_missing(cell)), SAMPLED))
    members = [item for cell in filled if isinstance(cell, tuple) for item in cell]
    are_lists = bool(filled) and all(isinstance(cell, tuple) for cell in filled)
    return are_lists and not any(isinstance(item, tuple) or str(item).startswith("{") for item in members)


def lacks(kind: str, given: Mapping[str, Any]) -> str:
    """Say what an operation still needs before it makes sense; "" where it has all.

    >>> lacks("set", {"value": None}), lacks("clear", {}), lacks("shift", {"days": 0, "hours": 0})
    ('Choose a value first', '', 'Say by how many days')
    """
    needed = {"swap": ("old", "new"), "replace": ("find",), "tidy": ("how",), "copy": ("from",), "clear": ()}
    names = needed.get(kind, ("names",) if kind in ("add", "remove") else ("value",))
    if kind == "shift":
        return "" if given.get("days") or given.get("hours") else ASKS[kind]
    return ASKS[kind] if any(is_missing(given.get(name)) for name in names) else ""


def compose(column: str, kind: str, given: Mapping[str, Any], rows: Filter) -> Step:
    """Make the step; what can't work is a StepError that says what to do."""
    switches = {name for name in ("regex", "case") if given.get(name) is False}
    options = {name: value for name, value in given.items() if value is not None and name not in switches}
    if kind == "replace":
        options = {**options, "by": given.get("by") or "", **({"case": False} if given.get("case") is False else {})}
    if kind == "shift":
        options = {name: value for name, value in options.items() if value}
    return Step(kind, column, rows, options)


def as_number(text: str) -> int | float | None:
    """Read a number as it is typed, in the form of any country; None where it is none, or may be two.

    >>> as_number(" 3 "), as_number("2,5"), as_number("1 234,5"), as_number("1,234"), as_number("many")
    (3, 2.5, 1234.5, None, None)
    """
    found = number_readings(text)
    return found[0] if len(found) == 1 else None


def number_problem(text: str) -> str:
    """Say why what was typed is no one number; "" where it is one, or nothing was typed.

    >>> number_problem("1,234")
    "'1,234' may be 1.234 or 1234: type it without a comma, or with a point"
    """
    found = number_readings(text)
    if not text.strip() or len(found) == 1:
        return ""
    if found:
        return f"{text.strip()!r} may be {' or '.join(map(str, found))}: type it without a comma, or with a point"
    return f"{text.strip()!r} is no number"


def mixed(counts: Mapping[str, int], most: int = 4) -> str:
    """Say what the chosen tickets hold: one value, or how it is mixed.

    >>> mixed({"High": 12, "Normal": 55}), mixed({"High": 3}), mixed({"": 2})
    ('mixed: Normal 55, High 12', 'all: High', 'all: (empty)')
    """
    held = sorted(
        ((count, value or "(empty)") for value, count in counts.items() if count), key=lambda x: (-x[0], x[1])
    )
    if not held:
        return "nothing"
    if len(held) == 1:
        return f"all: {held[0][1]}"
    more = f", {len(held) - most:,} more values" if len(held) > most else ""
    return "mixed: " + _listed(held[:most]) + more


def _listed(held: Iterable[tuple[int, str]]) -> str:
    return ", ".join(f"{value} {count:,}" for count, value in held)
