"""Exchange one request for one answer, in bounded time and memory. Foreign errors are mapped here, and nowhere else.

Whatever httpx, its parts, TLS, the operating system or a decompressor raise becomes an error of ours that says what to do.
"""

from __future__ import annotations

import socket
import ssl
import zlib
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import httpx

from truto_tickets_nb.api import timeouts
from truto_tickets_nb.errors import AccountClosed, NoAnswer, SetupError, TicketsError, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from truto_tickets_nb.api.address import Token

NEVER_LEFT = (  # no request was sent at all
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
FOREIGN = (
    httpx.HTTPError,
    httpx.StreamError,
    httpx.InvalidURL,
    httpx.CookieConflict,
    OSError,  # of sockets and TLS
    EOFError,
    zlib.error,
    ValueError,  # of texts in another encoding as well
    LookupError,
    RuntimeError,  # also of too deep a recursion
    MemoryError,
)
LARGEST = 128 * 2**20  # bytes of one answer, unpacked
PACKINGS: Mapping[str, tuple[int, ...]] = {  # forms of compression, and the forms of windows in which servers send them
    "gzip": (31,),
    "x-gzip": (31,),
    "deflate": (15, -15),
}
MOST_PARTS = 100  # of one compressed answer


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer as it came, unpacked, without the token."""

    status: int
    reason: str
    headers: Mapping[str, str]
    content: bytes

    @property
    def is_success(self) -> bool:
        """Return whether the status is one of success."""
        return 200 <= self.status < 300

    @property
    def is_redirect(self) -> bool:
        """Return whether the server redirects to another address."""
        return 300 <= self.status < 400


@dataclass(frozen=True, slots=True)
class ResponseLimits:
    """Bound one request: seconds for all of it, bytes of its answer when unpacked."""

    total: float = 60.0
    largest: int = LARGEST


def prepared(make: Callable[[], httpx.Request]) -> httpx.Request:
    """Build a request; an address that can't be written is a SetupError, and nothing is sent."""
    try:
        return make()
    except TicketsError:
        raise
    except FOREIGN as error:
        raise SetupError(
            f"This can't be asked for: {shorten(error, 120)}. Check ids, filters and base_url; texts of more than 60,000 characters "
            "and halves of characters are no part of an address."
        ) from error


def exchange(
    http: httpx.Client,
    send: Callable[[httpx.Request], httpx.Response],
    request: httpx.Request,
    token: Token,
    bounds: ResponseLimits,
) -> Reply:
    """Send a request and read its answer within the bounds; every foreign error becomes one of ours.

    `send` sends it with the answer's body still to be read: `lambda request: http.send(request, stream=True)`.
    """
    try:
        with timeouts.within(bounds.total), closing(send(request)) as response:
            return _reply(response, token, bounds.largest)
    except TicketsError:
        raise
    except FOREIGN as error:
        if http.is_closed:
            raise AccountClosed(
                "The connection was closed while it was used. Connect again: tt.connect(...)."
            ) from error
        raise_ours(error, request.url.host, token, bounds.total)


def raise_ours(error: Exception, host: str, token: Token, total: float) -> NoReturn:
    """Raise the error of ours that a foreign error is; the foreign one stays chained as its cause, without the token."""
    for link in _chain(error):
        link.args = tuple(token.redact(part) if isinstance(part, str) else part for part in link.args)
    raise NoAnswer(f"No answer from {shorten(host, 80)}: {_why(error, total)}") from error


def _why(error: Exception, total: float) -> str:
    chain = list(_chain(error))
    for kind, words in _WHY:
        if any(isinstance(link, kind) for link in chain):
            return words
    if isinstance(error, httpx.TimeoutException):
        return f"it came too slowly ({type(error).__name__}; at most {total:g} s for all of it). Try again in a while."
    name = type(error).__name__
    if isinstance(error, httpx.TransportError):
        return f"{name}. Check the network."
    return f"what came can't be read ({name}: {shorten(error, 80)}). Check base_url, or try again."


_WHY: tuple[tuple[type[BaseException], str], ...] = (
    (
        ssl.SSLCertVerificationError,
        (
            "its certificate is not trusted. If a proxy of your company opens connections, name its certificates in SSL_CERT_FILE; "
            "else check base_url, and send nothing there."
        ),
    ),
    (
        ssl.SSLError,
        "no secure connection could be made (TLS). Check that base_url is an https address, and the network.",
    ),
    (socket.gaierror, "there is no host of that name, or no network. Check base_url and the network."),
    (ConnectionRefusedError, "nobody listens there. Check base_url."),
    (zlib.error, "the answer is damaged (compression). Try again."),
)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """List an error and its causes."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__


def _reply(response: httpx.Response, token: Token, largest: int) -> Reply:
    raw = _raw(response, largest)
    content = raw if raw is None else unpacked(raw, response.headers.get("content-encoding", ""), largest)
    content = response.content if content is None else content
    return Reply(response.status_code, response.reason_phrase, response.headers, token.redact_bytes(content))


def _raw(response: httpx.Response, largest: int) -> bytes | None:
    """Read what comes over the line; None where a transport has read it already."""
    if response.is_stream_consumed:
        return None
    parts, size = [], 0
    for part in response.iter_raw():
        timeouts.check()
        size += len(part)
        if size > largest:
            raise _too_large(largest)
        parts.append(part)
    return b"".join(parts)


def unpacked(raw: bytes, encoding: str, largest: int = LARGEST) -> bytes:
    """Unpack an answer, never beyond `largest` bytes.

    >>> import gzip
    >>> unpacked(gzip.compress(b"{}"), "gzip"), unpacked(b"{}", "identity")
    (b'{}', b'{}')
    """
    names = [name.strip().lower() for name in encoding.split(",") if name.strip().lower() not in ("", "identity")]
    if len(names) > 2 or not set(names) <= PACKINGS.keys():
        raise NoAnswer(f"The answer is packed as {shorten(encoding, 40)!r}, which was not asked for. Check base_url.")
    for name in reversed(names):
        raw = _inflated(raw, PACKINGS[name], largest) if raw else raw
    return raw


def _inflated(raw: bytes, windows: tuple[int, ...], largest: int) -> bytes:
    *others, last = windows
    for window in others:
        try:
            return _parts(raw, window, largest)
        except zlib.error:
            continue
    return _parts(raw, last, largest)


def _parts(raw: bytes, window: int, largest: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while raw and len(parts) < MOST_PARTS:
        inflating = zlib.decompressobj(window)
        parts.append(inflating.decompress(raw, largest + 1 - size))
        size += len(parts[-1])
        if size > largest:
            raise _too_large(largest)
        if not inflating.eof:
            raise zlib.error("the answer is cut off")
        raw = inflating.unused_data if inflating.unused_data.startswith(b"\x1f\x8b") else b""
    return b"".join(parts)


def _too_large(largest: int) -> NoAnswer:
    return NoAnswer(
        f"The answer is larger than {largest / 2**20:,.0f} MB and was not read. Load fewer fields (fields=), or without remote_data."
    )
