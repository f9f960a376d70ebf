"""Fill texts into a program, in one pass: what a text holds is never taken for a place to fill."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_PLACE = re.compile(r"@(\w+)@")


def filled(text: str, **parts: str) -> str:
    """Fill the places of a template.

    >>> filled("x = @one@;", one="@two@", two="2")
    'x = @two@;'
    """
    return _PLACE.sub(lambda place: parts[place[1]], text)


def stacked(pieces: Iterable[str], blank: int = 1) -> str:
    r"""Put pieces below each other, with blank lines between them; empty ones are left out.

    >>> stacked(["a\n", "", "b"])
    'a\n\nb\n'
    """
    return ("\n" * (blank + 1)).join(piece.strip("\n") for piece in pieces if piece.strip()) + "\n"
