"""Pairs of texts that look alike: blocked by their rarest words, compared with rapidfuzz, guarded by numbers and swapped words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from truto_tickets_nb.audits.similarity.keys import NUMBER, folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TOKEN = re.compile(r"\w+")
RATIO = 88.0
SWAPPED = 70.0  # rests of two titles less alike than this are two different words
LARGEST_BLOCK = 200


@dataclass(frozen=True, slots=True)
class Pairs:
    """Places of texts that look alike, and how many blocks were too large to be compared in full."""

    pairs: tuple[tuple[int, int], ...]
    capped: int = 0
    left_out: int = 0  # texts of those blocks


def same(texts: Sequence[str]) -> list[tuple[int, ...]]:
    """Group the places of equal texts, whatever their blanks and capitals; texts without a letter or digit are no title."""
    places: dict[str, list[int]] = defaultdict(list)
    for at, text in enumerate(texts):
        key = " ".join(folded(text).split())
        if any(char.isalnum() for char in key):
            places[key].append(at)
    return [tuple(group) for group in places.values() if len(group) > 1]


def look_alike(texts: Sequence[str], ratio: float = RATIO, largest_block: int = LARGEST_BLOCK) -> Pairs:
    """Return the pairs of texts whose words are nearly the same (token sort ratio), in any order.

    Two guards: the numbers in both are equal ("Upgrade to 2.9.10" is not "2.9.11"), and what is left without the common words is
    not two different words ("hdfs-project", "yarn-project").
    """
    cleaned = [" ".join(folded(text).split()) for text in texts]
    tokens = [_TOKEN.findall(text) for text in cleaned]
    frequency = Counter(token for words in tokens for token in set(words))
    numbers = [tuple(NUMBER.findall(text)) for text in cleaned]
    in_order = [" ".join(sorted(text.split())) for text in cleaned]
    blocks: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    for at, words in enumerate(tokens):
        for token in sorted(set(words), key=lambda token: (frequency[token], token))[:2]:
            if frequency[token] > 1:
                blocks[token, numbers[at]].append(at)
    found: set[tuple[int, int]] = set()
    capped = left_out = 0
    for members in blocks.values():
        if len(members) > largest_block:
            capped, left_out = capped + 1, left_out + len(members) - largest_block
        for pair in _pairs(members[:largest_block]):
            if pair not in found and _are_alike(pair, in_order, cleaned, ratio):
                found.add(pair)
    return Pairs(tuple(sorted(found)), capped, left_out)


def _pairs(members: Sequence[int]) -> Iterator[tuple[int, int]]:
    for n, one in enumerate(members):
        for other in members[n + 1 :]:
            yield (one, other)


def _are_alike(pair: tuple[int, int], in_order: Sequence[str], cleaned: Sequence[str], ratio: float) -> bool:
    one, other = (in_order[at] for at in pair)
    if one == other:
        return True
    if fuzz.ratio(one, other, score_cutoff=ratio) < ratio:
        return False
    return not _is_swapped(*(cleaned[at] for at in pair))


def _is_swapped(one: str, other: str) -> bool:
    """Return whether, besides the common words, each has another word."""
    left, right = Counter(one.split()), Counter(other.split())
    rest, other_rest = " ".join((left - right).elements()), " ".join((right - left).elements())
    return bool(rest and other_rest) and fuzz.ratio(rest, other_rest) < SWAPPED
