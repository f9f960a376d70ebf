"""The questions that a profile answers: one row a fact, the values it may have, and how a person reads them."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Question:
    """What a fact is about (`asks`), and how each of its values reads; `{}` stands for the value itself."""

    asks: str
    reads: Mapping[Any, str] | str = "{}"

    def read(self, value: Any) -> str:
        """Put a value into words.

        >>> QUESTIONS["assignees"].read("single"), QUESTIONS["title_max"].read(255)
        ('one assignee', '255 characters')
        """
        if not isinstance(self.reads, str):
            return self.reads.get(value, str(value))
        return self.reads.format("each field" if value == ["*"] else _plain(value))


def _plain(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"requests", "seconds"}:
        return f"{value['requests']:,} requests per {_span(value['seconds'])}"
    if isinstance(value, dict):
        return ", ".join(f"{key}={item}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return f"{value:,}" if type(value) is int else str(value)


def _span(seconds: int) -> str:
    units = ((3600, "hour"), (60, "minute"), (1, "second"))
    size, unit = next((size, unit) for size, unit in units if seconds % size == 0 and seconds >= size)
    count = seconds // size
    return unit if count == 1 else f"{count} {unit}s"


_LISTS = {
    "replace": "the list that is sent replaces the old one",
    "merge": "a list adds and never removes",
    "create_only": "only when a ticket is made; an update leaves it alone",
    "separate": "by a call of its own in the tool, not as a field of the ticket",
}

QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        "ended": Question("do its tickets still exist", "ended on {}"),
        "partial_list": Question(
            "does the list hold whole tickets", {True: "no: each ticket is fetched on its own too", False: "yes"}
        ),
        "required_query": Question("what each PATCH needs besides", "{}"),
        "optional_query": Question("what a PATCH may take besides", "{}"),
        "status_model": Question(
            "who decides about a status",
            {
                "free": "any status may follow any other",
                "workflow": "its workflow: a step that it does not know is refused",
                "boolean": "done or not done",
                "column": "the column, list or field of the board or table it stands in",
                "pipeline": "the stages of one pipeline",
            },
        ),
        "status_values": Question("which statuses there are"),
        "status_per_workspace": Question(
            "are statuses the same everywhere", {True: "no: each workspace has its own", False: "yes"}
        ),
        "status_for_types": Question("which tickets have a status", "only those of type {}"),
        "ticket_type_values": Question("which types there are"),
        "collection_types": Question("which types of collections there are"),
        "assignees": Question("how many may be assigned", {"single": "one assignee", "many": "several assignees"}),
        "assignees_write": Question("how assignees are written", _LISTS),
        "tags": Question(
            "where tags come from",
            {"free": "a new one is made by writing it", "listed": "only those that exist", "none": "it has no tags"},
        ),
        "tag_spaces": Question("may a tag hold blanks", {True: "yes", False: "no"}),
        "tags_write": Question("how tags are written", _LISTS),
        "collections_write": Question("how collections are written", _LISTS),
        "clear": Question(
            "how the tool empties a field",
            {
                "null": "null empties it",
                "empty_text": "an empty text empties it",
                "operation": "by an operation of its own",
                "by_field": "each field in its own way",
            },
        ),
        "due_date": Question(
            "what a due date is", {"date": "a day", "datetime": "a day and a time", "none": "it has none"}
        ),
        "due_date_ahead": Question(
            "may a due date lie in the past", {True: "no: a new one has to lie ahead", False: "yes"}
        ),
        "title_max": Question("how long a title may be", "{} characters"),
        "description_max": Question("how long a description may be", "{} characters"),
        "description_format": Question(
            "what a description is",
            {
                "text": "plain text",
                "html": "HTML",
                "markdown": "Markdown",
                "rich": "a rich document, of which only text comes through",
                "messages": "the first message, no field of the ticket",
            },
        ),
        "custom_fields_whole": Question(
            "how custom fields are written", {True: "all of them at once", False: "one by one"}
        ),
        "apart": Question("what wants a PATCH of its own", "{}"),
        "either": Question("what can't go together", "{}: one of them"),
        "concurrency": Question(
            "what guards against overwriting",
            {
                "none": "nothing: read and compare first, which this toolkit does",
                "etag": "the version of a ticket, sent with each PATCH",
                "revision": "a revision number, for which Truto's page has no place",
            },
        ),
        "limit": Question("how fast it may be asked"),
        "limit_status": Question("how it refuses above its limit", "HTTP {}"),
        "limit_headers": Question(
            "how it tells its limit",
            {
                "none": "not at all",
                "standard": "in standard headers",
                "retry-after": "by a time to wait",
                "x-ratelimit": "in headers that Truto makes standard ones",
                "gorgias": "in headers of its own",
                "helpscout": "in headers of its own",
                "azure": "in headers of its own, and by slower answers",
                "linear": "in headers of its own",
            },
        ),
        "lockout": Question("what happens above its limit", "shut out for {} seconds"),
        "write_cost": Question("what a change costs", "counts as {} requests"),
        "notifies": Question("who hears of a change"),
        "quiet": Question("how to stop that", "quiet=True sends {}"),
        "validate": Question("can it check without changing", "ask_server=True sends {}"),
        "synced": Question("may another system overwrite it"),
        "history": Question("what else a change leaves behind"),
        "writable": Question("which columns an update is likely to take"),
    }
)

# What Truto's page on updates only counts: how many of the 28 take a field, not which ones. It is no fact about any single one.
# Source: https://truto.one/docs/api-reference/unified-ticketing-api/tickets/update/
COUNTED: Mapping[str, str] = MappingProxyType(
    {
        "assignees": "Truto's page counts 23 of the 28 that take it and does not say which",
        "workspace": "Truto's page counts 9 of the 28 that take it and 1 that needs it, in the query or the body, and does not say which",
    }
)
