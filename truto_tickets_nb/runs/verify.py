"""Compare three ways before sending and again after it: a 200 is no proof. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from truto_tickets_nb.plans.request_spec import part_of
from truto_tickets_nb.tickets.equality import Standing, standing
from truto_tickets_nb.tickets.field_kinds import AnyKind
from truto_tickets_nb.tickets.fields import Field, field, is_compared, of_record
from truto_tickets_nb.tickets.json_values import ref

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from truto_tickets_nb.plans.change import Change
    from truto_tickets_nb.tickets.field_kinds import Text
    from truto_tickets_nb.tickets.json_values import Json

# "uncertain": sent, and the ticket as read holds the old value, which does not prove that the new one never arrived.
# "unread": sent, and the ticket could not be read after it.
Verdict = Literal[
    "open",
    "already so",
    "conflict",
    "applied",
    "normalised",
    "ignored",
    "rewritten",
    "missing",
    "unclear",
    "uncertain",
    "unread",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the server holds in the field of one change, and what that means."""

    change: Change
    theirs: Json  # in the form of a body
    verdict: Verdict
    shown: Text = None  # the same, as a person reads it


_BEFORE: dict[Standing, Verdict] = {"new": "already so", "old": "open", "tidied": "conflict", "other": "conflict"}
_AFTER: dict[Standing, Verdict] = {"new": "applied", "tidied": "normalised", "old": "ignored", "other": "rewritten"}
_LOST: dict[Verdict, Verdict] = {"ignored": "open", "missing": "open", "rewritten": "unclear"}


def before_sending(changes: Iterable[Change], record: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Compare base, server and mine, field by field: open, already so, or conflict. `updated_at` is not trusted."""
    return tuple(_before(change, record) for change in changes)


def _before(change: Change, record: Mapping[str, Any]) -> Finding:
    if not is_compared(change.field):
        return finding(change, None, "open")
    theirs = of_record(record, change.field)
    return finding(change, theirs, _BEFORE[_standing(change, theirs)])


def finding(change: Change, theirs: Json, verdict: Verdict) -> Finding:
    """Return a finding, with the server's value in the form of a body and as a person reads it."""
    column = field(change.field)
    shown = column.kind.text(theirs) if column else str(theirs)
    return Finding(change, body_form(change.field, theirs), verdict, shown)


def unread(changes: Iterable[Change]) -> tuple[Finding, ...]:
    """Return findings of changes that may have arrived: the ticket could not be read after them."""
    return tuple(finding(change, None, "unread" if is_compared(change.field) else "missing") for change in changes)


def between(changes: Iterable[Change], record: Mapping[str, Any], unread: Collection[str] = ()) -> tuple[Finding, ...]:
    """Compare the fields of one PATCH that may have arrived with what the server holds.

    Each is applied, normalised, open (the old value), unclear, or missing: data for the tool that arrived with the rest.
    """
    findings = after_sending(changes, record, unread=unread)
    return tuple(replace(item, verdict=_lost(item, findings)) for item in findings)


def _lost(item: Finding, together: tuple[Finding, ...]) -> Verdict:
    """Decide about one field of a PATCH whose answer was lost; what is passed on to the tool went as the rest of it did."""
    if is_compared(item.change.field):
        return _LOST.get(item.verdict, item.verdict)
    if any(other.verdict in ("applied", "normalised") for other in together):
        return "missing"
    # with nothing beside it that tells whether it arrived, it is not sent again: twice it may do twice whatever it does
    return "open" if any(other.verdict == "ignored" for other in together) else "unclear"


def after_sending(
    changes: Iterable[Change],
    record: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
    *,
    unread: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Compare what was asked with what the server holds now: applied, normalised, ignored, rewritten, or missing.

    `before` is the ticket as it was read last before sending: a value that still stands there to the letter was ignored.
    `unread` names the fields that this account never answers.
    """
    return tuple(_after(change, record, before, is_answered=change.field not in unread) for change in changes)


def _after(
    change: Change, record: Mapping[str, Any], before: Mapping[str, Any] | None, *, is_answered: bool
) -> Finding:
    if not is_compared(change.field):
        return finding(change, None, "missing")
    now = of_record(record, change.field)
    row = field(change.field)
    if row is not None and not (row.readable and is_answered) and part_of(change.field) not in record:
        return finding(change, now, "missing")  # a write-only field: nobody can tell
    olds = () if before is None else (of_record(before, change.field),)
    return finding(change, now, _AFTER[_standing(change, now, *olds)])


def _standing(change: Change, now: Json, *olds: Json) -> Standing:
    """Compare what the server holds with the old and the new value, each as a body, and as a name where a bare word came."""
    row = field(change.field) or Field(change.field, AnyKind(), writable=False)
    if row.kind.word == "reference" and isinstance(now, str) and ref(now):
        olds, names = (*olds, change.before), (change.after,)
        return standing(now, _filled(change.old, olds), _filled(change.new, names), row.kind.levels)
    return standing(now, (change.old, *olds), (change.new,), row.kind.levels)


def _filled(body: Json, names: Iterable[Json]) -> tuple[Json, ...]:
    return (body, *(name for name in names if name is not None))


def body_form(name: str, value: Json) -> Json:
    """Return a received value in the form of a body."""
    column = field(name)
    return column.kind.body(value) if column else value
