"""The same text gives the same value, or the same refusal, in a frame, a step, a single cell, a form, a filter, a CSV and a workbook."""

import csv

import openpyxl
import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.errors import FrameError, StepError
from truto_tickets_nb.selection.step_builder import as_number

SIZE, VIP = "custom_fields.size", "custom_fields.vip"
DATES = {
    "2026-03-01": "2026-03-01",
    "01.03.2026": "2026-03-01",
    "1.3.2026": "2026-03-01",
    "1.3.26": "2026-03-01",
    "2026/03/01": "2026-03-01",
    "2026/3/1": "2026-03-01",
    "2026.03.01": "2026-03-01",
    "20260301": "2026-03-01",
    "2026-W09-7": "2026-03-01",
    "13/03/2026": "2026-03-13",
    "03/13/2026": "2026-03-13",
    "3/13/26": "2026-03-13",
    "13-03-2026": "2026-03-13",
    "2026-03-01T00:00:00Z": "2026-03-01",
    " 2026-03-01 ": "2026-03-01",
    "3/1/2026": "value.ambiguous_date",
    "01-03-2026": "value.ambiguous_date",
    "31.02.2026": "value.no_date",
    "2026-13-01": "value.no_date",
    "soon": "value.no_date",
    "March": "value.no_date",
    "2026-03-01 10:00": "value.has_time",
    "13.03.2026 10:00": "value.has_time",
    "3/13/2026 2:05 PM": "value.has_time",
}
NUMBERS = {
    "12": 12,
    " 12 ": 12,
    "+12": 12,
    "-3": -3,
    "1 234": 1234,
    "1'234": 1234,
    "1,234,567": 1234567,
    "1.234.567": 1234567,
    "12,34,567": 1234567,
    "1e3": 1000,
    "2,5": 2.5,
    "2.5": 2.5,
    "1.234,5": 1234.5,
    "1,234.5": 1234.5,
    "1,234": "value.ambiguous_number",
    "1,23,4": "value.no_number",
    "1_000": "value.no_number",
    "many": "value.no_number",
    "nan": None,  # pandas and spreadsheets write it for a cell that is empty
}
FLAGS = {
    "true": True,
    "TRUE": True,
    "yes": True,
    "1": True,
    "1.0": True,
    "Wahr": True,
    "vrai": True,
    "DOĞRU": True,
    "истина": True,
    "false": False,
    "No": False,
    "0": False,
    "FALSCH": False,
    "falso": False,
    "YANLIŞ": False,
    "maybe": "value.no_truth_value",
    "2": "value.no_truth_value",
    "ja": "value.no_truth_value",
}
CASES = [
    *(("due_date", text, value) for text, value in DATES.items()),
    *((SIZE, text, value) for text, value in NUMBERS.items() if value is not None),
    *((VIP, text, value) for text, value in FLAGS.items()),
]


@pytest.fixture(scope="module")
def snapshot():
    custom = [{"size": 3, "vip": True}, {"size": 0.5, "vip": False}, {"size": None, "vip": None}]
    tickets = [
        {"id": str(n), "name": f"Ticket {n}", "due_date": "2026-01-31" if n == 2 else None, "custom_fields": fields}
        for n, fields in enumerate(custom, 1)
    ]
    with tt.sandbox("jira", tickets=tickets, limit=None) as account:
        yield account.load(progress=False)


def result(plan, field):
    """Return what a plan sends for a field of ticket 3, or the code of the problem that blocks it."""
    if plan.blocking:
        return plan.blocking[0].code
    body = next((patch.body for patch in plan), {})
    return body.get("custom_fields", {}).get(field.removeprefix("custom_fields.")) if "." in field else body.get(field)


def through_frame(snapshot, field, text, _folder):
    df = snapshot.frame()
    df[field] = df[field].astype(object)
    df.loc["3", field] = text
    return result(snapshot.plan(df), field)


MESSAGES = {"is no date": "value.no_date", "may be two dates": "value.ambiguous_date"}


def of_draft(edit, field):
    """Return what a draft gives; a step refuses a text that is no date before it is kept."""
    try:
        return result(edit().plan(), field)
    except StepError as error:
        return next(code for message, code in MESSAGES.items() if message in str(error))


def through_step(snapshot, field, text, _folder):
    return of_draft(lambda: snapshot.draft().set(field, text, where=["3"]), field)


def through_cell(snapshot, field, text, _folder):
    return of_draft(lambda: snapshot.draft().edit("3", field, text), field)


def through_csv(snapshot, field, text, folder):
    path = folder / "edited.csv"
    snapshot.to_csv(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    next(row for row in rows if row[0] == "3")[head.index(field)] = text
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return result_of_file(snapshot, snapshot.read_csv, path, field)


def through_workbook(snapshot, field, text, folder):
    path = folder / "edited.xlsx"
    snapshot.to_excel(path)
    book = openpyxl.load_workbook(path)
    sheet = book["tickets"]
    column = next(cell.column for cell in sheet[1] if cell.value == field)
    row = next(cells[0].row for cells in sheet.iter_rows(min_row=2) if cells[0].value == "3")
    sheet.cell(row, column).value = text
    sheet.cell(row, column).data_type = "s"
    book.save(path)
    return result_of_file(snapshot, snapshot.read_excel, path, field)


def result_of_file(snapshot, read, path, field):
    try:
        return result(snapshot.plan(read(path)), field)
    except FrameError as error:
        return error.problems[0].code


@pytest.mark.parametrize(
    "way_in", [through_frame, through_step, through_cell, through_csv, through_workbook], ids=lambda way: way.__name__
)
@pytest.mark.parametrize(("field", "text", "value"), CASES)
def test_a_text_means_the_same_whichever_way_it_comes_in(snapshot, tmp_path, way_in, field, text, value):
    """A text that is typed for a date, a number or a truth value gives one value or one refusal, whatever it was typed into."""
    got = way_in(snapshot, field, text, tmp_path)
    assert got == value
    assert isinstance(got, bool) == isinstance(value, bool)


@pytest.mark.parametrize(("text", "value"), NUMBERS.items())
def test_a_form_reads_numbers_as_a_cell_does(text, value):
    """What is typed into the number of a form is the number that a cell would give, or none."""
    expected = value if isinstance(value, int | float) else None
    assert as_number(text) == expected


@pytest.mark.parametrize(("text", "value"), DATES.items())
def test_a_filter_of_a_draft_reads_dates_as_a_cell_does(snapshot, text, value):
    """A date in a filter chooses the tickets of that date; what a cell refuses as no one date, a filter refuses."""
    draft = snapshot.draft().set("due_date", "2026-03-01", where=["1"]).set("due_date", "2026-03-13", where=["2"])
    rows = {"2026-03-01": ["1"], "2026-03-13": ["2"], "value.has_time": []}
    if value in rows:
        chosen = tt.Filter.where("due_date", "is", text).mask(draft.frame())
        assert draft.frame().index[chosen].tolist() == rows[value]
    else:
        with pytest.raises(StepError, match="that is no date"):
            tt.Filter.where("due_date", "before", text)


@pytest.mark.parametrize(("text", "value"), NUMBERS.items())
def test_a_filter_of_a_draft_reads_numbers_as_a_cell_does(snapshot, text, value):
    """A number in a filter compares as the number that a cell would give; what a cell refuses, a filter refuses."""
    if isinstance(value, int | float):
        sizes = snapshot.frame()[SIZE]
        chosen = tt.Filter.where(SIZE, "less", text).mask(snapshot.frame())
        assert chosen.tolist() == (sizes.fillna(float("inf")) < value).tolist()
    else:
        with pytest.raises(StepError, match="that is no number"):
            tt.Filter.where(SIZE, "less", text)
