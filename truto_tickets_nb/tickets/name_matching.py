"""Names as text: when two of them are one, and when a person can hardly tell them apart."""

from __future__ import annotations

import unicodedata


def nfc(text: str) -> str:
    """Bring a name into the one form of Unicode in which names are compared.

    >>> nfc("re\N{COMBINING ACUTE ACCENT}union") == "r\N{LATIN SMALL LETTER E WITH ACUTE}union"
    True
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """Bring a name into the form in which capitals and blanks around it do not count.

    >>> folded(" Open ") == folded("OPEN")
    True
    """
    return nfc(nfc(text).casefold().strip())


def outline(text: str) -> str:
    """Leave of a name what a person sees at a glance: no capitals, blanks, invisible or double-width characters.

    >>> outline("Bug ") == outline("bug") == outline("B\N{ZERO WIDTH SPACE}ug") == outline("\N{FULLWIDTH LATIN CAPITAL LETTER B}ug")
    True
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(char for char in plain if not (char.isspace() or _is_invisible(char)))


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) in ("Cf", "Cc") or char in _SELECTORS


_SELECTORS = frozenset(
    map(chr, (0x034F, 0x115F, 0x1160, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10)))
)  # joiners, fillers, forms of emoji
