"""Excel: what goes out comes back unharmed, whatever spreadsheets and people do; what somebody edits arrives exactly."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from datetime import UTC, timedelta

import openpyxl
import pandas as pd
import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import truto_tickets_nb as tt
from truto_tickets_nb.errors import FrameError, SetupError
from truto_tickets_nb.sheets.error_values import is_error_value
from truto_tickets_nb.sheets.escaping import is_clear
from truto_tickets_nb.sheets.spreadsheet_damage import is_untouched
from truto_tickets_nb.snapshot import Snapshot
from truto_tickets_nb.tickets.columns import Columns
from truto_tickets_nb.tickets.json_values import is_missing, unix_lines

HOSTILE = [
    "=1+1",
    "+49 170",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "＠x",
    "'=1",
    "--",
    "-5",
    "'tis",
    "bell\x07\x00",
    "_x0041_",
    r"\x41",
]
ODD = [
    "<clear>",
    "true",
    "007",
    "1e5",
    "2026-01-31",
    "31/01/2026",
    "שלום עולם",
    "👩‍🚀🏴‍☠️",
    "a, b; c",
    '"q',
    " x ",
    "«x»",
    "a\rb",
]
CONVERTED = [
    "MAR-1",
    "1-2",
    "12e5",
    "3/4",
    "12:30",
    "TRUE",
    "1,5",
    "1.2.2026",
    "SEPT2",
    "50%",
    "1 1/2",
    "#REF!",
    "Err:508",
    "0" * 3,
    "1" * 17,
]
SHORT = st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), st.sampled_from([*HOSTILE, *ODD]))


class Long(str):
    """Hold a text that a failing example does not print in full."""

    __slots__ = ()

    def __repr__(self):
        return f"<{len(self):,} characters>"


LONG = [Long("x" * 33_000), Long("😀" * 20_000), Long("two\nlines " * 3_000)]
TEXTS = st.one_of(SHORT, SHORT, st.sampled_from(LONG))
DAYS = st.dates().map(str)
MOMENTS = st.datetimes(timezones=st.just(UTC)).map(lambda found: found.isoformat())
LOOSE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(allow_nan=False, allow_infinity=False),
    SHORT,
    st.lists(SHORT, max_size=3),
)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "name": TEXTS,
            "status": st.none() | st.fixed_dictionaries({"id": st.sampled_from("12"), "name": SHORT}),
            "tags": st.lists(SHORT.filter(bool).map(lambda name: {"name": name}), max_size=3),
            "due_date": st.none() | DAYS,
            "completed_at": st.none() | MOMENTS,
            "is_unread": st.none() | st.booleans(),
            "custom_fields": st.fixed_dictionaries(
                {"n": st.none() | st.integers(-(2**52), 2**52), "f": st.none() | st.floats(allow_nan=False, allow_infinity=False), "any": LOOSE}
            ),
        }
    ),
    min_size=1,
    max_size=2,
)  # fmt: skip


def snapshot_of(records):
    """Make a snapshot by hand: the ids are of every difficult kind."""
    ids = ["7", "0042", "1000000000000000001", "=A1", "x-1"]
    columns = Columns()
    columns.add([{"id": identity, **record} for identity, record in zip(ids, records, strict=False)])
    return Snapshot(columns.table(), "acme", "jira")


def edit(path, change):
    """Open a workbook as a spreadsheet would, change its tickets, save it."""
    book = openpyxl.load_workbook(path)
    change(book["tickets"])
    book.save(path)


def letter(sheet, name):
    return next(cell.column_letter for cell in sheet[1] if cell.value == name)


def put(path, name, row, value):
    """Write into the cell of a column, by its name; text stays text, as in cells of that format."""

    def change(sheet):
        cell = sheet[f"{letter(sheet, name)}{row}"]
        cell.value = value
        cell.data_type = "s" if isinstance(value, str) else cell.data_type

    edit(path, change)


def seen(path, name, row=2):
    """Look at the cell of a column, by its name."""
    sheet = openpyxl.load_workbook(path)["tickets"]
    return sheet[f"{letter(sheet, name)}{row}"]


def outcome(snapshot, path):
    """Tell what a file would change: (ticket -> body), and the problems."""
    plan = snapshot.plan(snapshot.read_excel(path))
    return {patch.ticket: patch.body for patch in plan}, [str(problem) for problem in plan.blocking]


NOTHING = ({}, [])


DATE = re.compile(r"\s*\d+([-/.])\d+\1\d+\s*")


@pytest.fixture
def path(snapshot, tmp_path):
    snapshot.to_excel(tmp_path / "open.xlsx")
    return tmp_path / "open.xlsx"


def test_untouched_file_gives_the_very_frame_and_an_empty_plan(snapshot, path):
    """What nobody edited keeps its value, its dtype and its place."""
    df = snapshot.read_excel(path)
    pd.testing.assert_frame_equal(df, snapshot.frame()[list(df.columns)])
    assert outcome(snapshot, path) == NOTHING


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=RECORDS)
def test_any_frame_comes_back(records, tmp_path):
    """Formula-like, invisible, long and right-to-left text, numbers, dates, sets: an untouched file is no change."""
    snapshot = snapshot_of(records)
    snapshot.to_excel(tmp_path / "any.xlsx")
    assert outcome(snapshot, tmp_path / "any.xlsx") == NOTHING


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=TEXTS, after=TEXTS)
def test_any_edit_of_a_text_arrives_exactly(before, after, tmp_path):
    """The text that goes out is the analyst's own; only what spreadsheets do by themselves is no edit."""
    snapshot, target = snapshot_of([{"name": before}]), tmp_path / "edit.xlsx"
    snapshot.to_excel(target)
    snapshot_of([{"name": after}]).to_excel(tmp_path / "typed.xlsx")  # a person who types it sees it as we write it
    typed = seen(tmp_path / "typed.xlsx", "name").value
    put(target, "name", 2, typed)
    if (
        is_clear(after)
        or not after.strip()
        or is_error_value(after)
        or is_untouched(typed, before)
        or (DATE.fullmatch(before) and DATE.fullmatch(after))  # what a spreadsheet shows for a date is that date
        or len(after) > 16_000
    ):
        return
    assert outcome(snapshot, target)[0].get("7", {"name": unix_lines(before)})["name"] == unix_lines(after)


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=RECORDS, after=RECORDS)
def test_any_edit_of_a_value_arrives(before, after, tmp_path):
    """Sets, dates, flags and numbers are read as the frame would hold them; 15 digits of a number, as many as a sheet keeps."""
    snapshot, wanted, target = snapshot_of(before[:1]), snapshot_of(after[:1]), tmp_path / "before.xlsx"
    columns = ["tags", "due_date", "completed_at", "is_unread", "custom_fields.n"]
    snapshot.to_excel(target, columns=columns)
    wanted.to_excel(tmp_path / "after.xlsx", columns=columns)
    base = {name: wanted.frame()[name].iat[0] for name in columns}
    edited = [name for name in columns if not is_missing(base[name]) and base[name] != ("<clear>",)]
    for name in edited:
        put(target, name, 2, seen(tmp_path / "after.xlsx", name).value)
    found = snapshot.read_excel(target)
    assert {name: plain(found[name].iat[0]) for name in edited} == {name: plain(base[name]) for name in edited}


def plain(cell):
    """Bring sets and moments into a form that can be compared; a sheet keeps milliseconds."""
    if isinstance(cell, tuple):
        return {name.replace("\r\n", "\n").replace("\r", "\n") for name in cell}
    return pd.Timestamp(cell).tz_localize(None).floor("ms") if hasattr(cell, "year") else cell


def test_sheet_looks_as_people_expect(snapshot, path):
    """The id comes first, header and id are frozen, filters are there, hidden sheets are hidden."""
    book = openpyxl.load_workbook(path)
    sheet = book["tickets"]
    assert [cell.value for cell in sheet[1]][:3] == ["id", "name", "status"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref[:3]) == ("B2", "A1:")
    assert sheet.column_dimensions[letter(sheet, "description")].width >= 9
    states = {found.title: found.sheet_state for found in book}
    assert states == {"tickets": "visible", "how to": "visible", "lists": "hidden", "about this file": "veryHidden"}
    guide = " ".join(str(cell.value) for row in book["how to"] for cell in row)
    assert "<clear>" in guide
    assert "UTC" in guide


def test_read_only_columns_are_locked_and_grey(path):
    """One may write where the tool takes changes, and is told why not elsewhere."""
    free, grey = seen(path, "name"), seen(path, "created_at")
    assert (free.protection.locked, grey.protection.locked) == (False, True)
    assert (free.fill.fill_type, grey.fill.fgColor.rgb[2:]) == (None, "F1F3F5")
    assert "does not list it" in rule_of(path, "created_at").error


def test_protection_lets_people_filter_and_sort(path):
    """It has no password, and a free range: without one, Excel sorts no sheet that has a locked cell."""
    told = openpyxl.load_workbook(path)["tickets"].protection
    assert (told.sheet, told.password, told.sort, told.autoFilter, told.formatColumns) == (
        True,
        None,
        False,
        False,
        False,
    )
    assert b'<protectedRange sqref="A1:' in zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")


def test_dates_are_dates_and_ids_are_text(path):
    """A day shows no time, an instant says that it is UTC, long ids and leading zeros are text."""
    sheet = openpyxl.load_workbook(path)["tickets"]
    day, instant = sheet[f"{letter(sheet, 'due_date')}2"], sheet[f"{letter(sheet, 'created_at')}2"]
    assert (day.value, day.number_format) == (pd.Timestamp("2026-01-31"), "yyyy-mm-dd")
    assert (instant.value, instant.number_format) == (pd.Timestamp("2026-01-01 10:00"), "yyyy-mm-dd hh:mm:ss")
    assert [sheet[f"A{row}"].value for row in (2, 3, 4)] == ["7", "0042", "1000000000000000001"]
    assert {sheet[f"A{row}"].number_format for row in (2, 3, 4)} == {"@"}


def test_times_say_that_they_are_utc(tmp_path):
    """Nobody has to guess the zone."""
    snapshot_of([{"completed_at": "2026-01-31T12:00:00+02:00"}]).to_excel(tmp_path / "utc.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "utc.xlsx")["tickets"]
    place = letter(sheet, "completed_at")
    assert sheet[f"{place}2"].value == pd.Timestamp("2026-01-31 10:00")
    assert "UTC" in sheet[f"{place}1"].comment.text


def test_formula_like_text_is_text(tmp_path):
    """No spreadsheet evaluates what a ticket says, not even when somebody opens the cell and presses Enter."""
    snapshot_of([{"name": text} for text in HOSTILE[:5]]).to_excel(tmp_path / "x.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["tickets"]
    cells = [sheet[f"B{row}"] for row in range(2, 7)]
    assert [cell.value for cell in cells] == HOSTILE[:5]
    assert {(cell.data_type, cell.quotePrefix, cell.number_format) for cell in cells} == {("s", True, "@")}
    assert sheet["A5"].quotePrefix  # an id may look like a formula as well
    assert b"<f>" not in zipfile.ZipFile(tmp_path / "x.xlsx").read("xl/worksheets/sheet1.xml")


def rule_of(path, name):
    """Find the rule for what may be typed into a column."""
    sheet = openpyxl.load_workbook(path)["tickets"]
    start = f"{letter(sheet, name)}2:"
    return next(rule for rule in sheet.data_validations.dataValidation if str(rule.sqref).startswith(start))


def test_dropdowns_offer_what_the_ticket_can_take(snapshot, path):
    """People are offered by name, namesakes with their id, and the word that clears; several may stand in one cell."""
    people = rule_of(path, "assignees")
    start, end = people.formula1.removeprefix("lists!").replace("$", "").split(":")
    names = [row[0].value for row in openpyxl.load_workbook(path)["lists"][f"{start}:{end}"]]
    assert sum(name.startswith("Jo Smith") and "(id u" in name for name in names) == 2
    assert (names[-1], people.showErrorMessage) == ("<clear>", False)


def test_statuses_are_offered_by_workspace(account, tmp_path):
    """A list by workspace where they differ, each under the workspace's name, found by the row's own cell."""
    snapshot, path = account.load(progress=False), tmp_path / "x.xlsx"
    snapshot.to_excel(path)
    lists, home = openpyxl.load_workbook(path)["lists"], seen(path, "workspace").column_letter
    assert f"MATCH(${home}2,lists!$A$1:" in rule_of(path, "status").formula1
    offered = {column[0].value: [cell.value for cell in column[2:] if cell.value] for column in lists.iter_cols(2, 4)}
    ids = {record["workspace"]["name"]: record["workspace"]["id"] for record in account.sandbox.tickets()}
    choices = snapshot.choices["ticket_status"]
    assert offered == {name: [*choices.names(identity), "<clear>"] for name, identity in ids.items()}


def test_long_dropdowns_work(tmp_path):
    """Hundreds of tags fit, which the 255 characters of a list in the rule itself would not."""
    snapshot = snapshot_of(
        [{"tags": [{"id": str(number), "name": f"a tag, number {number}"} for number in range(400)]}]
    )
    choices = {"tags": tt.tickets.choices.Choices.from_records("tags", snapshot.table.record(0)["tags"])}
    Snapshot(snapshot.table, "acme", "jira", choices).to_excel(tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    rule = next(rule for rule in book["tickets"].data_validations.dataValidation if rule.type == "list")
    assert rule.formula1 == "lists!$A$3:$A$403"
    assert book["lists"]["A402"].value == '"a tag, number 399"'


def test_namesakes_stay_two(snapshot, path):
    """People of one name carry their id, and who is chosen is meant."""
    sheet = openpyxl.load_workbook(path)["tickets"]
    place = letter(sheet, "assignees")
    first, second = sheet[f"{place}2"].value, sheet[f"{place}3"].value
    assert first != second
    assert ("(id u1)" in first, "(id u2)" in second) == (True, True)
    put(path, "assignees", 2, second)
    assert outcome(snapshot, path) == ({"7": {"assignees": [{"id": "u2"}]}}, [])


@pytest.mark.parametrize(
    ("column", "typed", "body"),
    [
        ("name", "=new", {"name": "=new"}),
        ("name", "Refund “now”", {"name": "Refund “now”"}),
        ("name", 42, {"name": "42"}),
        ("priority", " High ", {"priority": {"id": "p2"}}),
        ("priority", "p2", {"priority": {"id": "p2"}}),
        (
            "tags",
            "billing; new tag".replace(" ", "-", 2).replace("-", " ", 1),
            {"tags": [{"id": "t1", "name": "billing"}, {"name": "new-tag"}]},
        ),
        (
            "tags",
            "billing\nvip,x",
            {"tags": [{"id": "t1", "name": "billing"}, {"id": "t2", "name": "vip"}, {"name": "x"}]},
        ),
        ("due_date", pd.Timestamp("2026-03-01").to_pydatetime(), {"due_date": "2026-03-01"}),
        ("due_date", "1.3.2026", {"due_date": "2026-03-01"}),
        ("due_date", 46082, {"due_date": "2026-03-01"}),
        ("custom_fields.points", 8.0, {"custom_fields": {"points": 8}}),
        ("custom_fields.points", "8", {"custom_fields": {"points": 8}}),
        ("custom_fields.region", "US", {"custom_fields": {"region": "US"}}),
    ],
)
def test_edits_arrive_exactly(snapshot, path, column, typed, body):
    """Each kind of cell is read as people write it."""
    put(path, column, 2, typed)
    assert outcome(snapshot, path) == ({"7": body}, [])


def test_names_that_hold_a_separator_come_back(tmp_path):
    """A set is one line of text; a name with a comma stands in quotes."""
    names = ("Smith, Jo", "a;b", '5" disk', "line\nbreak", "plain")
    snapshot = snapshot_of([{"tags": [{"name": name} for name in names]}])
    snapshot.to_excel(tmp_path / "x.xlsx")
    put(
        tmp_path / "x.xlsx",
        "tags",
        2,
        seen(tmp_path / "x.xlsx", "tags").value + ", more, “Doe, Ann”",
    )
    assert snapshot.read_excel(tmp_path / "x.xlsx")["tags"].iat[0] == (*names, "more", "Doe, Ann")


def test_only_the_word_clears(snapshot, path):
    """A cell with the word is cleared without another argument; a merely emptied one blocks, also in the same column."""
    put(path, "due_date", 2, "<clear>")
    put(path, "due_date", 4, None)
    put(path, "tags", 2, " «Clear» ")
    df = snapshot.read_excel(path)
    assert df.attrs["cleared"] == {"tags": ["7"], "due_date": ["7"]}
    assert df.loc["7", "due_date"] is pd.NaT
    bodies, problems = outcome(snapshot, path)
    assert bodies == {"7": {"tags": [], "due_date": None}}
    assert len(problems) == 1
    assert "1000000000000000001 due_date '2026-02-01': was filled and is now empty" in problems[0]


def shuffled(sheet):
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for row, values in enumerate(reversed(rows), 2):
        for place, value in enumerate(values, 1):
            sheet.cell(row, place).value = value


def each(name, change):
    """Change every filled cell of a column."""

    def handle(sheet):
        for row in range(2, sheet.max_row + 1):
            cell = sheet[f"{letter(sheet, name)}{row}"]
            if cell.value is not None:
                cell.number_format = "General"
                cell.value = change(cell.value)

    return handle


def moved(sheet):
    sheet.move_range("B1:B4", cols=40)


def headed(name, text):
    return lambda sheet: sheet.__setitem__(f"{letter(sheet, name)}1", text)


@pytest.mark.parametrize(
    "handle",
    [
        shuffled,
        moved,
        lambda sheet: sheet.delete_rows(3),
        lambda sheet: sheet.insert_rows(3),
        lambda sheet: sheet.insert_rows(1, 2) or sheet.__setitem__("A1", "Our tickets"),
        lambda sheet: sheet.delete_cols(4),
        lambda sheet: sheet.delete_cols(sheet.max_column),  # the marks
        lambda sheet: sheet.insert_cols(3),
        lambda sheet: sheet.__setitem__(f"A{sheet.max_row + 5}", "   ") or sheet.delete_rows(sheet.max_row),
        lambda sheet: setattr(sheet.row_dimensions[3], "hidden", True),
        lambda sheet: setattr(sheet, "title", "Tabelle1"),
        headed("due_date", " Due Date "),
        headed("custom_fields.region", "Custom_Fields.Region"),
        each("id", lambda value: int(value) if len(value) < 5 else float(value)),
        each("id", lambda value: f" {value} "),
        each("due_date", lambda value: (value - pd.Timestamp("1899-12-30")).days),
        each("due_date", lambda value: f"{value:%d.%m.%Y}"),
        each("due_date", lambda value: f"{value:%m/%d/%Y}"),
        each("created_at", lambda value: value + timedelta(milliseconds=400)),
        each("created_at", lambda value: f"{value:%Y-%m-%d %H:%M}"),
        each("created_at", lambda value: f"{value:%-m/%-d/%y %-I:%M %p}"),
        each("name", lambda value: f"{value}  "),
        each("description", lambda value: value.replace("\n", "\r\n")),
        each("tags", lambda value: "; ".join(reversed(value.split(", "))) + ";"),
        each("custom_fields.points", float),
        each("custom_fields.points", lambda value: f"{value}.0"),
        each("status", lambda value: f"'{value}".removeprefix("'") + "\u00a0"),
    ],
)
def test_what_spreadsheets_and_people_do_is_no_edit(snapshot, path, handle):
    """Sorted, hidden, deleted, added, moved, renamed back, retyped: an empty plan."""
    edit(path, handle)
    assert outcome(snapshot, path) == NOTHING


def test_flags_and_autocorrection_are_no_edit(tmp_path):
    """WAHR is TRUE, curly quotes and long dashes are what a program wrote; and it is told."""
    snapshot = snapshot_of(
        [
            {"name": 'He said "no" -- (c)...', "custom_fields": {"vip": True}},
            {"name": "it's", "custom_fields": {"vip": False}},
        ]
    )
    snapshot.to_excel(tmp_path / "x.xlsx")
    for row, name, flag in ((2, "He said “no” – ©…", "WAHR"), (3, "it’s", 0)):
        put(tmp_path / "x.xlsx", "name", row, name)
        put(tmp_path / "x.xlsx", "custom_fields.vip", row, flag)
    assert outcome(snapshot, tmp_path / "x.xlsx") == NOTHING
    plan = snapshot.plan(snapshot.read_excel(tmp_path / "x.xlsx"))
    assert tuple(map(str, plan.notes)) == (
        "2 cells differ only by autocorrection (quotes, dashes, …): counted as untouched.",
    )


@pytest.mark.parametrize(
    ("handle", "said"),
    [
        (headed("id", "number of the ticket"), "has no column 'id'"),
        (lambda sheet: sheet.__setitem__("A3", "99"), "ticket 99 id: is not in this snapshot, in cell A3"),
        (lambda sheet: sheet.__setitem__("A3", "7"), "ticket 7 id: stands in two rows, 2 and 3, in cell A3"),
        (lambda sheet: sheet.__setitem__("A3", None), "has no ticket id, in cell A3"),
        (headed("tags", "name"), "stands in two columns, B1 and"),
        (each("due_date", lambda value: "soon"), "due_date 'soon': is no date, in cell L2"),
        (each("due_date", lambda value: "1/2/2026"), "may be two dates"),
        (each("custom_fields.points", lambda value: "many"), "is no number"),
        (each("name", lambda value: "#REF!"), "is an error value of the spreadsheet"),
    ],
)
def test_files_that_do_not_fit_are_refused(snapshot, path, handle, said):
    """Each reason names the ticket, the column and the cell, and says what to do."""
    edit(path, handle)
    with pytest.raises(FrameError) as told:
        snapshot.read_excel(path)
    assert said in str(told.value)


def test_all_reasons_are_told_at_once(snapshot, path):
    """Nobody mends one row only to meet the next."""
    edit(path, lambda sheet: [sheet.__setitem__(f"A{row}", f"foreign {row}") for row in (2, 3)])
    put(path, "due_date", 4, "soon")
    with pytest.raises(FrameError, match="3 reasons") as told:
        snapshot.read_excel(path)
    assert len(told.value.problems) == 3


def test_id_that_may_be_two_tickets_is_refused(tmp_path):
    """A number stands for a ticket only where one can be meant."""
    columns, path = Columns(), tmp_path / "x.xlsx"
    columns.add([{"id": identity} for identity in ("1000000000000000001", "1000000000000000002", "42", "042")])
    snapshot = Snapshot(columns.table(), "acme", "jira")
    snapshot.to_excel(path)
    edit(path, each("id", float))
    with pytest.raises(
        FrameError, match=r"may be 2 tickets, because the id became a number \(1000000000000000001, "
    ) as told:
        snapshot.read_excel(path)
    assert len(told.value.problems) == 4


def test_file_of_another_account_is_refused(snapshot, path, tmp_path):
    """Ids may be the same; the hidden identity tells."""
    other = Snapshot(snapshot.table, "another", "jira", snapshot.choices)
    with pytest.raises(FrameError, match=r"the file is of jira account .*, this snapshot of jira account another"):
        other.read_excel(path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 rubbish", "can't be read as .xlsx"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "an old .xls, or protected"),
        (b"%PDF-1.7", "is no spreadsheet"),
        (b"\x89PNG\r\n", "is no spreadsheet"),
        (b"hello", "has no column 'id'"),
    ],
)
def test_what_is_no_spreadsheet_is_refused(snapshot, tmp_path, data, said):
    """What a file is decides, not its name."""
    (tmp_path / "x.xlsx").write_bytes(data)
    with pytest.raises(FrameError, match=said):
        snapshot.read_excel(tmp_path / "x.xlsx")


def test_damaged_workbooks_are_refused(snapshot, path):
    """Cut short or with a part missing, a file never ends in somebody else's exception."""
    whole = path.read_bytes()
    for size in range(100, len(whole), len(whole) // 12):
        path.write_bytes(whole[:size])
        with pytest.raises(FrameError, match=r"can't be read as \.xlsx"):
            snapshot.read_excel(path)
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) if "sheet1.xml" not in name else b"<worksheet>")
    with pytest.raises(FrameError):
        snapshot.read_excel(path)


def test_missing_file_and_place_are_told(snapshot, tmp_path):
    """Both say which path, and what to do."""
    with pytest.raises(FrameError, match="can't be read: No such file"):
        snapshot.read_excel(tmp_path / "none.xlsx")
    with pytest.raises(SetupError, match="can't be written"):
        snapshot.to_excel(tmp_path / "none" / "x.xlsx")


def test_tools_own_changes_are_never_reverted(small, path):
    """A file read against a later load: what others changed meanwhile stands, what only the file changed arrives, both is refused."""
    small.sandbox.edit("7", name="Refund, urgent")
    small.sandbox.edit("0042", name="Login fails")
    later = small.load(progress=False)
    put(path, "priority", 2, "High")
    plan = later.plan(later.read_excel(path))
    assert [patch.body for patch in plan] == [{"priority": {"id": "p2"}}]
    assert "2 cells were changed in the tool after the file was written" in str(plan.notes[0])
    put(path, "name", 3, "Login broken")
    with pytest.raises(
        FrameError, match=r"ticket 0042 name 'Login broken': was changed in the tool .* in the file as well, in cell B3"
    ):
        later.read_excel(path)


def test_lost_marks_are_told(snapshot, path):
    """Without its marks, a file can't say whether it is stale; that is no reason to refuse it."""
    edit(path, lambda sheet: sheet.delete_cols(sheet.max_column))
    assert "has lost its column 'check'" in str(snapshot.plan(snapshot.read_excel(path)).notes[0])


def test_texts_too_long_for_a_cell_are_not_lost(tmp_path):
    """Such a cell is locked and marked; untouched it is no change, edited in part it is refused, rewritten it is taken."""
    target, snapshot = tmp_path / "x.xlsx", snapshot_of([{"description": "😀" * 20_000}, {"description": "x" * 32_767}])
    snapshot.to_excel(target)
    cell = seen(target, "description")
    assert (cell.protection.locked, cell.fill.fgColor.rgb[2:], "20,000" in cell.value) == (
        True,
        "FFF3C4",
        True,
    )
    assert outcome(snapshot, target) == NOTHING
    put(target, "description", 2, "!" + cell.value)
    with pytest.raises(FrameError, match="was too long for a cell and is cut off there, in cell O2"):
        snapshot.read_excel(target)
    put(target, "description", 2, "short now")
    assert outcome(snapshot, target)[0] == {"7": {"description": "short now"}}


def test_columns_can_be_chosen(snapshot, tmp_path):
    """Their order is kept; a name that is none gets a hint."""
    snapshot.to_excel(tmp_path / "x.xlsx", columns=["priority", "name"])
    assert list(snapshot.read_excel(tmp_path / "x.xlsx").columns) == ["priority", "name"]
    with pytest.raises(FrameError, match=r"'prio' \(did you mean 'priority'\?\)"):
        snapshot.to_excel(tmp_path / "x.xlsx", columns=["prio", "name"])


def test_new_columns_are_read_as_the_frame_would_have_them(snapshot, path):
    """A field that is only taken is sent; notes of one's own are ignored, and told."""
    edit(
        path,
        lambda sheet: (
            sheet.insert_cols(2, 2)
            or sheet.__setitem__("B1", "html_description")
            or sheet.__setitem__("C1", "my notes")
        ),
    )
    edit(path, lambda sheet: sheet.__setitem__("B2", "<p>x</p>") or sheet.__setitem__("C2", "ask Jo"))
    plan = snapshot.plan(snapshot.read_excel(path))
    assert [patch.body for patch in plan] == [{"html_description": "<p>x</p>"}]
    assert "my notes" in str(plan.notes[0])


def test_without_openpyxl_the_extra_is_named(snapshot, tmp_path, monkeypatch):
    """The error is a command to copy; CSV needs nothing."""
    for name in [name for name in sys.modules if name.startswith(("openpyxl", "truto_tickets_nb.sheets.excel"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(SetupError, match=r"pip install 'truto-tickets-nb\[excel\]'"):
        snapshot.to_excel(tmp_path / "x.xlsx")
    snapshot.to_csv(tmp_path / "x.csv")
    assert len(snapshot.plan(snapshot.read_excel(tmp_path / "x.csv"))) == 0


def soffice(path, form, tmp_path, *options):
    """Open a file in LibreOffice and save it as another; on the build machine it has to be there."""
    program = shutil.which("soffice")
    if program is None:
        assert not os.environ.get("CI"), "no LibreOffice: apt-get install --no-install-recommends libreoffice-calc"
        pytest.skip("LibreOffice is not here (apt-get install --no-install-recommends libreoffice-calc)")
    command = [
        program,
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        *options,
        "--convert-to",
        form,
        "--outdir",
        str(tmp_path / "saved"),
    ]
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=150)
    return tmp_path / "saved" / f"{path.stem}.{form.partition(':')[0]}"


@pytest.fixture
def hard(records):
    """Make an account of everything that could go wrong on the way."""
    texts = [
        {**records[0], "id": f"{place:04}", "name": text or "-", "description": f"{text}\r\n{text}"}
        for place, text in enumerate([*HOSTILE, *CONVERTED])
    ]
    texts += [{**records[0], "id": text} for text in ("MAR-1", "1-2", "12e5", "3/4", "SEPT2", "12:30", "TRUE")]
    with tt.sandbox(
        "jira", tickets=[*records, *texts, {**records[0], "id": "900", "description": "y" * 40_000}], limit=None
    ) as found:
        yield found.load(progress=False)


SEMICOLONS = (
    "csv:Text - txt - csv (StarCalc):59,34,76,1,,1031,false,true,false"  # as a German LibreOffice saves by default
)


@pytest.mark.parametrize("form", ["xlsx", "csv", SEMICOLONS])
def test_libreoffice_saves_it_unharmed(hard, tmp_path, form):
    """Opened once for real, saved, read back: an empty plan."""
    hard.to_excel(tmp_path / "open.xlsx")
    assert outcome(hard, soffice(tmp_path / "open.xlsx", form, tmp_path)) == NOTHING


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_libreoffice_opens_the_csv_and_saves_it_unharmed(hard, tmp_path, form):
    """A file without types is opened by a program that guesses: ids, dates and numbers are guarded or repaired."""
    hard.to_csv(tmp_path / "open.csv")
    assert outcome(hard, soffice(tmp_path / "open.csv", form, tmp_path, "--infilter=CSV:44,34,76,1")) == NOTHING


DOORS = {
    "excel": lambda snapshot, target: snapshot.to_excel(target),
    "csv": lambda snapshot, target: snapshot.to_csv(target),
    "pandas": lambda snapshot, target: snapshot.frame().to_csv(target),
    "cp1252": lambda snapshot, target: saved_in(snapshot, target, "cp1252"),
    "cp932": lambda snapshot, target: saved_in(snapshot, target, "cp932"),
    "mac_roman": lambda snapshot, target: saved_in(snapshot, target, "mac_roman"),
}


def saved_in(snapshot, target, page):
    """Save as a program does that knows this code page only: what it lacks becomes a question mark."""
    snapshot.to_csv(target)
    target.write_bytes(target.read_text("utf-8-sig").encode(page, "replace"))


@pytest.fixture(scope="module")
def real(request):
    """Load the public exports once for all doors."""
    with tt.sandbox("jira", tickets=request.getfixturevalue("exports"), limit=None, page_size=500) as account:
        return account.load(progress=False)


@pytest.fixture(scope="module")
def smaller(request):
    """Load the smaller of the two: a code page takes seconds for each of its thousands of texts."""
    with tt.sandbox("jira", tickets=request.getfixturevalue("exports")[1:], limit=None, page_size=500) as account:
        return account.load(progress=False)


@pytest.mark.parametrize("door", ["csv", "excel", "pandas"])
def test_real_exports_come_back(real, tmp_path, door):
    """Two public exports, 3,579 tickets: through every door of files, untouched is no change."""
    assert_untouched(real, tmp_path / "x", door, 3579)


@pytest.mark.parametrize("door", ["cp1252", "cp932", "mac_roman"])
def test_real_export_comes_back_from_a_code_page(smaller, tmp_path, door):
    """A public export, 1,076 tickets, saved by a program that knows one code page only: untouched is no change."""
    assert_untouched(smaller, tmp_path / "x", door, 1076)


@pytest.mark.slow
@pytest.mark.parametrize("door", ["cp1252", "cp932", "mac_roman"])
def test_real_exports_come_back_from_a_code_page(real, tmp_path, door):
    """The same with both."""
    assert_untouched(real, tmp_path / "x", door, 3579)


def assert_untouched(snapshot, path, door, count):
    DOORS[door](snapshot, path)
    df = snapshot.read_csv(path)
    plan = snapshot.plan(df)
    assert (len(df), len(plan), plan.blocking) == (count, 0, ())


@pytest.mark.benchmark
@pytest.mark.parametrize("kind", ["excel", "csv"])
def test_ten_thousand_tickets_take_seconds(tmp_path, kind):
    """10,000 tickets of 20 columns are written and read while one waits."""
    with tt.sandbox("jira", tickets=10_000, limit=None, page_size=500) as account:
        snapshot = account.load(progress=False)
    started = time.process_time()
    getattr(snapshot, f"to_{kind}")(tmp_path / "x")
    df = getattr(snapshot, f"read_{kind}")(tmp_path / "x")
    assert (len(df), len(df.columns) >= 20) == (10_000, True)
    assert time.process_time() - started < 20
