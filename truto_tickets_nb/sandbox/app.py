"""The routes: each request is let in, limited, answered, and written into a log that tests can read."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.routing import Route

from truto_tickets_nb.sandbox import meta, mischief, wire
from truto_tickets_nb.sandbox.answers import Refusal, json_answer, missing_query, refused
from truto_tickets_nb.sandbox.faults import Faults
from truto_tickets_nb.sandbox.lists import companion_list, ticket_list
from truto_tickets_nb.sandbox.patching import patched
from truto_tickets_nb.sandbox.queries import flag, names, nested

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from truto_tickets_nb.sandbox.faults import Fault
    from truto_tickets_nb.sandbox.limiter import Limiter
    from truto_tickets_nb.sandbox.profiles import Played
    from truto_tickets_nb.sandbox.store import Store

COMPANIONS = (
    "users", "teams", "ticket_status", "ticket_priorities", "ticket_types", "tags", "collections", "workspaces", "contacts", "accounts",
    "fields",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """Hold one request as the server saw it."""

    method: str
    path: str
    query: dict[str, Any]
    body: Any
    status: int
    key: str = ""
    at: float = 0.0  # seconds of a monotonic clock


@dataclass
class Api:
    """Answer for one account."""

    played: Played
    store: Store
    limiter: Limiter
    account_id: str
    token: str
    page_size: int = 100
    ignored: tuple[str, ...] = ()
    state: dict[str, Any] = field(default_factory=lambda: {"status": "active", "blocked": False, "read_only": False})
    seen: list[Seen] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    lines: wire.Lines = field(default_factory=dict)  # open connections, to be cut
    is_over: bool = False  # the server is being closed: nobody is kept waiting

    def app(self) -> Starlette:
        """Build the application."""
        unified = "/unified/ticketing"
        routes = [
            ("/ping", self.ping),
            ("/integrated-account", self.accounts),
            ("/integrated-account/{id}", self.account),
            ("/integrated-account/{id}/capabilities", self.capabilities),
            (f"{unified}/tickets", self.tickets),
            (f"{unified}/tickets/meta/{{method}}", self.schema),
            (f"{unified}/tickets/{self.played.slug}/meta/{{method}}", self.schema),
            (f"{unified}/tickets/{{id:path}}", self.ticket),
            (f"{unified}/{{resource}}", self.companions),
            (f"{unified}/{{resource}}/meta/{{method}}", self.companion_schema),
            (f"{unified}/{{resource}}/{{id:path}}", self.companion),
            ("/{rest:path}", self.nowhere),
        ]
        methods = ["GET", "PATCH", "POST", "PUT", "DELETE"]
        return Starlette(routes=[Route(path, self._answering(handler), methods=methods) for path, handler in routes])

    def _answering(self, handler: Callable[[Call], Any]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                call = Call(request, nested(request.query_params.multi_items()), await request.body())
            except ClientDisconnect:  # the client died in the middle of a request: nobody is left to be answered
                return json_answer({}, 400)
            struck = self.faults.strike(call.kind, call.identity) if call.kind else {}
            await wire.held_up(struck)
            response, status = self._answer(handler, call, struck)
            self.seen.append(
                Seen(request.method, request.url.path, call.query, call.body, status, call.key, time.monotonic())
            )
            return (
                await wire.sent(response, request, struck, self.lines, over=lambda: self.is_over)
                if struck
                else response
            )

        return answer

    def _answer(self, handler: Callable[[Call], Any], call: Call, struck: dict[str, Fault]) -> tuple[Response, int]:
        if struck.keys() & {"lost_before", "html"}:  # it never came here
            return json_answer({}), 0
        try:
            self._let_in(call)
            mischief.before(self, call, struck)
            self._stated(call)
            call.taken = mischief.body(call.body, struck)
            found = mischief.answer(handler(call), call, struck)
            headers = self.limiter.headers() if call.is_unified else {}
            return json_answer(found, 200, {**headers, **mischief.headers(struck)}), 200
        except Refusal as refusal:
            return refusal.response(), refusal.status

    def _let_in(self, call: Call) -> None:
        if call.request.headers.get("authorization") != f"Bearer {self.token}":
            raise Refusal(401, "Unauthorized")
        if not call.is_unified:
            return
        if "integrated_account_id" not in call.query:
            raise missing_query(["integrated_account_id"])
        if call.query["integrated_account_id"] != self.account_id:
            raise Refusal(404, "Integrated account not found")
        if not self.limiter.admit():
            refusal = Refusal(429, "Too many requests for this integrated account")
            headers = self.limiter.headers()
            refusal.headers = {**headers, "Retry-After": str(max(1, int(headers["ratelimit-reset"])))}
            raise refusal

    def _stated(self, call: Call) -> None:
        """Refuse what the account can't do as it is."""
        if self.state.get("revoked"):
            raise Refusal(401, "Unauthorized")
        if not call.is_unified:
            return
        if self.state["blocked"]:
            raise Refusal(503, "The integrated account is blocked")
        if self.state["status"] == "needs_reauth":
            raise Refusal(401, "Invalid credentials", raw={"error": "invalid_token"})

    def ping(self, call: Call) -> Any:
        return {"message": "pong"}

    def accounts(self, call: Call) -> Any:
        call.only("GET")
        return {"result": [meta.account(self.played, self.account_id, self.state)], "next_cursor": None, "limit": 5000}

    def account(self, call: Call) -> Any:
        call.only("GET")
        if call.name("id") not in (self.account_id, "me"):
            raise Refusal(404, "Integrated account not found")
        return meta.account(self.played, self.account_id, self.state)

    def capabilities(self, call: Call) -> Any:
        call.only("GET")
        if call.name("id") != self.account_id:
            raise Refusal(404, "Integrated account not found")
        return meta.capabilities(self.played, self.account_id, self.state)

    def schema(self, call: Call) -> Any:
        call.only("GET")
        if not self.played.offers("tickets", call.name("method")):
            raise Refusal(404, f"{self.played.name} has no tickets/{call.name('method')}")
        return meta.schema(self.played, self.store, call.name("method"))

    def tickets(self, call: Call) -> Any:
        call.only("GET")
        return ticket_list(self.store, self.played, call.query, self.page_size, self.ignored)

    def ticket(self, call: Call) -> Any:
        call.only("GET", "PATCH")
        if call.request.method == "GET":
            return call.shaped(self._found(call))
        if self.state["read_only"]:
            raise Refusal(405, "Method not allowed on a sandbox account")
        if not self.state.get("can_update", True):
            insight = {
                "forbidden_error": {
                    "description": "The scopes are missing.",
                    "value": {"missing_scopes": ["tickets.write"]},
                }
            }
            raise Refusal(403, "Forbidden", raw={"message": "insufficient scope"}, insight=insight)
        return self._remembered(call)

    def _found(self, call: Call) -> dict[str, Any]:
        record = self.store.ticket(call.name("id"))
        if record is None:
            raise Refusal(404, "Not found", raw={"message": f"Ticket {call.name('id')} does not exist"})
        return record

    def _remembered(self, call: Call) -> Any:
        """Answer a repeated Idempotency-Key from memory, with no second effect."""
        known = self.store.one("select body from replies where key = ?", call.key) if call.key else None
        if known:
            return bytes(known[0])
        answer = orjson.dumps(call.shaped(self._patch(call)))
        if call.key:
            self.store.one("insert into replies values (?, ?, ?)", call.key, 200, answer)
        return answer

    def _patch(self, call: Call) -> dict[str, Any]:
        missing = [name for name in self.played.required_query if name not in call.query]
        if missing:
            raise missing_query(missing)
        with self.store.lock:
            record = self._found(call)
            if "etag" in self.played.required_query and call.query.get("etag") != record.get("etag"):
                raise refused("etag", "The etag does not match the current version", 409)
            made = patched(record, call.taken, self.played, self.store)
            return self.touch(made)

    def touch(self, record: dict[str, Any], by: str = "api", *, silently: bool = False) -> dict[str, Any]:
        """Store a new state with its new time stamp and etag; silently, the stamp stays as it was."""
        now = self.store.tick()
        record = record if silently else {**record, "updated_at": now}
        if "etag" in record:
            record["etag"] = f'W/"{record["id"]}/{now}"'
        self.store.write(record, by)
        return record

    def companions(self, call: Call) -> Any:
        call.only("GET")
        resource = self._offered(call, "list")
        return companion_list(self.store.companions(resource), call.query, self.page_size)

    def companion_schema(self, call: Call) -> Any:
        call.only("GET")
        return meta.companion(self._offered(call, call.name("method")), call.name("method"))

    def companion(self, call: Call) -> Any:
        call.only("GET")
        found = self.store.companion(self._offered(call, "get"), call.name("id"))
        if found is None:
            raise Refusal(404, "Not found", raw={"message": "not found"})
        return found

    def _offered(self, call: Call, method: str) -> str:
        resource = call.name("resource")
        if resource not in COMPANIONS or not self.played.offers(resource, method):
            raise Refusal(404, f"{self.played.name} has no {resource}/{method}")
        return resource

    def nowhere(self, call: Call) -> Any:
        raise Refusal(404, "Not found")


class Call:
    """Hold one request, read."""

    def __init__(self, request: Request, query: dict[str, Any], body: bytes) -> None:
        self.request, self.query = request, query
        self.key = request.headers.get("idempotency-key", "")
        try:
            self.body = orjson.loads(body) if body else None
        except orjson.JSONDecodeError:
            self.body = body.decode("latin-1")
        self.taken = self.body  # what of it is taken over

    @property
    def identity(self) -> str:
        """Name the ticket, empty where the request is of none."""
        return str(self.request.path_params.get("id", "")) if "/tickets/" in self.request.url.path else ""

    @property
    def kind(self) -> str:
        """Tell what faults can strike: a GET or PATCH of one ticket, or a LIST of tickets."""
        if self.request.url.path == "/unified/ticketing/tickets":
            return "LIST"
        return self.request.method if self.identity and self.is_unified else ""

    @property
    def is_unified(self) -> bool:
        return self.request.url.path.startswith("/unified/")

    def name(self, part: str) -> str:
        return str(self.request.path_params[part])

    def only(self, *methods: str) -> None:
        if self.request.method not in methods:
            raise Refusal(405, "Method not allowed")

    def shaped(self, record: dict[str, Any]) -> Any:
        """Leave out what the query asks to leave out; `raw` is the provider's own form."""
        if self.query.get("truto_response_format") == "raw":
            return record.get("remote_data", {})
        left_out = set(names(self.query.get("truto_exclude_fields")))
        if flag(self.query.get("truto_ignore_remote_data")):
            left_out.add("remote_data")
        return {key: value for key, value in record.items() if key not in left_out or key == "id"}
