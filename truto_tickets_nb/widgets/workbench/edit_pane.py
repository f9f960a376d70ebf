"""Choose what to do with the chosen tickets, see what would come of it, and add it to the draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812

from truto_tickets_nb.edits.steps.operations import OPERATIONS
from truto_tickets_nb.errors import StepError
from truto_tickets_nb.selection.options import Offer, Option, lacking, offer
from truto_tickets_nb.selection.step_builder import columns_of, compose, lacks, mixed
from truto_tickets_nb.selection.step_preview import preview_step
from truto_tickets_nb.show.visible_text import clip
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.widgets.inputs.advice import in_form
from truto_tickets_nb.widgets.inputs.factory import OPENS, box, button, create, row
from truto_tickets_nb.widgets.inputs.operation_inputs import EditedColumn, OperationInputs
from truto_tickets_nb.widgets.inputs.private_state import Html
from truto_tickets_nb.widgets.inputs.styles import classed, facts_of, first_rows, page, tickets, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.edits.drafts.draft import Draft
    from truto_tickets_nb.edits.steps.step import Step
    from truto_tickets_nb.selection.selection import Selection
    from truto_tickets_nb.selection.step_builder import Editable
    from truto_tickets_nb.selection.step_preview import StepPreview
    from truto_tickets_nb.widgets.inputs.private_state import PrivateState

SAMPLED = 2_000  # texts of their own that are counted to say what the chosen tickets hold
ADD = "Add to the draft"


class EditPane:
    """Compose one step for the chosen tickets. `reason` says why it can't be added yet, "" where it can."""

    def __init__(self, draft: Draft, choosing: Selection, private: PrivateState, message: Any) -> None:
        self._draft, self._choosing, self._private, self._message = draft, choosing, private, message
        self._columns: dict[str, Editable] = {}
        self._offers: dict[Any, Offer] = {}
        self.inputs: OperationInputs | None = None
        self._is_listing, self._kinds = False, tuple[str, ...]()
        self.step: Step | None = None
        self.reason = ""
        self._build()
        self._list_columns()
        self.column.observe(lambda _: self._other_column(), "value")
        self.operation.observe(lambda _: self._ask(), "value")
        self._other_column()

    def _build(self) -> None:
        self.column = classed(create(W.Dropdown, description="column", tooltip=OPENS), "tt-column tt-grow")
        self.operation = classed(create(W.ToggleButtons, options=[]), "tt-operation")
        self.now = classed(create(Html, self._private), "tt-quiet tt-now")
        self._place = box(css="tt-value")
        self.preview = classed(create(Html, self._private), "tt-preview")
        self.add = classed(create(W.Button, description=ADD, button_style="primary", disabled=True), "tt-add")
        self.undo = classed(button("undo"), "tt-undo")
        self.why = classed(create(Html, self._private), "tt-why")
        self.closed = classed(create(Html, self._private), "tt-quiet tt-closed-columns")
        parts = (
            row(self.column, self.operation),
            self.now,
            self._place,
            row(self.add, self.undo, self.why),
            self._message,
        )
        self.widget = box(*parts, self.preview, self.closed, css="tt-main tt-edit")

    def _list_columns(self) -> None:
        columns = {one.name: one for one in columns_of(self._draft.source, self._choosing.frame)}
        if columns == self._columns:
            return
        self._columns, current = columns, self.column.value
        names = [
            (name + (f" ({one.hint})" if one.hint else ""), name) for name, one in columns.items() if not one.why_not
        ]
        self.column.options = [("choose a column…", ""), *names]
        self.column.value = current if current in [name for _, name in names] else ""
        self.closed.value = facts_of(
            "columns that can't be edited, and why",
            ((name, one.why_not) for name, one in columns.items() if one.why_not),
        )

    def _other_column(self) -> None:
        """Offer the operations of the column; a column of the same kind goes on with the same one, with nothing typed."""
        column = self._columns.get(self.column.value or "")
        kinds = [kind for _, kind in column.operations] if column else []
        before, self._is_listing = self.operation.value, True
        if tuple(kinds) != self._kinds:
            self.operation.options = column.operations if column else ()
            before, self._kinds = None, tuple(kinds)
        self.operation.value = before or next(iter(kinds), None)
        self._is_listing = False
        self._ask()

    def _ask(self) -> None:
        """Ask for what the operation needs; an untouched control never becomes a step."""
        if self._is_listing:
            return
        old, self.inputs = self.inputs, None
        if self.column.value and self.operation.value:
            self.inputs = OperationInputs(
                self._private, OPERATIONS[self.operation.value], self._edited_column(), self.refresh
            )
        self._place.children = (self.inputs.widget,) if self.inputs else ()
        if old:
            _close(old.widget)
        self.refresh()

    def _edited_column(self) -> EditedColumn:
        name = self.column.value
        row = field_of(name)
        current = Offer()
        if row and row.kind.many:
            counts = self._held(name)
            current = Offer(
                tuple(Option(v, v) for v in sorted(counts, key=lambda v: -counts[v]) if v and counts[v]), is_free=False
            )
        others = tuple(column for column in self._choosing.frame.columns if column != name)
        dtype = self._choosing.frame[name].dtype
        return EditedColumn(name, self._columns[name].kind, dtype, self._offer(name), current, others)

    def _held(self, name: str) -> dict[str, int]:
        return self._choosing.facet(name).counts(self._choosing.mask)

    def _workspaces(self) -> Mapping[str, int]:
        counts = self._held("workspace") if "workspace" in self._choosing.frame else {}
        return {name: count for name, count in counts.items() if name and count}

    def _offer(self, name: str) -> Offer:
        if self._columns[name].kind in ("text", "date", "flag"):
            return Offer()
        key = (name, self._draft.revision, tuple(self._workspaces()))
        if key not in self._offers:
            current = self._choosing.facet(name).values
            self._offers = {key: offer(name, self._draft.source, key[2], current)}
        return self._offers[key]

    def start_anew(self) -> None:
        """Ask for a value anew, so that a second click does not add the same once more."""
        self._ask()

    def follow(self) -> None:
        """Take up other tickets, or another draft: what was typed stays."""
        self._list_columns()
        if self.inputs:
            self.inputs.follow(self._edited_column())
        self.refresh()

    def refresh(self) -> None:
        """Show what the chosen tickets hold, and what would come of the step."""
        self.step, self.reason = None, ""
        self.now.value = words(self._now())
        self.undo.disabled = not self._draft.can_undo
        preview = self._consider()
        count = preview.changed if preview else 0
        self.add.description = f"{ADD} ({tickets(count)})" if count else ADD
        self.add.disabled = bool(self.reason)
        self.why.value = words(self.reason, "warn" if self.reason and self._is_touched() else "")
        self.preview.value = self._preview(preview) if preview else ""

    def _is_touched(self) -> bool:
        return self.inputs is not None and (
            not lacks(self.operation.value, self.inputs.given) or bool(self.inputs.problem)
        )

    def _now(self) -> str:
        if not self.column.value or not self._choosing.count:
            return ""
        return f"now {clip(mixed(self._counts(self.column.value)), 200)}"

    def _counts(self, name: str) -> Mapping[str, int]:
        if self._columns[name].kind != "text":
            return self._held(name)
        cells = self._choosing.frame[name][self._choosing.mask]
        if len(cells) > SAMPLED:
            return {f"{len(cells):,} texts": len(cells), "": int(cells.isna().sum())}
        return {clip(str(text), 40): int(n) for text, n in cells.fillna("").value_counts().items()}

    def _consider(self) -> StepPreview | None:
        """Make the step and look ahead; `reason` tells what is in the way."""
        inputs = self.inputs
        if inputs is None:
            self.reason = "Choose a column first"
        elif not self._choosing.count:
            self.reason = "No ticket matches: take back a choice on the left"
        else:
            self.reason = inputs.problem or lacks(self.operation.value, inputs.given)
        return None if self.reason or inputs is None else self._looked_ahead(inputs.given)

    def _looked_ahead(self, given: Mapping[str, Any]) -> StepPreview | None:
        try:
            step = compose(self.column.value, self.operation.value, given, self._choosing.filter())
            preview = preview_step(step, self._choosing, self._draft.source)
        except StepError as error:
            self.reason = str(error)
            return None
        if preview.changed:
            self.step = step
        else:
            first = next(iter(preview.reasons), None)
            self.reason = first.words(in_form) if first else "Nothing would change: all tickets have this value already"
        return preview

    def _preview(self, preview: StepPreview) -> str:
        facts = [f"{preview.already:,} stay as they are"] if preview.already else []
        facts += [f"{count:,} would not fit: {reason.words(in_form)}" for reason, count in preview.reasons.items()]
        missing = self._lacking()
        facts += [missing] if missing else []
        rows = [first_rows(preview.rows, preview.changed - len(preview.rows))] if len(preview.rows) else []
        return page(f"{preview.changed:,} of {tickets(preview.matched)} would change", facts, rows)

    def _lacking(self) -> str:
        name = self.column.value
        row = field_of(name)
        if self.inputs is None or row is None or not row.per_workspace:
            return ""
        given = self.inputs.given
        values = [given.get("value"), given.get("new"), *(given.get("names") or ())]
        texts = [
            one for value in values for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, str)
        ]
        messages = (lacking(self._offer(name).find(one), self._workspaces()) for one in texts)
        return next((message for message in messages if message), "")


def _close(widget: Any) -> None:
    for child in getattr(widget, "children", ()):
        _close(child)
    widget.close()
