"""Written forms of dates and numbers: how a text writes its value, so that an edited value is written the same way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING

from truto_tickets_nb.tickets.cells import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ISO = re.compile(
    r"(\d{4})([-/]?)(\d\d)\2(\d\d)"
    r"(?:([T ])(\d\d):(\d\d)(?:(:)(\d\d)(?:([.,])(\d{1,9}))?)?[ ]?(Z|z|[+-]\d\d(?::?\d\d)?)?)?"
)
_LOCAL = re.compile(r"(\d\d?)([/.-])(\d\d?)\2(\d{4})(?:([ ,T]{1,2})(\d\d):(\d\d)(?:(:)(\d\d))?)?")


@dataclass(frozen=True, slots=True)
class DateForm:
    """Say how a text writes a moment: the pattern of its parts, the digits of its second, the form of its offset."""

    pattern: str  # strftime, without fraction and offset
    fraction: int = 0  # digits behind the second
    mark: str = "."
    offset: str = ""  # "", "Z", "+00:00", "+0000" or "+00"
    zone: tzinfo = UTC

    @property
    def is_day(self) -> bool:
        """Tell whether it has no time."""
        return "%H" not in self.pattern

    @property
    def shape(self) -> tuple[str, int, str, str]:
        """Give what two texts of one form share; their offsets may differ."""
        return self.pattern, self.fraction, self.mark, self.offset

    def write(self, moment: date | datetime) -> str | None:
        """Write a moment in this form; None where it would lose its time.

        >>> read_moments("2026-01-15T10:30:00.000+0000")[0][1].write(datetime(2026, 1, 22, 10, 30, tzinfo=UTC))
        '2026-01-22T10:30:00.000+0000'
        """
        if not isinstance(moment, datetime):
            moment = datetime(moment.year, moment.month, moment.day, tzinfo=self.zone)
        local = moment.astimezone(self.zone) if moment.tzinfo else moment.replace(tzinfo=self.zone)
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


Reading = tuple[date | datetime, DateForm]


def read_moments(text: str) -> tuple[Reading, ...]:
    """List the moments that a text may mean, each with its form; a day and a month that could be either give two.

    >>> [str(moment) for moment, _ in read_moments("03/04/2026")], read_moments("Friday")
    (['2026-04-03', '2026-03-04'], ())
    """
    bare = text.strip()
    if iso := _ISO.fullmatch(bare):
        return tuple(_iso(iso))
    local = _LOCAL.fullmatch(bare)
    return tuple(_local(local)) if local else ()


def _iso(parts: re.Match[str]) -> Iterator[Reading]:
    year, dash, month, day, gap, hour, minute, colon, second, mark, fraction, offset = parts.groups()
    pattern = f"%Y{dash}%m{dash}%d"
    if not gap:
        if dash:  # eight digits alone are a number
            yield from _day((year, month, day), DateForm(pattern))
        return
    zone = _zone(offset)
    micro = int((fraction or "0").ljust(6, "0")[:6])
    form = DateForm(
        f"{pattern}{gap}%H:%M{':%S' if colon else ''}",
        len(fraction or ""),
        mark or ".",
        offset or "",
        zone,
    )
    numbers = map(int, (year, month, day, hour, minute, second or 0))
    try:
        yield datetime(*numbers, micro, tzinfo=zone), form  # type: ignore[misc, arg-type]
    except ValueError:
        return


def _zone(offset: str | None) -> tzinfo:
    if not offset or offset in ("Z", "z"):
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-shift if offset[0] == "-" else shift)


def _local(parts: re.Match[str]) -> Iterator[Reading]:
    one, mark, two, year, gap, hour, minute, colon, second = parts.groups()
    time = f"{gap}%H:%M{':%S' if colon else ''}" if gap else ""
    for (day, month), order in (((one, two), "%d{0}%m{0}%Y"), ((two, one), "%m{0}%d{0}%Y")):
        form = DateForm(order.format(mark) + time)
        if not gap:
            yield from _day((year, month, day), form)
            continue
        try:
            yield datetime(*map(int, (year, month, day, hour, minute, second or 0)), tzinfo=UTC), form  # type: ignore[misc, arg-type]
        except ValueError:
            continue


def _day(parts: tuple[str, str, str], form: DateForm) -> Iterator[Reading]:
    try:
        yield date(*map(int, parts)), form
    except ValueError:
        return


def common_forms(texts: Iterable[str]) -> dict[tuple[str, int, str, str], DateForm]:
    """Find the forms in which every one of these texts can be read as a moment: shape -> form; empty where there is none.

    >>> [form.pattern for form in common_forms(["03/04/2026", "17/04/2026"]).values()], common_forms(["2026-01-31", "soon"])
    (['%d/%m/%Y'], {})
    """
    forms: dict[tuple[str, int, str, str], DateForm] | None = None
    for text in texts:
        here = {form.shape: form for _, form in read_moments(text)}
        forms = here if forms is None else {shape: form for shape, form in forms.items() if shape in here}
        if not forms:
            return {}
    return forms or {}


_NUMBER = re.compile(r"([+-]?)(0*)(\d*)(?:\.(\d+))?")


def write_number(value: float, like: str = "") -> str:
    """Write a number as text, with the zeros in front and the decimals that the text beside it has.

    >>> write_number(6), write_number(6.0, "5.50"), write_number(8, "007"), write_number(6.5, "5"), write_number(6.25, "5.5")
    ('6', '6.00', '008', '6.5', '6.25')
    """
    text = str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e16 else repr(value)
    parts = _NUMBER.fullmatch(like.strip())
    if parts is None or number(text) is None or "e" in text or not like:
        return text
    _, zeros, digits, decimals = parts.groups()
    sign, bare = ("-", text[1:]) if text.startswith("-") else ("", text)
    ahead, _, behind = bare.partition(".")
    if decimals:
        behind = behind.ljust(len(decimals), "0")
    if zeros and digits:
        ahead = ahead.zfill(len(zeros) + len(digits))
    return f"{sign}{ahead}{f'.{behind}' if behind else ''}"
