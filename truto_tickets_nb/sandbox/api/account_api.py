"""One account's answers: its tickets, its companion lists, its schemas, in the state in which it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb.sandbox import bounded
from truto_tickets_nb.sandbox.api import (
    accepted_fields,
    account_info,
    raw_records,
    required_parameters,
    response_formats,
    schemas,
)
from truto_tickets_nb.sandbox.api.lists import companion_list, ticket_list
from truto_tickets_nb.sandbox.api.patch import patched
from truto_tickets_nb.sandbox.api.references import Work
from truto_tickets_nb.sandbox.bounded import Newest
from truto_tickets_nb.sandbox.faults import Faults
from truto_tickets_nb.sandbox.profiles.profiles import playable
from truto_tickets_nb.sandbox.wire.query import flag
from truto_tickets_nb.sandbox.wire.responses import Refusal, refused

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.data.store import Store
    from truto_tickets_nb.sandbox.limits.truto import Limiter
    from truto_tickets_nb.sandbox.limits.vendor import VendorLimit
    from truto_tickets_nb.sandbox.profiles.profiles import PlayedIntegration
    from truto_tickets_nb.sandbox.wire.request import ApiRequest

Record = dict[str, Any]


@dataclass
class AccountApi:
    """Answer for one account."""

    played: PlayedIntegration
    store: Store
    limiter: Limiter
    account_id: str
    vendor: VendorLimit | None = None
    page_size: int = 100
    ignored: tuple[str, ...] = ()
    state: Record = field(default_factory=lambda: {"status": "active", "blocked": False, "read_only": False})
    faults: Faults = field(default_factory=Faults)
    notified: Newest[str] = field(
        default_factory=lambda: Newest(bounded.NOTES)
    )  # tickets of whose change somebody would have been told

    def limited(self, call: ApiRequest) -> None:
        """Count a request against Truto's limit and the vendor's."""
        if not call.is_unified:
            return
        if not self.limiter.admit():
            refusal = Refusal(429, "Too many requests for this integrated account")
            headers = self.limiter.headers()
            refusal.headers = {**headers, "Retry-After": str(max(1, int(headers["ratelimit-reset"])))}
            raise refusal
        if self.vendor and call.is_remote:
            self.vendor.admit(is_write=call.request.method == "PATCH")

    def headers(self, call: ApiRequest) -> dict[str, str]:
        """Return the limits."""
        headers = self.limiter.headers() if call.is_unified else {}
        return {**headers, **self.vendor.headers()} if self.vendor and call.is_remote else headers

    def stated(self, call: ApiRequest) -> None:
        """Refuse what the account can't do as it is."""
        if self.state.get("revoked"):
            raise Refusal(401, "Unauthorized")
        if not call.is_unified:
            return
        if self.state["blocked"]:
            raise Refusal(503, "The integrated account is blocked")
        if self.state["status"] == "needs_reauth":
            raise Refusal(401, "Invalid credentials", raw={"error": "invalid_token"})

    def account(self, call: ApiRequest) -> Any:
        call.only("GET")
        return account_info.account(self)

    def capabilities(self, call: ApiRequest) -> Any:
        call.only("GET")
        return account_info.capabilities(self.played, call.query, self)

    def tools(self, call: ApiRequest) -> Any:
        call.only("GET")
        return account_info.tools(self, self._described, call.query)

    @property
    def _described(self) -> schemas.Described:
        return schemas.Described(self.played, self.store.companions, self.ignored)

    def _only(self, call: ApiRequest, *methods: str) -> None:
        """Refuse what is not served: writing is not allowed on a read-only account, and elsewhere there is no such method here."""
        if call.request.method == "POST" and not self.state["read_only"]:
            raise Refusal(404, f"The practice server of {self.played.name} has no method that creates here")
        call.only(*methods)

    def schema(self, call: ApiRequest) -> Any:
        """Describe a method of tickets; with the slug in the path, its answer too."""
        slug = call.request.path_params.get("slug")
        if slug is not None and slug not in playable():  # a ticket whose id looks like the path of a schema
            call.request.path_params["id"] = f"{slug}/meta/{call.request.path_params.pop('method')}"
            return self.ticket(call)
        call.only("GET")
        if slug not in (None, self.played.slug) or not self.played.offers("tickets", call.name("method")):
            raise Refusal(404, f"{slug or self.played.name} has no tickets/{call.name('method')}")
        return schemas.schema(self._described, call.name("method"), with_response=slug is not None)

    def tickets(self, call: ApiRequest) -> Any:
        self._only(call, "GET")
        return response_formats.shaped_list(
            call,
            self.played,
            lambda query: ticket_list(self.store, self.played, query, self.page_size, self.ignored),
        )

    def ticket(self, call: ApiRequest) -> Any:
        self._only(call, "GET", "PATCH")
        if call.request.method == "GET":
            return response_formats.shaped(call, self.played, self._found(call))
        try:
            self._may_write()
            return self._remembered(call)
        except Refusal as refusal:
            refusal.insight = {**accepted_fields.rules(self.played), **refusal.insight}
            raise

    def _may_write(self) -> None:
        if not self.played.offers("tickets", "update"):
            raise Refusal(404, f"{self.played.name} has no tickets/update")
        if self.state["read_only"]:
            raise Refusal(405, "Method not allowed on a sandbox account")
        if not self.state.get("can_update", True):
            value = {"missing_scopes": ["tickets.write"]}
            insight = {"forbidden_error": {"description": "The scopes are missing.", "value": value}}
            raise Refusal(403, "Forbidden", raw={"message": "insufficient scope"}, insight=insight)

    def _found(self, call: ApiRequest) -> Record:
        record = self.store.ticket(call.name("id"))
        if record is None:
            raise Refusal(404, "Not found", raw={"message": f"Ticket {call.name('id')} does not exist"})
        required_parameters.located(call.query, record, self.store)
        return record

    def _remembered(self, call: ApiRequest) -> Any:
        """Answer a repeated Idempotency-Key from memory, with no second effect; a dry run leaves no memory."""
        if required_parameters.holds(call.query, self.played.fact("validate")):
            return response_formats.shaped(call, self.played, self._worked(call)[1].made)
        reply = self.store.one("select body from replies where key = ?", call.key) if call.key else None
        if reply:
            return bytes(reply[0])
        answer = orjson.dumps(response_formats.shaped(call, self.played, self._patch(call)))
        if call.key:
            self.store.remember(call.key, answer)
        return answer

    def _patch(self, call: ApiRequest) -> Record:
        with self.store.lock:
            old, work = self._worked(call)
            self._small_enough(work)
            for label in work.labels:
                self.store.add_companion("tags", {"id": label, "name": label})
            stamped = work.made.get("updated_at") != old.get("updated_at")  # some tools let it be written
            updated = self.touch(work.made, silently=stamped)
        notifies = self.played.fact("notifies") or self.played.fact("quiet")
        if notifies and work.made != old and not required_parameters.holds(call.query, self.played.fact("quiet")):
            self.notified.append(str(updated["id"]))
        return updated

    def _small_enough(self, work: Work) -> None:
        """Refuse what would let the account grow without an end."""
        if len(orjson.dumps(work.made)) > bounded.TICKET:
            raise Refusal(
                422, f"The ticket would be larger than {bounded.TICKET:,} bytes", raw={"message": "ticket too large"}
            )
        if work.labels and self.store.count("tags") + len(work.labels) > bounded.LABELS:
            raise refused("tags", f"The account has no more than {bounded.LABELS:,} tags")

    def _worked(self, call: ApiRequest) -> tuple[Record, Work]:
        """Apply a body to the ticket as it is now, without storing it."""
        accepted_fields.check(call.body)
        required_parameters.complete(self.played, call.query)
        record = self._found(call)
        required_parameters.fitting(self.played, call.query, record)
        if flag(call.query.get("truto_body_passthrough")):
            body: Record = call.taken
            stored = raw_records.received(
                record.get("remote_data"), body, raw_records.vendor_record(self.played.slug, record)
            )
            updated = {**record, "remote_data": stored}
            return record, Work(self.played, self.store, updated)
        return record, patched(record, call.taken, self.played, self.store)

    def touch(self, record: Record, by: str = "api", *, silently: bool = False) -> Record:
        """Store a new state with its new time stamp and etag; silently, the stamp stays as it was."""
        now = self.store.tick()
        record = record if silently else {**record, "updated_at": now}
        if "etag" in record:
            record["etag"] = f'W/"{record["id"]}/{now}"'
        record = self._with_raw(record) if record.get("remote_data") else record
        self.store.write(record, by)
        return record

    def _with_raw(self, record: Record) -> Record:
        """Let the tool's own record follow the ticket where that has changed."""
        before = raw_records.vendor_record(self.played.slug, self.store.ticket(str(record["id"])) or {})
        after = raw_records.vendor_record(self.played.slug, record)
        return {**record, "remote_data": raw_records.moved_on(record["remote_data"], before, after)}

    def companions(self, call: ApiRequest) -> Any:
        self._only(call, "GET")
        resource = self._offered(call, "list")
        return companion_list(self.store.companions(resource), call.query, self.page_size)

    def companion_schema(self, call: ApiRequest) -> Any:
        call.only("GET")
        return schemas.companion(self._offered(call, call.name("method")), call.name("method"))

    def companion(self, call: ApiRequest) -> Any:
        self._only(call, "GET")
        row = self.store.companion(self._offered(call, "get"), call.name("id"))
        if row is None:
            raise Refusal(404, "Not found", raw={"message": "not found"})
        return row

    def _offered(self, call: ApiRequest, method: str) -> str:
        resource = call.name("resource")
        if resource not in account_info.COMPANIONS or not self.played.offers(resource, method):
            raise Refusal(404, f"{self.played.name} has no {resource}/{method}")
        return resource
