"""Make foreign text safe and visible: control characters, odd blanks, long texts, the place where two texts differ."""

from __future__ import annotations

from wcwidth import iter_graphemes
from wcwidth import width as width_of

from truto_tickets_nb.safe_text import masked

EMPTY = "(empty)"
MOST = 4000  # characters of anything that are shown: a sentence may be long, a megabyte is none
LONG = 160  # characters of one value that are shown
_AROUND = 30  # characters shown before the first difference of two long texts
_SIGNS = {"\r\n": "␍␊", "\n": "␊", "\r": "␍", "\t": "␉", "\u00a0": "⍽", "\u202f": "⍽", "\u200b": "⁀"}


def visible(text: str) -> str:
    r"""Show what the eye would miss: line ends, tabs, no-break blanks, leading, trailing and doubled blanks, control signs.

    >>> visible(" a  b\u00a0"), visible("x\r\ny"), visible("\u202eevil")
    ('·a··b⍽', 'x␍␊y', '�evil')
    """
    text = clip(text, MOST)
    inner = text.strip(" ")
    left, right = len(text) - len(text.lstrip(" ")), len(text) - len(text.rstrip(" "))
    shown = "·" * left + inner.replace("  ", "··") + "·" * (right if inner else 0)
    for sign, seen in _SIGNS.items():
        shown = shown.replace(sign, seen)
    return masked(shown)


def clip(text: str, longest: int = LONG) -> str:
    """Shorten a text, telling how much is left out.

    >>> clip("abcdefghij", 4)
    'abcd… (+6)'
    """
    return text if len(text) <= longest else f"{text[:longest]}… (+{len(text) - longest})"


def pair(before: str, after: str, longest: int = LONG) -> tuple[str, str]:
    """Shorten two texts around the first place in which they differ, so that the difference is always seen."""
    if max(len(before), len(after)) <= longest:
        return visible(before), visible(after)
    start = max(0, _difference(before, after) - _AROUND)
    lead = "…" if start else ""
    return lead + _window(before, start, longest), lead + _window(after, start, longest)


def _difference(before: str, after: str) -> int:
    """Find the first place in which two texts differ, by halves: a megabyte takes twenty steps."""
    low, high = 0, min(len(before), len(after))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if before[low:middle] == after[low:middle] else (low, middle - 1)
    return low


def _window(text: str, start: int, longest: int) -> str:
    return clip(visible(text[start : start + 2 * longest]), longest)


def columns_of(text: str) -> int:
    """Return how many columns a text takes in a terminal: wide letters and emoji take two, combining marks none.

    >>> columns_of("refund"), columns_of("返金"), columns_of("👩‍💻")
    (6, 4, 2)
    """
    return len(text) if text.isascii() else width_of(text)


def cut(text: str, width: int) -> str:
    """Cut a text to a width in terminal columns, with an ellipsis.

    >>> cut("refund please", 7), cut("ok", 7)
    ('refund…', 'ok')
    """
    if len(text) <= width and columns_of(text) <= width:
        return text
    shown, used = [], 0
    for grapheme in iter_graphemes(text):
        used += columns_of(grapheme)
        if used > width - 1:
            break
        shown.append(grapheme)
    return "".join(shown) + "…"
