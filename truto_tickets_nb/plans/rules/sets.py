"""Sets: who is assigned, tags, collections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.actions import Action, correct
from truto_tickets_nb.advice import LATER
from truto_tickets_nb.plans.rules.context import Rule, RuleFinding, severity_of
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


def one_assignee(change: Change, context: RuleContext) -> Iterator[RuleFinding]:
    """Find where a tool with one assignee would drop the others."""
    fact = context.profile.fact("assignees")
    if change.field == "assignees" and fact.value == "single" and len(refs(change.new)) > 1:
        message = f"{context.name} holds one assignee ({fact.told}); the others would be dropped silently"
        keep = (Action("keep_one", "assignees"),)
        yield RuleFinding("assignees.one_only", _joined(change.after), message, keep, severity_of(fact))


def tag_spaces(change: Change, context: RuleContext) -> Iterator[RuleFinding]:
    """Return which tags hold blanks where none may."""
    fact = context.profile.fact("tag_spaces")
    if change.field != "tags" or fact.value is not False:
        return
    spaced = [tag for tag in _gained(change) if " " in tag.strip()]
    if spaced:
        message = f"{context.name} takes no tags with spaces ({fact.told})"
        write = correct(f"Write {spaced[0].strip().replace(' ', '-')!r} instead.")
        yield RuleFinding("tags.spaces", ", ".join(spaced), message, write, severity_of(fact))


def no_tags(change: Change, context: RuleContext) -> Iterator[RuleFinding]:
    """Find where a tool has no tags at all."""
    fact = context.profile.fact("tags")
    if change.field == "tags" and fact.value == "none":
        message, drop = f"{context.name} has no tags ({fact.told})", (Action("leave_out", "tags"),)
        yield RuleFinding("tags.none", _joined(change.after), message, drop)


def new_tag(change: Change, context: RuleContext) -> Iterator[RuleFinding]:
    """Return which tags would be new, where we assume that only those that exist are taken; where that is documented, they block."""
    fact = context.profile.fact("tags")
    if change.field != "tags" or fact.value != "listed" or not isinstance(change.new, list):
        return
    new = [str(item["name"]) for item in change.new if isinstance(item, dict) and not item.get("id")]
    if new:
        message = f"{context.name} takes only tags that exist ({fact.told}), and nobody lists this one"
        make = (*correct("Make it in the tool."), Action("try_one"))
        yield RuleFinding("tags.not_listed", ", ".join(new), message, make, severity_of(fact))


def never_removed(change: Change, context: RuleContext) -> Iterator[RuleFinding]:
    """Return what may stay where a list only adds."""
    fact = context.profile.fact(f"{change.field}_write")
    lost = _lost(change)
    if fact.value == "merge" and lost:
        message = (
            f"{context.name} adds what a list holds and removes nothing that it leaves out ({fact.told}); this may stay"
        )
        yield RuleFinding("list.never_removed", ", ".join(lost), message, correct(LATER))


def not_by_update(change: Change, context: RuleContext) -> Iterator[RuleFinding]:
    """Find where a tool takes a list otherwise than by an update."""
    fact = context.profile.fact(f"{change.field}_write")
    if fact.value in _HOW:
        message = f"{context.name} takes {change.field} {_HOW[fact.value]} ({fact.told}); whether Truto does more than that is not documented"
        yield RuleFinding("list.not_by_update", "", message, (Action("try_one"), *correct(LATER)))


def _gained(change: Change) -> tuple[str, ...]:
    return tuple(name for name in _members(change.after) if name not in _members(change.before))


def _lost(change: Change) -> tuple[str, ...]:
    many = isinstance(change.before, tuple) or isinstance(change.after, tuple)
    return tuple(name for name in _members(change.before) if name not in _members(change.after)) if many else ()


def _members(text: Text) -> tuple[str, ...]:
    return () if text is None else text if isinstance(text, tuple) else (text,)


def _joined(text: Text) -> str:
    return ", ".join(_members(text))


RULES = (
    Rule(("assignees.one_only",), of_change=one_assignee),
    Rule(("tags.spaces",), of_change=tag_spaces),
    Rule(("tags.none",), of_change=no_tags),
    Rule(("tags.not_listed",), of_change=new_tag),
    Rule(("list.never_removed",), of_change=never_removed),
    Rule(("list.not_by_update",), of_change=not_by_update),
)
