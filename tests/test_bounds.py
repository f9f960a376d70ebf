"""Absurd sizes are refused or shortened within seconds, and never fill the memory."""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import time
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.errors import FrameError, PlanError, RecipeError, StepError, TicketsError

SECONDS, MEGABYTES = 15, 1200  # that an absurd input may take on a busy machine of two cores
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(scope="module")
def loaded():
    records = [{"id": str(n), "name": f"refund {n}", "custom_fields": {"points": n}} for n in range(30)]
    with tt.sandbox("jira", tickets=records, limit=None) as account:
        yield account.load(progress=False)


@contextmanager
def bounded():
    """Fail where the block takes too long, or the process has grown by too much."""
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    yield
    taken, grown = time.monotonic() - start, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert taken < SECONDS, f"{taken:.1f} s"
    assert grown < MEGABYTES, f"{grown:.0f} MB"


# spreadsheets


def variant(loaded, path, edit, more=None):
    """Write a workbook as a machine gone wrong would."""
    loaded.to_excel(path)
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, edit(name, old.read(name)))
        if more:
            more(new)
    return path


def with_rows(rows):
    return lambda name, text: text.replace(b"</sheetData>", rows + b"</sheetData>") if name == SHEET else text


def far_row(number):
    return with_rows(b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>x</t></is></c></row>' % (number, number))


WIDE = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(100, 20_000))
LAUGHS = b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 20) for n in range(8))
SHEETS = b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, 100 + n) for n in range(5000))

WORKBOOKS = {
    "row 99,999,999": (far_row(99_999_999), "more than 1,048,576 rows"),
    "row 1,048,570 is a row": (far_row(1_048_570), "in cell A1048570"),
    "row 0 and below": (far_row(-5), "damaged"),
    "an error value at row 99,999,999": (with_rows(b'<row r="99999999"><c r="A99999999" t="e"><v>#REF!</v></c></row>'), "rows"),
    "20,000 rows that reach to the last column": (with_rows(WIDE), "cells"),
    "a sheet that unpacks to 600 MB": (with_rows(b" " * (600 * 2**20)), "would unpack to"),
    "a sheet that unpacks to 200 MB": (with_rows(b" " * (200 * 2**20)), "would unpack to"),
    "5,000 sheets": (lambda name, text: text.replace(b"</sheets>", SHEETS + b"</sheets>") if name == "xl/workbook.xml" else text, "5,004 sheets"),
    "a billion laughs": (lambda name, text: text.replace(b"?>", b'?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">' + LAUGHS + b"]>", 1).replace(b"<t>", b"<t>&i;", 1) if name == SHEET else text, "can't be read"),
}  # fmt: skip


@pytest.mark.parametrize(("edit", "words"), WORKBOOKS.values(), ids=WORKBOOKS)
def test_absurd_workbook_is_refused_within_seconds(loaded, tmp_path, edit, words):
    """Rows beyond the last one, columns to the last one, packages that unpack to gigabytes: a FrameError that says so."""
    path = variant(loaded, tmp_path / "w.xlsx", edit)
    with bounded(), pytest.raises(FrameError, match=words):
        loaded.read_excel(path)


def test_workbook_with_thousands_of_parts_is_refused(loaded, tmp_path):
    """A package of a hundred thousand empty parts is no workbook of tickets."""
    path = variant(
        loaded,
        tmp_path / "w.xlsx",
        lambda _, text: text,
        lambda new: [new.writestr(f"x/{n}", b"") for n in range(20_000)],
    )
    with bounded(), pytest.raises(FrameError, match="parts"):
        loaded.read_excel(path)


def test_colour_to_the_last_column_is_no_damage(loaded, tmp_path):
    """A few rows with a format that reaches to column XFD, as spreadsheets write it, are read as they are."""
    cells = b"".join(b'<row r="%d"><c r="XFD%d" s="0"/></row>' % (n, n) for n in range(40, 60))
    assert len(loaded.plan(loaded.read_excel(variant(loaded, tmp_path / "w.xlsx", with_rows(cells))))) == 0


CSV = {
    "5 million separators in a line": lambda data: data + b"," * 5_000_000 + b"\r\n",
    "5 million separators in the header": lambda data: data.replace(b"\r\n", b"," * 5_000_000 + b"\r\n", 1),
    "nothing but separators": lambda _: b"," * 20_000_000,
    "a line of 100 MB": lambda data: data + b"x" * 100_000_000 + b"\r\n",
    "an open quote before 50 MB": lambda data: data + b'"' + b"x" * 50_000_000,
    "zero bytes": lambda data: data + b"\0" * 10_000_000,
    "nothing but zero bytes": lambda _: b"\0" * 50_000_000,
    "20 million quotes": lambda data: data + b'"' * 20_000_000,
    "one row 300,000 times": lambda data: data + b"1,\r\n" * 300_000,
}


@pytest.mark.parametrize("edit", CSV.values(), ids=CSV)
def test_absurd_csv_is_refused_within_seconds(loaded, tmp_path, edit):
    """Millions of separators, lines of a hundred megabytes, zero bytes: a FrameError in words that fit on a screen."""
    loaded.to_csv(tmp_path / "c.csv")
    (tmp_path / "c.csv").write_bytes(edit((tmp_path / "c.csv").read_bytes()))
    with bounded(), pytest.raises(FrameError) as caught:
        loaded.read_csv(tmp_path / "c.csv")
    assert len(str(caught.value)) < 20_100


@pytest.mark.parametrize("kind", ["csv", "recipe", "snapshot", "plan"])
@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a device of Unix")
def test_endless_file_is_refused(loaded, kind, monkeypatch):
    """A device without an end, and a file larger than any of ours, is not read into memory."""
    from truto_tickets_nb.cli import plan_file
    from truto_tickets_nb.files import atomic_write

    act = {"csv": loaded.read_csv, "recipe": tt.Recipe.load, "snapshot": tt.open_snapshot, "plan": plan_file.read}[kind]
    monkeypatch.setattr(atomic_write.read_file, "__defaults__", (2**20,))
    with bounded(), pytest.raises(TicketsError):
        act(Path("/dev/zero"))


# edits

BIG = "y" * 1_000_000
EXPLOSIONS = {
    "each letter by a megabyte": lambda draft: draft.replace("name", "e", BIG * 20),
    "each place by a megabyte": lambda draft: draft.replace("name", "q*", BIG, regex=True),
    "a group, five thousand times": lambda draft: draft.replace("name", "(.+)", r"\1" * 2_000_000, regex=True),
    "in any capitals": lambda draft: draft.replace("name", "E", BIG * 20, case=False),
    "a title of ten megabytes for all": lambda draft: draft.set("name", BIG * 10),
    "a name of ten megabytes for each": lambda draft: draft.map("name", {f"refund {n}": BIG * 10 for n in range(3)}),
}


@pytest.mark.parametrize("act", EXPLOSIONS.values(), ids=EXPLOSIONS)
def test_step_that_would_explode_is_not_done(loaded, act):
    """A step that would make gigabytes of text is refused, or told as one that does not fit, with how much it would be."""
    with bounded():
        draft = act(loaded.draft())
        assert len(draft.changed) == 0
        assert "MB of text" in str(draft.plan().notes[0])
        assert len(draft.plan()) == 0


def test_large_step_within_the_bounds_is_done(loaded):
    """What is merely long is done: a description of a hundred kilobytes for each ticket."""
    draft = loaded.draft().set("name", "z" * 100_000)
    assert (len(draft.changed), "MB of text" in str(draft.plan().notes)) == (30, False)


@pytest.mark.parametrize("pattern", ["(x+x+)+y", "(a|aa)+$", "(.*)*b", "((r?){50}e{50}){20}"])
def test_pattern_can_not_run_away(loaded, pattern):
    """Patterns that take others hours take time that grows with the text alone."""
    long = loaded.draft().set("name", "x" * 20_000 + "r" * 2_000)
    with bounded(), suppress(StepError):  # what RE2 can't do is refused
        long.replace("name", pattern, "z", regex=True).set(
            "name", "q", where=tt.Filter.where("name", "matches", pattern)
        ).frame()


def nested(levels, key="not"):
    found = {"field": "name", "op": "is", "value": "x"}
    for _ in range(levels):
        found = {
            key: found
            if key == "not"
            else [found, {"not": found} if key == "both" else {"field": "name", "op": "filled"}]
        }
    return found


def joined(levels):
    found = tt.Filter.where("name", "contains", "x")
    for n in range(levels):
        found = ~(found & tt.Filter.where("name", "is", str(n)))
    return found


@pytest.mark.parametrize("levels", [150, 400, 3000, 100_000])
@pytest.mark.parametrize("key", ["not", "and", "or"])
def test_filter_of_hundreds_of_levels_is_refused(levels, key):
    """A filter that nobody could read is a StepError at once, whether it comes as JSON or is joined by hand."""
    with bounded(), pytest.raises(StepError, match="at most 100 levels"):
        tt.Filter.of_json(nested(levels, key))
    with bounded(), pytest.raises(StepError, match="at most 100 levels"):
        joined(min(levels, 3000))


def test_filter_of_many_levels_is_read_in_no_time(loaded):
    """Ninety levels are put into words, tested and written back without a doubling at each of them."""
    with bounded():
        for found in (joined(45), tt.Filter.of_json(nested(90)), tt.Filter.of_json(nested(90, "and"))):
            assert len(loaded.draft().set("name", "q", where=found).frame()) == 30
            assert tt.Filter.of_json(found.to_json()) == found
            assert found.words()


def test_filter_that_holds_itself_is_refused():
    """Joined with itself again and again, a filter doubles: its tests are counted, not followed."""

    def doubled(times):
        found = tt.Filter.where("name", "is", "x")
        for _ in range(times):
            found = ~(found & found) | found
        return found

    with bounded(), pytest.raises(StepError, match="tests"):
        doubled(60)


HUGE = {"400 digits": 10**400, "4,000 digits": 10**4200, "100,000 digits": 10**100_000, "deep": json.loads("[" * 900 + "]" * 900), "deep object": json.loads('{"a":' * 900 + "1" + "}" * 900)}  # fmt: skip


@pytest.mark.parametrize("value", HUGE.values(), ids=HUGE)
def test_numbers_without_end_and_lists_without_end_are_refused(loaded, value):
    """Numbers of hundreds and thousands of digits, lists within lists: an error of ours at every door, never one of Python's."""
    doors = (
        lambda: loaded.draft().set("custom_fields.points", value).plan(),
        lambda: loaded.draft().shift("due_date", days=value),
        lambda: loaded.draft().map("name", {"a": value}),
        lambda: loaded.draft().add("tags", value),
        lambda: loaded.draft().drop(value),
        lambda: loaded.draft().set("name", "x", where=[value]),
        lambda: tt.Filter.where("name", "is", value),
        lambda: tt.Filter.where("name", "more", value),
        lambda: loaded.plan(loaded.frame().assign(**{"custom_fields.points": [value] * 30})),
        lambda: loaded.plan(loaded.frame().assign(name=[value] * 30)),
        lambda: loaded.plan(loaded.frame().assign(tags=[(value,)] * 30)),
        lambda: loaded.plan(loaded.frame().assign(due_date=[value] * 30)),
        lambda: loaded.plan(loaded.frame().assign(status=[value] * 30)),
        lambda: loaded.plan(loaded.frame(), query={"a": value}),
    )
    with bounded():
        for door in doors:
            assert len(told(door)) < 20_100


def told(door):
    """Return what a door says: the error of ours, or what it shows."""
    try:
        return repr(door())
    except TicketsError as error:
        return str(error)


@pytest.mark.parametrize("inner", ["[" * 100_000 + "]" * 100_000, '{"a":' * 10_000 + "1" + "}" * 10_000, "[" * 10_000, "9" * 100_000, "1e999", "-" + "9" * 5000], ids=["lists", "objects", "open", "digits", "exponent", "negative"])  # fmt: skip
def test_json_without_end_is_refused(inner):
    """Recipes and plans nested ten thousand levels deep, or with numbers of a hundred thousand digits, are one kind of error."""
    with bounded():
        for place in (
            "{}",
            '[{{"kind": "set", "field": "custom_fields.a", "value": {}}}]',
            '[{{"kind": "clear", "field": "due_date", "where": {}}}]',
        ):
            text = (
                '{"format": "truto_tickets_nb recipe", "version": 1, "steps": '
                + place.replace("{{", "{").replace("}}", "}").replace("{}", inner)
                + "}"
            )
            with pytest.raises(RecipeError):
                tt.Recipe.of_json(text)
        for text in (inner, '{"plan": ' + inner + "}", '{"plan": {"account_id": ' + inner + "}}"):
            with pytest.raises(PlanError):
                tt.Plan.from_json(text)


def test_recipe_of_a_million_steps_is_refused():
    """Ten thousand steps are a recipe; more are a mistake of a program."""
    text = (
        '{"format": "truto_tickets_nb recipe", "version": 1, "steps": ['
        + ",".join(['{"kind": "clear", "field": "due_date"}'] * 20_000)
        + "]}"
    )
    with bounded(), pytest.raises(RecipeError, match="at most 10,000 steps"):
        tt.Recipe.of_json(text)


def test_titles_of_a_megabyte_are_shortened():
    """A plan over titles of a megabyte is shown on a page, within a second or two, with the place where they differ."""
    records = [{"id": str(n), "name": "é" * 1_000_000 + str(n)} for n in range(12)]
    with tt.sandbox("jira", tickets=records, limit=None) as account, bounded():
        snapshot = account.load(progress=False)
        plan = snapshot.plan(snapshot.frame().assign(name=snapshot.frame()["name"] + "\x1b!"))
        assert "�!" in repr(plan)
        assert (len(repr(plan)) < 10_000, len(plan._repr_html_()) < 60_000) == (True, True)
        draft = snapshot.draft().set("name", "x" * 1_000_000)
        assert len(repr(draft)) < 5_000
        form = tt.TicketForm(draft, "1")
        form.close()


# files between machines

ROUND = """
import sys, pathlib
import truto_tickets_nb as tt
folder, act = pathlib.Path(sys.argv[1]), sys.argv[2]
records = [{"id": "1", "name": "Rückgabe 日本 שלום 👍", "status": {"id": "1", "name": "Öffen"}}, {"id": "2", "name": "x"}]
with tt.sandbox("jira", tickets=records, limit=None) as account:
    snapshot = account.load(progress=False)
    recipe = tt.Recipe((tt.Step("set", "name", tt.Filter.where("name", "contains", "日本"), {"value": "ß→é 👍"}),), "größe")
    plan = recipe.apply_to(snapshot).plan()
    if act == "write":
        snapshot.save(folder / "s.jsonl.gz")
        snapshot.to_csv(folder / "c.csv")
        snapshot.to_excel(folder / "w.xlsx")
        recipe.save(folder / "r.json")
        (folder / "p.json").write_bytes(plan.to_json().encode("utf-8"))
    else:
        opened = tt.open_snapshot(folder / "s.jsonl.gz")
        assert opened.frame()["name"].tolist() == [one["name"] for one in records], "snapshot"
        assert len(snapshot.plan(snapshot.read_csv(folder / "c.csv"))) == 0, "csv"
        assert len(snapshot.plan(snapshot.read_excel(folder / "w.xlsx"))) == 0, "excel"
        assert tt.Recipe.load(folder / "r.json") == recipe, "recipe"
        assert tt.Plan.from_json((folder / "p.json").read_bytes()).patches == plan.patches, "plan"
        repr(snapshot), repr(plan), repr(recipe)
print("done")
"""
MACHINES = {"bare C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "UTF-8": {"LC_ALL": "C.UTF-8"}}  # fmt: skip


@pytest.mark.parametrize(("writer", "reader"), [("bare C", "UTF-8"), ("UTF-8", "bare C")])
def test_files_are_read_on_every_machine(tmp_path, writer, reader):
    """What is written under one locale is read under the others: snapshot, recipe, plan, CSV, workbook, with odd names of files."""

    script = tmp_path / "round.py"
    script.write_text(ROUND, encoding="utf-8")

    def act(machine, what):
        told = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("LC_", "LANG", "PYTHONUTF8", "PYTHONIOENC"))
        }
        words = [
            sys.executable,
            "-X",
            "warn_default_encoding",
            "-W",
            "error::EncodingWarning:truto_tickets_nb",
            str(script),
            str(tmp_path),
            what,
        ]
        done = subprocess.run(words, env={**told, **MACHINES[machine]}, capture_output=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-2000:]

    act(writer, "write")
    act(reader, "read")
