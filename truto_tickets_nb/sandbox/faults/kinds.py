"""The faults that can be played: one table, one entry a fault. A new fault is one entry here, with the function that does it.

When a fault strikes is decided in faults.py. What it does is a function of one of five forms, by the moment at which it acts: `before` the request
is answered, on the `body`, `around` the answering, on the `answer` as JSON, or while it is sent (`sending`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from truto_tickets_nb.sandbox.faults import connection, effects, responses

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from truto_tickets_nb.sandbox.faults.context import FaultSettings, StruckAccount
    from truto_tickets_nb.sandbox.wire.request import ApiRequest

Record = dict[str, Any]
Meant = Literal["ANY", "READ", "GET", "PATCH", "LIST", "META", "CAPABILITIES", "ACCOUNT", "COMPANIONS"]
REQUESTS: dict[Meant, tuple[str, ...]] = {
    "ANY": ("GET", "PATCH", "LIST"),
    "READ": ("GET", "LIST"),
    "GET": ("GET",),
    "PATCH": ("PATCH",),
    "LIST": ("LIST",),
    "META": ("META",),
    "CAPABILITIES": ("CAPABILITIES",),
    "ACCOUNT": ("ACCOUNT",),
    "COMPANIONS": ("COMPANIONS",),
}
Group = Literal[
    "limits and failures",
    "after the change was made",
    "on the way",
    "answers that are not true",
    "odd answers",
    "lists",
    "colleagues",
    "the account",
]


@dataclass(frozen=True, slots=True)
class Kind:
    """Describe one fault: its words, the requests that it strikes, and what it does.

    `by_ticket`: its chance is drawn for each ticket, not for each request. `once`: it strikes each ticket once. `lasting`: a ticket that is
    named is struck each time, not once. `fixed`: other requests than those can't be struck. `is_lost`: the request never arrives.
    """

    words: str
    group: Group
    on: Meant = "ANY"
    by_ticket: bool = False
    once: bool = False
    lasting: bool = False
    fixed: bool = False
    is_lost: bool = False
    of_rows: bool = False  # of a list, it strikes the rows of the tickets that are named
    before: Callable[[StruckAccount, ApiRequest, FaultSettings], None] | None = None
    body: Callable[[Record, FaultSettings], Record] | None = None
    around: Callable[[StruckAccount, ApiRequest, FaultSettings, Callable[[], Any]], Any] | None = None
    answer: Callable[[Any, ApiRequest, FaultSettings], Any] | None = None
    sending: Callable[[connection.ResponseContext], Awaitable[Response]] | None = None


def _colleague(words: str, act: Callable[[StruckAccount, ApiRequest, FaultSettings], None], on: Meant = "GET") -> Kind:
    return Kind(words, "colleagues", on, by_ticket=True, once=True, before=act)


def _failure(
    words: str, act: Callable[[StruckAccount, ApiRequest, FaultSettings], None], *, once: bool = False
) -> Kind:
    return Kind(words, "limits and failures", "PATCH" if once else "ANY", by_ticket=once, once=once, before=act)


def _committed(words: str, status: int) -> Kind:
    return Kind(words, "after the change was made", "PATCH", fixed=True, around=responses.after_commit(status))


def _state(words: str, on: Meant = "ANY", **state: Any) -> Kind:
    return Kind(words, "the account", on, before=effects.state(**state))


def _changed(words: str, change: Callable[[Record, FaultSettings], Record]) -> Kind:
    return Kind(words, "answers that are not true", "PATCH", by_ticket=True, lasting=True, body=change)


def _sent(
    words: str, send: Callable[[connection.ResponseContext], Awaitable[Response]], *, is_lost: bool = False
) -> Kind:
    return Kind(words, "on the way", is_lost=is_lost, sending=send)


def _odd(words: str, send: Callable[[connection.ResponseContext], Awaitable[Response]]) -> Kind:
    return Kind(words, "odd answers", sending=send)


def _row(words: str, change: Callable[[Any, ApiRequest, FaultSettings], Any]) -> Kind:
    return Kind(words, "odd answers", "READ", by_ticket=True, lasting=True, fixed=True, of_rows=True, answer=change)


def _list(words: str, change: Callable[[Any, ApiRequest, FaultSettings], Any]) -> Kind:
    return Kind(words, "lists", "LIST", fixed=True, answer=change)


KINDS: dict[str, Kind] = {
    "limited": _failure("Truto's limit: 429 with Retry-After", effects.limited()),
    "limited_date": _failure("the same, Retry-After as a date", effects.limited(header="date")),
    "limited_bare": _failure("the same without Retry-After", effects.limited(header="none")),
    "limited_far": _failure("the same, Retry-After in the year 99999999999", effects.limited(header="far")),
    "limited_remote": _failure("the tool's own limit: 429 with Retry-After", effects.limited(remote=True)),
    "limited_remote_bare": _failure("the same without Retry-After", effects.limited(remote=True, header="none")),
    "limited_400": _failure("the limit as Linear tells it: 400, RATELIMITED", effects.limited(400, remote=True, header="wait")),
    "error_500": _failure("500 of Truto, nothing was done", effects.failed(500)),
    "error_502": _failure("502 of the tool, nothing was done", effects.failed(502, remote=True)),
    "error_503": _failure("503, a gateway's page, nothing was done", effects.failed(503, page="html")),
    "error_504": _failure("504 of the tool, nothing was done", effects.failed(504, remote=True)),
    "stale_409": _failure("409: the ticket has changed meanwhile", effects.failed(409, remote=True), once=True),
    "stale_412": _failure("412: the ticket has changed meanwhile", effects.failed(412, remote=True), once=True),
    "odd_insight": _failure("422 whose truto_error_insight is a list", effects.odd_insight),
    "echoed_token": _failure("422 whose message and insight repeat the token", effects.echoed_token),
    "after_commit_400": _committed("400", 400),
    "after_commit_404": _committed("404", 404),
    "after_commit_409": _committed("409", 409),
    "after_commit_422": _committed("422: a second part failed", 422),
    "after_commit_429": _committed("429 with Retry-After", 429),
    "after_commit_500": _committed("500", 500),
    "after_commit_502": _committed("502 of the tool", 502),
    "after_commit_503": _committed("503 of a proxy, as text/plain", 503),
    "after_commit_504": _committed("504 of the tool", 504),
    "slow": _sent("the answer comes late (wait=, else 1 s)", connection.unchanged),
    "stalled": _sent("no answer ever comes", connection.stalled),
    "drip": _sent("one byte at a time (wait= seconds for each, else 1 s)", connection.drip),
    "lost_before": _sent("the connection breaks before the request arrives", connection.cut, is_lost=True),
    "lost_after": _sent("the connection breaks after the change was made", connection.cut),
    "lost_midway": _sent("the connection breaks in the middle of the answer", connection.cut_midway),
    "html": _sent("a sign-in page with 200 instead of the answer, nothing was done", connection.sign_in, is_lost=True),
    "empty": _sent("200 without a body", connection.empty),
    "delayed": _sent("a 200 that asks to wait (Retry-After)", connection.delayed),
    "ignored": _changed("nothing is taken over; with field=, that field is not", effects.without),
    "partly": _changed("the first field only is taken over", effects.first),
    "echoed": Kind("nothing is taken over, and the answer says it was", "answers that are not true", "PATCH", by_ticket=True, lasting=True, fixed=True, body=effects.without, answer=effects.echo),
    "uncleared": _changed("what is cleared stays", effects.filled),
    "trimmed": _changed("texts are trimmed", effects.texts(str.strip)),
    "recased": _changed("texts change their capitals", effects.texts(str.swapcase)),
    "sanitised": _changed("texts lose their markup", effects.texts(effects.sanitised)),
    "replica_lag": Kind("reads show tickets as they were (wait= seconds before, else 1 s)", "answers that are not true", "READ", lasting=True, fixed=True, of_rows=True, around=responses.lagging),
    "html_200": _odd("a sign-in page with 200, said to be JSON, after the change was made", connection.html_200),
    "bad_gzip": _odd("the answer is said to be gzip, and is damaged", connection.bad_gzip),
    "gzip_bomb": _odd("a gzip answer of 1 MB that unpacks to 1 GB", connection.gzip_bomb),
    "huge_answer": _odd("an answer of 256 MB", connection.huge_answer),
    "bad_utf8": _odd("the answer is no UTF-8", connection.bad_utf8),
    "cut_json": _odd("the answer is half of the JSON, said to be whole", connection.cut_json),
    "deep_json": _odd("JSON nested 100,000 levels deep", connection.deep_json),
    "null_answer": _odd("the answer is null", connection.instead(b"null")),
    "list_answer": _odd("the answer is a list of numbers", connection.instead(b"[1, 2, 3]")),
    "no_content": _odd("204 without a body", connection.no_content),
    "redirected": _odd("302 to another host", connection.redirected),
    "odd_header": _odd("headers that make no sense: ratelimit-limit: \u00b2, Retry-After in the year 99999999999", connection.odd_header),
    "header_flood": _odd("300 headers", connection.header_flood),
    "wrong_ticket": Kind("the answer is of another ticket", "odd answers", "GET", fixed=True, around=responses.other_ticket),
    "surrogate": _row("a lone surrogate at the end of a title", responses.surrogate),
    "control_text": _row("control and bidi characters in a title", responses.control_text),
    "not_a_number": _row("NaN and Infinity as custom fields", responses.not_a_number),
    "odd_custom_fields": _row("custom fields that are a list", responses.odd_custom_fields),
    "odd_meta": Kind("the schema of the account in another form", "odd answers", "META", fixed=True, answer=responses.odd_meta),
    "odd_capabilities": Kind("the capabilities of the account in another form", "odd answers", "CAPABILITIES", fixed=True, answer=responses.odd_capabilities),
    "odd_row": _list("a page holds a row without an id besides", responses.odd_row),
    "odd_cursor": _list("the cursor is a list", responses.odd_cursor),
    "endless_list": Kind("cursors never end, and bring nothing new", "lists", "LIST", fixed=True, around=responses.endless),
    "cursor_repeats": _list("the cursor is the one that was sent", effects.same_cursor),
    "page_repeats": _list("a page holds a row twice", effects.row_twice),
    "page_loses": _list("a page lacks a row", effects.row_lost),
    "edited": _colleague("a colleague edits the ticket (field=, else its title) before it is read", effects.edit),
    "edited_silently": _colleague("the same, and updated_at stays", effects.edit_silently),
    "raced": _colleague("a colleague edits the ticket between reading and PATCH", effects.edit, "PATCH"),
    "deleted": _colleague("a colleague deletes the ticket", effects.delete),
    "moved": _colleague("a colleague moves the ticket to another workspace", effects.move),
    "revoked": _state("the token is no longer valid", revoked=True),
    "needs_reauth": _state("the account lost its access to the tool", status="needs_reauth"),
    "blocked": _state("the account is blocked", blocked=True),
    "read_only": _state("the account takes no writes", "PATCH", read_only=True),
}  # fmt: skip


def listing() -> str:
    """List all faults in words, group by group."""
    lines: list[str] = []
    for group in dict.fromkeys(kind.group for kind in KINDS.values()):
        lines += ["", f"{group[0].upper()}{group[1:]}"]
        lines += [
            f"  {name:<20} {kind.words} [{', '.join(REQUESTS[kind.on])}]"
            for name, kind in KINDS.items()
            if kind.group == group
        ]
    return "\n".join(lines[1:])
