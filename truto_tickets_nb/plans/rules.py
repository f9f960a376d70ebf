"""Check patches against what is known of the integration: documented limits block, inferred ones warn. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from truto_tickets_nb.plans.plan import Problem
from truto_tickets_nb.tickets.fields import CUSTOM, CUSTOM_FIELDS
from truto_tickets_nb.tickets.values import refs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from truto_tickets_nb.integrations.profile import Fact, Profile
    from truto_tickets_nb.plans.plan import Change, Patch


@dataclass(frozen=True, slots=True)
class Learnt:
    """Hold what the account itself told at run time; None where it told nothing."""

    writable: frozenset[str] | None = None  # fields that its update schema lists


def problems(patches: Iterable[Patch], profile: Profile, learnt: Learnt) -> Iterator[Problem]:
    """Find what this integration would refuse, truncate or drop, change by change."""
    for patch in patches:
        for change in patch.changes:
            for told in _checks(change, profile, learnt):
                yield Problem(patch.ticket, change.field, *told)


def notes(patches: Iterable[Patch], profile: Profile) -> Iterator[str]:
    """Tell what sending would do besides: who is notified, what may be refused later."""
    fields = {change.field for patch in patches for change in patch.changes}
    if not fields:
        return
    notifies, model = profile.fact("notifies"), profile.fact("status_model")
    if notifies.value:
        yield f"{profile.name}: {notifies.value} ({_evidence(notifies)})."
    if "status" in fields and model.value == "workflow":
        yield f"{profile.name} moves tickets by its workflow: a change of status may be refused ({_evidence(model)})."
    if not profile.is_known:
        yield f"Nothing is written down about {profile.name or 'this integration'}: its own rules show only when sending."


Told = tuple[str, str, str, bool]  # value, reason, fix, blocking


def _checks(change: Change, profile: Profile, learnt: Learnt) -> Iterator[Told]:
    yield from _not_writable(change, learnt)
    rule = _RULES.get(change.field)
    if rule:
        yield from rule(change, profile)


def _not_writable(change: Change, learnt: Learnt) -> Iterator[Told]:
    name = CUSTOM_FIELDS if change.field.startswith(CUSTOM) else change.field
    if learnt.writable is not None and name not in learnt.writable:
        there = ", ".join(sorted(learnt.writable))
        yield "", "can't be written through this account, by its own update schema", f"It takes: {there}.", True


def _one_assignee(change: Change, profile: Profile) -> Iterator[Told]:
    fact = profile.fact("assignees")
    if fact.value == "single" and len(refs(change.new)) > 1:
        people = ", ".join(change.after or ()) if isinstance(change.after, tuple) else str(change.after)
        reason = f"{profile.name} holds one assignee ({_evidence(fact)}); the others would be dropped silently"
        yield people, reason, "Keep one: df['assignees'].tickets.replace(...).", fact.is_documented


def _tag_spaces(change: Change, profile: Profile) -> Iterator[Told]:
    fact = profile.fact("tag_spaces")
    spaced = [tag for tag in change.after or () if " " in tag.strip()] if isinstance(change.after, tuple) else []
    if fact.value is False and spaced:
        fix = f"Write {spaced[0].strip().replace(' ', '-')!r} instead."
        yield (
            ", ".join(spaced),
            f"{profile.name} takes no tags with spaces ({_evidence(fact)})",
            fix,
            fact.is_documented,
        )


def _title(change: Change, profile: Profile) -> Iterator[Told]:
    fact = profile.fact("title_max")
    length = len(str(change.new or ""))
    if fact.value and length > fact.value:
        reason = f"is {length} characters long, {profile.name} takes {fact.value} ({_evidence(fact)})"
        yield str(change.new)[:60], reason, "Shorten it.", fact.is_documented
    if not str(change.new or "").strip():
        yield "", "would leave the ticket without a title", "Give it one, or plan.drop() the ticket.", False


_RULES: dict[str, Callable[[Change, Profile], Iterator[Told]]] = {
    "assignees": _one_assignee,
    "tags": _tag_spaces,
    "name": _title,
}


def _evidence(fact: Fact) -> str:
    words = {"truto": "documented by Truto", "vendor": "documented by the vendor", "inferred": "our assumption"}
    return words.get(fact.evidence, "nobody documents it")
