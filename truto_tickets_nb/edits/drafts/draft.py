"""Draft: a snapshot plus steps, with undo and redo. What forms, grids, files, recipes and code edit alike."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from truto_tickets_nb.edits.drafts import changes, draft_page
from truto_tickets_nb.edits.drafts.entry import Entry
from truto_tickets_nb.edits.drafts.from_frame import taken
from truto_tickets_nb.edits.drafts.history import History
from truto_tickets_nb.edits.drafts.replay import Replay, State
from truto_tickets_nb.edits.drafts.states import States
from truto_tickets_nb.edits.drafts.verbs import Verbs
from truto_tickets_nb.edits.filters.filters import Filter, filter_of
from truto_tickets_nb.edits.recipes.recipe import Recipe
from truto_tickets_nb.edits.steps import summary
from truto_tickets_nb.edits.steps.canonical_names import canonical
from truto_tickets_nb.edits.steps.compatibility import hindrance
from truto_tickets_nb.edits.steps.step import Effect, Step
from truto_tickets_nb.errors import DraftDamaged, StepError
from truto_tickets_nb.plans.compare.edited_frame import EditedFrame, mark
from truto_tickets_nb.plans.compare.frame_identity import check_snapshot
from truto_tickets_nb.show import to_html, to_text
from truto_tickets_nb.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import pandas as pd

    from truto_tickets_nb.edits.drafts.autosave import Autosave
    from truto_tickets_nb.edits.source import Source
    from truto_tickets_nb.edits.steps.inapplicable import Inapplicable
    from truto_tickets_nb.plans.plan import Plan
    from truto_tickets_nb.show import Page

__all__ = ["Draft", "Entry"]


class Draft(Verbs):
    """A snapshot plus steps. Nothing is sent; `draft.plan()` compares the result with the snapshot.

    >>> import truto_tickets_nb as tt
    >>> with tt.sandbox("jira", tickets=20) as account:
    ...     draft = account.load().draft()
    >>> draft.tidy("name").add("tags", "spring", where=tt.Filter.where("name", "filled")).steps[1].title
    'tags: +spring where name is filled, 20 tickets'
    >>> len(draft.undo()), len(draft.redo()), draft.can_redo
    (1, 2, False)

    Make one with snapshot.draft(). Each verb adds one step and returns the draft, so that calls chain; `where` is a mask, ticket
    ids, a Filter, its JSON, or a function of the frame.
    """

    def __init__(
        self, source: Source, name: str = "", *, autosave: Autosave | None = None, recover: bool = False
    ) -> None:
        self.source, self.name = source, name
        self.notes: tuple[str, ...] = ()
        self._history, self._replay, self._states = History(), Replay(source), States()
        self._state: State | None = None
        self._revision = 0
        self._listeners: list[Callable[[Draft], object]] = []
        self._autosave = autosave
        if autosave is not None:
            weakref.finalize(self, autosave.release)
            self._begin(autosave, recover=recover)

    def _begin(self, autosave: Autosave, *, recover: bool) -> None:
        left = autosave.left()
        if left and recover:
            autosave.take_over(left[0])
            self._history = left[0].history
            self._keep()
        elif left:
            count = len(left[0].history.now)
            self._note(
                f"An earlier draft with {counted(count, 'step')} was kept: snapshot.draft(recover=True) goes on with it."
            )
        elif recover:
            self._note("There is no earlier draft to recover.")

    def _note(self, text: str) -> None:
        if text and text not in self.notes:
            self.notes = (*self.notes, text)

    @property
    def steps(self) -> tuple[Entry, ...]:
        """List the steps, each with its number, whether it counts, and its effect now; numbers stay while the draft lives."""
        effects = self._now.effects
        return tuple(Entry(*slot, effects.get(slot.number, Effect())) for slot in self._history.now)

    @property
    def _now(self) -> State:
        if self._state is None:
            self._state = self._replay.after(self._history.now)
        return self._state

    def __len__(self) -> int:
        return len(self._history.now)

    def frame(self, until: int | None = None) -> pd.DataFrame:
        """Make the frame after all steps that count, or after those up to and with the step of the number `until` (0: none)."""
        slots = self._history.now
        if until:
            self._history.slot(until)
        if until is not None:
            slots = tuple(slot for slot in slots if slot.number <= until)
        frame = (self._now if until is None else self._replay.after(slots)).frame.copy(deep=False)
        name = self._states.name(slots)
        return mark(frame, draft=name)

    def changes(self) -> pd.DataFrame:
        """List what differs from the snapshot: ticket, field, before, after; one row a cell."""
        return changes.changes(self._replay.base, self._now.frame, self._replay.differing(self._now))

    @property
    def changed(self) -> frozenset[str]:
        """Name the tickets that differ from the snapshot."""
        rows = list(self._replay.differing(self._now).values())
        return frozenset(self._replay.base.index[np.unique(np.concatenate(rows))].tolist()) if rows else frozenset()

    @property
    def inapplicable(self) -> tuple[Inapplicable, ...]:
        """List what no longer applies, over all steps."""
        return tuple(item for entry in self.steps for item in entry.effect.inapplicable)

    def plan(self, **options: Any) -> Plan:
        """Compare with the snapshot, as snapshot.plan() does with a frame; nothing is sent. Options are those of snapshot.plan().

        What was emptied on purpose (clear, remove, a map to nothing, a cell emptied by hand) may be emptied; any other cell that
        became empty is a blocking problem, unless `clear=` names its column. What no longer applies is told in the plan's notes.
        """
        df = self.frame()
        notes = [
            summary.inapplicable_note(entry.step, entry.effect) for entry in self.steps if entry.effect.inapplicable
        ]
        df.attrs = {}
        return self.source.plan(mark(df, cleared=changes.cleared(self._now), notes=notes), **options)

    def preview(self, step: Step, rows: int = 10) -> tuple[Effect, pd.DataFrame]:
        """Return what a step would do, without adding it: its effect, and the first rows: ticket, title, field, before, after."""
        applied = self._replay.peek(self._now, step)
        return applied.effect, changes.sample(self._now.frame, applied.edits, rows)

    def add_step(self, *steps: Step) -> Self:
        """Add steps as one operation: what a form, a file or an audit made. A column that can't be edited here is a StepError."""
        frame = self._now.frame
        for step in steps:
            self._check(step, frame)
            new = step.fields - {*frame.columns}
            frame = frame.assign(**dict.fromkeys(new)) if new else frame
        return self._add(tuple(canonical(step, self.source) for step in steps))

    def _check(self, step: Step, frame: pd.DataFrame) -> None:
        if not isinstance(step, Step):
            raise StepError(
                f"A draft takes steps, not {type(step).__name__}: draft.add_step(Step('clear', 'due_date'))."
            )
        reason = hindrance(step, frame, self.source)
        if reason:
            there = ", ".join(map(str, frame.columns))
            raise StepError(f"{step.words()}: {str(reason).removesuffix('.')}. Columns here: {there}.")

    def _add(self, steps: tuple[Step, ...]) -> Self:
        return self._become(self._history.add(*steps)) if steps else self

    def _where(self, where: Any) -> Filter:
        rows = filter_of(where, self._now.frame)
        unknown = changes.unknown(self._replay.base, rows.tickets)
        if unknown:
            raise StepError(f"where= names tickets that are not in this draft: {summary.named(unknown)}.")
        return rows

    def take(
        self, edits: pd.DataFrame | Recipe | Step | Iterable[Step], title: str = "", *, clear: Iterable[str] = ()
    ) -> Self:
        """Take up edits from anywhere: an edited frame (one step, only what differs), a recipe, or steps.

        A frame is compared with what it was made from: the state of this draft that draft.frame() gave, else the snapshot. What nobody
        edited takes back no step. Where an earlier step changed the same cell, the frame's edit counts, and a note says how often.
        Rows are aligned by ticket id; what is absent is no edit. A cell that became empty stays a blocking problem of the plan,
        unless `clear` names its column. A recipe's steps that no longer apply are taken too, and listed in `draft.inapplicable`.
        """
        if isinstance(edits, Recipe):
            return self._add(edits.steps)
        if isinstance(edits, Step | list | tuple | Iterator):
            steps = (edits,) if isinstance(edits, Step) else tuple(edits)
            return self.add_step(*(step.titled(title) if title else step for step in steps))
        return self._take_frame(EditedFrame.of(edits), title, clear)

    def _take_frame(self, edited: EditedFrame, title: str, clear: Iterable[str]) -> Self:
        check_snapshot(edited, self.source.table, self.source.id)
        slots = self._states.find(edited.draft_state, self._history)  # None: of the snapshot
        made_from = self._replay.after(slots or ()).frame
        edits = taken(self.source, made_from, self._now.frame, edited, clear)
        for note in edits.notes:
            self._note(note)
        return self if edits.step is None else self._add((edits.step.titled(title) if title else edits.step,))

    def edit(self, ticket: str, field: str, value: Any, title: str = "") -> Self:
        """Edit one cell, guarded by the value that it replaces; an empty value empties it on purpose."""
        return self.paste({ticket: {field: value}}, title)

    def paste(self, cells: Mapping[str, Mapping[str, Any]], title: str = "") -> Self:
        """Edit several cells as one step: {ticket: {column: value}}; cells that hold the value already are left out."""
        step = changes.pasted(self._now.frame, cells)
        return self if step is None else self.add_step(step.titled(title))

    def undo(self) -> Self:
        """Take back the last operation: a step added, dropped, switched off or on."""
        return self._become(self._history.undo())

    def redo(self) -> Self:
        """Do again what was taken back last."""
        return self._become(self._history.redo())

    @property
    def can_undo(self) -> bool:
        """Return whether there is anything to take back."""
        return bool(self._history.past)

    @property
    def can_redo(self) -> bool:
        """Return whether there is anything to do again."""
        return bool(self._history.future)

    def drop(self, number: int) -> Self:
        """Take a step out; later steps are replayed, and what no longer applies is told."""
        return self._become(self._history.drop(number))

    def disable(self, number: int) -> Self:
        """Let a step not count for now."""
        return self._become(self._history.switch(number, enabled=False))

    def enable(self, number: int) -> Self:
        """Let a step count again."""
        return self._become(self._history.switch(number, enabled=True))

    def _become(self, history: History) -> Self:
        if history is self._history:
            return self
        self._history, self._state = history, None
        self._revision += 1
        self._keep()
        for callback in tuple(self._listeners):
            callback(self)
        return self

    def _keep(self) -> None:
        if self._autosave is None:
            return
        message = self._autosave.write(self._history)
        self._note(message)
        if message and self._autosave.path is None:
            self._autosave = None
            warnings.warn(message, DraftDamaged, stacklevel=5)

    @property
    def revision(self) -> int:
        """Count the changes; two equal numbers of one draft mean that nothing changed in between."""
        return self._revision

    def listen(self, callback: Callable[[Draft], object]) -> Callable[[], None]:
        """Call `callback(draft)` after each change; returns a function that stops listening."""
        self._listeners.append(callback)

        def stop() -> None:
            if callback in self._listeners:
                self._listeners.remove(callback)

        return stop

    def recipe(self, name: str = "") -> Recipe:
        """Make a recipe of the steps that count, to be replayed on fresh tickets."""
        entries = [entry for entry in self.steps if entry.enabled]
        counts = tuple(entry.effect.changed for entry in entries)
        return Recipe(tuple(entry.step for entry in entries), name or self.name, self.source.integration, counts)

    def save(self, path: str | Path) -> None:
        """Write the steps that count as a recipe: tt.Recipe.load(path) reads it."""
        self.recipe().save(path)

    @property
    def autosaved(self) -> Path | None:
        """Return the file in which the draft saves itself; None before its first step, and where it doesn't."""
        return None if self._autosave is None else self._autosave.path

    def discard(self) -> None:
        """Remove the file in which the draft saves itself; its steps stay in memory."""
        if self._autosave is not None:
            self._autosave.forget()

    def _page(self) -> Page:
        return draft_page.page(
            self.source, self.name, self.steps, changed=len(self.changed), notes=self.notes, can_undo=self.can_undo
        )

    def __repr__(self) -> str:
        return to_text(self._page())

    def _repr_html_(self) -> str:
        return to_html(self._page())
