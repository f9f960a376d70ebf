"""The connection itself: cut before, in the middle of, or instead of an answer, as networks do."""

from __future__ import annotations

import asyncio
import gzip
import struct
import zlib
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import h11
import orjson
from starlette.responses import Response, StreamingResponse
from uvicorn.protocols.http.h11_impl import H11Protocol

from truto_tickets_nb.sandbox.server.fault_effects import FAR, SLOW, STALL, WAIT
from truto_tickets_nb.sandbox.wire.responses import Refusal

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.requests import Request

    from truto_tickets_nb.sandbox.faults import Fault

Lines = dict[tuple[str, int], asyncio.Transport]
PATIENCE = 20.0  # seconds in which a request must have come as a whole
_MOST, _FEWEST = 4096, 64  # connections that may be open at a time
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_JSON = "application/json; charset=utf-8"
_PAGE = "<html><body>Please sign in to the network</body></html>"
_PADDING = b" " * 2**20
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_UNPACKED = 2**30  # bytes of a gzip answer of a megabyte
_HUGE = 2**28  # bytes of a huge answer
_ODD_HEADERS = {
    "ratelimit-limit": "\u00b2;w=\u00b2",
    "ratelimit-remaining": "-1",
    "ratelimit-reset": "NaN",
    "Retry-After": FAR,
}
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


@dataclass(frozen=True, slots=True)
class Sending:
    """Hold what a fault needs that acts while an answer is sent."""

    response: Response
    request: Request
    fault: Fault
    lines: Lines
    is_over: Callable[[], bool]  # the server is being closed: nobody is kept waiting


async def held_up(struck: dict[str, Fault]) -> None:
    """Wait before a slow answer."""
    if "slow" in struck:
        await asyncio.sleep(struck["slow"].wait or SLOW)


async def unchanged(sending: Sending) -> Response:
    """Send the answer as it is."""
    return sending.response


async def stalled(sending: Sending) -> Response:
    """Keep the client waiting, then cut the line."""
    end = asyncio.get_running_loop().time() + (sending.fault.wait or STALL)
    while not await _has_gone(sending) and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110  (nobody tells when a client goes)
        await asyncio.sleep(_LOOK)
    return await cut(sending)


async def _has_gone(sending: Sending) -> bool:
    return sending.is_over() or await sending.request.is_disconnected()


async def cut(sending: Sending) -> Response:
    """Cut the line without a word."""
    await _cut(sending.request, sending.lines, b"")
    return sending.response


async def cut_midway(sending: Sending) -> Response:
    """Cut the line in the middle of the answer."""
    content = bytes(sending.response.body)
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n".encode()
    await _cut(sending.request, sending.lines, head + content[: len(content) // 2])
    return sending.response


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


async def sign_in(sending: Sending) -> Response:
    """Answer with the page of a hotel's network."""
    return Response(_PAGE, media_type="text/html")


async def html_200(sending: Sending) -> Response:
    return Response(_PAGE, media_type=_JSON)


async def empty(sending: Sending) -> Response:
    return Response(b"", 200, media_type=_JSON)


async def no_content(sending: Sending) -> Response:
    return Response(status_code=204)


async def redirected(sending: Sending) -> Response:
    return Response(status_code=302, headers={"Location": "https://elsewhere.example/"})


def instead(content: bytes) -> Callable[[Sending], Awaitable[Response]]:
    """Answer with something else, with 200."""

    async def send(sending: Sending) -> Response:
        return Response(content, media_type=_JSON)

    return send


async def delayed(sending: Sending) -> Response:
    """Ask to wait, although the answer is there."""
    if sending.response.status_code == HTTPStatus.OK:
        sending.response.headers["Retry-After"] = f"{sending.fault.wait or WAIT:g}"
    return sending.response


async def odd_header(sending: Sending) -> Response:
    """Add headers that make no sense."""
    for name, text in _ODD_HEADERS.items():
        sending.response.headers[name] = text
    return sending.response


async def header_flood(sending: Sending) -> Response:
    for number in range(300):
        sending.response.headers[f"x-flood-{number}"] = "x" * 100
    return sending.response


async def bad_gzip(sending: Sending) -> Response:
    """Damage the end of a gzip answer, where its checksum is."""
    packed = gzip.compress(bytes(sending.response.body))[:-6] + b"xxxxxx"
    return Response(packed, sending.response.status_code, {"Content-Encoding": "gzip"}, media_type=_JSON)


async def gzip_bomb(sending: Sending) -> Response:
    content = await asyncio.to_thread(_bomb)
    return Response(content, 200, {"Content-Encoding": "gzip"}, media_type=_JSON)


@cache
def _bomb() -> bytes:
    """Pack a gigabyte of blanks and `{}`: one packed block again and again, which takes no time."""
    packing, ending = (zlib.compressobj(9, wbits=-zlib.MAX_WBITS) for _ in range(2))
    block = packing.compress(_PADDING) + packing.flush(zlib.Z_FULL_FLUSH)
    times, checksum = _UNPACKED // len(_PADDING), 0
    for _ in range(times):
        checksum = zlib.crc32(_PADDING, checksum)
    tail = struct.pack("<II", zlib.crc32(b"{}", checksum), (_UNPACKED + 2) % 2**32)
    return _GZIP_HEAD + block * times + ending.compress(b"{}") + ending.flush() + tail


async def huge_answer(sending: Sending) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(_HUGE // len(_PADDING)):
            if await _has_gone(sending):
                return
            yield _PADDING
        yield bytes(sending.response.body)

    return StreamingResponse(pieces(), media_type=_JSON)


async def drip(sending: Sending) -> Response:
    """Send one byte at a time."""

    async def pieces() -> AsyncIterator[bytes]:
        for byte in content:
            if await _has_gone(sending):
                return
            yield bytes([byte])
            await _pause(sending, sending.fault.wait or SLOW)

    content = bytes(sending.response.body)
    heads = {"Content-Length": str(len(content))}
    return StreamingResponse(pieces(), sending.response.status_code, heads, media_type=_JSON)


async def _pause(sending: Sending, seconds: float) -> None:
    end = asyncio.get_running_loop().time() + seconds
    while (left := end - asyncio.get_running_loop().time()) > 0 and not await _has_gone(sending):  # noqa: ASYNC110
        await asyncio.sleep(min(left, _LOOK))


async def bad_utf8(sending: Sending) -> Response:
    return _with(sending, bytes(sending.response.body).replace(b'":"', b'":"\xff\xfe', 1))


async def cut_json(sending: Sending) -> Response:
    content = bytes(sending.response.body)
    return _with(sending, content[: len(content) // 2])


async def deep_json(sending: Sending) -> Response:
    levels = 100_000
    return _with(sending, b'{"result":' + b"[" * levels + b"]" * levels + b"}")


def _with(sending: Sending, content: bytes) -> Response:
    return Response(content, sending.response.status_code, media_type=_JSON)
