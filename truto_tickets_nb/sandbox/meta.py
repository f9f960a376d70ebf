"""Accounts and capabilities: what the sandbox tells of the connections it plays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.lists import cursor, page_of

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.app import Api

COMPANIONS = (
    "users", "teams", "ticket_status", "ticket_priorities", "ticket_types", "tags", "collections", "workspaces", "contacts", "accounts",
    "fields",
)  # fmt: skip
_SERVED = ("list", "get", "update")
_MOST = 5000  # accounts of one page, as the platform's lists have it


def account(api: Api) -> dict[str, Any]:
    """Describe one integrated account."""
    is_lost = api.state["status"] == "needs_reauth"
    return {
        "id": api.account_id,
        "tenant_id": "practice",
        "status": api.state["status"],
        "is_sandbox": api.state["read_only"],
        "authentication_method": "api_key",
        "integration": {"name": api.played.slug, "category": "ticketing"},
        "last_error": "The provider no longer accepts the connection" if is_lost else None,
        "created_at": "2026-11-01T09:00:00.000Z",
        "updated_at": "2026-11-01T09:00:00.000Z",
    }


def accounts(apis: list[Api], query: dict[str, Any]) -> dict[str, Any]:
    """List the integrated accounts, a page of them, filtered by the slug of their tool or by their status."""
    wanted = [query.get("integration.name"), query.get("status")]
    found = [api for api in apis if _is(api.played.slug, wanted[0]) and _is(api.state["status"], wanted[1])]
    start, limit = page_of({"limit": _MOST, **query}, _MOST, len(found))
    following = cursor(start + limit) if start + limit < len(found) else None
    rows = [account(api) for api in found[start : start + limit]]
    return {"result": rows, "next_cursor": following, "limit": int(query.get("limit") or _MOST)}


def _is(own: str, wanted: Any) -> bool:
    return wanted in (None, "", own)


def capabilities(api: Api, query: dict[str, Any]) -> dict[str, Any]:
    """List what the account offers."""
    rows = [
        {
            "model": "ticketing",
            "resource": name,
            "methods": [method for method in methods if _can(api, method)],
            "env_overridden": False,
        }
        for name, methods in api.played.resources.items()
        if name in ("tickets", *COMPANIONS)
    ]
    shown = [row for row in rows if row["methods"]] if query.get("type") != "proxy" else []
    return {
        "integration": {"name": api.played.slug, "label": api.played.name, "category": "ticketing"},
        "proxy": [],
        "unified": shown,
        "account": {"id": api.account_id, "status": api.state["status"], "is_blocked": api.state["blocked"]},
    }


def _can(api: Api, method: str) -> bool:
    return method in _SERVED and (method != "update" or api.state.get("can_update", True))
