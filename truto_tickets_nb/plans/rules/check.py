"""Walk through patches with every rule, field by field and ticket by ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.plans.plan import Problem
from truto_tickets_nb.plans.rules import clears, companions, lists, references, status, texts, writable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from truto_tickets_nb.plans.plan import Change, Patch
    from truto_tickets_nb.plans.rules.book import Book, Told

_EACH: tuple[Callable[[Change, Book], Iterator[Told]], ...] = (
    writable.takes, clears.may_be_dropped, lists.one_assignee, lists.tag_spaces, lists.no_tags, lists.new_tag, lists.never_removed, lists.not_by_update,
    texts.title, texts.description, texts.formatting, texts.no_due_date, texts.past_due_date, texts.option, status.turns, references.other_name,
)  # fmt: skip
_WHOLE: tuple[Callable[[Patch, Book], Iterator[tuple[str, Told]]], ...] = (
    companions.together, companions.lacking, status.of_its_type,
)  # fmt: skip


def problems(patches: Sequence[Patch], book: Book) -> Iterator[Problem]:
    """Find what this account would refuse, truncate or drop: first what concerns all tickets, then ticket by ticket."""
    if patches:
        yield from (Problem("", "", *told) for told in writable.updates(book))
    for patch in patches:
        yield from _of(patch, book)


def _of(patch: Patch, book: Book) -> Iterable[Problem]:
    for change in patch.changes:
        for rule in _EACH:
            yield from (Problem(patch.ticket, change.field, *told) for told in rule(change, book))
    for check in _WHOLE:
        yield from (Problem(patch.ticket, field, *told) for field, told in check(patch, book))
