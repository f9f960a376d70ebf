"""What each fault does: before the commit, to the body, to the answer. Times of waiting are seconds."""

from __future__ import annotations

import html
import re
import time
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb.sandbox.answers import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.sandbox.app import Api
    from truto_tickets_nb.sandbox.calls import Call
    from truto_tickets_nb.sandbox.faults import Fault

WAIT = 1.0  # seconds of a Retry-After for which none is given
SLOW = 1.0  # seconds until a slow answer comes
STALL = 120.0  # seconds after which even a stalled answer is given up
_TAGS = re.compile(r"<[^>]*>")


def before(api: Api, call: Call, struck: dict[str, Fault]) -> None:
    """Do what happens before the request is answered: colleagues, the account, refusals."""
    for kind, fault in struck.items():
        if kind in _COLLEAGUES:
            _COLLEAGUES[kind](api, call, fault)
        elif kind in _STATES:
            api.state.update(_STATES[kind])
        elif kind in _REFUSALS:
            raise _refusal(kind, fault)


def _edit(api: Api, call: Call, fault: Fault) -> None:
    record = api.store.ticket(call.identity)
    if record is not None:
        field = fault.field or "name"
        text = "edited by a colleague"
        new = {**record, field: {"id": text, "name": text} if isinstance(record.get(field), dict) else text}
        api.touch(new, by="colleague", silently=fault.kind == "edited_silently")


def _move(api: Api, call: Call, fault: Fault) -> None:
    record = api.store.ticket(call.identity)
    if record is not None:
        homes = api.store.companions("workspaces") + api.store.companions("collections")
        own = str((record.get("workspace") or {}).get("id"))
        other = next((home for home in homes if str(home["id"]) != own), {"id": "elsewhere", "name": "Elsewhere"})
        api.touch({**record, "workspace": {key: other.get(key) for key in ("id", "name")}}, by="colleague")


def _delete(api: Api, call: Call, fault: Fault) -> None:
    api.store.delete(call.identity)


_COLLEAGUES: dict[str, Callable[[Api, Call, Fault], None]] = {
    "edited": _edit, "edited_silently": _edit, "raced": _edit, "moved": _move, "deleted": _delete,
}  # fmt: skip
_STATES: dict[str, dict[str, Any]] = {
    "revoked": {"revoked": True},
    "needs_reauth": {"status": "needs_reauth"},
    "blocked": {"blocked": True},
    "read_only": {"read_only": True},
}
_REFUSALS = {
    "limited": (429, False), "limited_date": (429, False), "limited_bare": (429, False), "limited_remote": (429, True), "limited_remote_bare": (429, True),
    "limited_400": (400, True),
    "error_500": (500, False), "error_502": (502, True), "error_503": (503, None), "error_504": (504, True),
    "stale_409": (409, True), "stale_412": (412, True),
}  # fmt: skip


def _refusal(kind: str, fault: Fault) -> Refusal:
    status, remote = _REFUSALS[kind]
    raw = {"message": f"practice fault {kind}"} if remote else None
    made = Refusal(status, f"practice fault {kind}", raw=raw)
    if kind == "limited_400":
        made.raw = {"errors": [{"message": "Rate limit exceeded", "extensions": {"code": "RATELIMITED"}}]}
    if kind.startswith("limited") and remote:
        made.insight = {"rate_limit_error": {"description": "The provider's limit is reached."}}
    if kind == "limited_date":
        made.headers = {"Retry-After": formatdate(time.time() + (fault.wait or WAIT), usegmt=True)}
    if kind in ("limited", "limited_remote") or (kind == "limited_400" and fault.wait):
        made.headers = {"Retry-After": f"{fault.wait or WAIT:g}"}
    made.is_bare = remote is None  # not Truto's own words: a gateway's page
    return made


def body(sent: Any, struck: dict[str, Fault]) -> Any:
    """Change what is taken over of a body."""
    for kind, fault in struck.items():
        if kind in _BODIES and isinstance(sent, dict):
            sent = _BODIES[kind](sent, fault)
    return sent


def _without(sent: dict[str, Any], fault: Fault) -> dict[str, Any]:
    return {key: value for key, value in sent.items() if fault.field and key != fault.field}


def _first(sent: dict[str, Any], fault: Fault) -> dict[str, Any]:
    return dict(list(sent.items())[:1])


def _filled(sent: dict[str, Any], fault: Fault) -> dict[str, Any]:
    return {key: value for key, value in sent.items() if value is not None and value not in ("", [])}


def _texts(change: Callable[[str], str]) -> Callable[[dict[str, Any], Fault], dict[str, Any]]:
    def changed(sent: dict[str, Any], fault: Fault) -> dict[str, Any]:
        return {key: change(value) if isinstance(value, str) else value for key, value in sent.items()}

    return changed


_BODIES: dict[str, Callable[[dict[str, Any], Fault], dict[str, Any]]] = {
    "ignored": _without,
    "echoed": _without,
    "partly": _first,
    "uncleared": _filled,
    "trimmed": _texts(str.strip),
    "recased": _texts(str.swapcase),
    "sanitised": _texts(lambda text: html.escape(_TAGS.sub("", text)) + "\u00a0"),
}


def answer(found: Any, call: Call, struck: dict[str, Fault]) -> Any:
    """Change what is told: an echo of what was asked, a page that repeats or loses, a cursor that turns in a circle."""
    if not struck.keys() & {"echoed", "cursor_repeats", "page_repeats", "page_loses"}:
        return found
    told = orjson.loads(found) if isinstance(found, bytes) else found
    if "echoed" in struck:
        return {**told, **(call.body if isinstance(call.body, dict) else {})}
    result = list(told["result"])
    if "page_repeats" in struck and result:
        result.append(result[0])
    if "page_loses" in struck:
        result = result[1:]
    cursor = call.query.get("next_cursor") or told["next_cursor"] if "cursor_repeats" in struck else told["next_cursor"]
    return {**told, "result": result, "next_cursor": cursor}


def headers(struck: dict[str, Fault]) -> dict[str, str]:
    """Add what a success tells: some tools ask to wait although they answered."""
    return {"Retry-After": f"{struck['delayed'].wait or WAIT:g}"} if "delayed" in struck else {}
