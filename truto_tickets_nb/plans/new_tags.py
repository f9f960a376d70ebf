"""Tags that a plan would create: always announced, and warned of where a person can hardly tell one from a tag that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.actions import correct
from truto_tickets_nb.errors import shorten_repr
from truto_tickets_nb.notes import Note
from truto_tickets_nb.plans.problem import Problem
from truto_tickets_nb.tickets.choices import Choices
from truto_tickets_nb.wording import by_number, counted, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from truto_tickets_nb.plans.change import Patch

TAGS = "tags"
SHOWN = 8  # new tags named in a note


def note(patches: Sequence[Patch], choices: Mapping[str, Choices]) -> Iterator[Note]:
    """Announce the tags that the account does not have yet: 2 tags are new: 'Bug ' (there is 'bug'), 'x'."""
    tags = choices.get(TAGS) or Choices(TAGS)
    names = list(dict.fromkeys(name for patch in patches for name in _new(patch)))
    if names:
        new = listed((_told(name, tags) for name in names), SHOWN)
        are = by_number(len(names), "is", "are")
        yield Note("tags.new", f"{counted(len(names), 'tag')} {are} new: {new}.")


def warnings(patches: Sequence[Patch], choices: Mapping[str, Choices]) -> Iterator[Problem]:
    """Warn, ticket by ticket, of new tags that differ from one that is there only by capitals, blanks, or invisible characters."""
    tags = choices.get(TAGS) or Choices(TAGS)
    alike: dict[str, str] = {}
    for patch in patches:
        for name in _new(patch):
            if name not in alike:
                alike[name] = tags.lookalike(name)
            if alike[name]:
                message = f"is a new tag that differs from {alike[name]!r} only by capitals, blanks, or characters that hardly show"
                use = correct(f"Use {alike[name]!r} if that is meant.")
                yield Problem("tags.look_alike", patch.ticket, TAGS, shorten_repr(name, 80), message, use, "warning")


def _told(name: str, tags: Choices) -> str:
    alike = tags.lookalike(name)
    return f"{shorten_repr(name, 60)}" + (f" (there is {alike!r})" if alike else "")


def _new(patch: Patch) -> Iterator[str]:
    """List the tags of a patch that go out by name alone: those that have no id yet."""
    for change in patch.changes:
        if change.field == TAGS and isinstance(change.new, list):
            current = {_name(item) for item in change.old or () if isinstance(item, dict)}
            yield from (item["name"] for item in change.new if _is_new(item) and item["name"] not in current)


def _is_new(item: Any) -> bool:
    return isinstance(item, dict) and not item.get("id") and isinstance(item.get("name"), str)


def _name(item: dict[str, Any]) -> Any:
    return item.get("name")
