"""Write a filter as a pandas expression; what pandas can't say in one line is left to the filter itself."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from truto_tickets_nb.edits.code.literals import column, quote, raw
from truto_tickets_nb.edits.filters.filters import AllOf, AllTickets, AnyOf, Filter, Not, Test, Tickets
from truto_tickets_nb.edits.filters.matching import lower, span
from truto_tickets_nb.tickets.fields import CUSTOM
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.json_values import LAST_YEAR
from truto_tickets_nb.tickets.parsing.dates import is_day

if TYPE_CHECKING:
    from collections.abc import Callable

MixedColumns = frozenset[str]  # columns that may hold more than their kind, such as {"id": ...} written out


def rows(chosen: Filter, mixed: MixedColumns) -> str:
    """Write which rows; "" for all."""
    return "" if isinstance(chosen, AllTickets) else _rows(chosen, mixed)


def _rows(where: Filter, mixed: MixedColumns) -> str:
    match where:
        case AllOf(parts):
            return " & ".join(_part(part, mixed) for part in parts)
        case AnyOf(parts):
            return " | ".join(_part(part, mixed) for part in parts)
        case Not(part):
            return f"~{_part(part, mixed)}"
        case Tickets(chosen):
            return f"df.index.isin({quote(list(chosen))})"
        case Test():
            return _test(where, mixed)
    return f"Filter.of_json({quote(where.to_json())}).mask(df)"


def _part(chosen: Filter, mixed: MixedColumns) -> str:
    """Write one part of several, in brackets unless it is one call."""
    expression = _rows(chosen, mixed)
    return expression if isinstance(ast.parse(expression, mode="eval").body, ast.Call) else f"({expression})"


def _test(test: Test, mixed: MixedColumns) -> str:
    row = field_of(test.field)
    kind = (
        "" if row is None or not row.readable or test.field.startswith(CUSTOM) or test.field in mixed else row.kind.word
    )
    writer = _KINDS.get(kind) if _is_ascii(test.value) else None  # pandas knows one form of Unicode only, a filter both
    return (writer(test) if writer else "") or _own(test)


def _is_ascii(value: object) -> bool:
    return all(map(_is_ascii, value)) if isinstance(value, list | tuple) else str(value).isascii()


def _own(test: Test) -> str:
    """Let the filter test the column itself."""
    value = (
        "" if test.value is None else f", {quote(list(test.value) if isinstance(test.value, tuple) else test.value)}"
    )
    case = ", case=True" if test.case else ""
    return f"Filter.where({quote(test.field)}, {quote(test.op)}{value}{case}).mask(df)"


def _text(test: Test) -> str:
    cells, value = column(test.field), test.value
    if test.op in ("empty", "filled"):
        return f'{cells}.fillna("") {"==" if test.op == "empty" else "!="} ""'
    if test.op == "matches":
        return _pattern(test)
    if test.op == "contains":
        return f"{cells}.str.contains({quote(value)}{'' if test.case else ', case=False'}, regex=False)"
    if test.op in ("starts", "ends"):
        return f"{_folded(test)}.str.{test.op}with({quote(_fold(test, value))})"
    return _equal(test)


def _equal(test: Test) -> str:
    value = test.value
    if test.op in ("is", "is not") and isinstance(value, str):
        return f"{_folded(test)} {'==' if test.op == 'is' else '!='} {quote(_fold(test, value))}"
    texts = [item for item in _several(value) if isinstance(item, str)]
    if test.op in ("in", "has") and len(texts) == len(_several(value)):
        return f"{_folded(test)}.isin({quote([_fold(test, item) for item in texts])})"
    return ""


def filled(name: str) -> str:
    """Write which cells of a text column are filled."""
    return f'{column(name)}.fillna("") != ""'


def _folded(test: Test) -> str:
    return column(test.field) if test.case else f"{column(test.field)}.str.lower()"


def _fold(test: Test, text: str) -> str:
    return text if test.case else lower(text)


def _several(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _pattern(test: Test) -> str:
    """Write a pattern for pandas, unless pandas would warn of its groups, does not know its signs, or reads `$` before a last line end."""
    try:
        if re.compile(test.value).groups or "$" in test.value:
            return ""
    except re.error:
        return ""
    return f"{column(test.field)}.str.contains({raw(test.value)}{'' if test.case else ', case=False'})"


def _set(test: Test) -> str:
    cells = column(test.field)
    if test.op in ("empty", "filled"):
        return f"{cells}.map(len) {'==' if test.op == 'empty' else '>'} 0"
    if test.op != "has" or not isinstance(test.value, str) or not (test.case or test.value.isascii()):
        return ""
    value = quote(_fold(test, test.value))
    inside = f"{value} in names" if test.case else f"{value} in map(str.lower, names)"
    return f"{cells}.map(lambda names: {inside}).astype(bool)"


def _date(test: Test) -> str:
    moments = f"pd.to_datetime({column(test.field)}, utc=True)"
    if test.op in ("empty", "filled"):
        return f"{column(test.field)}.{'isna' if test.op == 'empty' else 'notna'}()"
    if test.op not in ("before", "after") or not isinstance(test.value, str):
        return ""
    start, end = span(test.value)
    edge = start if test.op == "before" else end
    if edge.year > LAST_YEAR:
        return ""
    day = is_day(test.value)
    limit = edge.date().isoformat() if day else edge.isoformat()
    return f"{moments} {'<' if test.op == 'before' else '>='} {quote(limit)}"


_KINDS: dict[str, Callable[[Test], str]] = {
    "text": _text,
    "reference": _text,
    "set": _set,
    "words": _set,
    "date": _date,
}
