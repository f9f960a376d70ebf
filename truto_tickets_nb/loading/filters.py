"""Apply filters here too: an integration may ignore one silently, and then somebody would edit tickets she never asked for.

Source: https://truto.one/docs/guides/how-truto-works/realtime-unified-apis-considerations
"""

from __future__ import annotations

import difflib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.errors import SetupError
from truto_tickets_nb.tickets.fields import FIELDS
from truto_tickets_nb.tickets.kinds import MomentKind
from truto_tickets_nb.tickets.values import is_missing, moment, refs

if TYPE_CHECKING:
    from collections.abc import Mapping

OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "in")
PASSED_ON = ("sort_by", "remote_query")  # parameters of a list that are no filters


def check(filters: Mapping[str, Any]) -> None:
    """Refuse filters that no ticket has, and operators that nobody knows, before anything is sent."""
    for name, value in filters.items():
        if name not in FIELDS and name not in PASSED_ON:
            close = difflib.get_close_matches(name, [*FIELDS, *PASSED_ON], n=3)
            hint = f"Did you mean {', '.join(close)}?" if close else f"There are: {', '.join([*FIELDS, *PASSED_ON])}."
            raise SetupError(f"There is no filter {name!r}. {hint}")
        if isinstance(value, dict) and name in FIELDS:
            unknown = sorted(set(value) - {*OPERATORS, "id", "name"})
            if unknown:
                raise SetupError(
                    f"{name}: there is no operator {', '.join(unknown)}. There are: {', '.join(OPERATORS)}."
                )
        _check_dates(name, value)


def _check_dates(name: str, value: Any) -> None:
    if name not in FIELDS or not isinstance(FIELDS[name].kind, MomentKind):
        return
    for item in value.values() if isinstance(value, dict) else [value]:
        if not isinstance(item, date) and moment(item) is None:
            raise SetupError(f"{name}: {item!r} is no date. Give one such as 2026-01-31.")


def misfit(record: Mapping[str, Any], filters: Mapping[str, Any]) -> str:
    """Name the first filter that a ticket does not match; "" where it matches, or where a partial answer can't tell."""
    for name, asked in filters.items():
        if name in PASSED_ON or name not in record:
            continue
        if not _matches(FIELDS[name].kind, record[name], asked):
            return name
    return ""


def _matches(kind: Any, value: Any, asked: Any) -> bool:
    if isinstance(kind, MomentKind):
        return _in_time(value, asked)
    if not isinstance(asked, dict):
        return bool(_words(value) & _wanted(asked))
    checks = {key: bool(_words(value) & _wanted(item)) for key, item in asked.items()}
    return all(not found if key == "ne" else found for key, found in checks.items())


def _words(value: Any) -> set[str]:
    found = refs(value) if not is_missing(value) else ()
    return {text.casefold() for item in found for text in item if text}


def _wanted(asked: Any) -> set[str]:
    return {str(item).casefold() for item in (asked if isinstance(asked, list | tuple | set) else [asked])}


def _in_time(value: Any, asked: Any) -> bool:
    if is_missing(value):
        return False
    held = _instant(moment(value))
    compared = {
        "gt": lambda a, b: a > b,
        "gte": lambda a, b: a >= b,
        "lt": lambda a, b: a < b,
        "lte": lambda a, b: a <= b,
        "ne": lambda a, b: a != b,
    }
    if held is None:
        return True
    tests = asked.items() if isinstance(asked, dict) else [("eq", asked)]
    return all(compared.get(key, lambda a, b: a == b)(held, _instant(item)) for key, item in tests)


def _instant(value: Any) -> datetime | None:
    found = value if isinstance(value, date) else moment(value) if value is not None else None
    if isinstance(found, datetime):
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return datetime(found.year, found.month, found.day, tzinfo=UTC) if found else None
