"""remote_data to send and remote_data received are two things: the first is passed on as it is, the second is never sent back."""

from __future__ import annotations

import html
import json

import pandas as pd
import pytest

import truto_tickets_nb as tt

EXTRA = {"flag": 1, "nested": {"list": [1, None, "é"]}}


def ticket(key, **more):
    return {"id": str(key), "name": f"Ticket {key}", "status": {"id": "o", "name": "Open"}, "tags": [], **more}


@pytest.fixture
def box():
    records = [ticket(n, remote_data={"raw_id": n, "state": "open"}) for n in (1, 2, 3)]
    with tt.sandbox("gorgias", tickets=records, limit=None) as account:
        yield account


def column(frame, **cells):
    """Make a column of objects, by ticket id."""
    return pd.Series([cells.get(f"t{key}") for key in frame.index], index=frame.index, dtype=object)


def patches(account):
    return [seen for seen in account.sandbox.requests() if seen.method == "PATCH"]


def told(value):
    return " ".join(repr(value).split())


def test_sent_from_a_new_column(box):
    """It goes out as it was given, is shown in full, is no conflict, can't be read back, and its undo leaves it alone and says so."""
    snapshot = box.load(progress=False)
    df = snapshot.frame()
    df["remote_data"] = column(df, t1=EXTRA)
    df.loc["1", "name"] = "new"
    plan = snapshot.plan(df)
    assert [patch.body for patch in plan] == [{"name": "new", "remote_data": EXTRA}]
    shown = json.dumps(EXTRA, ensure_ascii=False)
    assert all(part in told(plan) for part in (shown, "can't be read back", "an undo leaves it alone"))
    assert shown in html.unescape(plan._repr_html_())
    assert box.dry_run(plan, progress=False).ready.ids == ("1",)
    run = box.apply(tt.Plan.from_json(plan.to_json()), confirm=1, progress=False)
    assert (run.counts, patches(box)[-1].body) == ({"applied": 1}, {"name": "new", "remote_data": EXTRA})
    assert "remote_data can't be read back" in told(run)
    undo = run.undo()
    assert [patch.body for patch in undo] == [{"name": "Ticket 1"}]
    assert "remote_data was sent with 1 of these tickets" in told(undo)
    assert box.apply(undo, confirm=1, progress=False).counts == {"applied": 1}


def test_sent_by_a_step(box):
    """A step, a recipe and a frame give the same plan."""
    snapshot = box.load(progress=False)
    draft = snapshot.draft()
    draft.set("remote_data", EXTRA, where=["2"])
    df = snapshot.frame()
    df["remote_data"] = column(df, t2=EXTRA)
    plans = [draft.plan(), snapshot.plan(df), snapshot.plan(draft.recipe()), snapshot.draft().take(df).plan()]
    assert {plan.fingerprint for plan in plans} == {plans[0].fingerprint}
    assert [patch.body for patch in plans[0]] == [{"remote_data": EXTRA}]


@pytest.mark.parametrize("slug", ["jira", "freshdesk", "asana", "practice"])
def test_sent_to_any_tool(slug):
    """What a tool holds of a ticket has nothing to do with it."""
    with tt.sandbox(slug, tickets=3, limit=None) as account:
        snapshot = account.load(progress=False)
        df = snapshot.frame()
        df["remote_data"] = column(df, **{f"t{df.index[0]}": EXTRA})
        plan = snapshot.plan(df)
        run = account.apply(plan, confirm=1, progress=False)
        assert (run.counts, len(run.undo()), "leaves it alone" in told(run.undo())) == ({"unknown": 1}, 0, True)


def test_received_record_is_never_sent(box):
    """Loaded with it, the column holds what was received: untouched, emptied, dropped or as an object again it is no change."""
    snapshot = box.load(remote_data=True, progress=False)
    df = snapshot.frame()
    for edited in (
        df,
        df.assign(remote_data=df["remote_data"].map(json.loads)),
        df.assign(remote_data=None),
        df.drop(columns="remote_data"),
        df.iloc[::-1],
    ):
        plan = snapshot.plan(edited.assign(name="x"))
        assert ([patch.body for patch in plan], plan.blocking) == ([{"name": "x"}] * 3, ())
    assert box.apply(plan, confirm=3, progress=False).counts == {"applied": 3}
    assert all("remote_data" not in seen.body for seen in patches(box))


@pytest.mark.parametrize(
    "value", [{"raw_id": 1, "state": "closed"}, {"flag": 1}, '{"raw_id": 1, "state": "closed"}', "x", ("a",)]
)
def test_edited_record_blocks(box, value):
    """An edited record that was received would be sent back: it blocks, and says how to send data of one's own."""
    snapshot = box.load(remote_data=True, progress=False)
    df = snapshot.frame()
    df["remote_data"] = df["remote_data"].astype(object)
    df.at["1", "remote_data"] = value
    plan = snapshot.plan(df)
    assert [
        (p.ticket, p.field, "never sent back" in p.message, "without remote_data=True" in str(p)) for p in plan.blocking
    ] == [("1", "remote_data", True, True)]


@pytest.mark.parametrize(
    "value", ['{"raw_id": 1}', "x", 7, True, [1], ("a",), {"a": float("nan")}, {"a": {"b": [float("inf")]}}]
)
def test_what_is_no_object_blocks(box, value):
    """Text could be a record that a file brought along; numbers and lists are no data for a tool; NaN can't be sent."""
    snapshot = box.load(progress=False)
    df = snapshot.frame()
    df["remote_data"] = column(df, t1=value)
    assert [(p.ticket, p.field) for p in snapshot.plan(df).blocking] == [("1", "remote_data")]


def test_record_of_another_load_is_not_sent(box):
    """A frame that was loaded with it, through a file to another snapshot: its records are no data to send."""
    file = box.load(remote_data=True, progress=False).frame().to_csv()
    snapshot = box.load(progress=False)
    import io

    plan = snapshot.plan(pd.read_csv(io.StringIO(file), dtype={"id": str}))
    assert (len(plan), len(plan.blocking)) == (0, 3)


@pytest.mark.parametrize(
    ("fault", "fields", "kind", "sent"),
    [
        ("lost_after", ["name", "remote_data"], "applied", 1),  # the title arrived, and so did what went with it
        ("lost_before", ["name", "remote_data"], "applied", 1),  # the title did not: both go out again
        ("lost_after", ["remote_data"], "unknown", 1),  # nothing tells, and twice might do twice what it does
        ("lost_before", ["remote_data"], "unknown", 0),
    ],
)
def test_lost_answer(box, fault, fields, kind, sent):
    """After a lost answer it is decided by the rest of its PATCH; alone, it is not sent a second time."""
    snapshot = box.load(progress=False)
    df = snapshot.frame()
    df["remote_data"] = column(df, t1=EXTRA)
    if "name" in fields:
        df.loc["1", "name"] = "new"
    box.sandbox.faults(**{fault: {"turns": (1,), "on": "PATCH"}})
    run = box.apply(snapshot.plan(df), confirm=1, progress=False)
    assert run.counts == {kind: 1}
    assert "remote_data can't be read back" in told(run)
    assert len([write for write in box.sandbox.writes("1") if write["by"] == "api"]) == sent
    assert not any("remote_data" in patch.body for patch in run.undo())


def test_conflict_of_the_rest_keeps_it_here(box):
    """Where somebody else changed another field of the plan, nothing of the ticket is sent."""
    snapshot = box.load(progress=False)
    df = snapshot.frame()
    df["remote_data"] = column(df, t1=EXTRA)
    df.loc["1", "name"] = "mine"
    box.sandbox.edit("1", name="theirs")
    run = box.apply(snapshot.plan(df), confirm=1, progress=False)
    assert (run.counts, patches(box)) == ({"conflict": 1}, [])
    again = run.conflicts.plan()
    assert [patch.body for patch in again] == [{"name": "mine", "remote_data": EXTRA}]
