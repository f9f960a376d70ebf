"""The one table of fields. Nothing about a field is known elsewhere.

Source of every row: https://truto.one/docs/api-reference/unified-ticketing-api/tickets/update/ (request and response bodies).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.tickets.field_kinds import (
    AnyKind,
    FlagKind,
    Kind,
    MomentKind,
    ReferenceKind,
    ReferencesKind,
    TextKind,
    WordsKind,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

CUSTOM = "custom_fields."  # a column of one custom field: this and its key


@dataclass(frozen=True, slots=True)
class Field:
    """All there is to know about one field of a ticket."""

    name: str
    kind: Kind
    writable: bool = True  # the page lists it in the request body
    readable: bool = True  # the page lists it in the response body
    choices: str = ""  # the companion resource that lists its values; "" where there is none
    per_workspace: bool = False  # its values may belong to one workspace each
    needs_id: bool = True  # the page marks the id of its object as required
    is_compared: bool = True  # an answer holds what was sent; remote_data in a body and in an answer are two things


_TEXT, _DATE, _ANY = TextKind(), MomentKind(), AnyKind()
_ONE, _BARE, _MANY = ReferenceKind(), ReferenceKind(bare=True), ReferencesKind()
_PEOPLE = ReferencesKind(keep=("id",))

_ROWS = (
    Field("name", _TEXT),
    Field("status", _ONE, choices="ticket_status", per_workspace=True),
    Field("priority", _ONE, choices="ticket_priorities", per_workspace=True),
    Field("ticket_type", _ONE, choices="ticket_types", per_workspace=True),
    Field("assignees", _PEOPLE, choices="users"),
    Field("tags", ReferencesKind(keep=("id", "name")), choices="tags", per_workspace=True),
    Field("collections", ReferencesKind(keep=("id", "type")), choices="collections", per_workspace=True),
    Field("team", _ONE, choices="teams", needs_id=False),
    Field("workspace", _BARE, choices="workspaces"),
    Field("contact", _ONE, choices="contacts"),
    Field("account", _ONE, choices="accounts", needs_id=False),
    Field("parent_ticket", _ONE, needs_id=False),
    Field("due_date", _DATE),
    Field("description", _TEXT),
    Field("html_description", _TEXT, readable=False),
    Field("languages", WordsKind()),
    Field("source", _ONE, needs_id=False),
    Field("number", _TEXT),
    Field("created_by", _ONE, needs_id=False),
    Field("created_at", _DATE),
    Field("updated_at", _DATE),
    Field("completed_at", _DATE),
    Field("items", _ANY, readable=False),
    Field("parent", _ANY, readable=False),
    Field("assigness", _ANY, readable=False),  # sic: the page lists this misspelt duplicate
    Field("remote_data", _ANY, is_compared=False),
    Field("is_unread", FlagKind(), writable=False),
    Field("ticket_url", _TEXT, writable=False),
    Field("etag", _TEXT, writable=False),
    Field("additional_contacts", _MANY, writable=False),
    Field("conversations", _MANY, writable=False),
    Field("attachments", _MANY, writable=False),
)

FIELDS: Mapping[str, Field] = MappingProxyType({row.name: row for row in _ROWS})
ID, CUSTOM_FIELDS = "id", "custom_fields"
ON_REQUEST = frozenset({"remote_data"})  # not loaded unless asked for


def field(column: str) -> Field | None:
    """Find the field behind a column, None where the page knows no such field.

    >>> field("status").choices, field("custom_fields.region").kind.word, field("colour of the sky")
    ('ticket_status', 'any', None)
    """
    if column.startswith(CUSTOM) and len(column) > len(CUSTOM):
        return Field(column, _ANY)
    return FIELDS.get(column)


def is_compared(column: str) -> bool:
    """Return whether an answer holds what was sent in a column, so that the two can be compared.

    >>> is_compared("name"), is_compared("remote_data")
    (True, False)
    """
    row = field(column)
    return row is None or row.is_compared


def of_record(record: Mapping[str, Any], column: str) -> Any:
    """Take a column's JSON out of a ticket's record, None where it is missing.

    >>> of_record({"custom_fields": {"region": "EU"}}, "custom_fields.region")
    'EU'
    """
    if column.startswith(CUSTOM):
        return customs_of(record).get(column[len(CUSTOM) :])
    return record.get(column)


def customs_of(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take the custom fields out of a ticket's record; where they are no object, there are none.

    >>> customs_of({"custom_fields": {"region": "EU"}}), customs_of({"custom_fields": ["EU"]}), customs_of({})
    ({'region': 'EU'}, {}, {})
    """
    customs = record.get(CUSTOM_FIELDS)
    return customs if isinstance(customs, dict) else {}


def body_of(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Fold column -> JSON into one request body; custom fields become one object.

    >>> body_of({"name": "x", "custom_fields.region": "EU", "custom_fields.tier": 2})
    {'name': 'x', 'custom_fields': {'region': 'EU', 'tier': 2}}
    """
    body: dict[str, Any] = {}
    for column, value in changes.items():
        if column.startswith(CUSTOM):
            body.setdefault(CUSTOM_FIELDS, {})[column[len(CUSTOM) :]] = value
        else:
            body[column] = value
    return body


def same(column: str, one: Any, two: Any) -> bool:
    r"""Return whether two JSON values of a column mean the same, in whichever form they come.

    >>> same("status", {"id": "3", "name": "Open"}, {"id": "3"}), same("description", "a\r\nb", "a\nb")
    (True, True)
    """
    row = field(column)
    return (row.kind if row else _ANY).same(one, two)
