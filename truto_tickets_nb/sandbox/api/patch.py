"""What a PATCH does to a ticket: merge, whole arrays, clears, and what this integration refuses.

Where Truto's page is silent this is an assumption: merge-patch, arrays replaced, unknown keys ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.api import strict_values
from truto_tickets_nb.sandbox.api.accepted_fields import emptiness, given, taken
from truto_tickets_nb.sandbox.api.raw_records import received, vendor_record
from truto_tickets_nb.sandbox.api.references import Work, members, reference
from truto_tickets_nb.sandbox.api.text_rules import rewritten, short_enough
from truto_tickets_nb.sandbox.api.workflow import stepped
from truto_tickets_nb.sandbox.data.comparisons import instant
from truto_tickets_nb.sandbox.profiles.fields import MANY, ONE, TOGETHER
from truto_tickets_nb.sandbox.wire.responses import refused

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.data.store import Store
    from truto_tickets_nb.sandbox.profiles.profiles import PlayedIntegration

Record = dict[str, Any]
_LONGEST = {"name": 1000}  # characters, where no limit of the tool is documented: an assumption


def patched(record: Record, body: Record, played: PlayedIntegration, store: Store) -> Work:
    """Apply a body to a ticket; a value that the integration refuses is a Refusal, and nothing is applied."""
    work = Work(played, store, {**record})
    fields = taken(body, played)
    strict_values.check({key: value for key, value in given(body).items() if key in TOGETHER}, record)
    for key, value in fields.items():
        if value != record.get(key):  # writing back what was read changes nothing
            _set(work, key, value)
    _checked(record, work, fields)
    work.made = {key: value for key, value in work.made.items() if value is not None}
    return work


def _set(work: Work, key: str, value: Any) -> None:
    updated = work.made
    if key == "custom_fields":
        updated[key] = _custom(work, value)
    elif key == "remote_data":
        updated[key] = received(updated.get(key), value or {}, vendor_record(work.played.slug, updated))
    elif emptiness(value):
        _clear(work, key)
    elif key in ONE:
        updated[key] = reference(work, key, value)
    elif key in MANY:
        updated[key] = _list(work, key, value)
    elif key == "description":
        updated[key] = rewritten(str(value), work.played.description_format)
    else:
        updated[key] = value


def _custom(work: Work, value: Any) -> Record:
    given = value if isinstance(value, dict) else {}
    if work.played.fact("custom_fields_whole"):
        return given
    return {**(work.made.get("custom_fields") or {}), **given}


def _clear(work: Work, key: str) -> None:
    if not work.made.get(key) or (key in MANY and work.played.write(key) == "merge"):
        return
    work.made[key] = [] if isinstance(work.made[key], list) else None


def _list(work: Work, key: str, value: Any) -> list[Record]:
    new = members(work, key, value)
    if key == "assignees" and work.played.single_assignee:
        return new[:1]
    if work.played.write(key) != "merge":
        return new
    there = list(work.made.get(key) or ())
    ids = {str(item.get("id")) for item in there}
    return there + [item for item in new if str(item.get("id")) not in ids]


def _checked(record: Record, work: Work, fields: Record) -> None:
    updated, played = work.made, work.played
    if "name" in fields and not str(updated.get("name") or "").strip():
        raise refused("name", "Summary is required")
    for name, limit in (("name", "title_max"), ("description", "description_max")):
        if name in fields:
            short_enough(name, str(updated.get(name) or ""), played.fact(limit) or _LONGEST.get(name, 0))
    if "due_date" in fields and updated.get("due_date") != record.get("due_date"):
        _due_ahead(updated.get("due_date"), work)
    if updated.get("status") != record.get("status"):
        _status_for(updated, played)
        stepped(record, updated, played, work.store)


def _due_ahead(due: Any, work: Work) -> None:
    """Refuse a due date that has passed by the sandbox's own clock, where the tool does."""
    moment = instant(due)
    if not work.played.own.get("due_date_ahead") or moment is None:
        return
    now = work.store.now()
    if moment.date() < now.date() if len(due) == len("2026-01-31") else moment <= now:
        raise refused("due_date", f"due_date must lie in the future, after {now:%Y-%m-%d %H:%M} UTC, not {due}")


def _status_for(updated: Record, played: PlayedIntegration) -> None:
    types, own = played.fact("status_for_types", []), updated.get("ticket_type") or {}
    if types and not {own.get("id"), own.get("name")} & set(types):
        raise refused("status", f"Status is only for tickets of the type {' or '.join(types)}")
