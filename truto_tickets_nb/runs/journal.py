"""The journal: a SQLite file in which runs are written ahead: plan, then intent, then outcome, each durable before the next."""

from __future__ import annotations

import getpass
import os
import secrets
import sqlite3
import threading
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import orjson

from truto_tickets_nb.errors import JournalError, RunNotFound
from truto_tickets_nb.home import HOME, home
from truto_tickets_nb.plain_text import logger
from truto_tickets_nb.plans.plan import Change, Patch, Plan
from truto_tickets_nb.plans.way import Way
from truto_tickets_nb.process import is_alive, mark
from truto_tickets_nb.runs.listing import Runs, RunSummary
from truto_tickets_nb.runs.own import own_run, written
from truto_tickets_nb.runs.run import Outcome, Run
from truto_tickets_nb.runs.storage import failed, opened
from truto_tickets_nb.runs.verify import Finding, unread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from truto_tickets_nb.runs.own import Written

log = logger(__name__)

__all__ = ["FILE", "HOME", "Journal", "Pending", "existing", "home"]
FILE = "journal.sqlite"


@dataclass(frozen=True, slots=True)
class Pending:
    """Hold a patch without outcome; `left` names the fields of its PATCH, where one may have left."""

    place: int
    patch: Patch
    key: str
    left: tuple[str, ...] | None
    is_turned_away: bool = False  # the last answer to that PATCH was a limit


class Journal:
    """Keep runs in a folder; nothing in it is ever overwritten, and no token is ever written."""

    def __init__(self, folder: str | Path) -> None:
        self.path = Path(folder) / FILE
        self._lock = threading.RLock()
        self._storage = opened(self.path)
        self._db, self.notes = self._storage.db, self._storage.notes

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._storage.check_in_place()
                self._db.execute("begin immediate")
                yield self._db
                self._db.execute("commit")
            except sqlite3.Error as error:
                self._rolled_back()
                raise failed(self.path, error) from error
            except BaseException:
                self._rolled_back()
                raise

    def _rolled_back(self) -> None:
        if self._db.in_transaction:
            self._db.execute("rollback")

    def _all(self, sql: str, *values: Any) -> list[Any]:
        try:
            with self._lock:
                return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise failed(self.path, error) from error

    def begin(self, plan: Plan, way: Way) -> str:
        """Write a plan down and claim the account; returns the run's id. A live run of the same account refuses."""
        now = datetime.now(UTC)
        run_id = f"{now:%Y%m%d}-{secrets.token_hex(3)}"
        with self._writing() as db:
            self._refuse_second(plan.account_id)
            row = (
                run_id,
                plan.account_id,
                "running",
                _stamp(now),
                plan.to_json(),
                orjson.dumps(way).decode(),
                os.getpid(),
                mark(run_id),
                _user(),
            )
            db.execute(
                "insert into runs (id, account, state, started, plan, way, pid, mark, who) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            db.executemany(
                "insert into patches (run, place, ticket, key) values (?, ?, ?, ?)",
                ((run_id, place, patch.ticket, f"{run_id}-{place}") for place, patch in enumerate(plan.patches)),
            )
        return run_id

    def account_of(self, run_id: str) -> str:
        """Name the account that a run was made for."""
        account: str = self._row(run_id)["account"]
        return account

    def claim(self, run_id: str) -> None:
        """Take over a run that nobody works on."""
        log.info("run %s: resumed", run_id)
        with self._writing() as db:
            self._refuse_second(self._row(run_id)["account"])
            db.execute("update runs set state='running', pid=?, mark=? where id=?", (os.getpid(), mark(run_id), run_id))

    def _refuse_second(self, account: str) -> None:
        rows = self._all("select id, pid, mark from runs where account=? and state='running'", account)
        for run_id, pid, known in rows:
            if is_alive(run_id, pid, known):
                raise JournalError(
                    f"Run {run_id} (process {pid}) is working on this account right now. Wait until it is done, or stop it first."
                )

    def intend(self, run_id: str, place: int, fields: tuple[str, ...], *, is_turned_away: bool = False) -> None:
        """Write down that a PATCH of these fields is about to leave, or that one was turned away by a limit."""
        sent: Any = {"fields": fields, "turned_away": True} if is_turned_away else fields
        with self._writing() as db:
            told = (_stamp(), orjson.dumps(sent).decode(), run_id, place)
            db.execute("update patches set intended=?, sent=? where run=? and place=?", told)

    def withdraw(self, run_id: str, place: int) -> None:
        """Write down that a PATCH that was about to leave did not leave."""
        with self._writing() as db:
            sql = "update patches set intended=null, sent=null where run=? and place=? and outcome is null"
            db.execute(sql, (run_id, place))

    def settle(self, run_id: str, place: int, outcome: Outcome) -> None:
        """Write down how a patch ended; a first outcome is never overwritten."""
        text = orjson.dumps(
            {
                "kind": outcome.kind,
                "reason": outcome.reason,
                "findings": [asdict(f) for f in outcome.findings],
                "cause": outcome.cause,
                "own_runs": outcome.own_runs,
                "window": outcome.window,
            }
        )
        with self._writing() as db:
            db.execute(
                "update patches set outcome=? where run=? and place=? and outcome is null",
                (text.decode(), run_id, place),
            )

    def finish(self, run_id: str, state: str, notes: tuple[str, ...]) -> None:
        """Write down that a run is finished, or that it stays open."""
        with self._writing() as db:
            told = (state, _stamp(), orjson.dumps(notes).decode(), run_id)
            db.execute("update runs set state=?, ended=?, notes=? where id=?", told)

    def pending(self, run_id: str) -> list[Pending]:
        """List what is still to be done, in plan order. Writes nothing."""
        patches = self._plan(run_id).patches
        sql = "select place, key, intended, sent from patches where run=? and outcome is null order by place"
        rows = self._all(sql, run_id)
        return [
            Pending(place, patches[place], key, _left(patches[place], intended, sent), _is_turned_away(sent))
            for place, key, intended, sent in rows
        ]

    def way(self, run_id: str) -> Way:
        """Read how a run's requests are made."""
        found = orjson.loads(self._row(run_id)["way"])
        return Way.of_json(found)

    def run(self, run_id: str) -> Run:
        """Read a run; what has no outcome yet counts as not sent."""
        row, plan = self._row(run_id), self._plan(run_id)
        sql = "select outcome, intended, sent from patches where run=? order by place"
        stored = self._all(sql, run_id)
        outcomes = tuple(_outcome(patch, *found) for patch, found in zip(plan.patches, stored, strict=True))
        open_ = tuple(place for place, found in enumerate(stored) if found[0] is None)
        notes = tuple(orjson.loads(row["notes"]))
        return Run(run_id, plan, outcomes, row["state"], row["started"], row["ended"], notes, row["who"], open_)

    def runs(self, account_id: str | None = None) -> Runs:
        """List runs, the newest first."""
        sql = (
            "select id, account, state, started, ended, who from runs where ? is null or account=? order by rowid desc"
        )
        rows = self._all(sql, account_id, account_id)
        counts, open_ = self._counts(account_id)
        return Runs(tuple(_summary(row, counts[row[0]], open_[row[0]]) for row in rows))

    def _counts(self, account_id: str | None) -> tuple[dict[str, Counter[str]], Counter[str]]:
        """Count the outcomes of each run by kind, and its patches without outcome, as `Run.counts` does."""
        sql = (
            "select run, json_extract(outcome, '$.kind'), intended is not null, count(*) from patches "
            "where ? is null or run in (select id from runs where account=?) group by 1, 2, 3 order by min(place)"
        )
        counts, open_ = defaultdict[str, Counter[str]](Counter), Counter[str]()
        for run_id, kind, is_intended, count in self._all(sql, account_id, account_id):
            counts[run_id][kind or ("unknown" if is_intended else "not sent")] += count
            open_[run_id] += count if kind is None else 0
        return counts, open_

    def writer(self, account_id: str, this_run: str = "") -> Callable[[str, Finding], str]:
        """Make what finds the earlier run of this account that wrote what a ticket holds now, "" where none of them did."""
        return lambda ticket, found: own_run(self._written(account_id, ticket, this_run), found)

    def _written(self, account_id: str, ticket: str, this_run: str) -> Iterator[Written]:
        sql = (
            "select run, outcome from patches join runs on runs.id=run where ticket=? and account=? and run<>? "
            "and outcome is not null order by runs.rowid"
        )
        for run_id, outcome in self._all(sql, ticket, account_id, this_run):
            yield from written(run_id, orjson.loads(outcome))

    def last_open(self, account_id: str) -> str | None:
        """Name the newest run of an account that is not finished."""
        rows = self._all(
            "select id from runs where account=? and state<>'finished' order by rowid desc limit 1", account_id
        )
        return rows[0][0] if rows else None

    def _row(self, run_id: str) -> dict[str, Any]:
        names = ("account", "state", "started", "ended", "way", "notes", "who")
        rows = self._all(f"select {', '.join(names)} from runs where id=?", run_id)
        if not rows:
            known = ", ".join(item.id for item in self.runs().items[:5]) or "none"
            raise RunNotFound(f"The journal has no run {run_id!r}. The newest are: {known}.")
        return dict(zip(names, rows[0], strict=True))

    def _plan(self, run_id: str) -> Plan:
        self._row(run_id)  # a run that is not there is told
        return Plan.from_journal(self._all("select plan from runs where id=?", run_id)[0][0])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def existing(folder: str | Path) -> Journal | None:
    """Open the journal of a folder if there is one: looking makes neither a file nor a folder."""
    path = Path(folder) / FILE
    try:
        return Journal(folder) if path.exists() else None
    except OSError as error:
        raise failed(path, error) from error


def _summary(row: tuple[str, ...], counts: Counter[str], open_: int) -> RunSummary:
    run_id, account_id, state, started, ended, who = row
    return RunSummary(run_id, account_id, state, started, counts.total(), open_, ended, who, dict(counts))


def _left(patch: Patch, intended: str | None, sent: str | None) -> tuple[str, ...] | None:
    if intended is None:
        return None
    if not sent:
        return tuple(change.field for change in patch.changes)
    content = orjson.loads(sent)
    return tuple(content["fields"] if isinstance(content, dict) else content)


def _is_turned_away(sent: str | None) -> bool:
    return isinstance(orjson.loads(sent), dict) if sent else False


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user may have no name
        return ""


def _stamp(now: datetime | None = None) -> str:
    return (now or datetime.now(UTC)).isoformat(timespec="seconds")


def _outcome(patch: Patch, stored: str | None, intended: str | None, sent: str | None) -> Outcome:
    if stored is None:
        reason = (
            "The run ended while this was in flight; resume re-reads it." if intended else "The run has not come to it."
        )
        fields = _left(patch, intended, sent) or ()
        findings = unread(change for change in patch.changes if change.field in fields)
        return Outcome(patch, "unknown" if intended else "not sent", reason, findings)
    found = orjson.loads(stored)
    changes = {change.field: change for change in patch.changes}
    findings = tuple(_finding(changes, row) for row in found["findings"])
    own_runs = tuple(found.get("own_runs", ()))  # not in journals of earlier versions
    return Outcome(
        patch, found["kind"], found["reason"], findings, found.get("cause", ""), own_runs, found.get("window")
    )


def _finding(changes: dict[str, Change], row: dict[str, Any]) -> Finding:
    shown = tuple(row["shown"]) if isinstance(row["shown"], list) else row["shown"]
    return Finding(changes[row["change"]["field"]], row["theirs"], row["verdict"], shown)
