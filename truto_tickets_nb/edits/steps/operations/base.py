"""What an operation is: one class that checks options, makes cells, and says all that readers need to know of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

import pandas as pd

from truto_tickets_nb.errors import StepError
from truto_tickets_nb.tickets.columns import STR, objects
from truto_tickets_nb.tickets.fields import CUSTOM
from truto_tickets_nb.tickets.json_values import is_missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.edits.code.block import Block
    from truto_tickets_nb.edits.filters.filters import Filter
    from truto_tickets_nb.edits.steps.inapplicable import Reason
    from truto_tickets_nb.tickets.fields import Field

InputType = Literal[
    "value",  # what a whole cell shall hold: a name, names, text, a date, a number, yes or no
    "member",  # one member of a set, of those that the field may take
    "held member",  # one member of those that the chosen tickets hold
    "members",
    "held members",
    "text",
    "flag",
    "choice",  # one of a fixed list
    "number",
    "column",  # another column
    "mapping",  # old -> new; no form asks for it
    "cells",  # ticket -> column -> old and new; no form asks for it
]


class StepData(Protocol):
    """What an operation reads of a step; an operation knows no more of it."""

    @property
    def kind(self) -> str: ...
    @property
    def field(self) -> str: ...
    @property
    def rows(self) -> Filter: ...
    @property
    def options(self) -> Mapping[str, Any]: ...
    @property
    def title(self) -> str: ...
    @property
    def operation(self) -> Operation: ...


@dataclass(frozen=True, slots=True)
class Input:
    """One option of an operation: how it is called in a step, and how a form asks for it."""

    name: str
    type: InputType
    label: str = ""
    is_required: bool = True
    choices: tuple[tuple[str, str], ...] = ()  # of a choice: label, value
    placeholder: str = ""
    needs_time: bool = False  # asked for only where the column holds times, not days


@dataclass(frozen=True, slots=True)
class ChosenRows:
    """The rows that a step works on."""

    step: StepData
    row: Field
    frame: pd.DataFrame
    places: Any  # numpy array of row numbers

    def column(self, name: str) -> Any:
        """Return the chosen cells of a column."""
        return whole_column(self.frame, name, many=self.row.kind.many).take(self.places)

    @property
    def cells(self) -> Any:
        """Return the chosen cells of the step's own column."""
        return self.column(self.row.name)

    def __len__(self) -> int:
        return len(self.places)


def whole_column(frame: pd.DataFrame, name: str, *, many: bool) -> Any:
    """Return a column; one that is not there yet is made, with nothing in it."""
    if name in frame.columns:
        return frame[name].array
    if many:
        return pd.array(objects([()] * len(frame)), dtype=object)
    if name.startswith(CUSTOM):
        return pd.array(objects([None] * len(frame)), dtype=object)  # numbers stay numbers, texts stay texts
    return pd.array([None] * len(frame), dtype=STR)


class Operation(ABC):
    """One kind of step. A new one is a subclass in a module of its own, named in `OPERATIONS`."""

    kind: ClassVar[str]
    label: ClassVar[str] = ""  # in the menu of a form; "" where no form offers it
    prompt: ClassVar[str] = ""  # what a form says while a required option is missing
    fields: ClassVar[tuple[str, ...]] = ()  # kinds of fields for which a form offers it
    inputs: ClassVar[tuple[Input, ...]] = ()
    empties: ClassVar[bool] = False  # a cell that it leaves empty was emptied on purpose
    may_empty: ClassVar[bool] = False  # it can leave a cell empty by accident
    creates: ClassVar[bool] = False  # it can fill a column that was not there
    ends_equal: ClassVar[bool] = (
        False  # afterwards each chosen ticket holds what was said, so those that need no change count
    )
    names_before: ClassVar[bool] = False  # its title names what the tickets held before
    reads_text: ClassVar[bool] = False  # it reads names as text, so that labels of namesakes matter
    is_guarded: ClassVar[bool] = False  # it edits single cells, each guarded by the value that it replaces

    @abstractmethod
    def check(self, step: StepData, row: Field) -> dict[str, Any]:
        """Return the options as they are kept; what can't work is a StepError that says what to do."""

    @abstractmethod
    def cells(self, chosen: ChosenRows) -> Any:
        """Return the new cells of the chosen rows: a column, or a list."""

    @abstractmethod
    def words(self, step: StepData, before: str) -> str:
        """Return the step in words, without its rows; `before` is what the rows held, where that is a few values."""

    def code(self, block: Block) -> list[str]:
        """Return the lines of pandas code; none where pandas can't say it plainly, and the step does it itself."""
        return []

    def size(self, chosen: ChosenRows) -> int:
        """Return how many bytes of text it would make at most, where that may be far more than there are."""
        return 0

    def hindrance(self, step: StepData, frame: pd.DataFrame) -> Reason | None:
        """Return why it does not apply to a column that is there; None where it does."""
        return None

    def sources(self, step: StepData) -> frozenset[str]:
        """Return the columns that it reads besides its own."""
        return frozenset()

    def clears(self, step: StepData) -> bool:
        """Return whether this step may empty cells on purpose."""
        return self.empties

    @property
    def name_options(self) -> tuple[str, ...]:
        """Return the options that hold names, which may be written in several ways."""
        named = ("value", "member", "held member", "members", "held members", "mapping")
        return tuple(one.name for one in self.inputs if one.type in named)

    def is_complete(self, given: Mapping[str, Any]) -> bool:
        """Return whether a form has all that is required."""
        return not any(one.is_required and is_missing(given.get(one.name)) for one in self.inputs)

    def options_of(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options of a step from what a form holds."""
        return {name: value for name, value in given.items() if value is not None}

    def check_names(self, step: StepData) -> None:
        """Refuse options that are missing or unknown."""
        names = [one.name for one in self.inputs]
        missing = [one.name for one in self.inputs if one.is_required and one.name not in step.options]
        unknown = [str(name) for name in step.options if name not in names]
        if missing or unknown:
            problem = f"lacks {', '.join(missing)}" if missing else f"knows no {', '.join(unknown)}"
            raise StepError(
                f"A step of the kind {self.kind!r} {problem}. Its options are: {', '.join(names) or 'none'}."
            )
