"""Filters of a ticket list as SQL: dates compare as instants, numbers as numbers, texts without regard to capitals.

A filter that is not of this list is ignored without a word, as Truto documents it; which ones a real tool knows is an assumption.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb.sandbox.data.comparisons import SIGNS, stamp
from truto_tickets_nb.sandbox.wire.query import names
from truto_tickets_nb.sandbox.wire.responses import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.sandbox.data.store import Store

_SQL = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_MOST = 1_000  # values of one filter
_DATES = {"created_at": "created", "updated_at": "updated", "due_date": "stamp(part(body, 'due_date'))", "completed_at": "stamp(part(body, 'completed_at'))"}  # fmt: skip
_TEXTS = ("id", "name", "number")
_LISTED = {"status": "ticket_status", "workspace": "workspaces", "workspace_id": "workspaces"}


@dataclass(frozen=True, slots=True)
class Where:
    """An SQL condition with its values."""

    text: str
    values: tuple[Any, ...]


def condition(query: dict[str, Any], ignored: tuple[str, ...], store: Store) -> Where:
    """Turn filters into SQL."""
    asked = {name: value for name, value in query.items() if name not in ignored and value not in ("", [], {})}
    parts = [part for name, value in asked.items() for part in _parts(name, value, store)]
    return Where(" and ".join(part.text for part in parts) or "1", tuple(v for part in parts for v in part.values))


def _parts(name: str, asked: Any, store: Store) -> Iterator[Where]:
    if name in _DATES:
        yield from (_date(name, sign, value) for sign, value in _signed(name, asked))
    elif name in _TEXTS:
        yield from (_text(name, sign, value) for sign, value in _signed(name, asked))
    elif name in _LISTED:
        yield from _listed(name, asked, store)
    elif name == "organization":
        yield _organization(set(wanted(asked)), store)


def _signed(name: str, asked: Any) -> Iterator[tuple[str, list[str]]]:
    """List the comparisons of a filter; `ne` and `in` take several values, the others one."""
    for sign, value in (
        asked.items() if isinstance(asked, dict) else [("eq" if isinstance(asked, str) else "in", asked)]
    ):
        items = names(value) if sign == "in" else value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) for item in items) or (len(items) != 1 and sign in ("gt", "gte", "lt", "lte")):
            raise Refusal(400, f"{name}[{sign}] must be one plain value")
        _few(name, items)
        if sign in SIGNS or sign == "in":
            yield sign, items


def _date(name: str, sign: str, values: list[str]) -> Where:
    stamps = [stamp(value) for value in values]
    if None in stamps:
        raise Refusal(
            400, f"{name}[{sign}] must be a date such as 2026-01-31 or 2026-01-31T10:00:00Z, not {_shown(values)}"
        )
    if sign in ("gt", "gte", "lt", "lte"):
        return Where(f"{_DATES[name]} {_SQL[sign]} ?", tuple(stamps))
    return Where(f"{_DATES[name]} {'not in' if sign == 'ne' else 'in'} ({', '.join('?' * len(stamps))})", tuple(stamps))


def _text(name: str, sign: str, values: list[str]) -> Where:
    column = "part(body, 'number')" if name == "number" else name
    if sign in ("gt", "gte", "lt", "lte"):
        return Where(f"compares({column}, '{sign}', ?)", tuple(values))
    return Where(f"{'not ' if sign == 'ne' else ''}among({column}, ?)", (orjson.dumps(values).decode(),))


def _shown(values: list[str]) -> str:
    return repr([value[:60] for value in values[:3]])


def wanted(asked: Any) -> list[str]:
    """List the ids or names that a filter asks for, bare, as an array or as an object."""
    if isinstance(asked, dict):
        return [name for key in ("in", "eq", "id", "name") for name in names(asked.get(key))]
    if isinstance(asked, list):
        return [name for item in asked for name in (wanted(item) if isinstance(item, dict) else names(item))]
    return names(asked)


def _few(name: str, values: list[str]) -> list[str]:
    if len(values) > _MOST:
        raise Refusal(400, f"{name} takes {_MOST:,} values at most")
    return values


def _listed(name: str, asked: Any, store: Store) -> Iterator[Where]:
    column = name.removesuffix("_id")
    for values, sign in ((wanted(asked), "in"), (names(asked.get("ne")) if isinstance(asked, dict) else [], "not in")):
        if _few(name, values):
            ids = sorted({*values, *_ids(store, _LISTED[name], values)})
            yield Where(f"coalesce({column}, '') {sign} ({', '.join('?' * len(ids))})", tuple(ids))


def _ids(store: Store, resource: str, values: list[str]) -> set[str]:
    """Find the ids of all records of these names: several workspaces have a status of the same name."""
    folded = {value.casefold() for value in values}
    return {str(row["id"]) for row in store.companions(resource) if str(row.get("name", "")).casefold() in folded}


def _organization(asked: set[str], store: Store) -> Where:
    own = {str(row.get(part)) for row in store.companions("organizations") for part in ("id", "name")}
    return Where("0" if own and not asked & own else "1", ())
