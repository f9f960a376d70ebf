"""The one folder of the user's, and which process works on what lies in it."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from truto_tickets_nb.errors import ArgumentError

HOME = "TRUTO_TICKETS_HOME"
_MINE: set[str] = set()  # what this very process works on: runs, autosaved drafts


def home(told: str | Path | None = None) -> Path:
    """Find the one folder of the user's: as told, else TRUTO_TICKETS_HOME, else where the platform keeps such data."""
    if told is not None and not isinstance(told, str | os.PathLike):
        raise ArgumentError(f"home= is the path of a folder, as text or a Path, not {type(told).__name__}.")
    return Path(told or os.environ.get(HOME) or platformdirs.user_data_dir("truto_tickets_nb", appauthor=False))


def mark(work: str) -> str:
    """Note that this process works on something (a run, a draft), and tell what it is known by."""
    _MINE.add(work)
    return _birth(os.getpid())


def release(work: str) -> None:
    """Note that this process no longer works on it."""
    _MINE.discard(work)


def is_alive(work: str, pid: int | None, known: str | None) -> bool:
    """Tell whether its owner still works on it; a number taken over by another process does not count."""
    if pid is None:
        return False
    if pid == os.getpid() and known == _birth(pid):
        return work in _MINE
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it lives, and belongs to somebody else
    return known == _birth(pid)


def _birth(pid: int) -> str:
    """Tell when a process was born, where the system says so: numbers are used again."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
