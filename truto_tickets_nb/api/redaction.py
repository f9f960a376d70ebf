"""Remove a secret from foreign text, in every form in which a server may echo it."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "<token>"
SHORT = 12  # characters: a shorter secret is taken out of errors only, because tickets hold such words
_BREAK = r"(?:\s|\\[nrt])*"  # what may stand between two letters where a text was broken into lines


class Redaction:
    """The forms of one secret: as it is, for an address, in JSON, in HTML, in base64 at any place, in hex.

    >>> Redaction("peer-canary").text("Bearer PEER-canary, cGVlci1jYW5hcnk=")
    'Bearer <token>, <token>k='
    """

    __slots__ = ("__bytes", "__first", "__is_short", "__texts")

    def __init__(self, secret: str) -> None:
        forms = sorted(set(_forms(secret)), key=len, reverse=True)
        self.__bytes = tuple(form.encode() for form in forms)
        self.__texts = re.compile(
            "|".join([*map(re.escape, forms), _BREAK.join(map(re.escape, secret))]), re.IGNORECASE
        )
        self.__first = b"\\u00%02x" % ord(secret[0]), b"\\u00%02X" % ord(secret[0])
        self.__is_short = len(secret) < SHORT

    def __repr__(self) -> str:
        return MARK

    def text(self, text: str) -> str:
        """Remove it from a text, in any capitals, also where the text was broken into lines."""
        return self.__texts.sub(MARK, text)

    def content(self, content: bytes) -> bytes:
        """Remove it from the bytes of an answer, quickly where it is not there."""
        if self.__is_short:
            return content
        for form in self.__bytes:
            if form in content:
                content = content.replace(form, MARK.encode())
        return content

    def value(self, value: Any) -> Any:
        """Remove it from all texts of a JSON value."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {self.text(name): self.value(item) for name, item in value.items()}
        return value

    def is_escaped_in(self, content: bytes) -> bool:
        """Return whether JSON writes even plain letters as escapes, so that a search of the bytes proves nothing."""
        return not self.__is_short and any(first in content for first in self.__first)


def _forms(secret: str) -> Iterator[str]:
    in_json = json.dumps(secret)[1:-1]
    yield from (secret, quote(secret, safe=""), quote_plus(secret), in_json, in_json.replace("/", "\\/"))
    yield from (html.escape(secret), secret.encode().hex())
    for place in range(3):
        core = _core(secret, place)
        if len(core) >= 8:
            yield from (core, core.replace("+", "-").replace("/", "_"))


def _core(secret: str, place: int) -> str:
    """Write the letters of base64 that depend on the secret alone, where it begins so many bytes after a group of three."""
    bits = 8 * (place + len(secret))
    return base64.b64encode(b"\0" * place + secret.encode()).decode()[-(-8 * place // 6) : bits // 6]
