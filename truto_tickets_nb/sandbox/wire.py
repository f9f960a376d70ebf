"""The connection itself: cut before, in the middle of, or instead of an answer, as networks do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import h11
import orjson
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from truto_tickets_nb.sandbox.answers import Refusal
from truto_tickets_nb.sandbox.mischief import SLOW, STALL

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from truto_tickets_nb.sandbox.faults import Fault

Lines = dict[tuple[str, int], asyncio.Transport]
PATIENCE = 20.0  # seconds in which a request must have come as a whole
_MOST, _FEWEST = 4096, 64  # connections that may be open at a time
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_LOOK = 0.02  # seconds between two looks at a client that may have gone


class Wire(H11Protocol):
    """A connection: one that doesn't come to the end of a request in time is ended."""

    lines: Lines
    wires: dict[Wire, None]  # in the order of what was last heard of them
    most: int

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.client:
            self.lines[self.client] = transport
        self._awaited: asyncio.TimerHandle | None = None
        self._await(is_awaited=True)
        self.wires[self] = None
        if len(self.wires) > self.most:
            idle = next((wire for wire in self.wires if wire.is_idle), next(iter(self.wires)))
            del self.wires[idle]
            idle.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.wires.pop(self, None)
        self._await(is_awaited=False)
        if self.client:
            self.lines.pop(self.client, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self in self.wires:
            self.wires[self] = self.wires.pop(self)
        super().data_received(data)
        self._await(is_awaited=self.conn.their_state in (h11.IDLE, h11.SEND_BODY))

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP in the envelope of all errors."""
        body = orjson.dumps(Refusal(400, msg).body())
        heads = [
            ("content-type", "application/json; charset=utf-8"),
            ("content-length", str(len(body))),
            ("connection", "close"),
        ]
        for event in (h11.Response(status_code=400, headers=heads), h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    @property
    def is_idle(self) -> bool:
        """Tell whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _await(self, *, is_awaited: bool) -> None:
        """Wait for the rest of a request, or no longer."""
        if is_awaited and self._awaited is None:
            self._awaited = self.loop.call_later(PATIENCE, self._given_up)
        elif not is_awaited and self._awaited is not None:
            self._awaited.cancel()
            self._awaited = None

    def _given_up(self) -> None:
        if self.is_idle and self.conn.their_state is h11.IDLE:
            self.transport.write(_TOO_SLOW)
        self.transport.close()


def protocol(lines: Lines) -> type[Wire]:
    """Make a protocol that keeps its open connections where they can be cut, and no more of them than there is room for."""
    return type("OwnWire", (Wire,), {"lines": lines, "wires": {}, "most": room()})


def room() -> int:
    """Count the connections that may be open at a time: a quarter of the files that this process may open, as clients may live in it too."""
    if resource is None:
        return _MOST
    return min(_MOST, max(_FEWEST, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 4))


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
