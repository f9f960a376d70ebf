"""Meta, capabilities and accounts: what the sandbox tells of itself. The JSON of schemas is an assumption and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.patching import MANY, ONE, WRITABLE

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.profiles import Played
    from truto_tickets_nb.sandbox.store import Store

_ENUMS = {"status": "ticket_status", "priority": "ticket_priorities", "ticket_type": "ticket_types"}


def schema(played: Played, store: Store, method: str) -> dict[str, Any]:
    """Describe a method of tickets."""
    properties = {field: _property(field, store) for field in WRITABLE}
    query = ["integrated_account_id", *(played.required_query if method == "update" else ())]
    return {
        "method": method,
        "documentation_link": f"https://truto.one/docs/api-reference/unified-ticketing-api/tickets/{method}/",
        "request_body_schema": {"type": "object", "properties": properties, "required": []}
        if method == "update"
        else None,
        "query_schema": {
            "type": "object",
            "properties": {name: {"type": "string"} for name in query},
            "required": query,
        },
        "x-assumed": sorted({"request_body_schema", *played.assumed}),
    }


def companion(resource: str, method: str) -> dict[str, Any]:
    """Describe a method of a companion resource."""
    query = ["integrated_account_id", *(["limit", "next_cursor"] if method == "list" else [])]
    return {
        "method": method,
        "documentation_link": f"https://truto.one/docs/api-reference/unified-ticketing-api/{resource.replace('_', '')}/{method}/",
        "request_body_schema": None,
        "query_schema": {
            "type": "object",
            "properties": {name: {"type": "string"} for name in query},
            "required": query[:1],
        },
        "x-assumed": ["query_schema"],
    }


def _property(field: str, store: Store) -> dict[str, Any]:
    kind = (
        "array"
        if field in MANY or field == "languages"
        else "object"
        if field in ONE or field == "custom_fields"
        else "string"
    )
    names = [str(row["name"]) for row in store.companions(_ENUMS[field])] if field in _ENUMS else []
    return {"type": kind, "enum": list(dict.fromkeys(names))} if names else {"type": kind}


def account(played: Played, identity: str, state: dict[str, Any]) -> dict[str, Any]:
    """Describe the integrated account."""
    return {
        "id": identity,
        "tenant_id": "practice",
        "status": state["status"],
        "is_sandbox": state["read_only"],
        "authentication_method": "api_key",
        "integration": {"name": played.slug, "category": "ticketing"},
        "last_error": "The provider no longer accepts the connection" if state["status"] == "needs_reauth" else None,
        "created_at": "2026-11-01T09:00:00.000Z",
        "updated_at": "2026-11-01T09:00:00.000Z",
    }


def capabilities(played: Played, identity: str, state: dict[str, Any]) -> dict[str, Any]:
    """List what the account offers."""
    served = ("list", "get", "update")
    rows = [
        {
            "model": "ticketing",
            "resource": name,
            "methods": [m for m in methods if m in served and (m != "update" or state.get("can_update", True))],
            "env_overridden": False,
        }
        for name, methods in played.resources.items()
    ]
    return {
        "integration": {"name": played.slug, "label": played.name, "category": "ticketing"},
        "proxy": [],
        "unified": [row for row in rows if row["methods"]],
        "account": {"id": identity, "status": state["status"], "is_blocked": state["blocked"]},
    }
