"""The kinds of steps there are, one table: what each refuses, does and says."""

from __future__ import annotations

from truto_tickets_nb.edits.operations.cells import CELLS
from truto_tickets_nb.edits.operations.chosen import Chosen, Operation
from truto_tickets_nb.edits.operations.moments import MOMENTS
from truto_tickets_nb.edits.operations.several import SEVERAL
from truto_tickets_nb.edits.operations.single import SINGLE
from truto_tickets_nb.edits.operations.wording import WORDING

OPERATIONS: dict[str, Operation] = {**SINGLE, **WORDING, **SEVERAL, **MOMENTS, **CELLS}
__all__ = ["OPERATIONS", "Chosen", "Operation"]
