"""Truto's page on updating tickets as lists: every query parameter and every field, nested ones included.

Source: https://truto.one/docs/api-reference/unified-ticketing-api/tickets/update/
"""

from __future__ import annotations

MAIL = ("email", "type")
PHONE = ("number", "type")
USER = {"id": (), "name": (), "first_name": (), "last_name": (), "emails": MAIL, "phones": PHONE}
CONTACT = USER
NAMED = {"id": (), "name": ()}
TYPED = {**NAMED, "type": ()}

QUERY = (
    "integrated_account_id", "truto_response_format", "truto_ignore_remote_data", "truto_exclude_fields", "remote_query",
    "workspace_id", "etag", "ticket_type", "organization", "workspace",
)  # fmt: skip

REQUEST = {
    "name": {}, "assignees": USER, "status": NAMED, "due_date": {}, "ticket_type": NAMED, "description": {}, "html_description": {},
    "parent_ticket": NAMED, "workspace": {}, "priority": NAMED, "custom_fields": {}, "collections": TYPED, "contact": CONTACT,
    "team": NAMED, "account": {"id": ()}, "tags": NAMED, "source": NAMED, "completed_at": {}, "created_at": {}, "updated_at": {},
    "number": {}, "languages": {}, "items": {"id": (), "name": (), "emails": MAIL}, "parent": {}, "created_by": TYPED, "assigness": {},
    "remote_data": {},
}  # fmt: skip

RESPONSE = {
    "id": {}, "name": {}, "number": {}, "assignees": USER, "status": NAMED, "created_by": TYPED, "due_date": {}, "description": {},
    "workspace": NAMED, "team": NAMED, "collections": TYPED, "conversations": TYPED, "ticket_type": NAMED, "contact": CONTACT,
    "additional_contacts": CONTACT, "account": {"id": ()}, "parent_ticket": NAMED, "attachments": {"id": (), "file_name": (), "file_url": ()},
    "tags": NAMED, "created_at": {}, "updated_at": {}, "completed_at": {}, "ticket_url": {}, "priority": NAMED, "languages": {},
    "is_unread": {}, "source": NAMED, "custom_fields": {}, "etag": {}, "remote_data": {},
}  # fmt: skip
