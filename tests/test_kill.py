"""A dead kernel loses nothing: a child process is killed in the middle of a run, another one goes on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.runs.journal import Journal
from truto_tickets_nb.sandbox import Sandbox

CHILD = """
import sys
import truto_tickets_nb as tt
from truto_tickets_nb.api.throttle import Throttle
account = tt.connect(*sys.argv[1:4], home=sys.argv[4])
account._client.budget = Throttle.unlimited()
if account.journal.last_open(account.id):
    account.resume(brakes=tt.SafetyLimits(workers=8, canary=0))
else:
    snapshot = account.load()
    df = snapshot.frame()
    df["name"] = df["name"].str.strip() + " (seen)"
    account.apply(snapshot.plan(df), confirm=len(snapshot), brakes=tt.SafetyLimits(workers=8, canary=0))
"""
FAULTS = (
    "edited=0.03:field=name", "edited=0.03:field=description", "limited=0.03:wait=0.01", "error_502=0.01", "lost_after=0.02",
    "lost_before=0.02",
)  # fmt: skip
posix = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")


def started(reach, home, **options):
    return subprocess.Popen([sys.executable, "-c", CHILD, *reach, str(home)], **options)


TOKEN = "practice-token-of-this-test"


def patches(box):
    return sum(seen.method == "PATCH" for seen in box.requests())


def until(box, child, count):
    """Wait until the server has seen so many PATCHes, or the child is done."""
    while patches(box) < count and child.poll() is None:
        time.sleep(0.002)


def one_round(home, tickets, seed, judge):
    """Kill at random moments and resume, until the run is done; then compare journal, server and colleagues."""
    chance = random.Random(seed)
    with Sandbox("jira", tickets, limit=None, token=TOKEN) as box:
        reach, kills = (box.token, box.account_id, box.url), 0
        box.faults(*FAULTS, seed=seed)
        while True:
            aim = patches(box) + chance.randrange(1, max(2, tickets // 2))
            with started(reach, home) as child:
                until(box, child, aim)
                time.sleep(chance.random() * 0.02)
                child.kill()
            with Journal(home) as journal:
                found = journal.runs()
                if len(found) and found[0].state == "finished":
                    run = journal.run(found[0].id)
                    break
            kills += 1
        judge(run, box)
        assert sum(run.counts.values()) == tickets
        return kills, run.counts


@posix
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_again_and_again(tmp_path, seed, assert_outcomes_are_true, capfd):
    """Nothing sent twice with effect, nothing lost, journal and server agree, foreign edits intact."""
    kills, _ = one_round(tmp_path, 300, seed, assert_outcomes_are_true)
    assert kills >= 1
    journal = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert TOKEN.encode() not in journal
    assert (tmp_path / "journal.sqlite").stat().st_mode & 0o777 == 0o600
    assert "Traceback" not in capfd.readouterr().err


@posix
@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_a_hundred_rounds_of_kills(tmp_path, assert_outcomes_are_true):
    """The same, a hundred times with a thousand patches each."""
    kills = [one_round(tmp_path / str(n), 1000, n, assert_outcomes_are_true)[0] for n in range(100)]
    print(f"\n100 rounds of 1,000 patches, {sum(kills)} kills")


@posix
@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 1)])
def test_signal_ends_waits_and_tells_how_to_go_on(tmp_path, number, status):
    """SIGTERM and Ctrl-C: what is in flight is written down, the last words name the run, and nothing waits a minute for a limit."""
    with Sandbox("jira", 60, limit=None) as box:
        reach = (box.token, box.account_id, box.url)
        box.faults("limited=#30:on=PATCH:wait=100")
        with started(reach, tmp_path, stderr=subprocess.PIPE, text=True) as child:
            while not any(struck.kind == "limited" for struck in box.struck()):
                time.sleep(0.01)
            time.sleep(0.3)
            os.kill(child.pid, number)
            said = child.communicate(timeout=60)[1]
        assert child.returncode in (status, -number)
        with tt.connect(*reach, home=tmp_path) as account:
            run_id = account.journal.last_open(account.id)
            assert f'account.resume("{run_id}")' in said
            account._client.budget = account._client.budget.unlimited()
            assert account.resume().counts == {"applied": 60}
        assert {len(box.history(ticket["id"])) for ticket in box.tickets()} == {1}


@posix
def test_second_process_is_refused_while_the_first_works(tmp_path):
    """Two processes on one account would fight: the second is told which run and which process works on it."""
    with Sandbox("jira", 60, limit=None) as box:
        reach = (box.token, box.account_id, box.url)
        box.faults(slow={"rate": 1.0, "wait": 0.2, "on": "PATCH"})
        with started(reach, tmp_path) as child:
            until(box, child, 3)
            with tt.connect(*reach, home=tmp_path) as account:
                plan = account.load(ids=["10050"]).plan(account.load(ids=["10050"]).frame().assign(name="x"))
                with pytest.raises(tt.errors.JournalError, match=rf"process {child.pid}"):
                    account.apply(plan, confirm=1)
            child.kill()


def test_killed_demo_goes_on_with_the_same_command(tmp_path, monkeypatch, capsys):
    """Kill the demo half-way and follow what the screen says: the same command again."""
    from truto_tickets_nb.cli import main

    monkeypatch.setenv("TRUTO_TICKETS_HOME", str(tmp_path))
    words = ["demo", "--yes", "--tickets", "400", "--limit", "25", "--out", str(tmp_path / "plan.html")]
    code = f"from truto_tickets_nb.cli import main; main({words!r})"
    folder = tmp_path / "practice" / "jira-400-0"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as child:
        while "goes on where it stopped" not in child.stdout.readline():
            assert child.poll() is None
        while not _settled(folder):
            time.sleep(0.05)
        child.kill()
    again = words[:4] + words[6:]
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert main([word for word in again if word != "--yes"]) == 3  # declining to go on loses nothing
    assert main(again) == 0
    told = capsys.readouterr().out
    assert "killed in the middle" in told
    assert "0 were changed more than once" in told
    assert not folder.exists()


def _settled(folder):
    with Journal(folder) as journal:
        return any(run.open < run.tickets - 2 for run in journal.runs())
