"""The fields of the update page, by the form of their values."""

from __future__ import annotations

PLAIN = (
    "name", "description", "html_description", "due_date", "completed_at", "created_at", "updated_at", "number", "items", "parent",
    "assigness", "remote_data", "languages",
)  # fmt: skip
ONE = {
    "status": "ticket_status", "priority": "ticket_priorities", "ticket_type": "ticket_types", "team": "teams", "contact": "contacts",
    "account": "accounts", "source": "", "created_by": "", "workspace": "workspaces", "parent_ticket": "",
}  # fmt: skip
DATES = ("due_date", "completed_at", "created_at", "updated_at")
MANY = {"assignees": "users", "tags": "tags", "collections": "collections"}
OBJECTS = frozenset({*ONE, "custom_fields", "items", "remote_data"})
WRITABLE = (*PLAIN, *ONE, *MANY, "custom_fields")
TOGETHER = frozenset(WRITABLE)
