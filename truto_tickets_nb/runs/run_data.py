"""What a run is, as data: its plan, its outcomes, when and by whom. It knows none of its readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from truto_tickets_nb.runs.outcome import Outcomes, kinds_that, select
from truto_tickets_nb.runs.window import Window

if TYPE_CHECKING:
    import pandas as pd

    from truto_tickets_nb.notes import Note
    from truto_tickets_nb.plans.plan import Plan
    from truto_tickets_nb.runs.outcome import Outcome


@dataclass(frozen=True, slots=True)
class RunData:
    """One application of a plan; its counts always add up to the number of its patches."""

    id: str
    plan: Plan
    outcomes: tuple[Outcome, ...]
    state: str = "finished"
    started: str = ""
    ended: str = ""
    notes: tuple[Note, ...] = ()
    who: str = ""  # the user who applied it, see applied_by.py
    open_places: tuple[int, ...] = ()  # patches that have no outcome yet

    def select(self, *kinds: str) -> Outcomes:
        """Choose outcomes by kind, such as "applied" or "not sent"."""
        return select(self.outcomes, kinds, self.plan)

    @property
    def open(self) -> Outcomes:
        """Choose the tickets that a resume still has to decide about."""
        return Outcomes(tuple(self.outcomes[place] for place in self.open_places), self.plan)

    @property
    def applied(self) -> Outcomes:
        """Choose the tickets that were changed and hold the new values."""
        return self.select("applied")

    @property
    def unchanged(self) -> Outcomes:
        """Choose the tickets that held it already: nothing was sent."""
        return self.select("unchanged")

    @property
    def failed(self) -> Outcomes:
        """Choose what needs a look: partly applied, ignored, refused, unknown."""
        return self.select(*kinds_that(lambda row: row.is_failed))

    @property
    def conflicts(self) -> Outcomes:
        """Choose the tickets whose same field was changed since they were loaded, by others or by an earlier run; they were not touched."""
        return self.select("conflict")

    @property
    def unknown(self) -> Outcomes:
        """Choose the tickets of which nobody can tell whether the change arrived; `.plan()` makes a plan of them, undo() covers them."""
        return self.select("unknown")

    @property
    def not_sent(self) -> Outcomes:
        """Choose the tickets that were not reached."""
        return self.select("not sent")

    @property
    def window(self) -> Window:
        """Measure how long each ticket could be changed unseen: from the answer to the last look to the departure of its PATCH."""
        return Window(tuple(sorted(item.window for item in self.outcomes if item.window is not None)))

    @property
    def counts(self) -> dict[str, int]:
        """Count outcomes by kind; the sum is the number of patches."""
        kinds = [item.kind for item in self.outcomes]
        return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}

    def frame(self) -> pd.DataFrame:
        """List all outcomes: one row a field."""
        return Outcomes(self.outcomes, self.plan).frame()
