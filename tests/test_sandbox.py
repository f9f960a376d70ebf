"""The practice server speaks the documented API, refuses what the tools refuse, and is silent and quick about it."""

from __future__ import annotations

import gzip
import json

import httpx
import pytest

from truto_tickets_nb.sandbox import Sandbox

TICKETS = "/unified/ticketing/tickets"


@pytest.fixture
def box():
    with Sandbox("jira", 250, limit=None) as found:
        yield found


def call(box, method, path, *, query=(), **kwargs):
    headers = {"Authorization": f"Bearer {box.token}"} | kwargs.pop("headers", {})
    pairs = [("integrated_account_id", box.account_id), *query]
    with httpx.Client(base_url=box.url, headers=headers, trust_env=False) as client:
        return client.request(method, path, params=httpx.QueryParams(tuple(pairs)), **kwargs)


def test_pages_by_cursor_hold_every_ticket_once(box):
    """An opaque cursor leads through the list; an empty one is the beginning."""
    ids, cursor = [], ""
    while cursor is not None:
        found = call(box, "GET", TICKETS, query=[("limit", "60"), ("next_cursor", cursor)]).json()
        ids, cursor = ids + [row["id"] for row in found["result"]], found["next_cursor"]
    assert ids == [row["id"] for row in box.tickets()]


def test_same_seed_gives_the_same_tickets():
    """Practice can be repeated."""
    first, second, other = (Sandbox("jira", 30, seed=seed) for seed in (4, 4, 5))
    assert first.tickets() == second.tickets() != other.tickets()
    for box in (first, second, other):
        box.close()


def test_tickets_hold_the_mess_of_real_ones():
    """Whatever breaks careless tools is in there."""
    box = Sandbox("jira", 500)
    text = json.dumps(box.tickets(), ensure_ascii=False)
    ids = [row["id"] for row in box.tickets()]
    box.close()
    assert all(sign in text for sign in ("\\r\\n", "<p>", "\u00a0", "🔥", "استرداد", "=SUM", "billling", "bill-ing"))
    assert any(len(identity) == 19 for identity in ids)
    assert any(identity.startswith("0") for identity in ids)


@pytest.mark.parametrize(
    ("query", "keep"),
    [
        ([("status", "done")], lambda row: row["status"]["name"] == "Done"),
        ([("status[in]", "Done,Open")], lambda row: row["status"]["name"] in ("Done", "Open")),
        ([("created_at[gte]", "2026-06-01T00:00:00Z")], lambda row: row["created_at"] >= "2026-06-01"),
        ([("workspace[id]", "10001")], lambda row: row["workspace"]["id"] == "10001"),
        ([("colour", "red")], lambda row: True),
    ],
)
def test_filters_and_silence_about_unknown_ones(box, query, keep):
    """Known filters filter; unknown ones are ignored without a word, as documented."""
    found = call(box, "GET", TICKETS, query=[*query, ("limit", "1000")]).json()["result"]
    assert [row["id"] for row in found] == [row["id"] for row in box.tickets() if keep(row)]


def test_sorting_and_keys(box):
    """sort_by orders, truto_key_by makes an object."""
    found = call(box, "GET", TICKETS, query=[("sort_by[created_at]", "desc"), ("limit", "5")]).json()["result"]
    assert [row["created_at"] for row in found] == sorted((row["created_at"] for row in box.tickets()), reverse=True)[
        :5
    ]
    assert set(call(box, "GET", TICKETS, query=[("truto_key_by", "number"), ("limit", "2")]).json()["result"]) == {
        row["number"] for row in box.tickets()[:2]
    }


@pytest.mark.parametrize("key", ["truto_exclude_fields[]", "truto_exclude_fields[0]", "truto_exclude_fields"])
def test_fields_left_out_in_every_spelling(box, key):
    """Both official SDKs write arrays in their own way."""
    found = call(
        box, "GET", TICKETS, query=[(key, "description"), ("truto_ignore_remote_data", "true"), ("limit", "1")]
    ).json()["result"][0]
    assert not {"description", "remote_data"} & found.keys()


@pytest.mark.parametrize(
    ("change", "path", "status"),
    [
        ({"headers": {"Authorization": "Bearer wrong"}}, TICKETS, 401),
        ({}, f"{TICKETS}/nothing", 404),
        ({}, "/unified/ticketing/contacts", 404),
        ({}, "/nowhere", 404),
    ],
)
def test_error_envelope(box, change, path, status):
    """Every error has the three fields."""
    found = call(box, "GET", path, **change)
    assert (found.status_code, found.json()["statusCode"], set(found.json()) >= {"error", "message"}) == (
        status,
        status,
        True,
    )


def test_wrong_method_and_missing_account(box):
    """405 for a method, 400 with the insight for a missing parameter."""
    assert call(box, "DELETE", f"{TICKETS}/10001").status_code == 405
    with httpx.Client(trust_env=False) as client:
        found = client.get(box.url + TICKETS, headers={"Authorization": f"Bearer {box.token}"})
    assert found.json()["truto_error_insight"]["missing_required_query_parameters"]["value"] == [
        "integrated_account_id"
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"status": {"id": "131"}}, 422),
        ({"priority": {"id": "99"}}, 422),
        ({"tags": [{"name": "two words"}]}, 422),
        ({"name": "x" * 300}, 422),
        ({"name": ""}, 422),
        ([], 400),
        ({"colour": "red"}, 200),
    ],
)
def test_refusals_of_jira(box, body, status):
    """What the tool refuses is refused here, and nothing of it is applied."""
    before = box.ticket("10001")
    ticket = {key: value for key, value in before.items() if key != "updated_at"}
    wrong = "131" if before["workspace"]["id"] != "10001" else "031"
    text = json.dumps(body).replace('"131"', f'"{wrong}"')
    found = call(box, "PATCH", f"{TICKETS}/10001", content=text)
    assert found.status_code == status
    assert {key: value for key, value in box.ticket("10001").items() if key != "updated_at"} == ticket


def test_merge_whole_arrays_and_one_assignee(box):
    """Arrays are replaced, null clears, Jira keeps one assignee."""
    body = {
        "tags": [{"name": "new"}],
        "assignees": [{"id": "u1"}, {"id": "u2"}],
        "due_date": None,
        "custom_fields": {"region": "X"},
    }
    call(box, "PATCH", f"{TICKETS}/10001", json=body)
    now = box.ticket("10001")
    assert (now["tags"], [p["id"] for p in now["assignees"]], "due_date" in now) == (
        [{"id": "new", "name": "new"}],
        ["u1"],
        False,
    )
    assert now["custom_fields"].keys() == {"region", "points", "escalated"}


def test_repeated_key_has_no_second_effect(box):
    """Idempotency-Key: the same answer again, one change."""
    answers = [
        call(box, "PATCH", f"{TICKETS}/10001", json={"name": "x"}, headers={"Idempotency-Key": "k"}).json()
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len(box.history("10001")) == 1


def test_limit_answers_429_with_headers():
    """Retry-After and ratelimit-* tell how long."""
    with Sandbox("jira", 5, limit=(2, 10)) as box:
        found = [call(box, "GET", TICKETS) for _ in range(3)]
    assert [answer.status_code for answer in found] == [200, 200, 429]
    assert (found[1].headers["ratelimit-limit"], found[1].headers["ratelimit-remaining"]) == ("2;w=10", "0")
    assert 1 <= int(found[2].headers["retry-after"]) <= 10


def test_planner_needs_a_fresh_etag():
    """Missing: 400 with the insight; stale: 409 from the provider."""
    with Sandbox("microsoftplanner", 3, limit=None) as box:
        ticket = box.tickets()[0]
        path = f"{TICKETS}/{ticket['id']}"
        assert call(box, "PATCH", path, json={"name": "x"}).json()["truto_error_insight"][
            "missing_required_query_parameters"
        ]["value"] == ["etag"]
        assert call(box, "PATCH", path, query=[("etag", ticket["etag"])], json={"name": "x"}).status_code == 200
        assert call(box, "PATCH", path, query=[("etag", ticket["etag"])], json={"name": "y"}).status_code == 409


def test_freshdesk_lists_are_partial(box):
    """The list leaves fields out, the single ticket has them."""
    with Sandbox("freshdesk", 5, limit=None) as box:
        listed = call(box, "GET", TICKETS).json()["result"][0]
        whole = call(box, "GET", f"{TICKETS}/{listed['id']}").json()
    assert {"description", "tags", "custom_fields"} <= whole.keys() - listed.keys()


def test_meta_and_capabilities(box):
    """What can be written is told at run time, and what is assumed is marked."""
    meta = call(box, "GET", f"{TICKETS}/meta/update").json()
    assert {"name", "tags", "custom_fields"} <= meta["request_body_schema"]["properties"].keys()
    assert "request_body_schema" in meta["x-assumed"]
    assert call(box, "GET", "/unified/ticketing/users/meta/list").json()["method"] == "list"
    assert call(box, "GET", "/unified/ticketing/users/meta/update").status_code == 404
    found = call(box, "GET", f"/integrated-account/{box.account_id}/capabilities").json()
    assert found["unified"][0] | {"model": "ticketing"} == found["unified"][0]


def test_database_in_a_file_survives(tmp_path):
    """A second start finds what the first one left."""
    with Sandbox("jira", 5, path=tmp_path / "x.sqlite", limit=None) as box:
        box.edit("10001", name="kept")
    with Sandbox("jira", 99, path=tmp_path / "x.sqlite", limit=None) as box:
        assert (len(box.tickets()), box.ticket("10001")["name"]) == (5, "kept")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b'ID,Title,State,Labels\n7,One,Open,"a, b"\n'),
        ("a.tsv", b"\xef\xbb\xbfID\tTitle\tState\tLabels\n7\tOne\tOpen\ta; b\n"),
        ("a.csv.gz", gzip.compress(b"ID;Title;State;Labels\r\n7;One;Open;a, b\r\n", mtime=0)),
        ("a.json", b'[{"ID": 7, "Title": "One", "State": "Open", "Labels": "a,b"}]'),
        ("a.jsonl", b'{"ID": "7", "Title": "One", "State": "Open", "Labels": ["a", "b"]}\n'),
    ],
)
def test_exports_in_every_form(tmp_path, name, data):
    """A file is read whatever its form, and each guess is told."""
    (tmp_path / name).write_bytes(data)
    box = Sandbox("jira", tmp_path / name)
    ticket, notes = box.tickets()[0], box.notes
    box.close()
    assert (ticket["id"], ticket["name"], ticket["status"]["name"], len(ticket["tags"])) == ("7", "One", "Open", 2)
    assert "column 'State' is taken for status." in notes


@pytest.mark.parametrize(("name", "data"), [("a.pdf", b"%PDF-1.4"), ("a.json", b"{bad"), ("missing.csv", None)])
def test_file_that_is_no_export_is_refused(tmp_path, name, data):
    """The message names the file and what is accepted."""
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match=f"{name}.*JSON lines"):
        Sandbox("jira", tmp_path / name)


def test_unknown_integration_lists_those_it_plays():
    """A typing mistake is answered with the list."""
    with pytest.raises(ValueError, match=r"asana, .*jira, .*zohoprojects"):
        Sandbox("jirra")
