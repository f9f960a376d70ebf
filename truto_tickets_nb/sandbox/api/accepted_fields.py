"""What of a body reaches the tool: the fields it takes, without what Truto's mapping drops, one field at a time where it must be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.profiles.fields import MANY, OBJECTS
from truto_tickets_nb.sandbox.wire.responses import Refusal

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.profiles.profiles import PlayedIntegration

Record = dict[str, Any]


def check(body: Any) -> None:
    """Refuse a body that is no object, or an empty one, as Truto itself does."""
    if not isinstance(body, dict):
        raise Refusal(400, "The request body must be a JSON object")
    if not body:
        raise Refusal(400, "The request body is empty: name at least one field to update")


def taken(body: Record, played: PlayedIntegration) -> Record:
    """Choose what is taken over; unknown keys are ignored without a word, as documented."""
    filled = given(body)
    _demanded(filled, played)
    accepted = {key: value for key, value in filled.items() if _reaches(played, key, value)}
    return _apart(accepted, played)


def given(body: Record) -> Record:
    """Leave out `{}`: the page's own samples send it for references, and that it means "not given" is an assumption."""
    return {key: value for key, value in body.items() if not (value == {} and key in OBJECTS)}


def _demanded(body: Record, played: PlayedIntegration) -> None:
    names = played.fact("required_body", [])
    if names and not any(name in body for name in names):
        insight = {
            "missing_required_body_fields": {"description": "Required body fields are missing.", "value": names[:1]}
        }
        raise Refusal(400, f"Missing required body fields: {names[0]}", insight=insight)
    both = [name for name in played.fact("either", []) if body.get(name)]
    if len(both) > 1:
        raise Refusal(400, f"Set either {' or '.join(both)}.")


def rules(played: PlayedIntegration) -> Record:
    """Return the rules of bodies, which go with every error of an update."""
    first, *others = played.fact("required_body", []) or [""]
    if not first:
        return {}
    messages = {first: f"Required if {' or '.join(others)} is not provided."}
    return {
        "conditionally_required_body_fields": {
            "description": "Body fields that are required under a rule.",
            "value": messages,
        }
    }


def _reaches(played: PlayedIntegration, key: str, value: Any) -> bool:
    if key == "remote_data":
        return True
    if not played.takes(key) or (key == "tags" and played.fact("tags") == "none"):
        return False
    if key in MANY and played.write(key) == "create_only":
        return False
    if value is None and key in played.own.get("keeps_null", ()):
        return False
    return emptiness(value) not in played.drops


def emptiness(value: Any) -> str:
    """Name the kind of an empty value, "" for a filled one."""
    return "null" if value is None else "text" if value == "" else "list" if value == [] else ""


def _apart(fields: Record, played: PlayedIntegration) -> Record:
    """Apply the first field alone where each wants a request of its own: half of a naive client's edit is lost."""
    alone = played.fact("apart", [])
    if "*" in alone:
        first = next((key for key in fields if key != "remote_data"), "")
        return {key: value for key, value in fields.items() if key in (first, "remote_data")}
    others = {key: value for key, value in fields.items() if key not in alone}
    return others if others.keys() - {"remote_data"} else fields
