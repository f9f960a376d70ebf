"""Shares in sentences: "656 of 770 open tickets (85 %)"."""

from __future__ import annotations

from truto_tickets_nb.wording import counted


def share(part: int, whole: int) -> str:
    """Return a share in percent that is never rounded to all or to nothing.

    >>> share(656, 770), share(999, 1000), share(1, 1000), share(3, 3)
    ('85 %', '99.9 %', '0.1 %', '100 %')
    """
    percent = 100 * part / whole if whole else 0.0
    return f"{percent:.0f} %" if percent in (0, 100) or 1 <= percent <= 99 else f"{percent:.1f} %"


def of(part: int, whole: int, word: str) -> str:
    """Return a part of a whole with its share.

    >>> of(656, 770, "open ticket")
    '656 of 770 open tickets (85 %)'
    """
    return f"{part:,} of {counted(whole, word)} ({share(part, whole)})"
