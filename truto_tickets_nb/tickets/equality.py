"""When two JSON values are the same: exactly, in meaning, or nearly, as a server tidies what it stores. Decided here and nowhere else."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal

from truto_tickets_nb.tickets.json_values import Json, is_missing, parts_differ, ref, refs, unix_lines
from truto_tickets_nb.tickets.parsing.dates import parse_iso

Standing = Literal["new", "tidied", "old", "other"]
TIDIED = 2  # the level at which values are compared as servers tidy them


def same_text(one: Json, two: Json) -> bool:
    r"""Compare two texts; line ends of any system are one, everything else counts.

    >>> same_text("a\r\nb", "a\nb"), same_text("a ", "a"), same_text("", None)
    (True, False, True)
    """
    if is_missing(one) or is_missing(two):
        return is_missing(one) and is_missing(two)
    return unix_lines(str(one)) == unix_lines(str(two))


def same_moment(one: Json, two: Json) -> bool:
    """Compare two dates; equal instants are equal however they are written, and a day is no instant."""
    if is_missing(one) or is_missing(two):
        return is_missing(one) and is_missing(two)
    left, right = parse_iso(one), parse_iso(two)
    return left == right if left and right and type(left) is type(right) else str(one) == str(two)


def same_reference(one: Json, two: Json) -> bool:
    """Compare two references: by id where both have one, else by name; parts that both hold count."""
    left, right = ref(one), ref(two)
    if left is None or right is None:
        return left is right
    if parts_differ(one, two):
        return False
    return left.is_same(right) or (
        (not isinstance(one, dict) or not isinstance(two, dict))
        and bool({left.id, left.name} & {right.id, right.name} - {""})
    )


def same_references(one: Json, two: Json) -> bool:
    """Compare two sets of references, in any order."""
    left, right = refs(one), refs(two)
    alike = all(any(a.is_same(b) for b in right) for a in left) and all(any(a.is_same(b) for a in left) for b in right)
    return alike and not _members_differ(one, two)


def _members_differ(one: Json, two: Json) -> bool:
    """Return whether a member of two lists holds other parts in one than in the other; members without an id are left to their names."""
    if not isinstance(one, list | tuple) or not isinstance(two, list | tuple):
        return False
    by_id = {str(item["id"]): item for item in two if isinstance(item, dict) and item.get("id") is not None}
    return any(parts_differ(item, by_id.get(str(item.get("id")))) for item in one if isinstance(item, dict))


def same_json(one: Json, two: Json) -> bool:
    r"""Compare two JSON values of a custom field: type, order and doubles count; empty values and line ends do not.

    >>> same_json([1, 2], [2, 1]), same_json(1, True), same_json(5, 5.0), same_json("5", 5), same_json("a\r\n", "a\n")
    (False, False, True, False, True)
    """
    if is_missing(one) or is_missing(two):
        return is_missing(one) and is_missing(two)
    if isinstance(one, list | tuple) and isinstance(two, list | tuple):
        return len(one) == len(two) and all(map(_same_member, one, two))
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(_same_member(one[key], two[key]) for key in one)
    if isinstance(one, str) and isinstance(two, str):
        return one == two or unix_lines(one) == unix_lines(two)
    return isinstance(one, bool) == isinstance(two, bool) and bool(one == two)


def _same_member(one: Json, two: Json) -> bool:
    """Compare what stands inside a list or an object: there, an empty text and nothing are two values."""
    if (one is None) != (two is None) or (is_missing(one) and type(one) is not type(two)):
        return False
    return same_json(one, two)


def exact_text(now: Json, asked: Json) -> bool:
    """Compare two values of plain text or of a date to the letter."""
    return (is_missing(now) and is_missing(asked)) or (type(now) is type(asked) and bool(now == asked))


def exact_json(now: Json, asked: Json) -> bool:
    """Compare two JSON values: types, order, doubles and line ends count; a whole number equals its float."""
    if is_missing(now) or is_missing(asked):
        return is_missing(now) and is_missing(asked)
    if isinstance(now, list | tuple) and isinstance(asked, list | tuple):
        return len(now) == len(asked) and all(map(_exact_member, now, asked))
    if isinstance(now, dict) and isinstance(asked, dict):
        return now.keys() == asked.keys() and all(_exact_member(now[key], asked[key]) for key in now)
    return isinstance(now, bool) == isinstance(asked, bool) and bool(now == asked)


def _exact_member(now: Json, asked: Json) -> bool:
    if is_missing(now) or is_missing(asked):
        return type(now) is type(asked)
    return exact_json(now, asked)


def exact_reference(now: Json, asked: Json) -> bool:
    """Return whether a reference as answered holds all that a body says of it; a bare word is held by its name.

    >>> exact_reference({"id": "3", "name": "Open"}, {"id": "3"}), exact_reference({"id": "3", "name": "Open"}, {"name": "open"})
    (True, False)
    """
    if ref(now) is None or ref(asked) is None:
        return ref(now) is ref(asked)
    if isinstance(now, dict) and isinstance(asked, dict):
        return all(_exact_part(now.get(key), value) for key, value in asked.items())
    if isinstance(now, dict) or isinstance(asked, dict):
        return ref(now).shown == ref(asked).shown  # type: ignore[union-attr]
    return str(now) == str(asked)


def _exact_part(now: Json, asked: Json) -> bool:
    return str(now) == str(asked) if isinstance(asked, str | int) else exact_json(now, asked)


def exact_references(now: Json, asked: Json) -> bool:
    """Return whether a set as answered holds just the references that a body lists, each with all that it says."""
    current, wanted = _items(now), _items(asked)
    if len(current) != len(wanted):
        return False
    left = list(current)
    for item in wanted:
        match = next((place for place, one in enumerate(left) if exact_reference(one, item)), None)
        if match is None:
            return False
        del left[match]
    return True


def _items(value: Json) -> list[Json]:
    return [item for item in (value if isinstance(value, list | tuple) else [value]) if ref(item)]


def near_text(now: Json, asked: Json) -> bool:
    """Return whether a server only tidied a text: blanks at its ends, line ends, composed characters, HTML around plain text."""
    if not isinstance(now, str) or not isinstance(asked, str):
        return False
    left, right = (unicodedata.normalize("NFC", unix_lines(text)).strip() for text in (now, asked))
    return left == right or _is_wrapped(asked, now)


_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def _is_wrapped(asked: str, now: str) -> bool:
    """Return whether plain text only got the tags of paragraphs and line ends around it, as tools that keep HTML do."""
    if _TAG.search(asked) or not _TAG.search(now) or re.search(r"<(?!/?(?:p|div|br|span)\b)[a-zA-Z]", now):
        return False
    return "".join(html.unescape(_TAG.sub("", now)).split()) == "".join(asked.split())


def near_moment(now: Json, asked: Json) -> bool:
    """Return whether a server only wrote a day as midnight, or a midnight as a day."""
    left, right = (None if is_missing(value) else parse_iso(value) for value in (now, asked))
    if left is None or right is None:
        return near_text(now, asked)
    days = [not isinstance(value, datetime) for value in (left, right)]
    return any(days) and left.isoformat()[:10] == right.isoformat()[:10] and all(map(_is_midnight, (left, right)))


def _is_midnight(value: Any) -> bool:
    return not isinstance(value, datetime) or value.time() == datetime.min.time()


def near_references(now: Json, asked: Json) -> bool:
    """Return whether a server only changed capitals and blanks of the names in a set."""
    left, right = ({item.shown.casefold().strip() for item in refs(items)} for items in (now, asked))
    return bool(left) and left == right


def near_reference(now: Json, asked: Json) -> bool:
    """Return whether one of two references came as a bare word in other capitals."""
    left, right = ref(now), ref(asked)
    if left is None or right is None or (isinstance(now, dict) and isinstance(asked, dict)):
        return False
    return left.shown.casefold() == right.shown.casefold()


def near_json(now: Json, asked: Json) -> bool:
    """Return whether a server only tidied a custom value: its text, the order of its list, a number as text, parts that it adds."""
    if isinstance(now, dict) and isinstance(asked, dict):
        return all(
            key in now and (exact_json(now[key], value) or near_json(now[key], value)) for key, value in asked.items()
        )
    if isinstance(now, list) and isinstance(asked, list):
        in_order = len(now) == len(asked) and all(
            exact_json(a, b) or near_json(a, b) for a, b in zip(now, asked, strict=True)
        )
        return in_order or Counter(map(repr, now)) == Counter(map(repr, asked))
    if isinstance(now, str) and isinstance(asked, str):
        return near_moment(now, asked)
    if isinstance(now, str) != isinstance(asked, str) and not isinstance(now, bool) and not isinstance(asked, bool):
        return _as_number(now) is not None and _as_number(now) == _as_number(asked)
    return False


def _as_number(value: Json) -> float | None:
    try:
        return float(value) if isinstance(value, str | int | float) else None
    except ValueError:
        return None


Equal = Callable[[Json, Json], bool]


def standing(now: Json, olds: Sequence[Json], news: Sequence[Json], levels: tuple[Equal, Equal, Equal]) -> Standing:
    r"""Return what a server holds: the new value, the new one as the server tidies it, the old one, or another.

    `olds` and `news` are the forms in which the old and the new value are known (as a body, as it was read last, as a person reads it).
    `levels` compare exactly, in meaning, and as servers tidy values. Comparing gets looser step by step, and at each step both values
    are tested: a change that differs from the old value only in what a step forgives is never taken for done by that step.

    >>> def stands(now):
    ...     return standing(now, [" Refund "], ["Refund"], (exact_text, same_text, near_text))
    >>> [stands(now) for now in (" Refund ", "Refund", "Refund\n", "Refunds")]
    ['old', 'new', 'other', 'other']
    """
    for place, equal in enumerate(levels):
        is_old, is_new = (any(equal(now, value) for value in values) for values in (olds, news))
        if is_old and is_new:
            return "old" if place == 0 else "other"  # it is neither of them to the letter, and may have come of either
        if is_old or is_new:
            return "old" if is_old else "tidied" if _is_tidied(place, news) else "new"
    return "other"


def _is_tidied(place: int, news: Sequence[Json]) -> bool:
    """Return whether the server wrote a value in another way: texts already where only line ends or a date's format differ."""
    return place == TIDIED or (place > 0 and isinstance(news[0], str))
