"""A ticket as the tool itself writes it: what `raw` answers, and what stands in `remote_data`.

It is made of the unified ticket by raw_records.toml. What a request sent to the tool directly (`remote_data`, `truto_body_passthrough`) is stored
beside the ticket and stands in the record too, until the ticket itself moves on in that place.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any

Record = dict[str, Any]
_PATH = re.compile(
    r"(?P<sign>[#?]?)(?P<name>\w+)(?:\[(?P<place>\d*)\])?(?:\.(?P<part>\w+)|\{(?P<parts>.+)\})?", re.ASCII
)
_ABSENT = object()


def shown(slug: str, record: Record) -> Record:
    """Add to a ticket the tool's own record of it."""
    return {**record, "remote_data": _over(vendor_record(slug, record), record.get("remote_data") or {})}


def vendor_record(slug: str, record: Record) -> Record:
    """Write a ticket as the tool does.

    >>> made = vendor_record("jira", {"id": "1", "name": "Refund", "status": {"id": "3", "name": "Done"}, "tags": [{"name": "a"}]})
    >>> made["fields"]["summary"], made["fields"]["status"], made["fields"]["labels"], made["fields"]["duedate"]
    ('Refund', {'id': '3', 'name': 'Done'}, ['a'], None)
    """
    raw: Record = {}
    for path, source in _specs()[slug].items():
        *heads, last = (part.replace("~", ".") for part in path.split("."))
        target = raw
        for head in heads:
            target = target.setdefault(head, {})
        target[last] = _value(record, source)
    return raw


@cache
def _specs() -> dict[str, dict[str, str]]:
    text = resources.files("truto_tickets_nb.sandbox.api").joinpath("raw_records.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _value(record: Record, source: str) -> Any:
    if source.startswith("="):
        return source[1:]
    match = _PATH.fullmatch(source)
    assert match, source
    value = record.get(match["name"])
    if match["sign"] == "?":
        return value not in (None, "", [])
    if match["place"] == "":
        return [_inner(item, match) for item in value or ()]
    if match["place"]:
        value = (value or [None])[int(match["place"])]
    inner = _inner(value, match)
    return int(inner) if match["sign"] == "#" and str(inner).isdecimal() and str(inner)[:1] != "0" else inner


def _inner(value: Any, match: re.Match[str]) -> Any:
    """Take a part, or an object of several, out of a reference; a bare word is its own id and name."""
    if match["part"] is None and match["parts"] is None:
        return value
    parts = value if isinstance(value, dict) else {"id": value, "name": value}
    if match["part"]:
        return parts.get(match["part"])
    pairs = (pair.split(":") for pair in match["parts"].split(","))
    return {key: parts.get(part) for key, part in pairs} if value is not None else None


def received(stored: Any, sent: Record, computed: Record) -> Record:
    """Store what is sent to the tool directly, as far as its record does not say the same already."""
    return _over(stored if isinstance(stored, dict) else {}, _differing(sent, computed))


def moved_on(stored: Record, before: Record, after: Record) -> Record:
    """Forget what was sent to the tool directly where the ticket itself has changed since."""
    merged: Record = {}
    for key, value in stored.items():
        old, new = before.get(key, _ABSENT), after.get(key, _ABSENT)
        if isinstance(value, dict) and isinstance(old, dict) and isinstance(new, dict):
            merged[key] = moved_on(value, old, new)
        elif old is new or old == new:
            merged[key] = value
    return {key: value for key, value in merged.items() if value != {} or stored[key] == {}}


def _differing(sent: Record, computed: Record) -> Record:
    differences: Record = {}
    for key, value in sent.items():
        own = computed.get(key, _ABSENT)
        inner = _differing(value, own) if isinstance(value, dict) and isinstance(own, dict) else value
        if own is _ABSENT or inner not in (own, {}):
            differences[key] = inner
    return differences


def _over(below: Record, above: Record) -> Record:
    """Lay one record over another, object by object."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _over(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged
