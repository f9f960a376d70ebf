"""Move dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from truto_tickets_nb.edits.steps.inapplicable import Reason
from truto_tickets_nb.edits.steps.operations.base import ChosenRows, Input, Operation, StepData
from truto_tickets_nb.edits.steps.operations.options import only_kinds
from truto_tickets_nb.errors import StepError, shorten_repr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.edits.code.block import Block
    from truto_tickets_nb.tickets.fields import Field

FARTHEST = 36_525  # days: a hundred years


class Shift(Operation):
    """Move a date later, or earlier with a number below zero."""

    kind: ClassVar[str] = "shift"
    label: ClassVar[str] = "move by days"
    prompt: ClassVar[str] = "Say by how many days"
    fields: ClassVar[tuple[str, ...]] = ("date",)
    inputs: ClassVar[tuple[Input, ...]] = (
        Input("days", "number", "days later", is_required=False, placeholder="7, or -7 for earlier"),
        Input("hours", "number", "hours later", is_required=False, placeholder="0", needs_time=True),
    )

    def check(self, step: StepData, row: Field) -> dict[str, Any]:
        self.check_names(step)
        only_kinds(row, ("date",), "shifted", "shift() is for dates such as due_date.")
        spans = {name: step.options.get(name, 0) for name in ("days", "hours")}
        for name, count in spans.items():
            if isinstance(count, bool) or not isinstance(count, int | float) or count != count:  # noqa: PLR0124  (NaN)
                raise StepError(
                    f"{name}= is a number, such as shift('due_date', days=7), not {shorten_repr(count, 40)}."
                )
            if abs(count) > 24 * FARTHEST:
                raise StepError("shift() moves by a hundred years at most.")
        if not any(spans.values()) or abs(spans["days"]) + abs(spans["hours"]) / 24 > FARTHEST:
            raise StepError("shift() moves by a day or an hour at least, and by a hundred years at most.")
        return {name: count for name, count in spans.items() if count}

    def cells(self, chosen: ChosenRows) -> Any:
        cells = chosen.cells
        if cells.dtype.kind != "M":
            return cells
        return (pd.Series(cells) + _length(chosen.step.options)).dt.as_unit("us").array

    def words(self, step: StepData, before: str) -> str:
        spans = [f"{abs(n):g} {name[:-1] if abs(n) == 1 else name}" for name, n in step.options.items()]
        is_later = max(step.options.values(), key=abs) > 0
        return f"{step.field}: {' and '.join(spans)} {'later' if is_later else 'earlier'}"

    def code(self, block: Block) -> list[str]:
        total = _length(block.options).total_seconds()
        if abs(total - round(total)) >= 1e-9:
            return []
        days, seconds = divmod(round(total), 86_400)
        parts = [f"{name}={count}" for name, count in (("days", days), ("seconds", seconds)) if count]
        return [f"{block.updated} += pd.Timedelta({', '.join(parts)})"]

    def hindrance(self, step: StepData, frame: pd.DataFrame) -> Reason | None:
        holds_days = getattr(frame[step.field].dtype, "tz", None) is None
        if holds_days and step.options.get("hours", 0) % 24:
            return Reason("column.holds_days", "holds days without a time, and can't be shifted by hours")
        return None

    def is_complete(self, given: Mapping[str, Any]) -> bool:
        return bool(given.get("days") or given.get("hours"))

    def options_of(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in given.items() if value}


def _length(options: Mapping[str, Any]) -> pd.Timedelta:
    return pd.Timedelta(days=options.get("days", 0), hours=options.get("hours", 0))
