"""How many examples a property test tries: half of them while one develops and builds, all of them in `make proof`."""

from __future__ import annotations

import os

ALL = bool(os.environ.get("TRUTO_TICKETS_PROOF"))


def examples(count):
    """Return the number of examples: all in `make proof`, half otherwise."""
    return count if ALL else max(5, count // 2)
