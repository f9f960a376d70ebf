"""What a practice account is made of: its people, statuses, types, teams and the like. Each vocabulary is an assumption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.data.sample_texts import CONTACTS, PEOPLE, TAGS
from truto_tickets_nb.sandbox.profiles.fields import MANY, ONE
from truto_tickets_nb.sandbox.profiles.profiles import worlds

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.profiles.profiles import PlayedIntegration

Record = dict[str, Any]
SampleAccount = dict[str, list[Record]]
_FIELDS = {resource: name for name, resource in {**ONE, **MANY}.items() if resource}
_SAID = {"ticket_status": "status_values", "ticket_types": "ticket_type_values"}
_CUSTOM = (("region", "string"), ("points", "number"), ("escalated", "boolean"))


def world(played: PlayedIntegration) -> SampleAccount:
    """Build the companion records of a generated account."""
    account: SampleAccount = {}
    for resource in worlds()["defaults"]:
        rows = _rows(played, resource)
        if rows:
            account[resource] = rows
    account["users"] = [_person(played, n, name, ("u", "example.com")) for n, name in enumerate(PEOPLE, 1)]
    account["organizations"] = [{"id": "org-1", "name": "Northwind Group"}]
    if has(played, "contact"):
        account["contacts"] = [_person(played, n, name, ("c", "example.org")) for n, name in enumerate(CONTACTS, 1)]
    if _has_tags(played):
        account["tags"] = [_row(row, "") for row in played.own.get("tags", TAGS)]
    if has(played, "custom_fields"):
        account["fields"] = [
            {"id": f"f{n}", "name": key, "label": key.title(), "type": kind} for n, (key, kind) in enumerate(_CUSTOM)
        ]
    return account


def _has_tags(played: PlayedIntegration) -> bool:
    evidence = played.own.get("keeps") or _names(played, "tags") or played.fact("tags_write")
    return bool(evidence) and played.fact("tags") != "none"


def kind(played: PlayedIntegration) -> str:
    """Distinguish desks, where customers write, from projects."""
    return "desk" if played.slug in worlds()["kinds"]["desk"] else "project"


def has(played: PlayedIntegration, name: str) -> bool:
    """Return whether tickets of a tool have a field, as far as companion records don't tell it."""
    writable = played.fact("writable", ())
    if name == "due_date":
        return bool(played.fact("due_date", "datetime" if not writable or name in writable else "none") != "none")
    if played.own.get("keeps"):
        return name not in _LATER
    if played.own.get("all_fields") or name in writable or name in worlds()["shows"][kind(played)]:
        return True
    return name == "custom_fields" and not writable


# what came after the first three tools, whose tickets stay as they were
_LATER = frozenset({*worlds()["shows"]["desk"], *worlds()["shows"]["project"]} - {"number", "contact"})


def _names(played: PlayedIntegration, resource: str) -> bool:
    """Return whether a profile names a resource, or lets an update write the field of it."""
    return resource in played.resources or _FIELDS[resource] in played.fact("writable", ())


def _rows(played: PlayedIntegration, resource: str) -> list[Record]:
    keeps = played.own.get("keeps", False)
    said = played.fact(_SAID.get(resource, ""))
    if said and not keeps:
        return [{"id": name, "name": name} for name in said]
    if resource not in played.own and (keeps or not _wanted(played, resource)):
        return []
    part = "type" if resource == "collections" else "workspace"
    rows = [_row(row, part) for row in played.own.get(resource, worlds()["defaults"][resource])]
    if resource == "collections" and not keeps:
        return _typed(rows, played.fact("collection_types", ()))
    if resource == "ticket_status" and not played.status_per_workspace:
        return [{"id": row["id"], "name": row["name"]} for row in rows]
    return rows


def _wanted(played: PlayedIntegration, resource: str) -> bool:
    return resource == "ticket_status" or _names(played, resource) or bool(played.own.get("all_fields"))


def _row(row: Any, part: str) -> Record:
    """Read a row of sample_accounts.toml: a name, [id, name], or [id, name, home or type]."""
    identity, name, *more = [row, row] if isinstance(row, str) else row
    record: Record = {"id": identity, "name": name}
    if not more:
        return record
    return {**record, part: {"id": more[0]} if part == "workspace" else more[0]}


def _typed(rows: list[Record], types: Any) -> list[Record]:
    """Add the types to collections that are documented for the tool."""
    return [{**row, "type": types[n % len(types)]} if types else row for n, row in enumerate(rows)]


def _person(played: PlayedIntegration, number: int, name: str, of: tuple[str, str]) -> Record:
    first, _, last = name.partition(" ")
    mail: Record = {"email": f"{first}.{last}.{number}@{of[1]}".lower().encode("ascii", "ignore").decode()}
    record: Record = {"id": f"{of[0]}{number}", "name": name, "first_name": first, "last_name": last}
    if played.own.get("keeps"):
        return {**record, "emails": [mail], "is_active": number != 9}
    phones = [{"number": f"+1 202 555 01{number:02d}", "type": "work"}]
    return {**record, "emails": [{**mail, "type": "work"}], "phones": phones, "is_active": number != 9}
