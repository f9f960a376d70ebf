"""The one folder of the user's."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from truto_tickets_nb.errors import ArgumentError

HOME = "TRUTO_TICKETS_HOME"


def home(given: str | Path | None = None) -> Path:
    """Find the one folder of the user's: as told, else TRUTO_TICKETS_HOME, else where the platform keeps such data."""
    if given is not None and not isinstance(given, str | os.PathLike):
        raise ArgumentError(f"home= is the path of a folder, as text or a Path, not {type(given).__name__}.")
    return Path(given or os.environ.get(HOME) or platformdirs.user_data_dir("truto_tickets_nb", appauthor=False))
