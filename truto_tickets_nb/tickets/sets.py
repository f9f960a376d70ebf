"""What can be done to one set: names are added at its end, removed, swapped; two people of one name stay two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Held = tuple[Any, ...]


def added(held: Held, names: Iterable[Any]) -> Held:
    """Add names that are not there yet, at the end.

    >>> added(("a",), ["b", "a", "b"])
    ('a', 'b')
    """
    new: list[Any] = []
    for name in names:
        if name not in held and name not in new:
            new.append(name)
    return (*held, *new) if new else held


def removed(held: Held, names: Iterable[Any]) -> Held:
    """Remove names, wherever they stand."""
    gone = tuple(names)
    return tuple(name for name in held if name not in gone)


def swapped(held: Held, values: Mapping[Any, Any]) -> Held:
    """Replace names by others, all at once; a name that comes in never stands twice, None takes the old one away.

    >>> swapped(("a", "b", "x", "x"), {"a": "b", "b": "a"}), swapped(("a", "b"), {"a": "b"})
    (('b', 'a', 'x', 'x'), ('b',))
    """
    made: list[Any] = []
    for name in held:
        known = not isinstance(name, dict) and name in values
        new = values[name] if known else name
        if new is not None and not (new in made and (known or new in values.values())):
            made.append(new)
    return tuple(made)
