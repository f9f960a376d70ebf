"""Events for those who run it: requests, retries, waits, conflicts and outcomes, in order, without ticket text or token."""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
from typing import get_args

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb import events
from truto_tickets_nb.errors import ArgumentError
from truto_tickets_nb.events import (
    ConflictFound,
    DryRunOutcome,
    Event,
    OutcomeRecorded,
    RequestFailed,
    RequestSent,
    ResponseReceived,
    RetryDeclined,
    RetryScheduled,
    WaitStarted,
    log_events,
)
from truto_tickets_nb.events.listeners import Listeners

CANARY = "SECRETWORD"
TOKEN = "token-canary-5b1d"
TICKETS = [
    {
        "id": str(n),
        "name": f"{CANARY} title {n}",
        "description": f"{CANARY} text",
        "status": {"id": "1", "name": CANARY},
    }
    for n in range(1, 7)
]
IN_ORDER = tt.SafetyLimits(workers=1, canary=0)


def practice(*listeners, tickets=TICKETS):
    return tt.sandbox("jira", tickets=tickets, limit=None, token=TOKEN, listeners=listeners)


def renamed(account):
    snapshot = account.load(progress=False)
    return snapshot.plan(snapshot.frame().assign(name=f"{CANARY} new"))


def send(account, plan, **options):
    return account.apply(plan, confirm=len(plan), progress=False, brakes=IN_ORDER, **options)


def disturb(account):
    """Make ticket 2 fail once, a limit meet ticket 3, a colleague edit ticket 4, ticket 5 be gone, and ticket 6 be ignored."""
    account.sandbox.faults("error_500=2:on=PATCH", "limited=3:on=PATCH:wait=0.2", "ignored=6")
    account.sandbox.edit("4", name=f"{CANARY} of a colleague")
    account.sandbox.delete("5")


def test_events_of_a_run_arrive_in_order_without_text_or_token(monkeypatch):
    """Per ticket: its requests, a retry, the wait, the requests again, a conflict, the outcome."""
    monkeypatch.setattr("truto_tickets_nb.api.retry.FIRST", 0.01)
    received = []
    with practice(received.append) as account:
        plan = renamed(account)
        disturb(account)
        received.clear()
        run = send(account, plan)
    assert CANARY not in repr(received)
    assert TOKEN not in repr(received)
    kinds = [type(event) for event in received if not isinstance(event, RequestSent | ResponseReceived)]
    assert kinds == [
        OutcomeRecorded,
        *(RetryScheduled, WaitStarted, OutcomeRecorded),
        *(RetryScheduled, WaitStarted, OutcomeRecorded),
        *(ConflictFound, OutcomeRecorded),
        *(RetryDeclined, OutcomeRecorded),
        OutcomeRecorded,
    ]
    failed, limited = (event for event in received if isinstance(event, RetryScheduled))
    assert (failed.reason, failed.status, failed.attempt) == ("truto_failed", 500, 1)
    assert (limited.reason, limited.status) == ("truto_limit", 429)
    assert 0.2 <= limited.seconds < 1
    (conflict,) = (event for event in received if isinstance(event, ConflictFound))
    assert (conflict.run, conflict.ticket, conflict.fields) == (run.id, "4", ("name",))
    outcomes = [event for event in received if isinstance(event, OutcomeRecorded)]
    assert [(event.ticket, event.outcome) for event in outcomes] == [(item.ticket, item.kind) for item in run.outcomes]
    assert [event.outcome for event in outcomes] == ["applied"] * 3 + ["conflict", "refused", "ignored"]
    assert [(event.done, event.failed, event.total) for event in outcomes][-1] == (6, 2, 6)


def test_each_request_is_an_event_with_the_template_of_its_path():
    """What the server counted arrives: method, path without an id, status and seconds; the id of the ticket stands beside it."""
    received = []
    with practice(received.append) as account:
        plan = renamed(account)
        received.clear()
        seen = len(account.sandbox.requests())
        send(account, plan)
        requests = account.sandbox.requests()[seen:]
    answers = [event for event in received if isinstance(event, ResponseReceived)]
    assert [(event.method, event.status) for event in answers] == [(one.method, one.status) for one in requests]
    assert {event.path for event in answers if event.method == "PATCH"} == {"/unified/ticketing/tickets/{id}"}
    assert [event.ticket for event in answers if event.method == "PATCH"] == [patch.ticket for patch in plan]
    assert all(0 < event.seconds < 10 for event in answers)
    departures = [event for event in received if isinstance(event, RequestSent)]
    assert [(event.method, event.ticket) for event in departures] == [(event.method, event.ticket) for event in answers]


def test_request_without_an_answer_is_an_event():
    """A connection that breaks is told with the kind of its error, and then the retry."""
    received = []
    with practice(received.append) as account:
        plan = renamed(account)
        account.sandbox.faults("lost_before=1:on=PATCH")
        assert send(account, plan).counts == {"applied": 6}
    (failure,) = (event for event in received if isinstance(event, RequestFailed))
    assert (failure.method, failure.ticket) == ("PATCH", "1")
    assert failure.error.endswith("Error")
    assert [event.reason for event in received if isinstance(event, RetryScheduled)] == ["no_answer"]


def test_outcome_is_in_the_journal_before_its_event():
    """Who hears of an outcome can read it back at once, even if the process died then."""
    read_back = []

    def look(event):
        if isinstance(event, OutcomeRecorded):
            by_ticket = {item.ticket: item.kind for item in account.run(event.run).outcomes}
            read_back.append(by_ticket[event.ticket] == event.outcome)

    with practice(look) as account:
        plan = renamed(account)
        disturb(account)
        send(account, plan)
    assert read_back == [True] * 6


def test_dry_run_has_events_of_its_own_and_records_nothing():
    """Each ticket that a dry run looked at, with the outcome that it would have."""
    received = []
    with practice(received.append) as account:
        plan = renamed(account)
        account.sandbox.edit("4", name=f"{CANARY} of a colleague")
        account.dry_run(plan, progress=False)
    looked_at = [event for event in received if isinstance(event, DryRunOutcome)]
    assert [event.outcome for event in looked_at] == ["ready"] * 3 + ["conflict"] + ["ready"] * 2
    assert (looked_at[-1].done, looked_at[-1].total) == (6, 6)
    assert not [event for event in received if isinstance(event, OutcomeRecorded | ConflictFound)]
    assert CANARY not in repr(received)


BREAKING = [
    *((kind, ValueError) for kind in (RequestSent, ResponseReceived, RetryScheduled, WaitStarted, ConflictFound)),
    *((OutcomeRecorded, error) for error in (ValueError, SystemExit, GeneratorExit)),
]


@pytest.mark.parametrize(("kind", "error"), BREAKING, ids=lambda one: one.__name__)
def test_listener_that_raises_changes_no_outcome(kind, error, monkeypatch, caplog):
    """It is logged once by the kind of its error, hears nothing more, and the other listeners go on."""
    monkeypatch.setattr("truto_tickets_nb.api.retry.FIRST", 0.01)
    received, calls = [], []

    def broken(event):
        if isinstance(event, kind):
            calls.append(event)
            raise error(f"{CANARY} {TOKEN}")

    with caplog.at_level(logging.WARNING, "truto_tickets_nb.events"), practice(broken, received.append) as account:
        plan = renamed(account)
        disturb(account)
        run = send(account, plan)
        names = [account.sandbox.ticket(ticket)["name"] for ticket in ("1", "2", "3", "6")]
    assert [item.kind for item in run.outcomes] == ["applied"] * 3 + ["conflict", "refused", "ignored"]
    assert names == [f"{CANARY} new"] * 3 + [f"{CANARY} title 6"]
    assert sum(isinstance(event, OutcomeRecorded) for event in received) == 6
    lines = [record.getMessage() for record in caplog.records if "gets no more events" in record.getMessage()]
    assert len(calls) == len(lines) == 1
    assert f"raised {error.__name__}" in lines[0]
    assert CANARY not in caplog.text
    assert TOKEN not in caplog.text


def test_listener_that_raises_in_several_threads_at_once_is_logged_once(caplog):
    """Workers meet a broken listener together; one line tells of it, and a second handle does not call it again."""
    together = threading.Barrier(8)

    def broken(event):
        together.wait(5)
        raise ValueError

    emit = Listeners((broken,))
    threads = [threading.Thread(target=emit, args=(WaitStarted("acc", "no_answer", 1.0),)) for _ in range(8)]
    with caplog.at_level(logging.WARNING, "truto_tickets_nb.events"):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        received = []
        emit.plus(received.append)(WaitStarted("acc", "no_answer", 1.0))
    assert len([record for record in caplog.records if "gets no more events" in record.getMessage()]) == 1
    assert len(received) == 1


def test_listener_never_comes_between_a_look_and_its_patch():
    """A listener that takes its time makes a run slow, and never lets a look grow old: the requests of a pair are told after it."""
    with practice(lambda event: time.sleep(0.12), tickets=TICKETS[:2]) as account:
        run = send(account, renamed(account))
    assert run.counts == {"applied": 2}
    assert run.window.longest < 0.1


def test_interrupt_in_a_listener_is_an_interrupt():
    """A Ctrl-C that comes while a listener works belongs to the person: the run stops in an orderly way, and can be resumed."""
    recorded = []

    def pressed(event):
        if isinstance(event, OutcomeRecorded):
            recorded.append(event.ticket)
            if len(recorded) == 2:
                raise KeyboardInterrupt

    with practice(pressed) as account:
        plan = renamed(account)
        with pytest.raises(tt.errors.RunInterrupted):
            send(account, plan)
        assert account.resume(progress=False).counts == {"applied": 6}
    assert len(recorded) == len({*recorded}) == 6


@pytest.mark.parametrize("wrong", [print, None, "log_events", (print, 7)], ids=repr)
def test_listeners_are_a_tuple_of_functions(wrong):
    """Anything else is refused before a server is started or a token is asked for."""
    for connect in (
        lambda: tt.sandbox("jira", tickets=1, listeners=wrong),
        lambda: tt.connect("t", "a", listeners=wrong),
    ):
        with pytest.raises(ArgumentError, match=r"listeners= is a tuple of functions"):
            connect()


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
def test_each_event_is_a_frozen_value_that_the_log_takes(kind):
    """A new kind of event is frozen, slotted, public and written by the default listener."""
    samples = {"str": "x", "int": 7, "float": 0.5, "int | None": None, "WaitReason": "no_answer", "Severity": "info"}
    fields = {field.name: samples.get(field.type, ()) for field in dataclasses.fields(kind)}
    event = kind(**fields)
    log_events(event)
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.account = "another"
    assert not hasattr(event, "__dict__")
    assert getattr(events, kind.__name__) is kind
    assert kind.__name__ in events.__all__


@pytest.mark.parametrize("reason", get_args(events.event_types.WaitReason))
def test_each_reason_of_a_wait_has_words(reason):
    """A bar and a log never show a code."""
    assert reason not in events.wait_words(WaitStarted("acc", reason, 1.0, 503))
