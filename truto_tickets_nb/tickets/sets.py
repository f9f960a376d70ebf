"""What can be done to one set: names are added at its end, removed, swapped; two people of one name stay two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.tickets.name_matching import nfc

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Held = tuple[Any, ...]


def key(name: Any) -> Any:
    """Write a member in the form in which members are compared: text in NFC, anything else as it is."""
    return nfc(name) if isinstance(name, str) else name


def flat(names: Iterable[Any]) -> tuple[Any, ...]:
    """List the names that were given one by one, or several in a list, a tuple, a set, an array or a column.

    >>> flat(["a", ["b", "c"], ("d",)])
    ('a', 'b', 'c', 'd')
    """
    several: list[Any] = []
    for name in names:
        if isinstance(name, set | frozenset):
            several += sorted(name, key=str)
        elif hasattr(name, "tolist") and hasattr(name, "__len__"):
            several += name.tolist()
        elif isinstance(name, list | tuple) or (hasattr(name, "__next__")):
            several += name
        else:
            several.append(name)
    return tuple(several)


def added(current: Held, names: Iterable[Any]) -> Held:
    """Add names that are not there yet, at the end.

    >>> added(("a",), ["b", "a", "b"])
    ('a', 'b')
    """
    met = [key(name) for name in current]
    new: list[Any] = []
    for name in names:
        if key(name) not in met:
            met.append(key(name))
            new.append(name)
    return (*current, *new) if new else current


def removed(current: Held, names: Iterable[Any]) -> Held:
    """Remove names, wherever they stand."""
    unwanted = [key(name) for name in names]
    return tuple(name for name in current if key(name) not in unwanted)


def swapped(current: Held, values: Mapping[Any, Any]) -> Held:
    """Replace names by others, all at once; a name that comes in never stands twice, None takes the old one away.

    >>> swapped(("a", "b", "x", "x"), {"a": "b", "b": "a"}), swapped(("a", "b"), {"a": "b"})
    (('b', 'a', 'x', 'x'), ('b',))
    """
    by_key = {key(old): new for old, new in values.items()}
    incoming = [key(new) for new in values.values()]
    members: list[Any] = []
    met: list[Any] = []
    for name in current:
        is_replaced = not isinstance(name, dict) and key(name) in by_key
        new = by_key[key(name)] if is_replaced else name
        if new is not None and not (key(new) in met and (is_replaced or key(new) in incoming)):
            members.append(new)
            met.append(key(new))
    return tuple(members)
