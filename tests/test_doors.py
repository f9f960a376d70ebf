"""One clean-up through every door: pandas, verbs, cells one by one, a form, Excel, CSV, a recipe, the terminal. One plan, byte for byte."""

from __future__ import annotations

import csv
from dataclasses import replace

import openpyxl
import pytest
from test_bulk_form import control, pick, tick

import truto_tickets_nb as tt
from truto_tickets_nb.cli import main

DONE = tt.Filter.where("status", "is", "Done") & tt.Filter.where("due_date", "filled")
REFUNDS = tt.Filter.where("name", "contains", "refund")


@pytest.fixture(scope="module")
def snapshot():
    with tt.sandbox("jira", tickets=80, limit=None) as account:
        yield account.load(progress=False)


@pytest.fixture(scope="module")
def wanted(snapshot):
    """Make the plan in pandas; every other door has to lead to this very one."""
    return snapshot.plan(edited(snapshot), clear=["due_date"]).to_json()


def edited(snapshot):
    df = snapshot.frame()
    refunds = df["name"].str.contains("refund", case=False)
    df.loc[refunds, "priority"] = "High"
    df["tags"] = df["tags"].tickets.add("billing", where=refunds)
    df.loc[(df["status"] == "Done") & df["due_date"].notna(), "due_date"] = None
    return df


def verbs(snapshot):
    return (
        snapshot.draft()
        .set("priority", "High", where=REFUNDS)
        .add("tags", "billing", where=REFUNDS)
        .clear("due_date", where=DONE)
    )


def cells(snapshot):
    """List the single cells that the clean-up changes: ticket, column, new cell."""
    before, after = snapshot.frame(), edited(snapshot)
    for column in ("priority", "tags", "due_date"):
        for ticket in before.index:
            old, new = before.at[ticket, column], after.at[ticket, column]
            if old is not new and not (old != old and new != new) and old != new:
                yield ticket, column, None if new != new else new


def one_by_one(snapshot, folder):
    draft = snapshot.draft()
    for ticket, column, new in cells(snapshot):
        draft.edit(ticket, column, new)
    return draft.plan()


def by_form(snapshot, folder):
    draft = snapshot.draft()
    form = tt.BulkForm(draft)
    form.choose.search.value = "refund"
    pick(form, "priority", "set")
    control(form).widget.value = "High"
    form.edit.add.click()
    pick(form, "tags", "add")
    form.edit.inputs.controls["names"]._search.widget.value = "billing"
    form.edit.add.click()
    form.choose.everything.click()
    tick(form, "status", "Done")
    pick(form, "due_date", "clear")
    form.edit.add.click()
    form.close()
    return draft.plan()


def by_excel(snapshot, folder):
    path = folder / "open.xlsx"
    snapshot.to_excel(path)
    book = openpyxl.load_workbook(path)
    sheet = book["tickets"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    rows = {row[0].value: row[0].row for row in sheet.iter_rows(min_row=2)}
    for ticket, column, new in cells(snapshot):
        sheet.cell(rows[ticket], columns[column]).value = typed(new)
    book.save(path)
    return snapshot.draft().take(snapshot.read_excel(path)).plan()


def typed(new):
    """Write what a person types into a spreadsheet."""
    return "<clear>" if new is None else ", ".join(new) if isinstance(new, tuple) else new


def by_csv(snapshot, folder):
    path = folder / "open.csv"
    snapshot.to_csv(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    lines = {row[0].lstrip("'"): row for row in rows}
    for ticket, column, new in cells(snapshot):
        lines[ticket][head.index(column)] = typed(new)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([head, *rows])
    return snapshot.plan(snapshot.read_csv(path))


def by_recipe(snapshot, folder):
    verbs(snapshot).save(folder / "cleanup.json")
    return snapshot.plan(tt.Recipe.load(folder / "cleanup.json"))


def by_code(snapshot, folder):
    names = {"snapshot": snapshot}
    exec(verbs(snapshot).recipe().to_python(), names)
    return names["plan"]


@pytest.mark.parametrize(
    "door",
    [lambda snapshot, _: verbs(snapshot).plan(), one_by_one, by_form, by_excel, by_csv, by_recipe, by_code],
    ids=["verbs", "cells one by one", "the form", "Excel", "CSV", "a recipe", "its code"],
)
def test_every_door_leads_to_the_same_plan(snapshot, wanted, door, tmp_path):
    """Whatever the door, the same edit gives the same plan, byte for byte."""
    assert door(snapshot, tmp_path).to_json() == wanted


def test_the_terminal_leads_there_too(tmp_path, monkeypatch, capsys):
    """The command makes of the recipe what the notebook makes of it; only the time it expects follows the limit of its own connection."""
    with tt.sandbox("jira", tickets=80, limit=None) as account:
        verbs(account.load(progress=False)).save(tmp_path / "cleanup.json")
        box = account.sandbox
        told = {"API_TOKEN": box.token, "BASE_URL": box.url, "INTEGRATED_ACCOUNT_ID": box.account_id}
        for name, value in told.items():
            monkeypatch.setenv(f"TRUTO_{name}", value)
        assert main(["plan", str(tmp_path / "cleanup.json"), "--out", str(tmp_path / "plan.json")]) == 2
        plan = tt.Plan.from_json((tmp_path / "plan.json").read_text(encoding="utf-8"))
        same = account.load(progress=False).plan(tt.Recipe.load(tmp_path / "cleanup.json"))
        assert plan.fingerprint == replace(same, budget=plan.budget).fingerprint
