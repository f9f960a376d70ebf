"""What an account tells at run time: it wins, it is marked, it is kept for an hour, and it can be looked at."""

from __future__ import annotations

import httpx
import orjson
import pandas as pd
import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.api.account_models import Meta
from truto_tickets_nb.api.client import Client
from truto_tickets_nb.api.throttle import Throttle
from truto_tickets_nb.errors import PlanError
from truto_tickets_nb.integrations.profile import profile, slugs
from truto_tickets_nb.integrations.request_rate import pace
from truto_tickets_nb.loading.account_metadata import HOUR, AccountMetadata
from truto_tickets_nb.loading.account_profile import AccountProfile
from truto_tickets_nb.loading.column_info import about
from truto_tickets_nb.plans.account_schema import AccountSchema


def asked(account, start=0):
    return [seen.path.rpartition("/")[2] for seen in account.sandbox.requests()[start:] if "tickets/1" not in seen.path]


def test_learnt_once_and_kept_for_an_hour(account):
    """The second look asks nothing, an hour later everything is asked anew, and refresh() forgets at once."""
    now = [0.0]
    known = AccountMetadata(account._client, profile("jira"), clock=lambda: now[0])
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
        takes = snapshot.fields().loc["status", "takes"]
        source = {"list": None, "schema": "from the account's schema", "seen": "only seen in loaded tickets"}[origin]
        assert (takes[takes.index("(") :] if "(" in takes else None) == (source and f"({source})")
        assert set(snapshot.choices["ticket_status"].names()) <= set(takes.partition(" (")[0].split(", "))
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
        assert [note for note in map(str, plan.notes) if "own workspace, or collections unchanged" in note]
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


class FakeAccount:
    """Play an account whose answers can be changed between two questions: path -> (status, JSON)."""

    def __init__(self, **answers):
        self.answers, self.asked = answers, []

    def __call__(self, request):
        name = request.url.path.rpartition("/")[2]
        self.asked.append(name)
        status, found = self.answers.get(name, (404, {"message": "nothing here"}))
        return httpx.Response(status, json=found)

    def known(self, slug="jira"):
        budget = Throttle(size=0, sleep=lambda _seconds: None)
        client = Client(
            "canary-token", "acc", "https://x.example", transport=httpx.MockTransport(self), budget=budget, tries=1
        )
        return AccountMetadata(client, profile(slug))


USERS = {"result": [{"id": "1", "name": "Ada Osei"}], "next_cursor": None}
UPDATE = {"request_body_schema": {"type": "object", "properties": {"name": {}, "status": {}}}}
CAPABILITIES = {"unified": [{"model": "ticketing", "resource": "tickets", "methods": ["list", "update"]}]}


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 408])
def test_transient_failure_is_not_remembered(status):
    """What failed only for the moment is said, asked for again with the next load, and then known; nothing else is asked twice."""
    failure = (status, {"message": "not now", "truto_error_insight": {"rate_limit_error": {}}})
    told = FakeAccount(users=failure, update=failure, capabilities=(200, CAPABILITIES))
    known = told.known()
    first = known.facts()
    assert [note for note in first.notes if "list of users" in note and "asked for again" in note]
    assert [note for note in first.notes if "schema of updates" in note and "asked for again" in note]
    assert (first.learnt.writable, first.choices["users"].items) == (None, ())
    told.answers.update(users=(200, USERS), update=(200, UPDATE))
    told.asked.clear()
    second = known.facts()
    assert sorted(told.asked) == ["update", "users"]
    assert (second.notes, second.learnt.writable) == ([], {"name", "status"})
    assert [choice.name for choice in second.choices["users"].items] == ["Ada Osei"]
    told.asked.clear()
    known.facts()
    assert told.asked == []


@pytest.mark.parametrize("status", [404, 405])
def test_what_there_is_not_is_remembered(status):
    """An account that has no such list or schema is not asked for it again within the hour, and no load talks of it."""
    told = FakeAccount()
    told.answers = dict.fromkeys(("users", "update", "list", "capabilities"), (status, {"message": "no such thing"}))
    known = told.known()
    first = known.facts()
    told.asked.clear()
    assert (known.facts().notes, first.notes, told.asked) == ([], [], [])
    assert "The account does not tell its schema of updates." in first.learnt.notes


ODD = [
    None, [], "odd", 7, {"request_body_schema": "odd"}, {"request_body_schema": {"properties": "odd", "required": "name"}},
    {"request_body_schema": {"properties": {"status": {"items": ["odd"]}}, "anyOf": [7, {"required": 7}]}}, {"query_schema": [1]},
    {"query_schema": {"required": {"a": 1}, "properties": 3}}, {"response_mapping": 7}, {"response_mapping": ["id"]}, {"response_mapping": "{"},
    {"default_query": 7}, {"default_body": ["a"]}, {"before": "odd", "after": {"a": 1}}, {"before": [None], "after": None},
    {"unified": "odd"}, {"unified": [7, {"model": 7}]}, {"unified": [{"model": "ticketing", "resource": "tickets", "methods": 7}]},
    {"unified": [{"model": "ticketing", "resource": "tickets", "methods": [{"a": 1}, 7], "env_overridden": "perhaps"}], "account": 7},
    {"result": [{"id": "1", "name": "x", "options": 7}, {"name": ["odd"]}]},
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=map(str, range(len(ODD))))
def test_odd_schemas_cost_a_note_and_never_the_load(odd):
    """JSON that nobody documents may take any form: what can't be read is left open, and everything else is still known."""
    told = FakeAccount(users=(200, USERS), **dict.fromkeys(("update", "list", "capabilities", "fields"), (200, odd)))
    facts = told.known("zendesk").facts()
    assert [choice.name for choice in facts.choices["users"].items] == ["Ada Osei"]
    assert not facts.learnt.overridden


@pytest.mark.parametrize("overridden", [True, False, None, "true", "odd"])
def test_changed_mapping_is_found_in_the_capabilities(overridden):
    """`env_overridden: true` of the tickets lowers what is documented to an assumption; of another resource it means nothing here."""
    tickets = {"model": "ticketing", "resource": "tickets", "methods": ["update"], "env_overridden": overridden}
    others = [
        {**tickets, "resource": "users", "env_overridden": True},
        {**tickets, "model": "crm", "env_overridden": True},
    ]
    learnt = FakeAccount(capabilities=(200, {"unified": [*others, tickets]})).known().learnt()
    assert learnt.overridden is (overridden in (True, "true"))
    assert learnt.applied_to(profile("jira")).fact("assignees").is_documented is not learnt.overridden


@pytest.mark.parametrize(
    ("mapping", "readable"),
    [
        ({"id": "$.id", "name": "$.title"}, {"id", "name"}),
        ({"id": "$.id", "custom_fields.region": "$.region"}, {"id", "custom_fields"}),
        ('{"id": "x", "status": {"id": "y", "name": "z"}}', {"id", "status"}),
        ('{ "id": $string(id), "name": title, "status": { "id": state } }', {"id", "name", "status"}),
        ('$merge([{ "id": id, "name": title }, fields])', None),
        ({"result": {"id": "x"}}, None),
        ("$mapTicket(response)", None),
        ("", None),
        (None, None),
    ],
)
def test_what_can_be_read_back(mapping, readable):
    """The mapping of answers names the fields that can be read back; one that does not tell leaves it open."""
    assert Meta(response_mapping=mapping).readable == readable


def test_what_goes_along_unseen_and_what_it_costs():
    """Defaults of the mapping are shown, its steps are counted in the pace, and a saved snapshot keeps both."""
    meta = {
        **UPDATE,
        "default_query": {"expand": "all"},
        "default_body": {},
        "before": [{"name": "find"}],
        "after": [{}],
    }
    learnt = FakeAccount(update=(200, meta)).known().learnt()
    assert (learnt.unseen, learnt.steps) == ((("query", '{"expand":"all"}'),), 2)
    assert AccountSchema.of_json(orjson.loads(orjson.dumps(learnt.to_json()))) == learnt


def test_pace_counts_the_steps_of_an_update():
    """Where one PATCH makes three calls of the vendor, fewer of them go out in a window."""
    told = FakeAccount(update=(200, {**UPDATE, "before": [{}, {}]}))
    known = told.known("trello")
    known._client.budget = Throttle(50, 10.0)
    known.learnt()
    assert (known._client.budget.size, pace(profile("trello"))) == (45, "90;w=10")


def test_page_of_an_account_whose_mapping_was_changed():
    """The page says that what is documented may not hold, and names nothing as documented."""
    learnt = AccountSchema(overridden=True, readable=frozenset({"id", "name"}), unseen=(("body", '{"a":1}'),), steps=1)
    page = AccountProfile("acc", learnt.applied_to(profile("jira")), learnt, {})
    text = " ".join(repr(page).split())
    assert "This environment changed Truto's mapping of Jira tickets (env_overridden)" in text
    assert "documented by" not in text
    for words in (
        "what Truto adds to the body of each update",
        "2 calls in the tool",
        "what can't be verified after sending",
    ):
        assert words in text


def test_counts_of_the_page_are_told_as_counts():
    """Truto's page counts who takes assignees and workspace: said where the account itself does not tell, and never a refusal."""
    for slug in slugs():
        for name, count in (("assignees", "23"), ("workspace", "9")):
            column = about(name, profile(slug), AccountSchema(), {})
            assert column.editable
            assert f"counts {count} of the 28" in column.why
