"""Operations on dates: shift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from truto_tickets_nb.edits.steps.operations.base import Operation, OperationInput
from truto_tickets_nb.edits.steps.operations.options import only_kinds, options_for
from truto_tickets_nb.errors import StepError, shorten_repr

if TYPE_CHECKING:
    from truto_tickets_nb.edits.steps.operations.base import StepData
    from truto_tickets_nb.tickets.fields import Field

FARTHEST = 36_525  # days: a hundred years


def _shift_options(step: StepData, row: Field) -> dict[str, Any]:
    options_for(step.kind, step.options, [], ["days", "hours"])
    only_kinds(row, ("date",), "shifted", "shift() is for dates such as due_date.")
    told = {name: step.options.get(name, 0) for name in ("days", "hours")}
    for name, count in told.items():
        if isinstance(count, bool) or not isinstance(count, int | float) or count != count:  # noqa: PLR0124  (NaN)
            raise StepError(f"{name}= is a number, such as shift('due_date', days=7), not {shorten_repr(count, 40)}.")
        if abs(count) > 24 * FARTHEST:
            raise StepError("shift() moves by a hundred years at most.")
    if not any(told.values()) or abs(told["days"]) + abs(told["hours"]) / 24 > FARTHEST:
        raise StepError("shift() moves by a day or an hour at least, and by a hundred years at most.")
    return {name: count for name, count in told.items() if count}


def length(step: StepData) -> pd.Timedelta:
    """Tell by how much a step shifts."""
    return pd.Timedelta(days=step.options.get("days", 0), hours=step.options.get("hours", 0))


def _shift(chosen: OperationInput) -> Any:
    cells = chosen.cells
    return (pd.Series(cells) + length(chosen.step)).dt.as_unit("us").array if cells.dtype.kind == "M" else cells


def _words(step: StepData, _held: str) -> str:
    told = [f"{abs(n):g} {name[:-1] if abs(n) == 1 else name}" for name, n in step.options.items()]
    later = max(step.options.values(), key=abs) > 0
    return f"{step.field}: {' and '.join(told)} {'later' if later else 'earlier'}"


MOMENTS = {"shift": Operation(_shift_options, _shift, _words)}
