"""One request: as it came, and as it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb.sandbox.answers import Refusal
from truto_tickets_nb.sandbox.profiles import playable
from truto_tickets_nb.sandbox.queries import QueryError, check, nested

if TYPE_CHECKING:
    from starlette.requests import Request


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
    target: str = ""  # path and query as they came, still percent-encoded
    raw: bytes = b""  # the body as it came
    account: str = ""  # whose request it was, as far as that is known


class Call:
    """Hold one request, read."""

    def __init__(self, request: Request, raw: bytes) -> None:
        self.request, self.raw = request, raw
        self.query = nested(request.query_params.multi_items())
        self.path = request.url.path
        self.key = request.headers.get("idempotency-key", "")
        self.unreadable = ""  # why the body is no JSON
        try:
            self.body: Any = orjson.loads(raw) if raw else None
        except orjson.JSONDecodeError as error:
            self.body = raw.decode("latin-1")
            self.unreadable = f"The request body is not valid JSON: {error}"
        self.taken: Any = self.body  # what of it is taken over

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
        """Tell what faults can strike: a GET or PATCH of one ticket, or a LIST of tickets."""
        if self.path == "/unified/ticketing/tickets":
            return "LIST"
        return self.request.method if self.identity and self.is_unified else ""

    @property
    def is_unified(self) -> bool:
        return self.path.startswith("/unified/")

    @property
    def is_remote(self) -> bool:
        """Tell whether the request reaches the vendor: schemas are Truto's own."""
        return self.is_unified and "method" not in self.request.path_params

    @property
    def is_me(self) -> bool:
        """Tell whether the request is for the account of the token itself."""
        return self.path.startswith("/integrated-account/me") and self.request.path_params.get("id") == "me"

    @property
    def is_of_tool(self) -> bool:
        """Tell whether the request asks for the schema of a tool, which needs no account."""
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
        """Refuse a request that can't be read, or whose parameters have the wrong type, as Truto itself does."""
        if self.unreadable:
            raise Refusal(400, self.unreadable)
        try:
            check(self.query)
        except QueryError as error:
            raise Refusal(400, str(error)) from error

    def only(self, *methods: str) -> None:
        if self.request.method not in methods:
            raise Refusal(405, "Method not allowed")
