"""Answers -> JSON or errors; every message tells whose error it is and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb import collector, errors
from truto_tickets_nb.api.retry import PATIENCE, linear_window_closed, wait_asked, window_closed
from truto_tickets_nb.errors import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from truto_tickets_nb.api.address import Token

# status -> error, and the next step. Source: https://truto.one/docs/api-reference/overview/errors
_KNOWN: dict[int, tuple[type[errors.ApiError], str]] = {
    401: (errors.TokenRefused, "Check the token: it may be mistyped, expired, or of another environment."),
    403: (errors.NotAllowed, "Ask whoever owns the connection for the missing permission."),
    404: (errors.NotFound, "It was deleted or moved, this token can't see it, or this integration does not offer it."),
    405: (errors.ReadOnly, "This account takes no writes (Truto's sandbox accounts are read-only)."),
    429: (errors.RateLimited, "Wait, then go on."),
    503: (errors.AccountBlocked, "Truto has blocked this account: ask Truto's support."),
}

LIMITED = ("RATELIMITED", "RATE_LIMITED")  # codes by which GraphQL interfaces refuse above their limit


def decoded(response: httpx.Response, token: Token) -> Any:
    """Return the JSON of a success, or raise the error that the answer is."""
    if response.status_code >= 400:
        raise failure(response, token)
    if response.is_redirect:
        raise errors.NoAnswer(
            f"The server sends us elsewhere ({response.status_code}); redirects are not followed, because the token would travel "
            "along. Check base_url.",
            status=response.status_code,
        )
    try:
        return parsed(response.content)
    except orjson.JSONDecodeError as error:
        raise unreadable(response, token) from error


def parsed(content: bytes) -> Any:
    """Read the JSON of a page, with the garbage collector paused."""
    with collector.paused():
        return orjson.loads(content)


def unreadable(response: httpx.Response, token: Token) -> errors.NoAnswer:
    """Say that an answer is not what the API answers."""
    kind = response.headers.get("content-type", "no content type")
    start = shorten(token.redact(response.text), 80) or "nothing"
    return errors.NoAnswer(
        f"The answer is not JSON ({response.status_code}, {kind}): {start!r}. Check base_url, or try again.",
        status=response.status_code,
    )


def failure(response: httpx.Response, token: Token) -> errors.ApiError:
    """Turn an error answer into the error of our tree."""
    body = _body(response)
    told = body.get("truto_error_insight")
    remote, insight = bool(body.get("truto_is_remote_error")), told if isinstance(told, dict) else {}
    is_limit = response.status_code == 429 or is_limited(body, insight)
    kind, advice = _KNOWN[429] if is_limit else _kind(response.status_code, remote=remote)
    asked = wait_asked(response.headers)
    if is_limit:
        readers = (window_closed, linear_window_closed)
        seconds = (wait for read in readers if (wait := read(response.headers)) is not None)
        asked = next(seconds, None) if asked is None else asked
        advice = f"It asks for a wait of {asked:.0f} s; go on after that." if asked and asked > PATIENCE else advice
    elif response.status_code == 503 and "html" in response.headers.get("content-type", ""):
        kind, advice = (
            errors.ServerTrouble,
            "A gateway on the way failed. Try again in a while.",
        )  # not Truto's own words
    said = shorten(token.redact(_said(body) or response.reason_phrase or "no reason given"))
    who = "The provider" if remote else "Truto"
    hints = " ".join(_hints(insight))
    return kind(
        f"{who} answered {response.status_code}: {said}. {hints or advice}",
        status=response.status_code,
        remote=remote,
        insight=insight,
        detail=said,
        retry_after=asked,
    )


def is_limited(body: Mapping[str, Any], insight: Mapping[str, Any]) -> bool:
    """Tell whether an error of any status is a limit: Truto says so, or the provider's own code does.

    Linear answers 400 with `errors[].extensions.code == "RATELIMITED"` (https://linear.app/developers/rate-limiting); whether Truto
    turns that into a 429 is not documented.

    >>> is_limited({"raw_response": {"errors": [{"extensions": {"code": "RATELIMITED"}}]}}, {}), is_limited({}, {})
    (True, False)
    """
    if insight.get("rate_limit_error") not in (None, False):
        return True
    raw = body.get("raw_response")
    raw = _object(raw.encode()) if isinstance(raw, str) else raw
    rows = [row for part in (body, raw) if isinstance(part, dict) for row in _list(part.get("errors"))]
    return any(_code(row) in LIMITED for row in rows)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _code(row: Any) -> str:
    extensions = row.get("extensions") if isinstance(row, dict) else None
    return str(extensions.get("code", "")).upper() if isinstance(extensions, dict) else ""


def _kind(status: int, *, remote: bool) -> tuple[type[errors.ApiError], str]:
    if status == 401 and remote:
        return errors.NeedsReauth, "The connection has lost its access: whoever owns it must connect it again in Truto."
    if status in _KNOWN:
        return _KNOWN[status]
    if status >= 500 or status == 408:
        return errors.ServerTrouble, "Try again in a while."
    return errors.Rejected, "Change what was refused and try again."


def _body(response: httpx.Response) -> Mapping[str, Any]:
    return _object(response.content)


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _said(body: Mapping[str, Any]) -> str:
    """Find the reason: the message, else what the provider itself said."""
    raw = body.get("raw_response")
    said = str(body.get("message") or "") or (orjson.dumps(raw).decode() if raw else "") or str(body.get("error") or "")
    return "; ".join([said, *_failures(body)])


def _failures(body: Mapping[str, Any]) -> list[str]:
    """List what a validation found, where it is told apart from the message (`details.failures`)."""
    details = body.get("details")
    rows = details.get("failures") if isinstance(details, dict) else None
    found = [row if isinstance(row, str) else _failure(row) for row in (rows if isinstance(rows, list) else ())]
    return [text for text in found if text]


def _failure(row: Any) -> str:
    if not isinstance(row, dict):
        return ""
    where = next((str(row[key]) for key in ("path", "field", "property") if row.get(key)), "")
    return (
        f"{where}: {row.get('message') or row.get('code') or 'is not valid'}"
        if where
        else str(row.get("message") or "")
    )


def _hints(insight: Mapping[str, Any]) -> list[str]:
    hints = []
    for key, words in (
        ("missing_required_query_parameters", "Missing query parameters"),
        ("missing_required_body_fields", "Missing fields"),
    ):
        value = _value(insight.get(key))
        if isinstance(value, list) and value:
            hints.append(f"{words}: {', '.join(map(str, value))}.")
    forbidden = _value(insight.get("forbidden_error"))
    scopes = forbidden.get("missing_scopes") if isinstance(forbidden, dict) else None
    if isinstance(scopes, list) and scopes:
        hints.append(f"The connection lacks these permissions: {', '.join(map(str, scopes))}.")
    return hints


def _value(told: Any) -> Any:
    return told.get("value") if isinstance(told, dict) else None
