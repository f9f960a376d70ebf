"""Titles of which one says all that the other says: weighed by how rare their words are, guarded by numbers."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from truto_tickets_nb.audits.similarity.keys import folded, numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TOKEN = re.compile(r"[^\W_]+")
# Words that say little about what a ticket is about: articles, auxiliaries, verbs of every ticket. English, as most titles are.
_PLAIN = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "can",
        "for",
        "from",
        "has",
        "have",
        "in",
        "is",
        "it",
        "its",
        "no",
        "not",
        "of",
        "on",
        "or",
        "that",
        "the",
        "this",
        "to",
        "too",
        "when",
        "where",
        "while",
        "with",
        "without",
        "also",
        "all",
        "always",
        "any",
        "again",
        "but",
        "if",
        "into",
        "just",
        "more",
        "only",
        "other",
        "some",
        "still",
        "then",
        "there",
        "well",
        "will",
        "would",
        "should",
        "could",
        "must",
        "does",
        "do",
        "done",
        "add",
        "added",
        "adding",
        "allow",
        "allows",
        "broken",
        "change",
        "changed",
        "error",
        "errors",
        "fail",
        "failed",
        "failing",
        "fails",
        "failure",
        "failures",
        "fetch",
        "fix",
        "fixed",
        "fixes",
        "flaky",
        "get",
        "gets",
        "handle",
        "implement",
        "include",
        "includes",
        "intermittent",
        "intermittently",
        "issue",
        "issues",
        "make",
        "makes",
        "new",
        "old",
        "problem",
        "provide",
        "release",
        "released",
        "remove",
        "removed",
        "run",
        "running",
        "set",
        "support",
        "supports",
        "test",
        "tests",
        "update",
        "updated",
        "upgrade",
        "bump",
        "use",
        "used",
        "using",
        "version",
        "work",
        "works",
    ]
)
COMMON = 200  # titles with a word from which it finds no candidates
SIMILAR = 0.75  # cosine of the weighted words


def words(title: str) -> frozenset[str]:
    """Return the telling words of a title, in the singular.

    >>> sorted(words("ViewFs#getDelegationTokens should include fallback fs tokens"))
    ['fallback', 'fs', 'getdelegationtoken', 'token', 'viewf']
    """
    return frozenset(_singular(word) for word in _TOKEN.findall(folded(title)) if word not in _PLAIN)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def said_by(ones: Sequence[str], others: Sequence[str], similar: float = SIMILAR) -> list[tuple[int, int]]:
    """Return the pairs (place in `ones`, place in `others`) where the other title says all that the one says, in equal numbers.

    >>> said_by(["Upgrade mockito to 4.11.0", "Upgrade junit to 5"], ["Upgrade Mockito version to 4.11.0", "Upgrade junit to 4"])
    [(0, 0)]
    """
    left, right = [words(title) for title in ones], [words(title) for title in others]
    frequency = Counter(word for found in (*left, *right) for word in found)
    total = len(left) + len(right)
    weight = {word: math.log((total + 1) / count) ** 2 for word, count in frequency.items()}
    by_word: dict[str, list[int]] = defaultdict(list)
    for at, found in enumerate(right):
        for word in found:
            if frequency[word] <= COMMON:
                by_word[word].append(at)
    sizes = [_weight(found, weight) for found in right]
    by_numbers = [numbers(title) for title in others]
    pairs: list[tuple[int, int]] = []
    for at, found in enumerate(left):
        size, own = _weight(found, weight), numbers(ones[at])
        candidates = {place for word in found for place in by_word.get(word, ()) if by_numbers[place] == own}
        pairs += [
            (at, other)
            for other in sorted(candidates)
            if size >= similar * math.sqrt(size * sizes[other]) and found <= right[other]
        ]
    return pairs


def _weight(found: frozenset[str], weight: Mapping[str, float]) -> float:
    return sum(weight[word] for word in found)
