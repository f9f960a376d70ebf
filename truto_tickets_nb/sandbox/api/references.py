"""Which record a reference means: by id, else by its only name; what does not exist is refused, a new tag is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.profiles.fields import MANY, ONE
from truto_tickets_nb.sandbox.wire.responses import refused

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.data.store import Store
    from truto_tickets_nb.sandbox.profiles.profiles import PlayedIntegration

Record = dict[str, Any]


@dataclass(slots=True)
class Work:
    """A ticket while a body is applied to it, and the tags that come into being if it succeeds."""

    played: PlayedIntegration
    store: Store
    made: Record
    labels: list[str] = field(default_factory=list)


def reference(work: Work, key: str, value: Any) -> Record:
    """Resolve one reference; the one that is there already stays as it is."""
    identity, name = _identity(value)
    current = work.made.get(key)
    if isinstance(current, dict) and identity and str(current.get("id")) == identity:
        return _written_out(work, current, value)
    if key == "parent_ticket":
        return _parent(work, identity)
    resource = ONE[key]
    if not resource or not work.store.has(resource):
        kind = value.get("type") if isinstance(value, dict) else None
        return {part: text for part, text in (("id", identity), ("name", name), ("type", kind)) if text}
    row = work.store.companion(resource, identity) or _by_name(work.store, resource, name)
    if row is None:
        raise refused(key, f"{identity or name!r} is not a valid {key}")
    if key == "status":
        _at_home(work, row)
    return _written_out(work, shown(work.played, resource, row), value)


def _written_out(work: Work, row: Record, value: Any) -> Record:
    """Take over the parts of a reference that were written out, in a tool that takes every field; the others know its id only."""
    if not work.played.own.get("all_fields") or not isinstance(value, dict):
        return row
    parts = {part: item for part, item in value.items() if part not in ("id", "name")}
    return {**row, **parts} if parts else row


def _at_home(work: Work, row: Record) -> None:
    home, own = row.get("workspace"), work.made.get("workspace") or {}
    if work.played.status_per_workspace and home and str(home["id"]) != str(own.get("id")):
        raise refused("status", f"{row['name']!r} is not a status of this ticket's workspace")


def _parent(work: Work, identity: str) -> Record:
    parent = work.store.ticket(identity)
    if parent is None:
        raise refused("parent_ticket", f"there is no ticket {identity}")
    if identity == str(work.made["id"]):
        raise refused("parent_ticket", "a ticket is not its own parent")
    return {"id": parent["id"], "name": parent.get("name")}


def members(work: Work, key: str, value: Any) -> list[Record]:
    """Resolve a list of references, each once; those that are there already stay as they are."""
    items = value if isinstance(value, list) else [value]
    current = work.made.get(key)
    there = {str(item.get("id")): item for item in current or () if isinstance(item, dict)}
    rows = [there.get(_identity(item)[0]) or _member(work, key, item) for item in items]
    own = [there.get(str(item.get("id")), item) for item in rows]
    written = [_written_out(work, item, given) for item, given in zip(own, items, strict=True)]
    return list({str(item.get("id") or item.get("name")): item for item in written}.values())


def _member(work: Work, key: str, item: Any) -> Record:
    identity, name = _identity(item)
    row = work.store.companion(MANY[key], identity) or _by_name(work.store, MANY[key], name)
    if row is not None:
        return shown(work.played, MANY[key], row)
    if key == "tags" and work.played.fact("tags") != "listed" and (name or identity):
        return _new_tag(work, name or identity)
    if work.store.has(MANY[key]):
        raise refused(key, f"{identity or name!r} does not exist")
    return {part: text for part, text in (("id", identity), ("name", name)) if text}


def _new_tag(work: Work, label: str) -> Record:
    if work.played.fact("tag_spaces") is False and " " in label:
        raise refused("tags", f"The label {label!r} contains spaces which is invalid")
    work.labels.append(label)
    return {"id": label, "name": label}


def shown(played: PlayedIntegration, resource: str, row: Record) -> Record:
    """Show a companion record as tickets show it."""
    if resource in ("users", "contacts") and not played.own.get("keeps"):
        return {key: value for key, value in row.items() if key != "is_active"}
    return {part: row[part] for part in ("id", "name", "type") if row.get(part)}


def _by_name(store: Store, resource: str, name: str) -> Record | None:
    rows = [row for row in store.companions(resource) if row.get("name") == name] if name else []
    return rows[0] if len(rows) == 1 else None


def _identity(value: Any) -> tuple[str, str]:
    if isinstance(value, dict):
        return str(value.get("id") or ""), str(value.get("name") or "")
    return str(value), str(value)
