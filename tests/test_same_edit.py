"""Any edit of single cells gives the same plan, through whichever door it comes and whatever its frame went through."""

import csv
import io
import json
from datetime import date

import openpyxl
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import truto_tickets_nb as tt

C = "custom_fields."
CUSTOM = [
    {
        "rank": "5",
        "code": "007",
        "size": 3,
        "cost": 1.5,
        "vip": True,
        "eta": "2026-01-15",
        "path": ["a", "b"],
        "nums": [1, 2],
    },
    {
        "rank": "12",
        "code": "010",
        "size": None,
        "cost": 2.0,
        "vip": False,
        "eta": "2026-02-01",
        "path": [],
        "nums": [3],
    },
    {"rank": None, "code": None, "size": 40, "cost": None, "vip": None, "eta": None, "path": None, "nums": None},
]
TEXT = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=12).filter(
    lambda text: (
        text.strip() == text
        and text.isprintable()
        and not text.startswith(("'", "#", "=", "[", "(", "{"))
        and "<" not in text
    )
)
WORDS = TEXT.filter(
    lambda text: text[0].isalpha() and text.isascii() and "," not in text and ";" not in text and '"' not in text
)
VALUES = {
    "name": WORDS,
    "status": st.sampled_from(["Open", "Done", "Waiting"]),
    "tags": st.lists(st.sampled_from(["vip", "billing", "Bug", "réunion"]), min_size=1, max_size=3, unique=True).map(
        tuple
    ),
    "due_date": st.dates(date(2026, 1, 1), date(2030, 1, 1)).map(date.isoformat),
    C + "rank": st.integers(0, 99).map(str),
    C + "code": st.integers(100, 999).map(str),
    C + "size": st.integers(-5, 99),
    C + "cost": st.sampled_from([0.5, 2.25, 7.0, -1.5]),
    C + "vip": st.booleans(),
    C + "eta": st.dates(date(2026, 1, 1), date(2030, 1, 1)).map(date.isoformat),
    C + "path": st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3).map(tuple),
    C + "nums": st.lists(st.integers(0, 5), min_size=1, max_size=3).map(tuple),
}
EDITS = st.dictionaries(
    st.tuples(st.sampled_from(["1", "2", "3"]), st.sampled_from([*VALUES])), st.none(), min_size=1, max_size=5
).flatmap(lambda keys: st.fixed_dictionaries({key: VALUES[key[1]] for key in keys}))


@pytest.fixture(scope="module")
def snapshot():
    tickets = [
        {
            "id": str(n), "name": f"Ticket {n}", "status": {"id": state.lower(), "name": state}, "due_date": "2026-01-31" if n < 3 else None,
            "tags": [{"id": "t1", "name": "vip"}] if n != 2 else [], "custom_fields": custom,
        }
        for n, (custom, state) in enumerate(zip(CUSTOM, ("Open", "Done", "Waiting"), strict=True), 1)
    ]  # fmt: skip
    with tt.sandbox("jira", tickets=tickets, limit=None) as account:
        yield account.load(progress=False)


def edited(snapshot, edits):
    """Write the edits into a frame, as pandas lets one."""
    df = snapshot.frame()
    for name in {field for _, field in edits}:
        cells = {ticket: value for (ticket, field), value in edits.items() if field == name}
        column = df[name].astype(object)
        column = pd.Series([cells.get(ticket, cell) for ticket, cell in column.items()], index=df.index, dtype=object)
        df[name] = pd.to_datetime(column) if name == "due_date" else column
    return df


def through_csv_of_pandas(df):
    text = io.StringIO()
    df.to_csv(text)
    text.seek(0)
    return pd.read_csv(text, dtype={"id": str})


def through_parquet(df):
    file = io.BytesIO()
    df.to_parquet(file)
    file.seek(0)
    return pd.read_parquet(file)


def as_lists(df):
    sets = {
        name: [list(cell) if isinstance(cell, tuple) else cell for cell in df[name]]
        for name in ("tags", C + "path", C + "nums")
    }
    return df.assign(**{name: pd.Series(cells, index=df.index, dtype=object) for name, cells in sets.items()})


FRAMES = {
    "as it is": lambda df: df,
    "CSV of pandas": through_csv_of_pandas,
    "parquet": through_parquet,
    "convert_dtypes": lambda df: df.convert_dtypes(),
    "lists": as_lists,
    "categories": lambda df: df.astype({"status": "category", C + "rank": "category"}),
    "shuffled": lambda df: df.iloc[[2, 0, 1]],
    "reset_index": lambda df: df.reset_index(),
}


def by_cells(snapshot, edits):
    draft = snapshot.draft()
    for (ticket, name), value in edits.items():
        draft.edit(ticket, name, value)
    return draft


def by_steps(snapshot, edits):
    draft = snapshot.draft()
    for (ticket, name), value in edits.items():
        draft.set(name, value, where=[ticket])
    return draft


def by_form(snapshot, edits):
    """Type into the form of each ticket, as a person does."""
    draft = snapshot.draft()
    form = tt.TicketForm(draft, "1")
    for (ticket, name), value in edits.items():
        form.go(ticket)
        control = form._rows[name].control
        if isinstance(value, tuple):
            for _chip in list(control._chips.children):
                control._chips.children[0].click()
            for member in value:
                control._search.widget.value = str(member)
        elif name == "due_date":
            control.widget.value = date.fromisoformat(value)
        else:
            control.widget.value = str(value)
        assert not control.problem, control.problem
    form.close()
    return draft


def sent(plan):
    """List what a plan sends and what blocks it; notes on how a file was read may differ."""
    assert not plan.blocking, plan.blocking
    return [(patch.ticket, patch.body) for patch in plan]


@settings(max_examples=examples(15), deadline=None)
@given(EDITS)
def test_the_same_edit_gives_the_same_plan(snapshot, edits):
    """Frames, drafts, steps and recipes agree, and so does a frame that went through files and other types."""
    df = edited(snapshot, edits)
    plan = sent(snapshot.plan(df))
    for went_through, change in FRAMES.items():
        assert sent(snapshot.plan(change(df))) == plan, went_through
        assert sent(snapshot.draft().take(change(df)).plan()) == plan, f"taken: {went_through}"
    chips = all(len(set(value)) == len(value) for value in edits.values() if isinstance(value, tuple))
    for door in (by_cells, by_steps, *([by_form] if chips else [])):  # a form's chips hold each member once
        draft = door(snapshot, edits)
        assert sent(draft.plan()) == plan, door.__name__
        assert sent(snapshot.plan(tt.Recipe.of_json(draft.recipe().to_json()))) == plan, f"recipe of {door.__name__}"
        assert sent(snapshot.draft().take(draft.frame()).plan()) == plan, f"frame of {door.__name__}"


def typed(value):
    """Write what a person types into a spreadsheet: names as a line, numbers of a list as the JSON that stands there."""
    if isinstance(value, tuple):
        return ", ".join(value) if isinstance(value[0], str) else json.dumps(value)
    return value


@settings(max_examples=examples(6), deadline=None)
@given(edits=EDITS)
def test_the_same_edit_gives_the_same_plan_through_a_spreadsheet(snapshot, edits, tmp_path_factory):
    """What is typed into a CSV or a workbook gives the plan that pandas gives."""
    plan = sent(snapshot.plan(edited(snapshot, edits)))
    folder = tmp_path_factory.mktemp("doors")
    assert sent(snapshot.plan(by_csv(snapshot, edits, folder / "open.csv"))) == plan
    assert sent(snapshot.draft().take(by_excel(snapshot, edits, folder / "open.xlsx")).plan()) == plan


def by_csv(snapshot, edits, path):
    snapshot.to_csv(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    lines = {row[0].lstrip("'"): row for row in rows}
    for (ticket, name), value in edits.items():
        lines[ticket][head.index(name)] = str(typed(value))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return snapshot.read_csv(path)


def by_excel(snapshot, edits, path):
    snapshot.to_excel(path)
    book = openpyxl.load_workbook(path)
    sheet = book["tickets"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    rows = {row[0].value: row[0].row for row in sheet.iter_rows(min_row=2)}
    for (ticket, name), value in edits.items():
        sheet.cell(rows[ticket], columns[name]).value = typed(value)
    book.save(path)
    return snapshot.read_excel(path)


def test_no_edit_gives_no_plan(snapshot):
    """A frame that nobody edited gives no plan, whatever it went through and through whichever door it comes."""
    for went_through, change in FRAMES.items():
        df = change(snapshot.frame())
        assert sent(snapshot.plan(df)) == [], went_through
        assert sent(snapshot.draft().take(df).plan()) == [], f"taken: {went_through}"
