"""Filters of a load: they compare numbers, dates, names and texts rightly, or are refused; a server is blamed only for what it did."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import truto_tickets_nb as tt
from truto_tickets_nb.errors import SetupError
from truto_tickets_nb.loading.server_filters import Filters

NAIVE = datetime(2026, 1, 31, 23, 45, tzinfo=UTC).replace(tzinfo=None)
YEARS = [datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (2, 9998)]
INSTANTS = {"1": "2026-01-31T23:30:00Z", "2": "2026-02-01T00:30:00+01:00", "3": "2026-02-01T00:00:00.000Z", "4": "2026-02-01T10:00:00.1234567Z"}  # fmt: skip


def ticket(key, **fields):
    return {"id": str(key), "name": f"Ticket {key}", "status": {"id": "o", "name": "Open"}, "tags": [], **fields}


def ids(account, **filters):
    return sorted(account.load(progress=False, **filters).frame().index, key=int)


@pytest.fixture(scope="module")
def numbered():
    rows = [ticket(n, number=str(n * 10)) for n in range(1, 11)]
    rows += [ticket(11, number=None), ticket(12, number="INC-7"), ticket(13, number=str(2**60 + 7))]
    with tt.sandbox("gorgias", tickets=rows, limit=None) as account:
        yield account


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"gt": 50}, [6, 7, 8, 9, 10, 13]),
        ({"gt": "50"}, [6, 7, 8, 9, 10, 13]),
        ({"gte": 50.0, "lt": 100}, [5, 6, 7, 8, 9]),
        ({"gt": 89.5, "lte": 100}, [9, 10]),
        ({"lt": -1}, []),
        ({"gt": 2**60 + 6, "lt": 2**60 + 8}, [13]),
        ({"gt": 2**60 + 7}, []),
        (70, [7]),
        ("70", [7]),
        ([70, "100"], [7, 10]),
        ({"in": ["70", 100]}, [7, 10]),
        ("inc-7", [12]),
        ({"ne": 70, "lt": 80}, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_numbers_compare_as_numbers(numbered, asked, found):
    """A number that is kept as text is greater than 50 where it is greater than 50; the server is not blamed."""
    snapshot = numbered.load(progress=False, number=asked)
    assert sorted(map(int, snapshot.frame().index)) == found
    assert not any("ignored" in note for note in snapshot.notes)


def test_order_of_numbers_is_never_left_to_the_tool(numbered):
    """A tool that compares numbers as text would drop 100 from what is greater than 50: that filter does not go out, and this is said."""
    snapshot = numbered.load(progress=False, number={"gt": 50}, limit=2)
    lists = [seen for seen in numbered.sandbox.requests() if seen.path.endswith("/tickets")]
    assert "number" not in str(lists[-1])
    assert "number={'gt': 50} was applied here" in snapshot.notes[0]
    assert len(snapshot) == 2


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"gt": "2026-02-01"}, [4]),
        ({"gte": "2026-02-01"}, [3, 4]),
        ({"lt": "2026-02-01"}, [1, 2]),
        ({"lte": "2026-01-31T23:30:00Z"}, [1, 2]),
        ({"lte": "2026-02-01T00:30:00+01:00"}, [1, 2]),
        ({"gt": NAIVE}, [3, 4]),
        ({"gt": datetime(2026, 2, 1, 0, 45, tzinfo=timezone(timedelta(hours=1)))}, [3, 4]),
        ({"gt": pd.Timestamp("2026-01-31T23:45Z"), "lt": pd.Timestamp("2026-02-01T09:00:00Z")}, [3]),
        ({"gte": date(2026, 2, 1)}, [3, 4]),
        ("2026-02-01", [3, 4]),
        (date(2026, 1, 31), [1, 2]),
        ({"eq": "2026-02-01"}, [3, 4]),
        ({"ne": "2026-02-01"}, [1, 2]),
        ({"in": ["2026-01-31", "2026-03-01"]}, [1, 2]),
        ({"gt": "2026-01-31T23:00:00Z", "lt": "2026-01-31T23:10:00Z"}, []),
        ({"gte": "2026-W05-7"}, [3, 4]),
    ],
)
@pytest.mark.parametrize("ignored", [(), ("created_at", "completed_at", "due_date")])
@pytest.mark.parametrize("field", ["created_at", "completed_at", "due_date"])
def test_dates_compare_as_instants(field, asked, found, ignored):
    """Instants compare whatever their zone and form, a day begins at midnight UTC; with a server that filters and with one that does not."""
    rows = [ticket(key, **{field: value}) for key, value in INSTANTS.items()]
    with tt.sandbox("gorgias", tickets=rows, limit=None, ignored_filters=ignored) as account:
        assert ids(account, **{field: asked}) == list(map(str, found))


def test_days_and_instants_in_one_column_compare():
    """A day without a time is its midnight in UTC; a ticket without a date matches no comparison."""
    rows = [ticket(1, due_date="2026-01-31"), ticket(2, due_date="2026-02-01"), ticket(3, due_date=None), ticket(4, due_date="2026-01-31T10:00:00Z")]  # fmt: skip
    with tt.sandbox("gorgias", tickets=rows, limit=None) as account:
        assert ids(account, due_date={"lte": "2026-01-31"}) == ["1"]
        assert ids(account, due_date="2026-01-31") == ["1", "4"]
        assert ids(account, due_date={"ne": "2026-01-31"}) == ["2", "3"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"name": "REFUND e\u0301t\u00e9"}, ["1"]),
        ({"name": ["refund \u00e9t\u00e9", "Other"]}, ["1", "2"]),
        ({"name": {"ne": "other"}}, ["1", "3"]),
        ({"status": "open"}, ["1", "2"]),
        ({"status": {"id": "s1"}}, ["1", "2"]),
        ({"status": {"name": "done"}}, ["3"]),
        ({"status": {"ne": "OPEN"}}, ["3"]),
        ({"status": {"in": ["Done", "s1"]}}, ["1", "2", "3"]),
        ({"tags": "billing"}, ["1"]),
        ({"tags": ["vip", "none"]}, ["1", "2"]),
        ({"tags": {"ne": "VIP"}}, ["3"]),
        ({"tags": {"id": "t2"}}, ["1", "2"]),
    ],
)
def test_names_texts_and_flags_compare(filters, found):
    """Names and texts are equal in any capitals and either form of Unicode, by name or by id; one member of a set is enough."""
    tags = [{"id": "t1", "name": "Billing"}, {"id": "t2", "name": "vip"}]
    opened, done = {"id": "s1", "name": "Open"}, {"id": "s2", "name": "Done"}
    rows = [
        ticket(1, name="Refund \u00e9t\u00e9", status=opened, tags=tags),
        ticket(2, name="other", status=opened, tags=tags[1:]),
        ticket(3, name="third", status=done),
    ]
    with tt.sandbox("gorgias", tickets=rows, limit=None, ignored_filters=("name", "status")) as account:
        assert ids(account, **filters) == found


def test_flags_and_words_compare():
    """Yes and no compare as such, however they are given; one word of a set is enough."""
    record = {"is_unread": True, "languages": ["de", "EN"]}
    for asked in (
        {"is_unread": True},
        {"is_unread": "True"},
        {"is_unread": {"ne": False}},
        {"languages": "en"},
        {"languages": ["fr", "de"]},
    ):
        assert Filters.of(asked).misfit(record) == ""
    for asked in ({"is_unread": False}, {"languages": "fr"}, {"languages": {"ne": "DE"}}):
        assert Filters.of(asked).misfit(record) != ""


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ({"stauts": "open"}, "Did you mean status"),
        ({"colour_of_the_sky": "blue"}, "There are: name"),
        ({"tags": {"gt": "a"}}, "holds names, which have no order"),
        ({"status": {"lte": "Open"}}, "It takes: eq, ne, in, id, name"),
        ({"name": {"gt": "M"}}, "orders texts in its own way"),
        ({"is_unread": {"gt": True}}, "yes or no"),
        ({"is_unread": "perhaps"}, "neither true nor false"),
        ({"created_at": {"like": "2026"}}, "no operator like"),
        ({"created_at": {"id": "2026-01-01"}}, "makes no sense"),
        ({"created_at": "soon"}, "'soon' is no date"),
        ({"due_date": {"gt": "2026-02-30"}}, "is no date"),
        ({"due_date": {"in": ["2026-01-31", "x"]}}, "'x' is no date"),
        ({"due_date": pd.NaT}, "no value to compare with"),
        ({"due_date": 1735689600}, "is no date"),
        ({"number": {"gt": "many"}}, "is no number"),
        ({"number": {"gt": float("nan")}}, "no value to compare with"),
        ({"number": {"gt": True}}, "is no number"),
        ({"number": {"gt": [1, 2]}}, "takes one value"),
        ({"status": None}, "df\\[df\\['status'\\].isna"),
        ({"status": ""}, "no value to compare with"),
        ({"status": " "}, "no value to compare with"),
        ({"status": {}}, "compares with nothing"),
        ({"status": {"in": []}}, "at least one value"),
        ({"status": {"eq": {"id": "1"}}}, "no value to compare with"),
        ({"custom_fields.region": "EU"}, "no filter by custom fields"),
        ({"custom_fields": {"region": "EU"}}, "no filter by custom fields"),
        ({"html_description": "x"}, "can't be filtered by"),
    ],
)
def test_what_can_not_be_compared_is_refused_before_a_request(numbered, filters, told):
    """An unknown field, a comparison that makes no sense and a value that is none are errors, with what to do; nothing is asked."""
    before = len(numbered.sandbox.requests())
    with pytest.raises(SetupError, match=told):
        numbered.load(progress=False, **filters)
    assert len(numbered.sandbox.requests()) == before


def test_who_is_blamed():
    """A filter that was ignored is said so; tickets asked for by id, and texts that a tool searches in its own way, blame nobody."""
    rows = [ticket(1), ticket(2, status={"id": "d", "name": "Done"})]
    with tt.sandbox("gorgias", tickets=rows, limit=None, ignored_filters=("status", "name")) as account:
        assert "The server ignored the filter status=Done" in account.load(progress=False, status="Done").notes[0]
        assert (
            "1 of the tickets asked for by id do not match status=Done"
            in account.load(progress=False, status="Done", ids=["1", "2"]).notes[0]
        )
        assert (
            "that the server answered do not match name=Ticket 1"
            in account.load(progress=False, name="Ticket 1").notes[0]
        )
        assert account.load(progress=False, status={"in": ["Done", "Open"]}).notes == ()


def test_misspelt_name_is_told():
    """A filter by a name that the account's own list does not hold matches nothing, and the note says which name may be meant."""
    with tt.sandbox("jira", tickets=20, limit=None) as account:
        assert "Did you mean 'Done'" in account.load(progress=False, status="Dnoe").notes[0]
        assert "Did you mean 'Done'" in account.load(progress=False, status={"in": ["Dnoe"]}).notes[0]
        assert account.load(progress=False, status="Done").notes == ()


def test_filter_is_checked_though_its_field_was_not_asked_for():
    """A load of few columns still loads those by which it is filtered: otherwise nobody could see that a filter was ignored."""
    rows = [ticket(1), ticket(2, status={"id": "d", "name": "Done"})]
    with tt.sandbox("gorgias", tickets=rows, limit=None, ignored_filters=("status",)) as account:
        frame = account.load(progress=False, fields="description", status="Done").frame()
        assert list(frame.index) == ["2"]
        assert "status" in frame


def test_filter_of_a_field_that_no_ticket_has():
    """Where tickets come without the field, the server's choice stands and this is said; an order of numbers matches none."""
    filters = Filters.of({"team": "x", "number": {"gt": 5}})
    assert (filters.misfit({"id": "1"}), filters.misfit({"id": "1"}, partial=True)) == ("number", "")
    assert list(filters.unchecked({"id": "1", "number": "7"})) == ["team"]
    assert filters.misfit({"id": "1", "number": "7"}) == ""


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(-(2**70), 2**70), st.integers(-(2**70), 2**70), st.sampled_from(["gt", "gte", "lt", "lte"]))
def test_order_of_numbers_is_the_order_of_numbers(value, limit, sign):
    """Whatever two whole numbers are, as text or not, they compare as themselves."""
    right = {"gt": value > limit, "gte": value >= limit, "lt": value < limit, "lte": value <= limit}[sign]
    for held, asked in ((value, limit), (str(value), limit), (str(value), str(limit))):
        assert (Filters.of({"number": {sign: asked}}).misfit({"number": held}) == "") is right


@settings(max_examples=examples(60), deadline=None)
@given(
    st.datetimes(*YEARS),
    st.datetimes(*YEARS),
    st.integers(-12, 14),
    st.sampled_from(["gt", "gte", "lt", "lte"]),
)
def test_order_of_dates_is_the_order_of_instants(value, limit, hours, sign):
    """Whatever two instants are, in whatever zone they are written, they compare as instants."""
    right = {"gt": value > limit, "gte": value >= limit, "lt": value < limit, "lte": value <= limit}[sign]
    held = value.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=hours))).isoformat()
    for asked in (limit, limit.isoformat(), f"{limit.isoformat()}Z", limit.replace(tzinfo=UTC)):
        assert (Filters.of({"created_at": {sign: asked}}).misfit({"created_at": held}) == "") is right
