"""A SQLite file that threads and processes share: any of them may open it, or make it, at any moment."""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from truto_tickets_nb.files.permissions import check_regular, keep_folder_private, keep_private, make_private

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
    keep_folder_private(path.parent)
    check_regular(path)
    until = time.monotonic() + patience
    while True:
        make_private(path)
        keep_private(path, *beside(path))
        try:
            return _connected(path, prepare)
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > until:
                raise
        time.sleep(random.uniform(0, PAUSE))


def beside(path: Path) -> tuple[Path, Path]:
    """Name the two files that SQLite keeps beside its own."""
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def _connected(path: Path, prepare: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
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
    """Return whether others hold the file just now: that passes."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY  # the low byte is the kind, the rest tells more of it


@contextmanager
def immediate(db: sqlite3.Connection) -> Iterator[None]:
    """Lock the file for writing: what is read in here stays true until the end. All of it is kept, or nothing."""
    db.execute("begin immediate")
    try:
        yield
    except BaseException:
        if db.in_transaction:
            db.execute("rollback")
        raise
    db.execute("commit")


@contextmanager
def locked(path: Path, *, alone: bool) -> Iterator[None]:
    """Let many processes and threads at a time do what is in here, or one that is `alone`; one that dies in it lets go."""
    make_private(path)
    keep_private(path)
    db = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)  # an empty file whose only use is its lock
    try:
        db.execute("begin exclusive" if alone else "begin")
        db.execute("select 1 from sqlite_master").fetchall()  # the lock of many is taken by reading
        yield
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_NOTADB:
            raise OSError(f"{path} is not the lock file that it should be; remove it") from error
        raise
    finally:
        db.close()
