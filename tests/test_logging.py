"""Logging by the standard library: what happens is logged with ids, fields and codes, and never with ticket text or the token."""

from __future__ import annotations

import logging
import re
import subprocess
import sys

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.errors import LoadInterrupted, RunInterrupted
from truto_tickets_nb.runs.journal import Journal

CANARY = "SECRETWORD"
TOKEN = "token-canary-5b1d"
TICKETS = [
    {
        "id": str(n),
        "name": f"{CANARY} title {n}",
        "description": f"{CANARY} text",
        "status": {"id": "1", "name": f"{CANARY} status"},
        "tags": [{"id": "a", "name": f"{CANARY} tag"}],
        "custom_fields": {"region": f"{CANARY} region"},
    }
    for n in range(1, 13)
]


@pytest.fixture
def practice():
    with tt.sandbox("jira", tickets=TICKETS, limit=None, token=TOKEN) as account:
        yield account


class Listening(logging.Handler):
    """Keep what is logged."""

    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        self.records.append(record)


@pytest.fixture(autouse=True)
def records():
    """Give what is logged, and look in all of it for what must not be there."""
    logger, handler = logging.getLogger("truto_tickets_nb"), Listening()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler.records
    logger.removeHandler(handler)
    logger.setLevel(level)
    lines = [record.getMessage() for record in handler.records]
    assert [line for line in lines if CANARY in line or TOKEN in line or "\n" in line] == []
    assert [record for record in handler.records if record.exc_info] == []


@pytest.fixture
def lines(records):
    """Give the lines of a level and above."""
    return lambda level=logging.DEBUG: [record.getMessage() for record in records if record.levelno >= level]


def renamed(account, **filters):
    snapshot = account.load(progress=False, **filters)
    return snapshot.plan(snapshot.frame().assign(name=f"{CANARY} new", description=f"{CANARY} newer"))


def send(account, plan, **options):
    return account.apply(plan, confirm=len(plan), progress=False, **options)


def test_run_is_logged_from_its_begin_to_its_end(practice, lines):
    """Its id, its account, how many tickets, and how they ended; each ticket at the level of debugging."""
    run = send(practice, renamed(practice))
    told = lines(logging.INFO)
    assert f"run {run.id}: begun, 12 tickets, account {practice.id}" in told
    assert f"run {run.id}: finished, 12 applied" in told
    assert f"run {run.id}: ticket 1: applied: name (applied), description (applied)" in lines()
    assert not lines(logging.WARNING)


def test_each_request_is_logged(practice, lines):
    """One line at DEBUG for each request that the server counted: method, path, status and seconds."""
    send(practice, renamed(practice))
    requests = [line for line in lines() if re.fullmatch(r"(GET|PATCH) /\S+: \d{3} after \d+\.\d{3} s", line)]
    assert len(requests) == len(practice.sandbox.requests())
    assert any(line.startswith(f"GET /integrated-account/{practice.id}/capabilities: 200 after") for line in requests)
    assert any(line.startswith("PATCH /unified/ticketing/tickets/1: 200 after") for line in requests)
    assert not [line for line in lines(logging.INFO) if line in requests]


def test_without_listeners_no_event_is_logged(lines):
    """`listeners=()` turns the log of requests and tickets off; runs and loads are logged by their own modules."""
    with tt.sandbox("jira", tickets=TICKETS, limit=None, token=TOKEN, listeners=()) as account:
        run = send(account, renamed(account))
    assert f"run {run.id}: finished, 12 applied" in lines()
    assert not [line for line in lines() if "ticket 1" in line or "PATCH" in line]


def test_waits_and_retries_are_logged(practice, lines, monkeypatch):
    """A failure of the server, the wait after it, and that it was tried again, with the kind and status of the error."""
    monkeypatch.setattr("truto_tickets_nb.api.retry.FIRST", 0.01)
    plan = renamed(practice)
    practice.sandbox.faults(error_500={"turns": (1,), "on": "PATCH"}, limited={"turns": (3,), "wait": 0.1, "on": "GET"})
    send(practice, plan)
    told = "\n".join(lines(logging.INFO))
    assert "ServerTrouble (500) after attempt 1, tried again" in told
    assert "RateLimited (429) after attempt 1, tried again" in told
    assert "waiting" in told


def test_conflicts_and_refusals_are_logged_as_warnings(practice, lines):
    """The ticket, the outcome, the field and the code: the values stay in the run."""
    plan = renamed(practice)
    practice.sandbox.edit("1", name=f"{CANARY} of a colleague")
    practice.sandbox.delete("2")
    run = send(practice, plan)
    told = lines(logging.WARNING)
    assert f"run {run.id}: ticket 1: conflict: name (conflict), description (open)" in told
    assert f"run {run.id}: ticket 2: refused: gone" in told
    assert any("not all of the first 3 tickets went well" in line for line in told)


def test_own_run_is_logged(practice, lines):
    """A conflict with an earlier run of one's own names that run."""
    plan = renamed(practice)
    first = send(practice, plan.only("1"))
    second = practice.load(progress=False)
    df = second.frame().assign(name=f"{CANARY} other")
    stale = plan.only("1", "name")
    send(practice, second.plan(df).only("1", "name"))
    run = send(practice, stale)
    assert [line for line in lines(logging.WARNING) if run.id in line and first.id not in line and "own run" in line]


def test_refusal_that_echoes_the_text_is_logged_without_it(practice, lines):
    """A server that quotes the value in its refusal, and the token with it: the log holds the kind of the error alone."""
    from truto_tickets_nb.errors import Rejected

    plan = renamed(practice)

    def refuse(*_, **__):
        raise Rejected(f"Truto answered 400: {CANARY} with {TOKEN} is too long.", status=400)

    practice._client.patch = refuse
    patched = practice._client.stopped_by
    practice._client.stopped_by = lambda stop: _refusing(patched(stop), refuse)
    run = send(practice, plan)
    assert CANARY in run.failed.frame()["reason"].iloc[0]
    assert any("refused" in line for line in lines(logging.WARNING))


def _refusing(client, refuse):
    client.patch = refuse
    return client


def test_why_a_run_stopped_is_logged(practice, lines):
    """An account that is blocked in the middle: the kind of the error, once."""
    plan = renamed(practice)
    practice.sandbox.set_account(blocked=True)
    run = send(practice, plan)
    assert f"run {run.id}: stopped by AccountBlocked (503)" in lines(logging.WARNING)


def test_interrupt_and_resume_are_logged(practice, lines):
    """An interrupted run says how many tickets are open; the resume says that it goes on."""
    from truto_tickets_nb.show import ProgressBar

    bar = ProgressBar(shown=False)
    bar.update = lambda *_, **__: bar.halted.set()
    with pytest.raises(RunInterrupted) as caught:
        practice.apply(renamed(practice), confirm=12, progress=bar)
    run = caught.value.run
    practice.resume(progress=False)
    assert any(f"run {run.id}: interrupted" in line and "open" in line for line in lines(logging.WARNING))
    assert f"run {run.id}: resumed" in lines(logging.INFO)


def test_load_is_logged_without_the_values_of_its_filters(practice, lines, monkeypatch):
    """Which filters, how many tickets, how many were left out; an interrupted load is a warning."""
    practice.load(name=f"{CANARY} title 3", progress=False)
    assert any("filtered by name" in line for line in lines(logging.INFO))
    assert any("loaded 1 tickets" in line for line in lines(logging.INFO))

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(practice._client, "page", interrupted)
    with pytest.raises(LoadInterrupted):
        practice.load(progress=False)
    assert any("stopped by KeyboardInterrupt" in line for line in lines(logging.WARNING))


@pytest.mark.filterwarnings("default")
def test_journal_that_is_set_aside_is_logged(tmp_path, lines):
    """A damaged journal is a warning with its path."""
    (tmp_path / "journal.sqlite").write_bytes(b"not a database at all, but long enough to look at")
    with Journal(tmp_path):
        pass
    assert f"journal set aside: {tmp_path / 'journal.sqlite'}" in lines(logging.WARNING)


def test_what_the_account_does_not_tell_is_logged(practice, lines):
    """A list that could not be loaded for the moment is a warning, with its name."""
    practice._metadata.forget()
    practice._client.companions = _failing
    practice.load(progress=False)
    assert any("does not tell users, for the moment" in line for line in lines(logging.WARNING))


def _failing(*_, **__):
    from truto_tickets_nb.errors import ServerTrouble

    raise ServerTrouble(f"{CANARY} failed", status=500)


def test_log_is_silent_until_somebody_listens():
    """The package writes nothing by itself: neither a line nor logging's own complaint that nobody listens."""
    code = (
        "import truto_tickets_nb as tt\n"
        "with tt.sandbox('jira', tickets=3, limit=None) as account:\n"
        "    snapshot = account.load()\n"
        "    account.sandbox.edit('10001', name='theirs')\n"
        "    plan = snapshot.plan(snapshot.frame().assign(name='mine'))\n"
        "    account.apply(plan, confirm=len(plan))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_loggers_are_named_as_the_modules(practice, records):
    """One can listen to the runs alone: each module has a logger of its own below the package's."""
    send(practice, renamed(practice))
    names = {record.name for record in records}
    assert {"truto_tickets_nb.runs.engine", "truto_tickets_nb.api.client", "truto_tickets_nb.loading.load"} <= names
