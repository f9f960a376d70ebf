"""The journal's file: opened, checked, brought forward to this version; a damaged one is set aside, never overwritten."""

from __future__ import annotations

import os
import secrets
import sqlite3
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from truto_tickets_nb.errors import JournalDamaged, JournalError

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 2
_SCHEMA = """
create table runs (
  id text primary key, account text not null, state text not null, started text not null, ended text not null default '',
  plan text not null, way text not null, notes text not null default '[]', pid integer, mark text
);
create table patches (
  run text not null references runs, place integer not null, ticket text not null, key text not null,
  intended text, outcome text, primary key (run, place)
);
"""
# what each version adds to the one before; a journal is brought forward one step after the other
_STEPS = {
    1: _SCHEMA,
    2: "alter table patches add column sent text; alter table runs add column who text not null default '';",
}


def opened(path: Path) -> tuple[sqlite3.Connection, tuple[str, ...]]:
    """Open a journal, or make one; returns the connection and what has to be told."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _touched(path)
        return _sound(path)
    except (OSError, sqlite3.Error) as error:
        raise failed(path, error) from error


def _sound(path: Path) -> tuple[sqlite3.Connection, tuple[str, ...]]:
    try:
        return _connected(path), ()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise  # locked, full, read-only: not damaged
        note = _aside(path, error)
        warnings.warn(note, JournalDamaged, stacklevel=6)
        _touched(path)
        return _connected(path), (note,)


def _touched(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _connected(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
    try:
        db.executescript("pragma journal_mode=wal; pragma synchronous=full; pragma foreign_keys=on;")
        _migrate(db, path)
    except BaseException:
        db.close()
        raise
    return db


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    told = db.execute("pragma quick_check").fetchone()[0]
    if told != "ok":
        raise sqlite3.DatabaseError(told)
    version = db.execute("pragma user_version").fetchone()[0]
    if version > VERSION:
        raise JournalError(f"{path.name} was written by a newer version of this toolkit. Update it, then try again.")
    for step in range(version + 1, VERSION + 1):
        db.executescript(f"begin immediate; {_STEPS[step]} pragma user_version={step}; commit;")


def _aside(path: Path, error: Exception) -> str:
    """Put a damaged journal aside with all its files, and tell what can be done."""
    suffix = f".damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    for part in ("", "-wal", "-shm"):
        beside = path.with_name(path.name + part)
        if beside.exists():
            beside.rename(path.with_name(path.stem + suffix + part))
    return (
        f"The journal was damaged ({error}). It is kept as {path.stem}{suffix}, and a new one was begun. Runs in the old one can't be "
        f"resumed or undone from here; `sqlite3 {path.stem}{suffix} .recover` may bring them back. If a run was open, load its "
        "tickets anew and look before you apply again."
    )


def failed(path: Path, error: Exception) -> JournalError:
    if isinstance(error, JournalError):
        return error
    return JournalError(
        f"The journal {path} can't be used: {error}. Nothing more was sent. Make room or make the folder writable, or set "
        "TRUTO_TICKETS_HOME to another folder."
    )
