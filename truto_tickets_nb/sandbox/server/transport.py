"""The HTTP protocol of the server: slow requests are ended, and open connections are kept where a fault can cut them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h11
import orjson
from uvicorn.protocols.http.h11_impl import H11Protocol

from truto_tickets_nb.sandbox.wire.responses import Refusal

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

if TYPE_CHECKING:
    import asyncio

    from truto_tickets_nb.sandbox.faults.connection import Lines

PATIENCE = 20.0  # seconds in which a request must have come as a whole
_MOST, _FEWEST = 4096, 64  # connections that may be open at a time
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


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
        """Return whether no request is being answered."""
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
