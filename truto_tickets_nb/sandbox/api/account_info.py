"""Accounts and capabilities: what the sandbox tells of the connections it plays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.api import schemas
from truto_tickets_nb.sandbox.api.lists import page_of
from truto_tickets_nb.sandbox.wire.cursor import cursor
from truto_tickets_nb.sandbox.wire.query import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from truto_tickets_nb.sandbox.api.account_state import AccountState
    from truto_tickets_nb.sandbox.api.schemas import Described
    from truto_tickets_nb.sandbox.profiles.profiles import PlayedIntegration

COMPANIONS = (
    "users", "teams", "ticket_status", "ticket_priorities", "ticket_types", "tags", "collections", "workspaces", "contacts", "accounts",
    "fields",
)  # fmt: skip
_SERVED = ("list", "get", "update")
_MOST = 5000  # accounts of one page, as the platform's lists have it


def account(api: AccountState) -> dict[str, Any]:
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


def accounts(apis: Sequence[AccountState], query: dict[str, Any]) -> dict[str, Any]:
    """List the integrated accounts, a page of them, filtered by the slug of their tool or by their status."""
    wanted = [query.get("integration.name"), query.get("status")]
    matching = [api for api in apis if _is(api.played.slug, wanted[0]) and _is(api.state["status"], wanted[1])]
    start, limit = page_of({"limit": _MOST, **query}, _MOST, len(matching))
    following = cursor(start + limit) if start + limit < len(matching) else None
    rows = [account(api) for api in matching[start : start + limit]]
    return {"result": rows, "next_cursor": following, "limit": limit}


def _is(own: str, wanted: Any) -> bool:
    return wanted in (None, "", own)


def capabilities(played: PlayedIntegration, query: dict[str, Any], api: AccountState | None = None) -> dict[str, Any]:
    """List what a tool offers, and how an account of it is."""
    rows = [
        {"model": "ticketing", "resource": name, "methods": methods, "env_overridden": _is_overridden(api)}
        for name, methods in served(played, api).items()
    ]
    answer = {
        "integration": {"name": played.slug, "label": played.name, "category": "ticketing"},
        "proxy": [],
        "unified": rows if query.get("type") != "proxy" else [],
    }
    if api is None:
        return answer
    state = {"id": api.account_id, "status": api.state["status"], "is_blocked": api.state["blocked"]}
    return {**answer, "account": state}


def _is_overridden(api: AccountState | None) -> bool:
    return bool(api and api.state.get("env_overridden"))


def served(played: PlayedIntegration, api: AccountState | None = None) -> dict[str, list[str]]:
    """List the methods of each resource that are played here, and that the account may call."""
    can_update = api is None or api.state.get("can_update", True)
    methods = [method for method in _SERVED if method != "update" or can_update]
    offered = {name: [method for method in played.resources[name] if method in methods] for name in played.resources}
    return {name: names for name, names in offered.items() if names and name in ("tickets", *COMPANIONS)}


def tools(api: AccountState, of: Described, query: dict[str, Any]) -> dict[str, Any]:
    """List each method of an account with its schemas, as a language model is given them; `methods` chooses some."""
    wanted = names(query.get("methods"))
    rows = [
        _tool(of, resource, method)
        for resource, methods in served(api.played, api).items()
        for method in methods
        if method in (wanted or methods)
    ]
    return {"result": rows}


def _tool(of: Described, resource: str, method: str) -> dict[str, Any]:
    described = schemas.schema(of, method) if resource == "tickets" else schemas.companion(resource, method)
    verb = {"list": "List", "get": "Get one of", "update": "Update one of"}[method]
    return {
        "resource": resource,
        "method": method,
        "name": f"{method}_{of.played.slug}_{resource}",
        "description": f"{verb} the {resource.replace('_', ' ')} of {of.played.name}.",
        "query_schema": described["query_schema"],
        "body_schema": described["request_body_schema"],
        "required": described["query_schema"]["required"],
    }
