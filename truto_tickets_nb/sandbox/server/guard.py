"""What is refused before anything of a request is read: foreign hosts and pages, and what no server of this API has."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from truto_tickets_nb.sandbox.wire.responses import Refusal

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from truto_tickets_nb.sandbox.server.hosts import Hosts

log = logging.getLogger(__name__)

METHODS = ("GET", "PATCH", "POST", "PUT", "DELETE")
MOST_OF_BODY = 4 * 1024 * 1024  # bytes of a request's body; a larger one is answered with 413
_DRAINED = (
    16 * MOST_OF_BODY
)  # bytes of a body too large that are still read, so that its client comes to read the answer


class Guard:
    """Let through only what the application is to answer; everything else gets the error envelope."""

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._check(scope)
        except Refusal as refusal:
            await refusal.response()(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        self._hosts.check(scope["headers"])
        if not scope["path"].startswith("/"):
            raise Refusal(400, "The request target must be a path")
        if scope["method"] not in METHODS:
            refusal = Refusal(405, "Method not allowed")
            refusal.headers = {"Allow": ", ".join(METHODS)}
            raise refusal


async def body_of(request: Request) -> bytes:
    """Read the body of a request, or refuse one that is too large."""
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length[:20]) > _DRAINED:
        raise _too_large()
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > _DRAINED:
            break
        if size <= MOST_OF_BODY:
            pieces.append(piece)
        else:
            pieces.clear()
    if size > MOST_OF_BODY:
        raise _too_large()
    return b"".join(pieces)


def _too_large() -> Refusal:
    refusal = Refusal(413, f"The request body is larger than {MOST_OF_BODY:,} bytes")
    refusal.headers = {"Connection": "close"}
    return refusal
