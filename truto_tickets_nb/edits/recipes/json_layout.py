"""Lay JSON out so that a person can read and edit it: what fits into one line stands in one."""

from __future__ import annotations

import json
from typing import Any

WIDTH = 110


def laid_out(value: Any, indent: int = 0) -> str:
    """Write JSON with short values in one line, long ones opened up.

    >>> print(laid_out({"steps": [{"kind": "clear", "field": "due_date"}], "name": "x" * 100}))
    {
      "steps": [{"kind": "clear", "field": "due_date"}],
      "name": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    }
    """
    flat = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if len(flat) + indent <= WIDTH or not isinstance(value, dict | list) or not value:
        return flat
    blank = " " * (indent + 2)
    if isinstance(value, list):
        parts = [blank + laid_out(item, indent + 2) for item in value]
        return "[\n" + ",\n".join(parts) + "\n" + " " * indent + "]"
    parts = [
        f"{blank}{json.dumps(key, ensure_ascii=False)}: {laid_out(item, indent + 2)}" for key, item in value.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n" + " " * indent + "}"
