"""Who applied a run: the user, the machine and the process, which the journal records in the row of the run.

A run shows the user (`run.who`, receipts, `truto-tickets show`). Machine and process decide whether a run is still at work.
"""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass
from typing import Self

from truto_tickets_nb.process import host, mark


@dataclass(frozen=True, slots=True)
class AppliedBy:
    """The user, machine and process that apply a run; `mark` is when the process began, by which it is recognised."""

    who: str
    host: str
    pid: int
    mark: str

    @classmethod
    def this_process(cls, run_id: str) -> Self:
        """Return who applies a run in this process, and note that this process works on it."""
        return cls(_user(), host(), os.getpid(), mark(run_id))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user may have no name
        return ""
