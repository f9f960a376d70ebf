"""Values as JSON brings them: references, missing ones, and their immutable form."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

from truto_tickets_nb.tickets.name_matching import nfc

FIRST_YEAR, LAST_YEAR = 1, 9999  # that Python, and ISO 8601 without agreement, can write
Json = Any  # what JSON can hold: None, bool, int, float, str, list, dict


class Ref(NamedTuple):
    """Name one thing by id, by name, or by both; "" where unknown."""

    id: str
    name: str

    def is_same(self, other: Ref) -> bool:
        """Return whether both mean one thing: by id where both have one, else by name.

        >>> Ref("7", "Open").is_same(Ref("7", "")), Ref("", "Open").is_same(Ref("7", "Open"))
        (True, True)
        """
        if self.id and other.id:
            return self.id == other.id
        return bool(self.name) and nfc(self.name) == nfc(other.name)

    @property
    def shown(self) -> str:
        """Return what a person reads: the name, else the id."""
        return self.name or self.id


class Given(dict[str, Json]):
    """A reference that an analyst wrote out, such as {"id": "c1", "emails": [...]}: all its parts go out, not only the id.

    `known_as` is the name that the account gives to its id, "" where it gives none.

    >>> Given({"id": "p4", "name": "Low"}, "Urgent").text, Given({"id": "p4"}, "Urgent").text, Given({"id": "p4"}).text
    ('Low (id p4, which is Urgent)', 'Urgent (id p4)', 'p4')
    >>> Given({"id": "c1", "name": "Lena", "emails": [{"email": "l@example.com"}]}).text
    'Lena (id c1, emails [{"email":"l@example.com"}])'
    """

    def __init__(self, parts: Mapping[str, Json], known_as: str = "") -> None:
        super().__init__(parts)
        self.known_as = known_as

    @property
    def text(self) -> str:
        """Write it as a person reads it: its name, and every other part that goes out."""
        name = person_name(self)
        head = name or self.known_as or str(self.get("id", ""))
        other = f", which is {self.known_as}" if name and self.known_as and self.known_as != name else ""
        parts = [f"{key} {value if isinstance(value, str) else _json_text(value)}" for key, value in self._others(head)]
        if parts and "id" in self and head != str(self["id"]):
            parts[0] += other
        return f"{head} ({', '.join(parts)})" if parts else head

    def _others(self, head: str) -> list[tuple[str, Json]]:
        """List the parts besides the one that names it, the id first."""
        order = sorted(self.items(), key=lambda part: part[0] != "id")
        return [(key, value) for key, value in order if key != "name" and not (key == "id" and str(value) == head)]


def _json_text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


PARTS = ("first_name", "last_name", "emails", "phones", "type")  # of a person or thing, as the page lists them


def parts_differ(one: Json, two: Json) -> bool:
    """Return whether two references hold different parts of the same name; a part that only one of them has does not count.

    >>> parts_differ({"id": 1, "first_name": "A"}, {"id": 1, "first_name": "B"}), parts_differ({"id": 1, "type": "x"}, {"id": 1})
    (True, False)
    """
    if not isinstance(one, dict) or not isinstance(two, dict):
        return False
    return any(one[part] != two[part] for part in PARTS if part in one and part in two)


def person_name(value: dict[str, Json]) -> str:
    """Return a person's or thing's name, from its parts where `name` is missing."""
    name = value.get("name")
    if isinstance(name, str) and name:
        return name
    parts = (value.get(part) for part in ("first_name", "last_name"))
    return " ".join(str(part) for part in parts if is_scalar(part) and not is_missing(part))


def ref(value: Json) -> Ref | None:
    """Read a reference from JSON: an object, a bare id or name (the page's own samples send those), or nothing.

    >>> ref({"id": 7, "name": "Open"}), ref("open"), ref(None), ref({})
    (Ref(id='7', name='Open'), Ref(id='open', name='open'), None, None)
    """
    if isinstance(value, dict):
        identity = value.get("id", value.get("file_name", ""))
        reference = Ref(str(identity) if is_scalar(identity) else "", person_name(value))
        return reference if reference.shown else None
    return None if is_missing(value) or not is_scalar(value) else Ref(str(value), str(value))


def refs(value: Json) -> tuple[Ref, ...]:
    """Read references from a JSON array; a single one counts as an array of one."""
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(reference for item in items if (reference := ref(item)))


def is_scalar(value: Json) -> bool:
    """Return whether a value of JSON can stand for an id or a name: no list, no object, not nothing.

    >>> [is_scalar(value) for value in ("x", 7, True, None, [7], {"id": 7})]
    [True, True, True, False, False, False]
    """
    return value is not None and not isinstance(value, list | tuple | dict)


def is_missing(value: object) -> bool:
    """Return whether a value counts as empty: None, NaN, NaT, pandas' NA, "", and empty containers.

    >>> [is_missing(x) for x in (None, float("nan"), "", (), [], 0, False, " ")]
    [True, True, True, True, True, False, False, False]
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    if isinstance(value, str | tuple | list | dict | set | frozenset):
        return len(value) == 0
    return type(value).__name__ in ("NAType", "NaTType")


def unix_lines(text: str) -> str:
    """Bring line ends to LF, for comparing only: what goes out is never touched."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def freeze(value: Json) -> object:
    """Turn JSON into something immutable: arrays into tuples, objects into their JSON text.

    >>> freeze([1, [2]]), freeze({"b": 1, "a": 2}), freeze("x")
    ((1, (2,)), '{"a":2,"b":1}', 'x')
    """
    if isinstance(value, list | tuple):
        return tuple(freeze(item) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return value
