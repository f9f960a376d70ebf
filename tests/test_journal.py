"""The journal: durable, never overwritten; a full disk stops before the next request."""

from __future__ import annotations

import sqlite3
import threading

import orjson
import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.api.throttle import Throttle
from truto_tickets_nb.cli import main
from truto_tickets_nb.errors import JournalError, RunInterrupted
from truto_tickets_nb.events.listeners import Listeners
from truto_tickets_nb.plans.request_spec import RequestSpec
from truto_tickets_nb.runs.journal_file import _STEPS
from truto_tickets_nb.sandbox import Sandbox


def renamed(account, suffix=" (seen)"):
    snapshot = account.load()
    df = snapshot.frame()
    df["name"] = df["name"].str.strip() + suffix
    return snapshot.plan(df)


@pytest.fixture
def served(tmp_path, monkeypatch):
    """Serve an account as a user reaches it: by the environment, with a journal in a folder."""
    monkeypatch.setenv("TRUTO_TICKETS_HOME", str(tmp_path / "home"))
    with Sandbox("jira", 30, limit=None) as box:
        monkeypatch.setenv("TRUTO_BASE_URL", box.url)
        monkeypatch.setenv("TRUTO_API_TOKEN", box.token)
        monkeypatch.setenv("TRUTO_INTEGRATED_ACCOUNT_ID", box.account_id)
        monkeypatch.setattr("truto_tickets_nb.connecting.Throttle", lambda **kwargs: Throttle.unlimited())
        yield box


def patches(box):
    return sum(seen.method == "PATCH" for seen in box.requests())


def test_full_disk_stops_before_the_next_request(account):
    """What can't be written down is not sent."""
    plan = renamed(account)
    pages = account.journal._db.execute("pragma page_count").fetchone()[0]
    account.journal._db.execute(f"pragma max_page_count={pages + 9}")
    run_id = None
    with pytest.raises(JournalError, match="Make room"):
        run_id = account.apply(plan, confirm=60)
    assert run_id is None
    known = sum(item.left is not None for run in account.runs() for item in account.journal.pending(run.id))
    written = sum(run.tickets - run.open for run in account.runs())
    assert patches(account.sandbox) <= known + written < 60
    account.journal._db.execute("pragma max_page_count=100000")
    if account.runs():
        assert account.resume().counts == {"applied": 60}


def test_folder_that_takes_nothing_stops_before_the_first_request(account, tmp_path):
    """The message tells the path and what to do."""
    (tmp_path / "file").write_text("in the way")
    plan = renamed(account)
    account._home, count = tmp_path / "file", len(account.sandbox.requests())
    with pytest.raises(JournalError, match="TRUTO_TICKETS_HOME"):
        account.apply(plan, confirm=60)
    assert len(account.sandbox.requests()) == count


def test_journal_of_version_1_is_brought_forward(tmp_path):
    """An open run of the first version can be resumed by this one."""
    with tt.sandbox("jira", tickets=4, limit=None) as account:
        plan = renamed(account)
        with sqlite3.connect(tmp_path / "journal.sqlite") as db:
            db.executescript(f"begin; {_STEPS[1]} pragma user_version=1; commit;")
            request_spec = orjson.dumps(RequestSpec(read={"truto_ignore_remote_data": True})).decode()
            row = ("old", plan.account_id, "running", "2026-11-01T09:00:00+00:00", plan.to_json(), request_spec)
            db.execute("insert into runs (id, account, state, started, plan, way) values (?, ?, ?, ?, ?, ?)", row)
            rows = [("old", n, patch.ticket, f"old-{n}") for n, patch in enumerate(plan.patches)]
            db.executemany("insert into patches (run, place, ticket, key) values (?, ?, ?, ?)", rows)
            db.execute("update patches set intended='2026-11-01T09:00:01+00:00' where place=0")
        db.close()
        account._home = tmp_path
        run = account.resume()  # one was in flight: a colleague may have put the old value back since
        assert run.counts == {"unknown": 1, "applied": 3}
        assert account.apply(run.unknown.plan(), confirm=1).counts == {"applied": 1}


def test_first_outcome_is_never_overwritten(account):
    """A patch ends once."""
    plan = renamed(account).only("10001")
    run = account.apply(plan, confirm=1)
    account.journal.settle(run.id, 0, run.outcomes[0].__class__(plan.patches[0], "refused", "later"))
    assert account.run(run.id).counts == {"applied": 1}


def test_journal_is_durable_before_anything_leaves(account, monkeypatch):
    """Plan, then intent, then outcome: each is on the disk, with the strongest setting, before the next step."""
    seen = []
    original = account._client.patch

    def patch(identity, *args, **kwargs):
        with sqlite3.connect(account.journal.path) as other:
            seen.append(other.execute("select intended, sent from patches where ticket=?", (identity,)).fetchone())
        other.close()
        return original(identity, *args, **kwargs)

    monkeypatch.setattr(account._client, "patch", patch)
    account.apply(renamed(account), confirm=60)
    assert len(seen) >= 60  # more where a slow machine holds a change back, because its look is too old
    assert all(intended and sent == '["name"]' for intended, sent in seen)
    assert account.journal._db.execute("pragma synchronous").fetchone() == (2,)
    assert account.journal._db.execute("pragma journal_mode").fetchone() == ("wal",)


def test_undo_of_a_partial_run_takes_back_what_was_applied_and_nothing_else(account):
    """Conflicts, refusals and what colleagues had set to the same value stay as they are; undo of the undo works."""
    plan = renamed(account)
    theirs, gone, same = (plan.patches[n].ticket for n in (10, 11, 12))
    account.sandbox.edit(theirs, name="theirs")
    account.sandbox.delete(gone)
    account.sandbox.edit(same, name=plan.patches[12].changes[0].new)
    run = account.apply(plan, confirm=60)
    assert run.counts == {"applied": 57, "conflict": 1, "refused": 1, "unchanged": 1}
    undo = run.undo()
    assert not {theirs, gone, same} & {patch.ticket for patch in undo}
    account.sandbox.edit(undo.patches[0].ticket, name="later")
    undone = account.apply(undo, confirm=57)
    assert (undone.counts, undone.conflicts.ids) == ({"applied": 56, "conflict": 1}, (undo.patches[0].ticket,))
    again = undone.undo()
    assert account.apply(again, confirm=56).counts == {"applied": 56}
    assert sum(str(row["name"]).endswith(" (seen)") for row in account.sandbox.tickets()) == 57


def test_lost_answer_does_not_claim_what_a_colleague_did(account):
    """A field that already held the value is not ours, even if the answer was lost: the undo leaves it alone."""
    snapshot = account.load(ids=["10001"])
    df = snapshot.frame().assign(name="new", description="new")
    account.sandbox.edit("10001", description="new")
    account.sandbox.faults("lost_after=10001:on=PATCH")
    run = account.apply(snapshot.plan(df), confirm=1)
    assert [change.field for patch in run.undo() for change in patch.changes] == ["name"]


def test_conflicts_can_be_kept_by_ticket_or_field(account):
    """Mine per ticket or per field makes a new plan to look at; base, theirs and mine stand side by side."""
    snapshot = account.load(ids=["10001", "10002"])
    plan = snapshot.plan(snapshot.frame().assign(name="mine", description="mine"))
    for ticket in ("10001", "10002"):
        account.sandbox.edit(ticket, name="theirs", description="theirs")
    run = account.apply(plan, confirm=2)
    assert set(run.conflicts.frame()["theirs"]) == {"theirs"}
    one = run.conflicts.plan("mine", "10001", "name")
    assert [(p.ticket, [c.field for c in p.changes]) for p in one] == [("10001", ["name"])]
    assert len(run.conflicts.plan("theirs")) == 0


def test_two_runs_in_one_process_refuse_the_second(account):
    """The lock looks for a living owner, also within one process."""
    plan, told = renamed(account), []
    assert len(account.runs()) == 0
    account.sandbox.faults(slow={"rate": 1.0, "wait": 0.1, "on": "PATCH"})

    def second():
        while not account.runs():
            pass
        try:
            account.apply(plan, confirm=60)
        except JournalError as error:
            told.append(str(error))

    thread = threading.Thread(target=second)
    thread.start()
    account.apply(plan, confirm=60, brakes=tt.SafetyLimits(workers=16))
    thread.join()
    assert "is working on this account right now" in told[0]


def test_interrupt_in_the_progress_callback_is_an_interrupt(account):
    """A KeyboardInterrupt that comes while progress is drawn loses nothing."""
    from truto_tickets_nb.runs import engine

    count = []

    def listen(event):
        count.append(event)
        if len(count) == 20:
            raise KeyboardInterrupt

    bench = engine.RunContext(account._client, account.journal, tt.SafetyLimits(), Listeners((listen,)))
    with pytest.raises(RunInterrupted, match=r"truto-tickets resume") as caught:
        engine.apply(bench, renamed(account), RequestSpec())
    assert len(caught.value.run.open) + len(caught.value.run.applied) == 60
    assert account.resume().counts == {"applied": 60}


def test_terminal_does_the_same(served, capsys, tmp_path):
    """runs, show, resume and undo, with the number that was seen."""
    with tt.connect() as account:
        plan = renamed(account)
        run = account.apply(plan, confirm=30)
    assert main(["runs"]) == 0
    assert run.id in capsys.readouterr().out
    assert main(["show", run.id, "--out", str(tmp_path / "receipt.json")]) == 0
    told = orjson.loads((tmp_path / "receipt.json").read_bytes())
    assert (told["run"], len(told["fields"]), told["fingerprint"]) == (run.id, 30, plan.fingerprint)
    assert main(["show", run.id, "--out", str(tmp_path / "receipt.html")]) == 0
    assert all(patch.ticket in (tmp_path / "receipt.html").read_text() for patch in plan)
    assert main(["resume", run.id]) == 0
    capsys.readouterr()
    assert main(["undo", run.id, "--confirm", "29"]) == 3
    assert "the number is 30" in capsys.readouterr().err
    assert main(["undo", run.id]) == 3
    assert "--confirm 30" in capsys.readouterr().err
    assert patches(served) == 30
    assert main(["undo", run.id, "--confirm", "30"]) == 0
    assert not [row for row in served.tickets() if str(row["name"]).endswith("(seen)")]
    assert main(["show", "nonsense"]) == 1
    assert run.id in capsys.readouterr().err


def test_terminal_resumes_an_open_run(served, capsys):
    """A run that was begun and not finished is gone on with by its id."""
    with tt.connect() as account:
        run_id = account.journal.begin(renamed(account), RequestSpec())
        from truto_tickets_nb.process import release

        release(run_id)
    assert main(["runs"]) == 0
    assert f"truto-tickets resume {run_id}" in " ".join(capsys.readouterr().out.split())
    assert main(["resume", run_id, "--confirm", "30"]) == 0
    assert patches(served) == 30


@pytest.mark.parametrize(
    ("state", "said"),
    [({"read_only": True}, "read-only"), ({"can_update": False}, "permission"), ({"blocked": True}, "blocked")],
)
def test_dry_run_tells_what_would_hinder_it(account, state, said):
    """A read-only account and a missing permission are found without a PATCH, and what nobody can know is said."""
    plan = renamed(account)
    assert "only sending shows" in repr(account.dry_run(plan))
    account.sandbox.set_account(**state)
    found = account.dry_run(plan)
    assert (len(found.ready), len(found.failed)) == (0, 60)
    assert said in " ".join(repr(found).split())
    assert patches(account.sandbox) == 0
