"""The operations, one class in one module each. A form offers them in this order."""

from __future__ import annotations

from truto_tickets_nb.edits.steps.operations.add import Add
from truto_tickets_nb.edits.steps.operations.base import ChosenRows, Input, Operation
from truto_tickets_nb.edits.steps.operations.cells import Cells
from truto_tickets_nb.edits.steps.operations.clear import Clear
from truto_tickets_nb.edits.steps.operations.copy import Copy
from truto_tickets_nb.edits.steps.operations.fill import Fill
from truto_tickets_nb.edits.steps.operations.map import Map
from truto_tickets_nb.edits.steps.operations.remove import Remove
from truto_tickets_nb.edits.steps.operations.replace import Replace
from truto_tickets_nb.edits.steps.operations.set import Set
from truto_tickets_nb.edits.steps.operations.shift import Shift
from truto_tickets_nb.edits.steps.operations.swap import Swap
from truto_tickets_nb.edits.steps.operations.tidy import Tidy

OPERATIONS: dict[str, Operation] = {
    operation.kind: operation
    for operation in (
        Add(), Remove(), Swap(), Set(), Replace(), Tidy(), Shift(), Fill(), Clear(), Copy(), Map(), Cells(),
    )
}  # fmt: skip
__all__ = ["OPERATIONS", "ChosenRows", "Input", "Operation"]
