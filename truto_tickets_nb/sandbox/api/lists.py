"""Lists: order and pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb.sandbox.api.filters import condition
from truto_tickets_nb.sandbox.api.raw_records import shown
from truto_tickets_nb.sandbox.data.store import whole
from truto_tickets_nb.sandbox.wire.cursor import cursor, start_of
from truto_tickets_nb.sandbox.wire.query import flag, names
from truto_tickets_nb.sandbox.wire.responses import Refusal

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.data.store import Store
    from truto_tickets_nb.sandbox.profiles.profiles import PlayedIntegration

_ORDER = {"created_at": "created", "updated_at": "updated", "name": "name", "id": "id"}
MOST = 1000  # records of one page, an assumption: the documentation names no maximum
PARTIAL = ("description", "custom_fields", "tags", "contact")  # what a partial list leaves out, an assumption


def _order(query: dict[str, Any]) -> str:
    asked = query.get("sort_by")
    if not isinstance(asked, dict):
        return "place"
    for field, direction in asked.items():
        if direction not in ("asc", "desc"):
            raise Refusal(400, f"sort_by[{field}] must be asc or desc")
    parts = [
        f"{_ORDER[field]} {'desc' if direction == 'desc' else 'asc'}"
        for field, direction in asked.items()
        if field in _ORDER
    ]
    return ", ".join([*parts, "place"])


def page_of(query: dict[str, Any], page_size: int, count: int) -> tuple[int, int]:
    """Find where a page starts and how many records it holds."""
    start, limit = start_of(query), str(query.get("limit") or page_size)
    if flag(query.get("truto_ignore_limit")):
        return start, count or 1
    if not re.fullmatch(r"[1-9]\d{0,17}", limit, re.ASCII):
        raise Refusal(400, "limit must be a whole number, 1 or more")
    return start, min(int(limit), MOST)


def ticket_list(
    store: Store, played: PlayedIntegration, query: dict[str, Any], page_size: int, ignored: tuple[str, ...]
) -> bytes:
    """Answer a page of tickets as JSON; `raw` answers the tool's own records."""
    where = condition(query, ignored, store)
    count = store.one(f"select count(*) from tickets where {where.text}", *where.values)[0]
    start, limit = page_of(query, page_size, count)
    sql = f"select body, remote from tickets where {where.text} order by {_order(query)} limit {limit} offset {start}"
    rows = store.all(sql, *where.values)
    partial = set(PARTIAL if played.fact("partial_list") is True else ())
    following = start + len(rows) if start + len(rows) < count else None
    if query.get("truto_response_format") == "raw":
        records = [shown(played.slug, without(whole(*row), partial)) for row in rows]
        return enveloped([orjson.dumps(record["remote_data"]) for record in records], {}, start, following)
    left_out = left_out_by(query) | partial
    texts = [_record(row, played.slug, left_out) for row in rows]
    return enveloped(texts, query, start, following)


def left_out_by(query: dict[str, Any]) -> set[str]:
    """List the fields that a query asks to leave out."""
    excluded = set(names(query.get("truto_exclude_fields")))
    return excluded | {"remote_data"} if flag(query.get("truto_ignore_remote_data")) else excluded


def without(record: dict[str, Any], fields: set[str]) -> dict[str, Any]:
    """Leave fields out; the id always stays."""
    return {key: value for key, value in record.items() if key not in fields or key == "id"}


def _record(row: tuple[bytes, bytes | None], slug: str, left_out: set[str]) -> bytes:
    if left_out == {"remote_data"}:
        return row[0]
    record = whole(*row) if "remote_data" in left_out else shown(slug, whole(*row))
    return orjson.dumps(without(record, left_out))


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
