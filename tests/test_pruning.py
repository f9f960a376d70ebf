"""Pruning: old runs leave the journal after a look and by their number; what may still be needed stays, and the file shrinks."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.api import request_budget
from truto_tickets_nb.cli import main
from truto_tickets_nb.errors import ConfirmError, JournalError, RunNotFound, SetupError
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.plans.request_spec import RequestSpec
from truto_tickets_nb.process import release
from truto_tickets_nb.runs.journal import Journal
from truto_tickets_nb.runs.journal_file import _STEPS, _seal
from truto_tickets_nb.runs.outcome import Outcome

LONG = "x" * 2000


def plan_of(count=2, account="acc"):
    changes = (Change("name", LONG, "after", LONG, "after"),)
    return Plan(account, "jira", tuple(Patch(str(n), f"Ticket {n}", changes) for n in range(count)))


def run_of(journal, days, *, kind="applied", state="finished", count=2, account="acc"):
    """Write a run down that ended so many days ago."""
    run_id = journal.begin(plan_of(count, account), RequestSpec())
    for place, patch in enumerate(plan_of(count).patches):
        if state == "finished" or place:
            journal.settle(run_id, place, Outcome(patch, kind))
    if state != "running":
        journal.finish(run_id, state, ())
    release(run_id)
    then = (datetime.now(UTC) - timedelta(days=days, minutes=1)).isoformat(timespec="seconds")
    journal._db.execute("update runs set started=?, ended=iif(ended='', '', ?) where id=?", (then, then, run_id))
    _seal(journal._db)
    return run_id


def test_only_what_is_old_and_done_goes(tmp_path):
    """Interrupted and running runs, unknown outcomes and damaged ones stay unless forced; a running one stays always."""
    with Journal(tmp_path) as journal:
        done, young = run_of(journal, 100), run_of(journal, 80)
        unknown = run_of(journal, 100, kind="unknown")
        interrupted = run_of(journal, 100, state="interrupted")
        killed = run_of(journal, 100, state="running")
        elsewhere = run_of(journal, 100, state="running", account="another")
        journal._db.execute("update runs set host='another' where id=?", (elsewhere,))
        _seal(journal._db)
        damaged = run_of(journal, 100)
        journal._db.execute("update patches set outcome='{' where run=?", (damaged,))
        assert [run.id for run in journal.old_runs(90)] == [done]
        told = " ".join(repr(journal.old_runs(90)).split())
        assert told.startswith("1 run older than 90 days would be removed")
        for words in ("1 run of that age stays: unreadable.", "1 run of that age stays: with unknown outcomes."):
            assert words in told
        assert "2 runs of that age stay: interrupted, to be resumed." in told
        forced = journal.old_runs(90, force=True)
        assert {run.id for run in forced} == {done, unknown, interrupted, killed, damaged}
        gone = journal.prune(forced)
        assert (gone.removed, {run.id for run in journal.runs()}) == (True, {young, elsewhere})
        assert journal._all("select count(*) from patches") == [(4,)]
        with pytest.raises(RunNotFound):
            journal.run(done)


@pytest.mark.parametrize("is_old_file", [False, True])
def test_file_shrinks(tmp_path, is_old_file):
    """The room of removed runs is given back at once, also by a journal that an earlier version made."""
    if is_old_file:
        db = sqlite3.connect(tmp_path / "journal.sqlite")
        db.executescript(f"begin; {_STEPS[1]} pragma user_version=1; commit;")
        db.close()
    with Journal(tmp_path) as journal:
        for _ in range(5):
            run_of(journal, 100, count=50)
        kept = run_of(journal, 1, count=50)
        journal._db.execute("pragma wal_checkpoint(truncate)")
        before = (tmp_path / "journal.sqlite").stat().st_size
        run = journal.run(kept)
        freed = journal.prune(journal.old_runs(90)).freed
        after = (tmp_path / "journal.sqlite").stat().st_size
        assert after < before / 3
        assert freed >= before - after > 0
        assert journal.run(kept) == run
        assert journal._db.execute("pragma integrity_check").fetchone() == ("ok",)


def test_run_that_was_resumed_meanwhile_is_not_removed(tmp_path):
    """Between the look and the number somebody else may have taken an interrupted run up."""
    with Journal(tmp_path) as journal:
        run_id = run_of(journal, 100, state="interrupted")
        chosen = journal.old_runs(90, force=True)
        journal.claim(run_id)
        with pytest.raises(JournalError, match="resumed in the meantime"):
            journal.prune(chosen)
        assert len(journal.runs()) == 1
        release(run_id)


def test_notebook_shows_before_it_removes(tmp_path):
    """account.prune_runs() removes nothing without the number that was shown, and only runs of this account."""
    with tt.sandbox("jira", tickets=3, limit=None) as account:
        account._home = tmp_path
        assert len(account.prune_runs()) == 0
        for owner in (account.id, account.id, "another"):
            run_of(account.journal, 100, account=owner)
        shown = account.prune_runs()
        assert (len(shown), len(account.journal.runs())) == (2, 3)
        assert "account.prune_runs(older_than=90, confirm=2) removes them" in repr(shown)
        assert "They can't be shown or undone after that." in repr(shown)
        with pytest.raises(ConfirmError, match="there are 2 runs"):
            account.prune_runs(confirm=3)
        assert len(account.runs()) == 2
        gone = account.prune_runs(confirm=2)
        assert repr(gone).startswith("2 runs older than 90 days were removed")
        assert [run.account_id for run in account.journal.runs()] == ["another"]


@pytest.mark.parametrize("days", [-1, 1.5, "90", True, 10**9])
def test_age_is_a_number_of_days(account, days):
    """Anything else is refused before a row is looked at."""
    with pytest.raises(SetupError, match="older_than"):
        account.prune_runs(days)


def test_terminal_wants_the_number(tmp_path, capsys, monkeypatch):
    """runs --prune: exit 3 with the very command, 0 with the number or --yes; nothing to remove is 0."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    place = ["--home", str(tmp_path)]

    def prune(*words):
        status = main(["runs", "--prune", *words, *place])
        return status, *capsys.readouterr()

    assert prune()[0] == 0
    assert not (tmp_path / "journal.sqlite").exists()
    with Journal(tmp_path) as journal:
        for days in (100, 100, 40):
            run_of(journal, days)
        run_of(journal, 100, kind="unknown")
    status, told, complaint = prune()
    assert (status, "2 runs older than 90 days would be removed" in told) == (3, True)
    assert complaint.endswith("To remove them: truto-tickets runs --prune --older-than 90 --confirm 2\n")
    assert prune("--confirm", "3")[0] == 3
    status, told, _ = prune("--confirm", "2", "--json")
    assert (status, json.loads(told)["removed"], json.loads(told)["stay"]) == (0, 2, 1)
    status, told, _ = prune("--confirm", "2")
    words = ("0 runs older than 90 days", "1 run of that age stays: with unknown outcomes.")
    assert (status, [word in told for word in words]) == (0, [True, True])
    assert prune("--older-than", "30", "--yes")[0] == 0
    assert prune("--force", "--yes")[0] == 0
    with Journal(tmp_path) as journal:
        assert len(journal.runs()) == 0


@pytest.mark.parametrize("word", [["--force"], ["--yes"], ["--older-than", "3"], ["--confirm", "3"]])
def test_options_of_pruning_say_nothing_alone(tmp_path, capsys, word):
    """An option that would do nothing is told, not passed over."""
    assert main(["runs", *word, "--home", str(tmp_path)]) == 1
    assert "give --prune too" in capsys.readouterr().err


def test_shared_limit_forgets_what_is_old_and_nothing_fresh(tmp_path):
    """Departures older than an hour go, whoever sent them; fresh ones of every account stay."""
    path = tmp_path / "budget.sqlite"
    for name, at in (("mine", 10_000.0), ("mine", 14_000.0), ("theirs", 10_000.0), ("theirs", 14_000.0)):
        log = request_budget.SharedRequestBudget(path, name)
        with log:
            log.add(at)
            log.pause(at)
        log.close()
    request_budget.prune(path, 14_001.0)
    db = sqlite3.connect(path)
    assert db.execute("select account, at from sent order by account").fetchall() == [
        ("mine", 14_000.0),
        ("theirs", 14_000.0),
    ]
    assert len(db.execute("select * from pauses").fetchall()) == 2
    db.close()
    request_budget.prune(tmp_path / "none.sqlite")
    assert not (tmp_path / "none.sqlite").exists()
    path.write_bytes(b"not a database at all, but long enough to look at")
    request_budget.prune(path)
