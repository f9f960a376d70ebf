"""CSV: the same promises as Excel's without openpyxl, for files that know no types, no encoding and no separator."""

from __future__ import annotations

import csv
import io

import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from test_excel import HOSTILE, NOTHING, RECORDS, TEXTS, outcome, snapshot_of

from truto_tickets_nb.errors import FrameError
from truto_tickets_nb.sheets.error_values import is_error_value
from truto_tickets_nb.sheets.escaping import is_clear, is_formula_like
from truto_tickets_nb.sheets.spreadsheet_damage import is_untouched
from truto_tickets_nb.snapshot import Snapshot
from truto_tickets_nb.tickets.columns import Columns
from truto_tickets_nb.tickets.json_values import unix_lines


@pytest.fixture
def path(snapshot, tmp_path):
    snapshot.to_csv(tmp_path / "open.csv")
    return tmp_path / "open.csv"


def rows(path):
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def save(path, table, *, delimiter=",", encoding="utf-8-sig", quoting=csv.QUOTE_MINIMAL):
    """Save a table as some program would."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=quoting).writerows(table)
    path.write_bytes(text.getvalue().encode(encoding, "replace"))


def put(path, name, row, value):
    """Write into the cell of a column, by its name."""
    table = rows(path)
    table[row - 1][table[0].index(name)] = value
    save(path, table)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=RECORDS)
def test_any_frame_comes_back(records, tmp_path):
    """Whatever text, numbers, dates and sets: an untouched file is no change."""
    snapshot = snapshot_of(records)
    snapshot.to_csv(tmp_path / "any.csv")
    assert outcome(snapshot, tmp_path / "any.csv") == NOTHING


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=TEXTS, after=TEXTS)
def test_any_edit_of_a_text_arrives_exactly(before, after, tmp_path):
    """The text that goes out is the analyst's own; only what spreadsheets do by themselves is no edit."""
    snapshot, target = snapshot_of([{"name": before}]), tmp_path / "edit.csv"
    snapshot.to_csv(target)
    snapshot_of([{"name": after}]).to_csv(tmp_path / "typed.csv")
    typed = rows(tmp_path / "typed.csv")[1][1]
    put(target, "name", 2, typed)
    if is_clear(after) or not after.strip() or is_error_value(after) or is_untouched(typed, before, typed=False):
        return
    assert outcome(snapshot, target)[0].get("7", {"name": unix_lines(before)})["name"] == unix_lines(after)


def test_nothing_in_a_file_is_a_formula(tmp_path):
    """Each text that a spreadsheet might evaluate has an apostrophe in front; numbers have none."""
    snapshot_of([{"name": text, "custom_fields": {"n": -5}} for text in HOSTILE[:5]]).to_csv(tmp_path / "x.csv")
    table = rows(tmp_path / "x.csv")
    assert [row[1] for row in table[1:]] == [f"'{text}" for text in HOSTILE[:5]]
    assert not [cell for row in table for cell in row if is_formula_like(cell) and not cell.startswith("'")]
    assert {row[table[0].index("custom_fields.n")] for row in table[1:]} == {"-5"}


def test_excel_opens_it(path):
    """UTF-8 with its mark; ids that a spreadsheet would take for numbers and damage are guarded."""
    assert path.read_bytes().startswith(b"\xef\xbb\xbfid,name,")
    assert [row[0] for row in rows(path)[1:]] == ["7", "'0042", "'1000000000000000001"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "utf-16", "cp1252"])
def test_separators_and_encodings_are_guessed(records, tmp_path, delimiter, encoding):
    """However a program saves it, an untouched file is no change; an accent is no mistake."""
    snapshot = snapshot_of([{**records[0], "name": "Rückerstattung; a, b | „jetzt“ →"}])
    snapshot.to_csv(tmp_path / "x.csv")
    save(tmp_path / "x.csv", rows(tmp_path / "x.csv"), delimiter=delimiter, encoding=encoding)
    assert outcome(snapshot, tmp_path / "x.csv") == NOTHING


def each(name, change):
    def handle(table):
        place = table[0].index(name)
        return [
            table[0],
            *([*row[:place], change(row[place]) if row[place] else "", *row[place + 1 :]] for row in table[1:]),
        ]

    return handle


@pytest.mark.parametrize(
    "handle",
    [
        lambda table: [table[0], *reversed(table[1:])],
        lambda table: table[:2],
        lambda table: [row[:5] for row in table],
        lambda table: [["Our tickets"], [], *table],
        lambda table: [*table, [], ["", "", ""], []],
        lambda table: [[cell.title() if cell.startswith("due") else cell for cell in table[0]], *table[1:]],
        each("id", lambda text: text.removeprefix("'").lstrip("0")),
        each("id", lambda text: f"{float(text.strip(chr(39)))}"),
        each("id", lambda text: f"{float(text.strip(chr(39))):.0E}" if len(text) > 9 else text),
        each("due_date", lambda text: ".".join(reversed(text.split("-")))),
        each("created_at", lambda text: text.replace("T", " ").removesuffix("Z")),
        each("created_at", lambda text: text.replace("Z", "+00:00")),
        each("custom_fields.points", lambda text: f"{text},0"),
        each("description", lambda text: text.strip() + " \r\n"),
        each("name", lambda text: f" {text}"),
        each("tags", lambda text: text.replace(", ", ";")),
    ],
)  # fmt: skip
def test_what_programs_and_people_do_is_no_edit(snapshot, path, handle):
    """Sorted, cut, titled, retyped, in the forms of another country: an empty plan."""
    save(path, handle(rows(path)))
    assert outcome(snapshot, path) == NOTHING


def test_texts_that_became_numbers_dates_or_flags_are_no_edit(tmp_path):
    """What a spreadsheet takes for something else comes back as the text it was."""
    texts = {
        "007": "7",
        "1e5": "1,00E+05",
        "true": "WAHR",
        "2026-01-31": "31.01.2026",
        "1.50": "1,5",
        "1234567890123456789": "1,23456789012346E+18",
    }
    snapshot = snapshot_of([{"name": text} for text in list(texts)[:5]])
    snapshot.to_csv(tmp_path / "x.csv")
    for row, became in enumerate(list(texts.values())[:5], 2):
        put(tmp_path / "x.csv", "name", row, became)
    assert outcome(snapshot, tmp_path / "x.csv") == NOTHING


@pytest.mark.parametrize(
    ("column", "typed", "body"),
    [
        ("name", "new; title", {"name": "new; title"}),
        ("name", "'=new", {"name": "=new"}),
        ("priority", "High", {"priority": {"id": "p2"}}),
        ("tags", "vip", {"tags": [{"id": "t2", "name": "vip"}]}),
        ("due_date", "2026-03-01", {"due_date": "2026-03-01"}),
        ("custom_fields.points", "8,5", {"custom_fields": {"points": 8.5}}),
        ("due_date", "<clear>", {"due_date": None}),
    ],
)
def test_edits_arrive_exactly(snapshot, path, column, typed, body):
    """Each kind of cell is read as people write it; the word clears here as well."""
    put(path, column, 2, typed)
    assert outcome(snapshot, path) == ({"7": body}, [])


def test_decimal_commas_are_read_where_semicolons_separate(snapshot, path):
    """1,234 is a number with decimals in a file of that country, and refused where it may be either."""
    table = each("custom_fields.points", lambda _text: "1,234")(rows(path))
    save(path, table, delimiter=";")
    assert outcome(snapshot, path)[0]["7"] == {"custom_fields": {"points": 1.234}}
    save(path, table)
    with pytest.raises(FrameError, match="may be two numbers"):
        snapshot.read_csv(path)


def test_emptied_cells_block(snapshot, path):
    """An emptied cell alone never clears."""
    put(path, "due_date", 2, "")
    bodies, problems = outcome(snapshot, path)
    assert (bodies, len(problems)) == ({}, 1)


@pytest.mark.parametrize(
    ("handle", "said"),
    [
        (lambda table: [row[1:] for row in table], "has no column 'id'"),
        (lambda table: [*table, ["99", *table[1][1:]]], "ticket 99 id: is not in this snapshot, in cell A5"),
        (lambda table: [*table, table[1]], "ticket 7 id: stands in two rows, 2 and 5"),
        (lambda table: [*table, ["", "who is it?"]], "has no ticket id, in cell A5"),
        (lambda table: [*table[:2], ["1.00E+21", *table[2][1:]]], "has lost its digits"),
    ],
)
def test_files_that_do_not_fit_are_refused(snapshot, path, handle, said):
    """Each reason names the ticket and the cell."""
    save(path, handle(rows(path)))
    with pytest.raises(FrameError, match=said):
        snapshot.read_csv(path)


def test_file_of_another_account_is_refused(snapshot, path):
    """A CSV has no hidden sheet; its marks tell."""
    with pytest.raises(FrameError, match="written from another account than this snapshot's"):
        Snapshot(snapshot.table, "another", "jira").read_csv(path)


def test_tools_own_changes_are_never_reverted(tmp_path):
    """A file read against a later load changes only what was edited in it."""
    before = snapshot_of([{"name": "one", "description": "a"}, {"name": "two"}])
    columns = Columns()
    columns.add([{"id": "7", "name": "one, changed", "description": "a"}, {"id": "0042", "name": "two"}])
    after = Snapshot(columns.table(), "acme", "jira")
    before.to_csv(tmp_path / "x.csv")
    put(tmp_path / "x.csv", "description", 2, "b")
    assert outcome(after, tmp_path / "x.csv") == ({"7": {"description": "b"}}, [])
    put(tmp_path / "x.csv", "name", 2, "mine")
    with pytest.raises(FrameError, match="changed in the tool after the file was written"):
        after.read_csv(tmp_path / "x.csv")


def test_told_separator_and_long_cells_are_read(tmp_path):
    """A first line sep=; is Excel's own; a cell may be as long as a ticket."""
    snapshot = snapshot_of([{"name": "a,b", "description": "x" * 300_000}])
    snapshot.to_csv(tmp_path / "x.csv")
    table = rows(tmp_path / "x.csv") if csv.field_size_limit(400_000) else []
    csv.field_size_limit(131_072)
    save(tmp_path / "x.csv", table, delimiter=";")
    (tmp_path / "x.csv").write_bytes(b"sep=;\r\n" + (tmp_path / "x.csv").read_bytes().removeprefix(b"\xef\xbb\xbf"))
    assert outcome(snapshot, tmp_path / "x.csv") == NOTHING


def test_both_readers_read_both_files(snapshot, path, tmp_path):
    """What a file is decides, not the method's name."""
    snapshot.to_excel(tmp_path / "x.xlsx")
    assert snapshot.read_excel(path).equals(snapshot.read_csv(tmp_path / "x.xlsx"))
