"""A dead kernel loses nothing: a child process is killed in the middle of a run, another one goes on."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from killable import NOTHING, REFUSED

import truto_tickets_nb as tt
from truto_tickets_nb.runs.journal import Journal
from truto_tickets_nb.sandbox import Sandbox

KILLABLE = Path(__file__).with_name("killable.py")
CHILD = """
import sys
import truto_tickets_nb as tt
from truto_tickets_nb.api.throttle import Throttle
account = tt.connect(*sys.argv[1:4], home=sys.argv[4])
account._client.budget = Throttle.unlimited()
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
LINE = 10  # bytes that a child writes for every PATCH that leaves
ENDS = 60.0  # seconds after which a child that should end by itself is a failure
WRITTEN = 0.05  # seconds within which the server notes that it has answered a look
ORDERLY = {
    0: r"(?s).*",
    REFUSED: r"Run \S+ \(process \d+\) is working on this account right now\. Wait until it is done, or stop it first\.",
    NOTHING: r"There is nothing to resume: every run of this account is finished\. .*",
    -signal.SIGKILL: r"(?s).*",
}


def patches(box):
    return sum(seen.method == "PATCH" for seen in box.requests())


def until(box, child, count):
    """Wait until the server has seen so many PATCHes, or the child is done."""
    while patches(box) < count and child.poll() is None:
        time.sleep(0.002)


class Forks:
    """Start children that have imported everything already; a child that is killed stays a zombie until it is asked after."""

    def __enter__(self):
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # a fork wants one thread
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen([sys.executable, str(KILLABLE)], text=True, env=environment, **pipes)
        self._alive = set()
        return self

    def __exit__(self, *_error):
        for child in list(self._alive):
            child.kill()
            child.wait()
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def ask(self, order):
        self._process.stdin.write(f"{json.dumps(order)}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def start(self, stderr, **order):
        child = Fork(self, self.ask({**order, "stderr": str(stderr)}), stderr)
        self._alive.add(child)
        return child

    def ended(self, child):
        self._alive.discard(child)


@dataclass(eq=False)
class Fork:
    """Hold one child."""

    forks: Forks
    pid: int
    stderr: Path
    code: int | None = None

    def poll(self):
        if self.code is None:
            self.code = self.forks.ask(self.pid)
            if self.code is not None:
                self.forks.ended(self)
        return self.code

    def kill(self):
        if self.code is None:  # until it is asked after, its number belongs to it
            os.kill(self.pid, signal.SIGKILL)

    def wait(self):
        until = time.monotonic() + ENDS
        while self.poll() is None:
            assert time.monotonic() < until, f"process {self.pid} does not end"
            time.sleep(0.002)
        return self.code

    def check(self):
        """Check that it was killed, or ended in an orderly way: with its work done, refused, or with nothing to do."""
        text = self.stderr.read_text().strip()
        assert self.wait() in ORDERLY, f"exit code {self.code}: {text}"
        assert re.fullmatch(ORDERLY[self.code], text), f"exit code {self.code}: {text}"
        assert "Traceback" not in text, text
        return self.code


@dataclass
class Totals:
    """Count what some rounds did."""

    rounds: int = 0
    patches: int = 0
    kills: int = 0
    doubles: int = 0
    refused: int = 0
    undo_kills: int = 0
    edits: int = 0
    overwritten: int = 0  # edits made between the last look and the PATCH
    window: float = 0.0  # the longest time between such an edit and the PATCH

    def __str__(self):
        return (
            f"{self.rounds} rounds, {self.patches:,} patches, {self.kills:,} kills, {self.doubles:,} double resumes "
            f"({self.refused:,} refused), {self.undo_kills:,} kills of an undo, {self.edits:,} edits of colleagues beside the faults, "
            f"{self.overwritten} of them overwritten in the window between look and PATCH (at most {self.window * 1000:.0f} ms)"
        )


@dataclass
class Round:
    """Apply a plan, judge it, undo it; children die at random moments of both."""

    forks: Forks
    home: Path
    box: Sandbox
    chance: random.Random
    totals: Totals
    colleague: float = 0.0  # the chance of an edit at each look at a child
    before: dict = field(init=False)
    moments: dict = field(default_factory=dict)  # ticket -> (who, when) of each write of its name

    def __post_init__(self):
        self.home.mkdir(exist_ok=True)
        self.before = {ticket["id"]: ticket["name"] for ticket in self.box.tickets()}
        store = self.box._store
        write = store.write

        def noted(record, by="api"):
            is_name = store.ticket(record["id"])["name"] != record["name"]
            write(record, by)
            if is_name:
                self.moments.setdefault(record["id"], []).append((by, time.monotonic()))

        store.write = noted

    # what colleagues do

    def names(self, ticket):
        """List the writes of a ticket's name: who, from what, to what."""
        writes = self.box.writes(ticket)
        return [(write["by"], *write["fields"]["name"]) for write in writes if "name" in write["fields"]]

    def edit(self):
        """Let a colleague edit a name now and then: while the plan is applied one that was not sent yet, later any, also back."""
        if self.chance.random() >= self.colleague or not self.left:  # before that the tickets may not be loaded yet
            return
        ticket = self.chance.choice(list(self.before))
        with self.box._store.lock:
            writes = self.names(ticket)
            if self.run and self.chance.random() < 0.25 and len(writes) == 1:
                self.box.edit(ticket, name=self.before[ticket])
            elif self.run or not writes:
                self.box.edit(ticket, name=f"a colleague's edit {len(writes)}")
            else:
                return
        self.totals.edits += 1

    # what processes do

    def start(self, verb, at=0.0):
        reach = (self.box.token, self.box.account_id, self.box.url)
        number = len(list(self.home.glob("stderr-*")))
        stderr = self.home / f"stderr-{number}"
        stderr.touch()
        run = self.run.id if self.run else ""
        places = {"home": str(self.home), "departures": str(self.departures)}
        return self.forks.start(stderr, verb=verb, reach=reach, at=at, run=run, **places)

    @property
    def departures(self):
        return self.home / "departures"

    @property
    def left(self):
        """Count the PATCHes that have left."""
        return self.departures.stat().st_size // LINE if self.departures.exists() else 0

    def watch(self, children, aim, seconds):
        """Wait until so many PATCHes have left, for so long, or until the children are done; colleagues are at work meanwhile."""
        until = time.monotonic() + seconds
        while self.left < aim and time.monotonic() < until and any(child.poll() is None for child in children):
            self.edit()
            time.sleep(0.004)
        assert seconds < ENDS or time.monotonic() < until, "the children do not end"

    def found(self, earlier):
        with Journal(self.home) as journal:
            new = [row for row in journal.runs() if row.id not in earlier]
            assert len(new) <= 1, f"{len(new)} runs of one plan"
            return journal.run(new[0].id) if new else None

    def until_finished(self, verb, size, kills):
        """Start children until the run is finished, and kill so many of them; returns the run."""
        with Journal(self.home) as journal:
            earlier = {row.id for row in journal.runs()}
        killed = 0
        while (run := self.found(earlier)) is None or run.state != "finished":
            is_double = run is not None and self.chance.random() < 0.5
            at = time.time() + 0.08 if is_double else 0.0
            children = [self.start("resume" if run else verb, at) for _ in range(1 + is_double)]
            self.totals.doubles += is_double
            if killed < kills:
                self.watch(children, *self.moment(size))
                killed += self.kill(children)
            self.watch(children, sys.maxsize, ENDS)
            codes = [child.check() for child in children]
            self.totals.refused += codes.count(REFUSED)
            assert run is None or is_double or codes != [REFUSED], "one process alone was refused"
        return run, killed

    def moment(self, size):
        """Choose when a child dies: after so many PATCHes, or so many seconds, which may be before the first one or at the end."""
        if self.chance.random() < 0.3:
            return sys.maxsize, self.chance.random() * 0.3
        return self.left + self.chance.randrange(1, max(2, size // 2)), ENDS / 2

    def kill(self, children):
        """Kill one of the children or all of them, in any order."""
        time.sleep(self.chance.random() * 0.02)
        chosen = self.chance.sample(children, self.chance.randint(1, len(children)))
        for child in chosen:
            child.kill()
        return sum(child.wait() == -signal.SIGKILL for child in chosen)

    # what is judged

    run = None

    def overwritten(self):
        """Find the edits that a PATCH overwrote: each was made after the last look at its ticket, and the PATCH followed at once."""
        found = set()
        for ticket, before in self.before.items():
            ours = (before, f"{before.strip()} (seen)")  # what the plan and its undo start from, whoever wrote it
            writes = zip(self.names(ticket), self.moments.get(ticket, ()), strict=True)
            for ((who, _, text), (_, edited)), ((by, *_), (_, sent)) in itertools.pairwise(writes):
                if (who, by) == ("colleague", "api") and text not in ours:
                    looks = [s.at for s in self.box.requests() if s.method == "GET" and s.path.endswith(f"/{ticket}")]
                    between = [look for look in looks if edited + WRITTEN < look < sent - WRITTEN]
                    assert not between, f"{ticket}: a foreign edit was seen, and overwritten: {self.names(ticket)}"
                    self.totals.window = max(self.totals.window, sent - edited)
                    found.add(ticket)
        return found

    def check_departures(self):
        """Never two at once: what left was sent by one process after the other, none of which came back."""
        senders = [sender for sender, _ in itertools.groupby(self.departures.read_bytes().split())]
        assert len(senders) == len(set(senders)), f"processes sent by turns: {senders}"

    def check_undone(self, raced):
        for ticket, before in self.before.items():
            writes, name = self.names(ticket), self.box.ticket(ticket)["name"]
            ours = [place for place, (by, *_) in enumerate(writes) if by == "api"]
            assert len(ours) <= 2, f"{ticket}: sent twice with effect: {writes}"
            later = [text for by, _, text in writes[ours[0] if ours else 0 :] if by == "colleague"]
            if ticket in raced:
                continue
            wanted = later[-1] if later else before
            assert name == wanted, f"{ticket}: holds {name!r}, not {wanted!r}: {writes}"

    def play(self, judge, kills):
        size = len(self.before)
        self.run, killed = self.until_finished("apply", size, kills)
        assert sum(self.run.counts.values()) == size
        raced = self.overwritten()
        judge(self.run, self.box, raced)
        self.totals.kills += killed
        self.box.faults()
        undo = self.run.undo()
        if len(undo):
            undone, undo_killed = self.until_finished("undo", len(undo), kills)
            assert undone.counts.keys() <= {"applied", "unchanged", "conflict", "unknown"}, undone.counts
            self.totals.undo_kills += undo_killed
            self.colleague = 0.0
            self.decide(undone)
        raced |= self.overwritten()
        self.check_undone(raced)
        self.check_departures()
        self.totals.rounds += 1
        self.totals.patches += size
        self.totals.overwritten += len(raced)

    def decide(self, undone):
        """Follow the advice of what was in flight at a kill and holds the old value: it is sent once more."""
        self.run = undone
        child = self.start("decide")
        assert child.wait() == child.check() == 0


def one_round(forks, home, tickets, seed, judge, totals, kills=2):
    """Kill at random moments and resume, until the run is done and undone; then compare journal, server and colleagues."""
    with Sandbox("jira", tickets, limit=None, token=TOKEN) as box:
        box.faults(*FAULTS, seed=seed)
        Round(forks, home, box, random.Random(seed), totals, colleague=0.03).play(judge, kills)


@posix
@pytest.mark.parametrize("seed", [1])
def test_killed_again_and_again(tmp_path, seed, assert_outcomes_are_true):
    """Nothing sent twice with effect, nothing lost, journal and server agree, foreign edits intact, and undo restores all."""
    totals = Totals()
    with Forks() as forks:
        one_round(forks, tmp_path, 120, seed, assert_outcomes_are_true, totals)
    print(totals)
    assert totals.kills + totals.undo_kills >= 1
    journal = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert TOKEN.encode() not in journal
    assert (tmp_path / "journal.sqlite").stat().st_mode & 0o777 == 0o600


@posix
@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_two_hundred_rounds_of_kills(tmp_path, assert_outcomes_are_true):
    """The same 200 times: kills of runs and of undos, resumes by one process or by two at the same moment."""
    totals, failures = Totals(), []
    with Forks() as forks:
        for seed in range(200):
            try:
                one_round(forks, tmp_path / str(seed), 200, seed, assert_outcomes_are_true, totals)
            except AssertionError as error:
                failures.append(f"round {seed}: {error}")
                print(failures[-1], flush=True)
    print(f"\n{totals}")
    assert not failures


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
