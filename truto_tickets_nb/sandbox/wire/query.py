"""Read query parameters in every way that clients write them: brackets plain, empty, indexed or percent-encoded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.profiles.field_schemas import RESPONSE_FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable

_PARTS = re.compile(r"\[([^\]]*)\]")
_FLAGS = ("truto_ignore_remote_data", "truto_ignore_limit", "truto_body_passthrough")
_PLAIN = ("integrated_account_id", "truto_response_format", "truto_key_by", "limit", "next_cursor", "etag", *_FLAGS)
_OBJECTS = ("remote_query", "sort_by")
_MOST = 1_000  # parameters of one request
_DEEPEST = 20  # pairs of brackets of one parameter


class QueryError(ValueError):
    """A parameter of the wrong type."""


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Fold pairs into nested objects and arrays.

    >>> nested([("updated_at[gt]", "2026"), ("tags[]", "a"), ("tags[1]", "b"), ("limit", "5")])
    {'updated_at': {'gt': '2026'}, 'tags': ['a', 'b'], 'limit': '5'}
    >>> nested([("status[in]", "a"), ("status[in]", "b"), ("fields", "x"), ("fields[]", "y")])
    {'status': {'in': ['a', 'b']}, 'fields': ['x', 'y']}

    More than 1,000 parameters, or more than 20 pairs of brackets, are a QueryError.
    """
    tree: dict[str, Any] = {}
    for place, (key, value) in enumerate(pairs):
        name, _, _ = key.partition("[")
        path = [name, *_PARTS.findall(key)]
        if place >= _MOST:
            raise QueryError(f"The query has more than {_MOST} parameters")
        if len(path) > _DEEPEST + 1:
            raise QueryError(f"The parameter {name[:60]} is nested more than {_DEEPEST} levels deep")
        _put(tree, path, value)
    return tree


def _put(target: dict[str, Any], path: list[str], value: str) -> None:
    name, rest = path[0], path[1:]
    if not rest or rest[0] == "" or rest[0].isdigit():
        _add(target, name, value if len(rest) < 2 else _inner(rest[1:], value), is_array=bool(rest))
    else:
        inner = target.setdefault(name, {})
        if isinstance(inner, dict):  # a name that is a value already stays one
            _put(inner, rest, value)


def _add(target: dict[str, Any], name: str, value: Any, *, is_array: bool) -> None:
    """Put a value; one that is there already makes an array of both."""
    if name not in target:
        target[name] = [value] if is_array else value
    elif not isinstance(target[name], dict):
        old = target[name]
        target[name] = [*(old if isinstance(old, list) else [old]), value]


def _inner(path: list[str], value: str) -> dict[str, Any]:
    inner: dict[str, Any] = {}
    _put(inner, path, value)
    return inner


def flag(value: Any) -> bool:
    """Read a boolean parameter."""
    return str(value).lower() in ("true", "1")


def names(value: Any) -> list[str]:
    """Read a list of names, be it an array or separated by commas."""
    items = value if isinstance(value, list) else [value] if value else []
    return [part.strip() for item in items for part in str(item).split(",") if part.strip()]


def check(query: dict[str, Any]) -> None:
    """Refuse parameters of the page that have the wrong type."""
    for name in _PLAIN:
        if not isinstance(query.get(name, ""), str):
            raise QueryError(f"{name} must be given once, as a plain value")
    for name in _FLAGS:
        if str(query.get(name, "")).lower() not in ("", "true", "false", "1", "0"):
            raise QueryError(f"{name} must be true or false, not {query[name]!r}")
    for name in _OBJECTS:
        if query.get(name) and not isinstance(query[name], dict):
            raise QueryError(f"{name} must be an object: {name}[key]=value")
    excluded = query.get("truto_exclude_fields") or []
    items = excluded if isinstance(excluded, list) else [excluded]
    if not all(isinstance(item, str) for item in items):
        raise QueryError("truto_exclude_fields must be an array of field names")
    form = query.get("truto_response_format") or RESPONSE_FORMATS[0]
    if form not in RESPONSE_FORMATS:
        raise QueryError(f"truto_response_format must be one of {', '.join(RESPONSE_FORMATS)}, not {form!r}")
