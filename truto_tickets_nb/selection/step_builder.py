"""From column, operation and value to a step; or a sentence that says what is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from truto_tickets_nb.edits.steps.operations import OPERATIONS
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

SAMPLED = 50  # filled cells that tell what a column of objects holds


@dataclass(frozen=True, slots=True)
class Editable:
    """One column as a form offers it: whether it can be edited, and why not."""

    name: str
    kind: str  # text, reference, set, words, date, flag, any
    why_not: str = ""
    hint: str = ""

    @property
    def operations(self) -> tuple[tuple[str, str], ...]:
        """List the operations that make sense for it: label, kind."""
        offered = (one for one in OPERATIONS.values() if one.label and self.kind in one.fields)
        return tuple((one.label, one.kind) for one in offered)


def columns_of(source: Source, frame: pd.DataFrame) -> tuple[Editable, ...]:
    """List the columns of an account's tickets, those that can't be edited with the reason."""
    return tuple(_editable(about(name, source.profile, source.learnt, source.choices), frame) for name in frame.columns)


def _editable(column: Column, frame: pd.DataFrame) -> Editable:
    if not column.editable:
        return Editable(column.column, column.kind, column.why)
    row = field_of(column.column)
    kind = row.kind.word if row else "any"
    if kind == "any" and frame[column.column].dtype.name == "boolean":
        kind = "flag"
    if kind == "any" and _holds_lists(frame[column.column]):
        kind = "words"
    return Editable(column.column, kind, hint=column.why if column.standing == "unlikely" else "")


def _holds_lists(column: pd.Series) -> bool:
    """Return whether, by its first filled cells, a custom column holds lists of names or numbers, which are edited member by member."""
    if not isinstance(column.array, pd.arrays.NumpyExtensionArray):
        return False
    filled = list(islice((cell for cell in np.asarray(column.array) if not is_missing(cell)), SAMPLED))
    members = [item for cell in filled if isinstance(cell, tuple) for item in cell]
    are_lists = bool(filled) and all(isinstance(cell, tuple) for cell in filled)
    return are_lists and not any(isinstance(item, tuple) or str(item).startswith("{") for item in members)


def lacks(kind: str, given: Mapping[str, Any]) -> str:
    """Return what an operation still needs; "" where it has all.

    >>> lacks("set", {"value": None}), lacks("clear", {}), lacks("shift", {"days": 0, "hours": 0})
    ('Choose a value first', '', 'Say by how many days')
    """
    operation = OPERATIONS[kind]
    return "" if operation.is_complete(given) else operation.prompt


def compose(column: str, kind: str, given: Mapping[str, Any], rows: Filter) -> Step:
    """Return the step; what can't work is a StepError that says what to do."""
    return Step(kind, column, rows, OPERATIONS[kind].options_of(given))


def as_number(text: str) -> int | float | None:
    """Read a number as it is typed, in the form of any country; None where it is none, or may be two.

    >>> as_number(" 3 "), as_number("2,5"), as_number("1 234,5"), as_number("1,234"), as_number("many")
    (3, 2.5, 1234.5, None, None)
    """
    numbers = number_readings(text)
    return numbers[0] if len(numbers) == 1 else None


def number_problem(text: str) -> str:
    """Return why what was typed is no one number; "" where it is one, or nothing was typed.

    >>> number_problem("1,234")
    "'1,234' may be 1.234 or 1234: type it without a comma, or with a point"
    """
    numbers = number_readings(text)
    if not text.strip() or len(numbers) == 1:
        return ""
    if numbers:
        return f"{text.strip()!r} may be {' or '.join(map(str, numbers))}: type it without a comma, or with a point"
    return f"{text.strip()!r} is no number"


def mixed(counts: Mapping[str, int], most: int = 4) -> str:
    """Return what the chosen tickets hold: one value, or how it is mixed.

    >>> mixed({"High": 12, "Normal": 55}), mixed({"High": 3}), mixed({"": 2})
    ('mixed: Normal 55, High 12', 'all: High', 'all: (empty)')
    """
    ranked = sorted(
        ((count, value or "(empty)") for value, count in counts.items() if count), key=lambda x: (-x[0], x[1])
    )
    if not ranked:
        return "nothing"
    if len(ranked) == 1:
        return f"all: {ranked[0][1]}"
    more = f", {len(ranked) - most:,} more values" if len(ranked) > most else ""
    return "mixed: " + _listed(ranked[:most]) + more


def _listed(ranked: Iterable[tuple[int, str]]) -> str:
    return ", ".join(f"{value} {count:,}" for count, value in ranked)
