"""UTF-8 that a program took for a code page: each letter beyond ASCII became two or three others, and can be put right again."""

from __future__ import annotations

import re
from functools import cache

# Page -> letters beyond ASCII that prove it: in the West two such characters side by side are rare, elsewhere they are words.
PAGES = {
    "cp1252": 1,
    "iso8859_1": 1,
    "cp1250": 3,
    "cp1251": 3,
    "cp1253": 3,
    "cp1254": 3,
    "cp437": 3,
    "cp850": 3,
    "mac_roman": 3,
}
_LEADS = re.compile(
    "[ÃÂâð]|[ÄÅÐÑ].*[ÄÅÐÑ]", re.DOTALL
)  # the first bytes of letters in UTF-8, as Windows-1252 shows them


def misread(text: str, page: str) -> str:
    r"""Read the UTF-8 of a text as a program with this code page does; a byte that the page lacks becomes a control character.

    >>> misread("Ü", "cp1252"), misread("Á", "cp1252"), misread("О", "cp1251")
    ('Ãœ', 'Ã\x81', 'Рћ')
    """
    return text.encode("utf-8", "replace").decode("latin-1").translate(_table(page))


def restored(text: str, page: str) -> str:
    """Put a text right that was misread in this code page; a ValueError where it was not.

    >>> restored("Ãœber", "cp1252")
    'Über'
    """
    return text.translate(_inverse(page)).encode("latin-1").decode("utf-8")


def is_misread(cell: str, written: str) -> bool:
    """Return whether a cell is what a program made of a text by reading its UTF-8 in a code page."""
    return not written.isascii() and not cell.isascii() and any(misread(written, page) == cell for page in PAGES)


def is_mojibake(cell: str) -> bool:
    """Return whether a text is UTF-8 that was read in a code page.

    >>> is_mojibake("Ãœber"), is_mojibake("Ð’Ð¾Ð·Ð²Ñ€Ð°Ñ‚"), is_mojibake("РћС€РёР±РєР°"), is_mojibake("√úber √©t√©")
    (True, True, True, True)
    >>> is_mojibake("Über"), is_mojibake("CAFÉ…"), is_mojibake("Ошибка"), is_mojibake("«Größe»")
    (False, False, False, False)
    """
    return not cell.isascii() and any(_proves(cell, page, least) for page, least in PAGES.items())


def _proves(cell: str, page: str, least: int) -> bool:
    try:
        letters = sum(char > "\x7f" for char in restored(cell, page))
    except ValueError:
        return False
    return letters >= max(least, 1 if _LEADS.search(cell) else 3)


@cache
def _table(page: str) -> dict[int, str]:
    decoded = {byte: bytes([byte]).decode(page, "ignore") for byte in range(0x80, 0x100)}
    return {byte: char for byte, char in decoded.items() if char}


@cache
def _inverse(page: str) -> dict[int, str]:
    table = {ord(char): chr(byte) for byte, char in _table(page).items()}
    taken = {ord(char) for char in table.values()}
    return {**{code: "\uffff" for code in taken - table.keys() if code in _table(page)}, **table}
