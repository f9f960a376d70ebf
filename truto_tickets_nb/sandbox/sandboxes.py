"""Many practice accounts at once: one server, one token, one account of each tool."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from truto_tickets_nb.sandbox.profiles.profiles import slugs
from truto_tickets_nb.sandbox.sandbox import Sandbox, new_token
from truto_tickets_nb.sandbox.server.hosts import LOOPBACK
from truto_tickets_nb.sandbox.server.router import Router
from truto_tickets_nb.sandbox.server.server import Served, Server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from truto_tickets_nb.sandbox.wire.request import Seen


class Sandboxes(Served):
    """Serve a practice account of every integration under one token, as a real environment has them.

    >>> with Sandboxes(tickets=3, integrations=["jira", "trello"]) as many:
    ...     list(many), len(many["trello"].tickets()), many["jira"].url == many.url
    (['jira', 'trello'], 3, True)

    Each account is a Sandbox with all its knobs. `integrations` are the tools to play, else all that have a profile; `path` is a folder for
    databases that survive; the other switches are those of a Sandbox.
    """

    def __init__(  # noqa: PLR0913  (keyword-only from the second)
        self,
        tickets: int = 20,
        *,
        integrations: Sequence[str] | None = None,
        token: str | None = None,
        port: int = 0,
        host: str = LOOPBACK,
        expose: bool = False,
        path: str | Path | None = None,
        **switches: Any,
    ) -> None:
        self.token = token or new_token()
        self._server = Server(Router(self.token), port, host, expose=expose)
        self.notes = self._server.warnings
        self._boxes: dict[str, Sandbox] = {}
        for slug in integrations if integrations is not None else slugs():
            file = Path(path) / f"{slug}.sqlite" if path else None
            self._boxes[slug] = Sandbox(slug, tickets, token=self.token, path=file, **switches)
            self._boxes[slug].join(self._server)

    @property
    def url(self) -> str:
        """Return where they answer, "" before they are started."""
        return self._server.url

    def __getitem__(self, slug: str) -> Sandbox:
        return self._boxes[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._boxes)

    def __len__(self) -> int:
        return len(self._boxes)

    def requests(self) -> list[Seen]:
        """List the requests to all accounts so far, and those that named none."""
        return self._server.hub.seen.items()

    def start(self) -> Self:
        """Start serving; returns once requests are answered."""
        self._server.start()
        return self

    def close(self) -> None:
        """End the server and close the databases; a second call does nothing."""
        self._server.close()
        for box in self._boxes.values():
            box.close()

    def __repr__(self) -> str:
        return f"Sandboxes({len(self)} accounts)"
