"""The fields of the update page with what stands inside them: types, required parts, allowed words."""

from __future__ import annotations

from typing import Any

Shape = dict[str, Any]
RESPONSE_FORMATS = (
    "unified",
    "raw",
    "normalized",
    "stream",
    "debug",
)  # of the parameter truto_response_format; the first is the default
STRING: Shape = {"type": "string"}


def _object(required: str = "", /, **parts: Shape) -> Shape:
    return {"type": "object", "properties": parts, "required": required.split()}


def _array(items: Shape) -> Shape:
    return {"type": "array", "items": items}


_EMAILS = _array(_object("email", email=STRING, type=STRING))
_PHONES = _array(_object("number", number=STRING, type=STRING))
_PERSON = {
    "id": STRING, "name": STRING, "first_name": STRING, "last_name": STRING, "emails": _EMAILS, "phones": _PHONES,
}  # fmt: skip
_NAMED = {"id": STRING, "name": STRING}
_CREATOR = _object(id=STRING, name=STRING, type={**STRING, "enum": ["user", "contact"]})

BODY: dict[str, Shape] = {
    "name": STRING,
    "assignees": _array(_object("id", **_PERSON)),
    "status": _object("id", **_NAMED),
    "due_date": STRING,
    "ticket_type": _object("id", **_NAMED),
    "description": STRING,
    "html_description": STRING,
    "parent_ticket": _object(**_NAMED),
    "workspace": STRING,
    "priority": _object("id", **_NAMED),
    "custom_fields": {"type": "object"},
    "collections": _array(_object("id type", **_NAMED, type=STRING)),
    "contact": _object("id", **_PERSON),
    "team": _object(**_NAMED),
    "account": _object(id=STRING),
    "tags": _array(_object("name", **_NAMED)),
    "source": _object(**_NAMED),
    "completed_at": STRING,
    "created_at": STRING,
    "updated_at": STRING,
    "number": STRING,
    "languages": _array(STRING),
    "items": _object(id=STRING, name=STRING, emails=_EMAILS),
    "parent": {},
    "created_by": _CREATOR,
    "assigness": {},
    "remote_data": {"type": "object"},
}

_ANSWERED = ("html_description", "items", "parent", "assigness")  # only ever written
RESPONSE: dict[str, Shape] = {
    **{name: shape for name, shape in BODY.items() if name not in _ANSWERED},
    "id": STRING,
    "assignees": _array(_object(**_PERSON)),
    "status": _object(**_NAMED),
    "ticket_type": _object(**_NAMED),
    "priority": _object(**_NAMED),
    "workspace": _object(**_NAMED),
    "collections": _array(_object(**_NAMED, type=STRING)),
    "conversations": _array(_object(**_NAMED, type=STRING)),
    "contact": _object(**_PERSON),
    "additional_contacts": _array(_object(**_PERSON)),
    "attachments": _array(_object(id=STRING, file_name=STRING, file_url=STRING)),
    "tags": _array(_object(**_NAMED)),
    "ticket_url": STRING,
    "is_unread": {"type": "boolean"},
    "etag": STRING,
}

EVERYWHERE: dict[str, Shape] = {
    "integrated_account_id": STRING,
    "truto_response_format": {**STRING, "enum": list(RESPONSE_FORMATS)},
    "truto_ignore_remote_data": {"type": "boolean"},
    "truto_exclude_fields": _array(STRING),
    "remote_query": {"type": "object"},
}
QUERY: dict[str, Shape] = {
    "workspace_id": {},
    "etag": STRING,
    "ticket_type": {"type": "object", "enum": ["conversation", "issue"]},
    "organization": _object(id=STRING),
    "workspace": _object(**_NAMED),
}
_WAY: Shape = {**STRING, "enum": ["asc", "desc"]}
_RANGE = _object(**dict.fromkeys(("gt", "gte", "lt", "lte", "eq", "ne"), STRING))
FILTERS: dict[str, Shape] = {
    **dict.fromkeys(("created_at", "updated_at", "due_date", "completed_at", "id", "name", "number"), _RANGE),
    "status": {"oneOf": [STRING, {"type": "object", "properties": {"in": STRING, "eq": STRING, "id": STRING}}]},
    "workspace": _object(id=STRING),
    "sort_by": _object(**dict.fromkeys(("created_at", "updated_at", "name", "id"), _WAY)),
}
PAGING: dict[str, Shape] = {
    "limit": {"type": "integer"},
    "next_cursor": STRING,
    "truto_key_by": STRING,
    "truto_ignore_limit": {"type": "boolean"},
}
