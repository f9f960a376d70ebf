"""What the second server serves, the account and the tickets of a tool called otherdesk, and where it can be odd."""

from __future__ import annotations

from datetime import timedelta, timezone

ODDITIES = {
    "order": "the keys of an object come in another order each time",
    "extra": "every object holds fields that no document names",
    "bare": "statuses and types are bare texts, as in the samples of Truto's page",
    "numbers": "ids are numbers",
    "missing": "optional fields are missing, updated_at and workspace among them",
    "null": "what a ticket has not is null instead of missing",
    "lower": "names of headers are in small letters",
    "pages": "limit is ignored, and a page holds two tickets",
    "cursor": "cursors hold /?&=+% and letters outside ASCII",
    "mute": "there is no schema, and the account does not tell what it offers",
    "alone": "no companion list but that of users",
    "dates": "times come with an offset and microseconds, whatever was written",
    "partial": "the list leaves fields out, and says is_partial_response",
    "failures": "an error tells its reason in details.failures alone",
    "silent": "an error has an empty message, and its reason in raw_response alone",
    "wrapped": "a single ticket is wrapped in result, as a list is",
    "busy": "one request in ten is answered 429, with a date in Retry-After",
}
ACCOUNT, TOKEN = "0d4f6c1e-aaaa-4bbb-8ccc-1234567890ab", "other-token"
LISTS = {
    "ticket_status": {"1": "open", "2": "pending", "3": "closed"},
    "ticket_types": {"11": "question", "12": "incident"},
    "users": {"7": "Jo Smith", "8": "Li Wei"},
    "tags": {"21": "billing", "22": "vip"},
    "workspaces": {"31": "Support"},
}
ONE = {"status": "ticket_status", "ticket_type": "ticket_types", "workspace": "workspaces"}
MANY = {"assignees": "users", "tags": "tags"}
REASON = "the word refuse may not stand in a name"
BERLIN = timezone(timedelta(hours=2))


def seed():
    """Make five tickets, one of them with nothing optional."""
    full = {
        "status": "1",
        "ticket_type": "11",
        "assignees": ["7"],
        "tags": ["21"],
        "workspace": "31",
        "description": "one\ntwo",
    }
    dated = {
        "due_date": "2026-03-01T08:30:00+00:00",
        "updated_at": "2026-01-05T10:00:00+00:00",
        "created_at": "2026-01-01T10:00:00+00:00",
    }
    rows = [
        {"id": str(100 + n), "name": f"Ticket {n}", **full, **dated, "custom_fields": {"region": "EU", "points": n}}
        for n in range(4)
    ]
    return {row["id"]: row for row in [*rows, {"id": "104", "name": "Ticket 4", "status": "2"}]}
