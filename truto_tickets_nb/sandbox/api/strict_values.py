"""What no tool takes: a value of the wrong JSON type, a date that does not exist, a reference that names nothing.

The types are those of the update page (`shapes.BODY`). Where a tool's own behaviour is unknown, the practice server is the stricter one:
a client that passes here sends what the page describes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb.sandbox.data.comparisons import instant
from truto_tickets_nb.sandbox.profiles.field_schemas import BODY, STRING
from truto_tickets_nb.sandbox.profiles.fields import DATES, MANY, ONE
from truto_tickets_nb.sandbox.wire.responses import refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.sandbox.profiles.field_schemas import Shape

Record = dict[str, Any]
_WORDS = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "an array", dict: "an object"}
_TYPES: dict[str, type] = {"string": str, "array": list, "object": dict}


def check(fields: Record, record: Record) -> None:
    """Refuse the first value that no tool takes; values that are there already are never refused."""
    for name, value in fields.items():
        if value is None or _is_there(value, record.get(name)):
            continue
        for message in _faults(name, value):
            raise refused(name, message)


def _is_there(value: Any, current: Any) -> bool:
    """Compare as JSON does: 1, true and 1.0 are three values."""
    return value == current and orjson.dumps(value) == orjson.dumps(current)


def _faults(name: str, value: Any) -> Iterator[str]:
    if name in DATES:
        if not (isinstance(value, str) and (not value or instant(value))):
            yield f"{name}: {_shown(value)} is not a date. Send one such as 2026-01-31 or 2026-01-31T10:00:00Z"
    elif name in ONE:
        if not isinstance(value, str):
            yield from _reference(name, value)
    else:
        yield from _misfits(BODY[name], value, name)
        if name in MANY:
            for place, item in enumerate(value):
                yield from _reference(f"{name}[{place}]", item)


def _reference(path: str, value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path} must be an object with an id, not {_shown(value)}"
        return
    yield from _misfits(_reference_shape(path), value, path)
    if not any(value.get(part) or value.get(part) == 0 for part in ("id", "name")):
        yield f"{path} names nothing. Send its id"


def _reference_shape(path: str) -> Shape:
    shape = BODY.get(path, STRING)  # the page types a workspace as a string, and its answer as an object
    return shape if "properties" in shape else {"type": "object", "properties": {"id": STRING, "name": STRING}}


def _misfits(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """Compare a value with a shape of the page, part by part; parts that the page does not name are free."""
    kind = shape.get("type")
    if kind is None or value is None or (path.endswith(".id") and type(value) is int):
        return
    wanted = _TYPES[kind]
    if not isinstance(value, wanted):
        yield f"{path} must be {_WORDS[wanted]}, not {_shown(value)}"
    elif "enum" in shape and value not in shape["enum"]:
        yield f"{path} must be {' or '.join(shape['enum'])}, not {_shown(value)}"
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _item(shape["items"], item, f"{path}[{place}]")
    elif isinstance(value, dict):
        for part, inner in shape.get("properties", {}).items():
            yield from _misfits(inner, value.get(part), f"{path}.{part}")


def _item(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if value is None:
        yield f"{path} must be {_WORDS[_TYPES[shape['type']]]}, not null"
    else:
        yield from _misfits(shape, value, path)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return repr(value[:60])
    if isinstance(value, bool | int | float):
        return f"{_WORDS[type(value)]} ({orjson.dumps(value).decode()})"
    return _WORDS.get(type(value), "null")
