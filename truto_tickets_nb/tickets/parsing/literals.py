"""Lists and objects as text: as JSON, as Python and as pandas write them into files."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

_OPENING = re.compile(r"\s*(?:(?:frozen)?set|array|tuple|list)?\s*[(\[{]")
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_MISSING = re.compile(r"(?<![\w.'\"])(?:nan|NaN|NaT|<NA>)(?![\w'\"])")
_ARRAY = re.compile(r",\s*dtype=[\w'<>]+(?=\s*\))")
_LONGEST = 1_000_000  # characters of a cell that is parsed
EMPTY_WORDS = frozenset(
    {"nan", "NaN", "NaT", "<NA>"}
)  # what pandas writes for a cell that holds nothing, where it is told to


def parse_literal(text: str) -> Any:
    r"""Read a tuple, a list, a set or a dict from its text, as JSON or as Python writes it; None where the text is no such value.

    >>> parse_literal("('a', 'b')"), parse_literal('["a"]'), parse_literal("()"), parse_literal("['a' 'b']"), parse_literal("{'b': 1}")
    (('a', 'b'), ('a',), (), ('a', 'b'), {'b': 1})
    >>> parse_literal("(a) or (b)"), parse_literal("[urgent] refund"), parse_literal("a, b"), parse_literal("('a' 'b'")
    (None, None, None, None)
    """
    if len(text) > _LONGEST or not _OPENING.match(text):
        return None
    value = _json(text)
    if value is None:
        value = _python(text.strip())
    if isinstance(value, set | frozenset):
        return tuple(sorted(value, key=str))
    return tuple(value) if isinstance(value, list | tuple) else value


def is_broken_literal(text: str) -> bool:
    """Return whether a text begins as pandas writes a tuple of texts, but does not end so.

    >>> is_broken_literal("('a', 'b'"), is_broken_literal("('a',)"), is_broken_literal("(a), b")
    (True, False, False)
    """
    return bool(re.match(r"\s*[(\[{]\s*['\"]", text)) and parse_literal(text) is None


def _json(text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list | dict) else None


def _python(text: str) -> Any:
    """Read a Python literal; NumPy writes no commas between texts, pandas writes nan for what is missing."""
    parts, end = [], 0
    for string in _STRING.finditer(text):
        between = text[end : string.start()]
        parts += [", " if end and not between.strip() else _outside(between), string.group()]
        end = string.end()
    code = "".join([*parts, _outside(text[end:])])
    code = (
        re.sub(r"^\s*(?:frozenset|set|array|tuple|list)\s*\(\s*(.*?),?\s*\)\s*$", r"\1", code, flags=re.DOTALL) or "()"
    )
    try:
        value = ast.literal_eval(code)
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return None
    return value if isinstance(value, list | tuple | set | dict) else None


def _outside(code: str) -> str:
    return _ARRAY.sub("", _MISSING.sub("None", code))
