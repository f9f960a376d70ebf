"""What a ticket's set holds already: an edited name means that very item, and namesakes stay two."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from truto_tickets_nb.tickets.json_values import Json, ref
from truto_tickets_nb.tickets.name_matching import nfc


@dataclass
class SetMembers:
    """The items that a ticket has, so that names find the very item, namesakes one by one."""

    items: list[Json]
    taken: set[int] = field(default_factory=set)
    by_name: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, base: Json) -> SetMembers:
        """Take the items of a set as it was answered."""
        return cls(_items(base) if base else [])

    def take(self, text: str) -> Json | None:
        """Find an item by name or id, one that was not taken before if there is one; None where there is none."""
        name = nfc(text)
        matching = [
            place
            for place, item in enumerate(self.items)
            if (reference := ref(item)) and (text == reference.id or name == nfc(reference.shown))
        ]
        if not matching:
            return None
        place = next((place for place in matching if place not in self.taken), matching[0])
        self.taken.add(place)
        reference = ref(self.items[place])
        if reference and text != reference.id:
            self.by_name.add(name)
        return self.items[place]

    def left_namesake(self) -> str:
        """Name somebody of whose namesakes only some were taken by name; "" where there is nobody."""
        left = [ref(item) for place, item in enumerate(self.items) if place not in self.taken]
        return next((reference.shown for reference in left if reference and nfc(reference.shown) in self.by_name), "")


def _items(base: Json) -> list[Json]:
    return [item for item in (base if isinstance(base, list | tuple) else [base]) if ref(item)]


def once(items: list[Json]) -> list[Json]:
    """Keep each thing once, whether it was given by name or by id."""
    distinct: dict[Any, Json] = {}
    for item in items:
        reference = ref(item)
        distinct.setdefault(reference.id or reference.name if reference else "", item)
    return list(distinct.values())
