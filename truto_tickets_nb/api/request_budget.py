"""The request budget's record of when requests were sent: of one process alone, or in a file that all processes of this machine share.

It limits the rate of requests; the log of requests is events/logging_listener.py.
"""

from __future__ import annotations

import itertools
import sqlite3
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any, Protocol, Self

from truto_tickets_nb.errors import JournalError
from truto_tickets_nb.files import sqlite
from truto_tickets_nb.safe_text import logger

if TYPE_CHECKING:
    from pathlib import Path

log = logger(__name__)

FILE = "budget.sqlite"  # through which processes of one machine share the limit of an account
OLD = 3600.0  # seconds: no limit looks further back
_SCHEMA = """
create table if not exists sent (id integer primary key autoincrement, account text not null, at real not null);
create index if not exists by_account on sent (account, at);
create table if not exists pauses (account text primary key, until real not null);
"""
# Seconds that one process may make all others wait. A pause that ends later is of before a restart of the machine, whose clock began
# anew; so is every request that lies ahead.
LONGEST_PAUSE = 125.0


class RequestBudget(Protocol):
    """When requests were sent, in seconds of a monotonic clock; used as a context, in which nobody else changes it."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def oldest(self, since: float, now: float) -> list[float]:
        """List the stamps after `since`, the oldest first; what is older is forgotten, and what lies ahead of `now` as well."""

    def add(self, now: float) -> int:
        """Add a request that leaves now; returns its number."""

    def move(self, number: int, now: float) -> None:
        """Record that a place taken earlier is used only now."""

    def drop(self, number: int) -> None:
        """Remove a place that was not used."""

    def paused_until(self, now: float) -> float:
        """Return until when all wait."""

    def pause(self, until: float) -> None:
        """Make all wait."""

    def close(self) -> None:
        """Close the file, where there is one."""


class MemoryRequestBudget:
    """When this process sent requests."""

    def __init__(self) -> None:
        self._lock, self._numbers = threading.RLock(), itertools.count(1)
        self._sent: dict[int, float] = {}
        self._until = 0.0

    def __enter__(self) -> Self:
        self._lock.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def oldest(self, since: float, now: float) -> list[float]:
        self._sent = {number: at for number, at in self._sent.items() if since < at <= now}
        return list(self._sent.values())

    def add(self, now: float) -> int:
        number = next(self._numbers)
        self._sent[number] = now
        return number

    def move(self, number: int, now: float) -> None:
        self._sent.pop(number, None)
        self._sent[number] = now

    def drop(self, number: int) -> None:
        self._sent.pop(number, None)

    def paused_until(self, now: float) -> float:
        return self._until

    def pause(self, until: float) -> None:
        self._until = max(self._until, until)

    def close(self) -> None:
        pass


class SharedRequestBudget:
    """When all processes of this machine that use one account sent requests. The file holds account ids and times only.

    The clock must be one for the whole machine, as time.monotonic is on Linux, macOS and Windows.
    """

    def __init__(self, path: Path, account: str) -> None:
        self._account, self._lock = account, threading.RLock()
        self._db = sqlite.opened(path, _prepared)

    def _run(self, sql: str, *values: Any) -> sqlite3.Cursor:
        try:
            return self._db.execute(sql, values)
        except sqlite3.Error as error:
            raise JournalError(
                f"The file of the shared budget can't be used: {error}. Nothing more was sent. Make room, or set "
                "TRUTO_TICKETS_HOME to another folder."
            ) from error

    def __enter__(self) -> Self:
        self._lock.acquire()
        try:
            self._run("begin immediate")
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._run("commit")
        finally:
            self._lock.release()

    def oldest(self, since: float, now: float) -> list[float]:
        self._run("delete from sent where account=? and (at <= ? or at > ?)", self._account, since, now)
        return [at for (at,) in self._run("select at from sent where account=? order by at", self._account)]

    def add(self, now: float) -> int:
        cursor = self._run("insert into sent (account, at) values (?, ?)", self._account, now)
        return int(cursor.lastrowid or 0)

    def move(self, number: int, now: float) -> None:
        self._run("insert or replace into sent values (?, ?, ?)", number, self._account, now)

    def drop(self, number: int) -> None:
        self._run("delete from sent where id=?", number)

    def paused_until(self, now: float) -> float:
        row = self._run("select until from pauses where account=?", self._account).fetchone()
        if row and row[0] > now + LONGEST_PAUSE:
            self._run("delete from pauses where account=?", self._account)
            return 0.0
        return float(row[0]) if row else 0.0

    def pause(self, until: float) -> None:
        sql = "insert into pauses values (?, ?) on conflict (account) do update set until=max(until, excluded.until)"
        self._run(sql, self._account, until)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()


def _prepared(db: sqlite3.Connection) -> None:
    db.execute("pragma synchronous=off")
    with sqlite.immediate(db):
        for statement in filter(str.strip, _SCHEMA.split(";")):
            db.execute(statement)


def prune(path: Path, now: float | None = None) -> None:
    """Remove the requests of all accounts that no limit counts any more; recent ones stay, whoever sent them."""
    if not path.is_file():
        return
    until = (time.monotonic() if now is None else now) - OLD
    try:
        with closing(sqlite.opened(path, _prepared)) as db:
            with sqlite.immediate(db):
                db.execute("delete from sent where at < ?", (until,))
                db.execute("delete from pauses where until < ?", (until,))
            db.execute("vacuum")
    except (OSError, sqlite3.Error) as error:
        log.warning("the shared budget was not pruned: %s can't be used (%s)", path, type(error).__name__)


def shared(path: Path, account: str) -> RequestBudget:
    """Share the budget of an account through a file; where none can be written, this process counts for itself."""
    try:
        return SharedRequestBudget(path, account)
    except (OSError, sqlite3.Error) as error:
        log.warning("the budget is not shared with other processes: %s can't be used (%s)", path, type(error).__name__)
        return MemoryRequestBudget()
