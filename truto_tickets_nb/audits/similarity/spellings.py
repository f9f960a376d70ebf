"""Groups of values that are one value in several spellings, with the spelling to keep."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rapidfuzz.distance import OSA, Levenshtein

from truto_tickets_nb.audits.similarity.keys import compact_key, folded, numbers, word_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

Kind = Literal["spelling", "typo"]
_OPPOSITES = ("un", "re", "dis", "in", "im", "non", "de", "pre", "post", "anti")
_SHORTEST = 5  # letters of a word before a letter more or less is a typing error
_SHORTEST_SWAP = 4  # letters of a word before two exchanged ones are
_RARE = 0.1  # share of the other spelling's tickets that a typing error may have at most
_ASK = 4  # times that another spelling is more frequent than the clean one: then a person decides
LARGEST = 5_000  # distinct values that are searched for typing errors


@dataclass(frozen=True, slots=True)
class Spellings:
    """One value in several spellings: how many tickets hold each, and the one to keep ("" where a person must decide)."""

    counts: Mapping[str, int]
    keep: str
    kind: Kind

    @property
    def ranked(self) -> tuple[str, ...]:
        """Return the spellings, the one to keep first, then the most frequent."""
        return tuple(sorted(self.counts, key=lambda value: (value != self.keep, -self.counts[value], value)))

    @property
    def others(self) -> tuple[str, ...]:
        """Return the spellings to replace; none where a person must decide."""
        return tuple(value for value in self.ranked if self.keep and value != self.keep)


def groups(counts: Mapping[str, int], preferred: Collection[str] = ()) -> list[Spellings]:
    """Group the values of one column: equal but for case, blanks, punctuation and accents, or for a typing error.

    `preferred` are the tool's own choices, one of which is kept where a group has exactly one.

    >>> [group.ranked for group in groups({"Resolved": 9, "RESOLVED": 4, "Resloved": 1, "Reopened": 3, "v1.0": 2, "v10": 2})]
    [('Resolved', 'RESOLVED', 'Resloved')]
    """
    members = _keyed(counts)
    typos = _typos(members, counts) if len(counts) <= LARGEST else {}
    merged: dict[int, list[str]] = {}
    for at, group in enumerate(members):
        merged.setdefault(typos.get(at, at), []).extend(group)
    result = []
    for at, values in merged.items():
        if len(values) > 1:
            kind: Kind = "typo" if at in typos.values() else "spelling"
            held = {value: counts[value] for value in values}
            result.append(Spellings(held, _survivor(held, preferred), kind))
    return sorted(result, key=lambda group: (-sum(group.counts.values()), group.ranked))


def _keyed(counts: Mapping[str, int]) -> list[list[str]]:
    """Gather the values whose word key or compact key is the same and whose numbers are the same."""
    parent = {value: value for value in counts}

    def root(value: str) -> str:
        while parent[value] != value:
            parent[value] = parent[parent[value]]
            value = parent[value]
        return value

    for key in (word_key, compact_key):
        seen: dict[tuple[str, tuple[str, ...]], str] = {}
        for value in counts:
            if not any(char.isalnum() for char in value):
                continue  # "--" and "??" are no spellings of each other
            first = seen.setdefault((key(value), numbers(value)), value)
            parent[root(value)] = root(first)
    gathered: dict[str, list[str]] = defaultdict(list)
    for value in counts:
        gathered[root(value)].append(value)
    return list(gathered.values())


def _typos(members: list[list[str]], counts: Mapping[str, int]) -> dict[int, int]:
    """Return for each group that is a rare misspelling of a frequent one the place of that one."""
    texts = [" ".join(folded(max(group, key=lambda value: counts[value])).split()) for group in members]
    totals = [sum(counts[value] for value in group) for group in members]
    forms: dict[str, list[int]] = defaultdict(list)  # a text without one letter -> the groups that it may stand for
    for at, text in enumerate(texts):
        if len(text) >= _SHORTEST_SWAP and any(char.isalpha() for char in text):
            for form in {text, *(text[:n] + text[n + 1 :] for n in range(len(text)))}:
                forms[form].append(at)
    found: dict[int, int] = {}
    for places in forms.values():
        for rare in places:
            for frequent in places:
                if rare != frequent and _is_typo(texts[rare], texts[frequent], totals[rare], totals[frequent]):
                    found[rare] = frequent
    return {rare: frequent for rare, frequent in found.items() if frequent not in found}


def _is_typo(one: str, other: str, count: int, other_count: int) -> bool:
    """Return whether `one` is a slip of `other`: two letters exchanged, or one doubled, left out or put in within the word."""
    if count > max(1, _RARE * other_count) or other_count < 5 or numbers(one) != numbers(other):
        return False
    if one[0] != other[0] and sorted(one) != sorted(other):
        return False
    if OSA.distance(one, other, score_cutoff=1) > 1 or _are_opposites(one, other):
        return False
    if len(one) == len(other):
        return len(one) >= _SHORTEST_SWAP and Levenshtein.distance(one, other) == 2  # exchanged, not replaced
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return (
        len(shorter) >= _SHORTEST
        and not longer.startswith(shorter)
        and longer[-1] == shorter[-1]
        and shorter.isascii() == longer.isascii()
        and _letters_differ(longer, shorter)
    )


def _letters_differ(longer: str, shorter: str) -> bool:
    """Return whether the letter that one of them lacks is a letter: a digit or a sign more is another value."""
    at = next((n for n, (a, b) in enumerate(zip(longer, shorter, strict=False)) if a != b), len(shorter))
    return longer[at].isalpha()


def _are_opposites(one: str, other: str) -> bool:
    return any(one == prefix + other or other == prefix + one for prefix in _OPPOSITES)


def _survivor(counts: Mapping[str, int], preferred: Collection[str]) -> str:
    """Return the spelling to keep: the tool's only choice among them, else the more frequent clean form, else "" to ask."""
    own = [value for value in counts if value in preferred]
    if len(own) == 1:
        return own[0]
    ranked = sorted(counts, key=lambda value: (_untidiness(value), -counts[value], value))
    best = ranked[0]
    if len(ranked) > 1 and (_untidiness(ranked[1]), counts[ranked[1]]) == (_untidiness(best), counts[best]):
        return ""  # equally clean, equally frequent
    return best if counts[best] * _ASK >= max(counts.values()) else ""


def _untidiness(value: str) -> int:
    """Return how far a spelling is from one that people write: capitals only, underscores, blanks too many."""
    letters = [char for char in value if char.isalpha()]
    return sum(
        [
            2 * (value != " ".join(value.split())),
            2 * ("_" in value),
            len(letters) > 4 and value.isupper(),
            not value.isprintable(),
        ]
    )


def named(spellings: Iterable[Spellings]) -> list[str]:
    """Write each group in one line: "Resolved 1,733 <- RESOLVED 501"."""
    lines = []
    for group in spellings:
        first, *rest = group.ranked
        sign = " <- " if group.keep else " or "
        lines.append(
            sign.join([f"{first} {group.counts[first]:,}", ", ".join(f"{v} {group.counts[v]:,}" for v in rest)])
        )
    return lines
