"""Read somebody's export: CSV, TSV, JSON or JSON lines, gzipped or not, in whichever encoding."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

ACCEPTED = "CSV, TSV, JSON (an array, or an object with `result`) and JSON lines, gzipped or not"
Record = dict[str, Any]


def rows_of(path: Path) -> list[Record]:
    """Read a file into rows; one that is nothing of this is refused with a ValueError that says what is accepted."""
    text = _text(path)
    start = text.lstrip()[:1]
    rows = _json(text, path) if start in {"[", "{"} else _separated(text)
    if not rows:
        raise ValueError(f"{path.name} holds no tickets that can be read. Accepted are {ACCEPTED}.")
    return rows


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path} can't be read: {error.strerror}. Give the path of {ACCEPTED}.") from error
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _json(text: str, path: Path) -> list[Record]:
    try:
        whole = json.loads(text)
    except ValueError:
        whole = _lines(text, path)
    if isinstance(whole, dict):
        whole = whole.get("result", whole.get("tickets", [whole]))
    return [row for row in whole if isinstance(row, dict) and "truto_tickets_nb" not in row]


def _lines(text: str, path: Path) -> list[Any]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                found.append(json.loads(line))
            except ValueError as error:
                raise ValueError(
                    f"{path.name}, line {number}, is not JSON: {error}. Accepted are {ACCEPTED}."
                ) from error
    return found


def _separated(text: str) -> list[Record]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    head = text.split("\n", 1)[0]
    sign = max("\t;,", key=head.count)
    if not head.count(sign):
        return []
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=sign)
    return [{key: value for key, value in row.items() if key is not None} for row in reader]
