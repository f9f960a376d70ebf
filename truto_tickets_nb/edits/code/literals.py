"""Write values as Python: foreign text is quoted in one place, and can't leave its quotes or its line."""

from __future__ import annotations

import json
from typing import Any


def quote(value: Any) -> str:
    r"""Write a value as a Python literal, text in double quotes.

    >>> print(quote('say "hi"'), quote(["a", None, True, 3]), quote("a\nb"))
    "say \"hi\"" ["a", None, True, 3] 'a\nb'
    """
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if value.isprintable() else repr(value)
    if isinstance(value, list | tuple):
        items = ", ".join(map(quote, value))
        return f"[{items}]" if isinstance(value, list) else f"({items},)" if len(value) == 1 else f"({items})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quote(key)}: {quote(item)}" for key, item in value.items()) + "}"
    return repr(value)


def raw(pattern: str) -> str:
    r"""Write a pattern as a raw string where that is possible.

    >>> print(raw(r"\d+"), raw("\\"))
    r"\d+" "\\"
    """
    plain = pattern.isprintable() and '"' not in pattern and not pattern.endswith("\\") and "\\" in pattern
    return f'r"{pattern}"' if plain else quote(pattern)


def column(name: str) -> str:
    """Write a column of the frame."""
    return f"df[{quote(name)}]"
