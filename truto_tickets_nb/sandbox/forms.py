"""The forms of an answer: unified, raw, normalized, stream and debug; and which fields are left out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response, StreamingResponse

from truto_tickets_nb.sandbox.queries import flag, names

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from truto_tickets_nb.sandbox.calls import Call
    from truto_tickets_nb.sandbox.profiles import Played

Record = dict[str, Any]
_CHUNK = 4096  # bytes of one piece of a stream


def left_out(query: Record) -> set[str]:
    """List the fields that a query asks to leave out."""
    found = set(names(query.get("truto_exclude_fields")))
    return found | {"remote_data"} if flag(query.get("truto_ignore_remote_data")) else found


def without(record: Record, fields: set[str]) -> Record:
    """Leave fields out; the id always stays."""
    return {key: value for key, value in record.items() if key not in fields or key == "id"}


def shaped(call: Call, played: Played, record: Record) -> Any:
    """Give one ticket the form that is asked for; `raw` is the provider's own."""
    if call.form == "raw":
        return record.get("remote_data", {})
    found = without(record, left_out(call.query))
    if call.form == "debug":
        return {"result": found, "debug": _debug(call, played, record.get("remote_data", {}))}
    return found


def shaped_list(call: Call, played: Played, page: bytes) -> bytes:
    """Give a page of a list the form that is asked for."""
    if call.form not in ("raw", "debug"):
        return page
    found = orjson.loads(page)
    rows = list(found["result"].values() if isinstance(found["result"], dict) else found["result"])
    raw = [row.get("remote_data", {}) for row in rows]
    if call.form == "raw":
        return orjson.dumps({**found, "result": raw})
    more = {"nextCursor": found["next_cursor"], "isLooping": False, "isEmptyResult": not rows, "resultCount": len(rows)}
    return orjson.dumps({**found, "debug": {**_debug(call, played, raw), **more}})


def _debug(call: Call, played: Played, data: Any) -> Record:
    """Tell of the request to the provider; its address is invented."""
    return {
        "requestUrl": f"https://{played.slug}.example.com/tickets/{call.identity}".rstrip("/"),
        "requestOptions": {"method": call.request.method, "body": call.body},
        "data": data,
        "responseHeaders": {"content-type": "application/json"},
    }


def streamed(response: Response) -> Response:
    """Send the same bytes in pieces, without telling their number."""
    content = bytes(response.body)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), _CHUNK):
            yield content[start : start + _CHUNK]

    kept = {name: text for name, text in response.headers.items() if name not in ("content-length", "content-type")}
    return StreamingResponse(pieces(), response.status_code, kept, media_type=response.headers["content-type"])
