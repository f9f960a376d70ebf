"""What an operation gets to work on, and what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from truto_tickets_nb.tickets.columns import STR, objects
from truto_tickets_nb.tickets.fields import CUSTOM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from truto_tickets_nb.edits.filters.filters import Filter
    from truto_tickets_nb.tickets.fields import Field


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


@dataclass(frozen=True, slots=True)
class OperationInput:
    """Hold the rows that a step works on."""

    step: StepData
    row: Field
    frame: pd.DataFrame
    places: Any  # numpy array of row numbers

    def column(self, name: str) -> Any:
        """Take the chosen cells of a column."""
        return whole_column(self.frame, name, many=self.row.kind.many).take(self.places)

    @property
    def cells(self) -> Any:
        """Take the chosen cells of the step's own column."""
        return self.column(self.row.name)

    def __len__(self) -> int:
        return len(self.places)


def whole_column(frame: pd.DataFrame, name: str, *, many: bool) -> Any:
    """Take a column; one that is not there yet is made, with nothing in it."""
    if name in frame.columns:
        return frame[name].array
    if many:
        return pd.array(objects([()] * len(frame)), dtype=object)
    if name.startswith(CUSTOM):
        return pd.array(objects([None] * len(frame)), dtype=object)  # numbers stay numbers, texts stay texts
    return pd.array([None] * len(frame), dtype=STR)


@dataclass(frozen=True, slots=True)
class Operation:
    """Say what one kind of step does: it refuses bad options, makes cells, and speaks."""

    check: Callable[[StepData, Field], Mapping[str, Any]]  # the options, cleaned
    cells: Callable[[OperationInput], Any]  # new cells for the chosen rows: a column, or a list
    words: Callable[[StepData, str], str]  # in words; what the rows held until now, where that is known
    empties: bool = False  # a cell that it leaves empty was emptied on purpose
    creates: bool = False  # it can fill a column that was not there
