"""Chaos at the limits: few requests a window, two processes on one account, reads that are behind, colleagues at work.

An oracle over the practice server's own history judges every run: who wrote what and when, what each look showed, how long the
colleague's edit lay before our PATCH. Figures: `pytest -s tests/test_chaos_limits.py`; the long forms: `pytest -m slow`.
"""

from __future__ import annotations

import functools
import heapq
import random
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.api import read_then_write
from truto_tickets_nb.api.throttle import Throttle
from truto_tickets_nb.sandbox import Sandbox
from truto_tickets_nb.sandbox.limits.truto import Limiter

TRUTO = (50, 10.0)  # requests and seconds of Truto's own limit
QUIET = 0.002  # seconds without any request after which a virtual clock may jump
EXACT = 0.002  # seconds between two readings of a clock in one thread that say the same
CHAOS = (
    "edited=0.02:field=name", "edited=0.02:field=description", "limited=0.05:wait=0.01", "limited_remote=0.05:wait=0.01",
    "error_500=0.02", "error_502=0.02", "error_504=0.01", "lost_after=0.02", "lost_before=0.02", "lost_midway=0.01",
    "ignored=0.01", "recased=0.01",
)  # fmt: skip
LOST = ("lost_after=0.08", "lost_before=0.04", "lost_midway=0.03", "error_502=0.03", "after_commit_500=0.03")
EIGHT_WORKERS = tt.SafetyLimits(workers=8, canary=0, stop_after=1000)
FOUR_WORKERS = tt.SafetyLimits(workers=4, canary=0, stop_after=1000)


@dataclass(frozen=True)
class Look:
    """Hold what the server answered to a GET of one ticket, and when it read that."""

    at: float
    shown: dict


@dataclass(frozen=True)
class Write:
    """Hold one field that was written: when, by whom, from what to what; of ours, the look before it and the client's clock."""

    at: float
    ticket: str
    by: str
    field: str
    old: object
    new: object
    look: Look | None = None
    answered: float = 0.0  # when the client had the answer to its last look
    left: float = 0.0  # when the client let the PATCH leave

    def __str__(self):
        return f"{self.by} wrote {self.field}={self.new!r} over {self.old!r} at {self.at:.4f}"


class Oracle:
    """Judge runs by the server's own history.

    A foreign edit of a field is overwritten where our write of it comes next. That is outside the told window where our last look
    showed the edit, or where the server had it longer before our PATCH than `run.window` of the ticket, the way back of the look and the
    way there of the PATCH together; reads that are behind add `lag` seconds. Never outside is what came later than that. The
    told window itself must be true: never shorter than the time between the answer to the look and the PATCH.
    """

    def __init__(self, box, lag=0.0):
        self.box, self.lag = box, lag
        self.writes, self.looks = defaultdict(list), defaultdict(list)
        self.on_look = lambda _ticket: None
        api, store = box._api, box._store
        inner_write, inner_found, call_of = store.write, api._found, []

        def write(record, by="api"):
            with store.lock:
                inner_write(record, by)
                self._note(record["id"], by, call_of[0] if by == "api" else None)

        def found(call):
            record = inner_found(call)
            who = call.request.headers.get("x-who", "main")
            if call.request.method == "GET":
                self.looks[call.identity, who].append(Look(time.monotonic(), record))
                self.on_look(call.identity)
            call_of[:] = [call]
            return record

        store.write, api._found = write, found

    def _note(self, ticket, by, call):
        now, ours = time.monotonic(), {}
        if call is not None:
            headers = call.request.headers
            by = headers.get("x-who", "main")
            looks = self.looks[ticket, by]
            ours = {"look": looks[-1] if looks else None, "answered": float(headers.get("x-answered", now))}
            ours["left"] = float(headers.get("x-left", now))
        for name, (old, new) in self.box.writes(ticket)[-1]["fields"].items():
            self.writes[ticket, name].append(Write(now, ticket, by, name, old, new, **ours))

    def overwritten(self, run, since, who="main"):
        """List the foreign edits that this run overwrote outside the told window, and count those inside."""
        windows = {item.ticket: item.window for item in run.outcomes}
        outside, inside = [], 0
        for (ticket, _), writes in list(self.writes.items()):
            for theirs, ours in pairwise(writes):
                if ours.by == who and theirs.by != who and ours.at > since and ticket in windows:
                    why = self._outside(theirs, ours, windows[ticket] or 0.0)
                    inside += not why
                    if why:
                        outside.append(f"{ticket}: {theirs}; {ours}: {why}")
        return outside, inside

    def _outside(self, theirs, ours, window):
        if ours.look is None:
            return "nobody had looked"
        if ours.look.shown.get(ours.field) == theirs.new:
            return f"the look at {ours.look.at:.4f} showed it"
        ways = max(0.0, ours.answered - ours.look.at) + max(0.0, ours.at - ours.left)
        before, most = ours.at - theirs.at, window + ways + self.lag + EXACT
        return f"{before:.4f} s before, told {window:.4f} s and {ways:.4f} s on the way" if before > most else ""

    def untold(self, run, since, who="main"):
        """List the PATCH requests that left later after their look than the run says, or than the README promises."""
        windows = {item.ticket: item.window for item in run.outcomes}
        wrong = []
        for writes in list(self.writes.values()):
            for ours in writes:
                if ours.by != who or ours.at < since or ours.ticket not in windows or ours.look is None:
                    continue
                took, said = ours.left - ours.answered, windows[ours.ticket]
                if said is None or took > said + EXACT:
                    wrong.append(f"{ours.ticket}: left {took:.4f} s after its look, told {said}")
        return wrong

    def false_labels(self, run, since, who="main"):
        """List the outcomes that the history proves wrong, and the changes of ours that the undo forgets."""
        undo = {(patch.ticket, change.field) for patch in run.undo() for change in patch.changes}
        return [text for item in run.outcomes for text in self._false(item, since, who, undo)]

    def _false(self, item, since, who, undo):
        ours = {}
        for change in item.patch.changes:
            own = [write for write in self.writes[item.ticket, change.field] if write.by == who and write.at > since]
            if own:
                ours[change.field] = own[-1]
        held = {found.change.field for found in item.findings if found.verdict == "already so"}
        arrived = {c.field for c in item.patch.changes if c.field in ours and _same(ours[c.field].new, c.new)}
        fields = {change.field for change in item.patch.changes}
        is_true = {
            "applied": fields <= arrived | held,
            "partly applied": bool(ours) and not fields <= arrived,
            "unknown": True,
        }.get(item.kind, not ours)
        history = "; ".join(str(write) for name in fields for write in self.writes[item.ticket, name])
        if not is_true:
            yield f"{item.ticket}: {item.kind} ({item.reason}), but {history or 'nobody wrote anything'}"
        ends = {name for name in ours if self.writes[item.ticket, name][-1].by == who}  # a later edit stays anyway
        if lacking := {name for name in ends if (item.ticket, name) not in undo}:
            yield f"{item.ticket}: {item.kind}, and the undo forgets {lacking}: {history}"

    def unrestored(self, run, since, until, who="main"):
        """List what this run changed, nobody else changed since, and the undo did not put back."""
        wrong = []
        for item in run.outcomes:
            for change in item.patch.changes:
                writes = [write for write in self.writes[item.ticket, change.field] if write.at > since]
                ours = [write for write in writes if write.by == who and write.at < until]
                if ours and all(write.by == who for write in writes):
                    holds = self.box.ticket(item.ticket).get(change.field)
                    if (holds or "") != (ours[0].old or ""):  # a text that is cleared may be empty or missing
                        wrong.append(f"{item.ticket}: holds {holds!r}, not {ours[0].old!r}; {item.kind}: {item.reason}")
        return wrong


def _same(written, wanted):
    return str(written).strip() == str(wanted).strip()


class Clock:
    """Give the time of a monotonic clock that jumps ahead where everybody waits; shared by the server's limit and the client's."""

    def __init__(self):
        self._lock, self._skipped, self._flying, self._last = threading.Lock(), 0.0, 0, 0.0
        self._later = []

    def __call__(self):
        return time.monotonic() + self._skipped

    def sleep(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with self._lock:
                if self._flying == 0 and time.monotonic() - self._last > QUIET:
                    self._skipped += seconds
                    self._last = time.monotonic()
                    break
            time.sleep(QUIET / 4)
        while True:
            with self._lock:
                if not self._later or self._later[0][0] > self():
                    return
                act = heapq.heappop(self._later)[2]
            act()

    def later(self, seconds, act):
        with self._lock:
            heapq.heappush(self._later, (self() + seconds, len(self._later) + random.random(), act))

    @contextmanager
    def busy(self):
        with self._lock:
            self._flying += 1
        try:
            yield
        finally:
            with self._lock:
                self._flying, self._last = self._flying - 1, time.monotonic()


class Line(httpx.BaseTransport):
    """Stand between client and server: say who asks and when that left, hold the virtual clock meanwhile, change answers."""

    def __init__(self, account, who="main", clock=None, announced="", bare=False):
        self.client, self.who, self.clock, self.announced, self.bare = account._client, who, clock, announced, bare
        self.inner = account._client._http._transport
        account._client._http._transport = self

    def handle_request(self, request):
        looked = getattr(self.client._local, "pair", None)
        request.headers["x-who"] = self.who
        if looked is not None and looked._answered is not None:
            request.headers["x-answered"] = repr(looked._answered[0])
        with self.clock.busy() if self.clock else nullcontext():
            request.headers["x-left"] = repr(time.monotonic())
            answer = self.inner.handle_request(request)
            answer.read()
        if self.announced:
            answer.headers["ratelimit-limit"] = self.announced
        if self.bare and request.method == "PATCH" and answer.is_success:
            return httpx.Response(200, json={"id": request.url.path.rpartition("/")[2]})
        return answer

    def close(self):
        self.inner.close()


class Colleague:
    """Edit some tickets at random moments after we looked at them: within milliseconds, or while everybody waits for a limit."""

    def __init__(self, oracle, clock=None, share=0.15, seed=0):
        self.box, self.clock, self.share, self.seed = oracle.box, clock, share, seed
        self.looks, self.timers, self.is_over = Counter(), [], False
        oracle.on_look = self.looked

    def looked(self, ticket):
        self.looks[ticket] += 1
        chance = random.Random(f"{self.seed}/{ticket}")
        if self.is_over or chance.random() > self.share or self.looks[ticket] != chance.choice([1, 1, 2]):
            return
        act = functools.partial(self._edit, ticket, chance.choice(["name", "name", "description"]))
        if self.clock and chance.random() < 0.5:
            self.clock.later(chance.uniform(0.05, 1.5), act)
        else:
            self.timers.append(threading.Timer(chance.choice([0.005, 0.05, 0.4]) * chance.random(), act))
            self.timers[-1].start()

    def _edit(self, ticket, field):
        if not self.is_over:
            self.box.edit(ticket, **{field: f"{field} by a colleague"})

    def close(self):
        self.is_over = True
        for timer in self.timers:
            timer.join()


def planned(account, change=lambda df: df.assign(name=df["name"].str.strip() + " (seen)")):
    snapshot = account.load(progress=False)
    return snapshot.plan(change(snapshot.frame()))


def judge(oracle, run, since, who="main"):
    """Assert what is true of every run, and return how many edits were overwritten inside the told window."""
    outside, inside = oracle.overwritten(run, since, who)
    assert outside == [], "\n".join(outside)
    assert (untold := oracle.untold(run, since, who)) == [], "\n".join(untold)
    assert (wrong := oracle.false_labels(run, since, who)) == [], "\n".join(wrong)
    assert sum(run.counts.values()) == len(run.plan)
    return inside


def print_summary(case, run, inside):
    ms = [f"{value * 1000:.1f}" for value in (run.window.median, run.window.p99, run.window.longest)]
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(run.counts.items()))
    print(f"\n{case}: {len(run.plan)} patches: {counts}; {inside} edits overwritten inside the window; median {ms[0]}, p99 {ms[1]}, longest {ms[2]} ms")  # fmt: skip


def all_of_it(case, account, oracle, *, faults=(), seed=0, clock=None, share=0.15):
    """Apply a plan in chaos, judge it, end the chaos, undo, judge again."""
    plan, box, since = planned(account), account.sandbox, time.monotonic()
    box.faults(*faults, seed=seed)
    colleague = Colleague(oracle, clock, share, seed)
    run = account.apply(plan, confirm=len(plan), brakes=EIGHT_WORKERS, progress=False)
    colleague.close()
    box.faults()
    print_summary(case, run, judge(oracle, run, since))
    undone_since, oracle.lag = time.monotonic(), 0.0
    undo = run.undo()
    undone = account.apply(undo, confirm=len(undo), brakes=EIGHT_WORKERS, progress=False)
    assert judge(oracle, undone, undone_since) == 0
    unrestored = oracle.unrestored(run, since, undone_since)
    assert unrestored == [], "\n".join(unrestored)
    return run


@contextmanager
def practised(count, *, enforced=None, announced="", seed=0, is_virtual=True, lag=0.0, bare=False):
    """Open a practice account with a limit that the server enforces, or only announces, on one clock for both sides."""
    with tt.sandbox("jira", tickets=count, limit=enforced, seed=seed) as account:
        clock = Clock() if is_virtual else None
        if clock:
            account.sandbox._api.limiter = Limiter(enforced, clock)
            account._client.budget = Throttle(*(enforced or (500, 1.0)), clock=clock, sleep=clock.sleep)
        Line(account, clock=clock, announced=announced, bare=bare)
        yield account, Oracle(account.sandbox, lag), clock


def slow(*values):
    return pytest.param(*values, marks=pytest.mark.slow)


@pytest.mark.parametrize(
    ("size", "window", "count", "seed"),
    [(*TRUTO, 50, 5), (3, 1.0, 12, 5), *(slow(*TRUTO, 300, seed) for seed in range(4)), slow(3, 1.0, 100, 1)],
)
def test_chaos_at_an_enforced_limit(size, window, count, seed):
    """At Truto's own limit, and at three requests a window, chaos costs no foreign edit, tells no false label, and is undone."""
    with practised(count, enforced=(size, window)) as (account, oracle, clock):
        case = f"{size} per {window:g} s enforced, virtual clock"
        run = all_of_it(case, account, oracle, faults=CHAOS, seed=seed, clock=clock)
        assert len(run.applied) > 0.7 * count


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_chaos_at_the_real_limit():
    """The same by the real clock: 50 requests in 10 s."""
    with practised(150, enforced=TRUTO, is_virtual=False) as (account, oracle, _):
        all_of_it("50 per 10 s enforced, real clock", account, oracle, faults=CHAOS, seed=8)


@pytest.mark.parametrize(("announced", "count"), [("1;w=1", 8), ("3;w=1", 8), slow("1;w=1", 80), slow("3;w=1", 80)])
def test_chaos_at_an_announced_limit(announced, count):
    """Where a header announces one or three requests a window, a PATCH follows its look at once all the same."""
    with practised(count, announced=announced) as (account, oracle, clock):
        account._client.budget.learn(announced)
        case = f"{announced} announced, virtual clock"
        run = all_of_it(case, account, oracle, faults=CHAOS, seed=3, clock=clock)
        assert len(run.applied) > 0.6 * count


def test_one_request_a_window_admits_no_change():
    """Where the server admits one request a window, no PATCH can follow its look at once: nothing is sent, each ticket says why."""
    with practised(2, enforced=(1, 1.0)) as (account, oracle, _):
        plan, since = planned(account), time.monotonic()
        run = account.apply(plan, confirm=2, brakes=tt.SafetyLimits(canary=1), progress=False)
        assert judge(oracle, run, since) == 0
        assert run.counts == {"not sent": 2}
        assert "Too many requests" in run.not_sent.frame()["reason"].iloc[0]
        assert not any(oracle.writes.values())


LAGS = [(0.4, 0.15), (1.0, 0.3)]  # share of the reads that are behind, and how many seconds


@pytest.mark.parametrize(
    ("share", "lag", "bare", "count"),
    [(0.4, 0.15, False, 15), *(slow(*lags, bare, 60) for lags in LAGS for bare in (False, True))],
)
def test_chaos_with_reads_that_are_behind(share, lag, bare, count):
    """Reads behind writes add their lag to the window, and nothing else: labels stay true at a limit and with lost answers."""
    with practised(count, enforced=TRUTO, lag=lag, bare=bare) as (account, oracle, clock):
        faults = (*LOST, f"replica_lag={share}:wait={lag}")
        case = f"{share:.0%} of the reads {lag} s behind{', answers without fields' * bare}"
        all_of_it(case, account, oracle, faults=faults, seed=2, clock=clock)


SECOND = """
import sys
sys.path.insert(0, sys.argv[1])
import test_chaos_limits
test_chaos_limits.second(*sys.argv[2:])
"""


def second(job, field, token, account_id, url, home, size, window):
    """Be the second process: apply a plan of its own to `field`, or load and rehearse until told to end."""
    with tt.connect(token, account_id, url, home=home) as account:
        account._client.budget.size, account._client.budget.window = int(size), float(window)
        Line(account, "second")
        plan = planned(account, lambda df: df.assign(**{field: df[field].fillna("").str.strip() + " (second)"}))
        print("ready", flush=True)
        sys.stdin.readline()
        if job == "apply":
            print(account.apply(plan, confirm=len(plan), brakes=FOUR_WORKERS, progress=False).id, flush=True)
            return
        over = threading.Event()
        threading.Thread(target=lambda: (sys.stdin.readline(), over.set()), daemon=True).start()
        rounds = 0
        while not over.is_set():
            rounds += 1
            with suppress(tt.errors.TicketsError):
                account.load(progress=False)
                account.dry_run(plan.split(10)[0], progress=False)
        print(rounds, flush=True)


@contextmanager
def process(box, job, field, home, limit):
    here = str(Path(__file__).parent)
    reach = (box.token, box.account_id, box.url)
    command = [sys.executable, "-c", SECOND, here, job, field, *reach, str(home), *map(str, limit)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "ready\n"
        yield child


def say(child):
    with suppress(BrokenPipeError):
        child.stdin.write("go\n")
        child.stdin.flush()


def beside_a_reader(count, limit, tmp_path):
    """Apply while a second process with the same home loads and rehearses; both share one budget."""
    with Sandbox("jira", count, limit=limit) as box:
        oracle = Oracle(box)
        with (
            tt.connect(box.token, box.account_id, box.url, home=tmp_path) as account,
            process(box, "read", "name", tmp_path, limit) as child,
        ):
            account._client.budget.size, account._client.budget.window = limit
            Line(account)
            plan, since = planned(account), time.monotonic()
            box.faults(*CHAOS, seed=4)
            colleague = Colleague(oracle)
            say(child)
            run = account.apply(plan, confirm=len(plan), brakes=FOUR_WORKERS, progress=False)
            colleague.close()
            say(child)
            box.faults()
            rounds = int(child.stdout.readline())
            print_summary(f"shared budget {limit}, {rounds} rounds of reading beside", run, judge(oracle, run, since))
            return rounds


def two_machines(count, limit, field, tmp_path, faults=CHAOS):
    """Apply two plans at once, from two homes whose budgets do not know each other; the second one changes `field`."""
    with Sandbox("jira", count, limit=limit) as box:
        oracle = Oracle(box)
        homes = tmp_path / "one", tmp_path / "two"
        with (
            tt.connect(box.token, box.account_id, box.url, home=homes[0]) as account,
            process(box, "apply", field, homes[1], limit) as child,
        ):
            account._client.budget.size, account._client.budget.window = limit
            Line(account)
            plan, since = planned(account), time.monotonic()
            box.faults(*faults, seed=6)
            colleague = Colleague(oracle)
            say(child)
            run = account.apply(plan, confirm=len(plan), brakes=FOUR_WORKERS, progress=False)
            other_id = child.stdout.readline().strip()
            colleague.close()
            box.faults()
            with tt.connect(box.token, box.account_id, box.url, home=homes[1]) as other:
                Line(other, "second")
                runs = ((account, run, "main"), (other, other.run(other_id), "second"))
                for _, made, who in runs:
                    print_summary(
                        f"two machines at {limit}, second {field}: {who}", made, judge(oracle, made, since, who)
                    )
                for of, made, who in runs:
                    undone_since, undo = time.monotonic(), made.undo()
                    box.reset_limits()
                    undone = of.apply(undo, confirm=len(undo), brakes=FOUR_WORKERS, progress=False)
                    judge(oracle, undone, undone_since, who)
                    unrestored = oracle.unrestored(made, since, undone_since, who)
                    assert unrestored == [], "\n".join(unrestored)
                return run, runs[1][1]


@pytest.mark.parametrize(("count", "limit"), [(10, (50, 0.5)), slow(100, (50, 1.0))])
def test_second_process_reads_beside_a_run(count, limit, tmp_path):
    """Two processes with one home keep to one limit together, and reading beside a run harms nothing."""
    assert beside_a_reader(count, limit, tmp_path) > 0


@pytest.mark.parametrize(
    ("field", "count", "faults"), [("name", 6, ()), slow("description", 60, CHAOS), slow("name", 60, CHAOS)]
)
def test_two_machines_change_the_same_tickets(field, count, faults, tmp_path):
    """Two machines on one account in step: other fields are both kept, the same field is lost inside the told window only."""
    one, two = two_machines(count, (60, 1.0), field, tmp_path, faults)
    if field == "description":
        assert min(len(one.applied), len(two.applied)) > 0.6 * count


@pytest.mark.parametrize("bare", [False, True], ids=["", "answers without fields"])
def test_edit_between_patch_and_the_read_after_it_is_no_rewriting_of_the_tool(bare):
    """A value that the answer to a PATCH did not show may be a colleague's: the outcome is unknown, and the undo keeps it."""
    with practised(2, is_virtual=False, bare=bare) as (account, oracle, _):
        plan, since, box = planned(account), time.monotonic(), account.sandbox
        ticket = plan.patches[0].ticket
        inner = account._client._http._transport.inner.handle_request

        def edited(request):
            answer = inner(request)
            answer.read()
            if request.method == "PATCH" and request.url.path.endswith(ticket) and len(box.writes(ticket)) == 1:
                box.edit(ticket, name="saved after the PATCH")
            return answer

        account._client._http._transport.inner.handle_request = edited
        run = account.apply(plan, confirm=2, brakes=tt.SafetyLimits(canary=0, reread=True), progress=False)
        assert (judge(oracle, run, since), run.unknown.ids) == (0, (ticket,))
        assert "somebody changed it after this run" in run.unknown.frame()["reason"].iloc[0]
        account.apply(undo := run.undo(), confirm=len(undo), progress=False)
        assert box.ticket(ticket)["name"] == "saved after the PATCH"


def test_oracle_finds_what_a_late_patch_overwrites(monkeypatch):
    """Without the bound on the age of a look, a colleague's edit is lost, and the oracle names ticket, times and values."""
    monkeypatch.setattr(read_then_write, "LONGEST_AGE", 60.0)
    with practised(3, is_virtual=False) as (account, oracle, _):
        plan, since, box = planned(account), time.monotonic(), account.sandbox
        line, ticket = account._client._http._transport, plan.patches[1].ticket
        inner = line.inner.handle_request

        def late(request):
            if request.method == "PATCH" and request.url.path.endswith(ticket):
                time.sleep(0.05)
                box.edit(ticket, name="lost")
                time.sleep(0.25)
            return inner(request)

        line.inner.handle_request = late
        run = account.apply(plan, confirm=3, progress=False)
        outside, inside = oracle.overwritten(run, since)
        assert (outside, inside) == ([], 1)  # so long a window was told
        outcomes = tuple(replace(item, window=0.01) for item in run.outcomes)
        oracle.writes[ticket, "name"][-1] = replace(oracle.writes[ticket, "name"][-1], left=time.monotonic())
        outside, _ = oracle.overwritten(replace(run, outcomes=outcomes), since)
        assert len(outside) == 1
        assert "'lost'" in outside[0]
        assert outside[0].startswith(ticket)
