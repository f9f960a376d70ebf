"""Check what a person gives to a public function: a wrong type is told with its argument, what was given, and what to give."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from truto_tickets_nb.errors import ArgumentError, shorten_repr

if TYPE_CHECKING:
    from types import UnionType

Given = TypeVar("Given")


def names(argument: str, value: object, example: str) -> tuple[str, ...]:
    """Read names of columns or ids: one text, or several; nothing where None is given.

    >>> names("clear", "name", 'clear=["name"]'), names("clear", ["name", "tags"], "")
    (('name',), ('name', 'tags'))
    """
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Iterable) or isinstance(value, Mapping | bytes):
        raise ArgumentError(f"{argument}= takes names, not {said(value)}. Write {example}.")
    items = tuple(value)
    wrong = next((item for item in items if not isinstance(item, str)), None)
    if wrong is not None:
        raise ArgumentError(f"{argument}= takes names, and {said(wrong)} is none. Write {example}.")
    return items


def ids_of(argument: str, value: object) -> tuple[str, ...]:
    """Read ids of tickets: one, or several, as text or whole numbers; a number that went through a float is none.

    >>> ids_of("ids", 10001), ids_of("ids", ["10001", "0042"]), ids_of("ids", [])
    (('10001',), ('10001', '0042'), ())
    """
    items = (value,) if isinstance(value, str | Integral) else value
    if not isinstance(items, Iterable) or isinstance(items, Mapping | bytes):
        raise ArgumentError(
            f'{argument}= takes ids of tickets, not {said(value)}. Write {argument}=["10001", "10002"].'
        )
    read = tuple(items)
    wrong = next((item for item in read if not isinstance(item, str | Integral) or isinstance(item, bool)), "")
    if wrong != "":
        raise ArgumentError(
            f"{argument}= takes ids of tickets as text, and {said(wrong)} is none. Check where the ids come from."
        )
    return tuple(map(str, read))


def whole_number(argument: str, value: object) -> int:
    """Read a whole number, also one of numpy; a truth value is none.

    >>> whole_number("limit", 5)
    5
    """
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise ArgumentError(f"{argument} is a whole number, not {said(value)}.")
    return int(value)


def of_type(argument: str, value: Given, kind: type | UnionType, expected: str) -> Given:
    """Return a value of the right type; another one is an ArgumentError that says what is expected.

    >>> of_type("limit", 5, int, "a whole number")
    5
    """
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
        raise ArgumentError(f"{argument} is {expected}, not {said(value)}.")
    return value


def file_path(argument: str, value: Any) -> Path:
    """Read the path of a file or a folder: text or a Path."""
    if not isinstance(value, str | os.PathLike) or not str(value):
        raise ArgumentError(f"{argument} is the path of a file, as text or a Path, not {said(value)}.")
    try:
        is_name = b"\0" not in os.fsencode(value)
    except UnicodeEncodeError:
        is_name = False
    if not is_name:
        raise ArgumentError(f"{argument} is the path of a file, and no file can be called {said(os.fspath(value))}.")
    return Path(value)


def said(value: object) -> str:
    """Name a value that was given: what it is, and where that helps, how it looks.

    >>> said(5), said(None), said([1])
    ('5 (int)', 'None', 'a list')
    """
    if value is None:
        return "None"
    name = type(value).__name__
    if isinstance(value, bool | int | float | str | bytes):
        return f"{shorten_repr(value, 40)} ({name})"
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
