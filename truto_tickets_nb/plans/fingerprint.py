"""The fingerprint of a plan: a SHA-256 over everything in it, so that a plan that differs in anything has another one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SHORT = 16  # hex digits that people read; 64 bits are enough to tell the plans of one person apart


def fingerprint(plan: DataclassInstance) -> str:
    """Compute the fingerprint: 64 hex digits over the account, the integration, and all that is shown and sent."""
    return hashlib.sha256(_content(plan)).hexdigest()


def _content(plan: DataclassInstance) -> bytes:
    try:
        return orjson.dumps(plan, option=orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_DATACLASS)
    except TypeError:  # a value that JSON can't carry: such a plan is shown, but neither saved nor sent
        return json.dumps(asdict(plan), default=repr, skipkeys=True).encode()


def short(fingerprint: str) -> str:
    """Shorten a fingerprint to what people read; `confirm=` takes the short form too.

    >>> short("60699a07876af718" * 4)
    '60699a07876af718'
    """
    return fingerprint[:SHORT]


def is_meant(fingerprint: str, typed: str) -> bool:
    """Return whether what was typed is this fingerprint, in full or its first 16 digits or more.

    >>> is_meant("60699a07876af718" * 4, "60699A07876AF718 "), is_meant("60699a07876af718" * 4, "60699a07")
    (True, False)
    """
    text = typed.strip().rstrip("…").casefold()
    return len(text) >= SHORT and fingerprint.startswith(text)
