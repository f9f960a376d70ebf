"""Unwritten tags at the beginning of titles: "[ABFS] …", "JDK17: …", "WIP - …"."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# In brackets, or up to three words before a colon, or before a dash between blanks.
_TAG = re.compile(
    r"^\s*(?:\[(?P<square>[^\[\]]{1,40})\]|\((?P<round>[^()]{1,40})\)|(?P<colon>[^\s:]+(?:\s+[^\s:]+){0,2}?)\s*:(?=\s|\w)|(?P<dash>[^\s]+(?:\s+[^\s]+){0,2}?)\s+[-–—]\s)"
)
_HOST = re.compile(r"^(https?$|https?://|www\.)|^[\w-]+(\.[\w-]+)*\.[a-z]{2,}(/|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TitleTag:
    """One tag: as it is written with its brackets or sign, and the places of the titles that begin with it."""

    text: str
    written: str
    places: tuple[int, ...]


def title_tags(titles: Iterable[str]) -> list[TitleTag]:
    """Return the tags in the order of their first title. Names of hosts are subjects, not tags.

    >>> [(tag.text, tag.written, tag.places) for tag in title_tags(["[ABFS] Retry", "ABFS: Lease", "www.x.com - blank", "Plain title"])]
    [('ABFS', '[ABFS]', (0,)), ('ABFS', 'ABFS:', (1,))]
    """
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, title in enumerate(titles):
        match = _TAG.match(title[:200])
        if match is None:
            continue
        text = next(group for group in match.groups() if group is not None).strip()
        if not any(char.isalpha() for char in text) or _HOST.search(text):
            continue
        places[text, " ".join(match[0].split())].append(at)
    return [TitleTag(text, written, tuple(found)) for (text, written), found in places.items()]
