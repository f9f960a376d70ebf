"""What a PATCH has to say in its query: parameters that a tool requires, whose values must fit the ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.wire.responses import Refusal, missing_query, refused

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.data.store import Store
    from truto_tickets_nb.sandbox.profiles.profiles import PlayedIntegration

Record = dict[str, Any]
KINDS = ["conversation", "issue"]  # the page's own list of what `ticket_type` may be in a query


def complete(played: PlayedIntegration, query: Record) -> None:
    """Refuse a query that lacks what the tool requires, as Truto itself does."""
    missing = [name for name in played.required_query if _said(query, name) is None]
    if missing:
        raise missing_query(missing)


def fitting(played: PlayedIntegration, query: Record, record: Record) -> None:
    """Refuse values that don't fit the ticket, as the tool does."""
    required = played.required_query
    if "etag" in required and _said(query, "etag") != record.get("etag"):
        raise refused("etag", "The etag does not match the current version", 409)
    asked = _said(query, "ticket_type")
    if asked is not None and asked not in KINDS:
        raise refused("ticket_type", f"ticket_type must be {' or '.join(KINDS)}, not {asked!r}")
    if "ticket_type" in required:
        _of_type(asked, record)


def located(query: Record, record: Record, store: Store) -> None:
    """Refuse a workspace or an organization that the account does not have, or that is not the ticket's own.

    An account without any workspaces or organizations has nothing to compare with: there the parameter is ignored.
    """
    for name, field, resource in _PLACES:
        asked, own = _said(query, name), record.get(field)
        if asked is None:
            continue
        if isinstance(own, dict) and own:
            fits = asked in _words(own)
        else:
            fits = not store.has(resource) or any(asked in _words(row) for row in store.companions(resource))
        if not fits:
            raise Refusal(404, "Not found", raw={"message": f"There is no ticket {record['id']} in {field} {asked}"})


_PLACES = (
    ("workspace_id", "workspace", "workspaces"),
    ("workspace", "workspace", "workspaces"),
    ("organization", "organization", "organizations"),
)


def _words(row: Record) -> set[str]:
    return {str(row[part]) for part in ("id", "name") if row.get(part) is not None}


def _of_type(asked: str | None, record: Record) -> None:
    own = record.get("ticket_type") or {}
    if own and asked not in (own.get("id"), own.get("name")):
        raise refused("ticket_type", f"The ticket is no {asked}")


def _said(query: Record, name: str) -> str | None:
    """Read a parameter, be it bare (`ticket_type=issue`) or an object (`ticket_type[id]=issue`)."""
    value = query.get(name)
    if isinstance(value, dict):
        value = value.get("id", value.get("name"))
    if isinstance(value, dict | list):
        raise Refusal(400, f"{name} must be given once, as {name}[id]")
    return None if value in (None, "") else str(value)


def holds(query: Record, switches: Any) -> bool:
    """Return whether remote_query holds all of these parameters of the tool."""
    sent = query.get("remote_query")
    return bool(switches) and isinstance(sent, dict) and all(sent.get(key) == text for key, text in switches.items())
