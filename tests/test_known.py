"""What an account tells at run time: it wins, it is marked, it is kept for an hour, and it can be looked at."""

from __future__ import annotations

import pandas as pd
import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.api.schema import Meta
from truto_tickets_nb.errors import PlanError
from truto_tickets_nb.integrations.profile import profile
from truto_tickets_nb.loading.known import HOUR, Known


def asked(account, start=0):
    return [seen.path.rpartition("/")[2] for seen in account.sandbox.requests()[start:] if "tickets/1" not in seen.path]


def test_learnt_once_and_kept_for_an_hour(account):
    """The second look asks nothing, an hour later everything is asked anew, and refresh() forgets at once."""
    now = [0.0]
    known = Known(account._client, profile("jira"), clock=lambda: now[0])
    first = known.choices()
    count = len(account.sandbox.requests())
    assert (known.choices(), known.learnt().methods) == (first, ("list", "get", "update"))
    assert len(account.sandbox.requests()) == count
    now[0] = HOUR + 1
    known.choices()
    assert len(account.sandbox.requests()) > count
    assert sorted(asked(account, count)) == sorted(asked(account, 1)[: len(asked(account, count))])


def test_own_tags_are_asked_for_again(account):
    """After a run, the list of tags is asked for anew: it may hold one more."""
    snapshot = account.load()
    df = snapshot.frame()
    df["tags"] = df["tags"].tickets.add("brand-new", where=["10001"])
    account.apply(snapshot.plan(df), confirm=1)
    assert "brand-new" in account.load().choices["tags"].names()


@pytest.mark.parametrize(
    ("slug", "origin"),
    [("jira", "list"), ("asana", "schema"), ("hive", "seen"), ("todoist", "seen"), ("gorgias", "schema")],
)
def test_statuses_come_from_the_list_else_the_schema_else_the_tickets(slug, origin):
    """Where there is no list, the schema's values do, else those seen in the tickets, and each is marked."""
    with tt.sandbox(slug, tickets=20, limit=None) as account:
        snapshot = account.load()
        assert origin in snapshot.choices["ticket_status"].origins
        words = {"list": "", "schema": "", "seen": "(only seen in loaded tickets)"}[origin]
        assert words in snapshot.fields().loc["status", "takes"]
        column = snapshot.frame()["status"].dropna()
        assert set(column) <= set(snapshot.choices["ticket_status"].names())


def test_schema_of_the_account_wins():
    """Its own required fields and parameters go along, whatever no file knows; the plan says so, and it works."""
    with tt.sandbox("practice", tickets=6, limit=None) as account:
        assert account.learnt().required == ("workspace|collections",)
        snapshot = account.load()
        df = snapshot.frame()
        df["name"] = df["name"].str.strip() + " (seen)"
        plan = snapshot.plan(df)
        assert [note for note in plan.notes if "own workspace, or collections unchanged" in note]
        assert account.apply(plan, confirm=6).counts == {"applied": 6}
        assert {"workspace", "name"} == account.sandbox.requests()[-1].body.keys()


def test_tool_that_nobody_documents_works_from_what_it_tells():
    """Without a profile the account's own word is all there is: it loads, plans, warns, sends and undoes."""
    with tt.sandbox("practice", tickets=6, limit=None) as account:
        assert "Nothing is written down about this tool" in repr(account.profile)
        assert account.profile.columns()["editable"].sum() > 26


def test_outside_the_28_loads_and_says_what_is_missing():
    """Zendesk loads and can be audited; a plan blocks with the reason, and nothing is sent."""
    with tt.sandbox("zendesk", tickets=6, limit=None) as account:
        snapshot = account.load()
        df = snapshot.frame()
        df["name"] = "x"
        plan = snapshot.plan(df)
        assert (len(snapshot), len(plan.blocking), "no update of tickets for Zendesk" in repr(account.profile)) == (
            6,
            1,
            True,
        )
        with pytest.raises(PlanError, match="does not offer the update of Zendesk tickets"):
            account.apply(plan, confirm=6)
        assert len(plan.drop(*plan.blocking)) == 0
        assert not [seen for seen in account.sandbox.requests() if seen.method == "PATCH"]


def test_profile_reads_as_a_page(account):
    """A person reads which columns, which values, what clearing does, who is mailed and how to stop it, and what nobody knows."""
    account.load()
    text, html = repr(account.profile), account.profile._repr_html_()
    for words in (
        "columns you can edit",
        "how the tool empties a field: null",
        "quiet=True sends notifyUsers=false",
        "what nobody documents either",
    ):
        assert words in " ".join(text.split())
        assert all(part in " ".join(html.split()) for part in words.split(": "))
    assert max(map(len, text.splitlines())) <= 80
    assert "<script" not in html


def test_profile_as_tables(account):
    """The same as data: columns with why and what they take, facts with evidence and source."""
    columns, facts = account.profile.columns(), account.profile.facts()
    assert (columns.loc["etag", "editable"], columns.loc["status", "takes"][:5]) == (False, "To Do")
    assert facts.loc["assignees", ["answer", "evidence"]].tolist() == ["one assignee", "documented by the vendor"]
    assert facts.loc["assignees", "source"].startswith("https://")
    assert facts.loc["ended", "evidence"] == "nobody documents it"


def test_integrations_compares_all():
    """One table, 28 rows, and each value with how it is known."""
    found = tt.integrations()
    assert (len(found), found.index.is_unique) == (28, True)
    assert isinstance(found, pd.DataFrame)
    assert found.loc["jira", "quiet"] == "quiet=True sends notifyUsers=false V"
    assert (found[["documented", "assumed", "unknown"]].sum(axis=1).nunique(), found.loc["bitbucket", "ended"]) == (
        1,
        "ended on 2026-08-20 V",
    )


@pytest.mark.parametrize(
    ("schema", "values", "required"),
    [
        ({"properties": {"status": {"enum": ["a", "b", "a"]}}, "required": ["name"]}, ("a", "b"), ("name",)),
        ({"properties": {"status": {"properties": {"id": {"enum": ["a"]}}}}}, ("a",), ()),
        ({"properties": {"status": {"properties": {"name": {"enum": ["b"]}}}}, "oneOf": [{"required": ["x"]}, {"required": ["y"]}]}, ("b",), ("x|y",)),
        ({"properties": {"status": {"items": {"properties": {"name": {"enum": ["c"]}}}}}, "anyOf": [{"required": ["x", "y"]}]}, ("c",), ()),
        ({"properties": {"status": "odd"}, "required": [7, None]}, (), ()),
        ({"properties": []}, (), ()),
    ],
)  # fmt: skip
def test_schemas_of_every_likely_form(schema, values, required):
    """The JSON of schemas is not documented: the likely forms are read, odd ones are no error."""
    meta = Meta(request_body_schema=schema)
    assert (meta.enums.get("status", ()), meta.required) == (values, required)
