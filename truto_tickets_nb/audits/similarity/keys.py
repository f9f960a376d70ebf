"""Keys under which two spellings of one value meet, and the guards that keep different values apart."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

NUMBER = re.compile(r"\d+")
_KEPT = frozenset("#%*@")  # punctuation that tells values apart: C and C#
_MINUS = re.compile(r"(?<![\w)])[-\u2212](?=\d)")


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """Return a text without capitals, accents of Latin letters, and differences of form such as full width.

    >>> folded("Über"), folded("ＡＢＣ"), folded("Straße"), folded("ガ") == folded("カ")
    ('uber', 'abc', 'strasse', False)
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    if plain.isascii():
        return plain
    pieces = unicodedata.normalize("NFD", plain)
    kept = [
        char
        for at, char in enumerate(pieces)
        if not (unicodedata.combining(char) and at and pieces[at - 1].isascii()) or not unicodedata.combining(char)
    ]
    return unicodedata.normalize("NFC", "".join(kept))


def _cleaned(text: str, blank: str) -> str:
    """Replace punctuation; symbols, signs of numbers and what tells values apart stay."""
    marked = _MINUS.sub("\x00", folded(text))
    return "".join(
        "-" if char == "\x00" else char if char in _KEPT or unicodedata.category(char)[0] not in "PZC" else blank
        for char in marked
    )


@lru_cache(maxsize=65536)
def word_key(text: str) -> str:
    """Return the words of a text, sorted: punctuation counts as a blank.

    >>> word_key("In-Progress") == word_key("progress, IN"), word_key("C++") == word_key("C")
    (True, False)
    """
    return " ".join(sorted(_cleaned(text, " ").split()))


@lru_cache(maxsize=65536)
def compact_key(text: str) -> str:
    """Return the letters and digits of a text without anything between them.

    >>> compact_key("Won't Fix") == compact_key("WONTFIX"), compact_key("--")
    (True, '')
    """
    return "".join(_cleaned(text, "").split())


@lru_cache(maxsize=65536)
def numbers(text: str) -> tuple[str, ...]:
    """Return the runs of digits in a text: values whose numbers differ are never one value.

    >>> numbers("3.1.3") == numbers("3.3.1"), numbers("Windows 10")
    (False, ('10',))
    """
    return tuple(NUMBER.findall(unicodedata.normalize("NFKC", text)))
