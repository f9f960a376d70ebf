"""The forms of an answer: unified, raw, normalized, stream and debug; and which fields are left out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response, StreamingResponse

from truto_tickets_nb.sandbox.api.lists import left_out_by, without
from truto_tickets_nb.sandbox.api.raw_records import shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from truto_tickets_nb.sandbox.profiles.profiles import PlayedIntegration
    from truto_tickets_nb.sandbox.wire.request import ApiRequest

Record = dict[str, Any]
_CHUNK = 4096  # bytes of one piece of a stream


def shaped(call: ApiRequest, played: PlayedIntegration, record: Record) -> Any:
    """Return one ticket in the form that is asked for; `raw` is the tool's own record."""
    record = shown(played.slug, record)
    if call.form == "raw":
        return record["remote_data"]
    answer = without(record, left_out_by(call.query))
    if call.form == "debug":
        return {"result": answer, "debug": _debug(call, played, record["remote_data"])}
    return answer


def shaped_list(call: ApiRequest, played: PlayedIntegration, listed: Callable[[Record], bytes]) -> bytes:
    """Answer a page of a list; `debug` tells of the request to the tool besides, with the tool's own records."""
    page = listed(call.query)
    if call.form != "debug":
        return page
    answer = orjson.loads(page)
    raw = orjson.loads(listed({**call.query, "truto_response_format": "raw"}))["result"]
    more = {"nextCursor": answer["next_cursor"], "isLooping": False, "isEmptyResult": not raw, "resultCount": len(raw)}
    return orjson.dumps({**answer, "debug": {**_debug(call, played, raw), **more}})


def _debug(call: ApiRequest, played: PlayedIntegration, data: Any) -> Record:
    """Describe the request to the provider; its address is invented."""
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

    headers = {name: text for name, text in response.headers.items() if name not in ("content-length", "content-type")}
    return StreamingResponse(pieces(), response.status_code, headers, media_type=response.headers["content-type"])
