"""Values as JSON brings them: references, missing ones, moments, and their immutable form."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

Json = Any  # what JSON can hold: None, bool, int, float, str, list, dict


class Ref(NamedTuple):
    """Name one thing by id, by name, or by both; "" where unknown."""

    id: str
    name: str

    def is_same(self, other: Ref) -> bool:
        """Tell whether both mean one thing: by id where both have one, else by name.

        >>> Ref("7", "Open").is_same(Ref("7", "")), Ref("", "Open").is_same(Ref("7", "Open"))
        (True, True)
        """
        if self.id and other.id:
            return self.id == other.id
        return bool(self.name) and self.name == other.name

    @property
    def shown(self) -> str:
        """Tell what a person reads: the name, else the id."""
        return self.name or self.id


class Given(dict[str, Json]):
    """Hold a reference that an analyst wrote out, such as {"id": "c1", "emails": [...]}: all its parts go out, not only the id."""


PARTS = ("first_name", "last_name", "emails", "phones", "type")  # of a person or thing, as the page lists them


def parts_differ(one: Json, two: Json) -> bool:
    """Tell whether two references hold different parts of the same name; a part that only one of them has does not count.

    >>> parts_differ({"id": 1, "first_name": "A"}, {"id": 1, "first_name": "B"}), parts_differ({"id": 1, "type": "x"}, {"id": 1})
    (True, False)
    """
    if not isinstance(one, dict) or not isinstance(two, dict):
        return False
    return any(one[part] != two[part] for part in PARTS if part in one and part in two)


def person_name(value: dict[str, Json]) -> str:
    """Tell a person's or thing's name, from its parts where `name` is missing."""
    whole = value.get("name")
    if isinstance(whole, str) and whole:
        return whole
    return " ".join(str(value[part]) for part in ("first_name", "last_name") if value.get(part))


def ref(value: Json) -> Ref | None:
    """Read a reference from JSON: an object, a bare id or name (the page's own samples send those), or nothing.

    >>> ref({"id": 7, "name": "Open"}), ref("open"), ref(None), ref({})
    (Ref(id='7', name='Open'), Ref(id='open', name='open'), None, None)
    """
    if isinstance(value, dict):
        identity = value.get("id", value.get("file_name", ""))
        found = Ref("" if identity is None else str(identity), person_name(value))
        return found if found.shown else None
    return None if is_missing(value) else Ref(str(value), str(value))


def refs(value: Json) -> tuple[Ref, ...]:
    """Read references from a JSON array; a single one counts as an array of one."""
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(found for item in items if (found := ref(item)))


def is_missing(value: object) -> bool:
    """Tell whether a value counts as empty: None, NaN, NaT, pandas' NA, "", and empty containers.

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


def moment(value: Json) -> date | datetime | None:
    """Read an ISO 8601 date or instant; an instant without a zone counts as UTC, None where it is neither.

    >>> moment("2026-01-31"), moment("2026-01-31T10:00:00+02:00")
    (datetime.date(2026, 1, 31), datetime.datetime(2026, 1, 31, 8, 0, tzinfo=datetime.timezone.utc))
    """
    text = str(value).strip()
    try:
        if is_date_only(text):
            return date.fromisoformat(text)
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def is_date_only(text: str) -> bool:
    """Tell whether text has the form of a date without a time: 2026-01-31."""
    return len(text) == 10 and text[4:5] == "-" and text[7:8] == "-"


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
