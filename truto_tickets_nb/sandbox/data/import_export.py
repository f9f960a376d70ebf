"""Turn somebody's export into tickets of the unified API: nothing is lost, and every guess is noted."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from truto_tickets_nb.sandbox.data.json_values import cells, counted, is_frame, plain, worded
from truto_tickets_nb.sandbox.data.read_columns import Columns, read_columns
from truto_tickets_nb.sandbox.data.read_references import text_of
from truto_tickets_nb.sandbox.data.read_table import rows_of, table

Record = dict[str, Any]
Source = Any  # a record, the path of an export, or a DataFrame
Vocabulary = Mapping[str, Mapping[str, str]]  # resource -> id -> name: what a tool's numbers mean

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
_LONGEST_TEXT = 1_000_000  # characters of custom fields that are written as a text
_UNTITLED = "(no title)"


def sources(given: Any) -> list[Source]:
    """List the sources in what a caller gives: one record, path or DataFrame, or several of them.

    >>> [len(sources(given)) for given in ("a.csv", {"id": "1"}, ["a.csv", "b.csv"], [])]
    [1, 1, 2, 0]
    """
    if _is_source(given):
        return [given]
    items = list(given) if isinstance(given, Iterable) else [given]
    wrong = [item for item in items if not _is_source(item)]
    if wrong:
        raise ValueError(
            f"tickets= takes a number of tickets, records, the path of an export, a DataFrame, or a list of these, not {wrong[0]!r}."
        )
    return items


def _is_source(given: Any) -> bool:
    return isinstance(given, str | Path | Mapping) or is_frame(given)


def gathered(
    given: Sequence[Source], columns: Mapping[str, str] | None, vocabulary: Vocabulary
) -> tuple[list[Record], list[str]]:
    """Read records, files and frames into tickets, and note what was guessed."""
    notes: list[str] = []
    records = [plain(item) for item in given if isinstance(item, Mapping)]
    others = [item if is_frame(item) else Path(item) for item in given if not isinstance(item, Mapping)]
    tickets = _tickets(records, (columns, "", vocabulary), notes) if records else []
    for item in others:
        rows = table(*cells(item), notes) if is_frame(item) else rows_of(item, notes)
        home = _title(item) if isinstance(item, Path) and len(others) > 1 else ""
        tickets += _tickets(rows, (columns, home, vocabulary), notes)
    return _unique(tickets, notes), notes


def _title(path: Path) -> str:
    return re.sub(r"\.(csv|tsv|json|jsonl|ndjson|gz)\b", "", path.name).split("_")[-1]


def _tickets(
    rows: list[Record], how: tuple[Mapping[str, str] | None, str, Vocabulary], notes: list[str]
) -> list[Record]:
    if all(_is_own(row) for row in rows):
        return rows
    columns, home, vocabulary = how
    unpacked = [_unpacked(row) for row in rows]
    if any(
        type(new.get("custom_fields")) is not type(row.get("custom_fields"))
        for new, row in zip(unpacked, rows, strict=True)
    ):
        notes.append("column 'custom_fields' holds objects as text: each of their keys is a custom field.")
    read = read_columns([_lifted(row) for row in unpacked], columns, vocabulary)
    tickets = [_ticket(read, place) | _raw(row) for place, row in enumerate(rows)]
    untitled = sum(ticket["name"] == _UNTITLED for ticket in tickets)
    lines = [*read.notes, *([f"{counted(untitled, 'row')} without a title: named {_UNTITLED!r}."] if untitled else [])]
    notes += [f"{home}: {note}" if home else note for note in lines]
    for ticket in tickets if home else ():
        ticket.setdefault("workspace", {"id": home, "name": home})
    return tickets


def _raw(row: Record) -> Record:
    """Keep a record with objects in it as the tool wrote it too: a reference holds more than a ticket shows of it."""
    has_objects = any(isinstance(part, dict) for value in row.values() for part in (value if isinstance(value, list) else [value]))  # fmt: skip
    return {"remote_data": row} if has_objects and "remote_data" not in row else {}


def _is_own(row: Record) -> bool:
    """Return whether a record is in the API's own form: its references are objects and arrays of objects."""
    filled = [row[key] for key in _OWN & row.keys() if row[key] is not None]
    return "id" in row and "name" in row and bool(filled) and all(_is_reference(value) for value in filled)


def _is_reference(value: Any) -> bool:
    if isinstance(value, list):
        return all(not isinstance(item, dict) or "id" in item or "name" in item for item in value)
    return isinstance(value, dict) and bool({"id", "name"} & value.keys())


def _unpacked(row: Record) -> Record:
    """Read custom fields that were written as the text of an object, as JSON or as Python prints it."""
    text = row.get("custom_fields")
    if not isinstance(text, str) or not text.lstrip().startswith(("{", "[")) or len(text) > _LONGEST_TEXT:
        return row
    for read in (orjson.loads, ast.literal_eval):
        try:
            value = plain(read(text.strip()))
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(value, dict) or _is_pairs(value):
            return {**row, "custom_fields": value}
    return row


def _lifted(row: Record) -> Record:
    """Put the fields of Jira's and Azure DevOps' records beside their id, and custom fields where they belong."""
    fields, custom = row.get("fields"), row.get("custom_fields")
    if isinstance(fields, dict):
        row = {**{key: value for key, value in row.items() if key != "fields"}, **fields}
    elif _is_pairs(fields):  # Zendesk tells its custom fields twice
        row = {key: value for key, value in row.items() if key != "fields"}
        custom = [*(custom or ()), *(fields or ())]
    if isinstance(custom, list) and _is_pairs(custom):
        custom = {worded(pair["id"]): pair.get("value") for pair in custom}
    if isinstance(custom, dict) or custom is None or custom == "":
        row = {key: value for key, value in row.items() if key != "custom_fields"}
        row |= {f"custom_fields.{key}": value for key, value in (custom or {}).items()}
    return row


def _is_pairs(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) and {"id", "value"} <= item.keys() for item in value)


def _ticket(read: Columns, place: int) -> Record:
    ticket: Record = {"id": "", "name": "", "tags": [], "assignees": [], "custom_fields": {}}
    for field, values in read.fields.items():
        value = values[place]
        if value is not None and value not in ("", []):
            ticket[field] = value
    for key, values in read.custom.items():
        if values[place] is not None and values[place] not in ("", []):
            ticket["custom_fields"][key] = values[place]
    ticket["id"], ticket["name"] = worded(ticket["id"]), text_of(ticket["name"]) or _UNTITLED
    return ticket


def _unique(tickets: list[Record], notes: list[str]) -> list[Record]:
    """Assign numbers to tickets without an id, and refuse ids that are used more than once: an id means one ticket."""
    rows: dict[str, list[int]] = {}
    for row, ticket in enumerate(tickets, 1):
        ticket["id"] = worded(ticket["id"])
        if ticket["id"]:
            rows.setdefault(ticket["id"], []).append(row)
    doubled = {identity: places for identity, places in rows.items() if len(places) > 1}
    if doubled:
        shown = "; ".join(f"{identity} in tickets {', '.join(map(str, places))}" for identity, places in list(doubled.items())[:3])  # fmt: skip
        raise ValueError(
            f"{counted(len(doubled), 'id')} used more than once ({shown}{'…' if len(doubled) > 3 else ''}). An id means one ticket: remove the "
            "doubled rows, or name the column of the ids with columns={'id': ...}."
        )
    free = (str(number) for number in range(1, len(tickets) * 2 + 2) if str(number) not in rows)
    without = [ticket for ticket in tickets if not ticket["id"]]
    for ticket in without:
        ticket["id"] = next(free)
    if without:
        notes.append(
            f"{counted(len(without), 'row')} without an id: numbered from {without[0]['id']} to {without[-1]['id']}."
        )
    return tickets


def companions(tickets: Iterable[Record]) -> dict[str, list[Record]]:
    """Gather the choices that tickets refer to, in the order of their first appearance."""
    by_resource: dict[str, dict[str, Record]] = {}
    for ticket in tickets:
        for field, resource in _COMPANIONS.items():
            value = ticket.get(field)
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict) and item.get("id", item.get("name")) is not None:
                    row = {"id": str(item.get("id", item.get("name"))), **{k: v for k, v in item.items() if k != "id"}}
                    by_resource.setdefault(resource, {}).setdefault(row["id"], row)
    return {resource: list(rows.values()) for resource, rows in by_resource.items()}
