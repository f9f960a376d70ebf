"""One comparison of a filter: with what values a ticket's field meets it. Pure; nothing is loaded or refused here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from truto_tickets_nb.tickets.json_values import is_missing, refs
from truto_tickets_nb.tickets.name_matching import folded
from truto_tickets_nb.tickets.parsing.dates import instant, is_iso_day, parse_iso
from truto_tickets_nb.tickets.parsing.numbers import exact_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

Sign = Literal["eq", "ne", "in", "gt", "gte", "lt", "lte", "id", "name"]
Reading = Literal["date", "number", "flag", "reference", "text"]
EQUAL: tuple[Sign, ...] = ("eq", "ne", "in")
ORDERED: tuple[Sign, ...] = ("gt", "gte", "lt", "lte")
SIGNS: Mapping[Reading, tuple[Sign, ...]] = {
    "date": (*EQUAL, *ORDERED), "number": (*EQUAL, *ORDERED), "flag": ("eq", "ne"),
    "reference": (*EQUAL, "id", "name"), "text": EQUAL,
}  # fmt: skip
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a filter: every value is checked, so that it can be compared."""

    field: str
    reading: Reading
    sign: Sign
    values: tuple[Any, ...]

    @property
    def is_sent(self) -> bool:
        """Return whether it goes to the server, too; an order of numbers does not: a tool that compares them as text drops tickets."""
        if self.sign in ORDERED:
            return self.reading == "date"
        return self.reading != "date" or self.sign == "eq" or not any(map(_is_day, self.values))

    def sent(self) -> dict[str, Any]:
        """Write it as it goes out; one day of an instant goes out as the range that it is."""
        first = self.values[0]
        if self.reading == "date" and self.sign == "eq" and _is_day(first):
            day = date.fromisoformat(str(first))
            return {"gte": day, "lt": day + timedelta(days=1)} if day < date.max else {"gte": day}
        return {self.sign: list(self.values) if self.sign == "in" else first}

    def holds(self, value: Any) -> bool | None:
        """Return whether a ticket's JSON meets it; None where its value can't be read, and so can't be compared."""
        if is_missing(value):
            return self.sign == "ne"
        if self.reading == "date" and _instant(value) is None:
            return None
        if self.sign in ORDERED:
            parsed = _instant(value) if self.reading == "date" else exact_number(value)
            return None if parsed is None else _ORDER[self.sign](parsed, self._limit)
        answer = any(self._is(value, asked) for asked in self.values)
        return not answer if self.sign == "ne" else answer

    def admits(self, value: Any) -> bool:
        """Return whether a ticket of this value is kept; where it can't be compared, the server's choice stands, if it made one."""
        holds = self.holds(value)
        return self.is_sent if holds is None else holds

    @property
    def _limit(self) -> datetime | Decimal | None:
        return _instant(self.values[0]) if self.reading == "date" else exact_number(self.values[0])

    def _is(self, value: Any, asked: Any) -> bool:
        match self.reading:
            case "date":
                return _is_at(value, asked)
            case "flag":
                return value is asked
            case "number" if not isinstance(asked, str):
                return exact_number(value) == exact_number(asked)
            case "reference":
                references = refs(value)
                parts = {"id": [r.id for r in references], "name": [r.name for r in references]}
                texts = parts.get(self.sign, [text for r in references for text in r])
                return folded(str(asked)) in {folded(str(text)) for text in texts if text}
        texts = value if isinstance(value, list) else [value]
        return folded(str(asked)) in {folded(str(text)) for text in texts}


def _is_day(value: Any) -> bool:
    return is_iso_day(value.strip()) if isinstance(value, str) else not isinstance(value, datetime)


def _instant(value: Any) -> datetime | None:
    read = value if isinstance(value, date) else parse_iso(value)
    return instant(read) if read else None


def _is_at(value: Any, asked: Any) -> bool:
    """Return whether a value is that instant, or falls on that day."""
    moment, wanted = _instant(value), _instant(asked)
    if moment is None or wanted is None:
        return False
    if not _is_day(asked):
        return moment == wanted
    return timedelta(0) <= moment - wanted < timedelta(days=1)
