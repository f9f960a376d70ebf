"""Which process works on what lies in the user's folder, and whether it still does: on this machine, or on another one."""

from __future__ import annotations

import os
import platform
from typing import Literal

import psutil

Standing = Literal["working", "gone", "elsewhere"]
TICKS = 100  # a second: in these an earlier version noted when a process began
NEAR = 2.0  # seconds: a number of a process is not used again as quickly as that
_OWN: set[str] = set()  # what this very process works on: runs, autosaved drafts


def host() -> str:
    """Name this machine."""
    return platform.node()


def mark(work: str) -> str:
    """Note that this process works on something (a run, a draft); returns when the process began, by which it is known."""
    _OWN.add(work)
    return _began(os.getpid())


def release(work: str) -> None:
    """Note that this process no longer works on it."""
    _OWN.discard(work)


def is_alive(work: str, pid: int | None, began: str | None) -> bool:
    """Return whether its owner still works on it; a process that took over the number of another one does not count."""
    if pid is None or not 0 < pid < 2**31:
        return False
    now = _began(pid)
    if not _is_same(now, began or ""):
        return False
    return work in _OWN if pid == os.getpid() else psutil.pid_exists(pid)


def standing(work: str, pid: int | None, began: str | None, machine: str) -> Standing:
    """Return whether the owner works on it, is gone, or belongs to another machine, of which nobody can tell from here.

    >>> standing("run", os.getpid(), mark("run"), host()), standing("run", os.getpid(), mark("run"), "another machine")
    ('working', 'working')
    >>> release("run")
    >>> standing("run", os.getpid(), "1.0", host()), standing("run", os.getpid(), "1.0", "another machine")
    ('gone', 'elsewhere')
    """
    if is_alive(work, pid, began):
        return "working"
    return "elsewhere" if machine and machine != host() else "gone"


def _began(pid: int) -> str:
    """Return when a process began, in seconds that do not change with the clock of the machine; "" where nobody says so."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return "gone"  # killed, and its parent has not asked after it yet
        seconds = process.create_time()
    except psutil.NoSuchProcess:
        return "gone"
    except psutil.Error:
        return ""  # it lives, and belongs to somebody else
    # on Linux both depend on the clock in the same way, elsewhere the first does not depend on it
    return f"{seconds - psutil.boot_time() if psutil.LINUX else seconds:.2f}"


def _is_same(now: str, noted: str) -> bool:
    if now == "gone":
        return False
    if not now or not noted:
        return True  # one of them could not be read: the number alone decides
    try:
        return abs(float(now) - (float(noted) if "." in noted else int(noted) / TICKS)) < NEAR
    except ValueError:
        return False
