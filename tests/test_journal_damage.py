"""A damaged journal: one kind of error, or a file set aside with words; a damaged run costs that run, and nothing is ever read as something else."""

from __future__ import annotations

import json
import random
import sqlite3
import warnings

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import truto_tickets_nb as tt
from truto_tickets_nb.errors import JournalDamaged, JournalError, RunUnreadable
from truto_tickets_nb.notes import Note
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.plans.request_spec import RequestSpec
from truto_tickets_nb.process import release
from truto_tickets_nb.runs.journal import Journal
from truto_tickets_nb.runs.journal_file import _seal
from truto_tickets_nb.runs.outcome import Outcome
from truto_tickets_nb.runs.verify import Finding


def plan_of(count=3, account="acc"):
    changes = (Change("name", "before", "after", "before", "after"),)
    return Plan(account, "jira", tuple(Patch(str(n), f"Ticket {n}", changes) for n in range(count)))


def finished(journal, plan, kind="applied"):
    run_id = journal.begin(plan, RequestSpec())
    for place, patch in enumerate(plan.patches):
        journal.intend(run_id, place, ("name",))
        journal.settle(run_id, place, Outcome(patch, kind, "", (Finding(patch.changes[0], "after", kind, "after"),)))
    journal.finish(run_id, "finished", (Note("run.stopped_early", "a note"),))
    release(run_id)
    return run_id


def left_open(journal, plan):
    run_id = journal.begin(plan, RequestSpec())
    journal.intend(run_id, 0, ("name",))
    release(run_id)
    return run_id


def altered(folder, sql, *values):
    """Change rows as no journal does."""
    db = sqlite3.connect(folder / "journal.sqlite", isolation_level=None)
    db.execute(sql, values)
    db.close()


DAMAGE = [
    "update runs set plan='{'",
    "update runs set plan=''",
    "update runs set plan='null'",
    "update runs set plan='[]'",
    "update runs set plan=7",
    "update runs set plan=replace(plan, 'after', 'other')",
    "update runs set plan=cast(x'ff00ff' as text)",
    "update runs set plan=cast(plan as blob) || x'ff'",
    "update runs set way='{'",
    "update runs set way='[]'",
    "update runs set notes='null'",
    "update runs set account='another'",
    "update runs set account=cast(x'ff' as text)",
    "update runs set state='sleeping'",
    "update runs set started=''",
    "update runs set pid='x'",
    "update runs set pid=123456789012345",
    "update runs set counts='{'",
    "update runs set counts=null",
    "update runs set tickets=2",
    "update runs set plan_digest=''",
    "update runs set digest=''",
    "update patches set outcome='{'",
    "update patches set outcome='null'",
    "update patches set outcome='[]'",
    "update patches set outcome=5",
    "update patches set outcome=null",
    "update patches set outcome=cast(x'7bff7d' as text)",
    "update patches set outcome=replace(outcome, 'applied', 'refused') where place=1",
    "update patches set outcome=json_remove(outcome, '$.kind')",
    "update patches set outcome=json_remove(outcome, '$.findings[0].change')",
    "update patches set outcome=json_set(outcome, '$.kind', 'teleported')",
    "update patches set intended=null",
    "update patches set sent='{'",
    "update patches set ticket='9' where place=2",
    "update patches set key='x'",
    "update patches set digest=''",
    "update patches set place=place+7",
    "delete from patches where place=2",
    "delete from patches",
]


@pytest.mark.parametrize("sql", DAMAGE)
def test_damaged_run_costs_that_run_alone(tmp_path, sql):
    """It is listed as unreadable, with what can be done; the others are read, and new ones are begun."""
    with Journal(tmp_path) as journal:
        sound, damaged = finished(journal, plan_of()), finished(journal, plan_of())
        last = finished(journal, plan_of())
        was = (journal.run(sound), journal.run(last))
    where = f"{'id' if 'update runs' in sql else 'run'}='{damaged}'"
    altered(tmp_path, f"{sql} {'and' if 'where' in sql else 'where'} {where}")
    with Journal(tmp_path) as journal:
        runs = journal.runs("acc")
        assert [(run.id, run.state) for run in runs] == [
            (last, "finished"),
            (damaged, "unreadable"),
            (sound, "finished"),
        ]
        assert (journal.run(sound), journal.run(last)) == was
        with pytest.raises(RunUnreadable, match=r"Load its tickets|later version"):
            journal.run(damaged)
        told = " ".join(repr(runs).split())
        assert "1 of them can't be read" in told
        assert damaged in told
        assert "look at them before you change them again" in told
        assert journal.run(finished(journal, plan_of())).counts == {"applied": 3}


@pytest.mark.parametrize("sql", DAMAGE)
def test_damaged_open_run_is_not_resumed(tmp_path, sql):
    """Nothing is sent by a run whose rows were changed; an older open run is found in its place."""
    with Journal(tmp_path) as journal:
        older, damaged = left_open(journal, plan_of()), left_open(journal, plan_of())
    changes_nothing = "outcome=null" in sql or "counts=null" in sql or "replace(outcome" in sql or "json_" in sql
    where = f"{'id' if 'update runs' in sql else 'run'}='{damaged}'"
    altered(tmp_path, f"{sql} {'and' if 'where' in sql else 'where'} {where}")
    with Journal(tmp_path) as journal:
        assert journal.last_open("acc") == (damaged if changes_nothing else older)
        if not changes_nothing:
            for action in (journal.claim, journal.pending, journal.run):
                if action == journal.claim and "update runs" not in sql:
                    continue  # account.resume() reads the run first
                if action == journal.claim and "set plan=" in sql:
                    continue
                with pytest.raises(RunUnreadable):
                    action(damaged)


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("update patches set outcome=json_set(outcome, '$.kind', 'teleported')", "'teleported' is no kind"),
        ("update patches set outcome=json_set(outcome, '$.findings[0].verdict', 'moved')", "'moved' is no verdict"),
        ("update patches set outcome=json_set(outcome, '$.cause', 'eclipse')", "'eclipse' is no cause"),
    ],
)
def test_run_of_a_later_version_is_refused_with_one_sentence(tmp_path, sql, word):
    """A kind, a verdict or a cause that this version does not know is never taken for another one."""
    with Journal(tmp_path) as journal:
        run_id = finished(journal, plan_of())
        journal._db.execute(sql)
        _seal(journal._db)
        with pytest.raises(RunUnreadable, match="later version") as caught:
            journal.run(run_id)
        assert word in str(caught.value)
        assert len(journal.runs()) == 1


def test_unknown_keys_of_a_later_version_are_no_harm(tmp_path):
    """What a later version adds to an outcome is left out."""
    with Journal(tmp_path) as journal:
        run_id = finished(journal, plan_of())
        journal._db.execute("update patches set outcome=json_set(outcome, '$.weather', 'fine')")
        _seal(journal._db)
        assert journal.run(run_id).counts == {"applied": 3}


def test_plan_of_a_form_that_is_gone_is_refused_for_that_run(tmp_path):
    """A journal of an earlier version is brought forward; a plan in it that can't be read any more costs its run."""
    with Journal(tmp_path) as journal:
        old, new = finished(journal, plan_of()), finished(journal, plan_of())
        content = json.loads(plan_of().to_json())
        content["fingerprint"] = content["fingerprint"][:16]
        del content["plan"]["budget"]
        journal._db.execute("update runs set plan=? where id=?", (json.dumps(content), old))
        _seal(journal._db)
        with pytest.raises(RunUnreadable, match="form that this version can't read"):
            journal.run(old)
        assert journal.run(new).counts == {"applied": 3}


def test_conflict_is_told_beside_a_damaged_run(tmp_path):
    """The search for the run of ours that wrote a ticket leaves out what can't be read, and the new run goes on."""
    with tt.sandbox("jira", tickets=3, limit=None) as account:
        account._home = tmp_path
        snapshot = account.load()
        plan = snapshot.plan(snapshot.frame().assign(name="mine"))
        account.apply(plan, confirm=3)
        account.journal._db.execute("update patches set outcome='{' where place<2")
        later = snapshot.plan(snapshot.frame().assign(name="later"))
        run = account.apply(later, confirm=3)
        assert run.counts == {"conflict": 3}
        assert [item.cause for item in run.outcomes] == ["", "", "own run"]


# -- the file itself --


def content_of(folder):
    """Read all that a journal tells, or the kind of error; a file set aside counts as one."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            with Journal(folder) as journal:
                listed = {run.id: (run.state, run.counts, run.tickets, run.account_id) for run in journal.runs()}
                read = {}
                for run_id in listed:
                    try:
                        read[run_id] = journal.run(run_id)
                    except JournalError:
                        read[run_id] = None
                begun = journal.begin(plan_of(account="fresh"), RequestSpec())
                release(begun)
                return listed, read
        except JournalError as error:
            return "error", str(error)
        finally:
            assert {item.category for item in warned} <= {JournalDamaged}


def assert_never_other_content(tmp_path, whole, truth, damaged):
    """A damaged file gives an error, a file set aside, unreadable runs, or exactly what was written."""
    for path in tmp_path.iterdir():
        path.unlink()
    (tmp_path / "journal.sqlite").write_bytes(damaged)
    listed, read = content_of(tmp_path)
    aside = [
        path for path in tmp_path.iterdir() if ".damaged-" in path.name and not path.name.endswith(("-wal", "-shm"))
    ]
    if listed == "error":
        assert "\n" not in read, "one sentence"
        return "error"
    if aside:
        assert (listed, [path.read_bytes() for path in aside]) == ({}, [damaged])
        return "set aside"
    true_list, true_runs = truth
    for run_id, run in read.items():
        if run is not None:
            assert run == true_runs[run_id]
        if listed[run_id][0] != "unreadable":
            assert listed[run_id] == true_list[run_id]
    if len(read) != len(true_runs):
        assert None in read.values(), "a run is missing and nobody says so"
    return "unreadable" if None in read.values() else "same"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Write a journal of some runs; returns its bytes and what it tells."""
    folder = tmp_path_factory.mktemp("journal")
    with Journal(folder) as journal:
        for size in (1, 40, 3):
            finished(journal, plan_of(size))
        left_open(journal, plan_of(5))
    data = (folder / "journal.sqlite").read_bytes()
    truth = content_of(folder)
    return data, truth


@given(seed=st.integers(0, 2**32))
@settings(max_examples=examples(60), deadline=None)
def test_flipped_bytes_are_never_other_content(written, tmp_path_factory, seed):
    """One to four bytes of the file are another value: an error, a file set aside, an unreadable run, or no difference."""
    whole, truth = written
    chance, damaged = random.Random(seed), bytearray(whole)
    used = [place for place, byte in enumerate(whole) if byte]  # the free room of a page tells nothing
    for _ in range(chance.randrange(1, 5)):
        damaged[chance.choice(used)] ^= chance.randrange(1, 256)
    assert_never_other_content(tmp_path_factory.mktemp("flip"), whole, truth, bytes(damaged))


@given(length=st.floats(0, 1), filler=st.sampled_from([b"", b"\0", b"\xff"]))
@settings(max_examples=examples(30), deadline=None)
def test_truncated_file_is_never_other_content(written, tmp_path_factory, length, filler):
    """The end of the file is missing, or overwritten."""
    whole, truth = written
    cut = int(length * len(whole))
    damaged = whole[:cut] + filler * (len(whole) - cut)
    assert_never_other_content(tmp_path_factory.mktemp("cut"), whole, truth, damaged)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_thousands_of_flips(written, tmp_path):
    """The same two thousand times, byte by byte through the header of the file and at random elsewhere."""
    whole, truth = written
    ends, chance = {}, random.Random(7)
    for number in range(2000):
        damaged = bytearray(whole)
        place = number % 120 if number < 600 else chance.randrange(len(whole))
        damaged[place] ^= chance.randrange(1, 256)
        end = assert_never_other_content(tmp_path, whole, truth, bytes(damaged))
        ends[end] = ends.get(end, 0) + 1
    print(f"\n2,000 flips: {ends}")


@pytest.fixture(scope="module")
def crashed(tmp_path_factory):
    """Write a journal whose process died: the last writes are in the write-ahead part alone."""
    folder = tmp_path_factory.mktemp("crashed")
    with Journal(folder) as journal:
        finished(journal, plan_of(4))
        journal._db.execute("pragma wal_checkpoint(truncate)")
        finished(journal, plan_of(4))
        left_open(journal, plan_of(2))
        parts = {name: (folder / name).read_bytes() for name in ("journal.sqlite", "journal.sqlite-wal")}
    return parts, content_of(folder)


@given(seed=st.integers(0, 2**32), cut=st.booleans())
@settings(max_examples=examples(40), deadline=None)
def test_damaged_write_ahead_part_is_an_earlier_moment_at_worst(crashed, tmp_path_factory, seed, cut):
    """SQLite drops a damaged end: each ticket is as it was written, or still open for a resume, which reads it again."""
    parts, (_, truth) = crashed
    folder, chance, damaged = (
        tmp_path_factory.mktemp("wal"),
        random.Random(seed),
        bytearray(parts["journal.sqlite-wal"]),
    )
    place = chance.randrange(len(damaged))
    damaged[place] ^= chance.randrange(1, 256)
    (folder / "journal.sqlite").write_bytes(parts["journal.sqlite"])
    (folder / "journal.sqlite-wal").write_bytes(damaged[:place] if cut else damaged)
    listed, read = content_of(folder)
    assert listed != "error", read
    for run_id, run in read.items():
        assert run is not None
        for item, true in zip(run.outcomes, truth[run_id].outcomes, strict=True):
            assert item == true or item.ticket in run.open.ids
