"""Texts that spreadsheets turn into dates, times, numbers or truth values: which ones, and what becomes of them.

A spreadsheet that opens a CSV reads MAR-1 as the first of March and 12e5 as 1,200,000, and saves what it has read. `is_convertible` says
which texts are in danger; `may_have_become` says whether a cell can be what a program made of such a text.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from truto_tickets_nb.sheets.sheet_cells import DAY_ZERO, Cell, sheet_moments
from truto_tickets_nb.tickets.parsing.booleans import SPREADSHEET_WORDS, parse_boolean
from truto_tickets_nb.tickets.parsing.dates import full_year
from truto_tickets_nb.tickets.parsing.numbers import loose_number_readings

# The months as programs write them in some twenty languages: short and long, in the case that stands beside a day.
_MONTHS = """
jan january januar jän jänner jaenner januari janv janvier ene enero gen gennaio janeiro января янв январь oca
ocak led leden ledna sty styczeń stycznia tammi tammikuu;
feb february februar februari fév févr fevr février fevrier febrero febbraio fev fevereiro фев февр февраля
февраль şub şubat úno únor února lut luty lutego helmi helmikuu febr;
mar march mär märz maerz mrz maart mrt mars marzo março marco мар март марта mart bře březen března marzec
marca maalis maaliskuu márc;
apr april avr avril abr abril aprile апр апреля апрель nis nisan dub duben dubna kwi kwiecień kwietnia huhti
huhtikuu ápr;
may mai mei maj mayo mag maggio maio май мая mayıs kvě květen května maja touko toukokuu máj;
jun june juni juin junio giu giugno junho июн июня июнь haz haziran čvn červen června cze czerwiec czerwca
kesä kesäkuu jún;
jul july juli juil juillet julio lug luglio julho июл июля июль tem temmuz čvc červenec července lip lipiec
lipca heinä heinäkuu júl;
aug august augustus augusti aoû août aout ago agosto авг августа август ağu ağustos srp srpen srpna sie
sierpień sierpnia elo elokuu;
sep sept september septembre septiembre set settembre setembro сен сент сентября сентябрь eyl eylül zář září
wrz wrzesień września syys syyskuu szept;
oct october okt oktober octobre octubre ott ottobre out outubro окт октября октябрь eki ekim říj říjen října
paź październik loka lokakuu;
nov november novembre noviembre novembro ноя нояб ноября ноябрь kas kasım lis listopad listopadu listopada
marras marraskuu;
dec december dez dezember déc décembre decembre dic diciembre dicembre des dezembro дек декабря декабрь ara
aralık pro prosinec prosince gru grudzień grudnia joulu joulukuu
"""
_MONTH = {name: number for number, names in enumerate(_MONTHS.split(";"), 1) for name in names.split()}

_PLAIN = re.compile(r"0|[1-9]\d{0,14}")  # a number that comes back as the same digits
_NUMBER = re.compile(
    r"[(]?[-+]?[$€£¥₽₹₺₩\s]*\d[\d.,'’\s\u00a0\u202f]*(?:e[-+]?\d+)?[)]?\s*(?:[%$€£¥₽₹₺₩]|kč|zł|kr\.?|dh)?-?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d{1,4}(?:\s*[-/.:]\s*\d{1,5}){1,3}\.?")  # 1-2, 3/4, 1.2.2026, 12:30, 1:2:3.5
_FRACTION = re.compile(r"\d+\s+\d+/\d+")
_CLOCK = re.compile(r"(\d{1,3})(?::(\d{1,2}))?(?::(\d{1,2})(?:[.,]\d+)?)?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE)
_STAMP = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[T\s,]+\d{1,2}:\d\d.*", re.IGNORECASE)
_EAST = re.compile(r"(?:\d{2,4}\s*[年년]\s*)?\d{1,2}\s*[月월]\s*(?:\d{1,2}\s*[日일])?")
_NAMED = re.compile(r"(?:\d{1,4}[\s./,-]*)?([^\W\d_]{3,11})\.?(?:[\s./,-]*\d{1,4}){0,2}\.?")
_LONGEST = 40  # characters of a text that a program still takes for a date
_MOST_DIGITS = 1000


class Day(NamedTuple):
    """Name a day as a text may mean it; the year is 0 where the text has none."""

    month: int
    day: int
    year: int = 0

    def fits(self, other: Day) -> bool:
        """Return whether two may be one day."""
        return self[:2] == other[:2] and (not self.year or not other.year or self.year == other.year)


def is_convertible(text: str) -> bool:
    """Return whether a spreadsheet that opens a CSV takes a text for a date, a time, a number or a truth value, and may save it as another text.

    >>> [is_convertible(text) for text in ("MAR-1", "1-2", "12e5", "3/4", "0042", "12:30", "TRUE", "1,5", "SEPT2", "1" * 16)]
    [True, True, True, True, True, True, True, True, True, True]
    >>> [is_convertible(text) for text in ("4711", "PROJ-12", "Refund 12", "march", "1-2-3 go", "A1", "")]
    [False, False, False, False, False, False, False]
    """
    if len(text) > _LONGEST:
        return len(text) < _MOST_DIGITS and bool(_NUMBER.fullmatch(text))
    text = text.strip()
    if not any(char.isdigit() for char in text):
        return text.casefold() in SPREADSHEET_WORDS
    if _PLAIN.fullmatch(text):
        return False
    patterns = (_NUMBER, _DIGITS, _FRACTION, _STAMP, _EAST)
    if text.isdigit() or any(pattern.fullmatch(text) for pattern in patterns):
        return True
    if _CLOCK.fullmatch(text):
        return True
    named = _NAMED.fullmatch(text)
    return bool(named) and named[1].casefold() in _MONTH if named else False


def may_have_become(cell: Cell, text: str) -> bool:
    """Return whether a program can have made this cell of a text; a cell in the very form of the text is an edit of a person.

    >>> may_have_become("1-Mar", "MAR-1"), may_have_become(datetime(2026, 3, 1), "MAR-1"), may_have_become("MAR-2", "MAR-1")
    (True, True, False)
    >>> may_have_become("2-1", "1-2"), may_have_become("1.20E+06", "12e5"), may_have_become("12:30:00", "12:30")
    (False, True, True)
    """
    if not is_convertible(text):
        return False
    return has_other_form(cell, text) and has_same_meaning(cell, text)


def has_other_form(cell: Cell, text: str) -> bool:
    """Return whether a cell is written in another form than a text: other words, other signs, or no text at all."""
    return not isinstance(cell, str) or _form(cell) != _form(text)


def has_same_meaning(cell: Cell, text: str) -> bool:
    """Return whether a cell and a convertible text can be one date, time, number or truth value."""
    if isinstance(cell, bool) or (isinstance(cell, str) and cell.strip().casefold() in SPREADSHEET_WORDS):
        return (
            not text.strip().isdigit()
            and parse_boolean(text) is not None
            and parse_boolean(text) is parse_boolean(cell)
        )
    if _same_day(cell, text) or _same_clock(cell, text):
        return True
    return any(
        _is_rounded(shown, number, cell)
        for shown in loose_number_readings(cell)
        for number in loose_number_readings(text)
    )


def is_date_like(cell: Cell) -> bool:
    """Return whether a cell is a date, or a short text that spreadsheets show for one."""
    return isinstance(cell, datetime) or (isinstance(cell, str) and is_convertible(cell) and bool(days(cell.strip())))


def _same_day(cell: Cell, text: str) -> bool:
    meant = days(text.strip())
    return bool(meant) and any(day.fits(other) for day in meant for other in days_of(cell))


def days_of(cell: Cell) -> frozenset[Day]:
    """List the days that a cell can mean, be it a date, a serial number or a text."""
    if isinstance(cell, datetime):
        return frozenset([Day(cell.month, cell.day, cell.year)])
    full = frozenset(Day(moment.month, moment.day, moment.year) for moment, _ in sheet_moments(cell))
    return full | days(cell.strip()) if isinstance(cell, str) else full


@lru_cache(maxsize=4096)
def days(text: str) -> frozenset[Day]:
    """List the days that a text can mean, in the orders of any country.

    >>> sorted(days("MAR-1")), sorted(days("1/2"))
    ([Day(month=3, day=1, year=0), Day(month=3, day=1, year=2001)], [Day(month=1, day=2, year=0), Day(month=2, day=1, year=0)])
    """
    parts = re.findall(r"\d+|[^\W\d_]+", text) if len(text) <= _LONGEST and ":" not in text else []
    words = [part.casefold() for part in parts if not part.isdecimal()]
    digits = [int(part) for part in parts if part.isdecimal()]
    if len(words) > 1 or any(word not in _MONTH for word in words) or not 1 <= len(digits) <= 3:
        return frozenset()
    candidates = _named(_MONTH[words[0]], digits) if words else _counted(digits)
    return frozenset(day for day in candidates if _is_day(day))


def _named(month: int, digits: list[int]) -> list[Day]:
    if len(digits) == 1:
        return [Day(month, digits[0]), Day(month, 1, full_year(digits[0]))]
    return [Day(month, digits[0], full_year(digits[1])), Day(month, digits[1], full_year(digits[0]))]


def _counted(digits: list[int]) -> list[Day]:
    if len(digits) == 2:
        one, two = digits
        years = [Day(one, 1, full_year(two))] if two > 31 else [Day(two, 1, full_year(one))] if one > 31 else []
        return [Day(one, two), Day(two, one), *years]
    if len(digits) < 3:
        return []
    one, two, three = digits
    early = [Day(two, three, full_year(one))]
    return early if one > 31 else [*early, Day(one, two, full_year(three)), Day(two, one, full_year(three))]


def _is_day(day: Day) -> bool:
    return 1 <= day.month <= 12 and 1 <= day.day <= 31 and 0 <= day.year < 10_000


def _same_clock(cell: Cell, text: str) -> bool:
    meant = _seconds(text)
    return meant is not None and meant == _seconds(cell)


def _seconds(cell: Cell) -> int | None:
    if isinstance(cell, datetime):
        days = (cell - DAY_ZERO).total_seconds()
        return round(days) if 0 <= days < 5 * 86_400 else None
    if isinstance(cell, float) and 0 <= cell < 5:
        return round(cell * 86_400)
    clock = _CLOCK.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if clock is None or (clock[2] is None and clock[4] is None):
        return None
    half = {"p": 12, "a": 0}.get((clock[4] or "").lower())
    hours = int(clock[1]) if half is None else int(clock[1]) % 12 + half
    return hours * 3600 + int(clock[2] or 0) * 60 + int(clock[3] or 0)


def _is_rounded(shown: float, number: float, cell: Cell) -> bool:
    """Return whether a number is shown as this cell shows it, with as many digits."""
    if shown == number:
        return True
    mantissa = re.fullmatch(r"\s*[-+]?(\d)(?:[.,](\d+))?[eE][-+]?\d+\s*", cell) if isinstance(cell, str) else None
    places = len(mantissa[2] or "") if mantissa else 14
    return abs(number) < 1e300 and f"{shown:.{places}e}" == f"{float(number):.{places}e}"


def _form(text: str) -> str:
    """Bring a text into the form of its parts: words stay, digits are marked, so that 1-2 and 2-1 have one form and 1-Mar another."""
    return re.sub(r"\d+", "#", text.strip())
