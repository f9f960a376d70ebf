"""The connection itself: cut before, in the middle of, or instead of an answer, as networks do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from truto_tickets_nb.sandbox.mischief import SLOW, STALL

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from truto_tickets_nb.sandbox.faults import Fault

Lines = dict[tuple[str, int], asyncio.Transport]
_LOOK = 0.02  # seconds between two looks at a client that may have gone


def protocol(lines: Lines) -> type[H11Protocol]:
    """Make a protocol that keeps its open connections where they can be cut."""

    class Wire(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if self.client:
                lines[self.client] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            if self.client:
                lines.pop(self.client, None)
            super().connection_lost(exc)

    return Wire


async def held_up(struck: dict[str, Fault]) -> None:
    """Wait before a slow answer."""
    if "slow" in struck:
        await asyncio.sleep(struck["slow"].wait or SLOW)


async def sent(
    response: Response, request: Request, struck: dict[str, Fault], lines: Lines, *, over: Callable[[], bool]
) -> Response:
    """Send an answer as the faults have it: whole, cut, as a page of HTML, empty, or never."""
    if "stalled" in struck:
        await _stalled(request, struck["stalled"].wait or STALL, over)
    if struck.keys() & {"lost_before", "lost_after", "stalled"}:
        await _cut(request, lines, b"")
    elif "lost_midway" in struck:
        content = bytes(response.body)
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n".encode()
        await _cut(request, lines, head + content[: len(content) // 2])
    elif "html" in struck:
        return Response("<html><body>Please sign in to the network</body></html>", media_type="text/html")
    elif "empty" in struck:
        return Response(b"", 200, media_type="application/json")
    return response


async def _stalled(request: Request, seconds: float, over: Callable[[], bool]) -> None:
    end = asyncio.get_running_loop().time() + seconds
    while not over() and not await request.is_disconnected():
        if asyncio.get_running_loop().time() > end:
            return
        await asyncio.sleep(_LOOK)


async def _cut(request: Request, lines: Lines, said: bytes) -> None:
    client: Any = request.client
    line = lines.get((client.host, client.port)) if client else None
    if line is None:
        return
    if said:
        line.write(said)
        line.close()
    else:
        line.abort()
    await asyncio.sleep(_LOOK)  # until the server has noticed that nobody is there
