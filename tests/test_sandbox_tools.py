"""The practice server plays 28 tools and two more, each by its own data file, many at once, and tells what it assumes."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import subprocess
import sys
import time
from types import SimpleNamespace

import httpx
import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.api.throttle import Throttle
from truto_tickets_nb.sandbox import Sandbox, Sandboxes
from truto_tickets_nb.sandbox.api import accepted_fields
from truto_tickets_nb.sandbox.limits import vendor
from truto_tickets_nb.sandbox.profiles.fields import WRITABLE
from truto_tickets_nb.sandbox.profiles.profiles import PlayedIntegration, playable, played, slugs

TICKETS = "/unified/ticketing/tickets"
KEPT = ("jira", "freshdesk", "microsoftplanner")  # what tests and notebooks already show of them stays
DROPPING = ("helpshift", "surveysparrowticketmanagement", "qualtricscorexm", "solarwindsservicedesk")
PAGE = {
    "id", "name", "number", "assignees", "status", "created_by", "due_date", "description", "workspace", "team", "collections",
    "conversations", "ticket_type", "contact", "additional_contacts", "account", "parent_ticket", "attachments", "tags", "created_at",
    "updated_at", "completed_at", "ticket_url", "priority", "languages", "is_unread", "source", "custom_fields", "etag", "remote_data",
}  # fmt: skip


@pytest.fixture(scope="module")
def many():
    with Sandboxes(tickets=40, integrations=playable(), limit=None) as found:
        yield found


@pytest.fixture(scope="module")
def http_client(many):
    with httpx.Client(base_url=many.url, headers={"Authorization": f"Bearer {many.token}"}, trust_env=False) as found:
        yield found


@pytest.fixture
def call(many, http_client):
    def ask(slug, method, path, *, query=(), **kwargs):
        pairs = [("integrated_account_id", many[slug].account_id), *query]
        return http_client.request(method, path, params=httpx.QueryParams(tuple(pairs)), **kwargs)

    return ask


@pytest.fixture
def send(many, call):
    """Send a PATCH with the query parameters that the tool requires."""

    def patch(slug, ticket, body, *, query=(), **kwargs):
        now = many[slug].ticket(ticket) or {}
        known = {
            "etag": now.get("etag"),
            "workspace_id": (now.get("workspace") or {}).get("id"),
            "ticket_type": (now.get("ticket_type") or {}).get("name"),
        }
        required = [(name, known[name]) for name in played(slug).required_query if name not in dict(query)]
        return call(slug, "PATCH", f"{TICKETS}/{ticket}", query=[*required, *query], json=body, **kwargs)

    return patch


def first(box, keep=lambda row: True):
    return next(row for row in box.tickets() if keep(row))


def same(left, right):
    """Compare two states but for the marks of a write."""
    return [{k: v for k, v in row.items() if k not in ("updated_at", "etag")} for row in (left, right)]


# Which tools, and what their accounts are made of


def test_there_are_28_with_a_profile_and_two_without():
    """Practice Desk and Zendesk are played, and count for nothing."""
    assert len(slugs()) == 28
    assert set(playable()) - set(slugs()) == {"practice", "zendesk"}


@pytest.mark.parametrize(
    ("slug", "seed", "digest"),
    [
        ("jira", 0, "6a28fd917485faa5"),
        ("jira", 4, "be4ea76ed2727f99"),
        ("freshdesk", 0, "a37a074b92b6eafa"),
        ("microsoftplanner", 0, "b72fb39c97bc3bed"),
        ("microsoftplanner", 4, "d8aa592fa99d929f"),
    ],
)
def test_tickets_of_the_first_three_stay_as_they_were(slug, seed, digest):
    """Saved outputs of notebooks depend on them: the same seed gives the very same tickets as ever."""
    box = Sandbox(slug, 300, seed=seed)
    text = json.dumps(box.tickets(), sort_keys=True)
    box.close()
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == digest


@pytest.mark.parametrize("slug", playable())
def test_each_tool_has_the_words_and_texts_of_its_profile(many, slug):
    """What a profile documents goes before what was invented: statuses, types, HTML, dates."""
    profile, rows = played(slug), many[slug].tickets()
    seen = {
        "status_values": {row["status"]["id"] for row in rows if row.get("status")},
        "ticket_type_values": {row["ticket_type"]["id"] for row in rows if row.get("ticket_type")},
        "collection_types": {item["type"] for row in rows for item in row.get("collections", [])},
    }
    for fact, values in seen.items():
        documented = profile.fact(fact, None)
        if documented is not None and slug not in KEPT:
            assert values, f"no ticket shows {fact}"
            assert values <= set(documented)
    if profile.description_format == "html":
        assert all("<" in row["description"] for row in rows if row["description"])
    due = {len(row["due_date"]) for row in rows if "due_date" in row}
    assert due <= {"date": {10}, "none": set()}.get(profile.fact("due_date"), {20})
    assert len(set().union(*rows)) >= (17 if slug in KEPT else 18)


@pytest.mark.parametrize("slug", slugs())
def test_what_a_tool_takes_its_tickets_hold(many, slug):
    """A field that can be written can be read, so that an edit of it can be practised."""
    held = set().union(*many[slug].tickets())
    assert set(played(slug).fact("writable")) - held <= {"html_description", "parent_ticket"}


def test_practice_desk_fills_all_30_fields_of_the_page(many):
    """One tool shows everything that the page names, filled, and an organization besides."""
    full = first(many["practice"], lambda row: all(row.get(name) not in (None, "", []) for name in PAGE))
    assert len(PAGE) == 30
    assert full.keys() == PAGE | {"organization"}


@pytest.mark.parametrize("slug", [slug for slug in playable() if slug != "zendesk"])
def test_writing_back_what_was_read_changes_nothing(many, call, send, slug):
    """A ticket makes the round trip: each field of it alone, and all of them together."""
    for row in many[slug].tickets()[:6]:
        read = call(slug, "GET", f"{TICKETS}/{row['id']}").json()
        body = {name: read[name] for name in WRITABLE if name in read and name != "updated_at"}
        bodies = [{name: value} for name, value in body.items()] if slug != "practice" else []
        for sent in [*bodies[:4], body]:
            assert send(slug, row["id"], sent).status_code == 200
        raw = {
            "remote_data": row["remote_data"]
        }  # the answer holds the tool's whole record, and none of it is stored again
        before, after = same({**read, **raw}, many[slug].ticket(row["id"]))
        assert before == after


# What a PATCH does, by profile


@pytest.mark.parametrize(
    ("slug", "body"),
    [("linear", {"custom_fields": {"x": 1}}), ("wrike", {"tags": [{"name": "x"}]}), ("gorgias", {"description": "x"})],
)
def test_fields_that_the_tool_does_not_take_are_ignored(many, send, slug, body):
    """Schemas are documentation only: what is unknown goes unheard, with a 200."""
    row = first(many[slug])
    assert send(slug, row["id"], body).status_code == 200
    before, after = same(row, many[slug].ticket(row["id"]))
    assert before == after


@pytest.mark.parametrize(
    ("slug", "field", "then"),
    [
        ("teamworkprojectmanagement", "assignees", ["u1", "u2"]),  # replaced
        ("wrike", "assignees", ["u5", "u1", "u2"]),  # merged: nobody goes by being left out
        ("hubspot", "assignees", ["u1"]),  # one only
        ("helpscout", "tags", ["vip"]),  # Truto makes the other call
        ("todoist", "collections", ["7025"]),
        ("asana", "collections", ["1200000000000101"]),  # only at creation
    ],
)
def test_lists_are_written_as_the_tool_has_it(many, send, slug, field, then):
    """Replace, merge, one only, another call, or not at all."""
    there = {"assignees": [{"id": "u5"}], "tags": [{"id": "bug", "name": "bug"}]}
    groups = {"collections": [{"id": "1200000000000101", "type": "project"}]} if slug == "asana" else {}
    wanted = {"assignees": ["u1", "u2"], "tags": ["vip"], "collections": ["7025"]}[field]
    row = many[slug].tickets()[7]["id"]
    many[slug].edit(row, **there, **groups)
    assert send(slug, row, {field: [{"id": identity, "name": identity} for identity in wanted]}).status_code == 200
    assert [item["id"] for item in many[slug].ticket(row)[field]] == then


@pytest.mark.parametrize(
    ("slug", "body", "status"),
    [
        ("linear", {"tags": [{"name": "nowhere"}]}, 422),  # listed: it must exist
        ("todoist", {"tags": [{"name": "two words"}]}, 200),  # free: it is made
        ("jira", {"tags": [{"name": "two words"}]}, 422),
        ("todoist", {"name": "x" * 501}, 422),
        ("trello", {"description": "x" * 16385}, 422),
        ("trello", {"description": "x" * 16384}, 200),
        ("planhat", {"status": {"name": "closed"}}, 422),  # of a conversation
        ("productboard", {"collections": [{"id": "pb-1"}], "parent_ticket": {"id": "1"}}, 400),
        ("zendesk", {"name": "x"}, 404),
    ],
)
def test_what_a_tool_refuses(many, send, slug, body, status):
    """Unknown tags, long texts, statuses of the wrong type, two fields where one may stand; nothing of it is applied."""
    row = first(many[slug], lambda row: slug != "planhat" or row["ticket_type"]["name"] == "conversation")
    answer = send(slug, row["id"], body)
    assert answer.status_code == status, answer.text
    assert (status == 200) or many[slug].ticket(row["id"]) == row


@pytest.mark.parametrize(
    ("slug", "field", "empty", "is_cleared"),
    [
        ("linear", "due_date", None, True),
        ("linear", "due_date", "", True),
        ("linear", "tags", [], True),
        ("hubspot", "priority", None, False),  # an empty text clears, null is not heard
        ("hubspot", "priority", "", True),
        ("todoist", "due_date", None, False),  # it wants words for that
        ("todoist", "due_date", "", True),
        ("todoist", "priority", None, True),
        *[(slug, "assignees", [], False) for slug in DROPPING],  # Truto's $removeEmpty
        *[(slug, "priority" if slug != "helpshift" else "status", None, False) for slug in DROPPING],
    ],
)
def test_clearing_by_the_tool(many, send, slug, field, empty, is_cleared):
    """A 200 does not say that a field is empty now."""
    row = first(many[slug], lambda row: row.get(field))
    assert send(slug, row["id"], {field: empty}).status_code == 200
    assert bool(many[slug].ticket(row["id"]).get(field)) is not is_cleared


@pytest.mark.parametrize(
    ("slug", "home"), [("jira", "10001"), ("azuredevops", None), ("bmchelix", None), ("pivotaltracker", None)]
)
def test_workflow_leads_to_neighbours_and_back(many, send, slug, home):
    """A step that the workflow does not have is refused, and the refusal tells the ones it has."""
    steps = statuses(many[slug], home)
    row = first(many[slug], lambda row: row["status"]["id"] == steps[0]["id"])["id"]
    refused = send(slug, row, {"status": {"id": steps[2]["id"]}})
    assert (refused.status_code, repr(steps[1]["name"]) in refused.json()["message"]) == (422, True)
    for place in (1, 2, 1, 0):
        assert send(slug, row, {"status": {"id": steps[place]["id"]}}).json()["status"]["id"] == steps[place]["id"]


def statuses(box, home=None):
    rows = box._store.companions("ticket_status")
    return [row for row in rows if home is None or row["workspace"]["id"] == home]


def test_imported_tickets_have_no_workflow(records):
    """Somebody's own export knows no neighbours: each status leads to each."""
    records = [{**row, "workspace": {"id": "w1", "name": "Shop"}} for row in records]
    names = [{**records[0], "id": f"s{n}", "status": {"id": f"s{n}", "name": f"S{n}"}} for n in range(4)]
    with Sandbox("azuredevops", names, limit=None) as box, client_of(box) as client:
        query = {"integrated_account_id": box.account_id}
        assert client.patch(f"{TICKETS}/s0", params=query, json={"status": {"id": "s3"}}).status_code == 200


def client_of(box):
    return httpx.Client(base_url=box.url, headers={"Authorization": f"Bearer {box.token}"}, trust_env=False)


@pytest.mark.parametrize(
    ("slug", "body", "fields"),
    [
        ("helpscout", {"name": "new", "custom_fields": {"region": "X"}}, {"name"}),  # the first one only
        ("helpscout", {"colour": "red", "custom_fields": {"region": "Y"}}, {"custom_fields"}),
        (
            "microsoftplanner",
            {"description": "new", "name": "new"},
            {"name"},
        ),  # the description has a request of its own
        ("microsoftplanner", {"description": "alone"}, {"description"}),
        ("linear", {"description": "new", "name": "new"}, {"name", "description"}),
    ],
)
def test_fields_that_want_a_request_of_their_own(many, send, slug, body, fields):
    """A client that sends them together is half applied."""
    row = many[slug].tickets()[9]
    assert send(slug, row["id"], body).status_code == 200
    assert set(many[slug].writes(row["id"])[-1]["fields"]) == fields


def test_custom_fields_as_a_whole_or_by_name(many, send):
    """Help Scout replaces the whole object, the others change what is named."""
    for slug, kept in (("helpscout", {"region"}), ("gorgias", {"region", "points", "escalated"})):
        row = many[slug].tickets()[11]["id"]
        send(slug, row, {"custom_fields": {"region": "X"}})
        assert set(many[slug].ticket(row)["custom_fields"]) == kept


@pytest.mark.parametrize(
    ("slug", "sent", "kept"),
    [
        ("zohodesk", "one\r\ntwo", "<p>one<br>two</p>"),
        ("zohodesk", "<b>one</b>\n", "<b>one</b>\n"),
        ("jira", "one  \r\ntwo\t", "one\r\ntwo"),
        ("freshdesk", "plain ", "plain "),
        ("linear", "*one*  \n", "*one*  \n"),
    ],
)
def test_descriptions_as_the_tool_keeps_them(many, send, slug, sent, kept):
    """HTML tools wrap plain text, rich text loses its trailing blanks."""
    row = many[slug].tickets()[12]["id"]
    assert send(slug, row, {"description": sent}).json()["description"] == kept == many[slug].ticket(row)["description"]


def test_imported_texts_make_the_round_trip_too(records):
    """A text that stands there stays as it is when it is written back, even where new texts are wrapped."""
    with Sandbox("zohodesk", records, limit=None) as box, client_of(box) as client:
        row = box.ticket("7")
        answer = client.patch(f"{TICKETS}/7", params={"integrated_account_id": box.account_id}, json=row)
        assert answer.json()["description"] == row["description"] == box.ticket("7")["description"]
        assert box.writes("7")[-1]["fields"] == {}


def test_lists_that_only_creation_takes():
    """No tool of today takes such a list in an update; if one did, it would go unheard."""
    tool = PlayedIntegration("x", "X", facts={"tags_write": "create_only"})
    assert accepted_fields.taken({"tags": [{"name": "x"}], "name": "x"}, tool) == {"name": "x"}


# What a request has to say, and what it may


@pytest.mark.parametrize(
    ("slug", "name", "wrong", "status"),
    [
        ("hive", "workspace_id", "elsewhere", 404),
        ("planhat", "ticket_type", "task", 422),
        ("planhat", "ticket_type", "issue", 422),  # the ticket is a conversation
        ("microsoft365", "etag", "old", 409),
    ],
)
def test_required_query_parameters(many, call, send, slug, name, wrong, status):
    """Missing: 400 with the insight, from Truto; wrong: refused by the tool; right: 200."""
    row = first(many[slug], lambda row: slug != "planhat" or row["ticket_type"]["name"] == "conversation")["id"]
    missing = call(slug, "PATCH", f"{TICKETS}/{row}", json={"name": "x"}).json()
    assert missing["truto_error_insight"]["missing_required_query_parameters"]["value"] == [name]
    answer = send(slug, row, {"name": "x"}, query=[(name, wrong)])
    assert (answer.status_code, answer.json()["truto_is_remote_error"]) == (status, True)
    assert ("must be conversation or issue" in answer.text) is (wrong == "task")
    assert send(slug, row, {"name": f"x {wrong}"}).status_code == 200


@pytest.mark.parametrize("key", ["ticket_type[id]", "ticket_type[name]", "ticket_type"])
def test_object_parameters_in_both_spellings(many, send, key):
    """The page shows no literal example: a bare value and an object both count."""
    row = first(many["planhat"], lambda row: row["ticket_type"]["name"] == "issue")["id"]
    assert (
        send("planhat", row, {"name": key}, query=[(key, "issue")] if key != "ticket_type" else ()).status_code == 200
    )


def test_practice_desk_tells_its_rule_with_every_error(many, send, call):
    """An update holds workspace or collections: the schema says so, and so does each refusal."""
    row = first(many["practice"])
    insight = send("practice", row["id"], {"name": "x"}).json()["truto_error_insight"]
    assert insight["missing_required_body_fields"]["value"] == ["workspace"]
    assert insight["conditionally_required_body_fields"]["value"].keys() == {"workspace"}
    other = send("practice", "nothing", {"name": "x", "workspace": "w-1"}).json()["truto_error_insight"]
    assert "conditionally_required_body_fields" in other
    for home in ("w-1", {"id": "w-2"}):  # the page types it as a string, and answers with an object
        answer = send("practice", row["id"], {"workspace": home, "name": "y"})
        assert answer.json()["workspace"]["id"] == (home if isinstance(home, str) else home["id"])
    body = call("practice", "GET", f"{TICKETS}/meta/update").json()["request_body_schema"]
    assert body["anyOf"] == [{"required": ["workspace"]}, {"required": ["collections"]}]


def test_validate_only_stores_nothing(many, send):
    """Azure DevOps checks a change and answers the would-be ticket: no history, no memory of its key, no new tag."""
    row = many["azuredevops"].tickets()[3]
    quiet = [("remote_query[validateOnly]", "true")]
    key = {"Idempotency-Key": "dry"}
    body = {"name": "checked", "tags": [{"name": "brand-new"}]}
    answer = send("azuredevops", row["id"], body, query=quiet, headers=key)
    assert (answer.json()["name"], many["azuredevops"].ticket(row["id"])) == ("checked", row)
    assert send("azuredevops", row["id"], {"name": "x" * 256}, query=quiet).status_code == 422
    assert many["azuredevops"]._store.companion("tags", "brand-new") is None
    assert send("azuredevops", row["id"], body, headers=key).status_code == 200
    assert many["azuredevops"].ticket(row["id"])["name"] == "checked"


@pytest.mark.parametrize(
    ("slug", "query", "count"),
    [
        ("jira", (), 1),
        ("jira", [("remote_query[notifyUsers]", "false")], 0),
        ("azuredevops", [("remote_query[suppressNotifications]", "true")], 0),
        ("freshdesk", (), 1),
        ("linear", (), 0),  # neither documented
    ],
)
def test_who_would_have_been_told(many, send, slug, query, count):
    """A change notifies, unless the tool's documented switch goes with it; one that changes nothing tells nobody."""
    row, before = many[slug].tickets()[5]["id"], len(many[slug].notified())
    for _ in range(2):
        assert send(slug, row, {"name": f"told {query}"}, query=query).status_code == 200
    assert many[slug].notified()[before:] == [row] * count


@pytest.mark.parametrize("slug", ["bitbucket", "pivotaltracker"])
def test_ended_tools_are_played_and_say_so(many, slug):
    """Whoever practises with a tool that is gone is told."""
    assert str(played(slug).fact("ended")) in many[slug].notes[0]


# The forms of an answer


def test_forms_of_an_answer(many, call):
    """unified, raw, normalized, stream and debug: the same ticket, whole or in pieces, as the tool has it, with the request."""
    row = first(many["hubspot"])
    path = f"{TICKETS}/{row['id']}"
    found = {
        form: call("hubspot", "GET", path, query=[("truto_response_format", form)])
        for form in ("unified", "raw", "normalized", "stream", "debug")
    }
    unified, raw = found["unified"].json(), found["raw"].json()
    assert unified == found["normalized"].json() == found["stream"].json() == {**row, "remote_data": raw}
    assert found["stream"].content == found["unified"].content
    assert (found["stream"].headers.get("content-length"), raw.items() >= row["remote_data"].items()) == (None, True)
    debug = found["debug"].json()
    assert (debug["result"], debug["debug"].keys(), debug["debug"]["data"]) == (
        unified,
        {"requestUrl", "requestOptions", "data", "responseHeaders"},
        raw,
    )


@pytest.mark.parametrize("slug", playable())
def test_raw_is_the_record_of_the_tool(many, call, slug):
    """raw has the tool's own words, for one ticket and for a list; remote_data holds the same record, whatever is left out of the rest."""
    row = first(many[slug], lambda row: row.get("name") and row.get("assignees"))
    path, raw = f"{TICKETS}/{row['id']}", [("truto_response_format", "raw")]
    record = call(slug, "GET", path, query=raw).json()
    unified = call(slug, "GET", path).json()
    assert (
        record
        == unified["remote_data"]
        == call(slug, "GET", path, query=[*raw, ("truto_exclude_fields", "name")]).json()
    )
    assert (len(record) > 3, len(record.keys() - PAGE) >= 2, row["name"] in json.dumps(record, ensure_ascii=False)) == (
        True,
    ) * 3
    assert row["assignees"][0]["id"] in json.dumps(record) or row["assignees"][0]["name"] in json.dumps(
        record, ensure_ascii=False
    )
    listed = call(slug, "GET", TICKETS, query=[*raw, ("limit", "40"), ("truto_ignore_remote_data", "true")]).json()
    if not played(slug).fact("partial_list"):
        assert record in listed["result"]
        assert (
            call(slug, "GET", TICKETS, query=[("limit", "1")]).json()["result"][0]["remote_data"] == listed["result"][0]
        )


def test_raw_of_a_patch_is_the_record_as_it_is_now(many, send):
    """The tool's record follows the ticket; what was sent to the tool directly stays in it until the ticket moves on there."""
    row = many["jira"].tickets()[15]["id"]
    raw = [("truto_response_format", "raw")]
    assert send("jira", row, {"name": "new title"}, query=raw).json()["fields"]["summary"] == "new title"
    body = {"remote_data": {"fields": {"customfield_1": 5, "summary": "sent directly"}, "update": {}}}
    sent = send("jira", row, body, query=raw).json()
    assert (sent["fields"]["customfield_1"], sent["fields"]["summary"]) == (5, "sent directly")
    after = send("jira", row, {"name": "another"}, query=raw).json()
    assert (after["fields"]["customfield_1"], after["fields"]["summary"]) == (5, "another")


@pytest.mark.parametrize("form", ["raw", "debug"])
def test_forms_of_a_list(call, form):
    """raw gives the tool's own records, debug tells of the request; both go on by cursor."""
    page = call("hubspot", "GET", TICKETS, query=[("truto_response_format", form), ("limit", "2")]).json()
    records = page["result"] if form == "raw" else page["debug"]["data"]
    assert [row["raw_id"] for row in records] == [0, 1]
    assert (page["next_cursor"] is not None, page["result_count"]) == (True, 2)


def test_query_parameters_of_the_page_together(many, send):
    """All of them at once are understood, and stand in the log as they came."""
    row = many["zohoprojects"].tickets()[2]
    query = [
        ("truto_response_format", "normalized"), ("truto_ignore_remote_data", "true"), ("truto_exclude_fields[0]", "tags"),
        ("remote_query[a]", "b"), ("workspace_id", row["workspace"]["id"]), ("etag", "e"), ("ticket_type[id]", "issue"),
        ("organization[id]", "org-1"), ("workspace[id]", row["workspace"]["id"]),
    ]  # fmt: skip
    answer = send("zohoprojects", row["id"], {"name": "naïve"}, query=query)
    assert (answer.json()["name"], {"remote_data", "tags"} & answer.json().keys()) == ("naïve", set())
    seen = many["zohoprojects"].requests()[-1]
    assert (seen.query["organization"], seen.query["workspace"]["id"]) == ({"id": "org-1"}, row["workspace"]["id"])
    assert ("organization%5Bid%5D=org-1" in seen.target, json.loads(seen.raw)) == (True, {"name": "naïve"})


def test_body_passthrough_reaches_the_tool_unmapped(many, send):
    """Nothing of it becomes a field of the ticket."""
    row = many["trello"].tickets()[4]
    send("trello", row["id"], {"idList": "64b7list2", "name": "raw"}, query=[("truto_body_passthrough", "true")])
    now = many["trello"].ticket(row["id"])
    assert (now["name"], now["remote_data"]["idList"], now["remote_data"]["raw_id"]) == (row["name"], "64b7list2", 4)


# Schemas and capabilities


@pytest.mark.parametrize("slug", [slug for slug in playable() if slug != "zendesk"])
def test_update_schema_lists_what_the_tool_takes(call, slug):
    """Exactly the writable fields, the parameters of the tool, and the mark of what is assumed."""
    profile, told = played(slug), call(slug, "GET", f"{TICKETS}/meta/update").json()
    body, query = told["request_body_schema"]["properties"], told["query_schema"]
    assert set(body) == set(profile.fact("writable"))
    assert query["required"] == ["integrated_account_id", *profile.required_query]
    assert {"remote_query", *profile.fact("optional_query", [])} <= query["properties"].keys()
    listed = profile.offers("ticket_status", "list") or profile.fact("status_values")
    assert ("enum" in body["status"], body["status"]["required"]) == (bool(listed), ["id"])
    assert {"request_body_schema", "vocabulary", *profile.inferred} <= set(told["x-assumed"])


def test_schemas_go_inside(call):
    """Nested parts, their required ones, documented words, the tool's own switches."""
    body = call("productboard", "GET", f"{TICKETS}/meta/update").json()["request_body_schema"]["properties"]
    assert body["assignees"]["items"]["properties"]["emails"]["items"]["required"] == ["email"]
    assert body["collections"]["items"]["required"] == ["id", "type"]
    assert body["collections"]["items"]["properties"]["type"]["enum"] == ["component", "product"]
    quiet = call("jira", "GET", f"{TICKETS}/meta/update").json()["query_schema"]["properties"]["remote_query"]
    assert quiet["properties"]["notifyUsers"]["enum"] == ["false"]
    filters = call("jira", "GET", f"{TICKETS}/meta/list").json()["query_schema"]["properties"]
    assert {"created_at", "status", "limit", "sort_by"} <= filters.keys()
    whole = call("jira", "GET", f"{TICKETS}/jira/meta/get").json()
    assert whole["response_schema"]["properties"].keys() == PAGE
    assert call("jira", "GET", f"{TICKETS}/trello/meta/get").status_code == 404
    assert call("zendesk", "GET", f"{TICKETS}/meta/update").status_code == 404


def test_drops_are_told_as_assumed(call):
    """What plays $removeEmpty says so."""
    for slug in DROPPING:
        assert {"drops", "clear"} <= set(call(slug, "GET", f"{TICKETS}/meta/update").json()["x-assumed"])


@pytest.mark.parametrize("slug", ["zendesk", "trello", "hive"])
def test_capabilities_are_what_is_served(many, http_client, call, slug):
    """Each list that is promised answers, and Zendesk promises no update."""
    told = http_client.get(
        f"/integrated-account/{many[slug].account_id}/capabilities", params={"type": "unified"}
    ).json()
    offered = {row["resource"]: row["methods"] for row in told["unified"]}
    assert ("update" in offered["tickets"]) is (slug != "zendesk")
    for resource, methods in offered.items():
        assert "list" not in methods or call(slug, "GET", f"/unified/ticketing/{resource}").status_code == 200


# Limits of the tools


LIMITED = {
    "asana": ({"Retry-After"}, set(), set()),
    "productboard": (
        {"Retry-After", "ratelimit-limit"},
        {"X-RateLimit-Limit", "X-RateLimit-Reset"},
        {"ratelimit-limit"},
    ),
    "gorgias": ({"Retry-After", "ratelimit-limit"}, {"X-Gorgias-Account-Api-Call-Limit"}, {"ratelimit-limit"}),
    "helpscout": ({"ratelimit-limit"}, {"X-RateLimit-Limit-Minute", "X-RateLimit-Retry-After"}, {"ratelimit-limit"}),
    "azuredevops": ({"Retry-After", "ratelimit-limit"}, {"X-RateLimit-Reset"}, {"ratelimit-limit"}),
    "linear": (set(), {"x-ratelimit-requests-reset"}, {"ratelimit-limit"}),
    "trello": (set(), set(), set()),
}
EVERY = {name for rows in LIMITED.values() for row in rows for name in row}


@pytest.mark.parametrize("slug", LIMITED)
def test_vendor_limit_in_the_vendors_own_way(slug):
    """A remote 429 with the insight, of Linear a 400 with its code and no insight; headers only as far as this vendor tells its limit."""
    normalised, raw, on_success = LIMITED[slug]
    with Sandbox(slug, 3, limit=None, vendor_limit=(1, 30)) as box, client_of(box) as client:
        good, bad = (client.get(TICKETS, params={"integrated_account_id": box.account_id}) for _ in range(2))
    assert {name for name in EVERY if name in good.headers} == on_success
    assert {name for name in EVERY if name in bad.headers} >= normalised | raw
    assert {name for name in EVERY if name in bad.headers} <= normalised | raw | {"X-RateLimit-Limit"}
    told = bad.json()
    assert (bad.status_code, told["truto_is_remote_error"]) == (400 if slug == "linear" else 429, True)
    assert ("rate_limit_error" in told["truto_error_insight"]) is (slug != "linear")
    assert ("RATELIMITED" in bad.text) is (slug == "linear")
    assert ("API_TOKEN_LIMIT_EXCEEDED" in bad.text) is (slug == "trello")


def test_limit_without_a_429_is_waited_for():
    """Linear refuses above its limit with a 400: a run waits for it, and no ticket ends as refused."""
    with tt.sandbox("linear", tickets=2, limit=None, vendor_limit=(3, 0.3)) as account:
        account._client.budget = Throttle.unlimited()
        box = account.sandbox
        df = (snapshot := account.load(progress=False)).frame()
        df["name"] = df["name"].str.strip() + " (checked)"
        assert account.apply(snapshot.plan(df), confirm=2, progress=False).counts == {"applied": 2}
        assert 400 in {seen.status for seen in box.requests()}


def test_forms_of_the_vendors_headers():
    """Gorgias counts up, Azure tells seconds of the epoch, Linear milliseconds."""
    told = {}
    for slug in ("gorgias", "azuredevops", "linear"):
        with Sandbox(slug, 3, limit=None, vendor_limit=(1, 30)) as box, client_of(box) as client:
            query = {"integrated_account_id": box.account_id}
            told[slug] = [client.get(TICKETS, params=query) for _ in range(2)][1].headers
    assert told["gorgias"]["X-Gorgias-Account-Api-Call-Limit"] == "1/1"
    assert 0 < int(told["azuredevops"]["X-RateLimit-Reset"]) - time.time() < 32
    assert 0 < int(told["linear"]["x-ratelimit-requests-reset"]) / 1000 - time.time() < 32


def test_writes_cost_more_where_the_vendor_says_so():
    """Help Scout counts a write twice."""
    with Sandbox("helpscout", 3, limit=None, vendor_limit=(5, 30)) as box, client_of(box) as client:
        path, query = f"{TICKETS}/{box.tickets()[0]['id']}", {"integrated_account_id": box.account_id}
        found = [client.patch(path, params=query, json={"name": str(n)}) for n in range(3)]
        assert [answer.status_code for answer in found] == [200, 200, 429]
        assert found[1].headers["ratelimit-remaining"] == "1"
        assert client.get(path, params=query).status_code == 200


def test_lockout_shuts_a_caller_out(monkeypatch):
    """Once over the limit, Zoho Projects refuses everything for half an hour, however long its window is past."""
    clock = [1000.0]
    monkeypatch.setattr(vendor, "time", SimpleNamespace(monotonic=lambda: clock[0], time=time.time))
    with Sandbox("zohoprojects", 3, limit=None, vendor_limit=(2, 10)) as box, client_of(box) as client:
        found = []
        for moment in (0, 0, 0, 300, 1795, 1805):
            clock[0] = 1000.0 + moment
            found.append(client.get(TICKETS, params={"integrated_account_id": box.account_id}))
    assert [answer.status_code for answer in found] == [200, 200, 429, 429, 429, 200]
    assert [answer.headers["Retry-After"] for answer in found[2:5]] == ["1800", "1500", "5"]
    with Sandbox("zohoprojects", 0, vendor_limit=(2, 10), vendor_lockout=3) as box:
        assert box._api.vendor._lockout == 3


def test_vendor_limit_of_the_profile():
    """True is the documented limit, a schema costs nothing of it, and without it there is none."""
    with Sandbox("productboard", 3, limit=None, vendor_limit=True) as box, client_of(box) as client:
        query = {"integrated_account_id": box.account_id}
        assert client.get(TICKETS, params=query).headers["ratelimit-limit"] == "50;w=1"
        assert "ratelimit-limit" not in client.get(f"{TICKETS}/meta/update", params=query).headers


# Many accounts at once


def test_accounts_of_one_environment_are_listed_by_pages(many, http_client):
    """One token sees all accounts; the slug of the tool filters them."""
    rows, cursor = [], ""
    while cursor is not None:
        page = http_client.get("/integrated-account", params={"limit": 9, "next_cursor": cursor}).json()
        rows, cursor = rows + page["result"], page["next_cursor"]
    assert [row["id"] for row in rows] == [many[slug].account_id for slug in many]
    found = http_client.get("/integrated-account", params={"integration.name": "wrike"}).json()["result"]
    assert [row["integration"]["name"] for row in found] == ["wrike"]
    assert http_client.get(f"/integrated-account/{many['hive'].account_id}").json()["integration"]["name"] == "hive"
    assert Sandbox("hive", 0).account_id == many["hive"].account_id


def test_accounts_keep_apart(many, call):
    """A request, a fault and an edit of one account are none of another."""
    many["trello"].faults(error_500=1.0)
    assert call("trello", "GET", TICKETS).status_code == 500
    assert call("wrike", "GET", TICKETS).status_code == 200
    many["trello"].faults()
    assert (many["trello"].requests()[-1].status, many["wrike"].requests()[-1].status) == (500, 200)
    many["wrike"].set_account(blocked=True)
    assert [call(slug, "GET", TICKETS).status_code for slug in ("wrike", "trello")] == [503, 200]
    many["wrike"].set_account(blocked=False)


@pytest.mark.parametrize(
    ("path", "query", "token", "status"),
    [
        (TICKETS, {}, "", 400),
        (TICKETS, {"integrated_account_id": "nobody"}, "", 404),
        (TICKETS, {"integrated_account_id": "nobody"}, "wrong", 401),
        ("/integrated-account/nobody", {}, "", 404),
        ("/integrated-account/me", {}, "", 400),  # whose, with 30 of them?
        ("/ping", {}, "", 200),
        ("/nowhere", {}, "", 404),
    ],
)
def test_requests_of_no_account(many, path, query, token, status):
    """Unknown: 404, missing: 400, wrong token: 401."""
    headers = {"Authorization": f"Bearer {token or many.token}"}
    with httpx.Client(base_url=many.url, headers=headers, trust_env=False) as client:
        assert client.get(path, params=query).status_code == status
    assert (many.requests()[-1].path, many.requests()[-1].account) == (path, "")


def test_account_behind_me(many, http_client):
    """The token of one account, valid for a quarter of an hour, says whose `me` is and reaches nothing else; a query may say it too."""
    ids = {slug: many[slug].account_id for slug in ("jira", "trello")}
    for slug, identity in ids.items():
        made = http_client.post("/integrated-account/token", json={"integrated_account_id": identity}).json()
        headers = {"Authorization": f"Bearer {made['integrated_account_token']}"}
        assert http_client.get("/integrated-account/me", headers=headers).json()["integration"]["name"] == slug
        assert http_client.get(TICKETS, headers=headers).status_code == 200
        assert (
            http_client.get(
                TICKETS, headers=headers, params={"integrated_account_id": many["wrike"].account_id}
            ).status_code
            == 404
        )
        assert http_client.get("/integrated-account", headers=headers).status_code == 403
        asked = http_client.get("/integrated-account/me", params={"integrated_account_id": identity}).json()
        assert asked["integration"]["name"] == slug
    assert http_client.post("/integrated-account/token", json={"integrated_account_id": "nobody"}).status_code == 404
    assert http_client.post("/integrated-account/token", json=[]).status_code == 400


@pytest.mark.parametrize("slug", playable())
def test_schemas_and_capabilities_without_an_account(many, http_client, call, slug):
    """What a tool offers is told without any account of it: no choices of an account, and no account in the answer."""
    told = http_client.get(f"/integration/{slug}/capabilities").json()
    own = http_client.get(f"/integrated-account/{many[slug].account_id}/capabilities").json()
    assert told == {name: value for name, value in own.items() if name != "account"}
    bare = http_client.get(f"{TICKETS}/{slug}/meta/update")
    if slug == "zendesk":
        assert bare.status_code == 404
        return
    body = call(slug, "GET", f"{TICKETS}/{slug}/meta/update").json()["request_body_schema"]["properties"]
    assert bare.json()["request_body_schema"]["properties"].keys() == body.keys()
    assert ("enum" in bare.json()["request_body_schema"]["properties"]["status"]) is bool(
        played(slug).fact("status_values")
    )


def test_addresses_of_tools_that_are_none(http_client):
    """An unknown tool, an unknown method: 404; any method but GET: 405."""
    assert http_client.get("/integration/nothing/capabilities").status_code == 404
    assert http_client.get(f"{TICKETS}/jira/meta/import").status_code == 404
    assert http_client.get(f"{TICKETS}/nothing/meta/update").status_code == 400  # a ticket's path, and no account
    assert http_client.patch("/integration/jira/capabilities", json={}).status_code == 405


def test_methods_as_tools_of_a_language_model(many, http_client):
    """Each method that is served, with its schemas; `methods` chooses some."""
    path = f"/integrated-account/{many['jira'].account_id}/tools"
    rows = {(row["resource"], row["method"]): row for row in http_client.get(path).json()["result"]}
    assert {("tickets", "update"), ("tickets", "list"), ("users", "get")} <= rows.keys()
    assert rows["tickets", "update"]["body_schema"]["properties"].keys() == set(played("jira").fact("writable"))
    assert all(row["required"][0] == "integrated_account_id" and row["description"] for row in rows.values())
    chosen = http_client.get(path, params={"methods": "get"}).json()["result"]
    assert {row["method"] for row in chosen} == {"get"}


def test_limit_with_a_400_is_a_fault_on_demand(many, call):
    """Linear's way: a 400 with the code RATELIMITED and the insight, and no Retry-After unless one is asked for."""
    for fault, waits in (({"limited_400": 1.0}, None), ({"limited_400": {"rate": 1.0, "wait": 2}}, "2")):
        many["linear"].faults(**fault)
        answer = call("linear", "GET", TICKETS)
        assert (answer.status_code, answer.headers.get("Retry-After")) == (400, waits)
        assert answer.json()["raw_response"]["errors"][0]["extensions"]["code"] == "RATELIMITED"
        assert "rate_limit_error" in answer.json()["truto_error_insight"]
    many["linear"].faults()


def test_changed_mapping_is_told_by_the_capabilities(many, http_client):
    """An environment may change a mapping; practice can begin in such a one."""
    path = f"/integrated-account/{many['hive'].account_id}/capabilities"
    many["hive"].set_account(env_overridden=True)
    assert {row["env_overridden"] for row in http_client.get(path).json()["unified"]} == {True}
    many["hive"].set_account(env_overridden=False)
    assert {row["env_overridden"] for row in http_client.get(path).json()["unified"]} == {False}


def test_command_serves_an_account_of_each_tool():
    """truto-tickets sandbox --all: 28 accounts, one address, one token, a table of ids."""
    code = "from truto_tickets_nb.cli import main; main(['sandbox', '--all', '--tickets', '2', '--limit', '0'])"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        lines = [process.stdout.readline() for _ in range(33)]
        ids = dict(line.split() for line in lines[:28])
        told = dict(line.removeprefix("export ").strip().split("=", 1) for line in lines if line.startswith("export"))
        headers = {"Authorization": f"Bearer {told['TRUTO_API_TOKEN']}"}
        with httpx.Client(base_url=told["TRUTO_BASE_URL"], headers=headers, trust_env=False) as client:
            rows = client.get(TICKETS, params={"integrated_account_id": ids["zohodesk"]}).json()["result"]
        process.terminate()
    assert (len(ids), len(rows)) == (28, 2)


# What official clients send


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        (f"{TICKETS}?integrated_account_id={{id}}&next_cursor=", {}),
        (
            f"{TICKETS}?integrated_account_id={{id}}&truto_exclude_fields%5B%5D=tags&",
            {"Content-Type": "application/json"},
        ),
        (f"{TICKETS}?integrated_account_id={{id}}&truto_exclude_fields[0]=tags", {}),
        ("/integrated-account?", {}),
    ],
)
def test_habits_of_the_official_clients(many, target, headers):
    """Trailing question marks, empty cursors, brackets in every spelling, a body type on GET; one connection for all."""
    line = http.client.HTTPConnection(many.url.removeprefix("http://"))
    for _ in range(2):
        line.request(
            "GET",
            target.format(id=many["jira"].account_id),
            headers={**headers, "Authorization": f"Bearer {many.token}"},
        )
        answer = line.getresponse()
        found = json.loads(answer.read())
        assert (answer.status, answer.reason, "json" in answer.headers["content-type"]) == (200, "OK", True)
        assert "exclude" not in target or "tags" not in found["result"][0]
    line.close()


def test_ids_encoded_or_not_nulls_and_post():
    """An id with a slash is one id; a null in a body is a value; nothing is created, and a read-only account takes no POST at all."""
    rows = [{"id": "7/8 é", "name": "odd", "tags": [], "status": {"id": "1", "name": "Open"}, "due_date": "2026-01-01"}]
    with Sandbox("jira", rows, limit=None) as box, client_of(box) as client:
        query = f"?integrated_account_id={box.account_id}"
        for spelt in ("7%2F8%20%C3%A9", "7/8%20é"):
            assert client.get(f"{TICKETS}/{spelt}{query}").json()["name"] == "odd"
        assert "due_date" not in client.patch(f"{TICKETS}/7%2F8%20%C3%A9{query}", json={"due_date": None}).json()
        assert box.requests()[-1].target.startswith(f"{TICKETS}/7%2F8%20%C3%A9?")
        assert client.post(f"{TICKETS}{query}", json={}).status_code == 404
        box.set_account(read_only=True)
        assert client.post(f"{TICKETS}{query}", json={}).status_code == 405
