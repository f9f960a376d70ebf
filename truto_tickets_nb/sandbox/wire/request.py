"""One request: as it came, and as it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson

from truto_tickets_nb.sandbox.profiles.profiles import playable
from truto_tickets_nb.sandbox.wire.query import QueryError, check, nested
from truto_tickets_nb.sandbox.wire.responses import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request


_DEEPEST = 100  # levels of arrays and objects in a body
_OF_SEEN = 1000  # bytes of memory that one request takes at least


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as the server saw it."""

    method: str
    path: str
    query: dict[str, Any]
    status: int
    key: str = ""
    at: float = 0.0  # seconds of a monotonic clock
    target: str = ""  # path and query as they came, still percent-encoded
    raw: bytes = b""  # the body as it came
    account: str = ""  # whose request it was, as far as that is known

    @property
    def body(self) -> Any:
        """Read the body: what it says as JSON, None where there is none, its text where it is no JSON."""
        try:
            return orjson.loads(self.raw) if self.raw else None
        except orjson.JSONDecodeError:
            return self.raw.decode("latin-1")

    def size(self) -> int:
        """Estimate the bytes of memory that it takes."""
        return _OF_SEEN + len(self.raw) + 10 * len(self.target) + len(self.key)


class ApiRequest:
    """One request, read."""

    def __init__(self, request: Request) -> None:
        self.request, self.raw = request, b""
        self.path = request.url.path
        self.key = request.headers.get("idempotency-key", "")
        self.unreadable: Refusal | None = None  # why it can't be read
        self.body: Any = None
        self.taken: Any = None  # what of the body is taken over
        self.query: dict[str, Any] = {}
        try:
            self.query = nested(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True))
        except QueryError as error:
            self.unreadable = Refusal(400, str(error))

    def read(self, raw: bytes) -> None:
        """Take over the body."""
        self.raw = raw
        try:
            self.body = orjson.loads(raw) if raw else None
        except orjson.JSONDecodeError as error:
            self.body = raw.decode("latin-1")
            self.unreadable = Refusal(400, f"The request body is not valid JSON: {error}")
        if not self.unreadable and not _is_flat(self.body, _DEEPEST):
            self.unreadable = Refusal(400, f"The request body is nested more than {_DEEPEST} levels deep")
        self.taken = self.body

    @property
    def target(self) -> str:
        """Write the path and the query as they came."""
        path, query = self.request.scope["raw_path"], self.request.scope["query_string"]
        return str((path + b"?" + query if query else path).decode("latin-1"))

    @property
    def identity(self) -> str:
        """Name the ticket, empty where the request is of none."""
        return str(self.request.path_params.get("id", "")) if "/tickets/" in self.path else ""

    @property
    def kind(self) -> str:
        """Return what faults can strike: a GET or PATCH of one ticket, a LIST of tickets, and what tells of the account."""
        if self.path == "/unified/ticketing/tickets":
            return "LIST"
        if "method" in self.request.path_params:
            return "META"
        if self.path.startswith("/integrated-account/") and "id" in self.request.path_params:
            return "CAPABILITIES" if self.path.endswith("/capabilities") else "ACCOUNT"
        if self.is_unified and not self.identity:
            return "COMPANIONS"
        return self.request.method if self.identity and self.is_unified else ""

    @property
    def is_unified(self) -> bool:
        return self.path.startswith("/unified/")

    @property
    def is_remote(self) -> bool:
        """Return whether the request reaches the vendor: schemas are Truto's own."""
        return self.is_unified and "method" not in self.request.path_params

    @property
    def is_me(self) -> bool:
        """Return whether the request is for the account of the token itself."""
        return self.path.startswith("/integrated-account/me") and self.request.path_params.get("id") == "me"

    @property
    def is_of_tool(self) -> bool:
        """Return whether the request asks for the schema of a tool, which needs no account."""
        return "method" in self.request.path_params and self.request.path_params.get("slug") in playable()

    @property
    def token(self) -> str:
        return self.request.headers.get("authorization", "").removeprefix("Bearer ")

    @property
    def form(self) -> str:
        """Name the form in which the answer is wanted: unified, raw, normalized, stream or debug."""
        return str(self.query.get("truto_response_format") or "unified")

    def name(self, part: str) -> str:
        return str(self.request.path_params[part])

    def check(self) -> None:
        """Refuse a request whose parameters have the wrong type, as Truto itself does."""
        try:
            check(self.query)
        except QueryError as error:
            raise Refusal(400, str(error)) from error

    def only(self, *methods: str) -> None:
        if self.request.method not in methods:
            raise Refusal(405, "Method not allowed")


def _is_flat(value: Any, deepest: int) -> bool:
    """Return whether arrays and objects are nested no deeper than so many levels."""
    level = [value]
    for _ in range(deepest + 1):
        level = [inner for item in level for inner in _inside(item)]
        if not level:
            return True
    return False


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
