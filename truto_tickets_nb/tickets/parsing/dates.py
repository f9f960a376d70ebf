"""Dates and instants as text: read in the formats of any country, each with its format, so that an edited date is written the same way.

A text without a zone counts as UTC. Day and month that could be either give two readings; a date with points has the day first.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from truto_tickets_nb.tickets.json_values import Json

LONGEST = 40  # characters of a text that may be a date
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = r"(?:([ ,T]{1,3})(\d\d?):(\d\d)(?:(:)(\d\d))?(?:[\s\u202f]*([AaPp])\.?[Mm]\.?)?)?"
_YEAR_LAST = re.compile(rf"(\d\d?)([./-])(\d\d?)\2(\d{{4}}|\d\d){_TIME}")
_YEAR_FIRST = re.compile(rf"(\d{{4}})([./-])(\d\d?)\2(\d\d?){_TIME}")
_ISO = re.compile(
    r"(\d{4})([-/]?)(\d\d)\2(\d\d)"
    r"(?:([T ])(\d\d):(\d\d)(?:(:)(\d\d)(?:([.,])(\d{1,9}))?)?[ ]?(Z|z|[+-]\d\d(?::?\d\d)?)?)?"
)


@dataclass(frozen=True, slots=True)
class DateFormat:
    """The format in which a text writes a date: the pattern of its parts, the digits of its second, the form of its offset."""

    pattern: str  # strftime, without fraction and offset
    fraction: int = 0  # digits behind the second
    mark: str = "."
    offset: str = ""  # "", "Z", "+00:00", "+0000" or "+00"
    zone: tzinfo = UTC

    @property
    def is_day(self) -> bool:
        """Return whether it has no time."""
        return "%H" not in self.pattern

    @property
    def shape(self) -> tuple[str, int, str, str]:
        """Return what two texts of one format share; their offsets may differ."""
        return self.pattern, self.fraction, self.mark, self.offset

    def write(self, value: date | datetime) -> str | None:
        """Write a date in this format; None where it would lose its time.

        >>> date_readings("2026-01-15T10:30:00.000+0000")[0].format.write(datetime(2026, 1, 22, 10, 30, tzinfo=UTC))
        '2026-01-22T10:30:00.000+0000'
        """
        if not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day, tzinfo=self.zone)
        local = value.astimezone(self.zone) if value.tzinfo else value.replace(tzinfo=self.zone)
        if self.is_day:
            return local.strftime(self.pattern) if local.time() == datetime.min.time() else None
        digits = f"{local.microsecond:06d}".ljust(9, "0")
        lost = digits[self.fraction :].strip("0")
        if lost or (local.second and "%S" not in self.pattern):
            return None
        fraction = f"{self.mark}{digits[: self.fraction]}" if self.fraction else ""
        return f"{local.strftime(self.pattern)}{fraction}{self._offset(local)}"

    def _offset(self, local: datetime) -> str:
        if self.offset in ("", "Z", "z"):
            return self.offset
        signed = local.strftime("%z")[:5]
        return {6: f"{signed[:3]}:{signed[3:]}", 5: signed, 3: signed[:3]}[len(self.offset)]


@dataclass(frozen=True, slots=True)
class DateReading:
    """One meaning of a text: a date, or an instant in the zone of the text."""

    value: date | datetime
    format: DateFormat | None = None  # None where the format can't be written
    seconds: int = 0  # the precision of a time; 0 for a date


def date_readings(text: str) -> tuple[DateReading, ...]:
    """List the dates and instants that a text may mean, each with its format; none where it is no date.

    >>> [str(reading.value) for reading in date_readings("03/04/2026")], date_readings("Friday")
    (['2026-04-03', '2026-03-04'], ())
    >>> [str(reading.value) for text in ("31.1.2026", "1/31/26 2:05 PM", "2026-W05-6") for reading in date_readings(text)]
    ['2026-01-31', '2026-01-31 14:05:00+00:00', '2026-01-31']
    """
    bare = text.strip()
    if len(bare) > LONGEST:
        return ()
    if (iso := _ISO.fullmatch(bare)) and (reading := _iso_reading(iso)):
        return (reading,)
    if value := parse_iso(bare):
        return (DateReading(value, seconds=1 if isinstance(value, datetime) else 0),)
    if year_first := _YEAR_FIRST.fullmatch(bare):
        year, mark, month, day = year_first.groups()[:4]
        return tuple(_readings(((year, month, day, "%Y{0}%m{0}%d"),), mark, year_first))
    if year_last := _YEAR_LAST.fullmatch(bare):
        one, mark, two, year = year_last.groups()[:4]
        year_code = "%Y" if len(year) == 4 else "%y"
        day_first = (year, two, one, f"%d{{0}}%m{{0}}{year_code}")
        month_first = (year, one, two, f"%m{{0}}%d{{0}}{year_code}")
        return tuple(_readings((day_first,) if mark == "." else (day_first, month_first), mark, year_last))
    return ()


def parse_date(cell: Any) -> date | datetime | None:
    """Read a cell as the one date, or the one instant in UTC, that it means; None where it is none, or may be two.

    >>> parse_date("31.01.2026"), parse_date("2026-01-31T10:00:00+02:00"), parse_date("1/2/2026")
    (datetime.date(2026, 1, 31), datetime.datetime(2026, 1, 31, 8, 0, tzinfo=datetime.timezone.utc), None)
    """
    if isinstance(cell, str):
        values = {reading.value for reading in date_readings(cell)}
        cell = values.pop() if len(values) == 1 else None
    if isinstance(cell, datetime):
        return _in_utc(cell)
    return cell if isinstance(cell, date) else None


def parse_iso(value: Json) -> date | datetime | None:
    """Read an ISO 8601 date or instant as the API sends it; None where it is neither.

    >>> parse_iso("2026-01-31"), parse_iso("2026-01-31T10:00:00+02:00"), parse_iso("31.01.2026")
    (datetime.date(2026, 1, 31), datetime.datetime(2026, 1, 31, 8, 0, tzinfo=datetime.timezone.utc), None)
    """
    text = str(value).strip()
    try:
        if is_iso_day(text) or _WEEK_DATE.fullmatch(text):
            return date.fromisoformat(text)
        return _in_utc(datetime.fromisoformat(text))
    except ValueError:
        return _unusual_iso(text)


def is_iso_day(text: str) -> bool:
    """Return whether text has the form of a date without a time: 2026-01-31."""
    return len(text) == 10 and text[4:5] == "-" and text[7:8] == "-"


def instant(value: date | datetime) -> datetime:
    """Return an instant in UTC: of a date its midnight, of a time without a zone the one in UTC.

    >>> str(instant(date(2026, 1, 31))), str(instant(datetime(2026, 1, 31, 10)))
    ('2026-01-31 00:00:00+00:00', '2026-01-31 10:00:00+00:00')
    """
    return _in_utc(value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC))


def microseconds(value: date | datetime) -> int:
    """Count the microseconds from 1970 to a date or an instant."""
    return (instant(value) - EPOCH) // timedelta(microseconds=1)


def is_epoch_of(cell: float, value: date | datetime) -> bool:
    """Return whether a number counts the seconds, or the thousandths, millionths or billionths of them, from 1970 to a date.

    >>> is_epoch_of(1769817600000, date(2026, 1, 31)), is_epoch_of(1769817600000, date(2026, 2, 1))
    (True, False)
    """
    micros = microseconds(value)
    return any(abs(cell * scale - micros) < max(1, scale) for scale in (1_000_000, 1000, 1, 0.001))


def iso_text(value: date) -> str:
    """Write a date or an instant as ISO 8601: a midnight without a zone is a date, UTC is "Z".

    >>> iso_text(datetime(2026, 1, 31)), iso_text(datetime(2026, 1, 31, 10, tzinfo=UTC))
    ('2026-01-31', '2026-01-31T10:00:00Z')
    """
    if isinstance(value, datetime) and is_day(value):
        return value.date().isoformat()
    return value.isoformat().replace("+00:00", "Z")


def is_day(cell: Any) -> bool:
    """Return whether a cell was given as a date without a time: a date, the text of one, or a midnight without a zone."""
    if isinstance(cell, str):
        readings = date_readings(cell)
        return bool(readings) and not any(reading.seconds for reading in readings)
    if isinstance(cell, datetime):
        return cell.tzinfo is None and cell.time() == datetime.min.time()
    return isinstance(cell, date)


def day_of(cell: Any) -> date | None:
    """Read a cell as a date without a time: a midnight, in its own zone or in UTC, is that date; None where it has a time.

    >>> day_of("2026-01-31T00:00:00+02:00"), day_of("2026-01-31T10:00:00Z"), day_of("31.1.2026")
    (datetime.date(2026, 1, 31), None, datetime.date(2026, 1, 31))
    """
    if isinstance(cell, str):
        values = {reading.value for reading in date_readings(cell)}
        cell = values.pop() if len(values) == 1 else None
    if not isinstance(cell, datetime):
        return cell if isinstance(cell, date) else None
    midnights = (value for value in (cell, _in_utc(cell)) if value.time() == datetime.min.time())
    return next((value.date() for value in midnights), None)


def common_formats(texts: Iterable[str]) -> dict[tuple[str, int, str, str], DateFormat]:
    """Find the formats in which every one of these texts is a date: shape -> format; empty where there is none.

    >>> [format.pattern for format in common_formats(["03/04/2026", "17/04/2026"]).values()], common_formats(["2026-01-31", "soon"])
    (['%d/%m/%Y'], {})
    """
    common: dict[tuple[str, int, str, str], DateFormat] | None = None
    for text in texts:
        formats = {reading.format.shape: reading.format for reading in date_readings(text) if reading.format}
        common = formats if common is None else {shape: one for shape, one in common.items() if shape in formats}
        if not common:
            return {}
    return common or {}


def full_year(year: int) -> int:
    """Complete a year of two digits as spreadsheets do.

    >>> full_year(26), full_year(70), full_year(2026)
    (2026, 1970, 2026)
    """
    return year if year > 99 else year + (2000 if year < 70 else 1900)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    try:
        return value.astimezone(UTC)
    except OverflowError:  # the first and the last day that Python knows: the instant is right, only its zone stays
        return value


def _iso_reading(parts: re.Match[str]) -> DateReading | None:
    year, dash, month, day, gap, hour, minute, colon, second, mark, fraction, offset = parts.groups()
    pattern = f"%Y{dash}%m{dash}%d"
    try:
        if not gap:  # eight digits alone are a number wherever a text is not known to be a date
            return DateReading(date(int(year), int(month), int(day)), DateFormat(pattern)) if dash else None
        zone = _zone(offset)
        micro = int((fraction or "0").ljust(6, "0")[:6])
        numbers = (int(part) for part in (year, month, day, hour, minute, second or 0))
        value = datetime(*numbers, micro, tzinfo=zone)  # type: ignore[misc, arg-type]
    except ValueError:
        return None
    pattern += f"{gap}%H:%M{':%S' if colon else ''}"
    return DateReading(
        value, DateFormat(pattern, len(fraction or ""), mark or ".", offset or "", zone), 1 if colon else 60
    )


def _zone(offset: str | None) -> tzinfo:
    if not offset or offset in ("Z", "z"):
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-shift if offset[0] == "-" else shift)


def _readings(orders: Iterable[tuple[str, str, str, str]], mark: str, parts: re.Match[str]) -> Iterator[DateReading]:
    """Read year, month and day in each of the given orders; those that are no date are left out."""
    gap, hour, minute, colon, second, half = parts.groups()[4:]
    time = f"{gap}%H:%M{':%S' if colon else ''}" if gap else ""
    hours = int(hour or 0) if half is None else int(hour) % 12 + (12 if half in "Pp" else 0)
    for year, month, day, order in orders:
        written = None if half else DateFormat(order.format(mark) + time)
        with suppress(ValueError):
            value = date(full_year(int(year)), int(month), int(day))
            if gap:
                value = datetime(value.year, value.month, value.day, hours, int(minute), int(second or 0), tzinfo=UTC)
            yield DateReading(value, written, 0 if not gap else 1 if colon else 60)


_WEEK_DATE = re.compile(r"\d{4}-?W\d\d-?\d")
_UNUSUAL_ISO = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[Tt ] ?(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?"
    r" ?(?P<zone>[Zz]|UTC|GMT|[+-]\d\d(?::?\d\d)?)?"
)


def _unusual_iso(text: str) -> datetime | None:
    """Read what Python does not: a small t or z, a blank before the zone, the midnight 24:00, a leap second."""
    parts = _UNUSUAL_ISO.fullmatch(text)
    if parts is None:
        return None
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    is_midnight = hour == 24 and not (minute or second or int(parts["fraction"] or 0))
    extra = timedelta(days=is_midnight, seconds=second == 60)
    zone = "" if (parts["zone"] or "Z").upper() in ("Z", "UTC", "GMT") else parts["zone"]
    clock = f"{0 if is_midnight else hour:02}:{minute:02}:{min(second, 59) if second <= 60 else second:02}"
    try:
        value = datetime.fromisoformat(f"{parts['day']}T{clock}.{(parts['fraction'] or '0')[:6]:0<6}{zone}")
        return _in_utc(value + extra)
    except (ValueError, OverflowError):
        return None
