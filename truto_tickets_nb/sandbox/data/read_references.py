"""Read references as exports write them: a name, `Ada <ada@example.com>`, an id, or an object in the tool's own words."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.data.json_values import plain, worded

if TYPE_CHECKING:
    from collections.abc import Sequence

Record = dict[str, Any]
_NAMES = ("name", "displayName", "display_name", "title", "label", "value", "login", "username", "channel", "key", "id")
_IDS = ("id", "accountId", "account_id", "key", "login", "uniqueName", "emailAddress", "email", "number")
_MAILS = ("email", "emailAddress", "uniqueName", "mail")
_MORE = ("first_name", "last_name", "emails", "phones", "type", "workspace")
_PERSON = re.compile(r"\s*(.*?)\s*<([^<>@\s]+@[^<>@\s]+)>\s*")


def reference(value: Any) -> Record | None:
    """Read one reference; None for nothing.

    >>> reference("Ada Osei <ada@example.com>")
    {'id': 'ada@example.com', 'name': 'Ada Osei', 'emails': [{'email': 'ada@example.com'}]}
    >>> reference({"login": "octocat", "id": 1}), reference("Waiting for us"), reference(5.0)
    ({'id': '1', 'name': 'octocat'}, {'id': 'Waiting-for-us', 'name': 'Waiting for us'}, {'id': '5', 'name': '5'})
    """
    if isinstance(value, dict):
        return _of_object(value)
    name = worded(value)
    person = _PERSON.fullmatch(name)
    if person:
        return {"id": person[2], "name": person[1] or person[2], "emails": [{"email": person[2]}]}
    return {"id": re.sub(r"\s+", "-", name), "name": name} if name else None


def _of_object(value: Record) -> Record | None:
    name = next((worded(value[key]) for key in (*_NAMES, *value) if _is_word(value.get(key))), "")
    identity = next((worded(value[key]) for key in _IDS if _is_word(value.get(key))), name)
    if not name:
        return None
    mail = next((value[key] for key in _MAILS if isinstance(value.get(key), str) and "@" in value[key]), None)
    more = {key: value[key] for key in _MORE if value.get(key)}
    return {"id": identity, "name": name, **({"emails": [{"email": mail}]} if mail else {}), **more}


def _is_word(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and bool(worded(value))


def joined(parts: Record) -> Record | None:
    """Put a reference together whose id, name and address stand in columns of their own."""
    given = parts.get("id")
    record = reference(parts.get("") or (given if isinstance(given, dict) else None)) or {}
    identity, mail = "" if isinstance(given, dict) else worded(given), worded(parts.get("email"))
    if identity:
        record = {**record, "id": identity, "name": record.get("name") or identity}
    if mail and "emails" not in record:
        record = {"id": mail, "name": mail, **record, "emails": [{"email": mail}]}
    return record or None


def items(value: Any, signs: str) -> list[Any]:
    """Take a list out of a cell: a real one, one that was written as text (JSON, or Python's tuple), or parts between signs.

    >>> items("billing, vip", ",;"), items("('a', 'b')", ","), items('["a"]', ","), items("Smith, Jo", ";")
    (['billing', 'vip'], ['a', 'b'], ['a'], ['Smith, Jo'])
    """
    if isinstance(value, list):
        return [part for item in value for part in ([item] if isinstance(item, dict) else items(item, signs))]
    if not isinstance(value, str):
        return [] if value is None else [value]
    text = value.strip()
    if text[:1] + text[-1:] in ("[]", "()"):
        written = _written(text)
        if written is not None:
            return written
    return [part.strip() for part in re.split(f"[{signs}]", text) if part.strip()]


def _written(text: str) -> list[Any] | None:
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        return list(plain(value)) if isinstance(value, list | tuple) else None
    return None


def members(value: Any, signs: str) -> list[Record]:
    """Read a list of references, each id once."""
    references = [reference(item) for item in items(value, signs)]
    return list({item["id"]: item for item in references if item}.values())


def separators(values: Sequence[Any], *, of_people: bool) -> str:
    """Choose the signs between the parts of a column's cells: where there is a semicolon, a comma is part of a name.

    One person's name may hold a comma (`Osei, Ada`), so that names of people are split at semicolons only.
    """
    has_semicolons = any(isinstance(value, str) and ";" in value for value in values)
    return ";" if of_people or has_semicolons else ";,"


def text_of(value: Any) -> str:
    """Write a text; a document of Atlassian's own format is taken for the texts that are in it."""
    if isinstance(value, dict):
        return _document(value).strip("\n")
    if isinstance(value, list):
        return next((worded(item) for item in value if worded(item)), "")
    return worded(value) if isinstance(value, float) else "" if value is None else str(value)


_BLOCKS = ("paragraph", "heading", "listItem", "codeBlock", "hardBreak")


def _document(node: Record) -> str:
    parts = [_document(child) for child in node.get("content") or () if isinstance(child, dict)]
    return str(node.get("text") or "") + "".join(parts) + ("\n" if node.get("type") in _BLOCKS else "")
