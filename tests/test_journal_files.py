"""The journal's file: made, opened, brought forward and set aside by any number of processes at once; for its user alone."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.errors import JournalDamaged, JournalError
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.plans.request_spec import RequestSpec
from truto_tickets_nb.process import _began, release
from truto_tickets_nb.runs.journal import Journal
from truto_tickets_nb.runs.journal_file import _STEPS

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and links are those of POSIX")
PLAN = Plan("acc", "jira", (Patch("1", "Ticket 1", (Change("name", "a", "b", "a", "b"),)),))


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def of_version(folder, version, plan=PLAN):
    """Make a journal as an earlier version left it, with one open run."""
    folder.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(folder / "journal.sqlite") as db:
        for step in range(1, version + 1):
            db.executescript(f"begin; {_STEPS[step]} pragma user_version={step}; commit;")
        row = ("old", plan.account_id, "running", "2026-11-01T09:00:00+00:00", plan.to_json(), "{}")
        db.execute("insert into runs (id, account, state, started, plan, way) values (?, ?, ?, ?, ?, ?)", row)
        rows = [("old", place, patch.ticket, f"old-{place}") for place, patch in enumerate(plan.patches)]
        db.executemany("insert into patches (run, place, ticket, key) values (?, ?, ?, ?)", rows)
    db.close()


@pytest.mark.parametrize("damage", [b"not a database at all, but long enough to look at", None])
def test_damaged_journal_is_set_aside_and_kept(tmp_path, damage):
    """It is never overwritten; the note tells its new name and what can be done."""
    with Journal(tmp_path):
        pass
    path = tmp_path / "journal.sqlite"
    whole = path.read_bytes()
    path.write_bytes(damage or whole[:2000] + b"\xff" * 3000 + whole[5000:])
    kept = path.read_bytes()
    with pytest.warns(JournalDamaged, match=r"recover"), Journal(tmp_path) as journal:
        assert (len(journal.runs()), "damaged" in journal.notes[0]) == (0, True)
    aside = [found for found in tmp_path.iterdir() if ".damaged-" in found.name and found.suffix != ".sqlite"]
    assert kept in [found.read_bytes() for found in aside]


def opened_together(count, folder, action):
    """Open the journal of a folder in many threads at the same moment; list what went wrong."""
    gate = threading.Barrier(count)

    def open_it(_):
        gate.wait()
        try:
            with Journal(folder) as journal:
                action(journal)
        except JournalError as error:
            return str(error)
        return None

    with ThreadPoolExecutor(count) as pool:
        return [error for error in pool.map(open_it, range(count)) if error]


@pytest.mark.parametrize("turn", range(5))
def test_fresh_journal_can_be_opened_by_many_at_once(tmp_path, turn):
    """Threads that make the same journal at the same moment all can use it: one brings it forward, the others wait."""
    assert opened_together(8, tmp_path / "deep" / "home", lambda journal: journal.runs()) == []


def test_old_journal_is_brought_forward_once_by_many_at_once(tmp_path):
    """Of threads that open a journal of the first version at the same moment, one adds the new columns."""
    with sqlite3.connect(tmp_path / "journal.sqlite") as db:
        db.executescript(f"begin; {_STEPS[1]} pragma user_version=1; commit;")
    db.close()
    assert opened_together(8, tmp_path, lambda journal: journal._all("select sent from patches")) == []


def test_damaged_journal_is_set_aside_once_by_many_at_once(tmp_path):
    """Threads that find the same damage set one file aside; the new journal of one is never the damaged one of another."""
    (tmp_path / "journal.sqlite").write_bytes(b"not a database at all, but long enough to look at")
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        assert opened_together(8, tmp_path, lambda journal: journal.runs()) == []
    aside = [path for path in tmp_path.iterdir() if ".damaged-" in path.name]
    assert [path.read_bytes() for path in aside] == [b"not a database at all, but long enough to look at"]


OPENING = """
import sys, time
from pathlib import Path
from truto_tickets_nb.api.request_budget import SharedRequestBudget
from truto_tickets_nb.runs.journal import Journal
home = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for turn in range(5):
    with Journal(home / str(turn)) as journal:
        journal.runs()
    SharedRequestBudget(home / str(turn) / "budget.sqlite", "account").close()
"""


def test_fresh_journal_and_budget_can_be_opened_by_processes_at_once(tmp_path):
    """Processes that make the same journal and the same file of the budget at the same moment all can."""
    words = [sys.executable, "-c", OPENING, str(tmp_path)]
    jobs = [
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for job in jobs:
        assert job.stdout.readline() == "ready\n"
    for job in jobs:
        job.stdin.write("go\n")
        job.stdin.flush()
    assert [job.communicate()[1] for job in jobs] == [""] * 4


def test_journal_of_a_newer_version_is_left_alone(tmp_path):
    """What this version does not understand it does not touch."""
    with Journal(tmp_path) as journal:
        journal._db.execute("pragma user_version=99")
    with pytest.raises(JournalError, match="newer version"):
        Journal(tmp_path)


JOB = """
import sys, warnings
from pathlib import Path
from truto_tickets_nb.runs.journal import Journal
from truto_tickets_nb.process import _began, release
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.plans.request_spec import RequestSpec
warnings.simplefilter("ignore")
plan = Plan("acc " + sys.argv[2], "jira", (Patch("1", "Ticket 1", (Change("name", "a", "b", "a", "b"),)),))
print("ready", flush=True)
sys.stdin.readline()
for turn in range(int(sys.argv[3])):
    with Journal(Path(sys.argv[1]) / str(turn)) as journal:
        release(journal.begin(plan, RequestSpec()))
"""


def processes_at_once(folder, count, turns):
    """Let processes open the journals of some folders at the same moment and begin a run in each; list what they complain of."""
    words = [[sys.executable, "-c", JOB, str(folder), str(number), str(turns)] for number in range(count)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    jobs = [subprocess.Popen(word, **pipes) for word in words]
    for job in jobs:
        assert job.stdout.readline() == "ready\n"
    for job in jobs:
        job.stdin.write("go\n")
        job.stdin.flush()
    return [text for job in jobs if (text := job.communicate()[1])]


@pytest.mark.parametrize("version", [1, 2, 3])
def test_old_journal_is_brought_forward_by_processes_at_once(tmp_path, version):
    """Processes that open a journal of an earlier version at the same moment bring it forward once; every run is in it."""
    for turn in range(3):
        of_version(tmp_path / str(turn), version)
    assert processes_at_once(tmp_path, 4, 3) == []
    for turn in range(3):
        with Journal(tmp_path / str(turn)) as journal:
            assert {run.account_id for run in journal.runs()} == {"acc", "acc 0", "acc 1", "acc 2", "acc 3"}


@pytest.mark.parametrize("damage", [b"", b"not a database at all, but long enough to look at"])
def test_damaged_journal_is_set_aside_by_processes_at_once(tmp_path, damage):
    """Processes that find the same damage set one file aside; no run that is begun in that moment is lost."""
    for turn in range(4):
        (tmp_path / str(turn)).mkdir()
        (tmp_path / str(turn) / "journal.sqlite").write_bytes(damage)
    assert processes_at_once(tmp_path, 4, 4) == []
    for turn in range(4):
        aside = [path for path in (tmp_path / str(turn)).iterdir() if ".damaged-" in path.name]
        assert [path.read_bytes() for path in aside] == [damage]
        with Journal(tmp_path / str(turn)) as journal:
            assert {run.account_id for run in journal.runs()} == {f"acc {number}" for number in range(4)}


LOOK = "import sys; from truto_tickets_nb.runs.journal import Journal; print(len(Journal(sys.argv[1]).runs()))"


def seen_by_another_process(folder):
    answer = subprocess.run([sys.executable, "-c", LOOK, str(folder)], capture_output=True, text=True, check=True)
    return int(answer.stdout)


def test_two_accounts_of_one_process_keep_the_journal_safe_from_others(tmp_path):
    """A journal that one process has opened twice is not taken for closed by another one: what is written later is there."""
    with Journal(tmp_path) as first, Journal(tmp_path):
        assert seen_by_another_process(tmp_path) == 0
        release(first.begin(PLAN, RequestSpec()))
        assert seen_by_another_process(tmp_path) == 1


def test_journal_without_its_main_file_is_set_aside(tmp_path):
    """The write-ahead part of a journal whose main file was removed is never laid over a new journal."""
    with Journal(tmp_path) as journal:
        release(journal.begin(PLAN, RequestSpec()))
        rest = (tmp_path / "journal.sqlite-wal").read_bytes()
    (tmp_path / "journal.sqlite").unlink()
    (tmp_path / "journal.sqlite-wal").write_bytes(rest)
    with pytest.warns(JournalDamaged, match="missing"), Journal(tmp_path) as journal:
        assert len(journal.runs()) == 0
    aside = [path for path in tmp_path.iterdir() if ".damaged-" in path.name]
    assert [path.read_bytes() for path in aside] == [rest]


@posix
@pytest.mark.parametrize("replaced", [True, False])
def test_journal_that_was_moved_away_takes_no_more_runs(tmp_path, replaced):
    """What is written into a file that is no longer in its place nobody would find: it is refused before anything is sent."""
    with Journal(tmp_path) as journal:
        (tmp_path / "journal.sqlite").rename(tmp_path / "elsewhere.sqlite")
        if replaced:
            with pytest.warns(JournalDamaged):  # its write-ahead part was left behind
                Journal(tmp_path).close()
        with pytest.raises(JournalError, match="moved or replaced"):
            journal.begin(PLAN, RequestSpec())


@posix
def test_files_are_for_their_user_alone(tmp_path):
    """The journal, what SQLite keeps beside it, the file of the shared limit and drafts are 0600, also where they were not; the folder 0700."""
    home = tmp_path / "home"
    with tt.sandbox("jira", tickets=3, limit=None) as box, Journal(home):
        (home / "budget.sqlite").touch()
        files = [path for path in home.iterdir() if path.is_file()]
        assert {path.name for path in files} >= {"journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"}
        for path in (*files, home):
            path.chmod(0o777)
        server = box.sandbox
        with tt.connect(server.token, server.account_id, server.url, home=home) as account:
            snapshot = account.load()
            draft = snapshot.draft("x")
            draft.set("name", "new", where=["10001"])
            assert len(account.runs()) == 0
            drafts = list((home / "drafts").iterdir())
            assert drafts
            for path in (*drafts, home / "drafts"):
                path.chmod(0o777)
            draft.set("name", "newer", where=["10001"])
            draft._autosave.release()
            snapshot.draft("x")
            names = {path: mode(path) for path in (*home.iterdir(), *(home / "drafts").iterdir()) if path.is_file()}
        assert set(names.values()) == {0o600}, names
        assert (mode(home), mode(home / "drafts")) == (0o700, 0o700)


@posix
def test_folder_that_holds_other_things_keeps_its_mode(tmp_path):
    """A project folder that is chosen as home is not closed to the colleagues who share it; the files in it are."""
    (tmp_path / "notes.ipynb").touch()
    tmp_path.chmod(0o755)
    with Journal(tmp_path):
        assert (mode(tmp_path), mode(tmp_path / "journal.sqlite")) == (0o755, 0o600)


@posix
@pytest.mark.parametrize("kind", ["link", "dangling", "pipe", "folder"])
def test_journal_that_is_no_file_is_refused(tmp_path, kind):
    """A link may lead to somebody else's file, and a pipe never answers: one sentence, and nothing is touched."""
    home, path = tmp_path / "home", tmp_path / "home" / "journal.sqlite"
    home.mkdir()
    target = tmp_path / "target"
    if kind == "link":
        target.write_bytes(b"precious")
    if kind in ("link", "dangling"):
        path.symlink_to(target)
    else:
        os.mkfifo(path) if kind == "pipe" else path.mkdir()
    with pytest.raises(JournalError, match="link" if "in" in kind else "regular"):
        Journal(home)
    assert (target.read_bytes() if target.exists() else None) == (b"precious" if kind == "link" else None)
    assert [left.name for left in home.iterdir() if ".damaged" in left.name] == []


def test_journal_that_an_earlier_version_works_on_is_left_alone(tmp_path):
    """It is brought forward when that process is done: a row which it changes later would have no digest."""
    of_version(tmp_path, 3)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        db = sqlite3.connect(tmp_path / "journal.sqlite", isolation_level=None)
        db.execute("update runs set pid=?, mark=?", (child.pid, _began(child.pid)))
        with pytest.raises(JournalError, match=f"Process {child.pid}, which has an earlier version"):
            Journal(tmp_path)
        assert db.execute("pragma user_version").fetchone() == (3,)
        db.close()
        child.communicate(b"\n")
    with Journal(tmp_path) as journal:
        assert journal.runs()[0].state == "interrupted"


@posix
def test_journal_survives_a_kill_while_it_is_made_or_brought_forward(tmp_path):
    """Killed at any moment of its opening, a journal is whole, and nothing is set aside."""
    chance = random.Random(1)
    for turn in range(6):
        home = tmp_path / str(turn)
        if turn % 2:
            of_version(home, 1 + turn % 3, Plan("acc", "jira", PLAN.patches * 400))
        words = [sys.executable, "-c", JOB, str(tmp_path), "x", str(turn + 1)]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout.readline() == "ready\n"
            child.stdin.write("go\n")
            child.stdin.flush()
            time.sleep(chance.random() * 0.05 * (turn + 1))
            child.kill()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for number in range(turn + 1):
                with Journal(tmp_path / str(number)) as journal:
                    assert [run.account_id for run in journal.runs()].count("acc") == number % 2
                    for run in journal.runs():
                        assert journal.run(run.id).state == "interrupted"
