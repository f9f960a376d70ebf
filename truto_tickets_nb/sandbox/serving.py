"""A real server on loopback, in its own thread."""

from __future__ import annotations

import atexit
import socket
import threading
import time
from typing import TYPE_CHECKING

import uvicorn

from truto_tickets_nb.sandbox.wire import protocol

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.hub import Hub

_TICK = 0.01  # seconds between two looks while starting


class Server:
    """Serve a hub of accounts; it starts once and ends once."""

    def __init__(self, hub: Hub, port: int = 0) -> None:
        self.hub, self.url = hub, ""
        self._port = port
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start serving; returns once requests are answered."""
        if self._server is not None:
            return
        listener = self._listener()
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            self.hub.app(),
            log_config=None,
            access_log=False,
            lifespan="off",
            http=protocol(self.hub.lines),
            loop="asyncio",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), daemon=True, name="sandbox")
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(_TICK)
        atexit.register(self.close)

    def _listener(self) -> socket.socket:
        listener = socket.socket(proto=socket.IPPROTO_TCP)  # named, so that small answers are not held back
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", self._port))
        except OSError as error:
            listener.close()
            raise OSError(
                f"Port {self._port} is taken: {error.strerror}. Give another one, or 0 for any free port."
            ) from error
        return listener

    def close(self) -> None:
        """End the server; a second call does nothing."""
        atexit.unregister(self.close)
        self.hub.is_over = True
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(timeout=5)
            self._server = self._thread = None


def until_interrupted() -> None:
    """Wait for Ctrl-C."""
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return
