"""Compare three ways before sending and again after it: a 200 is no proof. Pure."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from truto_tickets_nb.tickets.fields import field, of_record, same
from truto_tickets_nb.tickets.values import is_missing, moment, refs, unix_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from truto_tickets_nb.plans.plan import Change
    from truto_tickets_nb.tickets.kinds import Text
    from truto_tickets_nb.tickets.values import Json

Verdict = Literal[
    "open", "already so", "conflict", "applied", "normalised", "ignored", "rewritten", "missing", "unclear"
]


@dataclass(frozen=True, slots=True)
class Finding:
    """Say of one change what the server holds, and what that means."""

    change: Change
    theirs: Json  # in the form of a body
    verdict: Verdict
    shown: Text = None  # the same, as a person reads it


def before_sending(changes: Iterable[Change], record: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Compare base, server and mine, field by field: open, already so, or conflict. `updated_at` is not trusted."""
    return tuple(_before(change, record) for change in changes)


def _before(change: Change, record: Mapping[str, Any]) -> Finding:
    theirs = of_record(record, change.field)
    if same(change.field, theirs, change.new) or _reads_as(change.field, theirs, change.after):
        return finding(change, theirs, "already so")
    verdict: Verdict = "open" if same(change.field, theirs, change.old) else "conflict"
    return finding(change, theirs, verdict)


def finding(change: Change, held: Json, verdict: Verdict) -> Finding:
    """Note what the server holds, in the form of a body and as a person reads it."""
    known = field(change.field)
    shown = known.kind.text(held) if known else str(held)
    return Finding(change, body_form(change.field, held), verdict, shown)


def between(changes: Iterable[Change], record: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Compare what may have arrived with what the server holds: applied, normalised, open (the old value), or unclear."""
    told: dict[Verdict, Verdict] = {"ignored": "open", "missing": "open", "rewritten": "unclear"}
    found = after_sending(changes, record)
    return tuple(replace(item, verdict=told.get(item.verdict, item.verdict)) for item in found)


def after_sending(changes: Iterable[Change], record: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Compare what was asked with what the server holds now: applied, normalised, ignored, rewritten, or missing."""
    return tuple(_after(change, record) for change in changes)


def _after(change: Change, record: Mapping[str, Any]) -> Finding:
    now = of_record(record, change.field)
    return finding(change, now, _verdict(change, now, record))


def _verdict(change: Change, now: Json, record: Mapping[str, Any]) -> Verdict:
    found = field(change.field)
    if found is not None and not found.readable and change.field not in record:
        return "missing"  # a write-only field: nobody can tell
    if _reads_as(change.field, now, change.after):
        return "applied"
    if same(change.field, now, change.new):
        exact = body_form(change.field, now) == change.new or not isinstance(change.new, str)
        return "applied" if exact or is_missing(change.new) else "normalised"
    if _close(change.new, now):
        return "normalised"
    return "ignored" if same(change.field, now, change.old) else "rewritten"


def _reads_as(name: str, value: Json, text: Text) -> bool:
    """Tell whether a reference that came as a bare word is the one that was meant: then only its name can be compared."""
    found = field(name)
    bare = found is not None and found.kind.word == "reference" and isinstance(value, str)
    return bare and isinstance(text, str) and value.casefold() == text.casefold()


def body_form(name: str, value: Json) -> Json:
    """Bring an answered value into the form of a body."""
    found = field(name)
    return found.kind.body(value) if found else value


def _close(asked: Json, now: Json) -> bool:
    """Tell whether the server only tidied the value: blanks at the ends, line ends, capitals of tags, a date's format."""
    if isinstance(asked, str) and isinstance(now, str):
        if unix_lines(asked).strip() == unix_lines(now).strip() or _wrapped(asked, now):
            return True
        left, right = moment(asked), moment(now)
        return (
            left is not None
            and right is not None
            and left.isoformat()[:10] == right.isoformat()[:10]
            and _midnight(left, right)
        )
    if isinstance(asked, list) and isinstance(now, list):
        left_names, right_names = ({item.shown.casefold().strip() for item in refs(items)} for items in (asked, now))
        return left_names == right_names
    return False


_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def _wrapped(asked: str, now: str) -> bool:
    """Tell whether plain text only got the tags of paragraphs and line ends around it, as tools that keep HTML do."""
    if _TAG.search(asked) or not _TAG.search(now) or re.search(r"<(?!/?(?:p|div|br|span)\b)[a-zA-Z]", now):
        return False
    return "".join(html.unescape(_TAG.sub("", now)).split()) == "".join(asked.split())


def _midnight(*moments: Any) -> bool:
    return any(not hasattr(item, "hour") for item in moments) and all(getattr(item, "hour", 0) == 0 for item in moments)
