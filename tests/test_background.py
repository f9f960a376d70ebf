"""Work in a thread of its own: told, stopped in an orderly way, and apart from everything that goes on beside it."""

from __future__ import annotations

import threading

import pytest

from truto_tickets_nb.errors import RunInterrupted
from truto_tickets_nb.runs.jobs import Job, at_work

PATIENCE = 30


def titled(account, suffix=" (seen)"):
    snapshot = account.load()
    frame = snapshot.frame()
    return snapshot.plan(frame.assign(name=frame["name"].str.strip() + suffix))


def begun(account, plan, after=5):
    """Begin to apply a plan in the background, and wait until some tickets are settled."""
    job, some = Job(len(plan), "applying", of=("here", account.id)), threading.Event()
    job.listeners.append(lambda: some.set() if job.settled >= after else None)
    job.begin(lambda: account.apply(plan, confirm=len(plan), progress=job))
    assert some.wait(PATIENCE)
    return job


def test_line_tells_done_failed_waiting_and_time_left():
    """The time left comes from the job's own pace, once there is one; the reason of a wait stands beside it."""
    now = [0.0]
    job = Job(40, "applying", clock=lambda: now[0])
    hold = threading.Event()
    job.begin(hold.wait)
    job.update(2, done=2)
    assert job.progress_line() == "2 of 40 done, 38 waiting"
    now[0] = 5.0
    job.update(8, failed=1)
    job.say("waiting 8 s: Truto's limit")
    assert job.progress_line() == "9 of 40 done, 1 failed, 30 waiting, about 15 s left, waiting 8 s: Truto's limit"
    hold.set()
    assert job.wait(PATIENCE).seconds_left is None


def test_job_is_begun_once_and_its_error_is_kept():
    """Whatever breaks in the thread is there to be told; a listener that breaks harms nothing."""
    job = Job(1, "counting")
    job.listeners.append(lambda: 1 / 0)
    job.begin([].pop)
    assert isinstance(job.wait(PATIENCE).error, IndexError)
    with pytest.raises(RuntimeError, match="begun already"):
        job.begin(int)


def test_stop_leaves_the_rest_open_and_the_journal_right(account, assert_outcomes_are_true):
    """What flies lands and is written down; a resume sends the rest, and the server knows every ticket once."""
    account.sandbox.faults(slow={"rate": 1.0, "wait": 0.05, "on": "PATCH"})
    job = begun(account, titled(account))
    assert at_work("here", account.id) is job
    job.stop()
    run = job.wait(PATIENCE).result
    assert (isinstance(job.error, RunInterrupted), run.state, at_work("here", account.id)) == (
        True,
        "interrupted",
        None,
    )
    assert 0 < len(run.open) < 60
    assert not run.unknown
    whole = account.resume(run.id)
    assert whole.counts == {"applied": 60}
    assert_outcomes_are_true(whole, account.sandbox)


def test_stop_ends_the_waits_of_this_run_alone(account):
    """A run that waits for a limit ends at once; loading works on, before and after."""
    plan = titled(account)
    account.sandbox.faults(limited={"rate": 1.0, "wait": 4, "on": "PATCH"})
    job = Job(len(plan), "applying")
    waiting = threading.Event()
    job.listeners.append(lambda: waiting.set() if "waiting" in job.reason else None)
    job.begin(lambda: account.apply(plan, confirm=60, progress=job))
    assert waiting.wait(PATIENCE)
    job.stop()
    assert not job.wait(2).is_running
    account.sandbox.faults()
    assert len(account.load(limit=5)) == 5


def test_stopped_dry_run_beside_a_run_harms_nothing(account):
    """Each piece of work has its own stop."""
    account.sandbox.faults(slow={"rate": 1.0, "wait": 0.05, "on": "PATCH"})
    plan = titled(account)
    job, beside = begun(account, plan), Job(60, "dry run")
    beside.stop()
    beside.begin(lambda: account.dry_run(plan, progress=beside))
    beside.wait(PATIENCE)
    assert job.wait(PATIENCE).result.counts == {"applied": 60}
