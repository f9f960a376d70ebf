"""The routes: each request finds its account, is let in, answered, and written into a log that tests can read."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.routing import Route

from truto_tickets_nb.sandbox import bounded
from truto_tickets_nb.sandbox.api import account_info, response_formats, schemas
from truto_tickets_nb.sandbox.api.account_api import AccountApi
from truto_tickets_nb.sandbox.bounded import Newest
from truto_tickets_nb.sandbox.data.store import StoreClosed
from truto_tickets_nb.sandbox.faults import connection
from truto_tickets_nb.sandbox.faults.kinds import KINDS
from truto_tickets_nb.sandbox.profiles.profiles import playable, played
from truto_tickets_nb.sandbox.server.guard import METHODS, Guard, body_of
from truto_tickets_nb.sandbox.wire.request import ApiRequest, Seen
from truto_tickets_nb.sandbox.wire.responses import Refusal, json_answer, missing_query

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from truto_tickets_nb.sandbox.faults import Fault
    from truto_tickets_nb.sandbox.server.hosts import Hosts

log = logging.getLogger(__name__)

_UNIFIED = "/unified/ticketing"
TOKEN_SECONDS = 15 * 60  # how long the token of an integrated account is valid
_OF_ACCOUNT: dict[str, Callable[[AccountApi, ApiRequest], Any]] = {
    "/integrated-account/{id}": AccountApi.account,
    "/integrated-account/{id}/capabilities": AccountApi.capabilities,
    "/integrated-account/{id}/tools": AccountApi.tools,
    f"{_UNIFIED}/tickets": AccountApi.tickets,
    f"{_UNIFIED}/tickets/meta/{{method}}": AccountApi.schema,
    f"{_UNIFIED}/tickets/{{slug}}/meta/{{method}}": AccountApi.schema,
    f"{_UNIFIED}/tickets/{{id:path}}": AccountApi.ticket,
    f"{_UNIFIED}/{{resource}}": AccountApi.companions,
    f"{_UNIFIED}/{{resource}}/meta/{{method}}": AccountApi.companion_schema,
    f"{_UNIFIED}/{{resource}}/{{id:path}}": AccountApi.companion,
}


@dataclass
class Router:
    """Serve some accounts under one token: a request is for the account that its query or its path names."""

    token: str = field(repr=False)
    accounts: dict[str, AccountApi] = field(default_factory=dict)
    seen: Newest[Seen] = field(default_factory=lambda: Newest(bounded.REQUESTS, bounded.MEMORY, Seen.size))
    lines: connection.Lines = field(default_factory=dict)  # open connections, to be cut
    tokens: dict[bytes, tuple[str, float]] = field(default_factory=dict, repr=False)  # digest -> account, valid until
    is_over: bool = False  # the server is being closed: nobody is kept waiting

    def app(self, hosts: Hosts) -> Guard:
        """Build the application, which answers to these host names."""
        own = {
            "/ping": self._ping,
            "/integrated-account": self._listed,
            "/integrated-account/token": self._new_token,
            "/integration/{slug}/capabilities": self._capabilities,
        }
        routes = [Route(path, self._answering(handler), methods=METHODS) for path, handler in own.items()]
        for path, of_account in _OF_ACCOUNT.items():
            routes.append(Route(path, self._answering(self._passing(of_account)), methods=METHODS))
        routes.append(Route("/{rest:path}", self._answering(self._nowhere), methods=METHODS))
        return Guard(Starlette(routes=routes), hosts)

    def _answering(self, handler: Callable[[ApiRequest], Any]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                call = await self._read(request)
            except ClientDisconnect:  # the client died in the middle of a request: nobody is left to be answered
                return json_answer({}, 400)
            api = self._account(call)
            struck = api.faults.strike(call.kind, call.identity) if api and call.kind and self._knows(call) else {}
            await connection.held_up(struck)
            response, status = self._answer(handler, call, (api, struck))
            self._log(call, status, api)
            for kind, fault in struck.items():
                if send := KINDS[kind].sending:
                    response = await send(
                        connection.ResponseContext(response, request, fault, self.lines, lambda: self.is_over)
                    )
            is_streamed = call.form == "stream" and status == 200 and not isinstance(response, StreamingResponse)
            return response_formats.streamed(response) if is_streamed else response

        return answer

    async def _read(self, request: Request) -> ApiRequest:
        """Read a request; the body only of those whose token is known here."""
        call = ApiRequest(request)
        try:
            if self._knows(call):
                call.read(await body_of(request))
        except Refusal as refusal:
            call.unreadable = refusal
        return call

    def _knows(self, call: ApiRequest) -> bool:
        """Return whether the token is one of this server's, in a time that tells nothing of it."""
        is_own = hmac.compare_digest(call.token.encode(), self.token.encode())
        return is_own or bool(self._owner(call))

    def _log(self, call: ApiRequest, status: int, api: AccountApi | None) -> None:
        seen = Seen(
            call.request.method,
            call.path,
            call.query,
            status,
            call.key,
            time.monotonic(),
            call.target,
            call.raw,
            api.account_id if api else "",
        )
        self.seen.append(seen)

    def _account(self, call: ApiRequest) -> AccountApi | None:
        """Find whose request it is; a server of one account takes for its own what names none."""
        named = call.query.get("integrated_account_id")
        if not (call.is_unified or call.is_me):
            named = call.request.path_params.get("id")
        if own := self._owner(call):
            return self.accounts.get(own) if named in (None, own) else None
        if call.is_me and named is None:
            return next(iter(self.accounts.values())) if len(self.accounts) == 1 else None
        return self.accounts.get(str(named))

    def _owner(self, call: ApiRequest) -> str:
        """Name the account whose own token came along, "" for the token of the environment."""
        account, until = self.tokens.get(_digest(call.token), ("", 0.0))
        return account if time.monotonic() < until else ""

    def _answer(
        self, handler: Callable[[ApiRequest], Any], call: ApiRequest, of: tuple[AccountApi | None, dict[str, Fault]]
    ) -> tuple[Response, int]:
        api, struck = of
        if any(KINDS[kind].is_lost for kind in struck):  # it never came here
            return json_answer({}), 0
        try:
            self._let_in(call, api)
            if api is None:
                return json_answer(handler(call)), 200
            self._before(api, call, struck)
            answer = self._around(api, call, struck, lambda: handler(call))
            changes = [(change, fault) for kind, fault in struck.items() if (change := KINDS[kind].answer)]
            if changes:
                answer = orjson.loads(answer) if isinstance(answer, bytes) else answer
                for change, fault in changes:
                    answer = change(answer, call, fault)
                answer = json.dumps(answer).encode()  # which writes lone surrogates and NaN, as careless servers do
            return json_answer(answer, 200, api.headers(call)), 200
        except Refusal as refusal:
            if api and api.vendor and refusal.raw is not None:  # the vendor's own headers go with its own errors
                refusal.headers = {**api.vendor.raw_headers(), **refusal.headers}
                refusal.headers |= api.headers(call) if refusal.status == 429 else {}
            return refusal.response(), refusal.status
        except StoreClosed:
            return Refusal(503, "The practice server is being closed").response(), 503
        except Exception as error:  # a request that can't be answered is not to end in a page without words
            log.exception("no answer to %s %s", call.request.method, call.path)
            unread = Refusal(400, f"The practice server can't read this request ({type(error).__name__})")
            return unread.response(), unread.status

    def _before(self, api: AccountApi, call: ApiRequest, struck: dict[str, Fault]) -> None:
        """Let faults act before the request is answered, and on what is taken over of its body."""
        for kind, fault in struck.items():
            if act := KINDS[kind].before:
                act(api, call, fault)
        api.stated(call)
        call.taken = call.body
        for kind, fault in struck.items():
            if (change := KINDS[kind].body) and isinstance(call.taken, dict):
                call.taken = change(call.taken, fault)

    def _around(self, api: AccountApi, call: ApiRequest, struck: dict[str, Fault], handle: Callable[[], Any]) -> Any:
        """Answer, with faults around it."""
        for kind, fault in struck.items():
            if around := KINDS[kind].around:
                handle = partial(around, api, call, fault, handle)
        return handle()

    def _let_in(self, call: ApiRequest, api: AccountApi | None) -> None:
        own, needs_account = self._owner(call), call.is_unified or call.is_me
        if not self._knows(call):
            raise Refusal(401, "Unauthorized")
        if call.unreadable:
            raise call.unreadable
        if own and not needs_account:
            raise Refusal(403, "The token of an integrated account reaches unified resources and its own account only")
        is_named = bool(own) or "integrated_account_id" in call.query
        if needs_account and api is None and (is_named or not call.is_of_tool):
            raise (
                Refusal(404, "Integrated account not found") if is_named else missing_query(["integrated_account_id"])
            )
        call.check()
        if api:
            api.limited(call)

    def _passing(self, handler: Callable[[AccountApi, ApiRequest], Any]) -> Callable[[ApiRequest], Any]:
        def answer(call: ApiRequest) -> Any:
            api = self._account(call)
            if api is None and call.is_of_tool:
                return self._tool_schema(call)
            if api is None:
                raise Refusal(404, "Integrated account not found")
            return handler(api, call)

        return answer

    def _ping(self, call: ApiRequest) -> Any:
        return {"message": "pong"}

    def _listed(self, call: ApiRequest) -> Any:
        call.only("GET")
        return account_info.accounts(list(self.accounts.values()), call.query)

    def _capabilities(self, call: ApiRequest) -> Any:
        call.only("GET")
        if call.name("slug") not in playable():
            raise Refusal(404, "Integration not found")
        return account_info.capabilities(played(call.name("slug")), call.query)

    def _tool_schema(self, call: ApiRequest) -> Any:
        """Describe a method of tickets of a tool, without any account of it."""
        call.only("GET")
        tool = played(call.name("slug"))
        if not tool.offers("tickets", call.name("method")):
            raise Refusal(404, f"{tool.name} has no tickets/{call.name('method')}")
        return schemas.schema(schemas.of_tool(tool), call.name("method"), with_response=True)

    def _new_token(self, call: ApiRequest) -> Any:
        """Make a token of one account, valid for a quarter of an hour, as links for end users have it."""
        call.only("POST")
        account = call.body.get("integrated_account_id") if isinstance(call.body, dict) else None
        if str(account) not in self.accounts:
            raise Refusal(404 if account else 400, "Send the integrated_account_id of an account that exists")
        token, now = secrets.token_urlsafe(24), time.monotonic()
        valid = [(digest, item) for digest, item in self.tokens.items() if item[1] > now]
        self.tokens = dict([*valid, (_digest(token), (str(account), now + TOKEN_SECONDS))][-bounded.TOKENS :])
        return {"integrated_account_token": token}

    def _nowhere(self, call: ApiRequest) -> Any:
        raise Refusal(404, "Not found")


def _digest(token: str) -> bytes:
    """Stand for a token where tokens are looked up: how long that takes tells nothing of the token itself."""
    return hashlib.sha256(token.encode()).digest()
