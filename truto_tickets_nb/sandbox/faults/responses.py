"""Answers that nobody expects: errors after the change was made, reads of a copy that lags behind, and JSON of another form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb.sandbox.faults.effects import WAIT
from truto_tickets_nb.sandbox.wire.cursor import cursor, start_of
from truto_tickets_nb.sandbox.wire.responses import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from truto_tickets_nb.sandbox.faults.context import FaultSettings, StruckAccount
    from truto_tickets_nb.sandbox.wire.request import ApiRequest

Record = dict[str, Any]
_TRUTO_SAYS = (429, 500)  # errors of Truto itself; the others come from the tool
_PROXY = b"upstream connect error or disconnect/reset before headers. reset reason: connection termination"
CONTROLS = "\x1b[31mred\x1b]8;;http://x.example\x07link\u202egnp.exe\u2066"  # what a terminal would obey


def after_commit(status: int) -> Callable[[StruckAccount, ApiRequest, FaultSettings, Callable[[], Any]], Any]:
    """Make the change, and answer with an error; the idempotency key is not remembered, as the answer was lost on the way."""

    def around(api: StruckAccount, call: ApiRequest, fault: FaultSettings, handle: Callable[[], Any]) -> Any:
        handle()
        api.store.forget(call.key)
        raw = None if status in _TRUTO_SAYS else {"message": f"practice fault {fault.kind}"}
        refusal = Refusal(status, "A second part of the update failed", raw=raw)
        if status == 429:
            refusal.headers = {"Retry-After": f"{fault.wait or WAIT:g}"}
        if status == 503:
            refusal.page = (_PROXY.decode(), "text/plain")
        raise refusal

    return around


def lagging(api: StruckAccount, call: ApiRequest, fault: FaultSettings, handle: Callable[[], Any]) -> Any:
    """Read a copy that lags behind."""
    with api.store.as_of(fault.wait or WAIT, fault.tickets):
        answer = handle()
        return answer if isinstance(answer, bytes) else orjson.loads(orjson.dumps(answer))


def other_ticket(api: StruckAccount, call: ApiRequest, fault: FaultSettings, handle: Callable[[], Any]) -> Any:
    """Answer with the first ticket that was not asked for."""
    answer = handle()
    others = (record for record in api.store.tickets() if record["id"] != call.identity)
    return next(others, answer)


def endless(api: StruckAccount, call: ApiRequest, fault: FaultSettings, handle: Callable[[], Any]) -> Any:
    """After the last page, give the first one again, with a new cursor each time."""
    page = orjson.loads(handle())
    if page["next_cursor"] is None:
        start = start_of(call.query)
        if not page["result"]:
            call.query = {key: value for key, value in call.query.items() if key != "next_cursor"}
            page["result"] = orjson.loads(handle())["result"]
        page["next_cursor"] = cursor(start + max(1, len(page["result"])))
    return page


def _rows(answer: Any, fault: FaultSettings) -> Iterator[Record]:
    """Find the tickets that are struck: those that are named, else the first."""
    listed = answer.get("result", [answer])
    rows = [row for row in (listed.values() if isinstance(listed, dict) else listed) if isinstance(row, dict)]
    yield from [row for row in rows if str(row.get("id")) in fault.tickets] if fault.tickets else rows[:1]


def surrogate(answer: Any, call: ApiRequest, fault: FaultSettings) -> Any:
    for row in _rows(answer, fault):
        row["name"] = f"{row.get('name') or ''} \ud83d"
    return answer


def control_text(answer: Any, call: ApiRequest, fault: FaultSettings) -> Any:
    for row in _rows(answer, fault):
        row["name"] = f"{row.get('name') or ''} {CONTROLS}"
    return answer


def not_a_number(answer: Any, call: ApiRequest, fault: FaultSettings) -> Any:
    for row in _rows(answer, fault):
        row["custom_fields"] = {**_object(row.get("custom_fields")), "nan": float("nan"), "infinity": float("inf")}
    return answer


def odd_custom_fields(answer: Any, call: ApiRequest, fault: FaultSettings) -> Any:
    for row in _rows(answer, fault):
        row["custom_fields"] = [1, "x", None]
    return answer


def _object(value: Any) -> Record:
    return value if isinstance(value, dict) else {}


def odd_row(answer: Any, call: ApiRequest, fault: FaultSettings) -> Any:
    if isinstance(answer["result"], dict):
        return {**answer, "result": {**answer["result"], "None": {"name": "a row without an id"}}}
    return {**answer, "result": [*answer["result"], {"name": "a row without an id"}]}


def odd_cursor(answer: Any, call: ApiRequest, fault: FaultSettings) -> Any:
    return {**answer, "next_cursor": [answer["next_cursor"]]}


def odd_meta(answer: Any, call: ApiRequest, fault: FaultSettings) -> Any:
    return {**answer, "request_body_schema": {"required": -1, "properties": {"name": True}}, "query_schema": [1, "x"]}


def odd_capabilities(answer: Any, call: ApiRequest, fault: FaultSettings) -> Any:
    return {**answer, "unified": {"tickets": True}, "proxy": None}
