"""Turn somebody's export into tickets of the unified API; every guess is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from truto_tickets_nb.sandbox.tables import rows_of

Record = dict[str, Any]
Source = str | Path | Mapping[str, Any]

_GUESSES = {
    "id": ("id", "issue id", "ticket id", "ticket", "key", "issue key", "number"),
    "name": ("name", "summary", "subject", "title"),
    "description": ("description", "body", "text", "details"),
    "status": ("status", "state"),
    "priority": ("priority", "severity"),
    "ticket_type": ("ticket_type", "type", "issue type"),
    "assignees": ("assignees", "assignee", "owner", "agent"),
    "tags": ("tags", "labels", "area"),
    "created_at": ("created_at", "created", "opened"),
    "updated_at": ("updated_at", "updated", "modified"),
    "due_date": ("due_date", "due", "due date"),
}
_COMPANIONS = {
    "status": "ticket_status",
    "priority": "ticket_priorities",
    "ticket_type": "ticket_types",
    "workspace": "workspaces",
    "organization": "organizations",
    "team": "teams",
    "contact": "contacts",
    "account": "accounts",
    "assignees": "users",
    "tags": "tags",
    "collections": "collections",
}
_OWN = {
    "status",
    "priority",
    "assignees",
    "tags",
    "ticket_type",
    "workspace",
}  # objects or arrays in the API's own form


def gathered(sources: Sequence[Source], columns: Mapping[str, str] | None) -> tuple[list[Record], list[str]]:
    """Read records and files into tickets, and tell what was guessed."""
    notes: list[str] = []
    given = [dict(item) for item in sources if isinstance(item, Mapping)]
    files = [Path(item) for item in sources if not isinstance(item, Mapping)]
    tickets = _tickets(given, columns, "", notes) if given else []
    for file in files:
        tickets += _tickets(rows_of(file), columns, _title(file) if len(files) > 1 else "", notes)
    return _unique(tickets, notes), notes


def _title(path: Path) -> str:
    return re.sub(r"\.(csv|tsv|json|jsonl|ndjson|gz)\b", "", path.name).split("_")[-1]


def _tickets(rows: list[Record], columns: Mapping[str, str] | None, home: str, notes: list[str]) -> list[Record]:
    if all(_is_own(row) for row in rows):
        return rows
    mapping = _mapping(rows[0], columns, home, notes)
    made = [_ticket(row, number, mapping) for number, row in enumerate(rows, 1)]
    untitled = sum(1 for ticket in made if ticket["name"] == "(no title)")
    if untitled:
        notes.append(f"{untitled} rows{f' of {home}' if home else ''} have no title and are called '(no title)'.")
    for ticket in made:
        if home:
            ticket["workspace"] = {"id": home, "name": home}
    return made


def _is_own(row: Record) -> bool:
    known = [row[key] for key in _OWN & row.keys() if row[key] is not None]
    return "id" in row and "name" in row and bool(known) and all(isinstance(value, dict | list) for value in known)


def _mapping(row: Record, columns: Mapping[str, str] | None, home: str, notes: list[str]) -> dict[str, str]:
    """Say which field each column becomes: as told, else guessed from its name, else a custom field."""
    unknown = sorted(set((columns or {}).values()) - row.keys())
    if unknown:
        raise ValueError(f"columns= names {', '.join(unknown)}, but the file has: {', '.join(row)}.")
    told = {column: field for field, column in (columns or {}).items()}
    names = {column.strip().casefold(): column for column in reversed(list(row))}
    for field, words in _GUESSES.items():
        column = next((names[word] for word in words if word in names and names[word] not in told), None)
        if column and field not in told.values():
            told[column] = field
            notes.append(f"{f'{home}: ' if home else ''}column {column!r} is taken for {field}.")
    for column in row:
        if column not in told:
            told[column] = "custom_fields." + (re.sub(r"\W+", "_", column.strip().lower()).strip("_") or "column")
    return told


def _ticket(row: Record, number: int, mapping: Mapping[str, str]) -> Record:
    ticket: Record = {"id": "", "name": "", "tags": [], "assignees": [], "custom_fields": {}}
    for column, field in mapping.items():
        text = row.get(column)
        if text is None or text == "":
            continue
        if field.startswith("custom_fields."):
            ticket["custom_fields"][field.removeprefix("custom_fields.")] = text
        else:
            ticket[field] = _value(field, text)
    ticket["id"], ticket["name"] = str(ticket["id"] or number), str(ticket["name"] or "(no title)")
    return ticket


def _value(field: str, value: Any) -> Any:
    if isinstance(value, dict | list):
        return value
    if field in ("tags", "assignees"):
        return [_reference(part.strip()) for part in re.split(r"[;,]", str(value)) if part.strip()]
    if field in _COMPANIONS:
        return _reference(str(value))
    return _date(str(value)) if field in ("created_at", "updated_at", "due_date") else str(value)


def _reference(name: str) -> Record:
    return {"id": re.sub(r"\s+", "-", name), "name": name}


_DATES = ("%d/%b/%y %H:%M", "%d/%b/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%d.%m.%Y", "%d.%m.%Y %H:%M")


def _date(text: str) -> str:
    """Bring a date to ISO 8601 in UTC; a date without a time, and what is no date, stay as they are."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return text
    for form in _DATES:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        except ValueError:
            continue
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _unique(tickets: list[Record], notes: list[str]) -> list[Record]:
    seen: dict[str, int] = {}
    for ticket in tickets:
        ticket["id"] = str(ticket["id"])
        count = seen.get(ticket["id"], 0)
        seen[ticket["id"]] = count + 1
        if count:
            ticket["id"] = f"{ticket['id']}-{count + 1}"
    doubled = sum(count - 1 for count in seen.values())
    if doubled:
        notes.append(f"{doubled} ids stood twice; the later ones got -2, -3… behind their id.")
    return tickets


def companions(tickets: Iterable[Record]) -> dict[str, list[Record]]:
    """Gather the choices that tickets refer to, in the order of their first appearance."""
    found: dict[str, dict[str, Record]] = {}
    for ticket in tickets:
        for field, resource in _COMPANIONS.items():
            value = ticket.get(field)
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict) and item.get("id", item.get("name")) is not None:
                    kept = {"id": str(item.get("id", item.get("name"))), **{k: v for k, v in item.items() if k != "id"}}
                    found.setdefault(resource, {}).setdefault(kept["id"], kept)
    return {resource: list(rows.values()) for resource, rows in found.items()}
