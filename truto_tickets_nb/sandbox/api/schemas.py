"""The schemas of methods. Their JSON is an assumption, as is much of what they tell: `x-assumed` names all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.profiles.assumptions import assumptions
from truto_tickets_nb.sandbox.profiles.field_schemas import BODY, EVERYWHERE, FILTERS, PAGING, QUERY, RESPONSE
from truto_tickets_nb.sandbox.profiles.fields import WRITABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.sandbox.profiles.profiles import PlayedIntegration

_ENUMS = {
    "status": ("ticket_status", "status_values"),
    "priority": ("ticket_priorities", ""),
    "ticket_type": ("ticket_types", "ticket_type_values"),
}
_DOCS = "https://truto.one/docs/api-reference/unified-ticketing-api"


@dataclass(frozen=True, slots=True)
class Described:
    """What schemas are made of: a tool, and its choices as far as somebody knows them."""

    played: PlayedIntegration
    companions: Callable[[str], list[dict[str, Any]]]
    ignored: tuple[str, ...] = ()


def of_tool(played: PlayedIntegration) -> Described:
    """Describe a tool without an account: its choices are the words that its profile documents."""
    said = {resource: played.fact(fact, ()) for resource, fact in _ENUMS.values() if fact}
    return Described(played, lambda resource: [{"id": word, "name": word} for word in said.get(resource, ())])


def schema(of: Described, method: str, *, with_response: bool = False) -> dict[str, Any]:
    """Describe a method of tickets."""
    described = {
        "method": method,
        "documentation_link": f"{_DOCS}/tickets/{method}/",
        "request_body_schema": _body(of) if method == "update" else None,
        "query_schema": _query(of, method),
        "x-assumed": sorted({"request_body_schema", "query_schema", *assumptions(of.played)}),
    }
    one = {"type": "object", "properties": RESPONSE, "required": ["id"]}
    if not with_response:
        return described
    pages = {"type": "object", "properties": {"result": {"type": "array", "items": one}}}
    return {**described, "response_schema": pages if method == "list" else one}


def companion(resource: str, method: str) -> dict[str, Any]:
    """Describe a method of a companion resource."""
    query = {**EVERYWHERE, **(PAGING if method == "list" else {})}
    return {
        "method": method,
        "documentation_link": f"{_DOCS}/{resource.replace('_', '')}/{method}/",
        "request_body_schema": None,
        "query_schema": {"type": "object", "properties": query, "required": ["integrated_account_id"]},
        "x-assumed": ["query_schema"],
    }


def _body(of: Described) -> dict[str, Any]:
    fields = {name: _property(of, name) for name in WRITABLE if of.played.takes(name)}
    body: dict[str, Any] = {"type": "object", "properties": fields, "required": []}
    if either := of.played.fact("required_body"):
        body["anyOf"] = [{"required": [name]} for name in either]
    return body


def _property(of: Described, name: str) -> dict[str, Any]:
    if name == "collections" and (types := of.played.fact("collection_types")):
        item = BODY[name]["items"]
        parts = {**item["properties"], "type": {"type": "string", "enum": types}}
        return {"type": "array", "items": {**item, "properties": parts}}
    words = _words(of, name)
    return {**BODY[name], "enum": words} if words else BODY[name]


def _words(of: Described, name: str) -> list[str]:
    """List the words a field may hold, where the tool lists them or somebody documents them."""
    resource, fact = _ENUMS.get(name, ("", ""))
    if not resource or not (of.played.offers(resource, "list") or of.played.fact(fact)):
        return []
    return list(dict.fromkeys(str(row.get("name", row["id"])) for row in of.companions(resource)))


def _query(of: Described, method: str) -> dict[str, Any]:
    required = ["integrated_account_id"]
    properties = dict(EVERYWHERE)
    if method == "list":
        properties |= {name: shape for name, shape in FILTERS.items() if name not in of.ignored} | PAGING
    if method == "update":
        required += of.played.required_query
        properties["truto_body_passthrough"] = {"type": "boolean"}
        properties |= {
            name: QUERY.get(name, {}) for name in (*of.played.required_query, *of.played.fact("optional_query", ()))
        }
        properties["remote_query"] = {"type": "object", "properties": _switches(of)}
    return {"type": "object", "properties": properties, "required": required}


def _switches(of: Described) -> dict[str, Any]:
    """Name the tool's own switches: to stay silent, to check without saving."""
    named = {**of.played.fact("quiet", {}), **of.played.fact("validate", {})}
    return {key: {"type": "string", "enum": [text]} for key, text in named.items()}
