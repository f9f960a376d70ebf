"""Sets: who is assigned, tags, collections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.plans.rules.context import RuleFinding
from truto_tickets_nb.tickets.json_values import refs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.plans.change import Change
    from truto_tickets_nb.plans.rules.context import RuleContext
    from truto_tickets_nb.tickets.field_kinds import Text

_HOW = {
    "create_only": "only when a ticket is made",
    "separate": "by a call of its own, not as a field of the ticket",
}


def one_assignee(change: Change, book: RuleContext) -> Iterator[RuleFinding]:
    """Say that a tool with one assignee would drop the others."""
    fact = book.profile.fact("assignees")
    if change.field == "assignees" and fact.value == "single" and len(refs(change.new)) > 1:
        reason = f"{book.name} holds one assignee ({fact.told}); the others would be dropped silently"
        yield RuleFinding(
            _joined(change.after), reason, "Keep one: df['assignees'].tickets.set(...).", fact.is_documented
        )


def tag_spaces(change: Change, book: RuleContext) -> Iterator[RuleFinding]:
    """Say which tags hold blanks where none may."""
    fact = book.profile.fact("tag_spaces")
    if change.field != "tags" or fact.value is not False:
        return
    spaced = [tag for tag in _gained(change) if " " in tag.strip()]
    if spaced:
        fix = f"Write {spaced[0].strip().replace(' ', '-')!r} instead."
        yield RuleFinding(
            ", ".join(spaced), f"{book.name} takes no tags with spaces ({fact.told})", fix, fact.is_documented
        )


def no_tags(change: Change, book: RuleContext) -> Iterator[RuleFinding]:
    """Say that a tool has no tags at all."""
    fact = book.profile.fact("tags")
    if change.field == "tags" and fact.value == "none":
        yield RuleFinding(_joined(change.after), f"{book.name} has no tags ({fact.told})", "plan.drop('tags').")


def new_tag(change: Change, book: RuleContext) -> Iterator[RuleFinding]:
    """Say which tags would be new, where we assume that only those that exist are taken; where that is documented, they block."""
    fact = book.profile.fact("tags")
    if change.field != "tags" or fact.value != "listed" or not isinstance(change.new, list):
        return
    new = [str(item["name"]) for item in change.new if isinstance(item, dict) and not item.get("id")]
    if new:
        reason = f"{book.name} takes only tags that exist ({fact.told}), and nobody lists this one"
        yield RuleFinding(", ".join(new), reason, "Make it in the tool first, or try one ticket.", fact.is_documented)


def never_removed(change: Change, book: RuleContext) -> Iterator[RuleFinding]:
    """Say what may stay where a list only adds."""
    fact = book.profile.fact(f"{change.field}_write")
    lost = _lost(change)
    if fact.value == "merge" and lost:
        reason = (
            f"{book.name} adds what a list holds and removes nothing that it leaves out ({fact.told}); this may stay"
        )
        yield RuleFinding(", ".join(lost), reason, "It is read back after sending, and told if it stayed.")


def not_by_update(change: Change, book: RuleContext) -> Iterator[RuleFinding]:
    """Say that a tool takes a list otherwise than by an update."""
    fact = book.profile.fact(f"{change.field}_write")
    if fact.value in _HOW:
        reason = f"{book.name} takes {change.field} {_HOW[fact.value]} ({fact.told}); whether Truto does more than that is not documented"
        yield RuleFinding("", reason, "Try it on one ticket first; it is read back after sending.")


def _gained(change: Change) -> tuple[str, ...]:
    return tuple(name for name in _members(change.after) if name not in _members(change.before))


def _lost(change: Change) -> tuple[str, ...]:
    many = isinstance(change.before, tuple) or isinstance(change.after, tuple)
    return tuple(name for name in _members(change.before) if name not in _members(change.after)) if many else ()


def _members(text: Text) -> tuple[str, ...]:
    return () if text is None else text if isinstance(text, tuple) else (text,)


def _joined(text: Text) -> str:
    return ", ".join(_members(text))
