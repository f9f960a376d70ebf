"""The list of runs as the journal holds it: read from the heads of the runs, without their plans; one damaged run harms no other."""

from __future__ import annotations

import sqlite3
from typing import Any, get_args

import orjson

from truto_tickets_nb.runs import journal_records, row_digests
from truto_tickets_nb.runs.outcome import OutcomeKind
from truto_tickets_nb.runs.row_digests import Head, digest
from truto_tickets_nb.runs.run_list import RunState, RunSummary

# Tickets whose rows are compared with their digests while runs are listed, the newest runs first: that takes a fraction of a second.
# The rows of older runs are compared when the run is read.
CHECKED = 10_000
_COUNTS = """
select case when outcome is null then '' when json_valid(outcome) then json_extract(outcome, '$.kind') end, intended is not null, count(*)
from patches where run=? group by 1, 2 order by min(place)
"""


def summaries(db: sqlite3.Connection, account_id: str | None) -> tuple[RunSummary, ...]:
    """List the runs of an account, or of all, the newest first. A run whose account can't be told is in every list."""
    listed, room = [], CHECKED
    for row in db.execute(f"{row_digests.SELECT} order by rowid desc"):
        head, is_sound = Head.of_row(row)
        if is_sound and account_id not in (None, head.account):
            continue
        room -= head.tickets if is_sound else 0
        listed.append(_summary(db, head, checked=room >= 0) if is_sound else _damaged(head, "its row was changed"))
    return tuple(listed)


def counted(db: sqlite3.Connection, run_id: str) -> tuple[dict[str, int], int]:
    """Count the outcomes of a run by kind, as `Run.counts` does, and its patches without outcome."""
    counts: dict[str, int] = {}
    open_ = 0
    for kind, is_intended, count in db.execute(_COUNTS, (run_id,)):
        name = kind or ("" if kind is None else "unknown" if is_intended else "not sent")
        counts[name] = counts.get(name, 0) + count
        open_ += count if kind == "" else 0
    return counts, open_


def damage(db: sqlite3.Connection, head: Head) -> str:
    """Compare the rows of a run with their digests; returns what is wrong, "" where nothing is."""
    plan = db.execute("select plan from runs where id=?", (head.id,)).fetchone()
    if plan is None or digest(plan[0]) != head.plan_digest:
        return "the row of its plan was changed"
    rows = db.execute(f"{journal_records.SELECT} where run=? order by place", (head.id,)).fetchall()
    try:
        journal_records.entries(rows)
    except ValueError as error:
        return str(error)
    return "" if len(rows) == head.tickets else "the rows of some of its tickets are missing"


def _summary(db: sqlite3.Connection, head: Head, *, checked: bool) -> RunSummary:
    try:
        counts, open_ = counted(db, head.id) if head.counts is None else (orjson.loads(head.counts), head.open or 0)
        problem = damage(db, head) if checked else ""
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        return _damaged(head, str(error))
    if not problem and not (head.state in get_args(RunState) and counts.keys() <= {*get_args(OutcomeKind)}):
        problem = "it says what this version of the toolkit does not know"
    return _of(head, "unreadable" if problem else head.shown_state, open_, counts, problem)


def _damaged(head: Head, why: str) -> RunSummary:
    return _of(head, "unreadable", 0, {}, why)


def _of(head: Head, state: str, open_: int, counts: dict[str, int], problem: str) -> RunSummary:
    return RunSummary(
        id=_text(head.id),
        account_id=_text(head.account),
        state=state,
        started=_text(head.started),
        tickets=head.tickets if isinstance(head.tickets, int) else 0,
        open=open_,
        ended=_text(head.ended),
        who=_text(head.who),
        counts=counts,
        host=_text(head.host),
        problem=problem,
    )


def _text(value: Any) -> str:
    """Show whatever stands where a text belongs."""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return "" if value is None else str(value)
