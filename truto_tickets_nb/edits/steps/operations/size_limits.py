"""How much text a step would make: one that would fill the memory is not done, and says why."""

from __future__ import annotations

from typing import Any

from truto_tickets_nb.actions import correct
from truto_tickets_nb.edits.steps.inapplicable import Reason

MOST = 256 * 2**20  # bytes of text that one step may make


def too_large(size: int) -> Reason | None:
    """Return why a step would make too much text; None where it would not."""
    if size <= MOST:
        return None
    message = f"it would make {size // 2**20:,} MB of text, and one step makes {MOST // 2**20} MB at most"
    return Reason("value.too_large", message, correct("Choose fewer tickets, or shorter text."))


def size_of(value: Any) -> int:
    """Return the bytes of a text; other values are small."""
    return len(value.encode()) if isinstance(value, str) else 0
