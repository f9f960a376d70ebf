"""What a column may take in the tickets at hand: options with labels that tell namesakes apart, and whether others may be typed."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.tickets.choices import Unresolved
from truto_tickets_nb.tickets.fields import CUSTOM
from truto_tickets_nb.tickets.fields import field as field_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from truto_tickets_nb.edits.source import Source
    from truto_tickets_nb.tickets.choices import Choice, Choices
    from truto_tickets_nb.tickets.fields import Field

FEW = 25  # options that are a list; more are searched
FOUND = 40  # options shown while one searches


@dataclass(frozen=True, slots=True)
class Option:
    """One value to choose: what is shown, what goes into the cell, and the workspaces that don't have it."""

    label: str
    value: str
    lacking: frozenset[str] = frozenset()  # names of workspaces


@dataclass(frozen=True, slots=True)
class Offer:
    """All that a column may take: options, and whether other values may be typed."""

    options: tuple[Option, ...] = ()
    is_free: bool = True

    def find(self, typed: str) -> Option | None:
        """Find what was typed or picked: a label, else a value, in whatever capitals."""
        return next((one for one in self.options if typed in (one.label, one.value)), None) or next(
            (one for one in self.options if typed.casefold() in (one.label.casefold(), one.value.casefold())), None
        )

    def search(self, typed: str) -> tuple[str, ...]:
        """List the labels in which something typed stands, those that begin with it first."""
        wanted = typed.casefold().strip()
        hits = [one.label for one in self.options if wanted in one.label.casefold()]
        return tuple(sorted(hits, key=lambda label: not label.casefold().startswith(wanted)))[:FOUND]

    def label(self, value: str) -> str:
        """Write a value as its option is shown."""
        return next((one.label for one in self.options if one.value == value), value)


def offer(column: str, source: Source, workspaces: Sequence[str], current: Iterable[str] = ()) -> Offer:
    """Gather what tickets of these workspaces (names; none: all) may take in a column; `held` is what they hold now."""
    if column.startswith(CUSTOM):
        custom = source.learnt.field(column[len(CUSTOM) :])
        named = tuple(Option(name, name) for name in (custom.options if custom else ()))
        return Offer(named or _plain(current), is_free=not named)
    row = field_of(column)
    choices = source.choices.get(row.choices) if row and row.choices else None
    if row is None or choices is None or not choices.items:
        return Offer(_plain(current))
    return Offer(_options(choices, row, _identities(source, workspaces)), is_free=_is_free(row, source))


def _plain(current: Iterable[str]) -> tuple[Option, ...]:
    return tuple(Option(value, value) for value in sorted({*current} - {""}, key=str.casefold))


def _is_free(row: Field, source: Source) -> bool:
    """Return whether a name that nobody knows yet may be typed: only tags, where the account makes new ones; a plan blocks all others."""
    fact = source.profile.fact("tags")
    return row.name == "tags" and not (fact.value == "listed" and fact.is_documented)


def _identities(source: Source, workspaces: Sequence[str]) -> dict[str, str]:
    """Find the ids of workspaces: id -> name."""
    choices = source.choices.get("workspaces")
    by_name = {name: choices.resolve(name) for name in workspaces} if choices else {}
    return {choice.id: name for name, choice in by_name.items() if not isinstance(choice, Unresolved)}


def _options(choices: Choices, row: Field, homes: Mapping[str, str]) -> tuple[Option, ...]:
    inside = [one for one in choices.items if not row.per_workspace or not homes or one.workspace in ("", *homes)]
    groups: dict[str, list[Choice]] = defaultdict(list)
    for one in {(one.id, one.workspace): one for one in inside}.values():
        groups[one.name].append(one)
    options = [
        option
        for group in groups.values()
        for option in _named(group, homes if row.per_workspace else {}, row, choices)
    ]
    return tuple(options if len(options) <= FEW else sorted(options, key=lambda one: one.label.casefold()))


def _named(group: list[Choice], homes: Mapping[str, str], row: Field, choices: Choices) -> list[Option]:
    """Make one option of a name; namesakes in one workspace are told apart, and go into the cell by a label that only one of them has."""
    twice = max(Counter(one.workspace for one in group).values()) > 1 or (
        len({one.id for one in group}) > 1 and any(one.workspace == "" for one in group)
    )
    if row.choices in ("users", "contacts"):
        return [Option(_person(one), _own(one, choices) if len(group) > 1 else one.name) for one in group]
    if twice:
        return [Option(one.shown, _own(one, choices)) for one in group]
    there = {one.workspace for one in group}
    lacking = frozenset() if "" in there else frozenset(name for home, name in homes.items() if home not in there)
    return [Option(group[0].name, group[0].name, lacking)]


def _own(one: Choice, choices: Choices) -> str:
    """Write a choice so that no namesake is meant, as a draft's frame does."""
    label = choices.label(one.name, one.id)
    return one.id if label == one.name else label


def _person(one: Choice) -> str:
    mail = f" <{one.email}>" if one.email else f" (id {one.id})" if one.id != one.name else ""
    return f"{one.name}{mail}{'' if one.active else ', inactive'}"


def lacking(option: Option | None, counts: Mapping[str, int]) -> str:
    """Return how many of the chosen tickets belong to a workspace that does not have a value.

    >>> lacking(Option("Done", "Done", frozenset({"Bank"})), {"Shop": 3, "Bank": 2})
    '2 of the chosen tickets belong to a workspace that has no Done (Bank)'
    """
    if option is None or not option.lacking:
        return ""
    count = sum(counts.get(name, 0) for name in option.lacking)
    named = ", ".join(sorted(option.lacking)[:3]) + ("…" if len(option.lacking) > 3 else "")
    return (
        f"{count:,} of the chosen tickets belong to a workspace that has no {option.label} ({named})" if count else ""
    )


def numeric(dtype: Any) -> bool:
    """Return whether a column holds numbers."""
    return getattr(dtype, "kind", "") in "iuf"
