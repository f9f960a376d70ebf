"""What comes after a run: retry and undo without tickets that are gone, and conflicts with one's own earlier runs by their name."""

from __future__ import annotations

import json

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.cli import main
from truto_tickets_nb.runs.journal_file import _seal


def tickets(count):
    return [{"id": str(n), "name": f"Ticket {n}", "tags": [{"id": "a", "name": "a"}]} for n in range(1, count + 1)]


@pytest.fixture
def practice(tmp_path):
    with tt.sandbox("gorgias", tickets=tickets(30), limit=None, home=tmp_path) as account:
        yield account


def send(account, plan):
    return account.apply(plan, confirm=len(plan), progress=False)


def named(snapshot, name, **fields):
    return snapshot.plan(snapshot.frame().assign(name=name, **fields))


def test_retry_leaves_out_what_is_gone(practice):
    """Tickets that were deleted are not tried again: the plan names them in a note, and what is left goes out."""
    plan = named(practice.load(progress=False), "x")
    for gone in ("1", "2", "3"):
        practice.sandbox.delete(gone)
    run = send(practice, plan)
    again = run.retry()
    assert [patch.ticket for patch in again] == [str(n) for n in range(4, 31)]
    assert tuple(map(str, again.notes)) == ("3 tickets are gone and are left out: 1, 2, 3.",)
    assert practice.run(run.id).retry() == again
    assert send(practice, again).counts == {"applied": 27}


def test_retry_of_a_ticket_that_went_between_reading_and_writing(practice):
    """A ticket that is deleted after it was read and before its PATCH is gone too: neither retried nor kept as mine."""
    plan = named(practice.load(ids=["1", "2"], progress=False), "x")
    practice.sandbox.faults("deleted=1:on=PATCH")
    run = send(practice, plan)
    assert run.counts == {"refused": 1, "applied": 1}
    assert (len(run.retry()), len(run.failed.plan(keep="mine"))) == (0, 0)
    assert [patch.ticket for patch in run.undo()] == ["2"]


def test_retry_of_an_id_that_cannot_be_addressed(practice):
    """An id that can be no part of an address is refused before it is sent, each time: it is left out."""
    snapshot = practice.load(ids=["1"], progress=False)
    plan = named(snapshot, "x")
    from dataclasses import replace

    odd = replace(plan, patches=(*plan.patches, replace(plan.patches[0], ticket="..")))
    run = send(practice, odd)
    assert (run.counts, run.outcomes[1].cause, len(run.retry())) == ({"applied": 1, "refused": 1}, "no address", 0)


def test_retry_of_a_refusal_and_of_a_blocked_account_tries_again(practice):
    """What the tool refused or what was not sent may go through later: both are in the plan."""
    plan = named(practice.load(ids=["1", "2"], progress=False), "x")
    practice.sandbox.set_account(blocked=True)
    run = send(practice, plan)
    practice.sandbox.set_account(blocked=False)
    assert not run.applied
    assert {patch.ticket for patch in run.retry()} == {"1", "2"}
    assert send(practice, run.retry()).counts == {"applied": 2}


def test_cause_is_kept_by_the_journal_and_unknown_to_an_older_one(practice):
    """An outcome read back has its cause; one that an earlier version wrote has none, and is retried."""
    plan = named(practice.load(ids=["1"], progress=False), "x")
    practice.sandbox.delete("1")
    run = send(practice, plan)
    assert practice.run(run.id).outcomes[0].cause == "gone"
    journal = practice.journal
    text = json.loads(journal._db.execute("select outcome from patches").fetchone()[0])
    old = {key: text[key] for key in ("kind", "reason", "findings")}
    journal._db.execute("update patches set outcome=?", (json.dumps(old),))
    _seal(journal._db)  # as that version's journal was brought forward
    assert (practice.run(run.id).outcomes[0].cause, len(practice.run(run.id).retry())) == ("", 1)


def test_conflict_with_an_own_run_names_it(practice):
    """A second plan of the same snapshot meets what the first run wrote: that run is named, and nobody else."""
    snapshot = practice.load(progress=False)
    first = send(practice, named(snapshot, "first"))
    run = send(practice, named(snapshot, "second"))
    assert run.counts == {"conflict": 30}
    assert {(item.cause, item.own_runs) for item in run.outcomes} == {("own run", (first.id,))}
    assert "omebody else" not in str(run)
    assert f"run {first.id} of yours changed name" in " ".join(str(run).split()).replace("Run", "run")
    assert "rebase(df)" in str(run)
    assert practice.run(run.id) == run
    assert {item.cause for item in practice.dry_run(named(snapshot, "third"), progress=False).outcomes} == {"own run"}


def test_conflict_with_the_last_of_several_own_runs(practice):
    """Of several runs that changed the field the last one is named, also where it took the first one back in part."""
    snapshot = practice.load(ids=["1"], progress=False)
    send(practice, named(snapshot, "first"))
    last = send(practice, named(practice.load(ids=["1"], progress=False), "last"))
    assert send(practice, named(snapshot, "mine")).outcomes[0].own_runs == (last.id,)


@pytest.mark.parametrize("colleague", ["theirs", "first"])
def test_conflict_with_somebody_else_is_theirs(practice, colleague):
    """A colleague's value is theirs, be it that the journal knows nothing of it, or only a run of before the snapshot."""
    send(practice, named(practice.load(ids=["1"], progress=False), "first"))
    send(practice, named(practice.load(ids=["1"], progress=False), "second"))
    snapshot = practice.load(ids=["1"], progress=False)
    practice.sandbox.edit("1", name=colleague)
    outcome = send(practice, named(snapshot, "mine")).outcomes[0]
    assert (outcome.cause, outcome.own_runs, "Somebody else changed name" in outcome.reason) == ("", (), True)


def test_run_of_before_the_snapshot_is_not_blamed(practice):
    """What a run wrote, a colleague changed, and after the load put back, is the colleague's: the run led to another value."""
    send(practice, named(practice.load(ids=["1"], progress=False), "first"))
    practice.sandbox.edit("1", name="theirs")
    snapshot = practice.load(ids=["1"], progress=False)
    practice.sandbox.edit("1", name="first")
    assert send(practice, named(snapshot, "mine")).outcomes[0].own_runs == ()


def test_undone_run_is_no_conflict_and_a_later_edit_is_theirs(practice):
    """What was undone stands as it was loaded; whoever writes the same text afterwards is somebody else."""
    snapshot = practice.load(ids=["1"], progress=False)
    send(practice, send(practice, named(snapshot, "first")).undo())
    practice.sandbox.edit("1", name="first")
    assert send(practice, named(snapshot, "mine")).outcomes[0].own_runs == ()


def test_conflicts_of_both_kinds_in_one_ticket(practice):
    """One field changed by a run, the other by a colleague: each is named."""
    snapshot = practice.load(ids=["1"], progress=False)
    first = send(practice, named(snapshot, "first"))
    practice.sandbox.edit("1", tags=[{"id": "b", "name": "theirs"}])
    df = snapshot.frame().assign(name="mine")
    df["tags"] = df["tags"].tickets.add("mine")
    outcome = send(practice, snapshot.plan(df)).outcomes[0]
    assert (outcome.cause, outcome.own_runs) == ("", (first.id,))
    assert f"Run {first.id} of yours changed name" in outcome.reason
    assert "somebody else changed tags" in outcome.reason


def test_own_run_with_a_lost_answer_is_own(practice):
    """A run that could not tell what became of its PATCH may have written the value: it is named, not somebody else."""
    snapshot = practice.load(ids=["1"], progress=False)
    practice.sandbox.faults("lost_after=1:on=PATCH")
    first = send(practice, named(snapshot, "first"))
    practice.sandbox.faults()
    assert send(practice, named(snapshot, "mine")).outcomes[0].own_runs == (first.id,)


def test_run_of_another_account_is_nobody_of_ours(tmp_path):
    """Two accounts in one journal: the same ticket id and the same value in the other one say nothing."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        mine, other = (
            stack.enter_context(tt.sandbox("gorgias", tickets=tickets(1), limit=None, home=tmp_path, seed=seed))
            for seed in (1, 2)
        )
        snapshot = mine.load(progress=False)
        send(other, named(other.load(progress=False), "x"))
        mine.sandbox.edit("1", name="x")
        assert send(mine, named(snapshot, "mine")).outcomes[0].own_runs == ()


def test_terminal_names_the_own_run_without_notebook_words(practice, tmp_path, monkeypatch, capsys):
    """apply in a terminal refuses with the run's id and with commands of the terminal."""
    box = practice.sandbox
    told = {"TRUTO_API_TOKEN": box.token, "TRUTO_INTEGRATED_ACCOUNT_ID": box.account_id, "TRUTO_BASE_URL": box.url}
    for name, value in {**told, "TRUTO_TICKETS_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    snapshot = practice.load(ids=["1"], progress=False)
    (tmp_path / "plan.json").write_text(named(snapshot, "second").to_json())
    first = send(practice, named(snapshot, "first"))
    assert main(["apply", str(tmp_path / "plan.json"), "--confirm", "1"]) == 1
    complaint = capsys.readouterr().err
    assert (first.id in complaint, "snapshot." in complaint, "account." in complaint) == (True, False, False)
