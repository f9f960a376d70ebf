"""Read query parameters in every way that clients write them: brackets plain, empty, indexed or percent-encoded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_PARTS = re.compile(r"\[([^\]]*)\]")


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Fold pairs into nested objects and arrays.

    >>> nested([("updated_at[gt]", "2026"), ("tags[]", "a"), ("tags[1]", "b"), ("limit", "5")])
    {'updated_at': {'gt': '2026'}, 'tags': ['a', 'b'], 'limit': '5'}
    """
    found: dict[str, Any] = {}
    for key, value in pairs:
        name, _, _ = key.partition("[")
        _put(found, [name, *_PARTS.findall(key)], value)
    return found


def _put(target: dict[str, Any], path: list[str], value: str) -> None:
    name, rest = path[0], path[1:]
    if not rest:
        target[name] = value
    elif rest[0] == "" or rest[0].isdigit():
        items = target.setdefault(name, [])
        if isinstance(items, list):
            items.append(value if len(rest) == 1 else {rest[1]: value})
    else:
        inner = target.setdefault(name, {})
        if isinstance(inner, dict):
            _put(inner, rest, value)


def flag(value: Any) -> bool:
    """Read a boolean parameter."""
    return str(value).lower() in ("true", "1")


def names(value: Any) -> list[str]:
    """Read a list of names, be it an array or separated by commas."""
    items = value if isinstance(value, list) else [value] if value else []
    return [part for item in items for part in str(item).split(",") if part]
