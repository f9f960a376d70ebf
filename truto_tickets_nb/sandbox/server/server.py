"""A real server, on loopback unless somebody asks for more, in its own thread."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import errno
import logging
import socket
import threading
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

import h11
import uvicorn

from truto_tickets_nb.sandbox.server.hosts import LOOPBACK, Hosts, in_url, is_loopback, is_wildcard
from truto_tickets_nb.sandbox.server.transport import protocol

if TYPE_CHECKING:
    from types import TracebackType

    from truto_tickets_nb.sandbox.server.router import Router

log = logging.getLogger(__name__)

_TICK = 0.002  # seconds between two looks while starting and ending
_BEAT = 0.1  # seconds between two beats of the server, as uvicorn has them
_GRACE = 1.0  # seconds that answers have to leave when the server is closed


class _Prompt(uvicorn.Server):
    """End at once when told to: uvicorn itself looks only ten times a second, and waits a tenth more before it ends."""

    async def main_loop(self) -> None:
        self._loop, self._told = asyncio.get_running_loop(), asyncio.Event()
        beats = 0
        while not await self.on_tick(beats):
            beats = (beats + 1) % 864_000
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), _BEAT)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        for connection in list(self.server_state.connections):
            with contextlib.suppress(h11.LocalProtocolError):  # one that broke in the middle of an answer
                connection.shutdown()
        end = self._loop.time() + _GRACE
        while (self.server_state.connections or self.server_state.tasks) and self._loop.time() < end:  # noqa: ASYNC110  (uvicorn keeps them in sets that tell nobody)
            await asyncio.sleep(_TICK)
        for task in list(self.server_state.tasks):
            task.cancel()

    def end(self) -> None:
        """Ask it to end, from another thread."""
        self.should_exit = True
        with contextlib.suppress(AttributeError, RuntimeError):  # it has not begun, or is over
            self._loop.call_soon_threadsafe(self._told.set)


class Server:
    """Serve a hub of accounts; it starts once and ends once.

    `host` is the address or the name to bind to. Any but one of loopback needs `expose`: other machines reach the server then.
    """

    def __init__(self, hub: Router, port: int = 0, host: str = LOOPBACK, *, expose: bool = False) -> None:
        self.hub, self.url = hub, ""
        self._port, self._host, self._is_exposed = port, host, expose
        self._server: _Prompt | None = None
        self._thread: threading.Thread | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return whether other machines can reach the server."""
        if not self._is_exposed:
            return ()
        return (
            f"Warning: other machines can reach this practice server at {self._host}. Whoever has its token can read and change its tickets.",
        )

    def start(self) -> None:
        """Start serving; returns once requests are answered."""
        if self._server is not None:
            return
        listener = self._listener()
        named = LOOPBACK if is_wildcard(self._host) else self._host
        self.url = f"http://{in_url(named)}:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            self.hub.app(Hosts(self._host)),
            log_config=None,
            access_log=False,
            lifespan="off",
            http=protocol(self.hub.lines),
            ws="none",
            proxy_headers=False,  # who is connected is not for the client to say
            loop="asyncio",
        )
        self._server = _Prompt(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), daemon=True, name="sandbox")
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(_TICK)
        atexit.register(self.close)
        for warning in self.warnings:
            log.warning(warning)

    def _address(self) -> tuple[socket.AddressFamily, str]:
        try:
            rows = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        except (OSError, UnicodeError, OverflowError) as error:
            raise OSError(f"host={self._host!r} is no address of this machine: {error}.") from error
        family, *_, address = min(rows, key=lambda row: row[0] != socket.AF_INET)
        if not self._is_exposed and not is_loopback(str(address[0])):
            raise ValueError(
                f"host={self._host!r} lets other machines reach the practice server. Give expose=True (--expose in a terminal) if you want that, "
                "or leave host= out."
            )
        return family, str(address[0])

    def _listener(self) -> socket.socket:
        family, address = self._address()
        listener = socket.socket(family, proto=socket.IPPROTO_TCP)  # named, so that small answers are not held back
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, self._port))
        except OSError as error:
            listener.close()
            if error.errno == errno.EADDRNOTAVAIL:
                raise OSError(f"host={self._host!r} is no address of this machine: {error.strerror}.") from error
            raise OSError(
                f"Port {self._port} is taken: {error.strerror}. Give another one, or 0 for any free port."
            ) from error
        return listener

    def close(self) -> None:
        """End the server; a second call does nothing."""
        atexit.unregister(self.close)
        self.hub.is_over = True
        if self._server is not None and self._thread is not None:
            self._server.end()
            self._thread.join(timeout=5)
            self._server = self._thread = None


class Served(ABC):
    """Share what all practice servers have: they begin and end with a block, or with Ctrl-C."""

    @abstractmethod
    def start(self) -> Self:
        """Start serving; returns once requests are answered."""

    @abstractmethod
    def close(self) -> None:
        """End the server; a second call does nothing."""

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def serve_forever(self) -> None:
        """Serve until Ctrl-C."""
        with self, contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
