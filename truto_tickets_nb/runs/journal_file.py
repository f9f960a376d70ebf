"""The journal's file: opened, checked, brought forward to this version; a damaged one is set aside, never overwritten."""

from __future__ import annotations

import secrets
import sqlite3
import warnings
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from truto_tickets_nb.errors import JournalDamaged, JournalError
from truto_tickets_nb.files import sqlite
from truto_tickets_nb.files.permissions import check_regular, keep_folder_private, make_private
from truto_tickets_nb.runs import journal_records, row_digests
from truto_tickets_nb.runs.row_digests import digest
from truto_tickets_nb.runs.run_summaries import counted
from truto_tickets_nb.safe_text import logger

if TYPE_CHECKING:
    from pathlib import Path

log = logger(__name__)
VERSION = 4
LOCK = "journal.lock"  # locked by many while they open the journal, and by one alone that makes it or sets it aside
ERRORS = (sqlite3.Error, UnicodeDecodeError)  # the latter where SQLite quotes a damaged name in its message
_DAMAGE = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}  # the first: its tables are not ours
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
    4: """
alter table runs add column host text not null default '';
alter table runs add column tickets integer not null default 0;
alter table runs add column open integer;
alter table runs add column counts text;
alter table runs add column plan_digest text not null default '';
alter table runs add column digest text not null default '';
alter table patches add column digest text not null default '';
""",  # what the list of runs shows, and by what a changed row is recognised
}


@dataclass(frozen=True, slots=True)
class Storage:
    """An open journal: its connection, notes about its opening, and which file it is."""

    path: Path
    db: sqlite3.Connection
    notes: tuple[str, ...]
    identity: tuple[int, int]

    def check_in_place(self) -> None:
        """Refuse to write into a file that is no longer the one at its path: what is written there nobody would find."""
        try:
            now = _identity(self.path)
        except OSError:
            now = (0, 0)
        if now != self.identity:
            raise JournalError(
                f"The journal {self.path} was moved or replaced while it was open: it was damaged and another process set it aside, "
                "or somebody removed it. Nothing more was sent. Connect anew, and look at account.runs() before you apply again."
            )


def opened(path: Path) -> Storage:
    """Open a journal, or make one."""
    try:
        keep_folder_private(path.parent)
        check_regular(path)
        return _sound(path) or _begun_anew(path)
    except (OSError, *ERRORS) as error:
        raise failed(path, error) from error


def _sound(path: Path) -> Storage | None:
    """Open a sound journal; None where there is none, or a damaged one. Meanwhile no other process sets it aside."""
    with sqlite.locked(path.with_name(LOCK), alone=False):
        try:
            return _connected(path) if _is_there(path) else None
        except ERRORS as error:
            if is_damage(error):
                return None
            raise


def _begun_anew(path: Path) -> Storage:
    """Make a journal, after setting a damaged one aside, unless another process has just done so."""
    with sqlite.locked(path.with_name(LOCK), alone=True):
        damage = None
        try:
            if _is_there(path):
                return _connected(path)
        except ERRORS as error:
            if not is_damage(error):
                raise
            damage = error
        left = [part for part in (path, sqlite.beside(path)[0]) if part.exists()]
        notes = (_set_aside(path, damage or "a part of it is missing or empty"),) if left else ()
        _make(path)
        return _connected(path, notes)


def _is_there(path: Path) -> bool:
    """Return whether there is a journal: it is put in its place when it is complete, so an empty file was cut off."""
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


def is_damage(error: BaseException | None) -> bool:
    """Return whether an error says that the file is damaged, and not that it is locked, full or read-only."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF in _DAMAGE
    return isinstance(error, UnicodeDecodeError)


def _connected(path: Path, notes: tuple[str, ...] = ()) -> Storage:
    return Storage(path, sqlite.opened(path, _prepared), notes, _identity(path))


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def _make(path: Path) -> None:
    """Make a new journal beside its place, and put it there when it is complete."""
    new = path.with_name(f"{path.stem}.new")
    for part in (new, *sqlite.beside(new)):
        part.unlink(missing_ok=True)  # of a process that died here
    make_private(new)
    db = sqlite3.connect(new, isolation_level=None)
    try:
        db.execute("pragma auto_vacuum=incremental")  # so that room which pruning makes can be given back
        db.execute("pragma journal_mode=wal")
        _prepared(db)
    finally:
        db.close()
    new.rename(path)


def _prepared(db: sqlite3.Connection) -> None:
    """Set the strongest durability, and bring an older file up to this version; of several processes that open it, one does."""
    db.text_factory = _text
    db.execute("pragma synchronous=full")
    db.execute("pragma foreign_keys=on")
    version = _version(db)  # first: the checks of this version say nothing about a newer one
    condition = db.execute("pragma quick_check").fetchone()[0]
    if condition != "ok":
        raise sqlite3.DatabaseError(condition)
    if version < VERSION:
        with sqlite.immediate(db):
            for step in range(_version(db) + 1, VERSION + 1):  # read again: another may have been quicker
                _brought_forward(db, step)
    for sql in (row_digests.SELECT, journal_records.SELECT, "select plan from runs"):
        db.execute(f"{sql} limit 0")  # a column that is missing is damage too


def _brought_forward(db: sqlite3.Connection, step: int) -> None:
    for statement in filter(str.strip, _STEPS[step].split(";")):
        db.execute(statement)
    if step == 4:
        _seal(db)
    db.execute(f"pragma user_version={step}")


def _seal(db: sqlite3.Connection) -> None:
    """Add digests to the rows of earlier versions, and to the heads of their runs what the list shows."""
    for row in db.execute(journal_records.SELECT).fetchall():
        values = row[:-1]
        db.execute("update patches set digest=? where run=? and place=?", (digest(*values), row[0], row[1]))
    for run_id, plan, *values in db.execute(f"select id, plan, {', '.join(row_digests.NAMES)} from runs").fetchall():
        head, counts = row_digests.Head(*values), counted(db, run_id)
        if head.state == "running" and head.standing == "working":
            raise JournalError(
                f"Process {head.pid}, which has an earlier version of this toolkit, is applying run {run_id}. The journal is brought "
                "forward when it is done: wait for it, or stop it first."
            )
        head = replace(head, tickets=sum(counts[0].values()), plan_digest=digest(plan))
        head = head.counted(*counts) if head.state == "finished" else head
        names = ", ".join(f"{name}=?" for name in (*row_digests.NAMES, "digest"))
        db.execute(f"update runs set {names} where id=?", (*head.row, run_id))


def _text(data: bytes) -> str | bytes:
    """Read a text of the file; one that is no UTF-8 is damaged, and comes as it is."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


def _version(db: sqlite3.Connection) -> int:
    version: int = db.execute("pragma user_version").fetchone()[0]
    if version < 0:
        raise sqlite3.DatabaseError("its version is no number that a version has")
    if version > VERSION:
        raise JournalError(
            f"The journal was written by a newer version of this toolkit (its form is {version}, this version reads up to {VERSION}). "
            "Update the toolkit, then try again; or set TRUTO_TICKETS_HOME to another folder."
        )
    return version


def _set_aside(path: Path, error: object) -> str:
    """Put a damaged journal aside with all its files, warn of it, and return what can be done."""
    suffix = f".damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    for part in (*sqlite.beside(path), path):
        if part.exists():
            part.rename(part.with_name(path.stem + suffix + part.name.removeprefix(path.name)))
    note = (
        f"The journal was damaged ({error}). It is kept as {path.stem}{suffix}, and a new one was begun. Runs in the old one can't be "
        f"resumed or undone from here; `sqlite3 {path.stem}{suffix} .recover` may bring them back. If a run was open, load its "
        "tickets anew and look before you apply again."
    )
    log.warning("journal set aside: %s", path)
    warnings.warn(note, JournalDamaged, stacklevel=7)
    return note


def failed(path: Path, error: Exception) -> JournalError:
    """Turn an error of the file into one of ours, which says where it is and what to do."""
    if isinstance(error, JournalError):
        return error
    if is_damage(error):
        return JournalError(
            f"The journal {path} is damaged: {error}. Nothing more was sent. Give the file another name and connect anew, or set "
            f"TRUTO_TICKETS_HOME to another folder; `sqlite3 {path.name} .recover` may bring its runs back."
        )
    return JournalError(
        f"The journal {path} can't be used: {error}. Nothing more was sent. Make room or make the folder writable, or set "
        "TRUTO_TICKETS_HOME to another folder."
    )
