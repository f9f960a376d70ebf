"""Read JSON files as editors save them: with or without a byte-order mark, in UTF-8, UTF-16 or UTF-32, and nothing but JSON."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

_MARK = "\ufeff"


def json_text(data: str | bytes) -> str:
    r"""Decode the text of a JSON file and drop its byte-order mark; text in another encoding is a ValueError.

    >>> json_text(b"\xef\xbb\xbf{}"), json_text("{}".encode("utf-16")), json_text("\ufeff{}")
    ('{}', '{}', '{}')
    """
    if isinstance(data, str):
        return data.removeprefix(_MARK)
    try:
        return data.decode(json.detect_encoding(data)).removeprefix(_MARK)
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8 text: open it in an editor and save it as UTF-8") from error


def read_json(data: str | bytes) -> Any:
    """Read strict JSON: NaN, Infinity, numbers too large for a float and doubled keys are a ValueError.

    >>> read_json('{"a": [1, 2.5, null]}')
    {'a': [1, 2.5, None]}
    >>> read_json('{"a": NaN}')
    Traceback (most recent call last):
    ...
    ValueError: NaN is not a JSON value
    """
    text = json_text(data)
    return json.loads(text, parse_constant=_refuse, parse_float=_float, object_pairs_hook=_object)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON value")


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"the number {digits} is too large")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        doubled = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {doubled!r} stands twice in one object")
    return result
