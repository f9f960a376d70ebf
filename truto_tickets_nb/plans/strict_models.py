"""Write JSON strictly: what JSON can't carry is an error that says where it stands, and never null."""

from __future__ import annotations

import json
from typing import Any

import orjson

from truto_tickets_nb.errors import PlanError, shorten


def strictly(where: str, content: Any, option: int = 0) -> bytes:
    """Write values as JSON, as orjson does; infinity, NaN, half a character and numbers beyond 64 bits are a PlanError.

    >>> strictly("Ticket 7: name", {"name": "x"})
    b'{"name":"x"}'
    >>> strictly("Ticket 7: points", float("inf"))
    Traceback (most recent call last):
    ...
    truto_tickets_nb.errors.PlanError: Ticket 7: points can't be written as JSON (infinity or NaN). Correct the value in the frame, and plan again.
    """
    try:
        written = orjson.dumps(content, option=option)
    except TypeError as error:
        raise _refused(where, shorten(error, 80)) from error
    if b"null" in written:  # orjson writes infinity and NaN as null, without a word
        try:
            json.dumps(content, allow_nan=False, default=_nothing)
        except ValueError as error:
            raise _refused(where, "infinity or NaN") from error
    return written


def _refused(where: str, why: str) -> PlanError:
    return PlanError(f"{where} can't be written as JSON ({why}). Correct the value in the frame, and plan again.")


def _nothing(_value: object) -> None:
    """Leave to orjson what it alone can write, such as dates."""
