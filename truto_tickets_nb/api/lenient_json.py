r"""Read the JSON of answers, also of a page that is no strict JSON: whatever can be understood is, and what was repaired is said.

orjson reads what is strict. What it refuses is read by the standard library: with a byte-order mark, in UTF-16, with halves of
characters, NaN, or numbers that no double holds. A half of a character (an emoji cut in the middle: JSON.stringify writes "\ud83d")
can be held by no UTF-8 text, so that no column, file or page could hold it. Inside, each half is one character of a private plane:
halves stay apart from each other, stand in a plan, a file or a comparison like any other text, and go out as the halves that came.
A text that holds such private characters itself has a mark before each, which is taken off when it goes out.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import orjson

from truto_tickets_nb import gc_pause
from truto_tickets_nb.errors import shorten

_HALF = re.compile("[\ud800-\udfff]")
_SHIFTED = re.compile("[\U0010d800-\U0010dfff]")
_MARK = "\U0010d7ff"
_OWN = re.compile("[\U0010d7ff-\U0010dfff]")
_OWN_BYTES = (b"\xf4\x8d", rb"\udbf", rb"\uDBF")  # what stands in JSON that may hold such private characters itself
_SHIFTED_BYTES = re.compile(rb"(\xf4\x8d\x9f\xbf)?(\xf4\x8d(?:\x9f\xbf|[\xa0-\xbf][\x80-\xbf]))")
_SHIFT = 0x100000  # from a half to the character that stands for it
_CHARSET = re.compile(
    r"charset\s*=\s*[\"']?((?:utf|iso|windows|cp|latin|us|shift|euc|gb|big5|koi8)[\w.:-]{0,20})", re.IGNORECASE
)
HALVES = "halves of characters, such as of an emoji that was cut; each is kept as it came and shown as one character"
NO_NUMBERS = "NaN, infinity, or numbers too large for anybody; they count as empty"


class Repaired(dict[str, Any]):
    """An object that was no strict JSON, and what was repaired in it."""

    repairs: tuple[str, ...] = ()


def parsed(content: bytes, content_type: str = "") -> Any:
    r"""Read the JSON of an answer, with the garbage collector paused; what is no JSON at all is a ValueError.

    >>> parsed(b'{"a": 1}'), parsed(b"\xef\xbb\xbf[1]"), parsed(b'["x", NaN]')
    ({'a': 1}, [1], ['x', None])
    >>> [as_sent(orjson.dumps(parsed(text))) for text in (rb'"a\ud83d"', rb'"\ud83d\ude00"')]
    [b'"a\\ud83d"', b'"\xf0\x9f\x98\x80"']
    """
    with gc_pause.paused():
        try:
            read = orjson.loads(content)
        except orjson.JSONDecodeError:
            return _repaired(content, content_type)
        return _without_halves(read, {}) if any(own in content for own in _OWN_BYTES) else read


def as_sent(body: bytes) -> bytes:
    """Write the JSON of a body as it goes out: halves of characters as they came."""
    return _SHIFTED_BYTES.sub(lambda match: _released(match[1], match[2].decode()), body)


def _released(mark: bytes | None, character: str) -> bytes:
    return character.encode() if mark or character == _MARK else b"\\u%04x" % (ord(character) - _SHIFT)


def has_halves(value: Any) -> bool:
    """Return whether halves of characters stand anywhere in a value."""
    try:
        return bool(_SHIFTED.search(json.dumps(value, ensure_ascii=False)))
    except RecursionError:
        return False


def is_too_deep(value: Any) -> bool:
    """Return whether a value is nested so deeply (254 levels) that it can be neither stored nor compared.

    >>> is_too_deep({"a": [1]}), is_too_deep(json.loads("[" * 300 + "]" * 300))
    (False, True)
    """
    try:
        orjson.dumps(value)
    except TypeError:
        return True
    return False


def brief(value: Any, longest: int = 60) -> str:
    """Show a value of JSON in a message, however deeply it is nested.

    >>> brief({"id": 7}), brief(["x" * 99], 8)
    ("{'id': 7}", "['xxxxxx…")
    """
    try:
        return shorten(repr(value), longest)
    except RecursionError:
        return f"a {type(value).__name__} that is nested very deeply"


def _repaired(content: bytes, content_type: str) -> Any:
    repairs: dict[str, None] = {}

    def nothing(_text: str) -> None:
        repairs[NO_NUMBERS] = None

    def number(text: str) -> float | None:
        read = float(text)
        if math.isinf(read):
            nothing(text)
            return None
        return read

    def integer(text: str) -> int | float | None:
        return int(text) if len(text) < 19 else _large(text, number)

    text = _text(content, content_type)
    value = json.loads(text, strict=False, parse_constant=nothing, parse_float=number, parse_int=integer)
    value = _without_halves(value, repairs)
    if isinstance(value, dict):
        value = Repaired(value)
        value.repairs = tuple(repairs)
    return value


def _large(text: str, number: Any) -> int | float | None:
    """Read a long whole number as orjson does: exactly where 64 bits hold it."""
    exact = int(text) if len(text) < 40 else None
    return exact if exact is not None and -(2**63) <= exact < 2**64 else number(text)


def _text(content: bytes, content_type: str) -> str:
    encoding = json.detect_encoding(content)
    try:
        return content.decode(encoding, "surrogatepass").removeprefix("\ufeff")
    except UnicodeDecodeError:
        charset = _CHARSET.search(content_type)
        if charset is None:
            raise
        return content.decode(charset[1])


def _without_halves(value: Any, repairs: dict[str, None]) -> Any:
    if isinstance(value, str):
        return _shifted(value, repairs) if _HALF.search(value) or _OWN.search(value) else value
    if isinstance(value, list):
        return [_without_halves(item, repairs) for item in value]
    if isinstance(value, dict):
        return {_without_halves(name, repairs): _without_halves(item, repairs) for name, item in value.items()}
    return value


def _shifted(text: str, repairs: dict[str, None]) -> str:
    """Join halves that belong together, and let a character of the private plane stand for each other one."""
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    marked = _OWN.sub(lambda own: _MARK + own[0], joined)
    shifted = _HALF.sub(lambda half: chr(ord(half[0]) + _SHIFT), marked)
    if shifted != marked:
        repairs[HALVES] = None
    return shifted
