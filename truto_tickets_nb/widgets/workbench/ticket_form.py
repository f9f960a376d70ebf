"""TicketForm: one ticket, all its fields; each edit is one guarded cell in the draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.advice import advised
from truto_tickets_nb.edits.filters.filters import filter_of
from truto_tickets_nb.edits.steps.canonical_names import canonical_filter
from truto_tickets_nb.errors import StepError, shorten
from truto_tickets_nb.safe_text import printable
from truto_tickets_nb.selection.options import offer
from truto_tickets_nb.selection.step_builder import columns_of
from truto_tickets_nb.show.visible_text import clip
from truto_tickets_nb.tickets.cell_equality import same
from truto_tickets_nb.tickets.cells import shown
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.json_values import is_missing
from truto_tickets_nb.widgets.form import Form
from truto_tickets_nb.widgets.inputs.advice import in_form
from truto_tickets_nb.widgets.inputs.factory import box, button, create, row
from truto_tickets_nb.widgets.inputs.field_control import control_for
from truto_tickets_nb.widgets.inputs.private_state import Html, Words
from truto_tickets_nb.widgets.inputs.styles import classed, facts_of, words
from truto_tickets_nb.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.edits.drafts.draft import Draft
    from truto_tickets_nb.plans.problem import Problem
    from truto_tickets_nb.selection.options import Offer
    from truto_tickets_nb.selection.step_builder import Editable
    from truto_tickets_nb.widgets.inputs.private_state import PrivateState

Told = tuple[str, str]  # a sentence, and its tone


class FieldRow:
    """Show one field: its editor, whether it was changed, how to take that back, and what is wrong with it."""

    def __init__(self, column: Editable, control: Any, private: PrivateState, take_back: Callable[[], object]) -> None:
        self.column, self.control, self.is_changed = column, control, False
        self.revert = classed(button("take back"), "tt-revert")
        self.revert.tooltip = f"set {printable(column.name)} to what was loaded"
        self.revert.on_click(lambda _: take_back())
        self.note = classed(create(Html, private), "tt-quiet tt-note")
        self._line = row(classed(control.widget, "tt-grow"))
        self.widget = box(self._line, self.note, css=f"tt-field tt-field-{column.name.replace('.', '-')}")

    def show(self, before: Any, now: Any, problems: list[Told]) -> None:
        """Show the field as it is now."""
        self.control.show(now)
        row = field_of(self.column.name)
        self.is_changed = changed = row is not None and not same(row, before, now)
        (self.widget.add_class if changed else self.widget.remove_class)("tt-changed")
        parts = (self._line.children[0], *((self.revert,) if changed else ()))
        if parts != self._line.children:
            self._line.children = parts
        was = words(f"● changed, was {clip(shown(before), 120) or '(empty)'}", "") if changed else ""
        self.note.value = was + "".join(words(*problem) for problem in problems)

    def complain(self, message: str) -> None:
        """Return what is wrong with what was typed."""
        self.note.value = words(message, "bad")


class TicketForm(Form):
    """Edit one ticket of a draft, field by field: `tt.TicketForm(draft, "4711")`.

    `where` (a Filter, a mask, ids) says which tickets "previous" and "next" go through; without it, all of the draft.
    """

    def __init__(self, draft: Draft, ticket: str = "", *, where: Any = None) -> None:
        super().__init__(draft, "tt-ticket")
        frame = self.view.frame
        self._tickets = frame.index[canonical_filter(filter_of(where, frame), draft.source).mask(frame)]
        self._ticket = ""
        self._rows: dict[str, FieldRow] = {}
        self._build()
        self.go(ticket or next(iter(self._tickets), ""))

    def _build(self) -> None:
        self.head = classed(create(Html, self.private), "tt-count tt-head")
        self.place = classed(create(Html, self.private), "tt-quiet tt-place")
        self.previous = classed(button("◂ previous"), "tt-previous")
        self.next = classed(button("next ▸"), "tt-next")
        self.find = classed(create(Words, self.private, description="go to", continuous_update=False), "tt-goto")
        self.find.placeholder = "ticket id, then Enter"
        self.check = classed(button("look for problems"), "tt-check")
        self.closed = classed(create(Html, self.private), "tt-quiet tt-closed-columns")
        self._fields = box(css="tt-fields")
        self.previous.on_click(self.safely(lambda: self._move(-1)))
        self.next.on_click(self.safely(lambda: self._move(1)))
        self.find.observe(self.safely(self._find), "value")
        self.check.on_click(self.safely(self._check))
        self._line = row(self.previous, self.next, self.place, self.find)
        self.lay_out(self.head, self._line, self.message, self._fields, self.closed, message=False)

    @property
    def ticket(self) -> str:
        """Return which ticket is shown."""
        return self._ticket

    def go(self, ticket: str) -> None:
        """Show another ticket."""
        if ticket not in self.view.frame.index:
            raise StepError(f"Ticket {shorten(ticket, 40)!r} is not in this draft.")
        self._ticket = str(ticket)
        self.refresh()

    def _move(self, by: int) -> None:
        at = self._at
        if at is None:
            target = 0
        elif 0 <= at + by < len(self._tickets):
            target = at + by
        else:
            return
        self.go(self._tickets[target])

    @property
    def _at(self) -> int | None:
        place = self._tickets.get_loc(self._ticket) if self._ticket in self._tickets else None
        return place if isinstance(place, int) else None

    def _find(self) -> None:
        typed = self.find.value.strip()
        if typed:
            self.go(typed)
            self.find.value = ""

    def _check(self) -> None:
        self.view.plan  # noqa: B018  (made here once, shown by refresh)
        self.refresh()

    def _edit(self, name: str) -> None:
        """Put what was typed into the draft; what can't be is told at its field, and stays."""
        field = self._rows[name]
        if field.control.problem:
            field.complain(field.control.problem)
            return
        try:
            self.draft.edit(self._ticket, name, field.control.value)
        except StepError as error:
            field.complain(str(error))

    def _take_back(self, name: str) -> None:
        before = self.view.base.at[self._ticket, name] if name in self.view.base else None
        self.draft.edit(self._ticket, name, before, f"{name} of {self._ticket}: taken back")

    def refresh(self) -> None:
        """Show the ticket as the draft has it now; what is being typed elsewhere in the form stays."""
        frame, base = self.view.frame, self.view.base
        columns = columns_of(self.draft.source, frame)
        problems = self._problems()
        for column in (one for one in columns if not one.why_not):
            now, before = (
                table.at[self._ticket, column.name] if column.name in table else None for table in (frame, base)
            )
            self._row(column, now).show(before, now, problems.get(column.name, []))
        children = tuple(self._rows[one.name].widget for one in columns if not one.why_not)
        if children != self._fields.children:
            self._fields.children = children
        closed = [(one.name, shown(frame.at[self._ticket, one.name]), one.why_not) for one in columns if one.why_not]
        self.closed.value = facts_of("fields that can't be edited, and why", closed)
        self._show_head(problems.get("", []))

    def _row(self, column: Editable, now: Any) -> FieldRow:
        name = column.name
        if name not in self._rows:
            dtype = self.view.frame[name].dtype
            control = control_for(
                column, dtype, self.private, (self._offer(column, now), self.safely(lambda: self._edit(name)))
            )
            self._rows[name] = FieldRow(column, control, self.private, self.safely(lambda: self._take_back(name)))
        elif column.kind not in ("text", "date", "flag"):
            self._rows[name].control.offer(self._offer(column, now))
        return self._rows[name]

    def _offer(self, column: Editable, _now: Any) -> Offer:
        home = self.view.frame.at[self._ticket, "workspace"] if "workspace" in self.view.frame else None
        return offer(column.name, self.draft.source, [] if is_missing(home) else [shown(home)])

    def _problems(self) -> dict[str, list[Told]]:
        """Gather the plan's problems of this ticket by field; "" for those of the ticket as a whole."""
        plan = self.view.quick_plan
        by_field: dict[str, list[Told]] = {}
        for problem in plan.problems if plan is not None else ():
            if problem.ticket == self._ticket:
                by_field.setdefault(problem.field if problem.field in self._rows else "", []).append(_told(problem))
        for item in self.draft.inapplicable:
            if item.ticket == self._ticket:
                by_field.setdefault(item.field, []).append(
                    (f"a step no longer applies: {item.reason.words(in_form)}", "warn")
                )
        return by_field

    def _show_head(self, problems: list[Told]) -> None:
        frame = self.view.frame
        title = shown(frame.at[self._ticket, "name"]) if "name" in frame else ""
        self.head.value = words(f"{self._ticket}: {clip(title, 160)}" if title else self._ticket) + "".join(
            words(*problem) for problem in problems
        )
        at, count = self._at, len(self._tickets)
        changed = sum(field.is_changed for field in self._rows.values())
        position = "not among the chosen ones" if at is None else f"{at + 1:,} of {count:,}"
        self.place.value = words(f"{position}, {counted(changed, 'field')} changed" if changed else position)
        self.previous.disabled = at is None or at == 0
        self.next.disabled = at is not None and at == count - 1
        parts = (
            self.previous,
            self.next,
            self.place,
            self.find,
            *((self.check,) if self.view.quick_plan is None else ()),
        )
        if parts != self._line.children:
            self._line.children = parts

    def close(self) -> None:
        """Take the form away, and stop following the draft."""
        for field in self._rows.values():
            field.revert.close()
        self.check.close()
        super().close()

    def __repr__(self) -> str:
        at = self._at
        place = "" if at is None else f", {at + 1:,} of {len(self._tickets):,}"
        return f"TicketForm({shorten(self._ticket, 40)}{place})"


def _told(problem: Problem) -> tuple[str, str]:
    tone = "bad" if problem.severity == "error" else "warn"
    return advised(problem.message, problem.actions, in_form), tone
