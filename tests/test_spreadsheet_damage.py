"""What spreadsheets and pandas make of a file: it is repaired where one value can be meant, and refused with its cell elsewhere."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import timedelta

import openpyxl
import pandas as pd
import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_excel import NOTHING, RECORDS, edit, letter, outcome, put, seen, snapshot_of

import truto_tickets_nb as tt
from truto_tickets_nb.errors import FrameError

MARCH = pd.Timestamp("2026-03-01").to_pydatetime()


def snapshot_with(*ids, **fields):
    """Load tickets of these ids from a practice account."""
    status = {"id": "1", "name": "Open"}
    records = [
        {"id": ticket, "name": f"Ticket {place}", "status": status, **fields} for place, ticket in enumerate(ids, 1)
    ]
    with tt.sandbox("jira", tickets=records, limit=None) as account:
        return account.load(progress=False)


def table_of(path):
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def save(path, table):
    text = io.StringIO(newline="")
    csv.writer(text).writerows(table)
    path.write_text(text.getvalue(), "utf-8-sig")


def put_csv(path, name, row, value):
    table = table_of(path)
    table[row - 1][table[0].index(name)] = value
    save(path, table)


def refusal(snapshot, path):
    with pytest.raises(FrameError) as told:
        snapshot.read_excel(path)
    return str(told.value)


# Texts and ids that spreadsheets turn into something else

CONVERTED = [
    "MAR-1", "1-2", "12e5", "3/4", "0042", "1E5", "12:30", "+49 170 1", "TRUE", "wahr", "1,5", "1.2.2026", "SEPT2", "MARCH1", "DEC1", "-5",
    "1" * 16, "2026-01-15", "5 PM", "50%", "$5", "(5)", "1.50", "1 000", "1/2/26", "Mai 3", "3. März", "2026-01-15 10:30", "'0042", "''MAR-1",
    "1月2日", "-" + "5" * 60, "1 1/2", "янв 3",
]  # fmt: skip
LEFT_ALONE = ["4711", "7", "PROJ-12", "Refund 12", "march", "A1", "x-1", "'tis", "It's 12:30", "version 1.2"]


@pytest.mark.parametrize("text", CONVERTED)
def test_what_a_spreadsheet_would_convert_is_guarded(tmp_path, text):
    """In a CSV it has an apostrophe in front; in a workbook it is text in a cell of the format Text; both come back exactly."""
    snapshot = snapshot_with(text, name=text)
    snapshot.to_csv(tmp_path / "x.csv")
    assert [cell for cell in table_of(tmp_path / "x.csv")[1] if cell == text] == []
    assert table_of(tmp_path / "x.csv")[1][:2] == [f"'{text}", f"'{text}"]
    snapshot.to_excel(tmp_path / "x.xlsx")
    for name in ("id", "name"):
        cell = seen(tmp_path / "x.xlsx", name)
        assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")
    assert outcome(snapshot, tmp_path / "x.csv") == outcome(snapshot, tmp_path / "x.xlsx") == NOTHING


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_no_spreadsheet_converts_stays_as_it_is(tmp_path, text):
    """An apostrophe that is not needed is noise."""
    snapshot_with(text, name=text).to_csv(tmp_path / "x.csv")
    assert table_of(tmp_path / "x.csv")[1][:2] == [text, text]


@pytest.mark.parametrize(
    ("text", "became"),
    [
        ("MAR-1", "1-Mar"), ("MAR-1", "Mar-01"), ("MAR-1", "01.03.2026"), ("MAR-1", "3/1/2026"), ("MAR-1", "01. Mrz"), ("MAR-1", "46082"),
        ("1-2", "2-Jan"), ("1-2", "01. Feb"), ("1-2", "01.02.2026"), ("1-2", "2026-01-02"), ("3/4", "4-Mar"), ("3/4", "03. Apr"),
        ("12e5", "1200000"), ("12e5", "1.20E+06"), ("12e5", "1,2E+06"), ("1E5", "1.00E+05"), ("SEPT2", "2-Sep"), ("DEC1", "1-Dec"),
        ("MAR-32", "Mar-32"), ("12:30", "12:30:00"), ("12:30", "12:30 PM"), ("TRUE", "WAHR"), ("1.2.2026", "2026-02-01"), ("1,5", "1.5"),
        ("50%", "50%"), ("MARCH1", "1-Mar"),
    ],
)  # fmt: skip
def test_converted_ids_and_texts_are_repaired(tmp_path, text, became):
    """Where a spreadsheet has made a date or a number of them, and one id can be meant, the ticket and its text are untouched."""
    snapshot = snapshot_with(text, "4711", name=text)
    snapshot.to_csv(tmp_path / "x.csv")
    for name in ("id", "name"):
        put_csv(tmp_path / "x.csv", name, 2, became)
    assert outcome(snapshot, tmp_path / "x.csv") == NOTHING


@pytest.mark.parametrize("value", [MARCH, 46082])
def test_converted_ids_of_a_workbook_are_repaired(tmp_path, value):
    """A real date, or its serial number, stands for the id that a spreadsheet took for it."""
    snapshot = snapshot_with("MAR-1", "PROJ-7", name="MAR-1")
    snapshot.to_excel(tmp_path / "x.xlsx")
    put(tmp_path / "x.xlsx", "id", 2, value)
    put(tmp_path / "x.xlsx", "name", 2, value)
    assert outcome(snapshot, tmp_path / "x.xlsx") == NOTHING


def test_date_that_may_be_two_ids_is_refused(tmp_path):
    """1-Feb may be 1-2 or 2-1: the cell and both ids are named."""
    snapshot = snapshot_with("1-2", "2-1")
    snapshot.to_csv(tmp_path / "x.csv")
    put_csv(tmp_path / "x.csv", "id", 2, "1-Feb")
    save(tmp_path / "x.csv", table_of(tmp_path / "x.csv")[:2])
    assert "may be 2 tickets, because the id became a date (1-2, 2-1), in cell A2" in refusal(
        snapshot, tmp_path / "x.csv"
    )


@pytest.mark.parametrize(
    ("text", "typed"),
    [("1-2", "2-1"), ("MAR-1", "MAR-2"), ("12:30", "12:45"), ("1E5", "1E6"), ("0042", "0043"), ("3/4", "4/3")],
)
def test_edits_of_such_texts_arrive(tmp_path, text, typed):
    """What keeps the form of the text was typed by a person."""
    snapshot = snapshot_with("7", name=text)
    snapshot.to_csv(tmp_path / "x.csv")
    put_csv(tmp_path / "x.csv", "name", 2, f"'{typed}")
    assert outcome(snapshot, tmp_path / "x.csv") == ({"7": {"name": typed}}, [])


def test_id_that_stands_in_another_row_is_not_meant(tmp_path):
    """7 may be 7 or 0007, and the first of February 1-2 or 2-1; where the other one has a row of its own, it is clear."""
    snapshot = snapshot_with("7", "0007", "1-2", "2-1")
    snapshot.to_excel(tmp_path / "x.xlsx")
    put(tmp_path / "x.xlsx", "id", 2, 7)
    put(tmp_path / "x.xlsx", "id", 4, MARCH.replace(month=2))
    assert outcome(snapshot, tmp_path / "x.xlsx") == NOTHING


def test_text_that_became_another_date_is_refused(tmp_path):
    """Nobody can say what was typed: the cell, what it held, and what to do are named; nothing is guessed."""
    snapshot = snapshot_with("7", "8", name="MAR-1")
    snapshot.to_csv(tmp_path / "x.csv")
    put_csv(tmp_path / "x.csv", "name", 2, "2-Apr")
    said = refusal(snapshot, tmp_path / "x.csv")
    assert "ticket 7 name '2-Apr': may have been turned into a date (the ticket holds 'MAR-1'), in cell B2" in said
    snapshot.to_excel(tmp_path / "x.xlsx")
    put(tmp_path / "x.xlsx", "name", 3, MARCH + timedelta(days=32))
    assert "is a date where text belongs, in cell B3. Write it as text" in refusal(snapshot, tmp_path / "x.xlsx")


def test_dates_in_a_column_of_text_keep_its_form(tmp_path):
    """A custom text that holds ISO dates gets an ISO date, whatever form a spreadsheet gave it."""
    snapshot = snapshot_with("7", custom_fields={"eta": "2026-01-15"})
    snapshot.to_csv(tmp_path / "x.csv")
    put_csv(tmp_path / "x.csv", "custom_fields.eta", 2, "31.01.2026")
    assert outcome(snapshot, tmp_path / "x.csv") == ({"7": {"custom_fields": {"eta": "2026-01-31"}}}, [])


# Errors and formulas

ERRORS = [
    "#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!", "#BLOCKED!",
    "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#PYTHON!", "#EXTERNAL!", "#NV", "#BEZUG!", "#WERT!", "#ÜBERLAUF!", "#ZAHL!", "#VALEUR!", "#NOM?",
    "#NOMBRE!", "#¡VALOR!", "#¡REF!", "#¿NOMBRE?", "#¡DIV/0!", "#N/D", "#VALORE!", "#RIF!", "#NOME?", "#NÚM!", "#WAARDE!", "#VERW!", "#N/B",
    "#DEEL/0!", "#ЗНАЧ!", "#ССЫЛКА!", "#ДЕЛ/0!", "#Н/Д", "#ИМЯ?", "#ARG!", "#ADR!", "#NAZWA?", "#N/D!", "#DZIEL/0!", "#HODNOTA!",
    "#NENÍ_K_DISPOZICI", "#DĚLENÍ_NULOU!", "#VÄRDEFEL!", "#SAKNAS!", "#OGILTIGT!", "#VÆRDI!", "#I/T", "#VERDI!", "#ARVO!", "#JAKO/0!",
    "#PUUTTUU!", "#ÉRTÉK!", "#HIÁNYZIK", "#NÉV?", "#DEĞER!", "#YOK", "#BAŞV!", "#OM!", "#スピル!", "#溢出!", "#분산!", "#ΤΙΜΗ!", "#Δ/Υ",
    "Err:502", "Err:508", "Ошибка:508", "Fehler:508", "Erreur :502", "Errore:509", "#ERROR!", " #N/A ",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_errors_of_spreadsheets_are_no_text(tmp_path, kind):
    """In no language is an error sent as text: each is refused with its cell, also where the field was empty."""
    snapshot = snapshot_with(*map(str, range(len(ERRORS))))
    path = tmp_path / f"x.{kind}"
    (snapshot.to_csv if kind == "csv" else snapshot.to_excel)(path)
    if kind == "csv":
        table = table_of(path)
        for place, name in ((table[0].index("name"), "name"), (table[0].index("description"), "description")):
            assert name
            table[1:] = [[*row[:place], error, *row[place + 1 :]] for row, error in zip(table[1:], ERRORS, strict=True)]
        save(path, table)
    else:
        edit(
            path,
            lambda sheet: [
                write_text(sheet, name, row, error)
                for name in ("name", "description")
                for row, error in enumerate(ERRORS, 2)
            ],
        )
    with pytest.raises(FrameError) as told:
        snapshot.read_excel(path)
    assert {(problem.ticket, problem.field) for problem in told.value.problems} == {
        (str(place), name) for place in range(len(ERRORS)) for name in ("name", "description")
    }
    assert {problem.message.partition(",")[0] for problem in told.value.problems} == {
        "is an error value of the spreadsheet"
    }


def test_columns_that_were_too_narrow_are_named(tmp_path):
    """Excel saves ##### for a date that did not fit: the column is to be made wider, no formula corrected."""
    snapshot = snapshot_with("7", due_date="2026-01-31")
    snapshot.to_csv(tmp_path / "x.csv")
    put_csv(tmp_path / "x.csv", "due_date", 2, "########")
    assert "shows only that its column was too narrow, in cell" in refusal(snapshot, tmp_path / "x.csv")


def write_text(sheet, name, row, text):
    cell = sheet[f"{letter(sheet, name)}{row}"]
    cell.value, cell.data_type = text, "s"


@pytest.mark.parametrize(
    "text",
    ["#1234 refund", "#urgent", "#urgent!", "# TODO!", "#2 is broken!", "Error: 503", "#緊急!", "C#", "##", "#a/b"],
)
def test_titles_that_begin_with_the_sign_are_text(tmp_path, text):
    """A person's own text is sent as it is."""
    snapshot = snapshot_with("7")
    snapshot.to_csv(tmp_path / "x.csv")
    put_csv(tmp_path / "x.csv", "name", 2, text)
    assert outcome(snapshot, tmp_path / "x.csv") == ({"7": {"name": text}}, [])


def test_error_that_the_ticket_itself_holds_is_untouched(tmp_path):
    """What was written comes back, whatever it looks like."""
    snapshot = snapshot_with("7", name="#REF!", description="Err:508")
    snapshot.to_csv(tmp_path / "x.csv")
    snapshot.to_excel(tmp_path / "x.xlsx")
    assert outcome(snapshot, tmp_path / "x.csv") == outcome(snapshot, tmp_path / "x.xlsx") == NOTHING


def test_cells_of_type_error_are_refused(tmp_path):
    """A workbook says itself that a cell is an error, also in words that nobody has listed; an id may be one as well."""
    snapshot = snapshot_with("7", "8", due_date=None)
    snapshot.to_excel(tmp_path / "x.xlsx")

    def change(sheet):
        for address, error in (
            (f"{letter(sheet, 'name')}2", "#N/A"),
            (f"{letter(sheet, 'due_date')}2", "#lately"),
            ("A3", "#REF!"),
        ):
            sheet[address].value, sheet[address].data_type = error, "e"

    edit(tmp_path / "x.xlsx", change)
    said = refusal(snapshot, tmp_path / "x.xlsx")
    assert "ticket 7 name '#N/A': is an error value of the spreadsheet, in cell B2" in said
    assert "ticket 7 due_date '#lately': is an error value of the spreadsheet" in said
    assert "ticket #REF! id: is an error value of the spreadsheet instead of an id, in cell A3" in said


def test_formulas_without_a_result_are_named(tmp_path):
    """They are no emptied cells: not in a filled cell, an empty one, an id, a header or a new column; and no advice says to clear."""
    snapshot = snapshot_with("7", "8", "9", description=None)
    snapshot.to_excel(tmp_path / "x.xlsx")

    def change(sheet):
        sheet[f"{letter(sheet, 'name')}2"] = '=UPPER("refund")'
        sheet[f"{letter(sheet, 'description')}3"] = '="Escalated by "&"Ada"'
        sheet["A4"] = '="9"'
        sheet.insert_cols(3, 2)
        sheet["C1"], sheet["C2"] = "html_description", '="<p>"'
        sheet["D1"], sheet["D2"] = "my notes", '="ignored"'

    edit(tmp_path / "x.xlsx", change)
    said = refusal(snapshot, tmp_path / "x.xlsx")
    assert said.count("holds a formula whose result is not stored, in cell") == 4
    for cell in ("B2", "C2", "A4"):
        assert (
            f"in cell {cell}. Open and save the file in Excel or LibreOffice, or replace the formula by its value."
            in said
        )
    assert "ticket 8 description" in said
    assert "clear" not in said
    assert "notes" not in said


def test_formula_in_a_header_is_named(tmp_path):
    """Nobody can say which column it is; its edits are not lost in silence."""
    snapshot = snapshot_with("7")
    snapshot.to_excel(tmp_path / "x.xlsx")
    edit(tmp_path / "x.xlsx", lambda sheet: sheet.__setitem__("B1", '=LOWER("NAME")'))
    assert "is the header in cell B1 and holds a formula whose result is not stored" in refusal(
        snapshot, tmp_path / "x.xlsx"
    )


def test_text_that_pandas_wrote_as_a_formula_is_untouched(tmp_path):
    """A title that begins with = is a formula in a file that pandas saved; it is still the title."""
    snapshot = snapshot_with("7", name="=1+1")
    snapshot.to_excel(tmp_path / "x.xlsx")
    pd.read_excel(tmp_path / "x.xlsx", dtype=str).to_excel(tmp_path / "y.xlsx", index=False)
    assert openpyxl.load_workbook(tmp_path / "y.xlsx").active["B2"].data_type == "f"
    assert outcome(snapshot, tmp_path / "y.xlsx") == NOTHING


def test_formulas_with_a_result_are_read(tmp_path):
    """What a spreadsheet has computed and stored is the value of the cell."""
    snapshot = snapshot_with("7")
    snapshot.to_excel(tmp_path / "x.xlsx")
    put(tmp_path / "x.xlsx", "name", 2, "computed")
    rewrite(
        tmp_path / "x.xlsx",
        r'(<c r="B2"[^>]*?) t="\w+"([^>]*>).*?</c>',
        r'\1 t="str"\2<f>"com"&amp;"puted"</f><v>computed</v></c>',
    )
    assert outcome(snapshot, tmp_path / "x.xlsx") == ({"7": {"name": "computed"}}, [])


def rewrite(path, pattern, by, part="xl/worksheets/sheet1.xml"):
    """Change a part of a workbook as another program would have written it."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    changed = re.sub(pattern, by, parts[part].decode(), count=1, flags=re.DOTALL)
    assert changed != parts[part].decode()
    parts[part] = changed.encode()
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)


# Files that pandas wrote


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=RECORDS, index=st.booleans())
def test_csv_that_pandas_wrote_is_no_change(records, index, tmp_path):
    """df.to_csv() knows no guards, no marks and no sets: whatever the tickets hold, untouched cells are no edits."""
    snapshot = snapshot_of(records)
    frame = snapshot.frame() if index else snapshot.frame().reset_index().iloc[:, ::-1]
    frame.to_csv(tmp_path / "x.csv")
    assert outcome(snapshot, tmp_path / "x.csv") == NOTHING


@pytest.mark.parametrize("dtypes", [None, "lists", "arrays", "sets", "convert_dtypes"])
def test_what_a_frame_went_through_before_does_not_matter(tmp_path, dtypes):
    """Lists, NumPy arrays and sets in the cells, other dtypes, a word for what is missing: no change."""
    fields = {
        "tags": [{"name": "it's"}, {"name": "a, b"}],
        "custom_fields": {"n": 3, "f": 1.0, "b": True, "o": {"k": [1, "x"]}, "path": ["x", "y"]},
    }
    snapshot = snapshot_with("7", "8", completed_at="2026-01-15T10:30:00.123Z", due_date="2026-01-31", **fields)
    frame = snapshot.frame()
    if dtypes in ("lists", "arrays", "sets"):
        form = {"lists": list, "arrays": lambda cell: pd.Series(cell, dtype=object).to_numpy(), "sets": set}[dtypes]
        frame["tags"] = frame["tags"].map(form)
    elif dtypes:
        frame = frame.convert_dtypes()
    frame.to_csv(tmp_path / "x.csv", na_rep="NaN" if dtypes else "")
    assert outcome(snapshot, tmp_path / "x.csv") == NOTHING


@pytest.mark.parametrize(
    ("column", "typed", "body"),
    [
        ("tags", "('a', 'b', 'c')", {"tags": [{"id": "a", "name": "a"}, {"name": "b"}, {"name": "c"}]}),
        ("tags", "['b' 'a']", {"tags": [{"name": "b"}, {"id": "a", "name": "a"}]}),
        ("tags", '["a", "it\'s,new"]', {"tags": [{"id": "a", "name": "a"}, {"name": "it's,new"}]}),
        ("tags", "(a)or-b", {"tags": [{"name": "(a)or-b"}]}),
        ("custom_fields.path", "('x', 'z')", {"custom_fields": {"path": ["x", "z"]}}),
        ("custom_fields.n", "4.0", {"custom_fields": {"n": 4}}),
        ("custom_fields.vip", "False", {"custom_fields": {"vip": False}}),
        ("custom_fields.o", "{'k': 2}", {"custom_fields": {"o": {"k": 2}}}),
        ("due_date", "2026-02-01 00:00:00", {"due_date": "2026-02-01"}),
    ],
)  # fmt: skip
def test_edits_in_a_csv_that_pandas_wrote_are_understood(tmp_path, column, typed, body):
    """A tuple's text is the set, 4.0 is the whole number, the text of a dict is the object."""
    custom = {"path": ["x", "y"], "n": 3, "vip": True, "o": {"k": 1}}
    snapshot = snapshot_with("7", tags=[{"id": "a", "name": "a"}], due_date="2026-01-31", custom_fields=custom)
    snapshot.frame().to_csv(tmp_path / "x.csv")
    put_csv(tmp_path / "x.csv", column, 2, typed)
    assert outcome(snapshot, tmp_path / "x.csv") == ({"7": body}, [])


def test_order_of_an_array_is_an_edit(tmp_path):
    """A custom array is a list, not a set."""
    snapshot = snapshot_with("7", custom_fields={"path": ["x", "y"]})
    snapshot.frame().to_csv(tmp_path / "x.csv")
    put_csv(tmp_path / "x.csv", "custom_fields.path", 2, "('y', 'x')")
    assert snapshot.read_csv(tmp_path / "x.csv")["custom_fields.path"].tolist() == [("y", "x")]
    put_csv(tmp_path / "x.csv", "custom_fields.path", 2, "y, x")
    assert snapshot.read_csv(tmp_path / "x.csv")["custom_fields.path"].tolist() == [("y", "x")]


def test_emptied_set_of_pandas_blocks(tmp_path):
    """() where tags were is an emptied cell; a list that does not end is refused with its cell."""
    snapshot = snapshot_with("7", tags=[{"name": "a"}])
    snapshot.frame().to_csv(tmp_path / "x.csv")
    put_csv(tmp_path / "x.csv", "tags", 2, "()")
    bodies, problems = outcome(snapshot, tmp_path / "x.csv")
    assert (bodies, len(problems)) == ({}, 1)
    put_csv(tmp_path / "x.csv", "tags", 2, "('a', 'b'")
    assert "begins as a list, but can't be read as one, in cell" in refusal(snapshot, tmp_path / "x.csv")


# Workbooks of other programs


def test_serial_numbers_of_1904_are_read(tmp_path):
    """A workbook of the old Mac calendar counts days from 1904, in dates and in plain numbers."""
    snapshot = snapshot_with("7", "8", due_date="2026-01-31")
    snapshot.to_excel(tmp_path / "x.xlsx")
    serial = 44_591  # 2026-01-31
    place = openpyxl.load_workbook(tmp_path / "x.xlsx")["tickets"]
    column = letter(place, "due_date")
    edit(
        tmp_path / "x.xlsx",
        lambda sheet: [setattr(sheet[f"{column}{row}"], "value", serial + row - 2) for row in (2, 3)],
    )
    edit(tmp_path / "x.xlsx", lambda sheet: setattr(sheet[f"{column}3"], "number_format", "General"))
    rewrite(tmp_path / "x.xlsx", r"<workbookPr[^>]*/>", '<workbookPr date1904="1"/>', "xl/workbook.xml")
    assert outcome(snapshot, tmp_path / "x.xlsx") == ({"8": {"due_date": "2026-02-01"}}, [])


def test_strict_open_xml_is_read(tmp_path):
    """A workbook saved as Strict Open XML, with its own namespaces, is the same workbook."""
    snapshot = snapshot_with("7", due_date="2026-01-31")
    snapshot.to_excel(tmp_path / "x.xlsx")
    put(tmp_path / "x.xlsx", "name", 2, "new")
    with zipfile.ZipFile(tmp_path / "x.xlsx") as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as package:
        for name, data in parts.items():
            for usual, strict in (
                (b"http://schemas.openxmlformats.org/spreadsheetml/2006", b"http://purl.oclc.org/ooxml/spreadsheetml"),
                (
                    b"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties",
                    b"http://purl.oclc.org/ooxml/officeDocument/extendedProperties",
                ),
                (
                    b"http://schemas.openxmlformats.org/officeDocument/2006",
                    b"http://purl.oclc.org/ooxml/officeDocument",
                ),
                (b"http://schemas.openxmlformats.org/drawingml/2006", b"http://purl.oclc.org/ooxml/drawingml"),
            ):
                data = data.replace(usual, strict)  # noqa: PLW2901
            package.writestr(name, data)
    assert outcome(snapshot, tmp_path / "x.xlsx") == ({"7": {"name": "new"}}, [])


@pytest.mark.parametrize(
    "kind", ["ms-excel.sheet.macroEnabled.main", "openxmlformats-officedocument.spreadsheetml.template.main"]
)
def test_workbooks_with_macros_and_templates_are_read(tmp_path, kind):
    """.xlsm and .xltx differ in one word."""
    snapshot = snapshot_with("7")
    snapshot.to_excel(tmp_path / "x.xlsx")
    rewrite(
        tmp_path / "x.xlsx", r"openxmlformats-officedocument\.spreadsheetml\.sheet\.main", kind, "[Content_Types].xml"
    )
    assert outcome(snapshot, tmp_path / "x.xlsx") == NOTHING


def packed(*names):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        for name in names:
            package.writestr(name, b"x" * 100)
    return data.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (OLE + "Workbook".encode("utf-16-le"), r"is an old \.xls workbook\. Open it in Excel or LibreOffice and save it as \.xlsx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "is protected by a password. Open it .* without a password"),
        (packed("content.xml", "mimetype"), r"is an OpenDocument file \(\.ods\)\. Save it .*as \.xlsx or \.csv"),
        (packed("[Content_Types].xml", "xl/workbook.bin"), r"is a binary workbook \(\.xlsb\)"),
        (packed("Index/Document.iwa"), "is a document of Apple Numbers"),
        (packed("tickets.csv"), "is a ZIP archive"),
        (b"<html><table><tr><td>id</td></tr></table></html>", "is a web page, whatever its name says"),
        (b"\xef\xbb\xbf\r\n  <TABLE border=1><tr><td>id</td></tr></TABLE>", "is a web page, whatever its name says"),
        ("<html>".encode("utf-16"), "is a web page, whatever its name says"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "is a web page, whatever its name says"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "is an XML file"),
        (b"PAR1" + b"x" * 50, r"is a Parquet file\. Read it with pandas\.read_parquet\(path\), then snapshot\.plan\(df\)"),
        (b"\x1f\x8b\x08" + b"x" * 50, "is compressed"),
        (b" \r\n\t\r\n", "is empty"),
        (b"\xef\xbb\xbf\r\n", "is empty"),
    ],
)  # fmt: skip
def test_other_files_are_refused_with_what_to_do(tmp_path, data, said):
    """What a file is decides, not its name; each refusal says what to do."""
    (tmp_path / "x.xls").write_bytes(data)
    for read in (snapshot_with("7").read_excel, snapshot_with("7").read_csv):
        with pytest.raises(FrameError, match=said):
            read(tmp_path / "x.xls")


def test_no_advice_drops_rows_or_clears(tmp_path):
    """A row that does not fit is to be corrected, not to be thrown away."""
    snapshot = snapshot_with("7", "8")
    snapshot.to_csv(tmp_path / "x.csv")
    for cell in ("99", "", "7"):
        put_csv(tmp_path / "x.csv", "id", 3, cell)
        said = refusal(snapshot, tmp_path / "x.csv")
        assert not re.search(r"[Dd]elete|[Dd]rop|clear", said), said


def test_times_of_a_day_survive_a_workbook(tmp_path):
    """A title that is a time comes back from the number that a spreadsheet keeps for it."""
    snapshot = snapshot_with("7", name="12:30")
    snapshot.to_excel(tmp_path / "x.xlsx")
    put(tmp_path / "x.xlsx", "name", 2, timedelta(hours=12, minutes=30) / timedelta(days=1))
    assert outcome(snapshot, tmp_path / "x.xlsx") == NOTHING
