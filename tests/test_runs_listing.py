"""The list of runs: a page however many there are, from the heads alone; a run whose process is gone is never shown as running."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.api.throttle import Throttle
from truto_tickets_nb.cli import main
from truto_tickets_nb.errors import JournalError
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.plans.request_spec import RequestSpec
from truto_tickets_nb.process import release
from truto_tickets_nb.runs.journal import Journal
from truto_tickets_nb.runs.journal_file import _seal
from truto_tickets_nb.runs.outcome import Outcome

CHANGES = (Change("name", "before", "after", "before", "after"),)


def plan_of(count=2, account="acc"):
    return Plan(account, "jira", tuple(Patch(str(n), f"Ticket {n}", CHANGES) for n in range(count)))


def applied(journal, plan):
    run_id = journal.begin(plan, RequestSpec())
    for place, patch in enumerate(plan.patches):
        journal.settle(run_id, place, Outcome(patch, "applied"))
    journal.finish(run_id, "finished", ())
    release(run_id)
    return run_id


@pytest.fixture(scope="module")
def thousand(tmp_path_factory):
    """Write a journal of a thousand runs."""
    folder = tmp_path_factory.mktemp("thousand")
    with Journal(folder) as journal:
        journal._db.execute("pragma synchronous=off")
        plan = plan_of(1)
        ids = [applied(journal, plan) for _ in range(1000)]
    return folder, ids


def test_thousand_runs_are_a_page(thousand):
    """The newest are shown and the others counted, as text and as HTML; all of them are in the value."""
    folder, ids = thousand
    with Journal(folder) as journal:
        runs = journal.runs()
    lines = repr(runs).splitlines()
    assert (len(runs), len(lines) <= 26, max(map(len, lines)) <= 80) == (1000, True, True)
    assert [line.split()[0] for line in lines[3:23]] == ids[:-21:-1]
    assert lines[23].strip() == "and 980 more"
    assert runs._repr_html_().count("<tr>") == 20
    assert len(runs.frame()) == 1000
    assert repr(runs[:3]).splitlines()[0] == "3 of 1,000 runs in the journal"
    assert len(repr(runs[:50]).splitlines()) == 53


def test_list_does_not_read_the_plans(thousand, monkeypatch):
    """Plans are not decoded to list runs, and a thousand of them take no second."""
    monkeypatch.setattr(Plan, "from_json", None)
    with Journal(thousand[0]) as journal:
        start = time.perf_counter()
        repr(journal.runs("acc"))
        assert time.perf_counter() - start < 1


def test_terminal_lists_as_many_as_it_is_asked_for(thousand, capsys):
    """runs: the newest 20, --limit N the newest N, --all all of them; --json all, or N."""
    place = ["--home", str(thousand[0])]

    def lines(*words):
        assert main(["runs", *words, *place]) == 0
        return capsys.readouterr().out

    assert lines().count("finished: 1 ticket") == 20
    assert lines("--limit", "5").count("finished: 1 ticket") == 5
    assert lines("--all").count("finished: 1 ticket") == 1000
    assert [len(json.loads(lines("--json", *words))) for words in ([], ["--limit", "7"])] == [1000, 7]
    with pytest.raises(SystemExit):
        main(["runs", "--limit", "0", *place])
    assert "from 1 on" in capsys.readouterr().err


def test_counts_are_those_of_the_run(tmp_path):
    """The list counts as the run itself does, whether it is finished, open, or was never written to its end."""
    with Journal(tmp_path) as journal:
        plan = plan_of(5)
        run_id = journal.begin(plan, RequestSpec())
        for place, kind in enumerate(["conflict", "applied", "conflict"]):
            journal.settle(run_id, place, Outcome(plan.patches[place], kind))
        journal.intend(run_id, 3, ("name",))
        for end in (None, "interrupted"):
            if end:
                journal.finish(run_id, end, ())
            summary, run = journal.runs()[0], journal.run(run_id)
            assert list(summary.counts.items()) == list(run.counts.items())
            assert (summary.tickets, summary.open) == (5, len(run.open)) == (5, 2)
        release(run_id)


CHILD = """
import sys, time
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.plans.request_spec import RequestSpec
from truto_tickets_nb.runs.journal import Journal
journal = Journal(sys.argv[1])
print(journal.begin(Plan("acc", "jira", (Patch("1", "t", (Change("name", "a", "b", "a", "b"),)),)), RequestSpec()), flush=True)
time.sleep(600)
"""


def test_run_of_a_dead_process_is_interrupted(tmp_path):
    """While its process lives a run is running; killed, it is interrupted, in the list and by itself, and can be claimed."""
    with subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as child:
        run_id = child.stdout.readline().strip()
        with Journal(tmp_path) as journal:
            assert (journal.runs()[0].state, journal.run(run_id).state) == ("running", "running")
            assert "truto-tickets resume" not in repr(journal.runs())
            with pytest.raises(JournalError, match=rf"process {child.pid}\) is working"):
                journal.begin(plan_of(), RequestSpec())
            child.kill()
            child.wait()
            assert (journal.runs()[0].state, journal.run(run_id).state) == ("interrupted", "interrupted")
            assert f"truto-tickets resume {run_id}" in " ".join(repr(journal.runs()).split())
            journal.claim(run_id)
            assert journal.runs()[0].state == "running"
            release(run_id)


@pytest.fixture
def elsewhere(tmp_path):
    """Open an account whose journal, in a shared folder, holds an open run of another machine."""
    with tt.sandbox("jira", tickets=3, limit=None) as account:
        account._home = tmp_path
        snapshot = account.load()
        run_id = account.journal.begin(snapshot.plan(snapshot.frame().assign(name="x")), RequestSpec())
        release(run_id)
        account.journal._db.execute("update runs set host='another-machine', pid=4711, mark='12.00'")
        _seal(account.journal._db)
        yield account, run_id


def test_run_of_another_machine_is_not_taken_for_dead(elsewhere):
    """It is shown with its machine; neither a new run nor a resume goes on beside it, and the message says how to."""
    account, run_id = elsewhere
    assert "running on another-machine" in " ".join(repr(account.runs()).split())
    assert account.runs()[0].host == "another-machine"
    snapshot = account.load()
    plan = snapshot.plan(snapshot.frame().assign(name="y"))
    sent = len(account.sandbox.requests())
    for action in (lambda: account.apply(plan, confirm=3), account.resume, lambda: account.resume(run_id)):
        with pytest.raises(JournalError, match="take_over=True") as caught:
            action()
        assert "another-machine" in str(caught.value)
        assert f"truto-tickets resume {run_id} --take-over" in str(caught.value)
    assert not [seen for seen in account.sandbox.requests()[sent:] if seen.method == "PATCH"]


def test_run_of_another_machine_is_taken_over_when_a_person_says_so(elsewhere):
    """take_over=True goes on with it here; then the account is free."""
    account, run_id = elsewhere
    assert account.resume(run_id, take_over=True).counts == {"applied": 3}
    assert account.runs()[0].state == "finished"
    snapshot = account.load()
    assert account.apply(snapshot.plan(snapshot.frame().assign(name="y")), confirm=3).counts == {"applied": 3}


def test_terminal_takes_a_run_over(elsewhere, tmp_path, monkeypatch, capsys):
    """resume is refused with the very option, and goes on with it."""
    account, run_id = elsewhere
    box = account.sandbox
    words = [
        "resume",
        run_id,
        "--confirm",
        "3",
        "--account",
        box.account_id,
        "--base-url",
        box.url,
        "--home",
        str(tmp_path),
    ]
    monkeypatch.setenv("TRUTO_API_TOKEN", box.token)
    monkeypatch.setattr("truto_tickets_nb.connecting.Throttle", lambda **kwargs: Throttle.unlimited())
    assert main(words) == 1
    assert f"truto-tickets resume {run_id} --take-over" in capsys.readouterr().err
    assert main([*words, "--take-over"]) == 0


def test_living_run_is_not_taken_over(tmp_path):
    """take_over concerns other machines: a run that this machine works on is left alone."""
    with Journal(tmp_path) as journal:
        run_id = journal.begin(plan_of(), RequestSpec())
        journal.give_up(run_id)
        with pytest.raises(JournalError, match="is working on this account right now"):
            journal.claim(run_id)
        release(run_id)


def test_ids_of_runs_never_meet(tmp_path, monkeypatch):
    """Two runs that would have the same id get two."""
    tokens = iter(["aaaaaa", "aaaaaa", "bbbbbb"])
    monkeypatch.setattr("truto_tickets_nb.runs.journal.secrets.token_hex", lambda _: next(tokens))
    with Journal(tmp_path) as journal:
        first, second = applied(journal, plan_of()), applied(journal, plan_of())
        assert (first[-6:], second[-6:]) == ("aaaaaa", "bbbbbb")
