"""Proof on data nobody here made: two public exports, 3,579 tickets, one honest clean-up, planned, applied, undone."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import truto_tickets_nb as tt

SAME = {
    "RESOLVED": "Resolved",
    "VERIFIED": "Closed",
    "NEW": "Open",
    "UNCONFIRMED": "Open",
    "ASSIGNED": "In Progress",
    "REOPENED": "Reopened",
}
RESOLUTIONS = {
    "FIXED": "Fixed",
    "INVALID": "Invalid",
    "Not A Bug": "Invalid",
    "Not A Problem": "Invalid",
    "WONTFIX": "Won't Fix",
    "DUPLICATE": "Duplicate",
}


def cleaned(df):
    """Bring both vocabularies together, trim titles, tag by keyword, set a priority where it reads "--"."""
    known = set(df["status"].dropna())
    df["status"] = df["status"].map(lambda name: SAME[name] if SAME.get(name) in known else name)
    df["custom_fields.resolution"] = df["custom_fields.resolution"].replace(RESOLUTIONS)
    df["name"] = df["name"].str.strip()
    df["tags"] = df["tags"].tickets.add("crash", where=df["name"].str.contains("crash", case=False))
    df.loc[df["priority"] == "--", "priority"] = "Minor"
    return df


def damaged(df):
    """Do what a spreadsheet does: ids as numbers, dates as text, NaN for None, sets as text."""
    frame = pd.read_csv(io.StringIO(df.reset_index().to_csv(index=False)))
    assert frame["id"].dtype.kind == "i"
    return frame


@pytest.fixture
def big(exports):
    with tt.sandbox("jira", tickets=exports, limit=None, page_size=500) as account:
        yield account


def test_real_exports_load_and_untouched_frames_change_nothing(big):
    """Fresh, shuffled, halved and spreadsheet-like frames give an empty plan."""
    snapshot = big.load()
    assert len(snapshot) == 3579
    df = snapshot.frame()
    for frame in (df, df.sample(frac=1, random_state=1), df.iloc[::2], damaged(df)):
        plan = snapshot.plan(frame)
        assert (len(plan), [str(problem) for problem in plan.blocking[:3]]) == (0, [])


def test_real_clean_up_is_exact_and_undone(big):
    """Every ticket holds exactly what was planned, every other field is byte-identical; undo restores all."""
    snapshot, before = big.load(), {row["id"]: row for row in big.sandbox.tickets()}
    plan = snapshot.plan(cleaned(snapshot.frame()))
    assert plan.blocking == ()
    run = big.apply(plan, confirm=len(plan))
    assert run.counts == {"applied": len(plan)}
    changed = {patch.ticket: {change.field.partition(".")[0] for change in patch.changes} for patch in plan}
    for row in big.sandbox.tickets():
        kept = {key: value for key, value in row.items() if key not in (changed.get(row["id"], set()) | {"updated_at"})}
        assert kept.items() <= before[row["id"]].items()
    columns = ["name", "status", "priority", "tags", "custom_fields.resolution"]
    wanted = cleaned(snapshot.frame())[columns]
    wanted.attrs.clear()  # a frame of the earlier snapshot, of which every cell counts here
    assert len(big.load().plan(wanted)) == 0
    undo = run.undo()
    big.apply(undo, confirm=len(undo))
    after = {row["id"]: {**row, "updated_at": before[row["id"]].get("updated_at")} for row in big.sandbox.tickets()}
    assert json.dumps(after, sort_keys=True) == json.dumps(
        {k: {**v, "updated_at": v.get("updated_at")} for k, v in before.items()}, sort_keys=True
    )


def test_plan_is_byte_identical_in_two_processes(exports):
    """The same input gives the same text, HTML and JSON whatever the hash seed."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import truto_tickets_nb as tt\n"
        "from test_exports import cleaned\n"
        "with tt.sandbox('jira', tickets=sys.argv[2:], limit=None) as account:\n"
        "    snapshot = account.load(); plan = snapshot.plan(cleaned(snapshot.frame()))\n"
        "    sys.stdout.buffer.write((plan.to_json() + repr(plan) + plan._repr_html_()).encode())"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parent), *map(str, exports)]
    outputs = [
        subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) > 10_000


@pytest.mark.parametrize("door", ["frame", "taken frame", "pandas CSV", "parquet", "CSV", "workbook", "saved snapshot"])
def test_untouched_exports_come_back_unchanged_through(door, big, tmp_path):
    """Nobody edited anything, so no door makes a change of it."""
    snapshot = big.load(progress=False)
    assert len(snapshot) == 3579
    frame = snapshot.frame()
    if door == "pandas CSV":
        frame.to_csv(tmp_path / "pandas.csv")
        frame = pd.read_csv(tmp_path / "pandas.csv", dtype={"id": str})
    elif door == "parquet":
        frame.to_parquet(tmp_path / "open.parquet")
        frame = pd.read_parquet(tmp_path / "open.parquet")
    elif door == "CSV":
        snapshot.to_csv(tmp_path / "open.csv")
        frame = snapshot.read_csv(tmp_path / "open.csv")
    elif door == "workbook":
        snapshot.to_excel(tmp_path / "open.xlsx")
        frame = snapshot.read_excel(tmp_path / "open.xlsx")
    elif door == "saved snapshot":
        snapshot.save(tmp_path / "open.jsonl.gz")
        snapshot = tt.open_snapshot(tmp_path / "open.jsonl.gz")
    plan = snapshot.draft().take(frame).plan() if door != "frame" else snapshot.plan(frame)
    assert (len(plan), plan.blocking) == (0, ())
