"""What each fault does: before the commit, to the body, to the answer. Times of waiting are seconds."""

from __future__ import annotations

import html
import re
import time
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from truto_tickets_nb.sandbox.wire.responses import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.sandbox.faults.context import FaultSettings, StruckAccount
    from truto_tickets_nb.sandbox.wire.request import ApiRequest

WAIT = 1.0  # seconds of a Retry-After for which none is given
SLOW = 1.0  # seconds until a slow answer comes
STALL = 120.0  # seconds after which even a stalled answer is given up
FAR = "Mon, 01 Jan 99999999999 00:00:00 GMT"  # a date that no calendar holds
RetryAfter = Literal["seconds", "date", "far", "wait", "none"]
_TAGS = re.compile(r"<[^>]*>")


def edit(api: StruckAccount, call: ApiRequest, fault: FaultSettings, *, silently: bool = False) -> None:
    """Edit the ticket as a colleague would."""
    with api.store.lock:  # nothing is written between reading and writing
        record = api.store.ticket(call.identity)
        if record is not None:
            field = fault.field or "name"
            text = "edited by a colleague"
            new = {**record, field: {"id": text, "name": text} if isinstance(record.get(field), dict) else text}
            api.touch(new, by="colleague", silently=silently)


def edit_silently(api: StruckAccount, call: ApiRequest, fault: FaultSettings) -> None:
    """Edit the ticket, and leave its stamp as it was."""
    edit(api, call, fault, silently=True)


def move(api: StruckAccount, call: ApiRequest, fault: FaultSettings) -> None:
    with api.store.lock:
        record = api.store.ticket(call.identity)
        if record is not None:
            homes = api.store.companions("workspaces") + api.store.companions("collections")
            own = str((record.get("workspace") or {}).get("id"))
            other = next((home for home in homes if str(home["id"]) != own), {"id": "elsewhere", "name": "Elsewhere"})
            api.touch({**record, "workspace": {key: other.get(key) for key in ("id", "name")}}, by="colleague")


def delete(api: StruckAccount, call: ApiRequest, fault: FaultSettings) -> None:
    api.store.delete(call.identity)


def state(**new: Any) -> Callable[[StruckAccount, ApiRequest, FaultSettings], None]:
    """Put the account into another state."""

    def put(api: StruckAccount, call: ApiRequest, fault: FaultSettings) -> None:
        api.state.update(new)

    return put


def limited(
    status: int = 429, *, remote: bool = False, header: RetryAfter = "seconds"
) -> Callable[[StruckAccount, ApiRequest, FaultSettings], None]:
    """Refuse because of a limit, Truto's own or the tool's; `header` is how Retry-After is written, `wait` only where wait= is given."""

    def refuse(api: StruckAccount, call: ApiRequest, fault: FaultSettings) -> None:
        refusal = _refusal(status, fault, remote=remote)
        if remote:
            refusal.insight = {"rate_limit_error": {"description": "The provider's limit is reached."}}
        if status == 400:
            refusal.raw = {"errors": [{"message": "Rate limit exceeded", "extensions": {"code": "RATELIMITED"}}]}
        refusal.headers = _retry_after(fault, header)
        raise refusal

    return refuse


def _retry_after(fault: FaultSettings, header: RetryAfter) -> dict[str, str]:
    if header == "none" or (header == "wait" and not fault.wait):
        return {}
    if header == "date":
        return {"Retry-After": formatdate(time.time() + (fault.wait or WAIT), usegmt=True)}
    return {"Retry-After": FAR if header == "far" else f"{fault.wait or WAIT:g}"}


def failed(
    status: int, *, remote: bool = False, page: str = ""
) -> Callable[[StruckAccount, ApiRequest, FaultSettings], None]:
    """Refuse with an error of Truto, of the tool, or with a gateway's page."""

    def refuse(api: StruckAccount, call: ApiRequest, fault: FaultSettings) -> None:
        refusal = _refusal(status, fault, remote=remote)
        if page:
            refusal.page = (f"<html><h1>{status} {HTTPStatus(status).phrase}</h1></html>", f"text/{page}")
        raise refusal

    return refuse


def _refusal(status: int, fault: FaultSettings, *, remote: bool) -> Refusal:
    message = f"practice fault {fault.kind}"
    return Refusal(status, message, raw={"message": message} if remote else None)


def odd_insight(api: StruckAccount, call: ApiRequest, fault: FaultSettings) -> None:
    """Refuse with an insight that is a list."""
    refusal = _refusal(422, fault, remote=True)
    refusal.odd_insight = [1, 2, "x"]
    raise refusal


def echoed_token(api: StruckAccount, call: ApiRequest, fault: FaultSettings) -> None:
    """Refuse with words that repeat the token, as careless servers do."""
    refusal = Refusal(422, f"Invalid: Bearer {call.token}", raw={"message": f"token {call.token}"})
    refusal.odd_insight = {"missing_scopes": [call.token], "missing_fields": [call.token]}
    raise refusal


def without(sent: dict[str, Any], fault: FaultSettings) -> dict[str, Any]:
    return {key: value for key, value in sent.items() if fault.field and key != fault.field}


def first(sent: dict[str, Any], fault: FaultSettings) -> dict[str, Any]:
    return dict(list(sent.items())[:1])


def filled(sent: dict[str, Any], fault: FaultSettings) -> dict[str, Any]:
    return {key: value for key, value in sent.items() if value is not None and value not in ("", [])}


def texts(change: Callable[[str], str]) -> Callable[[dict[str, Any], FaultSettings], dict[str, Any]]:
    def changed(sent: dict[str, Any], fault: FaultSettings) -> dict[str, Any]:
        return {key: change(value) if isinstance(value, str) else value for key, value in sent.items()}

    return changed


def sanitised(text: str) -> str:
    """Take the markup out of a text, as editors of rich text do."""
    return html.escape(_TAGS.sub("", text)) + "\u00a0"


def echo(answer: Any, call: ApiRequest, fault: FaultSettings) -> Any:
    """Answer as if everything was taken over."""
    return {**answer, **(call.body if isinstance(call.body, dict) else {})}


def same_cursor(answer: Any, call: ApiRequest, fault: FaultSettings) -> Any:
    """Let the cursor turn in a circle."""
    return {**answer, "next_cursor": call.query.get("next_cursor") or answer["next_cursor"]}


def row_twice(answer: Any, call: ApiRequest, fault: FaultSettings) -> Any:
    return (
        {**answer, "result": [*answer["result"], *answer["result"][:1]]}
        if isinstance(answer["result"], list)
        else answer
    )


def row_lost(answer: Any, call: ApiRequest, fault: FaultSettings) -> Any:
    return {**answer, "result": answer["result"][1:]} if isinstance(answer["result"], list) else answer
