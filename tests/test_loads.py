"""Loads: one that ends badly keeps what it has, dates of any year and form survive, and no tickets are no trouble."""

from __future__ import annotations

import time
from datetime import UTC

import numpy as np
import openpyxl
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import truto_tickets_nb as tt
from truto_tickets_nb.api.pagination import Page
from truto_tickets_nb.errors import LoadInterrupted, NeedsReauth, NoAnswer, NotAllowed, ServerTrouble, TokenRefused
from truto_tickets_nb.tickets.columns import Columns
from truto_tickets_nb.tickets.parsing.dates import parse_iso


def ticket(key, **fields):
    return {"id": str(key), "name": f"Ticket {key}", "status": {"id": "o", "name": "Open"}, "tags": [], **fields}


# loads that end badly


@pytest.fixture
def hasty(monkeypatch):
    """Let no wait between tries take any time."""
    monkeypatch.setattr("truto_tickets_nb.api.client.Client.wait", lambda self, error, attempt: False)


def is_usable(error, count):
    """Tell whether an error carries a snapshot of so many tickets that says it is incomplete, and can be planned and saved with."""
    snapshot = error.snapshot
    assert len(snapshot) == count
    assert snapshot.notes[0].startswith(f"Incomplete: the load stopped after {count} tickets")
    assert "Incomplete" in repr(snapshot)
    assert str(count) in str(error)
    assert ".snapshot" in str(error)
    df = snapshot.frame()
    df.iloc[0, df.columns.get_loc("name")] = "edited"
    plan = snapshot.plan(df)
    return (len(plan), plan.blocking) == (1, ()) and len(snapshot.draft().set("name", "x").plan()) == count


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("error_500", ServerTrouble),
        ("error_502", ServerTrouble),
        ("html", NoAnswer),
        ("empty", NoAnswer),
        ("lost_after", NoAnswer),
        ("lost_midway", NoAnswer),
        ("revoked", TokenRefused),
        ("needs_reauth", NeedsReauth),
        ("cursor_repeats", ServerTrouble),
    ],
)
def test_load_that_fails_for_good_keeps_what_it_has(hasty, fault, kind):
    """Whatever ends a load in the middle, the error of its own kind carries the tickets that came before it."""
    with tt.sandbox("jira", tickets=300, limit=None) as account:
        turns = tuple(range(3, 200)) if "repeats" not in fault else tuple(range(2, 200))
        account.sandbox.faults(**{fault: {"turns": turns, "on": "LIST"}})
        with pytest.raises(kind) as caught:
            account.load(progress=False)
        assert is_usable(caught.value, 200 if "repeats" not in fault else len(caught.value.snapshot))
        assert len(caught.value.snapshot) >= 100


def test_load_that_fails_at_once_has_nothing(hasty):
    """Where nothing came, there is no snapshot, and the error is just what it is."""
    with tt.sandbox("jira", tickets=300, limit=None) as account:
        account.sandbox.faults(revoked={"turns": tuple(range(1, 50)), "on": "LIST"})
        with pytest.raises(TokenRefused) as caught:
            account.load(progress=False)
        assert caught.value.snapshot is None
        assert "snapshot" not in str(caught.value)


def test_failed_load_asks_nothing_more(hasty):
    """After a failure the account is asked nothing else: the next question would fail as well, and lose what there is."""
    with tt.sandbox("jira", tickets=300, limit=None) as account:
        account.sandbox.faults(revoked={"turns": (2,), "on": "LIST"})
        with pytest.raises(TokenRefused):
            account.load(progress=False)
        assert [seen.path.rpartition("/")[2] for seen in account.sandbox.requests()][-2:] == ["tickets", "tickets"]


def test_token_that_ends_after_the_last_page_keeps_all(hasty, monkeypatch):
    """Where the tickets are all there and only the account's own lists fail for good, the error carries every ticket."""
    with tt.sandbox("jira", tickets=120, limit=None) as account:

        def refuse(*_args, **_kwargs):
            raise TokenRefused("no")

        monkeypatch.setattr(account._client, "companions", refuse)
        with pytest.raises(TokenRefused) as caught:
            account.load(progress=False)
        assert len(caught.value.snapshot) == 120
        assert len(caught.value.snapshot.draft().set("name", "x").plan()) == 120


def test_partial_list_keeps_what_was_completed(hasty):
    """A load that completes each ticket by a request of its own keeps those that were completed before the failure."""
    with tt.sandbox("freshdesk", tickets=60, limit=None) as account:
        last = account.sandbox.tickets()[40]["id"]
        account.sandbox.faults(revoked={"tickets": (last,), "on": "GET"})
        with pytest.raises(TokenRefused) as caught:
            account.load(progress=False)
        count = len(caught.value.snapshot)
        assert 30 <= count <= 40  # those beside it that were on their way fail with it
        assert is_usable(caught.value, count)


def test_ids_keep_what_was_fetched(hasty):
    """A load of tickets by id keeps those that came before the failure."""
    with tt.sandbox("jira", tickets=30, limit=None) as account:
        wanted = [found["id"] for found in account.sandbox.tickets()]
        account.sandbox.faults(needs_reauth={"tickets": (wanted[20],), "on": "GET"})
        with pytest.raises(NeedsReauth) as caught:
            account.load(ids=wanted, progress=False)
        there = list(caught.value.snapshot.frame().index)
        assert (there, len(there) > 10) == (wanted[: len(there)], True)


def paged(monkeypatch, account, pages):
    """Let the list of tickets come as these pages; an error among them is raised."""
    rest = iter(pages)

    def page(query, cursor=None, *, resource="tickets"):
        found = next(rest)
        if isinstance(found, BaseException):
            raise found
        return found

    monkeypatch.setattr(account._client, "page", page)
    monkeypatch.setattr(account._client, "companions", lambda *_args, **_kwargs: [])


def page_of(records, cursor):
    return Page(records, cursor, is_partial=False)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), NotAllowed("no"), RuntimeError("a bug"), MemoryError()])
def test_whatever_is_raised_carries_what_there_is(monkeypatch, error):
    """Ctrl-C, an error of the API and an error of the program alike lose no page."""
    with tt.sandbox("jira", tickets=3, limit=None) as account:
        paged(monkeypatch, account, [page_of([ticket(1), ticket(2)], "c1"), error])
        with pytest.raises(LoadInterrupted if isinstance(error, KeyboardInterrupt) else type(error)) as caught:
            account.load(progress=False)
        assert is_usable(caught.value, 2)


def test_second_interrupt_loses_nothing(monkeypatch):
    """Who presses Ctrl-C again while the lists of choices are fetched still gets the tickets."""
    with tt.sandbox("jira", tickets=3, limit=None) as account:
        paged(monkeypatch, account, [page_of([ticket(1), ticket(2)], "c1"), KeyboardInterrupt()])
        monkeypatch.setattr(account._metadata, "facts", lambda: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(LoadInterrupted) as caught:
            account.load(progress=False)
        assert is_usable(caught.value, 2)


@pytest.mark.parametrize(
    "identity", ["no id", None, "", " ", True, 7.5, ["1"], {"id": "1"}]
)  # fmt: skip
def test_row_without_an_id_is_left_out_and_said(monkeypatch, identity):
    """Nothing could be sent for a row whose id is none: it is left out, and a note says on which page; the others are loaded."""
    record = {"name": "no id"} if identity == "no id" else {"id": identity, "name": "x"}
    with tt.sandbox("jira", tickets=3, limit=None) as account:
        paged(monkeypatch, account, [page_of([ticket(1)], "c1"), page_of([ticket(2), record], None)])
        snapshot = account.load(progress=False)
        assert list(snapshot.frame().index) == ["1", "2"]
        assert "Page 2: 1 rows have no id and were left out" in " ".join(snapshot.notes)


@pytest.mark.parametrize("records", [[ticket(1), ticket(2)], []])
def test_list_that_never_ends_is_given_up(monkeypatch, records):
    """A list whose cursors go on and on and bring nothing new is stopped after a few dozen pages, with what it has."""
    with tt.sandbox("jira", tickets=3, limit=None) as account:
        pages = [page_of([ticket(1), ticket(2)], "c"), *(page_of(records, f"c{n}") for n in range(1000))]
        paged(monkeypatch, account, pages)
        with pytest.raises(ServerTrouble, match="does not end") as caught:
            account.load(progress=False)
        assert is_usable(caught.value, 2)


def test_a_few_empty_pages_are_no_end(monkeypatch):
    """Pages without a ticket in between, as tools answer that filter page by page, are gone through."""
    with tt.sandbox("jira", tickets=3, limit=None) as account:
        gap = [page_of([], f"c{n}") for n in range(30)]
        paged(monkeypatch, account, [page_of([ticket(1)], "a"), *gap, page_of([ticket(2)], None)])
        assert len(account.load(progress=False)) == 2


def test_ids_and_fields():
    """ids=[] loads nothing, one id or one field may be given bare, and an id may be a number."""
    with tt.sandbox("gorgias", tickets=[ticket(n) for n in (1, 2, 12)], limit=None) as account:
        assert len(account.load(ids=[], progress=False)) == 0
        assert list(account.load(ids="12", progress=False).frame().index) == ["12"]
        assert list(account.load(ids=12, progress=False).frame().index) == ["12"]
        assert "name" in account.load(fields="description", progress=False).frame()


# dates

FORMS = {
    "2026-01-02T10:00:00.1234567Z": "2026-01-02T10:00:00.123456Z",
    "2026-01-02T10:00:00.123456789Z": "2026-01-02T10:00:00.123456Z",
    "2026-01-02T10:00:00,5Z": "2026-01-02T10:00:00.500Z",
    "9999-01-01T00:00:00Z": "9999-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z": "9999-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00Z": "0001-01-01T00:00:00Z",
    "1600-02-29T12:00:00Z": "1600-02-29T12:00:00Z",
    "2016-12-31T23:59:60Z": "2017-01-01T00:00:00Z",
    "2026-01-01T24:00": "2026-01-02T00:00:00Z",
    "2026-01-01T24:00:00.000Z": "2026-01-02T00:00:00Z",
    "2026-01-02T10:00:00+0530": "2026-01-02T04:30:00Z",
    "2026-01-02T10:00:00-08": "2026-01-02T18:00:00Z",
    "2026-01-02t10:00:00z": "2026-01-02T10:00:00Z",
    " 2026-01-02 10:00:00 +02:00 ": "2026-01-02T08:00:00Z",
    "2026-01-02T10:00": "2026-01-02T10:00:00Z",
    "2026-01-02 10:00 UTC": "2026-01-02T10:00:00Z",
    "20260102T101010Z": "2026-01-02T10:10:10Z",
    "2026-W05-2": "2026-01-27T00:00:00Z",
}
NONE = ["soon", "2026-02-30", "2026-01-01T24:01Z", "2026-01-01T25:00Z", "10000-01-01T00:00:00Z", "1735689600", "0001-01-01T00:00:00+02:00", "2026-13-01T00:00:00Z"]  # fmt: skip


def column(values):
    columns = Columns()
    columns.add([ticket(n, completed_at=value) for n, value in enumerate(values)])
    return columns.table()


def test_each_form_of_a_date_is_read_whatever_stands_beside_it():
    """All of them in one column are read, to the microsecond, by the column and by the comparison alike."""
    table = column(list(FORMS))
    read = table.frame["completed_at"]
    assert read.dtype == "datetime64[us, UTC]"
    wanted = [np.datetime64(text.removesuffix("Z")) for text in FORMS.values()]
    assert read.dt.tz_localize(None).to_numpy().tolist() == [when.astype("datetime64[us]").item() for when in wanted]
    for text, cell in zip(FORMS, read, strict=True):
        single = parse_iso(text)
        assert pd.to_datetime(single, utc=True) == cell


@pytest.mark.parametrize("odd", NONE)
def test_one_odd_value_changes_nothing_else(odd):
    """What is no date is empty in the frame and said, keeps its own text, and never makes text of the others, or instants of days."""
    for values, dtype in (
        (["2026-01-31", odd, None], "datetime64[us]"),
        (["2026-01-31T10:00:00Z", odd, None], "datetime64[us, UTC]"),
    ):
        table = column(values)
        assert table.frame["completed_at"].dtype == dtype
        assert table.frame["completed_at"].isna().tolist() == [False, True, True]
        assert "1 values are no ISO 8601 dates" in " ".join(table.notes)
        assert table.record(1)["completed_at"] == odd


def test_odd_dates_are_never_edits():
    """A ticket whose date can't be shown is edited in another field alone, and an untouched frame stays an empty plan."""
    days = ["2026-01-02T10:00:00.1234567Z", "9999-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "2016-12-31T23:59:60Z"]
    with tt.sandbox(
        "azuredevops", tickets=[ticket(n, completed_at=day) for n, day in enumerate(days)], limit=None
    ) as account:
        snapshot = account.load(progress=False)
        assert snapshot.frame()["completed_at"].notna().all()
        assert len(snapshot.plan(snapshot.frame())) == 0
        assert {tuple(patch.body) for patch in snapshot.plan(snapshot.frame().assign(name="x"))} == {("name",)}


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(st.tuples(st.datetimes(), st.sampled_from(["Z", "+00:00", "-05:30", "+0900", ""]), st.sampled_from(["", "0", "7", "000", "1234567"])), min_size=1, max_size=6)
)  # fmt: skip
def test_column_and_comparison_read_alike(parts):
    """Whatever dates stand in a column, each is read as it is read alone."""
    texts = [
        f"{when.isoformat()}{'.' + extra if extra and not when.microsecond else ''}{zone}"
        for when, zone, extra in parts
    ]
    for text, cell in zip(texts, column(texts).frame["completed_at"], strict=True):
        alone = parse_iso(text)
        assert alone is not None
        if pd.isna(cell):  # in UTC it lies before the year 1 or behind the year 9999
            with pytest.raises(OverflowError):
                alone.astimezone(UTC)
        else:
            assert cell == pd.Timestamp(alone)


def test_many_dates_are_read_fast():
    """A hundred thousand dates take well under a second, distinct or not."""
    values = [
        f"2026-01-{1 + n % 28:02d}T{n % 24:02d}:{n // 24 % 60:02d}:{n % 60:02d}.{n % 1000:03d}Z" for n in range(100_000)
    ]
    start = time.perf_counter()
    column(values)
    assert time.perf_counter() - start < 5


# no tickets


def test_empty_load_goes_through_every_door(tmp_path):
    """No tickets make a frame with all columns and their types, an empty plan, a draft, files, and a snapshot that is read back."""
    with (
        tt.sandbox("jira", tickets=[ticket(1)], limit=None) as full,
        tt.sandbox("jira", tickets=0, limit=None) as account,
    ):
        snapshot, like = account.load(progress=False), full.load(progress=False)
        df = snapshot.frame()
        assert len(snapshot) == 0
        assert list(df.columns) == list(like.frame().columns)
        assert {name: str(kind) for name, kind in df.dtypes.items() if str(kind) != "datetime64[us]"}.items() <= {
            name: str(kind) for name, kind in like.frame().dtypes.items()
        }.items()
        assert (df.index.dtype, df.index.name) == (like.frame().index.dtype, "id")
        draft = snapshot.draft()
        draft.tidy("name", "title").map("status", {"Open": "Done"}).add(
            "tags", "x", where=tt.Filter.where("status", "is", "open")
        ).set("priority", "High").shift("due_date", days=1).clear("team")
        for plan in (snapshot.plan(df), draft.plan(), snapshot.plan(draft.recipe()), snapshot.draft().take(df).plan()):
            assert (len(plan), plan.blocking) == (0, ())
        snapshot.to_excel(tmp_path / "a.xlsx")
        assert openpyxl.load_workbook(tmp_path / "a.xlsx")["tickets"].max_row == 1
        snapshot.to_csv(tmp_path / "a.csv")
        assert len(snapshot.plan(snapshot.read_excel(tmp_path / "a.xlsx"))) == 0
        assert len(snapshot.plan(snapshot.read_csv(tmp_path / "a.csv"))) == 0
        snapshot.save(tmp_path / "a.jsonl.gz")
        again = tt.open_snapshot(tmp_path / "a.jsonl.gz")
        assert again.frame().dtypes.to_dict() == df.dtypes.to_dict()
        assert repr(snapshot).startswith("0 tickets")
        assert len(account.apply(snapshot.plan(df), confirm=0, progress=False).outcomes) == 0
        account.load(progress=False, status="Open", created_at={"gt": "2026-01-01"})
        for form in (tt.BulkForm(snapshot.draft()), tt.History(snapshot.draft())):
            form.close()
