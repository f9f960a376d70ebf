"""The journal: a SQLite file in which runs are written ahead: plan, then intent, then outcome, each durable before the next."""

from __future__ import annotations

import secrets
import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import orjson

from truto_tickets_nb.errors import JournalError, RunNotFound, RunUnreadable
from truto_tickets_nb.files.home_folder import HOME, home
from truto_tickets_nb.files.sqlite import beside
from truto_tickets_nb.notes import Note
from truto_tickets_nb.plans.request_spec import RequestSpec
from truto_tickets_nb.runs import journal_records, row_digests
from truto_tickets_nb.runs.applied_by import AppliedBy
from truto_tickets_nb.runs.journal_file import ERRORS, failed, is_damage, opened
from truto_tickets_nb.runs.journal_records import Entry
from truto_tickets_nb.runs.prune import done, old_runs, remove, shrink
from truto_tickets_nb.runs.row_digests import Head
from truto_tickets_nb.runs.run import Run
from truto_tickets_nb.runs.run_list import Runs
from truto_tickets_nb.runs.run_summaries import counted, damage, summaries
from truto_tickets_nb.runs.written_values import own_run, written
from truto_tickets_nb.safe_text import logger

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from truto_tickets_nb.plans.change import Patch
    from truto_tickets_nb.plans.plan import Plan
    from truto_tickets_nb.runs.outcome import Outcome
    from truto_tickets_nb.runs.prune import OldRuns
    from truto_tickets_nb.runs.verify import Finding
    from truto_tickets_nb.runs.written_values import Written

log = logger(__name__)

__all__ = ["FILE", "HOME", "Journal", "Pending", "existing", "home"]
FILE = "journal.sqlite"


@dataclass(frozen=True, slots=True)
class Pending:
    """A patch without outcome; `left` are the fields of its PATCH, where one may have left."""

    place: int
    patch: Patch
    key: str
    left: tuple[str, ...] | None
    is_turned_away: bool = False  # the last answer to that PATCH was a limit


class Journal:
    """The runs in a folder; no plan and no outcome is ever overwritten, and no token is ever written."""

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
            except ERRORS as error:
                self._rolled_back()
                raise failed(self.path, error) from error
            except BaseException:
                self._rolled_back()
                raise

    def _rolled_back(self) -> None:
        if self._db.in_transaction:
            self._db.execute("rollback")

    def _all(self, sql: str, *values: Any) -> list[Any]:
        with self._locked() as db:
            return db.execute(sql, values).fetchall()

    @contextmanager
    def _locked(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._db
            except ERRORS as error:
                raise failed(self.path, error) from error

    def begin(self, plan: Plan, request_spec: RequestSpec) -> str:
        """Record a plan and claim the account; returns the run's id. A live run of the same account refuses."""
        try:
            return self._begun(plan, request_spec)
        except JournalError as error:
            if not is_damage(error.__cause__):
                raise
        with self._locked() as db:
            log.warning("journal: its indexes are damaged, and made anew from its rows")
            db.execute("reindex")
        return self._begun(plan, request_spec)

    def _begun(self, plan: Plan, request_spec: RequestSpec) -> str:
        text = plan.to_json()
        with self._writing() as db:
            self._refuse_second(plan.account_id)
            run_id = self._new_id()
            by = AppliedBy.this_process(run_id)
            head = Head(
                id=run_id,
                account=plan.account_id,
                state="running",
                started=_stamp(),
                ended="",
                way=orjson.dumps(request_spec).decode(),
                notes="[]",
                pid=by.pid,
                mark=by.mark,
                who=by.who,
                host=by.host,
                tickets=len(plan),
                open=None,
                counts=None,
                plan_digest=row_digests.digest(text),
            )
            self._put(db, head, text)
            places = ((run_id, place, patch.ticket, f"{run_id}-{place}") for place, patch in enumerate(plan.patches))
            sql = "insert into patches (run, place, ticket, key, intended, sent, outcome, digest) values (?, ?, ?, ?, ?, ?, ?, ?)"
            db.executemany(sql, (Entry(*place).row for place in places))
        return run_id

    def _new_id(self) -> str:
        while True:
            run_id = f"{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(3)}"
            if not self._all("select 1 from runs where id=?", run_id):
                return run_id

    @staticmethod
    def _put(db: sqlite3.Connection, head: Head, plan: str | None = None) -> None:
        """Write a head with its digest: of a new run with its plan, else over the one that is there."""
        if plan is None:
            names = ", ".join(f"{name}=?" for name in (*row_digests.NAMES, "digest"))
            db.execute(f"update runs set {names} where id=?", (*head.row, head.id))
        else:
            names = ", ".join((*row_digests.NAMES, "digest", "plan"))
            marks = ", ".join("?" * (len(row_digests.NAMES) + 2))
            db.execute(f"insert into runs ({names}) values ({marks})", (*head.row, plan))

    def account_of(self, run_id: str) -> str:
        """Return the id of the account that a run was made for."""
        return self._head(run_id).account

    def claim(self, run_id: str) -> None:
        """Take over a run that nobody works on."""
        log.info("run %s: resumed", run_id)
        with self._writing() as db:
            head = self._head(run_id)
            self._refuse_second(head.account)
            by = AppliedBy.this_process(run_id)  # `who` stays the person who applied it first
            self._put(db, replace(head, state="running", pid=by.pid, mark=by.mark, host=by.host))

    def give_up(self, run_id: str) -> None:
        """Record that the process of a run, on another machine, does not work on it any more: a person says so."""
        with self._writing() as db:
            head = self._head(run_id)
            if head.state == "running" and head.standing == "elsewhere":
                log.warning("run %s: taken over from machine %s", run_id, head.host)
                self._put(db, replace(head, state="interrupted"))

    def _refuse_second(self, account: str) -> None:
        for head in self._sound("where account=? and state='running'", account):
            match head.standing:
                case "working":
                    raise JournalError(
                        f"Run {head.id} (process {head.pid}) is working on this account right now. Wait until it is done, or stop it first."
                    )
                case "elsewhere":
                    raise JournalError(
                        f"Run {head.id} of this account is not finished, and its process ({head.pid}) is one of machine {head.host}: from "
                        "here nobody can tell whether it is still at work. Wait for it, or stop it there. If it is gone: "
                        f'account.resume("{head.id}", take_over=True), or in a terminal: truto-tickets resume {head.id} --take-over'
                    )
                case "gone":
                    pass

    def intend(self, run_id: str, place: int, fields: tuple[str, ...], *, is_turned_away: bool = False) -> None:
        """Record that a PATCH of these fields is about to leave, or that one was turned away by a limit."""
        sent: Any = {"fields": fields, "turned_away": True} if is_turned_away else fields
        self._note(run_id, place, intended=_stamp(), sent=orjson.dumps(sent).decode())

    def withdraw(self, run_id: str, place: int) -> None:
        """Record that a PATCH that was about to leave did not leave."""
        self._note(run_id, place, intended=None, sent=None)

    def settle(self, run_id: str, place: int, outcome: Outcome) -> None:
        """Record how a patch ended; a first outcome is never overwritten."""
        self._note(run_id, place, outcome=journal_records.text_of(outcome))

    def _note(self, run_id: str, place: int, **values: Any) -> None:
        """Change the row of a patch that has no outcome yet."""
        with self._writing() as db:
            rows = db.execute(
                f"{journal_records.SELECT} where run=? and place=? and outcome is null", (run_id, place)
            ).fetchall()
            for entry in self._entries(run_id, rows):
                *_, intended, sent, outcome, digest = replace(entry, **values).row
                sql = "update patches set intended=?, sent=?, outcome=?, digest=? where run=? and place=?"
                db.execute(sql, (intended, sent, outcome, digest, run_id, place))

    def finish(self, run_id: str, state: str, notes: tuple[Note, ...]) -> None:
        """Record that a run is finished, or that it stays open."""
        with self._writing() as db:
            head = replace(self._head(run_id), state=state, ended=_stamp(), notes=orjson.dumps(notes).decode())
            self._put(db, head.counted(*counted(db, run_id)))

    def pending(self, run_id: str) -> list[Pending]:
        """List what is still to be done, in plan order. Writes nothing."""
        with self._reading(run_id):
            patches, rows = self._patches(run_id)
            return [
                Pending(row.place, patch, row.key, row.left(patch), row.is_turned_away)
                for patch, row in zip(patches.patches, rows, strict=True)
                if row.outcome is None
            ]

    def request_spec(self, run_id: str) -> RequestSpec:
        """Read how a run's requests are made."""
        with self._reading(run_id):
            return RequestSpec.of_json(orjson.loads(self._head(run_id).way))

    def run(self, run_id: str) -> Run:
        """Read a run; what has no outcome yet counts as not sent. One that can't be read is a RunUnreadable."""
        head = self._head(run_id)
        with self._reading(run_id):
            plan, rows = self._patches(run_id)
            outcomes = tuple(row.result(patch) for patch, row in zip(plan.patches, rows, strict=True))
            open_ = tuple(row.place for row in rows if row.outcome is None)
            notes = tuple(map(Note.of_json, orjson.loads(head.notes)))
            return Run(run_id, plan, outcomes, head.shown_state, head.started, head.ended, notes, head.who, open_)

    @contextmanager
    def _reading(self, run_id: str) -> Iterator[None]:
        """Raise whatever is wrong with the rows of a run as one sentence."""
        try:
            yield
        except JournalError as error:
            if is_damage(error.__cause__):  # of these rows alone: the file itself was checked when it was opened
                raise journal_records.unreadable(self.path, run_id, error.__cause__ or error) from error
            raise
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            raise journal_records.unreadable(self.path, run_id, error) from error

    def _patches(self, run_id: str) -> tuple[Plan, tuple[Entry, ...]]:
        """Read the plan of a run and the rows of its patches, in plan order."""
        text = self._all("select plan from runs where id=?", run_id)[0][0]
        if row_digests.digest(text) != self._head(run_id).plan_digest:
            raise ValueError("the row of its plan was changed")
        plan, rows = (
            journal_records.plan_of(text),
            self._all(f"{journal_records.SELECT} where run=? order by place", run_id),
        )
        entries = journal_records.entries(rows)
        journal_records.belong(plan.patches, entries)
        return plan, entries

    def _entries(self, run_id: str, rows: list[tuple[Any, ...]]) -> tuple[Entry, ...]:
        with self._reading(run_id):
            return journal_records.entries(rows)

    def runs(self, account_id: str | None = None) -> Runs:
        """List runs, the newest first; one that can't be read is in the list too, and says so."""
        with self._locked() as db:
            return Runs(summaries(db, account_id))

    def old_runs(self, days: int, account_id: str | None = None, *, force: bool = False) -> OldRuns:
        """List the runs that may be removed because they ended so many days ago. Writes nothing."""
        return old_runs(self.runs(account_id), days, force=force)

    def prune(self, chosen: OldRuns) -> OldRuns:
        """Remove runs that were listed by old_runs(), and give their room in the file back."""
        size = self._size()
        with self._writing() as db:
            running = {run.id for run in summaries(db, None) if run.state == "running"}
            if started := [run.id for run in chosen if run.id in running]:
                raise JournalError(
                    f"Run {started[0]} was resumed in the meantime. Nothing was removed; list the runs again."
                )
            remove(db, chosen)
        with self._locked() as db:
            shrink(db)
        log.info("journal: %d runs removed", len(chosen))
        return done(chosen, size - self._size())

    def _size(self) -> int:
        return sum(part.stat().st_size for part in (self.path, *beside(self.path)) if part.exists())

    def writer(self, account_id: str, this_run: str = "") -> Callable[[str, Finding], str]:
        """Return a function that finds the earlier run of this account that wrote what a ticket holds now; "" where none did."""
        return lambda ticket, finding: own_run(self._written(account_id, ticket, this_run), finding)

    def _written(self, account_id: str, ticket: str, this_run: str) -> Iterator[Written]:
        names = ", ".join(f"patches.{name}" for name in journal_records.NAMES)
        sql = (
            f"select {names} from patches join runs on runs.id=run where ticket=? and account=? and run<>? "
            "and outcome is not null order by runs.rowid"
        )
        for row in self._all(sql, ticket, account_id, this_run):
            try:
                (entry,) = journal_records.entries([row])
                yield from written(entry.run, orjson.loads(entry.outcome or ""))
            except (ValueError, TypeError, KeyError):
                log.warning("run %s: a row that can't be read was left out", row[0])

    def last_open(self, account_id: str) -> str | None:
        """Return the id of the newest run of an account that is not finished; where none of these can be read, that is a RunUnreadable."""
        unreadable: RunUnreadable | None = None
        for head in self._sound("where account=? and state<>'finished' order by rowid desc", account_id):
            with self._locked() as db:
                why = damage(db, head)
            if not why:
                return head.id
            unreadable = unreadable or journal_records.unreadable(self.path, head.id, ValueError(why))
        if unreadable is not None:
            raise unreadable
        return None

    def _sound(self, where: str, *values: Any) -> list[Head]:
        """Read the heads that stand there as they were written."""
        read = [Head.of_row(row) for row in self._all(f"{row_digests.SELECT} {where}", *values)]
        return [head for head, is_sound in read if is_sound]

    def _head(self, run_id: str) -> Head:
        with self._reading(run_id):
            rows = self._all(f"{row_digests.SELECT} where id=?", run_id)
        if not rows:
            newest = ", ".join(item.id for item in self.runs().items[:5]) or "none"
            raise RunNotFound(f"The journal has no run {run_id!r}. The newest are: {newest}.")
        head, is_sound = Head.of_row(rows[0])
        if not is_sound:
            raise journal_records.unreadable(self.path, run_id, ValueError("its row was changed"))
        return head

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


def _stamp(now: datetime | None = None) -> str:
    return (now or datetime.now(UTC)).isoformat(timespec="seconds")
