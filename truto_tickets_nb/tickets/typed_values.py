"""What was typed becomes a value or a refusal: the same in a frame, a step, a filter, a form, a CSV and a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.actions import correct
from truto_tickets_nb.tickets.cell_problem import CellProblem
from truto_tickets_nb.tickets.parsing.booleans import parse_boolean
from truto_tickets_nb.tickets.parsing.dates import date_readings, iso_text, parse_date, parse_iso
from truto_tickets_nb.tickets.parsing.numbers import number_readings

if TYPE_CHECKING:
    from datetime import date, datetime

    from truto_tickets_nb.tickets.json_values import Json

_NO_BOOLEAN = CellProblem("value.no_truth_value", "is neither true nor false", correct("Give true or false."))
_NO_DATE = CellProblem(
    "value.no_date", "is no date", correct("Give a date such as 2026-01-31, or a time such as 2026-01-31T10:00Z.")
)
_TWO_DATES = CellProblem(
    "value.ambiguous_date", "may be two dates: day and month could be either", correct("Give it as 2026-01-31.")
)
_PLAIN_NUMBER = correct("Give a plain number, such as 1234.5, without a sign for thousands.")
_NO_NUMBER = CellProblem("value.no_number", "is no number", _PLAIN_NUMBER)
_TWO_NUMBERS = CellProblem("value.ambiguous_number", "may be two numbers: the comma could be either", _PLAIN_NUMBER)


def typed_boolean(cell: Any) -> bool | CellProblem:
    """Read a truth value.

    >>> typed_boolean("Wahr"), typed_boolean("no"), typed_boolean("maybe").message
    (True, False, 'is neither true nor false')
    """
    value = parse_boolean(cell)
    return _NO_BOOLEAN if value is None else value


def typed_number(cell: Any, *, decimal_comma: bool = False) -> int | float | CellProblem:
    """Read a number; `decimal_comma` says that the file writes decimals with a comma.

    >>> typed_number("2,5"), typed_number("1,234", decimal_comma=True), typed_number("1,234").code, typed_number("many").code
    (2.5, 1.234, 'value.ambiguous_number', 'value.no_number')
    """
    readings = number_readings(cell)
    if not readings:
        return _NO_NUMBER
    return readings[0] if len(readings) == 1 or decimal_comma else _TWO_NUMBERS


def typed_date(cell: Any) -> date | datetime | CellProblem:
    """Read a date, or an instant in UTC.

    >>> typed_date("31.01.2026"), typed_date("1/2/2026").code, typed_date("Friday").code
    (datetime.date(2026, 1, 31), 'value.ambiguous_date', 'value.no_date')
    """
    value = parse_date(cell)
    if value is not None:
        return value
    return _TWO_DATES if isinstance(cell, str) and date_readings(cell) else _NO_DATE


def iso_date(value: Json) -> Json:
    """Write the text of a date as ISO 8601, so that every program reads it; whatever is no one date stays as it is.

    >>> iso_date("31.1.2026"), iso_date("2026-01-31T10:00+02:00"), iso_date("1/2/2026"), iso_date(None)
    ('2026-01-31', '2026-01-31T10:00+02:00', '1/2/2026', None)
    """
    if not isinstance(value, str) or parse_iso(value) is not None:
        return value
    read = parse_date(value)
    return value if read is None else iso_text(read)
