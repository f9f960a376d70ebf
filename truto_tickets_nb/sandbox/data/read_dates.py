"""Read the dates of a whole column: whether 3/4 is March or April is decided by the values that leave no doubt.

Read are ISO 8601, dates with the names of months in seven languages, numeric dates in either order, seconds and milliseconds since 1970, and
the serial numbers of spreadsheets. A date without a time stays one; a time without a zone is taken for UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, Any, Literal

from truto_tickets_nb.sandbox.data.comparisons import instant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Order = Literal["", "day", "month"]  # what stands first in 3/4/2026; "" where no value tells
_TIME = r"(?:[,T\s]+(?:at\s+|um\s+|à\s+)?(?P<hour>\d{1,2})[:.h](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?\s?m\.?)?(?:\s*(?P<zone>[A-Za-z]{1,4}|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d\d)?))?)?"
_DAY = r"(?:[^\W\d]+\.?,?\s+)?"  # a day of the week
_FORMS = tuple(
    re.compile(form + _TIME, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        _DAY
        + r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[.\s/-]+(?:de\s+)?(?P<name>[^\W\d]{3,12})\.?,?[\s/-]+(?:de\s+)?(?P<year>\d{4}|\d\d)",
        _DAY + r"(?P<name>[^\W\d]{3,12})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
        r"(?P<first>\d{1,2})[./-](?P<other>\d{1,2})[./-](?P<year>\d{4}|\d\d)",
    )
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january janv januar jänner janvier enero ene janeiro gennaio gen januari",
            "feb february févr fév februar février febrero fevereiro fev febbraio februari",
            "mar march mär märz mars marzo março mrt maart mrz",
            "apr april avr avril abr abril aprile",
            "may mai mayo maio mag maggio mei",
            "jun june juni juin junio junho giu giugno",
            "jul july juli juil juillet julio julho lug luglio",
            "aug august août aou agosto ago augustus",
            "sep sept september septembre septiembre setembro set settembre",
            "oct october okt oktober octobre octubre outubro out ott ottobre",
            "nov november novembre noviembre novembro",
            "dec december dez dezember déc décembre diciembre dic dezembro dicembre",
        ),
        1,
    )
    for name in names.split()
}
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "ut": 0, "cet": 1, "cest": 2, "bst": 1, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}  # fmt: skip
_SERIALS = (20_000, 80_000)  # 1954 to 2119, as spreadsheets count days
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of a column as text of ISO 8601, None for what is none, and what had to be assumed."""

    texts: tuple[str | None, ...]
    order: Order = ""
    ambiguous: int = 0  # values that could be read in either order
    zoneless: int = 0  # times without a zone


def read(values: Sequence[Any], order: Order = "") -> Dates:
    """Read a column. `order` is what other columns of the file tell, for one whose own values leave it open.

    >>> read(["13/02/2024 10:00", "01/02/2024"]).texts, read(["2/28/24 3:45 PM", "1/2/24"]).texts
    (('2024-02-13T10:00:00Z', '2024-02-01'), ('2024-02-28T15:45:00Z', '2024-01-02'))
    """
    own = order_of(values) or order
    guess = own or _likely(values)
    dates = [_read(value, guess) for value in values]
    ambiguous = 0 if own else sum(_is_ambiguous(value) for value in values)
    return Dates(tuple(text for text, _ in dates), guess, ambiguous, sum(without for _, without in dates))


def order_of(values: Sequence[Any]) -> Order:
    """Return what stands first in the numeric dates of a column, where some value leaves no doubt."""
    pairs = [(int(match["first"]), int(match["other"])) for match in map(_numeric, values) if match]
    days, months = sum(first > 12 for first, _ in pairs), sum(other > 12 for _, other in pairs)
    return "" if days == months else "day" if days > months else "month"


def _likely(values: Sequence[Any]) -> Order:
    """Guess where no value tells: dots stand in dates with the day first, slashes and AM or PM in American ones."""
    dots = sum("." in str(match["first"] + match[0][len(match["first"])]) for match in map(_numeric, values) if match)
    return "day" if dots else "month"


def _numeric(value: Any) -> re.Match[str] | None:
    return _FORMS[-1].fullmatch(value.strip()) if isinstance(value, str) else None


def _is_ambiguous(value: Any) -> bool:
    match = _numeric(value)
    return (
        match is not None and match["first"] != match["other"] and max(int(match["first"]), int(match["other"])) <= 12
    )


def _read(value: Any, order: Order) -> tuple[str | None, bool]:
    """Read one value; returns its text, and whether it is a time without a zone."""
    if isinstance(value, bool) or value is None:
        return None, False
    text = re.sub(r"[\u00a0\u202f\u2009]", " ", str(value)).strip()
    if re.fullmatch(r"-?\d+(?:[.,]\d+)?", text):
        return _counted(float(text.replace(",", "."))), False
    if moment := instant(text):
        return _standard(text, moment)
    match = next((match for form in _FORMS if (match := form.fullmatch(text))), None)
    return _matched(match.groupdict(), order) if match else (None, False)


def _standard(text: str, moment: datetime) -> tuple[str, bool]:
    """Keep a day a day, and an instant as the API writes it with every digit of its fraction."""
    if len(text) == len("2026-01-31") or (text[10] == "T" and text.endswith("Z")):
        return text, False
    return _iso(moment), not re.search(r"(?:z|[+-]\d\d(?::?\d\d)?)$", text, re.IGNORECASE)


def _matched(parts: Mapping[str, str | None], order: Order) -> tuple[str | None, bool]:
    try:
        day = _day(parts, order)
    except (ValueError, KeyError):
        return None, False
    if parts["hour"] is None:
        return day.isoformat(), False
    try:
        moment = datetime.combine(day, _time(parts), _zone(parts["zone"]))
    except (ValueError, KeyError):
        return None, False
    return _iso(moment), not parts["zone"]


def _day(parts: Mapping[str, str | None], order: Order) -> date:
    year = int(parts["year"] or 0)
    if len(parts["year"] or "") == 2:
        year += 1900 if year >= 69 else 2000
    if parts.get("name"):
        return date(year, _MONTHS[str(parts["name"]).lower()], int(parts["day"] or 0))
    if parts.get("month"):
        return date(year, int(parts["month"] or 0), int(parts["day"] or 0))
    first, other = int(parts["first"] or 0), int(parts["other"] or 0)
    is_day_first = first > 12 or (order == "day" and other <= 12)
    return date(year, other, first) if is_day_first else date(year, first, other)


def _time(parts: Mapping[str, str | None]) -> time:
    hour = int(parts["hour"] or 0)
    half = (parts["half"] or "").lower()[:1]
    if half and not 1 <= hour <= 12:
        raise ValueError(hour)
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    return time(hour, int(parts["minute"] or 0), int(parts["second"] or 0))


def _zone(text: str | None) -> timezone:
    """Read the zone behind a time; KeyError for a name that is none."""
    match = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d\d)?", text or "", re.IGNORECASE)
    if match:
        away = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        return timezone(away if match[1] == "+" else -away)
    return timezone(timedelta(hours=_ZONES[text.lower()])) if text else UTC


def _counted(number: float) -> str | None:
    """Read seconds or milliseconds since 1970, or a spreadsheet's count of days."""
    if _SERIALS[0] <= number <= _SERIALS[1]:
        moment = _EPOCH + timedelta(seconds=round(number * 86_400))
        return moment.date().isoformat() if number.is_integer() else _iso(moment)
    for unit in (1, 1000):
        if 1e8 <= number / unit < 1e10:
            return _iso(datetime.fromtimestamp(number / unit, UTC))
    return None


def _iso(moment: datetime) -> str:
    """Write an instant in UTC; a fraction of a second only where there is one."""
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:  # the first and the last day that there are
        moment = moment.replace(tzinfo=UTC)
    return moment.isoformat(timespec="microseconds" if moment.microsecond else "seconds").replace("+00:00", "Z")
