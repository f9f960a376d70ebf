"""Lists: filters, order and pages. A filter that an integration does not know is ignored without a word, as Truto does."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb.sandbox.answers import Refusal
from truto_tickets_nb.sandbox.queries import flag, names
from truto_tickets_nb.sandbox.store import whole

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.profiles import Played
    from truto_tickets_nb.sandbox.store import Store

_SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "=", "ne": "!="}
_ORDER = {"created_at": "created", "updated_at": "updated", "name": "name", "id": "id"}
MOST = 1000  # records of one page, an assumption: the documentation names no maximum
PARTIAL = ("description", "custom_fields", "tags", "contact")  # what a partial list leaves out, an assumption


@dataclass(frozen=True, slots=True)
class Where:
    """Hold an SQL condition with its values."""

    text: str
    values: tuple[Any, ...]


def condition(query: dict[str, Any], ignored: tuple[str, ...]) -> Where:
    """Turn filters into SQL."""
    parts: list[str] = []
    values: list[Any] = []
    for field, column in (("created_at", "created"), ("updated_at", "updated")):
        asked = query.get(field) if field not in ignored else None
        for sign, value in asked.items() if isinstance(asked, dict) else ():
            if sign in _SIGNS:
                parts.append(f"datetime({column}) {_SIGNS[sign]} datetime(?)")
                values.append(value)
    for field in ("status", "workspace"):
        wanted = _wanted(query.get(field)) if field not in ignored else []
        if wanted:
            marks = ", ".join("?" * len(wanted))
            parts.append(
                f"({field} in ({marks}) or lower(status_name) in ({marks}))"
                if field == "status"
                else f"{field} in ({marks})"
            )
            values += wanted + ([name.lower() for name in wanted] if field == "status" else [])
    return Where(" and ".join(parts) or "1", tuple(values))


def _wanted(asked: Any) -> list[str]:
    if isinstance(asked, dict):
        return [name for key in ("in", "eq", "id", "name") for name in names(asked.get(key))]
    return names(asked)


def _order(query: dict[str, Any]) -> str:
    asked = query.get("sort_by")
    if not isinstance(asked, dict):
        return "place"
    parts = [f"{_ORDER[field]} {'desc' if way == 'desc' else 'asc'}" for field, way in asked.items() if field in _ORDER]
    return ", ".join([*parts, "place"])


def page_of(query: dict[str, Any], page_size: int, count: int) -> tuple[int, int]:
    """Find where a page starts and how many records it holds."""
    try:
        limit = count if flag(query.get("truto_ignore_limit")) else int(query.get("limit") or page_size)
        start = int(base64.urlsafe_b64decode(query["next_cursor"])[1:]) if query.get("next_cursor") else 0
    except ValueError as error:
        raise Refusal(400, "limit or next_cursor is not valid") from error
    if limit < 1:
        raise Refusal(400, "limit must be 1 or more")
    return start, min(limit, count or 1) if flag(query.get("truto_ignore_limit")) else min(limit, MOST)


def cursor(start: int) -> str:
    """Write an opaque cursor."""
    return base64.urlsafe_b64encode(f"p{start}".encode()).decode()


def ticket_list(store: Store, played: Played, query: dict[str, Any], page_size: int, ignored: tuple[str, ...]) -> bytes:
    """Answer a page of tickets as JSON."""
    where = condition(query, ignored)
    count = store.one(f"select count(*) from tickets where {where.text}", *where.values)[0]
    start, limit = page_of(query, page_size, count)
    sql = f"select body, remote from tickets where {where.text} order by {_order(query)} limit {limit} offset {start}"
    rows = store.all(sql, *where.values)
    left_out = {*names(query.get("truto_exclude_fields")), *(PARTIAL if played.fact("partial_list") is True else ())}
    with_remote = not flag(query.get("truto_ignore_remote_data")) and "remote_data" not in left_out
    texts = [_record(body, remote if with_remote else None, left_out) for body, remote in rows]
    return enveloped(texts, query, start, start + len(rows) if start + len(rows) < count else None)


def _record(body: bytes, remote: bytes | None, left_out: set[str]) -> bytes:
    if remote is None and not left_out:
        return body
    return orjson.dumps(
        {key: value for key, value in whole(body, remote).items() if key not in left_out or key == "id"}
    )


def enveloped(texts: list[bytes], query: dict[str, Any], start: int, following: int | None) -> bytes:
    """Wrap records in the list envelope; `truto_key_by` makes an object of them."""
    tail = {
        "next_cursor": cursor(following) if following is not None else None,
        "prev_cursor": cursor(max(0, start - len(texts))) if start else None,
        "result_count": len(texts),
    }
    by = query.get("truto_key_by")
    if by:
        keyed = {str(record.get(by)): record for record in map(orjson.loads, texts)}
        return orjson.dumps({"result": keyed, **tail})
    return b'{"result":[' + b",".join(texts) + b"]," + orjson.dumps(tail)[1:]


def companion_list(records: list[dict[str, Any]], query: dict[str, Any], page_size: int) -> bytes:
    """Answer a page of a companion list."""
    start, limit = page_of(query, page_size, len(records))
    chosen = records[start : start + limit]
    following = start + limit if start + limit < len(records) else None
    return enveloped([orjson.dumps(record) for record in chosen], query, start, following)
