"""Put a plan into words: headline first, problems before changes, equal changes grouped, what is hidden counted."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pandas as pd

from truto_tickets_nb.actions import Action
from truto_tickets_nb.advice import advised, in_notebook
from truto_tickets_nb.plans.fingerprint import short
from truto_tickets_nb.show import BeforeAfter, Group, Page, Paragraph, Row, Sets
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from truto_tickets_nb.advice import Advice
    from truto_tickets_nb.plans.change import Change, Patch
    from truto_tickets_nb.plans.plan_data import PlanData
    from truto_tickets_nb.plans.problem import Problem
    from truto_tickets_nb.show import Cell, Tone
    from truto_tickets_nb.tickets.field_kinds import Text

TICKETS = 10  # rows shown in a group
GROUPS = 40  # groups shown in a page
SAME_TEXT = 5  # equal changes of a free text that make a group of their own
_NAMES = frozenset({"id", "name", "type"})  # the parts of an object that a line of a change shows
_LIST = (Action("list_changes"),)
ALONE = 25  # changes of one field that share nothing, shown together


def page(plan: PlanData, advice: Advice = in_notebook) -> Page:
    """Turn a plan into a page; `advice` puts what can be done into the words of a front end."""
    return Page(headline(plan), tuple(_facts(plan)), tuple(_blocks(plan, advice)), _next(plan))


def headline(plan: PlanData) -> str:
    """Return in one line what would happen: 37 tickets to change (52 fields), 1 error, 2 warnings."""
    parts = [f"{counted(len(plan), 'ticket')} to change ({counted(plan.changes, 'field')})"]
    for problems, word in ((plan.blocking, "error"), (plan.warnings, "warning")):
        parts += [counted(len(problems), word)] if problems else []
    return ", ".join(parts)


def _facts(plan: PlanData) -> Iterator[str]:
    yield f"{plan.integration} account {plan.account_id}"
    if plan.undoes:
        yield "undoes a run"
    yield f"{counted(plan.looked_at, 'ticket')} compared"
    if plan.patches:
        size, window = plan.budget
        pace = f"at {size} per {window:g} s" if size > 0 else "without a limit"
        yield f"{counted(plan.requests, 'request')}, about {duration(plan.seconds)} {pace}"
        yield f"fingerprint {short(plan.fingerprint)}"


def duration(seconds: float) -> str:
    """Write a time to wait in the unit that a person would use."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _blocks(plan: PlanData, advice: Advice) -> Iterator[Paragraph | Group]:
    yield from _problem_groups(plan.blocking, "bad", advice)
    yield from _problem_groups(plan.warnings, "warn", advice)
    yield from (Paragraph(note.words(advice), "warn") for note in plan.notes)
    yield from written_out(plan, advice)
    groups = list(change_groups(plan.patches))
    yield from groups[:GROUPS]
    if len(groups) > GROUPS:
        hidden = groups[GROUPS:]
        yield Paragraph(advised(f"… and {len(hidden)} more groups of changes", _LIST, advice))


def written_out(plan: PlanData, advice: Advice = in_notebook) -> Iterator[Paragraph]:
    """Show in full what goes out as an object with more parts than an id and a name: a line of a change has no room for it."""
    counts = Counter(
        (change.field, json.dumps(item, ensure_ascii=False, default=str))
        for patch in plan.patches
        for change in patch.changes
        for item in (change.new if isinstance(change.new, list) else [change.new])
        if isinstance(item, dict) and _is_told_in_full(change.field, item)
    )
    for (field, body), count in list(counts.items())[:GROUPS]:
        yield Paragraph(f"{field} of {counted(count, 'ticket')} goes out as {body}")
    if len(counts) > GROUPS:
        message = f"… and {len(counts) - GROUPS} more objects that go out in full"
        yield Paragraph(advised(message, _LIST, advice))


def _is_told_in_full(name: str, item: dict[str, Any]) -> bool:
    row = field_of(name)
    if row is None or not row.is_compared:
        return row is not None
    return row.kind.word in ("reference", "set") and bool(item.keys() - _NAMES)


def _problem_groups(problems: Sequence[Problem], tone: Tone, advice: Advice) -> Iterator[Group]:
    alike: dict[tuple[str, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        alike[problem.field, advised(problem.message, problem.actions, advice)].append(problem)
    word = "error" if tone == "bad" else "warning"
    groups = list(alike.items())
    for (field, words), members in groups[:GROUPS]:
        rows = tuple(Row(p.ticket or "all", "", (p.value,)) for p in members[:TICKETS])
        yield Group(field or "ticket", words, counted(len(members), word), rows, max(0, len(members) - TICKETS), tone)
    if len(groups) > GROUPS:
        message = f"{len(groups) - GROUPS} other kinds of problems"
        yield Group("more", advised(message, (Action("list_problems"),), advice), "", (), 0, tone)


def change_groups(patches: Iterable[Patch]) -> Iterator[Group]:
    """Group equal changes, the most frequent first within a field; changes that stand alone share one group per field."""
    fields: dict[str, dict[tuple[Text, Text], list[tuple[Patch, Change]]]] = defaultdict(lambda: defaultdict(list))
    for patch in patches:
        for change in patch.changes:
            fields[change.field][_shape(change)].append((patch, change))
    for field, shapes in fields.items():
        least = SAME_TEXT if _is_text(field) else 2
        several = sorted(
            (members for members in shapes.values() if len(members) >= least), key=lambda members: -len(members)
        )
        yield from (_alike(field, members) for members in several)
        single = [pair for members in shapes.values() if len(members) < least for pair in members]
        if single:
            yield _apart(field, single)


def _is_text(name: str) -> bool:
    row = field_of(name)
    return row is not None and row.kind.word == "text"


def _shape(change: Change) -> tuple[Text, Text]:
    if isinstance(change.before, tuple) or isinstance(change.after, tuple):
        sets = _sets(change)
        return sets.added, sets.removed
    return change.before, change.after


def _alike(field: str, members: list[tuple[Patch, Change]]) -> Group:
    rows = tuple(Row(patch.ticket, patch.title) for patch, _ in members[:TICKETS])
    return Group(field, cell(members[0][1]), counted(len(members), "ticket"), rows, max(0, len(members) - TICKETS))


def _apart(field: str, members: list[tuple[Patch, Change]]) -> Group:
    if len(members) == 1:
        return _alike(field, members)
    rows = tuple(Row(p.ticket, "" if field == "name" else p.title, (cell(change),)) for p, change in members[:ALONE])
    return Group(field, "each its own", counted(len(members), "ticket"), rows, max(0, len(members) - ALONE))


def cell(change: Change) -> Cell:
    """Show one change: before -> after, or +x -y for a set."""
    if isinstance(change.before, tuple) or isinstance(change.after, tuple):
        return _sets(change)
    return BeforeAfter(change.before, change.after)


def _sets(change: Change) -> Sets:
    before, after = _members(change.before), _members(change.after)
    return Sets(tuple(x for x in after if x not in before), tuple(x for x in before if x not in after))


def _members(text: Text) -> tuple[str, ...]:
    return () if text is None else text if isinstance(text, tuple) else (text,)


def _next(plan: PlanData) -> str:
    if plan.blocking:
        return f"{len(plan.blocking)} blocking: {remedy(plan)}"
    if not plan.patches:
        return "Nothing to change, nothing to send."
    return f"account.dry_run(plan), then account.apply(plan, confirm={len(plan)})"


def remedy(plan: PlanData) -> str:
    """Return what to do about blocking problems; one of the whole plan can't be left out."""
    if any(problem.is_of_whole_plan for problem in plan.blocking):
        return "Correct the frame and plan again."
    return "Correct the frame and plan again, or plan.drop(*plan.blocking)."


def frame(plan: PlanData) -> pd.DataFrame:
    """List every change: ticket, title, field, before, after; one row a change."""
    rows = [(p.ticket, p.title, c.field, c.before, c.after) for p in plan.patches for c in p.changes]
    return pd.DataFrame(rows, columns=["ticket", "title", "field", "before", "after"])
