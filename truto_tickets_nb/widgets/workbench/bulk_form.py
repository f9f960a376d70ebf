"""BulkForm: choose tickets by clicking, say what to do with them, see it, add it to the draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.selection.selection import Selection
from truto_tickets_nb.widgets.form import Form
from truto_tickets_nb.widgets.inputs.factory import row
from truto_tickets_nb.widgets.inputs.styles import tickets
from truto_tickets_nb.widgets.workbench.edit_pane import EditPane
from truto_tickets_nb.widgets.workbench.filter_pane import FilterPane
from truto_tickets_nb.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from truto_tickets_nb.edits.drafts.draft import Draft
    from truto_tickets_nb.edits.filters.filters import Filter
    from truto_tickets_nb.edits.steps.step import Step


class BulkForm(Form):
    """Edit many tickets of a draft by clicking: `tt.BulkForm(draft)`.

    Every click only changes the draft: nothing is sent. `form.filter` is the choice as data, `form.frame()` the chosen tickets,
    `form.step` the step as it would be added now (None while something is missing; `form.reason` says what).
    """

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft, "tt-bulk")
        self._choosing = Selection(self.view)
        self.edit = EditPane(draft, self._choosing, self.private, self.message)
        self.choose = FilterPane(self._choosing, self.private, self.safely(self._chosen))
        self.edit.add.on_click(self.safely(self._add))
        self.edit.undo.on_click(self.safely(self._undo))
        self.lay_out(row(self.choose.widget, self.edit.widget, css="tt-wrap"), message=False)

    @property
    def filter(self) -> Filter:
        """Return the choice as a filter, which a step, a draft and a recipe take."""
        return self._choosing.filter()

    @property
    def count(self) -> int:
        """Count the chosen tickets."""
        return self._choosing.count

    def frame(self) -> pd.DataFrame:
        """Make a frame of the chosen tickets, as the draft has them."""
        chosen: pd.DataFrame = self._choosing.frame.loc[self._choosing.mask]
        return chosen.copy()

    @property
    def step(self) -> Step | None:
        """Return the step as it would be added now."""
        return self.edit.step

    @property
    def reason(self) -> str:
        """Return why nothing can be added yet; "" where it can."""
        return self.edit.reason

    def _chosen(self) -> None:
        self.choose.refresh()
        self.edit.follow()

    def _add(self) -> None:
        """Add the step; a click that comes all the same while the button is disabled adds nothing."""
        self.edit.refresh()
        step = self.edit.step
        if step is None:
            self.say(self.edit.reason, "warn")
            return
        self.draft.add_step(step)
        entry = self.draft.steps[-1]
        self.edit.start_anew()
        self.say(f"Step {entry.number} was added: {entry.title}")

    def _undo(self) -> None:
        if not self.draft.can_undo:
            self.say("There is nothing to undo.", "warn")
            return
        self.draft.undo()
        self.say("The last change was taken back.")

    def refresh(self) -> None:
        """Follow the draft: what was chosen and typed stays."""
        self._choosing.follow()
        self._chosen()

    def close(self) -> None:
        """Take the form away, and stop following the draft."""
        self.choose.close()
        super().close()

    def __repr__(self) -> str:
        steps = len(self.draft)
        words = f"{counted(steps, 'step')}, {self.count:,} of {tickets(len(self._choosing.frame))} chosen"
        return f"BulkForm({words})"
