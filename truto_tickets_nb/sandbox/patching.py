"""What a PATCH does to a ticket: merge, whole arrays, clears, and what this integration refuses.

Where Truto's page is silent this is an assumption: merge-patch, arrays replaced, unknown keys ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.answers import Refusal, refused

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.profiles import Played
    from truto_tickets_nb.sandbox.store import Store

Record = dict[str, Any]
PLAIN = (
    "name", "description", "html_description", "due_date", "completed_at", "created_at", "updated_at", "number", "items", "parent",
    "assigness", "remote_data", "languages",
)  # fmt: skip
ONE = {
    "status": "ticket_status", "priority": "ticket_priorities", "ticket_type": "ticket_types", "team": "teams", "contact": "contacts",
    "account": "accounts", "source": "", "created_by": "", "workspace": "workspaces", "parent_ticket": "",
}  # fmt: skip
MANY = {"assignees": "users", "tags": "tags", "collections": "collections"}
WRITABLE = (*PLAIN, *ONE, *MANY, "custom_fields")


def patched(record: Record, body: Any, played: Played, store: Store) -> Record:
    """Apply a body to a ticket; a value that the integration refuses is a Refusal, and nothing is applied."""
    if not isinstance(body, dict):
        raise Refusal(400, "The request body must be a JSON object")
    made = {**record}
    for key, value in body.items():
        if key in WRITABLE:
            _set(made, key, value, (played, store))
    _checked(made, body, played)
    return {key: value for key, value in made.items() if value is not None}


def _set(made: Record, key: str, value: Any, account: tuple[Played, Store]) -> None:
    if key == "custom_fields":
        made[key] = {**(made.get(key) or {}), **(value if isinstance(value, dict) else {})}
    elif value is None or value in ("", []):
        made[key] = [] if key in MANY else None
    elif key in ONE:
        made[key] = _reference(key, value, made, account)
    elif key in MANY:
        items = value if isinstance(value, list) else [value]
        found = [_member(key, item, account) for item in items]
        made[key] = found[:1] if key == "assignees" and account[0].single_assignee else found
    else:
        made[key] = value


def _identity(value: Any) -> tuple[str, str]:
    if isinstance(value, dict):
        return str(value.get("id") or ""), str(value.get("name") or "")
    return str(value), str(value)


def _reference(key: str, value: Any, made: Record, account: tuple[Played, Store]) -> Record:
    played, store = account
    identity, name = _identity(value)
    resource = ONE[key]
    if key == "parent_ticket":
        parent = store.ticket(identity)
        if parent is None:
            raise refused(key, f"there is no ticket {identity}")
        return {"id": parent["id"], "name": parent.get("name")}
    if not resource or not store.has(resource):
        return {part: text for part, text in (("id", identity), ("name", name)) if text}
    found = store.companion(resource, identity) or _by_name(store, resource, name)
    if found is None:
        raise refused(key, f"{identity or name!r} is not a valid {key}")
    home, own = found.get("workspace"), made.get("workspace") or {}
    if key == "status" and played.status_per_workspace and home and str(home["id"]) != str(own.get("id")):
        raise refused(key, f"{found['name']!r} is not a status of this ticket's workspace")
    return {"id": found["id"], "name": found.get("name")}


def _by_name(store: Store, resource: str, name: str) -> Record | None:
    found = [row for row in store.companions(resource) if row.get("name") == name] if name else []
    return found[0] if len(found) == 1 else None


def _member(key: str, item: Any, account: tuple[Played, Store]) -> Record:
    played, store = account
    identity, name = _identity(item)
    found = store.companion(MANY[key], identity) or _by_name(store, MANY[key], name)
    if found is not None:
        return {part: found[part] for part in ("id", "name", "type") if found.get(part)}
    if key == "tags" and not played.tags_listed and (name or identity):
        label = name or identity
        if not played.tag_spaces and " " in label:
            raise refused(key, f"The label {label!r} contains spaces which is invalid")
        store.add_companion("tags", {"id": label, "name": label})
        return {"id": label, "name": label}
    if store.has(MANY[key]):
        raise refused(key, f"{identity or name!r} does not exist")
    return {part: text for part, text in (("id", identity), ("name", name)) if text}


def _checked(made: Record, body: Record, played: Played) -> None:
    if "name" in body and not str(made.get("name") or "").strip():
        raise refused("name", "Summary is required")
    if played.title_max and "name" in body and len(str(made["name"])) > played.title_max:
        raise refused("name", f"The summary must be less than {played.title_max} characters")
