"""Groups and pairs of tickets that are alike, computed once for the checks that need them."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from truto_tickets_nb.audits.similarity import pairs
from truto_tickets_nb.audits.similarity.keys import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from truto_tickets_nb.audits.tickets import AuditedTickets

Group = tuple[str, ...]
Item = TypeVar("Item")
SHORTEST_TEXT = 60  # characters from which an equal description says something
RECURRING = 10  # tickets of one title from which it is a recurring one: every pair of them would be noise


class Alike(NamedTuple):
    """Pairs of ids whose titles look alike, with what was left out."""

    pairs: tuple[Group, ...]
    recurring: int  # titles that more than RECURRING tickets share
    capped: int


def same_titles(tickets: AuditedTickets) -> tuple[Group, ...]:
    """Return the groups of tickets with the same title, whatever its blanks and capitals."""
    ids = tickets.id_list
    groups = tickets.once("same titles", lambda: pairs.same(list(tickets.texts("name"))))
    return tuple(tuple(ids[at] for at in group) for group in groups)


def look_alike(tickets: AuditedTickets, ratio: float = pairs.RATIO, field: str = "name") -> Alike:
    """Return the pairs of tickets whose titles look alike, those of the same title among them; each distinct title is compared once."""
    return tickets.once(f"look alike {ratio} {field}", lambda: _look_alike(tickets, ratio, field))


def _look_alike(tickets: AuditedTickets, ratio: float, field: str) -> Alike:
    places: dict[str, list[int]] = defaultdict(list)
    for at, title in enumerate(tickets.texts(field)):
        key = " ".join(folded(title).split())
        if any(char.isalnum() for char in key):
            places[key].append(at)
    titles = list(places)
    found = pairs.look_alike(titles, ratio)
    members = list(places.values())
    recurring = sum(len(group) > RECURRING for group in members)
    groups = [(one, other) for group in members if len(group) <= RECURRING for one, other in pairs_of(group)]
    for one, other in found.pairs:
        left, right = members[one], members[other]
        if len(left) <= RECURRING and len(right) <= RECURRING:
            groups += [(min(a, b), max(a, b)) for a in left for b in right]
    ids = tickets.id_list
    return Alike(tuple((ids[a], ids[b]) for a, b in sorted(groups)), recurring, found.capped)


def same_texts(tickets: AuditedTickets) -> tuple[Group, ...]:
    """Return the groups of tickets with the same description of some length, whatever its blanks and capitals."""
    if not tickets.has("description"):
        return ()
    return tickets.once("same texts", lambda: _same_texts(tickets))


def _same_texts(tickets: AuditedTickets) -> tuple[Group, ...]:
    places: dict[str, list[str]] = defaultdict(list)
    for identity, text in tickets.texts("description").items():
        if len(text) >= SHORTEST_TEXT:
            key = re.sub(r"\s+", " ", text).strip().casefold()
            if len(key) >= SHORTEST_TEXT:
                places[key].append(str(identity))
    return tuple(tuple(group) for group in places.values() if len(group) > 1)


def pairs_of(group: Sequence[Item]) -> Iterable[tuple[Item, Item]]:
    """Yield every pair of a group."""
    return ((one, other) for at, one in enumerate(group) for other in group[at + 1 :])
