"""A practice account: what it starts from, and the panel by which tests and people turn its knobs."""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING, Any, Self

from truto_tickets_nb.sandbox.api.account_api import AccountApi
from truto_tickets_nb.sandbox.data import generate, import_export
from truto_tickets_nb.sandbox.data.store import Store
from truto_tickets_nb.sandbox.faults import Fault, Faults, PlayedFault
from truto_tickets_nb.sandbox.limits.truto import Limiter
from truto_tickets_nb.sandbox.limits.vendor import vendor_limit as limit_of_vendor
from truto_tickets_nb.sandbox.profiles.profiles import played, vocabulary
from truto_tickets_nb.sandbox.server.hosts import LOOPBACK
from truto_tickets_nb.sandbox.server.router import Router
from truto_tickets_nb.sandbox.server.server import Served, Server

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from truto_tickets_nb.sandbox.wire.request import Seen

_HOME = uuid.UUID("6f9a1c52-57a5-4e0c-9d6e-3b8f0e5a4c11")


class Sandbox(Served):
    """Serve one practice account over HTTP.

    >>> with Sandbox("jira", 20) as sandbox:
    ...     sandbox.url.startswith("http://127.0.0.1:"), len(sandbox.tickets())
    (True, 20)

    `tickets` is how many to generate, or what to start from: records, the path of an export, a DataFrame, or a list of these.
    `columns` maps fields to the export's columns; what is guessed without it stands in `notes`. `limit` is Truto's limit, (requests,
    seconds), None for none. `vendor_limit` is the tool's own: True as its profile has it, or (requests, seconds); `vendor_lockout` are
    the seconds for which it then shuts a caller out. `path` keeps the database in a file that survives. `ignored_filters` are
    filters to ignore silently. `token` is the one to answer to, else a new one at each start. `host` is the address to bind to; one that
    other machines reach needs `expose=True`.

    Memory has an end: the newest 50,000 requests and 100,000 earlier states, writes and remembered answers are kept, each within 64 MB. A body
    of more than 4 MB is refused (413), as is a ticket that would grow beyond that (422).
    """

    def __init__(  # noqa: PLR0913  (keyword-only from the third: the switches of a practice ground)
        self,
        integration: str = "jira",
        tickets: int | str | Path | Mapping[str, Any] | Sequence[Any] = 500,
        *,
        seed: int = 0,
        limit: tuple[int, float] | None = (50, 10),
        vendor_limit: bool | tuple[int, float] = False,
        vendor_lockout: float | None = None,
        path: str | Path | None = None,
        columns: Mapping[str, str] | None = None,
        port: int = 0,
        page_size: int = 100,
        read_only: bool = False,
        status: str = "active",
        blocked: bool = False,
        ignored_filters: Sequence[str] = (),
        token: str | None = None,
        host: str = LOOPBACK,
        expose: bool = False,
    ) -> None:
        profile = played(integration)
        self.integration, self.token = profile.slug, token or new_token()
        self.account_id = str(uuid.uuid5(_HOME, f"{integration}/{seed}"))
        self.limit, self.path = limit, path
        vendor = limit_of_vendor(vendor_limit, profile, vendor_lockout)
        self._store = Store(path)
        self._api = AccountApi(
            profile, self._store, Limiter(limit), self.account_id, vendor, page_size, tuple(ignored_filters)
        )
        self.set_account(read_only=read_only, status=status, blocked=blocked)
        self._is_one_of_many = False
        self._server = Server(Router(self.token, {self.account_id: self._api}), port, host, expose=expose)
        try:
            notes = self._fill(tickets, seed, columns) if self._store.is_empty else ()
        except BaseException:
            self._store.close()
            raise
        self.notes = (*self._server.warnings, *self._warnings(), *notes)

    notes: tuple[str, ...]

    def _fill(self, tickets: Any, number: int, columns: Mapping[str, str] | None) -> tuple[str, ...]:
        if isinstance(tickets, int) and not isinstance(tickets, bool):
            if tickets < 0:
                raise ValueError(f"tickets={tickets} is no number of tickets. Give 0 or more.")
            records, companions = generate.tickets(self._api.played, tickets, number)
            notes: list[str] = []
            self._store.fact("generated", "yes")  # only an invented account has a workflow
        else:
            records, notes = import_export.gathered(
                import_export.sources(tickets), columns, vocabulary(self._api.played)
            )
            companions = import_export.companions(records)
        if "etag" in self._api.played.required_query:
            records = [{**record, "etag": record.get("etag", f'W/"{record["id"]}/0"')} for record in records]
        self._store.fill(records, companions)
        return tuple(notes)

    def _warnings(self) -> tuple[str, ...]:
        profile = self._api.played
        day = profile.fact("ended")
        if day is None:
            return ()
        return (f"{profile.name} is only practice: its vendor ended its tickets on {day}.",)

    @property
    def url(self) -> str:
        """Return where it answers, "" before it is started."""
        return self._server.url

    def start(self) -> Self:
        """Start serving; returns once requests are answered."""
        try:
            self._server.start()
        except BaseException:
            self.close()
            raise
        return self

    def join(self, server: Server) -> None:
        """Be served by a server of several accounts instead of one's own."""
        server.hub.accounts[self.account_id] = self._api
        self._is_one_of_many = True
        self._server = server

    def close(self) -> None:
        """End the server, unless it serves other accounts too, and close the database; a second call does nothing."""
        self._server.hub.accounts.pop(self.account_id, None)
        if not self._server.hub.accounts:
            self._server.close()
        self._store.close()

    @property
    def plays_vendor(self) -> bool:
        """Return whether the vendor's own limit is played too."""
        return self._api.vendor is not None

    def requests(self) -> list[Seen]:
        """List the requests so far, as the server saw them: the newest 50,000."""
        seen = self._server.hub.seen.items()
        return [item for item in seen if item.account == self.account_id] if self._is_one_of_many else seen

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

    def notified(self) -> list[str]:
        """List the tickets of whose change the tool would have told somebody, in order."""
        return self._api.notified.items()

    def faults(self, *faults: Fault | str, seed: int = 0, **kinds: Any) -> None:
        """Play these faults from now on, and no others; without any, the world is orderly again.

        >>> with Sandbox("jira", 5) as sandbox:
        ...     sandbox.faults(limited=0.1, lost_after=[3, 5], deleted="10001", slow={"rate": 0.2, "wait": 2}, seed=7)
        ...     sandbox.faults()

        A decimal number is a rate, a whole one a turn, a text a ticket id, a list several of them; a dict names everything:
        rate, tickets, turns, wait (seconds), field, on (GET, PATCH, LIST, META…), times. The same seed plays the same faults.

        `truto-tickets sandbox --fault help` and docs/practice-server.md list all kinds: limits and failures (limited, error_503), errors
        after the change was made (after_commit_422), the way there (lost_after, drip), answers that are not true (ignored, replica_lag), odd
        answers (bad_gzip, surrogate), lists (endless_list), colleagues (edited, raced) and the account (revoked).
        """
        given = [Fault.read(item) if isinstance(item, str) else item for item in faults]
        self._api.faults = Faults([*given, *(Fault.made(kind, when) for kind, when in kinds.items())], seed)

    def struck(self) -> list[PlayedFault]:
        """List the faults that were played since they were set: kind, request and ticket."""
        return self._api.faults.played.items()

    def edit(self, identity: str, **fields: Any) -> None:
        """Change a ticket as a colleague would in the tool itself."""
        with self._store.lock:  # nothing is written between reading and writing
            record = self._store.ticket(identity)
            if record is None:
                raise KeyError(f"There is no ticket {identity}.")
            self._api.touch({**record, **fields}, by="colleague")

    def delete(self, identity: str) -> None:
        """Delete a ticket as a colleague would."""
        self._store.delete(identity)

    def set_account(self, **state: Any) -> None:
        """Change the account: status= (active, needs_reauth…), blocked=, read_only=, can_update=, revoked=, env_overridden=."""
        self._api.state.update(state)

    def reset_limits(self) -> None:
        """Forget the requests counted so far."""
        self._api.limiter.reset()
        if self._api.vendor:
            self._api.vendor.reset()

    def __repr__(self) -> str:
        if self._store.is_closed:
            return f"Sandbox({self.integration!r}, closed)"
        return f"Sandbox({self.integration!r}, {self._store.one('select count(*) from tickets')[0]} tickets)"


def new_token() -> str:
    """Make a token that nobody can guess; its first letter keeps it from looking like an option of a command."""
    return f"practice-{secrets.token_urlsafe(24)}"
