"""A cell of a sheet, and what it means as a date: spreadsheets keep dates as numbers of days, and show them as text."""

from __future__ import annotations

from datetime import datetime, timedelta

from truto_tickets_nb.tickets.parsing.dates import date_readings, instant
from truto_tickets_nb.tickets.parsing.numbers import is_number, parse_number

Cell = str | int | float | bool | datetime | None  # what a sheet holds; a datetime has no zone and is UTC

DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  (of spreadsheets; cells have no zone)
FIRST_DAY = 61  # the serial number of 1900-03-01, before which Excel counts a day that never was
LAST_DAY = 2_958_466  # of the year 10000


def serial_date(cell: Cell) -> datetime | None:
    """Read the number of days by which a spreadsheet keeps a date; None where a cell is no such number.

    >>> serial_date(46053), serial_date("46053.5"), serial_date("1.3.2026"), serial_date(20260131)
    (datetime.datetime(2026, 1, 31, 0, 0), datetime.datetime(2026, 1, 31, 12, 0), None, None)
    """
    days = parse_number(cell)
    return DAY_ZERO + timedelta(days=days) if days is not None and FIRST_DAY <= days < LAST_DAY else None


def sheet_moments(cell: Cell) -> list[tuple[datetime, int]]:
    """List the moments that a cell can mean, without a zone in UTC, each with its precision in seconds (0: a date without a time).

    >>> [str(moment) for moment, _ in sheet_moments("2026-01-31T10:00:00+02:00")]
    ['2026-01-31 08:00:00']
    >>> [str(moment.date()) for moment, _ in sheet_moments("1/2/2026")]
    ['2026-02-01', '2026-01-02']
    """
    if isinstance(cell, datetime):
        return [(cell, 1)]
    if isinstance(cell, str) and not cell.strip().isdecimal():
        readings = {
            (instant(reading.value).replace(tzinfo=None), reading.seconds): None for reading in date_readings(cell)
        }
        if readings:
            return list(readings)
    serial = serial_date(cell) if isinstance(cell, str) or is_number(cell) else None
    return [] if serial is None else [(serial, 1)]
