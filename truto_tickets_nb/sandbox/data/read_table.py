"""Read somebody's export into rows: CSV, TSV, JSON or JSON lines, gzipped or not, in whichever encoding, or a DataFrame.

A row maps each heading to its value; a heading that stands over several columns, as Jira writes labels, to the list of its filled ones.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sys
import zlib
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.data.encodings import decoded
from truto_tickets_nb.sandbox.data.headings import is_known
from truto_tickets_nb.sandbox.data.json_values import counted, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

ACCEPTED = "CSV, TSV, JSON (an array, or an object with `result`) and JSON lines, gzipped or not"
Record = dict[str, Any]
_LEVEL = re.compile(r"Title \d+", re.IGNORECASE)  # Azure DevOps writes one column for each level of a tree
_SIGNS = "\t;,|"
_ENVELOPES = ("result", "tickets", "issues", "value", "results", "work_items", "workItems", "items", "data", "records")
_ONE = ("ticket", "issue", "work_item", "workItem")  # {"ticket": {…}}: one ticket in an envelope of its own


def rows_of(path: Path, notes: list[str]) -> list[Record]:
    """Read a file into rows; one that is nothing of this is refused with a ValueError that says what is accepted."""
    data = _content(path)
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"):
        raise ValueError(f"{path.name} is not a text file. Save it as CSV (UTF-8) first. Accepted are {ACCEPTED}.")
    text, page = decoded(data)
    if page:
        notes.append(f"{path.name} is not UTF-8: it is read as {page}, which gives the likeliest text.")
    start = text.lstrip()[:1]
    rows = _json(text, path.name) if start in {"[", "{"} else separated(text, notes)
    if not rows:
        raise ValueError(f"{path.name} holds no tickets that can be read. Accepted are {ACCEPTED}.")
    return rows


def _content(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise ValueError(f"{path} can't be read: {reason}. Give the path of {ACCEPTED}.") from error


def _json(text: str, name: str) -> list[Record]:
    """Read JSON: one value, JSON lines, or several values one after the other, as `gh api --paginate` writes them."""
    values = _values(text, name)
    users = [value for value in values if isinstance(value, dict)]
    unpacked = [row for value in values for row in _unpacked(value)]
    rows = [plain(row) for row in unpacked if isinstance(row, dict) and not _is_frame_of_snapshot(row)]
    for envelope in users:
        _name_references(rows, envelope)
    return rows


def _is_frame_of_snapshot(row: Record) -> bool:
    """Return whether a line is the head or the end of a saved snapshot, and no ticket."""
    return "truto_tickets_nb" in row or row.keys() == {"digest"}


def _values(text: str, name: str) -> list[Any]:
    decoder, values, place = json.JSONDecoder(), [], 0
    while (place := _after_blanks(text, place)) < len(text):
        try:
            value, place = decoder.raw_decode(text, place)
        except ValueError as error:
            line = text.count("\n", 0, place) + 1
            raise ValueError(f"{name}, line {line}, is not JSON: {error}. Accepted are {ACCEPTED}.") from error
        values.append(value)
    return values


def _after_blanks(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n,\ufeff\x1e":
        place += 1
    return place


def _unpacked(value: Any) -> list[Any]:
    """Take records out of their envelope: an array, an object that holds one, or `result` keyed by a field."""
    if isinstance(value, list):
        return [row for item in value for row in (_unpacked(item) if isinstance(item, list) else [_bare(item)])]
    if not isinstance(value, dict):
        return []
    for name in _ENVELOPES:
        inner = value.get(name)
        if isinstance(inner, list):
            return _unpacked(inner)
        if name == "result" and isinstance(inner, dict):
            return list(inner.values()) if all(isinstance(row, dict) for row in inner.values()) else [inner]
    return [_bare(value)]


def _bare(value: Any) -> Any:
    inner = next((value[name] for name in _ONE if isinstance(value.get(name), dict)), None) if isinstance(value, dict) else None  # fmt: skip
    return inner if inner is not None and len(value) == 1 else value


def _name_references(rows: list[Record], envelope: Record) -> None:
    """Put records for ids where the envelope brings them along, as Zendesk does with users, groups and organizations."""
    for key, names in _SIDELOADED.items():
        people = {str(row.get("id")): row for row in envelope.get(key) or () if isinstance(row, dict)}
        for row in rows if people else ():
            for name in names:
                row[name] = people.get(str(row.get(name)), row.get(name))


_SIDELOADED = {
    "users": ("assignee_id", "requester_id", "submitter_id", "responder_id"),
    "groups": ("group_id",),
    "organizations": ("organization_id",),
    "companies": ("company_id",),
}


def separated(text: str, notes: list[str]) -> list[Record]:
    """Read a table of text; the sign between the cells is told by a first line `sep=;`, else by the headings."""
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    text = text.lstrip("\ufeff\r\n")
    first, _, rest = text.partition("\n")
    line = first.strip().strip('"')
    if line.lower().startswith("sep="):
        sign, text = (line[4:5] or first.strip("\r")[4:5] or ","), rest
    else:
        sign = ""
    lines = _lines(text, sign or _sign(text))
    is_table = len(lines) > 1 and (len(lines[0]) > 1 or is_known(lines[0][0]))  # a text without commas is no table
    return table(lines[0], lines[1:], notes) if is_table else []


def _sign(text: str) -> str:
    counts = {sign: len(next(iter(_lines(text, sign, most=1)), [])) for sign in _SIGNS}
    return max(counts, key=lambda sign: counts[sign])


def _lines(text: str, sign: str, most: int = 0) -> list[list[str]]:
    """Read lines without those that hold nothing."""
    lines: list[list[str]] = []
    for line in csv.reader(io.StringIO(text, newline=""), delimiter=sign):
        if any(cell.strip() for cell in line):
            lines.append(line)
            if len(lines) == most:
                break
    return lines


def table(headings: Sequence[Any], lines: Iterable[Sequence[Any]], notes: list[str]) -> list[Record]:
    """Make rows of headings and cells; a heading that is there several times holds the list of its filled cells."""
    names = [str(heading).strip().lstrip("\ufeff") or f"column {place}" for place, heading in enumerate(headings, 1)]
    groups: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        groups.setdefault("Title" if _LEVEL.fullmatch(name) else name, []).append(place)
    rows, over = [], 0
    for line in lines:
        row = {name: _cell(line, places) for name, places in groups.items()}
        extra = {f"column {place + 1}": line[place] for place in range(len(names), len(line)) if line[place] not in ("", None)}  # fmt: skip
        over += bool(extra)
        rows.append({**row, **extra})
    if over:
        notes.append(
            f"{counted(over, 'row')} with more cells than headings: kept as custom_fields.column_{len(names) + 1} and so on."
        )
    return rows


def _cell(line: Sequence[Any], places: list[int]) -> Any:
    cells = [line[place] if place < len(line) else None for place in places]
    if len(places) == 1:
        return cells[0]
    return [cell for cell in cells if cell not in ("", None)]
