"""The journal's file: opened, checked, brought forward to this version; a damaged one is set aside, never overwritten."""

from __future__ import annotations

import logging
import secrets
import sqlite3
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from truto_tickets_nb import database
from truto_tickets_nb.errors import JournalDamaged, JournalError

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)
VERSION = 3
LOCK = (
    "journal.lock"  # held while a damaged journal is set aside: of several processes that see the damage, one does it
)
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
    3: "create index by_ticket on patches (ticket);",  # a conflict asks which run wrote a ticket last
}


def opened(path: Path) -> tuple[sqlite3.Connection, tuple[str, ...]]:
    """Open a journal, or make one; returns the connection and what has to be told."""
    try:
        return _sound(path)
    except (OSError, sqlite3.Error) as error:
        raise failed(path, error) from error


def _sound(path: Path) -> tuple[sqlite3.Connection, tuple[str, ...]]:
    try:
        return database.opened(path, _prepared), ()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise  # locked, full, read-only: not damaged
    with database.exclusive(path.with_name(LOCK)):
        return _begun_anew(path)


def _begun_anew(path: Path) -> tuple[sqlite3.Connection, tuple[str, ...]]:
    """Set a damaged journal aside and begin a new one, unless another process has just done so."""
    try:
        return database.opened(path, _prepared), ()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        note = _aside(path, error)
    log.warning("journal set aside: %s", path)
    warnings.warn(note, JournalDamaged, stacklevel=7)
    return database.opened(path, _prepared), (note,)


def _prepared(db: sqlite3.Connection) -> None:
    """Make the strongest promises of durability, and bring an older file forward; of several that open it, one does."""
    db.execute("pragma synchronous=full")
    db.execute("pragma foreign_keys=on")
    condition = db.execute("pragma quick_check").fetchone()[0]
    if condition != "ok":
        raise sqlite3.DatabaseError(condition)
    if _version(db) < VERSION:
        with database.immediate(db):
            for step in range(_version(db) + 1, VERSION + 1):  # read again: another may have been quicker
                _brought_forward(db, step)


def _brought_forward(db: sqlite3.Connection, step: int) -> None:
    for statement in filter(str.strip, _STEPS[step].split(";")):
        db.execute(statement)
    db.execute(f"pragma user_version={step}")


def _version(db: sqlite3.Connection) -> int:
    version: int = db.execute("pragma user_version").fetchone()[0]
    if version > VERSION:
        raise JournalError(
            "The journal was written by a newer version of this toolkit. Update the toolkit, then try again."
        )
    return version


def _aside(path: Path, error: Exception) -> str:
    """Put a damaged journal aside with all its files, and tell what can be done."""
    suffix = f".damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    for part in ("-wal", "-shm", ""):  # the journal itself last: while it is there, nobody begins a new one beside it
        beside = path.with_name(path.name + part)
        if beside.exists():
            beside.rename(path.with_name(path.stem + suffix + part))
    return (
        f"The journal was damaged ({error}). It is kept as {path.stem}{suffix}, and a new one was begun. Runs in the old one can't be "
        f"resumed or undone from here; `sqlite3 {path.stem}{suffix} .recover` may bring them back. If a run was open, load its "
        "tickets anew and look before you apply again."
    )


def failed(path: Path, error: Exception) -> JournalError:
    """Turn an error of the file into one of ours, which says where it is and what to do."""
    if isinstance(error, JournalError):
        return error
    return JournalError(
        f"The journal {path} can't be used: {error}. Nothing more was sent. Make room or make the folder writable, or set "
        "TRUTO_TICKETS_HOME to another folder."
    )
