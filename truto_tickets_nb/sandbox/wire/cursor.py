"""The cursor of a list: where a page starts, as an opaque text."""

from __future__ import annotations

import base64
import re
from typing import Any

from truto_tickets_nb.sandbox.wire.responses import Refusal


def start_of(query: dict[str, Any]) -> int:
    """Return the number of rows before the page that a query asks for."""
    opaque = query.get("next_cursor") or cursor(0)
    try:
        match = re.fullmatch(rb"p(\d{1,15})", base64.urlsafe_b64decode(opaque))
    except ValueError:
        match = None
    if match is None:
        raise Refusal(400, "next_cursor is not one that this server gave")
    return int(match[1])


def cursor(start: int) -> str:
    """Return the cursor of a page that starts after `start` rows."""
    return base64.urlsafe_b64encode(f"p{start}".encode()).decode()
