"""Truth words: which texts and numbers mean true or false, in the words of spreadsheets in many languages."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

_PAIRS = (
    "true/false 1/0 1.0/0.0 wahr/falsch vrai/faux vero/falso verdadero/falso verdadeiro/falso waar/onwaar prawda/fałsz истина/ложь "
    "sant/falskt sann/falsk tosi/epätosi doğru/yanlış doğru/yanliş igaz/hamis pravda/nepravda 真/假 참/거짓"
)  # "yanliş" is what lower case makes of the Turkish YANLIŞ
_TYPED_PAIRS = "yes/no"  # which people write, and no spreadsheet
_BY_LANGUAGE = [tuple(pair.split("/")) for pair in (*_PAIRS.split(), *_TYPED_PAIRS.split())]
BOOLEAN_WORDS = {word: word == words[0] for words in _BY_LANGUAGE for word in words}
SPREADSHEET_WORDS = BOOLEAN_WORDS.keys() - set(_TYPED_PAIRS.split("/"))


def parse_boolean(cell: Any) -> bool | None:
    """Read a cell as true or false, in any capitals; None where it is neither.

    >>> parse_boolean("TRUE"), parse_boolean(0.0), parse_boolean("no"), parse_boolean("wahr"), parse_boolean(2), parse_boolean("")
    (True, False, False, True, None, None)
    """
    if isinstance(cell, bool | int | float):
        return bool(cell) if cell in (0, 1) else None
    return BOOLEAN_WORDS.get(cell.strip().casefold()) if isinstance(cell, str) else None


def parse_json_boolean(value: Any) -> bool | None:
    """Read a truth value of JSON, which some tools write as text; other words are not what a tool means by true or false.

    >>> parse_json_boolean(True), parse_json_boolean("False"), parse_json_boolean("yes"), parse_json_boolean(1)
    (True, False, None, None)
    """
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.casefold()) if isinstance(value, str) else None


def _opposites() -> dict[str, str]:
    by_word: dict[str, list[str]] = defaultdict(list)
    for yes, no in _BY_LANGUAGE:
        by_word[yes].append(no)
        by_word[no].append(yes)
    return {word: words[0] for word, words in by_word.items() if len(words) == 1}


_OPPOSITES = _opposites()


def opposite_word(word: str) -> str | None:
    """Return the opposite of a truth word with the same capitals; None where several words are its opposite.

    >>> opposite_word("True"), opposite_word("YES"), opposite_word("0"), opposite_word("falso")
    ('False', 'NO', '1', None)
    """
    other = _OPPOSITES.get(word.strip().casefold())
    if other is None:
        return None
    return other.upper() if word.isupper() else other.title() if word.istitle() else other
