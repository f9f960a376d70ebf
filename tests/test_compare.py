"""Comparing: aligned by id, a change only where something changed, everything odd told at once."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from truto_tickets_nb.errors import FrameError


def body(plan, ticket="7"):
    return next(patch.body for patch in plan if patch.ticket == ticket)


def test_untouched_frame_gives_an_empty_plan(snapshot):
    """No change, no request."""
    assert len(snapshot.plan(snapshot.frame())) == 0


@pytest.mark.parametrize(
    "handle",
    [
        lambda df: df.iloc[::-1],
        lambda df: df.iloc[:2],
        lambda df: df.reset_index(),
        lambda df: df.copy(deep=True),
        lambda df: df[["tags", "name"]],
        lambda df: df.assign(mine=1),
        lambda df: df.assign(description=df["description"].str.replace("\r\n", "\n")),
        lambda df: df.assign(tags=df["tags"].map(lambda tags: tags[::-1])),
        lambda df: df.assign(tags=df["tags"].map(list)),
        lambda df: df.astype({"name": object, "status": object}),
        lambda df: df.assign(created_at=df["created_at"].dt.tz_convert("Asia/Tokyo")),
        lambda df: df.assign(created_at=df["created_at"].astype(str)),
        lambda df: df.assign(due_date=df["due_date"].dt.strftime("%Y-%m-%d")),
        lambda df: df.assign(**{"custom_fields.points": df["custom_fields.points"].astype(float)}),
    ],
)
def test_handling_without_editing_gives_an_empty_plan(snapshot, handle):
    """Reordered, filtered, extended and retyped frames are normal; an absent row is not a deletion."""
    plan = snapshot.plan(handle(snapshot.frame()))
    assert (len(plan), plan.blocking) == (0, ())


def test_round_trip_through_csv_gives_an_empty_plan(snapshot):
    """A frame that went through a file with text ids comes back unharmed."""
    text = snapshot.frame().to_csv()
    plan = snapshot.plan(pd.read_csv(io.StringIO(text), dtype={"id": str}))
    assert (len(plan), plan.blocking) == (0, ())


def test_frame_edits_never_leak_into_the_snapshot(snapshot):
    """A snapshot never changes."""
    df = snapshot.frame()
    df.loc["7", "name"] = "edited"
    assert snapshot.frame().loc["7", "name"] == "Refund"


def test_change_carries_only_what_changed(snapshot):
    """The body holds the changed field and nothing else."""
    df = snapshot.frame()
    df.loc["7", "priority"] = "High"
    assert body(snapshot.plan(df)) == {"priority": {"id": "p2"}}


@pytest.mark.parametrize("cell", [2**70, "half \ud800", {1: "a key that is no text"}])
def test_what_json_cannot_carry_is_a_problem(snapshot, cell):
    """A value that can't be sent is named with its ticket, not found out while sending."""
    df = snapshot.frame()
    df["custom_fields.odd"] = pd.Series([cell, None, None], index=df.index, dtype=object)
    assert [(p.ticket, "can't be sent as JSON" in p.message) for p in snapshot.plan(df).blocking] == [("7", True)]


def test_names_and_ids_are_both_accepted(snapshot):
    """A reference takes a name or an id."""
    df = snapshot.frame()
    df.loc["7", "priority"] = "p2"
    assert body(snapshot.plan(df)) == {"priority": {"id": "p2"}}


def test_workspace_goes_out_as_plain_text(snapshot):
    """The page documents `workspace` as a string."""
    df = snapshot.frame()
    df.loc["7", "workspace"] = "Bank"
    assert body(snapshot.plan(df)) == {"workspace": "w2"}


def test_set_operations_send_the_whole_set(snapshot):
    """Arrays are replaced, so the whole set goes out, and a new tag by its name."""
    df = snapshot.frame()
    df["tags"] = df["tags"].tickets.add("urgent", where=["7"])
    assert body(snapshot.plan(df)) == {
        "tags": [{"id": "t1", "name": "billing"}, {"id": "t2", "name": "vip"}, {"name": "urgent"}]
    }


def test_date_without_time_stays_one(snapshot):
    """A date-only value goes out in its own format."""
    df = snapshot.frame()
    df.loc["7", "due_date"] = pd.Timestamp("2026-03-01")
    assert body(snapshot.plan(df)) == {"due_date": "2026-03-01"}


def test_only_changed_custom_fields_go_out(snapshot):
    """Custom fields are one column each."""
    df = snapshot.frame()
    df.loc["7", "custom_fields.points"] = 8
    assert body(snapshot.plan(df)) == {"custom_fields": {"points": 8}}


def test_write_only_field_is_accepted_as_a_new_column(snapshot):
    """html_description is never loaded, and can be sent."""
    df = snapshot.frame()
    df["html_description"] = pd.Series({"7": "<p>x</p>"})
    assert body(snapshot.plan(df)) == {"html_description": "<p>x</p>"}


def test_emptied_cell_blocks_unless_named(snapshot):
    """Clearing is said aloud."""
    df = snapshot.frame()
    df.loc["7", "due_date"] = pd.NaT
    blocked = snapshot.plan(df)
    assert (len(blocked), blocked.blocking[0].ticket, blocked.blocking[0].field) == (0, "7", "due_date")
    assert body(snapshot.plan(df, clear=["due_date"])) == {"due_date": None}


def test_nan_from_a_merge_never_wipes_a_field(snapshot):
    """A column that a merge has filled with NaN changes nothing by itself."""
    df = snapshot.frame()
    df["name"] = df["name"].astype(object).where(df.index == "7", np.nan)
    assert len(snapshot.plan(df)) == 0
    assert len(snapshot.plan(df).blocking) == 2


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("priority", "Hihg", "Did you mean 'High'"),
        ("assignees", ("Nobody",), "Unknown user"),
        ("assignees", ("Jo Smith ",), "is the name of 2 users"),
        ("tags", "a, b", "is text where a set belongs"),
        ("due_date", "soon", "is no date"),
        ("tags", ("two words",), "no tags with spaces"),
        ("assignees", ("u1", "u2"), "holds one assignee"),
        ("ticket_url", "https://x", "is read-only"),
    ],
)
def test_impossible_values_are_blocking_problems(snapshot, column, cell, said):
    """Each problem names ticket, field and value, and says what to do."""
    df = snapshot.frame()
    df[column] = df[column].astype(object)
    df.at["1000000000000000001", column] = cell
    problems = [str(problem) for problem in snapshot.plan(df).blocking]
    assert len(problems) == 1
    assert said in problems[0]
    assert problems[0].startswith(f"ticket 1000000000000000001 {column}")


def test_all_problems_are_told_at_once(snapshot):
    """Nobody mends one problem only to meet the next."""
    df = snapshot.frame()
    df["priority"] = "Hihg"
    df.loc["7", "ticket_url"] = "https://x"
    assert len(snapshot.plan(df).blocking) == 4


@pytest.mark.parametrize(
    ("handle", "said"),
    [
        (lambda df: df.reset_index(drop=True), "lost its ticket ids"),
        (lambda df: pd.concat([df, df.iloc[:1]]), "stands in rows 0 and 3"),
        (lambda df: df.rename(index={"7": "99"}), "is not in this snapshot"),
        (lambda df: df.reset_index().assign(id=[7.0, 42.0, 1e18]), "not in this snapshot"),
        (lambda df: df.reset_index().assign(id=["7", None, "0042"]), "has no ticket id"),
    ],
)
def test_frames_that_do_not_fit_are_refused(snapshot, handle, said):
    """A frame without its ids, with double or foreign ones, is an error that names them."""
    with pytest.raises(FrameError, match=said):
        snapshot.plan(handle(snapshot.frame()))


def test_ids_turned_to_numbers_are_found_again(snapshot):
    """Whole numbers map back to text ids, leading zeros included, where only one ticket can be meant."""
    df = snapshot.frame().iloc[:2].reset_index().assign(id=[7, 42], name="new")
    assert [patch.ticket for patch in snapshot.plan(df)] == ["7", "0042"]


def test_renamed_column_blocks(snapshot):
    """An edit under another name must not be lost silently."""
    df = snapshot.frame().rename(columns={"priority": "Priority"})
    assert "looks like the column 'priority'" in str(snapshot.plan(df).blocking[0])


def test_unknown_column_is_ignored_with_one_note(snapshot):
    """New columns that are no field are told once."""
    assert "mine" in str(snapshot.plan(snapshot.frame().assign(mine=1)).notes[0])


def test_namesakes_on_one_ticket_stay_two_people(records):
    """Two people of one name are kept apart; keeping only one of them by name is refused."""
    import truto_tickets_nb as tt

    pair = [{"id": "u1", "name": "Jo Smith"}, {"id": "u2", "name": "Jo Smith"}]
    with tt.sandbox("microsoftplanner", tickets=[{**records[0], "assignees": pair}, records[1]], limit=None) as account:
        snapshot = account.load()
    df = snapshot.frame()
    assert len(snapshot.plan(df.assign(assignees=df["assignees"].map(list)))) == 0
    df["assignees"] = df["assignees"].tickets.add("u3", where=["0042"])
    assert "Unknown user" in str(snapshot.plan(df).blocking[0])
    one = df.assign(assignees=[("Jo Smith",), ("Jo Smith",)])
    assert "stands for two" in str(snapshot.plan(one).blocking[0])
    by_id = df.assign(assignees=[("u2",), ("Jo Smith",)])
    assert body(snapshot.plan(by_id)) == {"assignees": [{"id": "u2"}]}


def test_collections_and_languages_are_sets_too(records):
    """add, remove and replace work for every set column."""
    import truto_tickets_nb as tt

    parts = [{"id": "c1", "name": "Cart", "type": "component"}, {"id": "c2", "name": "Mail", "type": "component"}]
    made = [{**records[0], "collections": parts[:1], "languages": ["en"]}, {**records[1], "collections": parts[1:]}]
    with tt.sandbox("jira", tickets=made, limit=None) as account:
        snapshot = account.load()
    df = snapshot.frame()
    df["collections"] = df["collections"].tickets.add("Mail")
    df["languages"] = df["languages"].tickets.add("de", where=["7"])
    sent = body(snapshot.plan(df))
    assert sent["collections"] == [{"id": "c1", "type": "component"}, {"id": "c2", "type": "component"}]
    assert sent["languages"] == ["en", "de"]
