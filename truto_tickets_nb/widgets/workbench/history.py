"""History: the steps of a draft in words, with undo, redo, a box to switch each off, and a button to take it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.edits.steps.summary import reasons
from truto_tickets_nb.widgets.form import Form
from truto_tickets_nb.widgets.inputs.factory import box, button, create, row
from truto_tickets_nb.widgets.inputs.private_state import Html, Tick
from truto_tickets_nb.widgets.inputs.styles import classed, tickets, words
from truto_tickets_nb.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.edits.drafts.draft import Draft, Entry
    from truto_tickets_nb.widgets.inputs.private_state import PrivateState

REASONS = 3  # of one step
SHOWN = 40  # the last steps, before one asks for all


class StepRow:
    """Show one step: a box that says whether it counts, its words, what no longer applies, and a button that takes it out."""

    def __init__(
        self, number: int, private: PrivateState, switch: Callable[[], object], take_out: Callable[[], object]
    ) -> None:
        self._is_showing = False
        self.counts = classed(create(Tick, private, indent=False), "tt-step-counts tt-grow")
        self.counts.observe(lambda _: None if self._is_showing else switch(), "value")
        self.remove = classed(button(f"take out {number}"), "tt-step-remove")
        self.remove.on_click(lambda _: take_out())
        self.note = classed(create(Html, private), "tt-quiet tt-inapplicable")
        self.widget = box(row(self.counts, self.remove), self.note, css=f"tt-step tt-step-{number}")

    def show(self, entry: Entry) -> None:
        """Show the step as it is now."""
        self._is_showing = True
        self.counts.value, self.counts.description = entry.enabled, f"{entry.number}. {entry.title}"
        self._is_showing = False
        (self.counts.remove_class if entry.enabled else self.counts.add_class)("tt-off")
        self.note.value = "".join(words(f"no longer applies {why}", "warn") for why in reasons(entry.effect)[:REASONS])


class History(Form):
    """Show what was done to a draft, and take any of it back: `tt.History(draft)`. It follows the draft, whoever edits it."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft, "tt-history")
        self._rows: dict[int, StepRow] = {}
        self._shows_all = False
        self.head = classed(create(Html, self.private), "tt-count tt-head")
        self.undo = classed(button("undo"), "tt-undo")
        self.redo = classed(button("redo"), "tt-redo")
        self.earlier = classed(button(), "tt-earlier")
        self.list = box(css="tt-steps")
        self.undo.on_click(self.safely(self._undo))
        self.redo.on_click(self.safely(self._redo))
        self.earlier.on_click(self.safely(self._show_all))
        self.lay_out(self.head, row(self.undo, self.redo), self.message, self.list, message=False)
        self.refresh()

    def _undo(self) -> None:
        if self.draft.can_undo:
            self.draft.undo()
        else:
            self.say("There is nothing to undo.", "warn")

    def _redo(self) -> None:
        if self.draft.can_redo:
            self.draft.redo()
        else:
            self.say("There is nothing to redo.", "warn")

    def _show_all(self) -> None:
        self._shows_all = True
        self.refresh()

    def row(self, number: int) -> StepRow:
        """Return the row of a step."""
        if number not in self._rows:
            switch, take_out = self.safely(lambda: self._switch(number)), self.safely(lambda: self._take_out(number))
            self._rows[number] = StepRow(number, self.private, switch, take_out)
        return self._rows[number]

    def _switch(self, number: int) -> None:
        (self.draft.enable if self._rows[number].counts.value else self.draft.disable)(number)

    def _take_out(self, number: int) -> None:
        self.draft.drop(number)
        self.say(f"Step {number} was taken out; undo brings it back.")

    def refresh(self) -> None:
        """Show the steps as they are now."""
        entries = self.draft.steps
        shown = entries if self._shows_all else entries[-SHOWN:]
        for entry in shown:
            self.row(entry.number).show(entry)
        hidden = len(entries) - len(shown)
        self.earlier.description = f"{hidden:,} earlier steps"
        children = (*((self.earlier,) if hidden else ()), *(self.row(entry.number).widget for entry in shown))
        if children != self.list.children:
            self.list.children = children
        self._show_head(entries)

    def _show_head(self, entries: tuple[Entry, ...]) -> None:
        count = len(entries)
        steps = counted(count, "step") if count else "Nothing was edited yet"
        self.head.value = words(f"{steps}, {tickets(self.view.changes)} changed" if count else steps)
        self.undo.disabled, self.redo.disabled = not self.draft.can_undo, not self.draft.can_redo

    def close(self) -> None:
        """Take the form away, and stop following the draft."""
        for shown in self._rows.values():
            _close(shown)
        self.earlier.close()
        super().close()

    def __repr__(self) -> str:
        count = len(self.draft)
        off = sum(not entry.enabled for entry in self.draft.steps)
        return f"History({counted(count, 'step')}{f', {off} switched off' if off else ''})"


def _close(row: Any) -> None:
    for part in (row.counts, row.remove, row.note, row.widget):
        part.close()
