"""What faults do while an answer is sent: cut the connection, delay it, damage its bytes or its headers, as networks do."""

from __future__ import annotations

import asyncio
import gzip
import struct
import zlib
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import Response, StreamingResponse

from truto_tickets_nb.sandbox.faults.effects import FAR, SLOW, STALL, WAIT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from starlette.requests import Request

    from truto_tickets_nb.sandbox.faults.context import FaultSettings

Lines = dict[tuple[str, int], asyncio.Transport]  # open connections by the client's address
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


@dataclass(frozen=True, slots=True)
class ResponseContext:
    """An answer that is being sent, and what a fault needs to change that."""

    response: Response
    request: Request
    fault: FaultSettings
    lines: Lines
    is_over: Callable[[], bool]  # the server is being closed: nobody is kept waiting


async def held_up(struck: Mapping[str, FaultSettings]) -> None:
    """Wait before a slow answer."""
    if "slow" in struck:
        await asyncio.sleep(struck["slow"].wait or SLOW)


async def unchanged(sending: ResponseContext) -> Response:
    """Send the answer as it is."""
    return sending.response


async def stalled(sending: ResponseContext) -> Response:
    """Keep the client waiting, then cut the line."""
    end = asyncio.get_running_loop().time() + (sending.fault.wait or STALL)
    while not await _has_gone(sending) and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110  (nobody tells when a client goes)
        await asyncio.sleep(_LOOK)
    return await cut(sending)


async def _has_gone(sending: ResponseContext) -> bool:
    return sending.is_over() or await sending.request.is_disconnected()


async def cut(sending: ResponseContext) -> Response:
    """Cut the line without a word."""
    await _cut(sending.request, sending.lines, b"")
    return sending.response


async def cut_midway(sending: ResponseContext) -> Response:
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


async def sign_in(sending: ResponseContext) -> Response:
    """Answer with the page of a hotel's network."""
    return Response(_PAGE, media_type="text/html")


async def html_200(sending: ResponseContext) -> Response:
    return Response(_PAGE, media_type=_JSON)


async def empty(sending: ResponseContext) -> Response:
    return Response(b"", 200, media_type=_JSON)


async def no_content(sending: ResponseContext) -> Response:
    return Response(status_code=204)


async def redirected(sending: ResponseContext) -> Response:
    return Response(status_code=302, headers={"Location": "https://elsewhere.example/"})


def instead(content: bytes) -> Callable[[ResponseContext], Awaitable[Response]]:
    """Answer with something else, with 200."""

    async def send(sending: ResponseContext) -> Response:
        return Response(content, media_type=_JSON)

    return send


async def delayed(sending: ResponseContext) -> Response:
    """Ask to wait, although the answer is there."""
    if sending.response.status_code == HTTPStatus.OK:
        sending.response.headers["Retry-After"] = f"{sending.fault.wait or WAIT:g}"
    return sending.response


async def odd_header(sending: ResponseContext) -> Response:
    """Add headers that make no sense."""
    for name, text in _ODD_HEADERS.items():
        sending.response.headers[name] = text
    return sending.response


async def header_flood(sending: ResponseContext) -> Response:
    for number in range(300):
        sending.response.headers[f"x-flood-{number}"] = "x" * 100
    return sending.response


async def bad_gzip(sending: ResponseContext) -> Response:
    """Damage the end of a gzip answer, where its checksum is."""
    packed = gzip.compress(bytes(sending.response.body))[:-6] + b"xxxxxx"
    return Response(packed, sending.response.status_code, {"Content-Encoding": "gzip"}, media_type=_JSON)


async def gzip_bomb(sending: ResponseContext) -> Response:
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


async def huge_answer(sending: ResponseContext) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(_HUGE // len(_PADDING)):
            if await _has_gone(sending):
                return
            yield _PADDING
        yield bytes(sending.response.body)

    return StreamingResponse(pieces(), media_type=_JSON)


async def drip(sending: ResponseContext) -> Response:
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


async def _pause(sending: ResponseContext, seconds: float) -> None:
    end = asyncio.get_running_loop().time() + seconds
    while (left := end - asyncio.get_running_loop().time()) > 0 and not await _has_gone(sending):  # noqa: ASYNC110
        await asyncio.sleep(min(left, _LOOK))


async def bad_utf8(sending: ResponseContext) -> Response:
    return _with(sending, bytes(sending.response.body).replace(b'":"', b'":"\xff\xfe', 1))


async def cut_json(sending: ResponseContext) -> Response:
    content = bytes(sending.response.body)
    return _with(sending, content[: len(content) // 2])


async def deep_json(sending: ResponseContext) -> Response:
    levels = 100_000
    return _with(sending, b'{"result":' + b"[" * levels + b"]" * levels + b"}")


def _with(sending: ResponseContext, content: bytes) -> Response:
    return Response(content, sending.response.status_code, media_type=_JSON)
