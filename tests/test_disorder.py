"""Disorder between this toolkit and the server: limits, lagging reads, answers that prove nothing, errors in threads, interrupts.

What really happened is told by the practice server's own history: who wrote what, in which order.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import httpx
import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.api.request_budget import SharedRequestBudget
from truto_tickets_nb.errors import JournalError, PlanError
from truto_tickets_nb.plans.request_spec import RequestSpec
from truto_tickets_nb.runs import engine, server_check
from truto_tickets_nb.sandbox import Sandbox

COLLEAGUE = "edited by a colleague"


class Between(httpx.BaseTransport):
    """Stand between the client and the practice server; `hook(method, ticket, send)` may change what happens."""

    def __init__(self, account, hook):
        self.inner, self.hook = account._client._http._transport, hook
        account._client._http._transport = self

    def handle_request(self, request):
        def send():
            answer = self.inner.handle_request(request)
            answer.read()
            return answer

        _, is_ticket, rest = request.url.path.partition("/tickets/")
        if not is_ticket or rest.startswith("meta/"):
            return send()
        return self.hook(request.method, rest, send)

    def close(self):
        self.inner.close()


def renamed(account):
    snapshot = account.load(progress=False)
    df = snapshot.frame()
    df["name"] = df["name"].str.strip() + " mine"
    return snapshot.plan(df)


def applied(account, plan, **brakes):
    return account.apply(plan, confirm=len(plan), brakes=tt.SafetyLimits(**brakes), progress=False)


def authors(box, ticket):
    return [write["by"] for write in box.writes(ticket) if "name" in write["fields"]]


def overwritten(box, plan):
    """List the tickets in whose history our write follows a colleague's."""
    return [patch.ticket for patch in plan if "colleague,api" in ",".join(authors(box, patch.ticket))]


def untrue(run, box):
    """List the outcomes that the server's history proves wrong, and the changes that the undo forgets."""
    undo = {patch.ticket for patch in run.undo()}
    wrong = []
    for item in run.outcomes:
        did_write = "api" in authors(box, item.ticket)
        says_so = item.kind in ("applied", "partly applied")
        if (item.kind != "unknown" and did_write != says_so) or (did_write and item.ticket not in undo):
            wrong.append((item.ticket, item.kind, item.reason))
    return wrong


def answer(status, **headers):
    return httpx.Response(status, json={"message": "disorder"}, headers=headers)


@pytest.mark.parametrize("limit", ["1;w=1", "3;w=1"])
@pytest.mark.parametrize("fails", [False, True], ids=["", "a look fails"])
def test_no_wait_lies_between_look_and_change(limit, fails):
    """A colleague who edits a while after our look is never overwritten, however few places a window has."""
    with tt.sandbox("jira", tickets=2, limit=(500, 1)) as account:
        plan, box, looks, timers = renamed(account), account.sandbox, {}, []

        def hook(method, ticket, send):
            looks[ticket] = looks.get(ticket, 0) + (method == "GET")
            if fails and method == "GET" and looks[ticket] == 1:
                return answer(500)
            found = send()
            found.headers["ratelimit-limit"] = limit
            if method == "GET" and looks[ticket] == 1 + fails:
                timers.append(
                    threading.Timer(0.25, lambda: "api" in authors(box, ticket) or box.edit(ticket, name=COLLEAGUE))
                )
                timers[-1].start()
            return found

        Between(account, hook)
        account._client.budget.learn(limit)
        run = applied(account, plan, canary=0)
        for timer in timers:
            timer.join()
        assert overwritten(box, plan) == []
        assert untrue(run, box) == []
        assert len(run.applied) == 2
        assert 0 < run.window.median <= run.window.p99 <= run.window.longest < 0.2


def test_limit_that_admits_no_pair_sends_nothing_and_says_so():
    """Where the server itself admits one request a window, a change can't follow its look at once: nothing is sent, every ticket says why."""
    with tt.sandbox("jira", tickets=1, limit=None) as account:
        plan = renamed(account)
        Between(
            account, lambda method, ticket, send: answer(429, **{"retry-after": "0"}) if method == "PATCH" else send()
        )
        run = applied(account, plan)
        assert (run.counts, authors(account.sandbox, plan.patches[0].ticket)) == ({"not sent": 1}, [])


def test_change_waits_for_no_journal(tmp_path):
    """Another process holds the journal for a second between look and intent: the ticket is read again."""
    with (
        Sandbox("jira", 3, limit=None) as box,
        tt.connect(box.token, box.account_id, box.url, home=tmp_path) as account,
    ):
        plan, locked = renamed(account), []

        def hook(method, ticket, send):
            found = send()
            if method == "GET" and ticket == plan.patches[1].ticket and not locked:
                locked.append(
                    sqlite3.connect(tmp_path / "journal.sqlite", isolation_level=None, check_same_thread=False)
                )
                locked[0].execute("begin immediate")
                box.edit(ticket, name=COLLEAGUE)
                threading.Timer(1, lambda: (locked[0].execute("rollback"), locked[0].close())).start()
            return found

        Between(account, hook)
        run = applied(account, plan, canary=0, workers=1)
        assert (run.counts, overwritten(box, plan)) == ({"applied": 2, "conflict": 1}, [])


def test_slow_thread_reads_again(monkeypatch):
    """A thread that stands still between look and PATCH (a laptop that sleeps, a busy machine) holds its change back."""
    with tt.sandbox("jira", tickets=3, limit=None) as account:
        plan, box, slept = renamed(account), account.sandbox, []
        original = RequestSpec.body

        def body(self, changes, record):
            if not slept:
                slept.append(record["id"])
                time.sleep(0.4)
                box.edit(record["id"], name=COLLEAGUE)
            return original(self, changes, record)

        monkeypatch.setattr(RequestSpec, "body", body)
        run = applied(account, plan, canary=0)
        assert (run.conflicts.ids, overwritten(box, plan)) == (tuple(slept), [])


def test_whole_custom_fields_are_those_of_the_last_look():
    """What goes along unchanged is read at the very last look: an edit during a wait is kept."""
    ticket = {"id": "1", "name": "one", "custom_fields": {"region": "EU", "points": 1}}
    with tt.sandbox("freshdesk", tickets=[ticket], limit=None) as account:
        snapshot = account.load(progress=False)
        plan = snapshot.plan(snapshot.frame().assign(**{"custom_fields.region": "US"}))
        request_spec, looks = RequestSpec(whole_custom_fields=True), []

        def hook(method, ticket, send):
            found = send()
            looks.append(method)
            if looks == ["GET"]:
                time.sleep(0.02)
                account.sandbox.edit("1", custom_fields={"region": "EU", "points": 2})
                return answer(500)
            return found

        Between(account, hook)
        run = engine.apply(engine.RunContext(account._client, account.journal, tt.SafetyLimits()), plan, request_spec)
        assert (run.counts, account.sandbox.ticket("1")["custom_fields"]["points"]) == ({"applied": 1}, 2)


AFTER = [(401, 0.0), (409, 0.0), (422, 0.0), (422, 0.3), (429, 0.0), (429, 0.3), (503, 0.0), (503, 0.3)]
REST = [(status, lag) for status in (400, 401, 403, 404, 405, 408, 409, 412, 500, 502, 504) for lag in (0.0, 0.3)]


@pytest.mark.parametrize(
    ("status", "lag"), [*AFTER, *(pytest.param(*case, marks=pytest.mark.slow) for case in REST if case not in AFTER)]
)
def test_labels_tell_what_the_server_holds_after_any_answer(status, lag):
    """Every status after (or instead of) the commit, with reads that are behind or not: no false label, and the undo restores all."""
    with tt.sandbox("jira", tickets=4, limit=None) as account:
        plan, box = renamed(account), account.sandbox
        before = {row["id"]: row["name"] for row in box.tickets()}
        struck, older = set(), {}
        arrives = {patch.ticket for patch in plan.patches[:2]}

        def hook(method, ticket, send):
            at, record = older.get(ticket, (0.0, None))
            if method == "GET":
                return httpx.Response(200, json=record) if time.monotonic() - at < lag else send()
            if ticket in struck:
                return send()
            struck.add(ticket)
            older[ticket] = time.monotonic(), box.ticket(ticket)
            if ticket in arrives:
                send()
            return answer(status, **{"retry-after": "0"})

        Between(account, hook)
        run = applied(account, plan, canary=0)
        assert untrue(run, box) == []
        assert arrives <= set(run.applied.ids) | set(run.unknown.ids)
        account.apply(run.undo(), confirm=len(run.undo()), progress=False)
        assert {row["id"]: row["name"] for row in box.tickets()} == before


@pytest.mark.parametrize(
    ("lag", "shows", "kind"), [(0.3, True, "applied"), (0.3, False, "applied"), (30, True, "unknown")]
)
def test_reads_that_lag(lag, shows, kind):
    """A read that shows the old value is no proof: it is repeated, and what stays uncertain is unknown. The undo restores all."""
    with tt.sandbox("jira", tickets=3, limit=None) as account:
        plan, box, older, is_lagging = renamed(account), account.sandbox, {}, [True]
        before = {row["id"]: row["name"] for row in box.tickets()}

        def hook(method, ticket, send):
            if method == "PATCH":
                older[ticket] = time.monotonic(), box.ticket(ticket)
                found = send()
                return found if shows else httpx.Response(200, json={"id": ticket})
            at, record = older.get(ticket, (0.0, None))
            return httpx.Response(200, json=record) if is_lagging[0] and time.monotonic() - at < lag else send()

        Between(account, hook)
        run = applied(account, plan, canary=0, reread=True)
        assert (run.counts, untrue(run, box)) == ({kind: 3}, [])
        is_lagging[0] = lag < 1
        undo = run.undo()
        assert ("nobody can tell" in " ".join(map(str, undo.notes))) == (kind == "unknown")
        assert account.apply(undo, confirm=3, progress=False).counts == {"applied": 3}
        assert {row["id"]: row["name"] for row in box.tickets()} == before


def test_runs_and_plans_belong_to_their_account(tmp_path):
    """A run of another account is neither resumed nor applied, by the account nor by the engine."""
    with tt.sandbox("jira", tickets=3, limit=None) as one, tt.sandbox("jira", tickets=3, seed=1, limit=None) as two:
        run_id = one.journal.begin(plan := renamed(one), RequestSpec())
        bench = engine.RunContext(two._client, one.journal)
        with pytest.raises(PlanError, match="is of account"):
            engine.resume(bench, run_id)
        with pytest.raises(PlanError, match="is of account"):
            engine.apply(bench, plan, RequestSpec())
        assert not [seen for seen in two.sandbox.requests() if seen.method == "PATCH"]


def test_error_that_nobody_expected_ends_the_run_within_a_second(monkeypatch):
    """Every ticket has its outcome, the run is finished, the account free, although another answer is still awaited."""
    with tt.sandbox("jira", tickets=12, limit=None) as account:
        plan, waits = renamed(account), threading.Event()
        broken = plan.patches[5].ticket

        def hook(method, ticket, send):
            if method == "PATCH" and ticket == plan.patches[4].ticket:
                waits.wait(20)
            return send()

        def body(self, changes, record):
            if record["id"] == broken:
                raise ZeroDivisionError("nobody expected this")
            return {"name": next(iter(changes)).new}

        Between(account, hook)
        monkeypatch.setattr(RequestSpec, "body", body)
        begun = time.monotonic()
        run = applied(account, plan, canary=0, workers=2)
        assert time.monotonic() - begun < 3
        assert (run.state, sum(run.counts.values()), len(run.open)) == ("finished", 12, 0)
        assert run.unknown.ids[0] == plan.patches[4].ticket
        assert "ZeroDivisionError" in str(run.notes[0])
        waits.set()
        monkeypatch.undo()
        assert account.runs()[0].state == "finished"
        assert set(applied(account, run.retry(), canary=0).counts) <= {"applied", "unknown"}


def test_journal_that_fails_is_an_error_of_ours_and_leaves_nothing_running(monkeypatch):
    """What can't be written down stops the run; it is left to a resume."""
    with tt.sandbox("jira", tickets=6, limit=None) as account:
        plan, settle = renamed(account), account.journal.settle

        def failing(run_id, place, outcome):
            if place == 3:
                raise JournalError("no room")
            settle(run_id, place, outcome)

        monkeypatch.setattr(account.journal, "settle", failing)
        with pytest.raises(JournalError, match="no room"):
            applied(account, plan)
        monkeypatch.undo()
        assert account.runs()[0].state == "interrupted"
        assert account.resume(progress=False).counts == {"applied": 6}


def test_stop_while_reading_back_leaves_the_patch_to_a_resume():
    """A stop between the PATCH and the read after it loses nothing and labels nothing."""
    from truto_tickets_nb.show import ProgressBar

    with tt.sandbox("jira", tickets=3, limit=None) as account:
        plan, bar, sent = renamed(account), ProgressBar(3, "x", shown=False), set()

        def hook(method, ticket, send):
            if method == "PATCH":
                sent.add(ticket)
            elif ticket in sent:
                bar.halted.set()
                return answer(500)
            return send()

        between = Between(account, hook)
        with pytest.raises(tt.errors.RunInterrupted) as caught:
            account.apply(plan, confirm=3, progress=bar)
        assert len(caught.value.run.open) == 3
        account._client._http._transport = between.inner
        assert account.resume(progress=False).counts == {"applied": 3}


def test_asking_the_tool_can_be_stopped_and_stops_on_a_fatal_error():
    """A fatal answer ends the questions as it ends a dry run; an interrupt ends them at once."""
    with tt.sandbox("azuredevops", tickets=30, limit=None) as account:
        plan, asked = renamed(account), []
        dry_run_result = account.dry_run(plan, progress=False)

        def hook(method, ticket, send):
            if method == "PATCH":
                asked.append(ticket)
                return answer(403)
            return send()

        between = Between(account, hook)
        found = server_check.ask_server(account._client, dry_run_result, {"validateOnly": "true"})
        assert (len(found.failed), len(asked)) == (30, 1)
        asked.clear()
        between.hook = lambda method, ticket, send: answer(429, **{"retry-after": "1800"})
        assert len(server_check.ask_server(account._client, dry_run_result, {"validateOnly": "true"}).failed) == 30
        halted = threading.Event()
        halted.set()
        with pytest.raises(tt.errors.Stopped):
            server_check.ask_server(
                account._client.stopped_by(halted.is_set), dry_run_result, {"validateOnly": "true"}, halted=halted
            )


CHILD = """
import sys
import truto_tickets_nb as tt
account = tt.connect(*sys.argv[1:4], home=sys.argv[4])
snapshot = account.load(progress=False)
plan = snapshot.plan(snapshot.frame().assign(name="mine"))
account.apply(plan, confirm=len(plan), progress=False)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
def test_second_interrupt_still_says_how_to_resume(tmp_path):
    """Whoever presses Ctrl-C twice waits for no answer, and reads how to go on."""
    with Sandbox("jira", 8, limit=None) as box:
        box.faults("stalled=#3:on=PATCH")
        reach = (box.token, box.account_id, box.url)
        command = [sys.executable, "-c", CHILD, *reach, str(tmp_path)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as child:
            while not any(struck.kind == "stalled" for struck in box.struck()):
                assert child.poll() is None
                time.sleep(0.01)
            time.sleep(0.2)
            os.kill(child.pid, signal.SIGINT)
            time.sleep(0.5)
            begun = time.monotonic()
            os.kill(child.pid, signal.SIGINT)
            said = child.communicate(timeout=30)[1]
        assert time.monotonic() - begun < 3
        assert "account.resume(" in said
        with tt.connect(*reach, home=tmp_path) as account:
            run = account.resume(progress=False)
            assert sum(run.counts.values()) == 8
            assert untrue(run, box) == []


def test_stamps_that_lie_ahead_are_dropped_and_other_accounts_keep_theirs(tmp_path):
    """A restart of the machine begins its clock anew; a short window forgets nothing of an account with a long one."""
    path, clock = tmp_path / "budget.sqlite", lambda: 100.0
    with SharedRequestBudget(path, "long") as log:
        log.add(50.0)
    with SharedRequestBudget(path, "short") as log:
        log.add(1000.0)  # of before the restart, less than an hour ahead
        log.pause(1500.0)
        assert log.oldest(clock() - 10, clock()) == []
        assert log.paused_until(clock()) == 0.0
    with SharedRequestBudget(path, "long") as log:
        assert log.oldest(clock() - 60, clock()) == [50.0]


def test_lock_out_with_a_lost_answer_is_decided_first():
    """A tool that locks us out after it made the change: the ticket is read, and the run stops with the truth."""
    with tt.sandbox("jira", tickets=2, limit=None) as account:
        plan, box = renamed(account), account.sandbox

        def hook(method, ticket, send):
            found = send()
            return answer(429, **{"retry-after": "1800"}) if method == "PATCH" else found

        Between(account, hook)
        run = applied(account, plan, canary=0, workers=1)
        assert untrue(run, box) == []
        assert run.undo()
