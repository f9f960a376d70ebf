"""A frame knows its snapshot, whatever it went through; edits of an earlier one are brought over, never its untouched cells."""

from __future__ import annotations

import gc
import io
import json
import pickle

import pandas as pd
import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.errors import FrameError


def ticket(key, **fields):
    return {"id": str(key), "name": f"Ticket {key}", "tags": [{"id": "a", "name": "a"}], **fields}


@pytest.fixture
def account():
    with tt.sandbox("gorgias", tickets=[ticket(n) for n in (1, 2, 3)], limit=None) as found:
        yield found


def through_parquet(df):
    file = io.BytesIO()
    df.to_parquet(file)
    return pd.read_parquet(file)


def through_pickle(df):
    return pickle.loads(pickle.dumps(df))


HANDLING = {
    "as it is": lambda df: df,
    "a copy": lambda df: df.copy(),
    "some columns": lambda df: df[["name", "tags"]],
    "sorted and cut": lambda df: df.sort_values("name").iloc[:2],
    "reset_index": lambda df: df.reset_index(),
    "assign and query": lambda df: df.assign(mine=1).query("mine == 1"),
    "parquet": through_parquet,
    "pickle": through_pickle,
}


@pytest.mark.parametrize("handle", HANDLING.values(), ids=HANDLING)
def test_a_frame_of_an_earlier_snapshot_is_refused(account, handle):
    """A plan, a draft: both refuse it, name the way out, and send nothing over what a colleague changed."""
    df = handle(account.load(progress=False).frame())
    df["name"] = df["name"].replace("Ticket 1", "mine")
    account.sandbox.edit("2", name="colleague")
    snapshot = account.load(progress=False)
    for door in (snapshot.plan, snapshot.draft().take):
        with pytest.raises(FrameError, match=r"snapshot.rebase\(df\)"):
            door(df)


def test_the_same_data_gives_the_same_id(account):
    """Two loads of the same tickets are one snapshot; another ticket, another account or other fields are another one."""
    first, second = account.load(progress=False), account.load(progress=False)
    assert first.id == second.id
    assert len(second.plan(first.frame().assign(name="x"))) == 3
    assert account.load(progress=False, limit=2).id != first.id
    assert account.load(progress=False, fields=["tags"]).id != first.id
    with tt.sandbox("jira", tickets=[ticket(n) for n in (1, 2, 3)], limit=None) as other:
        assert other.load(progress=False).id != first.id


def test_the_id_is_short_text_that_json_takes(account):
    """It is plain text in files and pickles, so that attrs stay what every reader of parquet expects."""
    df = account.load(progress=False).frame()
    assert json.loads(json.dumps(df.attrs)) == df.attrs
    assert type(through_pickle(df).attrs["truto_snapshot"]) is str
    assert len(df.attrs["truto_snapshot"]) == 32


def test_a_saved_snapshot_keeps_its_id(account, tmp_path):
    """A frame that was saved beside its snapshot still fits after a restart."""
    snapshot = account.load(progress=False)
    snapshot.save(tmp_path / "s.gz")
    opened = tt.open_snapshot(tmp_path / "s.gz")
    assert opened.id == snapshot.id
    assert len(opened.plan(through_parquet(snapshot.frame()[["name"]].assign(name="x")))) == 3


def test_frames_without_an_id_are_accepted(account):
    """What a file of plain pandas, another library or a person made is compared as it is."""
    snapshot = account.load(progress=False)
    by_hand = pd.DataFrame({"id": ["1"], "name": ["mine"]})
    assert [patch.ticket for patch in snapshot.plan(by_hand)] == ["1"]
    read = pd.read_csv(io.StringIO(snapshot.frame().to_csv()), dtype={"id": str}).assign(name="x")
    assert len(snapshot.plan(read)) == 3


def test_a_frame_without_id_that_its_own_dates_show_to_be_old_is_refused(account):
    """A CSV of plain pandas has no id; where it says updated_at, that tells which tickets changed since."""
    account.sandbox.edit("1", name="first")
    text = account.load(progress=False).frame().to_csv()
    account.sandbox.edit("2", name="colleague")
    snapshot = account.load(progress=False)
    old = pd.read_csv(io.StringIO(text), dtype={"id": str}).assign(name="mine")
    with pytest.raises(FrameError, match=r"older than the snapshot: 1 ticket was.* of 2"):
        snapshot.plan(old)


def test_rebase_brings_over_only_what_was_edited(account):
    """Untouched cells take the tool's new value, an edit of a cell that changed meanwhile is left out, and is shown with all three values."""
    df = account.load(progress=False).frame()
    df.loc[["1", "3"], "name"] = ["mine", "mine too"]
    df["tags"] = df["tags"].tickets.add("new", where=["2"])
    account.sandbox.edit("2", name="colleague")
    account.sandbox.edit("3", name="theirs")
    snapshot = account.load(progress=False)
    frame = snapshot.rebase(df)
    assert frame["name"].tolist() == ["mine", "colleague", "theirs"]
    told = {
        "ticket": "3",
        "field": "name",
        "base": "Ticket 3",
        "theirs": "theirs",
        "mine": "mine too",
        "code": "conflict.changed",
    }
    assert frame.attrs["conflicts"] == [told]
    plan = snapshot.plan(frame)
    assert {patch.ticket: [c.field for c in patch.changes] for patch in plan} == {"1": ["name"], "2": ["tags"]}
    (warning,) = [problem for problem in plan.warnings if problem.ticket == "3"]
    assert all(word in str(warning) for word in ("theirs", "Ticket 3", "mine too"))
    assert not plan.blocking
    account.apply(plan, confirm=2, progress=False)
    assert [account.sandbox.ticket(n)["name"] for n in "123"] == ["mine", "colleague", "theirs"]


def test_a_conflict_that_was_decided_is_no_longer_shown(account):
    """Who puts the value in again after a rebase has decided."""
    df = account.load(progress=False).frame()
    df.loc["3", "name"] = "mine"
    account.sandbox.edit("3", name="theirs")
    snapshot = account.load(progress=False)
    frame = snapshot.rebase(df)
    frame.loc["3", "name"] = "mine"
    plan = snapshot.plan(frame)
    assert [patch.body for patch in plan] == [{"name": "mine"}]
    assert not [problem for problem in plan.problems if problem.ticket == "3" and problem.field == "name"]


def test_rebase_counts_what_the_tool_holds_already(account):
    """An edit that somebody else made as well is no conflict and no change; it is counted in a note."""
    df = account.load(progress=False).frame()
    df.loc["3", "name"] = "same"
    account.sandbox.edit("3", name="same")
    snapshot = account.load(progress=False)
    plan = snapshot.plan(snapshot.rebase(df))
    assert (len(plan), plan.problems) == (0, ())
    assert any("1 edit" in str(note) for note in plan.notes)


def test_rebase_tells_of_tickets_that_are_gone(account):
    """An edit of a ticket that the new snapshot does not hold is shown, not lost in silence."""
    df = account.load(progress=False).frame().assign(name="x")
    account.sandbox.edit("1", name="other")
    snapshot = account.load(progress=False, ids=["2", "3"])
    frame = snapshot.rebase(df)
    assert [(c["ticket"], c["code"]) for c in frame.attrs["conflicts"]] == [("1", "conflict.ticket_missing")]
    assert len(snapshot.plan(frame)) == 2


def test_rebase_keeps_ids_apart_behind_one_name():
    """A colleague who replaced one Jo Smith by the other has changed the cell, although its text is the same."""
    jo = [{"id": f"u{n}", "name": "Jo Smith", "emails": [{"email": f"jo{n}@example.com"}]} for n in (1, 2)]
    ada = {"id": "u3", "name": "Ada Byron"}
    records = [ticket(1, assignees=[jo[0]]), ticket(2, assignees=[jo[1]]), ticket(3, assignees=[ada])]
    with tt.sandbox("jira", tickets=records, limit=None) as account:
        df = account.load(progress=False).frame()
        df.at["1", "assignees"] = ("Ada Byron",)
        account.sandbox.edit("1", assignees=[jo[1]])
        snapshot = account.load(progress=False)
        assert [c["field"] for c in snapshot.rebase(df).attrs["conflicts"]] == ["assignees"]


def test_rebase_finds_the_earlier_snapshot_or_asks_for_it(account, tmp_path):
    """A frame keeps its snapshot alive; from a file it is found while it lives, else it has to be given."""
    earlier = account.load(progress=False)
    earlier.save(tmp_path / "s.gz")
    live = earlier.frame()[["name"]].assign(name="x")
    written = through_parquet(live)
    del earlier
    gc.collect()
    account.sandbox.edit("2", name="colleague")
    snapshot = account.load(progress=False)
    assert snapshot.rebase(live)["name"].tolist() == ["x", "colleague", "x"]
    del live
    gc.collect()
    with pytest.raises(FrameError, match=r"base=earlier"):
        snapshot.rebase(written)
    with pytest.raises(FrameError, match=r"not named in it"):
        snapshot.rebase(pd.DataFrame({"id": ["1"], "name": ["x"]}))
    with pytest.raises(FrameError, match="not the snapshot that this frame was made from"):
        snapshot.rebase(written, base=snapshot)
    frame = snapshot.rebase(written, base=tt.open_snapshot(tmp_path / "s.gz"))
    assert frame["name"].tolist() == ["x", "colleague", "x"]


def test_rebase_refuses_another_account(account):
    """Edits go over between snapshots of one account only."""
    with tt.sandbox("jira", tickets=[ticket(1)], limit=None) as other:
        df = other.load(progress=False).frame()
    with pytest.raises(FrameError, match="of jira account"):
        account.load(progress=False).rebase(df)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_of_an_earlier_snapshot_overwrites_nothing(account, kind, tmp_path):
    """What nobody edited in the file keeps the tool's newer value; the edit goes through."""
    path = tmp_path / f"t.{kind}"
    first = account.load(progress=False)
    (first.to_csv if kind == "csv" else first.to_excel)(path)
    account.sandbox.edit("2", name="colleague")
    snapshot = account.load(progress=False)
    df = snapshot.read_csv(path)
    assert len(snapshot.plan(df)) == len(snapshot.draft().take(df).plan()) == 0
    assert df.attrs["truto_snapshot"] == snapshot.id


TABLES = {
    "a number in the place of a frame": 5,
    "a dict": {"id": ["1"], "name": ["x"]},
    "a list": [["1", "x"]],
    "a series": pd.Series(["x"], index=["1"], name="name"),
    "nothing": None,
    "a path": "tickets.csv",
}


@pytest.mark.parametrize("given", TABLES.values(), ids=TABLES)
def test_what_is_no_frame_is_refused_with_what_to_do(account, given):
    """The refusal says what a plan needs."""
    with pytest.raises(FrameError, match=r"needs a (whole )?DataFrame"):
        account.load(progress=False).plan(given)


def test_a_foreign_table_that_can_not_be_converted_names_the_way_out(account):
    """A library that offers no Arrow stream is named, with the conversion."""
    foreign = type("DataFrame", (), {"__module__": "polars.dataframe.frame"})()
    for door in (account.load(progress=False).plan, account.load(progress=False).draft().take):
        with pytest.raises(FrameError, match=r"DataFrame of polars.*\.to_pandas\(\)"):
            door(foreign)


def test_a_relation_of_duckdb_is_taken():
    """What offers its columns as Arrow becomes a frame without loss: gaps make no floats, lists stay lists."""
    duckdb = pytest.importorskip("duckdb")
    records = [ticket(n, custom_fields={"n": value}) for n, value in enumerate((2**60 + 7, None, 5), 1)]
    with tt.sandbox("jira", tickets=records, limit=None) as account:
        snapshot = account.load(progress=False)
        tickets = snapshot.frame()[["name", "tags", "custom_fields.n"]].reset_index()
        tickets["custom_fields.n"] = tickets["custom_fields.n"].astype("Int64")
        assert len(snapshot.plan(duckdb.sql("select * from tickets"))) == 0
        plan = snapshot.plan(duckdb.sql("select id, upper(name) as name from tickets where id = '2'"))
        assert [(patch.ticket, patch.body) for patch in plan] == [("2", {"name": "TICKET 2"})]


NUMBERED = [{"id": str(n), "name": f"Ticket {n}", "number": str(n + 1)} for n in (1, 2, 3)]


@pytest.fixture(scope="module")
def numbered():
    with tt.sandbox("gorgias", tickets=NUMBERED, limit=None) as found:
        yield found.load(progress=False)


TAKEN = {
    "a MultiIndex with a level id": lambda df: df.assign(of="x").set_index("of", append=True),
    "categories": lambda df: df.set_axis(pd.CategoricalIndex(df.index, name="id")),
    "plain objects": lambda df: df.set_axis(pd.Index(df.index.tolist(), dtype=object, name="id")),
    "numbers": lambda df: df.set_axis(pd.Index([1, 2, 3], name="id")),
    "floats": lambda df: df.set_axis(pd.Index([1.0, 2.0, 3.0], name="id")),
    "no name, the very ids": lambda df: df.rename_axis(None),
    "a column and an index that agree": lambda df: df.assign(id=df.index),
    "a column, an index that counts": lambda df: df.reset_index(),
    "a column, an index that is left of counting": lambda df: df.reset_index().iloc[[2, 0, 1]],
    "a column, an index of titles": lambda df: df.reset_index().set_index("name", drop=False),
}


@pytest.mark.parametrize("handle", TAKEN.values(), ids=TAKEN)
def test_ids_are_found_whatever_form_the_index_has(numbered, handle):
    """The right tickets change, through a plan and through a draft."""
    df = handle(numbered.frame()[["name"]].assign(description=["one", "two", "three"]))
    for plan in (numbered.plan(df), numbered.draft().take(df).plan()):
        assert {patch.ticket: patch.body for patch in plan} == {
            "1": {"description": "one"}, "2": {"description": "two"}, "3": {"description": "three"},
        }  # fmt: skip


REFUSED = {
    "a joined column id": (
        lambda df: df.assign(id=["3", "2", "1"]),
        "row 0 has ticket 1 in its index and 3 in its column",
    ),
    "a level id and a column id": (
        lambda df: df.assign(of="x").set_index("of", append=True).assign(id=["3", "2", "1"]),
        "2 rows",
    ),
    "an index of numbers of tickets": (
        lambda df: df.reset_index(drop=True).set_index(pd.Index(["2", "3"], name="number")),
        "named 'number'",
    ),
    "an index that lost its name": (lambda df: df.set_axis(["2", "3"]), "values of 'number' of other tickets"),
    "a MultiIndex without ids": (
        lambda df: df.assign(of="x").reset_index(drop=True).set_index(["of", "name"]),
        "2 levels",
    ),
    "rows counted": (lambda df: df.reset_index(drop=True), "lost its ticket ids"),
    "an id that is missing": (
        lambda df: df.reset_index().assign(id=["1", *[None] * (len(df) - 1)]),
        "has no ticket id",
    ),
}


@pytest.mark.parametrize(("handle", "words"), REFUSED.values(), ids=REFUSED)
def test_what_may_mean_other_tickets_is_refused(numbered, handle, words):
    """A column and an index that disagree, an index of another name, an index that another column explains as well."""
    frame = numbered.frame()[["name", "description"]].assign(description="x")
    df = handle(frame if "id" in words or "rows" in words or "row 0" in words else frame.iloc[:2])
    for door in (numbered.plan, numbered.draft().take):
        with pytest.raises(FrameError, match=words):
            door(df)


def test_unknown_fields_are_named_with_what_may_be_meant(account):
    """A misspelt field is refused before anything is sent."""
    with pytest.raises(tt.errors.SetupError, match=r"'prioritty' \(did you mean 'priority'\?\)"):
        account.load(progress=False, fields=["prioritty"])
    with pytest.raises(tt.errors.SetupError, match="did you mean 'custom_fields'"):
        account.load(progress=False, fields="custom_fields.region")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_of_an_earlier_snapshot_without_its_marks_is_refused(account, kind, tmp_path):
    """Where somebody deleted the column of marks, nobody can tell an edit from an old value: the way out keeps both apart."""
    path = tmp_path / f"t.{kind}"
    account.sandbox.edit("1", name="first")
    first = account.load(progress=False)
    if kind == "csv":
        first.to_csv(path)
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        table = table.drop(columns=[name for name in table.columns if name.startswith("check")])
        table["name"] = table["name"].replace("Ticket 3", "mine")
        table.to_csv(path, index=False, encoding="utf-8-sig")
    else:
        openpyxl = pytest.importorskip("openpyxl")
        first.to_excel(path)
        book = openpyxl.load_workbook(path)
        sheet = book["tickets"]
        columns = {str(cell.value): cell.column for cell in sheet[1]}
        sheet.cell(4, columns["name"]).value = "mine"
        sheet.delete_cols(next(place for name, place in columns.items() if name.startswith("check")))
        book.save(path)
    account.sandbox.edit("2", name="colleague")
    snapshot = account.load(progress=False)
    with pytest.raises(FrameError, match=r"snapshot.rebase\(earlier.read_excel\(path\)\)"):
        snapshot.read_excel(path)
    plan = snapshot.plan(snapshot.rebase(first.read_excel(path)))
    assert {patch.ticket: patch.body for patch in plan} == {"3": {"name": "mine"}}


@pytest.mark.parametrize(
    "attrs", [{"cleared": ["name"]}, {"cleared": "name"}, {"cleared": {"name": 7}}, {"notes": "text"}, {"conflicts": 3}]
)
def test_marks_that_make_no_sense_are_refused(attrs):
    """What somebody wrote into df.attrs is read once, where the frame enters: nonsense is a FrameError that names the mark."""
    with tt.sandbox("jira", tickets=2, limit=None) as account:
        snapshot = account.load(progress=False)
    df = snapshot.frame()
    df.attrs |= attrs
    for take in (snapshot.plan, snapshot.rebase, snapshot.draft().take):
        with pytest.raises(tt.errors.FrameError, match=rf'df.attrs\["{next(iter(attrs))}"\]'):
            take(df)
