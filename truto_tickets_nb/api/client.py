"""Pages, get, patch, choices lists, meta, capabilities: one request at a time, within the budget, retried as decided."""

from __future__ import annotations

import random
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

import httpx
import orjson
from pydantic import BaseModel, ValidationError

from truto_tickets_nb.api import timeouts
from truto_tickets_nb.api.account_models import AccountInfo, Capabilities, Meta
from truto_tickets_nb.api.address import TRUTO, Token, account_name, base_address, is_loopback, query_pairs, segment
from truto_tickets_nb.api.certificates import trusted
from truto_tickets_nb.api.lenient_json import as_sent, brief, is_too_deep
from truto_tickets_nb.api.pagination import Page, Watch, page_of
from truto_tickets_nb.api.read_then_write import ReadThenWrite
from truto_tickets_nb.api.responses import decoded
from truto_tickets_nb.api.retry import PATIENCE, pause, wait_asked, wait_reason, window_closed
from truto_tickets_nb.api.throttle import Throttle, never
from truto_tickets_nb.api.transport import NEVER_LEFT, ResponseLimits, exchange, prepared
from truto_tickets_nb.errors import (
    AccountClosed,
    ApiError,
    NoAnswer,
    RateLimited,
    Rejected,
    ServerTrouble,
    SetupError,
    UnexpectedAnswer,
    cause,
    shorten,
)
from truto_tickets_nb.events.event_types import (
    RequestFailed,
    RequestSent,
    ResponseReceived,
    RetryDeclined,
    RetryScheduled,
    WaitStarted,
)
from truto_tickets_nb.events.listeners import Listeners
from truto_tickets_nb.events.logging_listener import log_events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import TracebackType

    from truto_tickets_nb.api.transport import Reply
    from truto_tickets_nb.events.event_types import Event, Listener

TICKETS = "/unified/ticketing/tickets"
TICKET = f"{TICKETS}/{{id}}"
ACCOUNT = "/integrated-account/{id}"
_Model = TypeVar("_Model", bound=BaseModel)
_RACE = random.Random()  # jitter needs no secrecy


@dataclass(frozen=True, slots=True)
class _Call:
    """A request, and what events say of it: the template of its path, and the ticket."""

    request: httpx.Request
    path: str
    ticket: str


class Client:
    """The HTTP client of one integrated account. Safe to share between threads; shows its token nowhere."""

    def __init__(  # noqa: PLR0913  (keyword-only from the fourth: the seams that tests need)
        self,
        token: str | Token,
        account_id: str,
        base_url: str = TRUTO,
        *,
        transport: httpx.BaseTransport | None = None,
        budget: Throttle | None = None,
        tries: int = 5,
        timeout: float = 30.0,
        sleep: Callable[[float], None] = time.sleep,
        listeners: Iterable[Listener] = (log_events,),
    ) -> None:
        self._token = token if isinstance(token, Token) else Token(token)
        del token  # a traceback that shows local variables finds none
        self.account_id, self.base_url = account_name(account_id), base_address(base_url)
        self.budget = budget or Throttle(sleep=sleep)
        self.listeners, self._tries = Listeners(listeners), tries
        self._local = threading.local()  # the pair of requests that a thread is at, and the events of it
        self.stop: Callable[[], bool] = never  # asked while waiting: whoever stops a job stops its waits
        self._bounds = ResponseLimits(total=2 * timeout)
        self._http = httpx.Client(
            auth=self._token,
            base_url=self.base_url,
            transport=transport,
            verify=trusted(self.base_url),
            timeout=httpx.Timeout(timeout, connect=10.0),
            follow_redirects=False,
            trust_env=not is_loopback(_host(self.base_url)),  # a proxy has no business between us and this very machine
            headers={"Accept": "application/json", "Accept-Encoding": "gzip, deflate"},
            limits=httpx.Limits(max_connections=32),
        )
        timeouts.bound(self._http)

    def account(self) -> AccountInfo:
        """Fetch what the account is; a wrong token and a wrong account id are different errors."""
        answer = self._json("GET", ACCOUNT, identity=self.account_id)
        return _object(AccountInfo, answer, "an integrated account")

    def capabilities(self) -> Capabilities:
        """Fetch which resources and methods the account offers."""
        answer = self._json("GET", f"{ACCOUNT}/capabilities", {"type": "unified"}, identity=self.account_id)
        return _object(Capabilities, answer, "the capabilities of an account")

    def meta(self, method: str) -> Meta:
        """Fetch the schema of a method of tickets, such as update."""
        return _object(Meta, self._json("GET", f"{TICKETS}/meta/{segment(method)}", self._for_account({})), "a schema")

    def page(self, query: Mapping[str, Any], cursor: str | None = None, *, resource: str = "tickets") -> Page:
        """Fetch one page of a list; the cursor is only ever a query value."""
        parameters = {**query, "next_cursor": cursor} if cursor else dict(query)
        return page_of(
            self._json("GET", f"/unified/ticketing/{segment(resource)}", self._for_account(parameters)), resource
        )

    def pages(self, query: Mapping[str, Any], *, resource: str = "tickets") -> Iterator[Page]:
        """Fetch the pages of a list one after another; a list that repeats or never ends is a ServerTrouble."""
        watch, cursor = Watch(resource), None
        while True:
            page = self.page(query, cursor, resource=resource)
            yield page
            cursor = page.next_cursor
            if not cursor:
                return
            watch.check(cursor, [str(record.get("id", record.get("name"))) for record in page.records])

    def companions(
        self, resource: str, query: Mapping[str, Any] | None = None, *, note: Callable[[str], None] | None = None
    ) -> list[dict[str, Any]]:
        """Fetch all pages of a companion list, such as users; `note` is called with what was irregular about them."""
        records: list[dict[str, Any]] = []
        for number, page in enumerate(self.pages(query or {}, resource=resource), 1):
            records += page.records
            if note:
                for text in (*page.notes, *((f"It is incomplete: {page.cut}.",) if page.cut else ())):
                    note(f"The list of {resource}, page {number}: {text}")
        return records

    def get(self, identity: str, *, query: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Fetch one ticket."""
        answer = self._json("GET", TICKET, self._for_account(query or {}), identity=identity)
        return self._ticket(identity, answer, is_read=True)

    def patch(
        self, identity: str, body: Mapping[str, Any], *, query: Mapping[str, Any] | None = None, idempotency_key: str
    ) -> dict[str, Any]:
        """Send one PATCH, once: whoever repeats it has to look at the ticket again first.

        The key makes Truto answer a repeat from its memory. `maybe_applied` of an error tells whether the request may have had
        its effect all the same. Source: https://truto.one/docs/api-reference/overview/querying
        """
        headers = {"Idempotency-Key": idempotency_key}
        try:
            call = self._call(
                "PATCH", TICKET, self._for_account(query or {}), identity=identity, body=body, headers=headers
            )
            return self._ticket(identity, self._once(call))
        except (NoAnswer, ServerTrouble) as error:
            error.maybe_applied = not isinstance(error.__cause__, NEVER_LEFT)
            raise

    @contextmanager
    def pair(self) -> Iterator[ReadThenWrite]:
        """Reserve the places of a read and a write together, so that the write follows the read without a wait.

        A PATCH in here leaves only while the last GET in here is recent; else it is a LookTooOld, and nothing was sent.
        """
        try:
            with self.budget.together(2, self.stop):
                self._local.pair = pair = ReadThenWrite()
                self._local.events = []
                try:
                    yield pair
                finally:
                    self._local.pair = None
        finally:
            self._emit_delayed()

    def stopped_by(self, stop: Callable[[], bool]) -> Self:
        """Return a second handle on the same connection and budget, whose waits end as soon as `stop` says so."""
        twin = self._twin()
        twin.stop = stop
        return twin

    def with_listener(self, listener: Listener) -> Self:
        """Return a second handle on the same connection and budget, whose events go to one more listener."""
        twin = self._twin()
        twin.listeners = self.listeners.plus(listener)
        return twin

    def _twin(self) -> Self:
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        return twin

    def _emit(self, *events: Event) -> None:
        """Pass events on; those of a look and its PATCH wait until both are done, so that no listener comes between them."""
        if getattr(self._local, "pair", None) is not None:
            self._local.events.extend(events)
            return
        for event in events:
            self.listeners(event)

    def _emit_delayed(self) -> None:
        events, self._local.events = getattr(self._local, "events", []), []
        for event in events:
            self.listeners(event)

    @property
    def is_paused(self) -> bool:
        """Return whether a limit makes every request wait now."""
        return self.budget.is_paused

    def wait(self, error: ApiError, attempt: int) -> bool:
        """Wait as long as an error asks for; False where trying again is of no use."""
        seconds = pause(error, attempt, tries=self._tries, chance=_RACE.random())
        kind, status = type(error).__name__, error.status
        if seconds is None:
            self._emit(RetryDeclined(self.account_id, attempt, kind, status))
            return False
        reason = wait_reason(error)
        self._emit_delayed()  # before a wait there is no look left that could grow old
        self.listeners(RetryScheduled(self.account_id, reason, seconds, attempt, kind, status))
        self.listeners(WaitStarted(self.account_id, reason, seconds, status))
        if isinstance(error, RateLimited) or error.retry_after is not None:
            self.budget.pause(seconds)
        else:
            self.budget.rest(seconds, self.stop)
        return True

    def _ticket(self, identity: str, answer: Any, *, is_read: bool = False) -> dict[str, Any]:
        """Return the ticket in an answer. One that was read has its id; what was written may come back in part."""
        inner = answer.get("result") if isinstance(answer, dict) and "id" not in answer else answer
        answered = inner.get("id", None if is_read else identity) if isinstance(inner, dict) else None
        if isinstance(inner, dict) and isinstance(answered, str | int) and str(answered) == identity:
            if not is_too_deep(inner):
                return inner
            raise UnexpectedAnswer(
                f"Ticket {shorten(identity, 80)} came with a field that is nested too deeply to be read. Nothing of it was used."
            )
        content = f"the ticket {brief(answered)}" if isinstance(inner, dict) else f"a {type(inner).__name__}"
        raise UnexpectedAnswer(
            f"Asked for ticket {shorten(identity, 80)}, the answer holds {content}. Nothing of it was used; try again."
        )

    def _for_account(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """Add the account to a query, whatever the query says of it."""
        others = {name: value for name, value in query.items() if name != "integrated_account_id"}
        return {"integrated_account_id": self.account_id, **others}

    def _json(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        *,
        identity: str = "",
    ) -> Any:
        call = self._call(method, path, query or {}, identity=identity)
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._once(call)
            except ApiError as error:
                if not self.wait(error, attempt):
                    raise
                self.budget.renew(self.stop)

    def _call(  # noqa: PLR0913  (the parts of a request)
        self,
        method: str,
        path: str,
        query: Mapping[str, Any],
        *,
        identity: str = "",
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> _Call:
        sent = {"Content-Type": "application/json", **(headers or {})} if body is not None else headers
        content = None if body is None else _json_of(body)
        address = path.replace("{id}", segment(identity)) if "{id}" in path else path
        request = prepared(
            lambda: self._http.build_request(
                method, address, params=tuple(query_pairs(query)), content=content, headers=sent
            )
        )
        return _Call(request, path, identity if path == TICKET else "")

    def _once(self, call: _Call) -> Any:
        self._check_open()
        self.budget.acquire(self.stop)
        about = (self.account_id, call.request.method, call.path)
        self._emit(RequestSent(*about, call.ticket))
        began = time.monotonic()
        try:
            reply = self._exchanged(call.request)
        except Exception as error:
            kind = type(error.__cause__ if isinstance(error, NoAnswer) else error).__name__
            self._emit(RequestFailed(*about, kind, time.monotonic() - began, call.ticket))
            raise
        self._emit(ResponseReceived(*about, reply.status, time.monotonic() - began, call.ticket))
        self._apply_limits(reply)
        return decoded(reply, self._token)

    def _exchanged(self, request: httpx.Request) -> Reply:
        """Send a request; in a pair the time of the look is taken, and the PATCH leaves only while that is recent."""
        pair: ReadThenWrite | None = getattr(self._local, "pair", None)
        if pair is not None and request.method == "PATCH":
            pair.leave()
            request.extensions = {**request.extensions, "trace": pair.trace}
        began = time.monotonic()
        reply = exchange(self._http, self._sent, request, self._token, self._bounds)
        if pair is not None and request.method == "GET":
            pair.looked(time.monotonic() - began)
        return reply

    def _sent(self, request: httpx.Request) -> httpx.Response:
        return self._http.send(request, stream=True)

    def _apply_limits(self, reply: Reply) -> None:
        """Apply what the headers say about the limit, also on a success."""
        if limit := reply.headers.get("ratelimit-limit"):
            self.budget.learn(limit)
        if not reply.is_success:
            return
        retry_after, closed = wait_asked(reply.headers), window_closed(reply.headers)
        if retry_after:
            seconds = min(retry_after, PATIENCE)
            self._emit(WaitStarted(self.account_id, "tool_asks", seconds, reply.status))
            self.budget.pause(seconds)
        elif closed and self.budget.exhausted(min(closed, PATIENCE)):
            self._emit(WaitStarted(self.account_id, "shared_limit", min(closed, PATIENCE), reply.status))

    def _check_open(self) -> None:
        if self._http.is_closed:
            raise AccountClosed(
                f"The connection to account {self.account_id} was closed. Connect again: tt.connect(...)."
            )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
        self.budget.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client(account_id={self.account_id!r})"

    def __reduce__(self) -> NoReturn:
        raise SetupError("A connection is never pickled. Connect again where you need it: connect().")


def _host(address: str) -> str:
    """Return the host of a base address; what httpx can't write as an address is a SetupError."""
    try:
        return httpx.URL(address).host
    except (httpx.InvalidURL, ValueError) as error:
        raise SetupError(f"{shorten(address)!r} is no address: {shorten(error, 80)}. Give one like {TRUTO}.") from error


def _object(model: type[_Model], answer: Any, what: str) -> _Model:
    """Read an answer that is an object; parts in another form are the model's to read leniently."""
    try:
        return model.model_validate(answer)
    except ValidationError as error:
        raise UnexpectedAnswer(
            f"Asked for {what}, the answer holds {brief(answer)}. Check base_url, or try again."
        ) from cause(error)


def _json_of(body: Mapping[str, Any]) -> bytes:
    try:
        return as_sent(orjson.dumps(body))
    except TypeError as error:
        raise Rejected(
            f"The change can't be written as JSON ({shorten(error, 80)}), so it was not sent. Correct the value in the frame."
        ) from error
