"""The sandbox's database: tickets, their history, companion records, remembered answers."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb.sandbox import bounded
from truto_tickets_nb.sandbox.bounded import Newest
from truto_tickets_nb.sandbox.data.comparisons import among, compares, stamp
from truto_tickets_nb.sandbox.data.generate import START

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

Record = dict[str, Any]
_TABLES = """
create table if not exists tickets (
  place integer primary key, id text unique not null, body blob not null, remote blob,
  name text, status text, status_name text, workspace text, created text, updated text
);
create table if not exists history (ticket text not null, body blob not null);
create table if not exists writes (ticket text not null, author text not null, fields blob not null);
create table if not exists companions (resource text, place integer, id text, body blob, primary key (resource, id));
create table if not exists replies (key text primary key, status integer, body blob);
create table if not exists facts (name text primary key, value text);
"""


_ID, _BODY = 1, slice(2, 4)  # of a row of tickets
_SHARE = 8  # a memory is looked through after it has grown by one part in so many


class StoreClosed(RuntimeError):
    """A practice server was closed, and that its tickets can't be asked for any more."""


class Store:
    """One account's data, in memory or in a file that survives. Shared by the server's thread and the caller's.

    Earlier states, writes and remembered answers are kept as far as `bounded` allows: the newest ones.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.lock = threading.RLock()
        self.is_closed = False
        self._recent: Newest[tuple[float, tuple[Any, ...]]] = Newest(bounded.NOTES, bounded.MEMORY, _weight)
        self._added: Counter[str] = Counter()  # table -> bytes that it has grown by
        self._db = sqlite3.connect(str(path) if path else ":memory:", check_same_thread=False, isolation_level=None)
        self._db.executescript("pragma journal_mode=wal; pragma synchronous=normal;" if path else "")
        self._db.executescript(_TABLES)
        for name, function in (("part", _field), ("stamp", stamp), ("compares", compares), ("among", among)):
            self._db.create_function(name, function.__code__.co_argcount, function, deterministic=True)

    @property
    def is_empty(self) -> bool:
        return bool(self.one("select not exists (select 1 from companions) and not exists (select 1 from tickets)")[0])

    def one(self, sql: str, *values: Any) -> Any:
        with self._open() as db:
            return db.execute(sql, values).fetchone()

    def all(self, sql: str, *values: Any) -> list[Any]:
        with self._open() as db:
            return db.execute(sql, values).fetchall()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self.lock:
            if self.is_closed:
                raise StoreClosed(
                    "This practice server was closed, and its tickets can't be asked for any more. Ask inside its with block, or start another one."
                )
            yield self._db

    def fact(self, name: str, value: str | None = None) -> str | None:
        """Read a fact of the account, or write it."""
        if value is not None:
            self.one("insert or replace into facts values (?, ?)", name, value)
            return value
        row = self.one("select value from facts where name = ?", name)
        return row[0] if row else None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that is kept as a whole or not at all."""
        with self._open() as db:
            db.execute("begin")
            try:
                yield db
            except BaseException:
                db.execute("rollback")
                raise
            db.execute("commit")

    def fill(self, tickets: list[Record], companions: dict[str, list[Record]]) -> None:
        """Write the first content, in one transaction."""
        with self.writing() as db:
            db.executemany(
                "insert into tickets values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                ((place, *_columns(record)) for place, record in enumerate(tickets)),
            )
            for resource, rows in companions.items():
                db.executemany(
                    "insert or ignore into companions values (?, ?, ?, ?)",
                    ((resource, place, str(row["id"]), orjson.dumps(row)) for place, row in enumerate(rows)),
                )

    def tick(self) -> str:
        """Move the sandbox's own clock by a second and read it."""
        with self.lock:
            self.fact("ticks", str(int(self.fact("ticks") or 0) + 1))
            return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def now(self) -> datetime:
        """Read the sandbox's own clock."""
        return START + timedelta(seconds=int(self.fact("ticks") or 0))

    def ticket(self, identity: str) -> Record | None:
        row = self.one("select body, remote from tickets where id = ?", identity)
        return whole(*row) if row else None

    def write(self, record: Record, by: str = "api") -> None:
        """Store a ticket's new state; keep the old one in its history, and who changed which fields."""
        identity, *values = _columns(record)
        with self.writing() as db:
            row = db.execute("select * from tickets where id = ?", (identity,)).fetchone()
            old = whole(*row[_BODY])
            self._recent.append((time.monotonic(), row))
            db.execute("insert into history select id, body from tickets where id = ?", (identity,))
            db.execute("insert into writes values (?, ?, ?)", (identity, by, orjson.dumps(_moved(old, record))))
            db.execute(
                "update tickets set body=?, remote=?, name=?, status=?, status_name=?, workspace=?, created=?, updated=? where id=?",
                (*values, identity),
            )
        self._grown("history", "body", len(values[0]))
        self._grown("writes", "fields", len(values[0]))

    def _grown(self, table: str, column: str, size: int) -> None:
        """Count what a table has grown by; now and then, delete its oldest rows."""
        self._added[table] += size + bounded.OF_ROW
        if self._added[table] < bounded.MEMORY // _SHARE:
            return
        self._added[table] = size = 0
        with self.writing() as db:
            newest_first = f"select rowid, length({column}) from {table} order by rowid desc"
            for place, (row, length) in enumerate(db.execute(newest_first)):
                size += length + bounded.OF_ROW
                if place and size > bounded.MEMORY:
                    db.execute(f"delete from {table} where rowid <= ?", (row,))
                    return

    def remember(self, key: str, answer: bytes) -> None:
        """Keep the answer that a repeated Idempotency-Key gets."""
        self.one("insert or replace into replies values (?, ?, ?)", key, 200, answer)
        self._grown("replies", "body", len(key) + len(answer))

    def writes(self, identity: str) -> list[Record]:
        rows = self.all("select author, fields from writes where ticket = ? order by rowid", identity)
        return [{"by": by, "fields": orjson.loads(body)} for by, body in rows]

    def delete(self, identity: str) -> None:
        with self.writing() as db:
            rows = db.execute("select * from tickets where id = ?", (identity,)).fetchall()
            db.execute("delete from tickets where id = ?", (identity,))
        self._recent.extend((time.monotonic(), row) for row in rows)

    @contextmanager
    def as_of(self, seconds: float, only: tuple[str, ...] = ()) -> Iterator[None]:
        """Let tickets, all or only these, be read as they were so many seconds ago; nothing is to be written meanwhile."""
        since = time.monotonic() - seconds
        with self._open() as db:
            db.execute("savepoint earlier")
            try:
                for moment, row in reversed(self._recent.items()):
                    if moment < since:
                        break
                    if not only or row[_ID] in only:
                        db.execute("insert or replace into tickets values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
                yield
            finally:
                db.execute("rollback to earlier")
                db.execute("release earlier")

    def forget(self, key: str) -> None:
        """Forget the answer that a repeated Idempotency-Key would get."""
        self.one("delete from replies where key = ?", key)

    def tickets(self) -> list[Record]:
        return [whole(*row) for row in self.all("select body, remote from tickets order by place")]

    def history(self, identity: str) -> list[Record]:
        rows = self.all("select body from history where ticket = ? order by rowid", identity)
        return [orjson.loads(row[0]) for row in rows]

    def companions(self, resource: str) -> list[Record]:
        rows = self.all("select body from companions where resource = ? order by place", resource)
        return [orjson.loads(row[0]) for row in rows]

    def companion(self, resource: str, identity: str) -> Record | None:
        row = self.one("select body from companions where resource = ? and id = ?", resource, identity)
        return orjson.loads(row[0]) if row else None

    def count(self, resource: str) -> int:
        return int(self.one("select count(*) from companions where resource = ?", resource)[0])

    def has(self, resource: str) -> bool:
        return self.one("select 1 from companions where resource = ? limit 1", resource) is not None

    def add_companion(self, resource: str, record: Record) -> None:
        with self.lock:
            place = self.one("select coalesce(max(place), -1) + 1 from companions where resource = ?", resource)[0]
            self.one(
                "insert or ignore into companions values (?, ?, ?, ?)",
                resource,
                place,
                record["id"],
                orjson.dumps(record),
            )

    def close(self) -> None:
        with self.lock:
            self.is_closed = True
            self._db.close()


def _weight(item: tuple[float, tuple[Any, ...]]) -> int:
    return bounded.OF_ROW + sum(len(part or b"") for part in item[1][_BODY])


def _columns(record: Record) -> tuple[Any, ...]:
    body = {key: value for key, value in record.items() if key != "remote_data"}
    remote = record.get("remote_data")
    status, home = record.get("status"), record.get("workspace")
    return (
        record["id"],
        orjson.dumps(body),
        None if remote is None else orjson.dumps(remote),
        str(record.get("name") or ""),
        _part(status, "id"),
        _part(status, "name"),
        _part(home, "id"),
        stamp(record.get("created_at")),
        stamp(record.get("updated_at")),
    )


def _moved(old: Record, new: Record) -> dict[str, list[Any]]:
    """List the fields that really changed, before and after."""
    names = [name for name in {**old, **new} if name not in ("updated_at", "etag")]
    return {name: [old.get(name), new.get(name)] for name in names if old.get(name) != new.get(name)}


def _field(body: bytes, name: str) -> str | None:
    value = orjson.loads(body).get(name)
    return None if value is None else str(value)


def _part(value: Any, key: str) -> str | None:
    if isinstance(value, dict):
        return None if value.get(key) is None else str(value[key])
    return None if value is None else str(value)


def whole(body: bytes, remote: bytes | None) -> Record:
    """Put a ticket and its raw data together again."""
    record: Record = orjson.loads(body)
    return record if remote is None else {**record, "remote_data": orjson.loads(remote)}
