"""Where requests go: checked base addresses, tokens and ids, and the page's way of writing query parameters."""

from __future__ import annotations

import ipaddress
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote, urlsplit

from truto_tickets_nb.api.redaction import Redaction
from truto_tickets_nb.argument_checks import of_type
from truto_tickets_nb.errors import ArgumentError, SetupError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

TRUTO = "https://api.truto.one"


class Token:
    """The API token, in no repr, log or pickle."""

    __slots__ = ("__redaction", "__secret")

    def __init__(self, secret: str) -> None:
        if not isinstance(secret, str):
            raise ArgumentError(
                f"The token is text, not {type(secret).__name__}. Set TRUTO_API_TOKEN, or give token=..."
            )
        if not secret or not secret.strip():
            raise SetupError("The token is empty. Set TRUTO_API_TOKEN, or give token=...")
        if secret != secret.strip() or any(not c.isprintable() or c.isspace() or ord(c) > 126 for c in secret):
            raise SetupError(
                "The token holds blanks, line breaks or letters that no token has; it was probably copied with something "
                "around it. Copy it once more, without quotes and line ends."
            )
        self.__secret = secret
        self.__redaction = Redaction(secret)

    def __call__(self, request: httpx.Request) -> httpx.Request:
        """Sign one request: httpx takes any callable of this form as `auth`."""
        request.headers["Authorization"] = f"Bearer {self.__secret}"
        return request

    def redact(self, text: str) -> str:
        """Remove the token from foreign text, should a server echo it in any form."""
        return self.__redaction.text(text)

    def redact_bytes(self, content: bytes) -> bytes:
        """Remove the token from the bytes of an answer."""
        return self.__redaction.content(content)

    def redact_value(self, value: Any, content: bytes | None = None) -> Any:
        """Remove the token from JSON; where its `content` is given, only if that may hide the token behind escapes."""
        hidden = content is None or self.__redaction.is_escaped_in(content)
        return self.__redaction.value(value) if hidden else value

    def __repr__(self) -> str:
        return "<token>"

    def __reduce__(self) -> NoReturn:
        raise SetupError("A token is never pickled. Connect again where you need it: connect().")


def base_address(text: str) -> str:
    """Check a base address: https, or http to this very machine.

    >>> base_address("https://api.truto.one/"), base_address("http://127.0.0.1:8000")
    ('https://api.truto.one', 'http://127.0.0.1:8000')
    """
    of_type("base_url", text, str, f"an address such as {TRUTO}")
    try:
        parts = urlsplit(text.strip())
        _ = parts.port  # one beyond 65535 is an error here
    except ValueError as error:
        raise SetupError(f"{shorten(text)!r} is no address: {error}. Give one like {TRUTO}.") from error
    host = parts.hostname or ""
    if any(c.isspace() or not c.isprintable() for c in text.strip()):
        raise SetupError(
            f"{shorten(text)!r} is no address: it holds blanks or control characters. Give one like {TRUTO}."
        )
    if parts.scheme not in ("https", "http") or not host:
        raise SetupError(f"{shorten(text)!r} is no address of an API. Leave base_url out, or give one like {TRUTO}.")
    if parts.scheme == "http" and not is_loopback(host):
        raise SetupError(f"http:// would show the token to the network on the way to {host}. Use https://{host}.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise SetupError("base_url may hold no user, password, '?' or '#': just the address of the API.")
    return text.strip().rstrip("/")


def is_loopback(host: str) -> bool:
    """Return whether a host is this very machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def segment(identity: str) -> str:
    """Encode an id as one segment of a path; what could mean another path is refused.

    >>> segment("7/8"), segment("a b?")
    ('7%2F8', 'a%20b%3F')
    """
    of_type("An id", identity, str, "text")
    if identity in ("", ".", "..") or any(ord(c) < 32 or ord(c) == 127 for c in identity):
        raise SetupError(
            f"{shorten(identity)!r} can't be the id of anything: it would change the address. Check the ids."
        )
    try:
        return quote(identity, safe="")
    except UnicodeEncodeError as error:
        raise SetupError(
            f"{shorten(ascii(identity))} holds half a character and can't be an id. Check the ids."
        ) from error


def account_name(text: str) -> str:
    """Check the id of an integrated account."""
    of_type("account_id", text, str, "the id of an integrated account as text")
    if not text or text != text.strip() or not text.isprintable():
        raise SetupError(
            "The account id is empty or holds blanks. Set TRUTO_INTEGRATED_ACCOUNT_ID, or give account_id=..."
        )
    return text


def query_pairs(query: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Write query parameters by the bracket rule.

    >>> query_pairs({"updated_at": {"gt": "2026-01-01"}, "truto_exclude_fields": ["etag"], "limit": 5})
    [('updated_at[gt]', '2026-01-01'), ('truto_exclude_fields[]', 'etag'), ('limit', '5')]

    Source: https://truto.one/docs/api-reference/overview/querying
    """
    return [pair for key, value in query.items() for pair in _pairs(key, value)]


def _pairs(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for inner, item in value.items():
            yield from _pairs(f"{key}[{inner}]", item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value if isinstance(value, list | tuple) else sorted(value, key=str):
            yield from _pairs(f"{key}[]", item)
    else:
        yield key, _plain(key, value)


def _plain(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return (value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value).isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if value is None or not isinstance(value, str | int | float):
        raise SetupError(
            f"The filter {key}={value!r} can't be sent: give text, a number, a date, a list or a dict of these."
        )
    return str(value)
