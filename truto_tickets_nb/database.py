"""A SQLite file that threads and processes share: any of them may open it, or make it, at any moment."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PATIENCE = 30.0  # seconds to wait for others
PAUSE = 0.02  # seconds between two tries, at most
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}


def opened(
    path: Path, prepare: Callable[[sqlite3.Connection], None], *, patience: float = PATIENCE
) -> sqlite3.Connection:
    """Open the file, or make it for this user alone, and prepare it; a file that others hold just now is waited for.

    SQLite waits by itself for a lock, but not for the switch to write-ahead logging, for which it wants the file alone: of several
    that open a fresh file at the same moment all but one would fail. So the opening as a whole is tried again.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    until = time.monotonic() + patience
    while True:
        try:
            return _connected(path, prepare)
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > until:
                raise
        time.sleep(random.uniform(0, PAUSE))


def _connected(path: Path, prepare: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
    try:
        if db.execute("pragma journal_mode").fetchone()[0] != "wal":
            db.execute("pragma journal_mode=wal")
        prepare(db)
    except BaseException:
        db.close()
        raise
    return db


def is_busy(error: sqlite3.Error) -> bool:
    """Tell whether others hold the file just now: that passes."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY  # the low byte is the kind, the rest tells more of it


@contextmanager
def immediate(db: sqlite3.Connection) -> Iterator[None]:
    """Hold the file alone for writing: what is read in here stays true until the end. All of it is kept, or nothing."""
    db.execute("begin immediate")
    try:
        yield
    except BaseException:
        if db.in_transaction:
            db.execute("rollback")
        raise
    db.execute("commit")


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Let one process or thread at a time do what is in here; one that dies in it lets go."""
    db = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)  # an empty file whose only use is its lock
    try:
        with immediate(db):
            yield
    finally:
        db.close()
