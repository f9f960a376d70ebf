"""A total time-out for each request: however slowly a server sends, its connection is given up when the time is over.

httpx has a time-out for each read only, so that a server which sends one byte a second would occupy a worker for ever.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator

    import httpx


class _Local(threading.local):
    until: float | None = None


_LOCAL = _Local()  # when the request of this thread has to be over


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Limit all reading and writing of this thread to so many seconds together."""
    _LOCAL.until = time.monotonic() + seconds
    try:
        yield
    finally:
        _LOCAL.until = None


def check() -> None:
    """Raise a ReadTimeout where the time of this thread's request is over."""
    _left(None)


def bound(http: httpx.Client) -> None:
    """Make every connection of a client, proxied or not, keep to the time of its request."""
    for transport in (http._transport, *http._mounts.values()):  # noqa: SLF001  (httpx has no public way to give a backend)
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = _Backend(pool._network_backend)  # noqa: SLF001


def _left(timeout: float | None) -> float | None:
    """Return the time-out of one step: its own, or what is left of the time of the request."""
    if _LOCAL.until is None:
        return timeout
    left = _LOCAL.until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time of the whole request is over")
    return left if timeout is None else min(timeout, left)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, inner: httpcore.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.connect_tcp(host, port, _left(timeout), local_address, socket_options))

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
