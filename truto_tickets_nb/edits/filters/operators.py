"""The operators of filters: their words, and which values each of them takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from truto_tickets_nb.did_you_mean import near
from truto_tickets_nb.edits.filters import patterns
from truto_tickets_nb.errors import StepError, shorten
from truto_tickets_nb.tickets.cells import json_problem, shown, to_json
from truto_tickets_nb.tickets.parsing.dates import parse_date
from truto_tickets_nb.tickets.parsing.numbers import parse_number

OPS = {
    "is": "is", "is not": "is not", "in": "is one of", "contains": "contains", "starts": "starts with", "ends": "ends with",
    "matches": "matches", "before": "is before", "after": "is after", "less": "is less than", "more": "is more than",
    "empty": "is empty", "filled": "is filled", "has": "has",
}  # fmt: skip
BARE, _MOMENTS, _NUMBERS = ("empty", "filled"), ("before", "after"), ("less", "more")
_WORDY = ("contains", "starts", "ends", "matches")


def quoted(value: Any) -> str:
    return repr(shorten(value, 40)) if isinstance(value, str) else shorten(shown(value), 40)


def checked(field: str, op: str, value: Any) -> Any:
    """Refuse a test that could never be made, before it is kept."""
    if not isinstance(field, str) or not field:
        raise StepError('A filter names one column: Filter.where("status", "is", "Open").')
    if not isinstance(op, str) or op not in OPS:
        meant = near(op, OPS)
        hint = f" Did you mean {meant[0]!r}?" if meant else ""
        raise StepError(f"{op!r} is no operator.{hint} There are: {', '.join(OPS)}.")
    if op in BARE:
        return None
    plain = to_json(tuple(value) if isinstance(value, set | frozenset | pd.Index | pd.Series | np.ndarray) else value)
    problem = json_problem([field, plain])
    if problem:
        raise StepError(f"{field} {OPS[op]} {quoted(value)}: {problem}, which JSON can't carry.")
    _refuse(field, op, plain)
    if op in _NUMBERS:
        return parse_number(plain)
    return tuple(plain) if isinstance(plain, list) else plain


def _refuse(field: str, op: str, value: Any) -> None:
    test = f"{field} {OPS[op]} {quoted(value)}: "
    if value is None or value == "":
        raise StepError(f"{test}that tests against nothing. Use the operators 'empty' and 'filled'.")
    if op == "matches":
        patterns.checked(value)
    if op in _WORDY and not isinstance(value, str):
        raise StepError(f"{test}give one text.")
    if op in _MOMENTS and parse_date(value) is None:
        raise StepError(f"{test}that is no date. Give a day such as 2026-01-31 or a time such as 2026-01-31T10:00Z.")
    if op in _NUMBERS and parse_number(value) is None:
        raise StepError(f"{test}that is no number.")
    if op == "in" and not isinstance(value, list):
        raise StepError(f"{test}give a list of values.")
