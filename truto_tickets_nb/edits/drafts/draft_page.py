"""A draft as a page: its steps with their counts, what no longer applies, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.edits.steps.step_list import hidden, inapplicable_answers, shown_steps
from truto_tickets_nb.show import Answers, Page, Paragraph
from truto_tickets_nb.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from truto_tickets_nb.edits.drafts.entry import Entry
    from truto_tickets_nb.edits.source import Source


def page(  # noqa: PLR0913  (each part of a draft that its page shows)
    source: Source, name: str, entries: Sequence[Entry], *, changed: int, notes: Sequence[str], can_undo: bool
) -> Page:
    """Return the page of a draft; `changed` is the number of tickets that differ from the snapshot."""
    off = sum(not entry.enabled for entry in entries)
    head = f"Draft{f' {name!r}' if name else ''}: {counted(len(entries), 'step')}, {counted(changed, 'ticket')} changed"
    facts = (f"{source.integration} account {source.account_id}", *((f"{off} switched off",) if off else ()))
    steps = [("", f"{entry.number}. {entry.title}") for entry in shown_steps(entries)]
    listed = (Answers("steps, in this order", (*steps, *hidden(len(entries)))),) if entries else ()
    fits = inapplicable_answers((entry.number, entry.effect) for entry in entries)
    warnings = (Paragraph(note, "warn") for note in notes)
    return Page(head, facts, (*warnings, *listed, *fits), _next_calls(len(entries), changed, can_undo=can_undo))


def _next_calls(steps: int, changed: int, *, can_undo: bool) -> str:
    if not steps:
        return 'draft.set("priority", "High", where=...), or draft.take(df)'
    undo = ", draft.undo()" if can_undo else ""
    return f"draft.plan(){undo}, draft.save('cleanup.json')" if changed else f"Nothing differs from the snapshot{undo}"
