"""Which field of a ticket each column of an export is: by its heading, in whichever capitals and however its words are joined.

The headings are those that Jira, Zendesk, GitHub, Azure DevOps and Freshdesk write into their own exports, and plain words. What is none
of them becomes a custom field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Part = Literal["", "id", "name", "email"]
_CUSTOM = "custom_fields."


@dataclass(frozen=True, slots=True)
class Target:
    """What a column becomes: a field, and which part of a reference it tells."""

    field: str
    part: Part = ""


# A field and the headings that are taken for it, the likeliest first; words of one heading are separated by single blanks.
_WORDS = {
    "id": "id|issue id|ticket id|work item id|system id|ticket|key|issue key|number|ticket number|iid",
    "number": "number|issue key|key|ticket number|iid|display id",
    "name": "name|summary|subject|title|short description|system title|raw subject",
    "description": "description|body|text|details|description text|system description|body text",
    "status": "status|state|status name|ticket status|system state",
    "priority": "priority|severity|priority name|microsoft vsts common priority",
    "ticket_type": "ticket type|type|issue type|issuetype|work item type|system work item type|tracker",
    "assignees": "assignees|assignee|owner|agent|assigned to|assigned agent|agent name|assignee name|system assigned to",
    "assignees.id": "assignee id|assignee ids|agent id|responder id|assignee account id",
    "assignees.email": "assignee email|agent email|assignee email address",
    "created_by": "created by|reporter|author|creator|user|submitter|opened by|system created by|reporter name|creator name",
    "created_by.id": "reporter id|submitter id|creator id|author id",
    "created_by.email": "reporter email|submitter email|author email",
    "contact": "contact|requester|requester name|contact name|full name|customer|customer name",
    "contact.id": "requester id|contact id|customer id",
    "contact.email": "requester email|contact email|customer email|email",
    "team": "team|group|group name|team name|assigned group",
    "team.id": "group id|team id",
    "account": "account|company|company name|account name|organization|requester organization|organization name",
    "account.id": "company id|account id|organization id",
    "workspace": "workspace|project|project name|team project|system team project|repository|repo|workspace name",
    "workspace.id": "project key|project id|workspace id|repository id",
    "parent_ticket": "parent ticket|parent|parent id|parent key|parent issue|system parent",
    "tags": "tags|labels|tag|label|keywords|system tags|area",
    "source": "source|channel|via|source name|ticket source",
    "created_at": "created at|created|opened|created date|created time|created on|date created|creation date|creation time|opened at|system created date",
    "updated_at": "updated at|updated|modified|last updated|last modified|last update time|last updated time|last update|changed date|updated date|date modified|modified at|system changed date",
    "due_date": "due date|due|duedate|due by|due by time|due at|due on|deadline|microsoft vsts scheduling due date",
    "completed_at": "completed at|closed at|resolved at|resolved|resolutiondate|resolution date|resolved date|resolved time|closed|closed date|closed time|solved at|solved|completed|microsoft vsts common closed date",
    "ticket_url": "ticket url|html url|web url|url|link|permalink",
    "languages": "languages",
    "is_unread": "is unread",
    "etag": "etag",
    "html_description": "html description",
    "conversations": "conversations",
    "additional_contacts": "additional contacts",
    "attachments": "attachments",
    "items": "items",
    "remote_data": "remote data",
}  # fmt: skip
# Lists of one field that several columns fill, each with the type of its own members.
COLLECTIONS = {
    "collections": "", "components": "component", "component s": "component", "component": "component", "fix versions": "version",
    "fix version s": "version", "milestone": "milestone", "iteration path": "iteration", "system iteration path": "iteration",
}  # fmt: skip


def worded(heading: str) -> str:
    """Write a heading in small letters, its words separated by single blanks.

    >>> worded("Component/s"), worded("createdAt"), worded("System.WorkItemType"), worded(" Ticket_ID ")
    ('component s', 'created at', 'system work item type', 'ticket id')
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    return " ".join(re.sub(r"[\W_]+", " ", apart).lower().split())


def is_known(heading: str) -> bool:
    """Return whether a heading is one that is taken for a field.

    >>> is_known("Summary"), is_known("just words")
    (True, False)
    """
    return any(worded(heading) in words.split("|") for words in _WORDS.values())


def custom_key(heading: str) -> str:
    """Name the custom field of a column that is no known field.

    >>> custom_key("Custom field (Story Points)"), custom_key("Amount €"), custom_key("custom_fields.region")
    ('story_points', 'amount', 'region')
    """
    if heading.startswith(_CUSTOM):
        return heading.removeprefix(_CUSTOM)
    inner = re.fullmatch(r"\s*custom field \((.+)\)\s*", heading, re.IGNORECASE)
    text = inner[1] if inner else heading
    return re.sub(r"\W+", "_", text.strip().lower()).strip("_") or "column"


def targets(headings: Iterable[str], chosen: Mapping[str, str]) -> dict[str, Target]:
    """Return what each heading becomes; `chosen` are fields that the caller named, by heading. What is left over is no known field."""
    by_heading = {heading: _chosen(field) for heading, field in chosen.items()}
    by_words: dict[str, list[str]] = {}
    for heading in headings:
        by_words.setdefault(worded(heading), []).append(heading)
    taken = {(target.field, target.part) for target in by_heading.values()}
    for name, words in _WORDS.items():
        field, _, part = name.partition(".")
        target = Target(field, _PARTS[part])
        free = (h for word in words.split("|") for h in by_words.get(word, ()) if h not in by_heading)
        heading = next(free, "")
        if heading and (field, target.part) not in taken:
            by_heading[heading] = target
    others = [heading for word in COLLECTIONS for heading in by_words.get(word, ()) if heading not in by_heading]
    return {**by_heading, **dict.fromkeys(others, Target("collections"))}


_PARTS: dict[str, Part] = {"": "", "id": "id", "email": "email"}


def _chosen(field: str) -> Target:
    return Target(field)
