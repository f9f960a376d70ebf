"""Answers -> JSON or errors; every message says whose error it is and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb import errors
from truto_tickets_nb.api.lenient_json import parsed
from truto_tickets_nb.api.retry import PATIENCE, linear_window_closed, wait_asked, window_closed
from truto_tickets_nb.errors import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.api.address import Token
    from truto_tickets_nb.api.transport import Reply

# status -> error, and the next step. Source: https://truto.one/docs/api-reference/overview/errors
_BY_STATUS: dict[int, tuple[type[errors.ApiError], str]] = {
    401: (errors.TokenRefused, "Check the token: it may be mistyped, expired, or of another environment."),
    403: (errors.NotAllowed, "Ask whoever owns the connection for the missing permission."),
    404: (errors.NotFound, "It was deleted or moved, this token can't see it, or this integration does not offer it."),
    405: (errors.ReadOnly, "This account takes no writes (Truto's sandbox accounts are read-only)."),
    429: (errors.RateLimited, "Wait, then go on."),
    503: (errors.AccountBlocked, "Truto has blocked this account: ask Truto's support."),
}

LIMITED = ("RATELIMITED", "RATE_LIMITED")  # codes by which GraphQL interfaces refuse above their limit


def decoded(reply: Reply, token: Token) -> Any:
    """Return the JSON of a success, or raise the error that the answer is."""
    if reply.status >= 400:
        raise failure(reply, token)
    if reply.is_redirect:
        raise errors.NoAnswer(
            f"The server sends us elsewhere ({reply.status}); redirects are not followed, because the token would travel "
            "along. Check base_url.",
            status=reply.status,
        )
    try:
        return token.redact_value(parsed(reply.content, reply.headers.get("content-type", "")), reply.content)
    except (ValueError, LookupError, RecursionError) as error:
        raise unreadable(reply, token) from error


def unreadable(reply: Reply, token: Token) -> errors.NoAnswer:
    """Return the error of an answer that is not JSON."""
    kind = shorten(token.redact(reply.headers.get("content-type", "no content type")), 60)
    start = shorten(token.redact(reply.content[:400].decode("utf-8", "replace")), 80) or "nothing"
    return errors.NoAnswer(
        f"The answer is not JSON ({reply.status}, {kind}): {start!r}. Check base_url, or try again.",
        status=reply.status,
    )


def failure(reply: Reply, token: Token) -> errors.ApiError:
    """Turn an error answer into the error of our tree."""
    body = _body(reply, token)
    details = body.get("truto_error_insight")
    remote, insight = bool(body.get("truto_is_remote_error")), details if isinstance(details, dict) else {}
    is_limit = reply.status == 429 or is_limited(body, insight)
    kind, advice = _BY_STATUS[429] if is_limit else _kind(reply.status, remote=remote)
    retry_after = wait_asked(reply.headers)
    if is_limit:
        readers = (window_closed, linear_window_closed)
        seconds = (wait for read in readers if (wait := read(reply.headers)) is not None)
        retry_after = next(seconds, None) if retry_after is None else retry_after
        if retry_after and retry_after > PATIENCE:
            advice = f"It asks for a wait of {retry_after:.0f} s; go on after that."
    elif reply.status == 503 and "html" in reply.headers.get("content-type", ""):
        kind, advice = (
            errors.ServerTrouble,
            "A gateway on the way failed. Try again in a while.",
        )  # not Truto's own words
    reason = shorten(token.redact(_reason(body) or reply.reason or "no reason given"))
    who = "The provider" if remote else "Truto"
    hints = shorten(" ".join(_hints(insight)), 2 * errors.LONGEST)
    return kind(
        f"{who} answered {reply.status}: {reason}. {hints or advice}",
        status=reply.status,
        remote=remote,
        insight=insight,
        detail=reason,
        retry_after=retry_after,
    )


def is_limited(body: Mapping[str, Any], insight: Mapping[str, Any]) -> bool:
    """Return whether an error of any status is a limit: Truto says so, or the provider's own code does.

    Linear answers 400 with `errors[].extensions.code == "RATELIMITED"` (https://linear.app/developers/rate-limiting); whether Truto
    turns that into a 429 is not documented.

    >>> is_limited({"raw_response": {"errors": [{"extensions": {"code": "RATELIMITED"}}]}}, {}), is_limited({}, {})
    (True, False)
    """
    limit = insight.get("rate_limit_error")
    if limit is not None and limit is not False and _value(limit) is not False:
        return True
    raw = body.get("raw_response")
    raw = _object(raw.encode("utf-8", "replace")) if isinstance(raw, str) else raw
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
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500 or status == 408:
        return errors.ServerTrouble, "Try again in a while."
    return errors.Rejected, "Change what was refused and try again."


def _body(reply: Reply, token: Token) -> Mapping[str, Any]:
    try:
        body: Mapping[str, Any] = token.redact_value(_object(reply.content))
    except RecursionError:
        return {}
    return body


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        value = parsed(content)
    except (ValueError, LookupError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _reason(body: Mapping[str, Any]) -> str:
    """Return the reason: the message, else the answer of the provider itself."""
    raw = body.get("raw_response")
    message = _text(body.get("message")) or _text(raw) or _text(body.get("error"))
    return "; ".join([message, *_failures(body)])


def _text(value: Any) -> str:
    """Write whatever stands where a text belongs: a text as it is, everything else as JSON."""
    if isinstance(value, str) or not value:
        return value or ""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # nested beyond all measure
        return f"a {type(value).__name__} that can't be shown"


def _failures(body: Mapping[str, Any]) -> list[str]:
    """List what a validation refused, where the answer lists it beside the message (`details.failures`)."""
    details = body.get("details")
    rows = details.get("failures") if isinstance(details, dict) else None
    failures = [row if isinstance(row, str) else _failure(row) for row in (rows if isinstance(rows, list) else ())]
    return [text for text in failures if text]


def _failure(row: Any) -> str:
    if not isinstance(row, dict):
        return ""
    where = next((_text(row[key]) for key in ("path", "field", "property") if row.get(key)), "")
    message = _text(row.get("message"))
    return f"{where}: {message or _text(row.get('code')) or 'is not valid'}" if where else message


def _hints(insight: Mapping[str, Any]) -> list[str]:
    hints = []
    for key, words in (
        ("missing_required_query_parameters", "Missing query parameters"),
        ("missing_required_body_fields", "Missing fields"),
    ):
        value = _value(insight.get(key))
        if isinstance(value, list) and value:
            hints.append(f"{words}: {', '.join(map(_text, value))}.")
    forbidden = _value(insight.get("forbidden_error"))
    scopes = forbidden.get("missing_scopes") if isinstance(forbidden, dict) else None
    if isinstance(scopes, list) and scopes:
        hints.append(f"The connection lacks these permissions: {', '.join(map(_text, scopes))}.")
    return hints


def _value(insight: Any) -> Any:
    return insight.get("value") if isinstance(insight, dict) else None
