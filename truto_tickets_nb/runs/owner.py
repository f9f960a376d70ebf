"""Tell whether the process that works on a run still lives."""

from __future__ import annotations

import os
from pathlib import Path

_MINE: set[str] = set()  # runs that this very process works on


def mark(run_id: str) -> str:
    """Note that this process works on a run, and tell what it is known by."""
    _MINE.add(run_id)
    return _birth(os.getpid())


def release(run_id: str) -> None:
    """Note that this process no longer works on a run."""
    _MINE.discard(run_id)


def is_alive(run_id: str, pid: int | None, known: str | None) -> bool:
    """Tell whether the owner of a run still works on it; a number taken over by another process does not count."""
    if pid is None:
        return False
    if pid == os.getpid() and known == _birth(pid):
        return run_id in _MINE
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
