"""Names as people read them in a sheet: namesakes told apart by e-mail and id, and the values that a cell offers."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.tickets.choices import Choice, Choices
from truto_tickets_nb.tickets.json_values import ref

if TYPE_CHECKING:
    from collections.abc import Iterable

_LABEL = re.compile(r"(.+) \(id (.+)\)", re.DOTALL)


class Names:
    """Write and read the names of one column.

    >>> people = Names(Choices.from_records("users", [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Ada"}, {"id": 3, "name": "Bo"}]))
    >>> people.label({"id": 2, "name": "Ada"}, ""), people.label({"id": 3, "name": "Bo"}, ""), people.meant("Ada (id 2)")
    ('Ada (id 2)', 'Bo', '2')
    """

    def __init__(self, choices: Choices, *, per_workspace: bool = False) -> None:
        self._known, self._per_workspace = choices, per_workspace
        ids: dict[str, set[str]] = defaultdict(set)
        for item in choices.items:
            ids[item.name].add(item.id)
        self.twins = frozenset(name for name, same_name in ids.items() if len(same_name) > 1)
        self._meant = {item.shown: item.id for item in choices.items if item.name in self.twins}

    def label(self, value: Any, home: str) -> str:
        """Write a reference: by its name, and by its id as well where the name alone would mean another."""
        reference = ref(value)
        if reference is None or not self._is_ambiguous(reference.name, home) or not reference.id:
            return reference.shown if reference else ""
        choice = self._known.by_id(reference.id)
        return choice.shown if choice and choice.name == reference.name else f"{reference.name} (id {reference.id})"

    def meant(self, text: str) -> str:
        """Read a name: the id where it stands behind it."""
        label = _LABEL.fullmatch(text)
        if text in self._meant or not label:
            return self._meant.get(text, text)
        choice = self._known.by_id(label[2])
        return label[2] if choice or label[1].partition(" <")[0] in self.twins else text

    def offers(self, homes: Iterable[str]) -> tuple[str, ...]:
        """List what tickets of these workspaces may take, each once, in the order of the list; who has left is left out."""
        wanted = set(homes) if self._per_workspace else {""}
        fitting = (item for item in self._known.items if item.active and self._fits(item, wanted))
        return tuple(dict.fromkeys(self.label(item._asdict(), item.workspace or min(wanted)) for item in fitting))

    def _fits(self, item: Choice, wanted: set[str]) -> bool:
        return not item.workspace or "" in wanted or item.workspace in wanted

    def _is_ambiguous(self, name: str, home: str) -> bool:
        if name not in self.twins:
            return False
        return not isinstance(self._known.resolve(name, home if self._per_workspace else ""), Choice)
