"""Start and end the sandbox: a real server on loopback, in its own thread."""

from __future__ import annotations

import atexit
import socket
import threading
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import uvicorn

from truto_tickets_nb.sandbox import imports, seed
from truto_tickets_nb.sandbox.app import Api, Seen
from truto_tickets_nb.sandbox.faults import Fault, Faults, Struck
from truto_tickets_nb.sandbox.limiter import Limiter
from truto_tickets_nb.sandbox.profiles import played
from truto_tickets_nb.sandbox.store import Store
from truto_tickets_nb.sandbox.wire import protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

TOKEN = "sandbox-practice-token"  # noqa: S105  (no secret: it opens only this practice server on this very machine)
_HOME = uuid.UUID("6f9a1c52-57a5-4e0c-9d6e-3b8f0e5a4c11")
_TICK = 0.01  # seconds between two looks while starting


class Sandbox:
    """Serve one practice account over HTTP.

    >>> with Sandbox("jira", 20) as sandbox:
    ...     sandbox.url.startswith("http://127.0.0.1:"), len(sandbox.tickets())
    (True, 20)

    `tickets` is how many to generate, or what to start from: records, the path of an export, or a list of either.
    `columns` maps fields to the export's columns; what is guessed without it stands in `notes`. `limit` is (requests, seconds),
    None for no limit. `path` keeps the database in a file that survives. `ignored_filters` are filters to ignore silently.
    """

    def __init__(  # noqa: PLR0913  (keyword-only from the third: the switches of a practice ground)
        self,
        integration: str = "jira",
        tickets: int | str | Path | Mapping[str, Any] | Sequence[Any] = 500,
        *,
        seed: int = 0,
        limit: tuple[int, float] | None = (50, 10),
        path: str | Path | None = None,
        columns: Mapping[str, str] | None = None,
        port: int = 0,
        page_size: int = 100,
        read_only: bool = False,
        status: str = "active",
        blocked: bool = False,
        ignored_filters: Sequence[str] = (),
        token: str = TOKEN,
    ) -> None:
        profile = played(integration)
        self.integration, self.token, self.notes = profile.slug, token, ()
        self.account_id = str(uuid.uuid5(_HOME, f"{integration}/{seed}"))
        self.limit, self.path = limit, path
        self._store = Store(path)
        self._api = Api(profile, self._store, Limiter(limit), self.account_id, token, page_size, tuple(ignored_filters))
        self.set_account(read_only=read_only, status=status, blocked=blocked)
        self._port, self._server, self._thread = port, None, None
        self.url = ""
        try:
            self.notes = self._fill(tickets, seed, columns) if self._store.is_empty else ()
        except BaseException:
            self._store.close()
            raise

    _server: uvicorn.Server | None
    _thread: threading.Thread | None
    notes: tuple[str, ...]

    def _fill(self, tickets: Any, number: int, columns: Mapping[str, str] | None) -> tuple[str, ...]:
        if isinstance(tickets, int):
            records, companions = seed.tickets(self._api.played, tickets, number)
            notes: list[str] = []
        else:
            sources = [tickets] if isinstance(tickets, str | Path | dict) else list(tickets)
            records, notes = imports.gathered(sources, columns)
            companions = imports.companions(records)
        if "etag" in self._api.played.required_query:
            records = [{**record, "etag": record.get("etag", f'W/"{record["id"]}/0"')} for record in records]
        self._store.fill(records, companions)
        return tuple(notes)

    def start(self) -> Self:
        """Start serving; returns once requests are answered."""
        if self._server is not None:
            return self
        listener = socket.socket(proto=socket.IPPROTO_TCP)  # named, so that small answers are not held back
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", self._port))
        except OSError as error:
            listener.close()
            raise OSError(
                f"Port {self._port} is taken: {error.strerror}. Give another one, or 0 for any free port."
            ) from error
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            self._api.app(),
            log_config=None,
            access_log=False,
            lifespan="off",
            http=protocol(self._api.lines),
            loop="asyncio",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), daemon=True, name="sandbox")
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(_TICK)
        atexit.register(self.close)
        return self

    def close(self) -> None:
        """End the server and close the database; a second call does nothing."""
        atexit.unregister(self.close)
        self._api.is_over = True
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(timeout=5)
            self._server = self._thread = None
        self._store.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def serve_forever(self) -> None:
        """Serve until Ctrl-C."""
        with self:
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                return

    def requests(self) -> list[Seen]:
        """List the requests so far, as the server saw them."""
        return list(self._api.seen)

    def tickets(self) -> list[dict[str, Any]]:
        """List all tickets as they are now."""
        return self._store.tickets()

    def ticket(self, identity: str) -> dict[str, Any] | None:
        """Find one ticket as it is now."""
        return self._store.ticket(identity)

    def history(self, identity: str) -> list[dict[str, Any]]:
        """List the earlier states of a ticket, oldest first."""
        return self._store.history(identity)

    def writes(self, identity: str) -> list[dict[str, Any]]:
        """List who changed a ticket, `api` or `colleague`, and which fields from what to what, oldest first."""
        return self._store.writes(identity)

    def faults(self, *faults: Fault | str, seed: int = 0, **kinds: Any) -> None:
        """Play these faults from now on, and no others; without any, the world is orderly again.

        >>> with Sandbox("jira", 5) as sandbox:
        ...     sandbox.faults(limited=0.1, lost_after=[3, 5], deleted="10001", slow={"rate": 0.2, "wait": 2}, seed=7)
        ...     sandbox.faults()

        A decimal number is a rate, a whole one a turn, a text a ticket id, a list several of them; a dict names everything:
        rate, tickets, turns, wait (seconds), field, on (GET, PATCH, LIST), times. The same seed plays the same faults.

        From Truto and the provider: limited, limited_date (Retry-After as a date), limited_bare (none),
        limited_remote, limited_remote_bare, delayed (a 200 with
        Retry-After), error_500, error_502, error_503 (a gateway's page), error_504. On the way: slow, stalled, lost_before and lost_after
        (the commit), lost_midway, html, empty. In a 200: ignored, partly, echoed (it tells what was asked, and ignored it), uncleared,
        trimmed, recased, sanitised. Colleagues: edited, edited_silently (the same updated_at), raced (between re-reading and PATCH),
        deleted, moved. The account: revoked, needs_reauth, blocked, read_only. Versions: stale_409, stale_412. Lists:
        cursor_repeats, page_repeats, page_loses.
        """
        given = [Fault.read(item) if isinstance(item, str) else item for item in faults]
        self._api.faults = Faults([*given, *(Fault.made(kind, when) for kind, when in kinds.items())], seed)

    def struck(self) -> list[Struck]:
        """List the faults that were played since they were set: kind, request and ticket."""
        return list(self._api.faults.played)

    def edit(self, identity: str, **fields: Any) -> None:
        """Change a ticket as a colleague would in the tool itself."""
        record = self._store.ticket(identity)
        if record is None:
            raise KeyError(f"There is no ticket {identity}.")
        self._api.touch({**record, **fields}, by="colleague")

    def delete(self, identity: str) -> None:
        """Delete a ticket as a colleague would."""
        self._store.delete(identity)

    def set_account(self, **state: Any) -> None:
        """Change the account: status= (active, needs_reauth…), blocked=, read_only=, can_update=, revoked=."""
        self._api.state.update(state)

    def reset_limits(self) -> None:
        """Forget the requests counted so far."""
        self._api.limiter.reset()

    def __repr__(self) -> str:
        return f"Sandbox({self.integration!r}, {self._store.one('select count(*) from tickets')[0]} tickets)"
