"""Recipes: saved steps, replayed on fresh tickets, reported step by step, written as code and as a protocol."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from examples import ALL

import truto_tickets_nb as tt
from truto_tickets_nb.errors import RecipeError

where = tt.Filter.where


def made(snapshot):
    draft = snapshot.draft("spring")
    draft.set("priority", "High", where=where("name", "contains", "refund")).clear(
        "due_date", where=where("status", "is", "Done")
    )
    return draft.add("tags", "billing", where=where("priority", "is", "high")).edit(
        snapshot.frame().index[0], "name", "Seen by Ada"
    )


def test_saved_recipe_is_the_recipe(account, tmp_path):
    """save and load lose nothing; the file is JSON that a person can read, one short object a step."""
    draft = made(account.load())
    draft.save(tmp_path / "spring.json")
    recipe = tt.Recipe.load(tmp_path / "spring.json")
    assert recipe == draft.recipe()
    text = (tmp_path / "spring.json").read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert max(map(len, text.splitlines())) <= 120
    assert [step["kind"] for step in json.loads(text)["steps"]] == ["set", "clear", "add", "cells"]


def test_recipe_written_by_hand(snapshot):
    """The least that a person has to write is enough."""
    text = '{"format": "truto_tickets_nb recipe", "version": 1, "steps": [{"kind": "set", "field": "priority", "value": "High"}]}'
    assert snapshot.plan(tt.Recipe.of_json(text)).changes == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"version": 2}, "version 2, this toolkit reads 1. Update"),
        ({"version": "1"}, "can't be understood"),
        ({"format": "excel"}, "This is no recipe"),
        ({"steps": {}}, "This is no recipe"),
        ({"author": "Ada"}, "can't be understood: author"),
        ({"name": 3}, "can't be understood"),
        (
            {"steps": [{"kind": "clear", "field": "team"}, {"kind": "paint", "field": "name"}]},
            "Step 2 .*no kind of step",
        ),
        ({"steps": [{"kind": "set", "field": "name", "value": "x", "wher": {}}]}, "Step 1 .*knows no wher"),
        ({"steps": [{"kind": "replace", "field": "name", "find": "(", "by": "", "regex": True}]}, "does not compile"),
        ({"steps": ["set"]}, "Step 1 .*is an object"),
    ],
)
def test_bad_recipe_is_refused(change, told):
    """A later version, an unknown step and foreign parts are refused, and it is said where."""
    text = json.dumps({"format": "truto_tickets_nb recipe", "version": 1, "steps": [], **change})
    with pytest.raises(RecipeError, match=told):
        tt.Recipe.of_json(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_files_are_read_as_editors_save_them(account, tmp_path, encoding):
    """Recipes and plan files are the same with a byte-order mark and in the other encodings of Unicode."""
    draft = made(account.load()).set("name", "Über 東京")
    recipe, plan, path = draft.recipe(), draft.plan(), tmp_path / "x.json"
    path.write_text(recipe.to_json(), encoding=encoding)
    assert tt.Recipe.load(path) == recipe
    path.write_text(plan.to_json(), encoding=encoding)
    assert tt.Plan.from_json(path.read_bytes()) == plan
    assert tt.Plan.from_json("\ufeff" + plan.to_json()) == plan


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ('"a", "kind": "set"', "'kind' stands twice"),
        ("NaN", "NaN is not a JSON value"),
        ("[1, [Infinity]]", "Infinity is not a JSON value"),
        ("-Infinity", "-Infinity is not a JSON value"),
        ("1e999", "1e999 is too large"),
    ],
)
def test_recipe_is_strict_json(value, told):
    """What other readers of JSON would refuse, or read in another way, is refused and named."""
    step = f'{{"kind": "set", "field": "custom_fields.n", "value": {value}}}'
    with pytest.raises(RecipeError, match=told):
        tt.Recipe.of_json(f'{{"format": "truto_tickets_nb recipe", "version": 1, "steps": [{step}]}}')


def test_values_are_pickled_and_copied(account):
    """Steps, filters, recipes, reports, plans and outcomes are values: a pickled or deep-copied one equals the original."""
    snapshot = account.load()
    draft = made(snapshot).set(
        "name", "x", where=~where("status", "in", ["Open", "Done"]) | tt.Filter.ids(snapshot.frame().index[0])
    )
    recipe, plan = draft.recipe(), draft.plan()
    run = account.apply(plan, confirm=len(plan), progress=False)
    for value in (*recipe.steps, recipe.steps[-1].rows, recipe, plan, run.outcomes, run, run.undo()):
        assert pickle.loads(pickle.dumps(value)) == value
        assert copy.deepcopy(value) == value
    for again in (pickle.loads(pickle.dumps(snapshot)), copy.deepcopy(snapshot)):
        assert again.plan(recipe) == plan
    report = recipe.apply_to(snapshot)
    assert pickle.loads(pickle.dumps(report)).plan() == copy.deepcopy(report).plan() == plan
    with pytest.raises(TypeError):
        pickle.loads(pickle.dumps(recipe.steps[0])).options["value"] = "another"


def test_unreadable_files_are_told(tmp_path, snapshot):
    """A missing file, a damaged one and a place that takes none are errors that name it."""
    (tmp_path / "bad.json").write_bytes(b"\xff{")
    (tmp_path / "half.json").write_text('{"format": ')
    for name in ("none.json", "bad.json", "half.json"):
        with pytest.raises(RecipeError, match=name):
            tt.Recipe.load(tmp_path / name)
    with pytest.raises(RecipeError, match="another place"):
        snapshot.draft().save(tmp_path / "none" / "x.json")


def test_recipe_on_its_own_snapshot_gives_the_plan_of_the_draft(account):
    """By the report, by snapshot.plan and by the code: one plan, byte for byte."""
    snapshot = account.load()
    draft = made(snapshot)
    recipe, namespace = draft.recipe(), {"snapshot": snapshot}
    exec(recipe.to_python(), namespace)
    plans = {
        found.to_json()
        for found in (draft.plan(), recipe.apply_to(snapshot).plan(), snapshot.plan(recipe), namespace["plan"])
    }
    assert len(plans) == 1


def test_report_tells_every_step(account):
    """On tickets that moved on, each step tells what matched, changed, was already done and no longer applies."""
    recipe = made(account.load()).recipe()
    account.apply(account.load().plan(recipe), confirm=len(account.load().plan(recipe)))
    snapshot = account.load()
    report = recipe.apply_to(snapshot)
    frame = report.frame()
    assert list(frame.columns) == ["step", "matched", "changed", "already", "inapplicable"]
    assert frame["changed"].tolist() == [0, 0, 0, 0]
    assert (frame["matched"] == frame["already"]).all()
    assert len(report.plan()) == 0
    assert "0 changed" in repr(report)


def test_what_no_longer_fits_is_told_and_left_out(account):
    """A gone ticket, a changed cell and a value that the account no longer lists no longer apply, with a reason; the rest is planned."""
    snapshot = account.load(limit=40)
    first, last = account.load().frame().index[[0, 59]]
    steps = (
        tt.Step("cells", options={"cells": {first: {"name": ["not this", "x"]}, last: {"name": ["a", "b"]}}}),
        tt.Step("set", "status", options={"value": "Nearly done"}),
        tt.Step("set", "name", tt.Filter.ids(first, last), {"value": "Hello"}),
        tt.Step("clear", "custom_fields.nothing"),
    )
    report = tt.Recipe(steps).apply_to(snapshot)
    assert report.frame()["inapplicable"].tolist() == [2, 40, 1, 40]
    assert {*report.inapplicable()["number"]} == {1, 2, 3, 4}
    plan = report.plan()
    assert [patch.body for patch in plan] == [{"name": "Hello"}]
    assert sum("no longer applies" in str(note) for note in plan.notes) == 4
    assert snapshot.plan(tt.Recipe(steps)) == plan


def test_recipe_of_another_tool_is_told_not_refused(account):
    """What was made on another tool's tickets is told; its steps do what they can."""
    report = tt.Recipe((tt.Step("tidy", "name", options={"how": "trim"}),), integration="zendesk").apply_to(
        account.load()
    )
    assert report.notes == ("This recipe was made on zendesk tickets; these are jira tickets.",)
    assert "zendesk" in repr(report)
    assert "zendesk" in report._repr_html_()


def test_code_can_be_read_and_does_what_it_says(account):
    """The code has one block a step under its title, plain pandas where pandas can say it, and nothing foreign leaves its quotes."""
    snapshot = account.load()
    draft = (
        made(snapshot)
        .tidy("name", title='"""\nimport os; os.remove("x")')
        .set("name", 'a"); import os #', where=where("name", "is", "\\'\"\n"))
    )
    code = draft.recipe().to_python()
    assert (
        'rows = df["name"].str.contains("refund", case=False, regex=False)\ndf.loc[rows, "priority"] = "High"' in code
    )
    assert 'df["tags"] = df["tags"].tickets.add("billing", where=rows)' in code
    assert 'plan = snapshot.plan(df, clear=["due_date"])' in code
    assert [line for line in code.splitlines() if line.startswith("import")] == []
    namespace = {"snapshot": snapshot}
    exec(code, namespace)
    assert namespace["plan"].to_json() == draft.plan().to_json()


def test_code_keeps_the_books_where_a_column_is_emptied_on_purpose_and_by_accident(snapshot):
    """A cell emptied by accident blocks in the code's plan as in the draft's."""
    draft = (
        snapshot.draft()
        .clear("name", where="7")
        .replace("name", "Login", "")
        .set("name", "x", where="7")
        .replace("name", "x", "")
    )
    draft.clear("name", where="1000000000000000001")
    namespace = {"snapshot": snapshot}
    exec(draft.recipe().to_python(), namespace)
    assert namespace["plan"].to_json() == draft.plan().to_json()
    assert {problem.ticket for problem in draft.plan().blocking} == {"7", "0042"}


def test_protocol_for_the_manager(account):
    """The protocol tells what, which tickets and how many, in order; foreign text is shown, not obeyed."""
    draft = made(account.load()).set("name", "x", where=where("name", "is", "|<b>*"), title="a | b")
    text = draft.recipe().to_markdown()
    assert text.startswith("# Clean-up spring\n")
    assert "| 2 | due\\_date: emptied | status is 'Done' |" in text
    assert "Seen by Ada" in text
    assert "**a \\| b**" in text
    assert "<b>" not in text
    assert "not known" in tt.Recipe((tt.Step("clear", "team"),)).to_markdown()


def test_switched_off_steps_are_no_part_of_a_recipe(snapshot):
    """A recipe holds what counts."""
    recipe = snapshot.draft().clear("team").clear("due_date").disable(1).recipe("less")
    assert ([step.field for step in recipe.steps], recipe.counts, recipe.name) == (["due_date"], (2,), "less")


# data nobody here made


def cleaning():
    """Clean the exports as an analyst would, as a recipe."""
    same = {
        "RESOLVED": "Resolved",
        "VERIFIED": "Closed",
        "NEW": "Open",
        "UNCONFIRMED": "Open",
        "ASSIGNED": "In Progress",
        "REOPENED": "Reopened",
    }
    ends = {
        "FIXED": "Fixed",
        "INVALID": "Invalid",
        "Not A Bug": "Invalid",
        "Not A Problem": "Invalid",
        "WONTFIX": "Won't Fix",
        "DUPLICATE": "Duplicate",
    }
    return tt.Recipe(
        (
            tt.Step("map", "status", options={"values": same}),
            tt.Step("map", "custom_fields.resolution", options={"values": ends}),
            tt.Step("tidy", "name", options={"how": "trim"}),
            tt.Step("add", "tags", where("name", "contains", "crash"), {"names": ["crash"]}),
            tt.Step("map", "priority", options={"values": {"--": "Minor"}}),
        ),
        "exports",
    )


def test_recipe_cleans_both_exports(exports):
    """A recipe does the clean-up of the exports as plain pandas does, and a second time there is nothing left to do."""
    for export, steps in ((exports, 5), (exports[:1], 5), (exports[1:], 4)) if ALL else ((exports[1:], 4),):
        with tt.sandbox("jira", tickets=export, limit=None, page_size=500) as account:
            snapshot = account.load()
            report = tt.Recipe(cleaning().steps[:steps]).apply_to(snapshot)
            plan = report.plan()
            assert plan.blocking == ()
            assert len(plan) > 100
            namespace = {"snapshot": snapshot}
            exec(report.draft.recipe().to_python(), namespace)
            assert namespace["plan"].patches == plan.patches
            account.apply(plan, confirm=len(plan), progress=False)
            again = report.recipe.apply_to(account.load())
            assert again.frame()["changed"].tolist() == [0] * steps
            assert again.inapplicable()["reason"].tolist() == report.inapplicable()["reason"].tolist()


def test_recipe_of_the_first_half_on_the_second(exports):
    """The recipe of Hadoop's first half, single cells and all, is replayed on its second: what fits is done, the rest is told."""
    with tt.sandbox("jira", tickets=exports[0], limit=None, page_size=500) as account:
        ids = account.load().frame().index
        half = len(ids) // 2
        first, second = account.load(ids=ids[: half + 5]), account.load(ids=ids[half:])
        draft = first.draft().take(cleaning())
        df = draft.frame()
        df.iloc[-9:, df.columns.get_loc("name")] += " (looked at)"
        report = draft.take(df, "looked at").recipe().apply_to(second)
    told = report.frame()
    assert told["changed"].tolist()[-1] == 5
    assert told["inapplicable"].tolist()[-1] == 4
    assert {*report.inapplicable().query("number == 6")["reason"]} == {"the ticket is not there"}
    assert told["changed"].iloc[:5].sum() > 0
    assert (told["matched"] >= told["changed"] + told["already"]).all()
