"""The kinds of steps there are, one table: what each refuses, does and says."""

from __future__ import annotations

from truto_tickets_nb.edits.steps.operations.base import Operation, OperationInput
from truto_tickets_nb.edits.steps.operations.cells import CELLS
from truto_tickets_nb.edits.steps.operations.dates import MOMENTS
from truto_tickets_nb.edits.steps.operations.sets import SEVERAL
from truto_tickets_nb.edits.steps.operations.text import WORDING
from truto_tickets_nb.edits.steps.operations.values import SINGLE

OPERATIONS: dict[str, Operation] = {**SINGLE, **WORDING, **SEVERAL, **MOMENTS, **CELLS}
__all__ = ["OPERATIONS", "Operation", "OperationInput"]
