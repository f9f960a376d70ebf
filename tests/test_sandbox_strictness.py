"""The practice server refuses what no tool takes, with the API's own envelope, and never with a 5xx."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from truto_tickets_nb.sandbox import Sandbox, Sandboxes
from truto_tickets_nb.sandbox.profiles.profiles import played, slugs

TICKETS = "/unified/ticketing/tickets"
PAGE = Path(__file__).parents[2] / "shared" / "reference" / "update-tickets.md"
SAMPLE = {
    "name": "your_name", "assignees": [], "status": "pending", "due_date": "your_due_date", "ticket_type": "default_task",
    "description": "your_description", "html_description": "your_html_description", "parent_ticket": {}, "workspace": "your_workspace",
    "priority": {}, "custom_fields": {}, "collections": [], "contact": {}, "team": {}, "account": {}, "tags": [], "source": {},
    "completed_at": "your_completed_at", "created_at": "your_created_at", "updated_at": "your_updated_at", "number": "your_number",
    "languages": [], "items": {}, "created_by": {}, "remote_data": {},
}  # fmt: skip


@pytest.fixture(scope="module")
def many():
    with Sandboxes(tickets=20, integrations=[*slugs(), "practice"], limit=None) as found:
        yield found


@pytest.fixture(scope="module")
def client(many):
    with httpx.Client(base_url=many.url, headers={"Authorization": f"Bearer {many.token}"}, trust_env=False) as found:
        yield found


@pytest.fixture(scope="module")
def ask(many, client):
    def asked(slug, method="GET", path=TICKETS, query=(), **content):
        pairs = (("integrated_account_id", many[slug].account_id), *query)
        return client.request(method, path, params=httpx.QueryParams(pairs), **content)

    return asked


@pytest.fixture(scope="module")
def patch(many, ask):
    """PATCH the first ticket of a tool, with the query parameters that the tool requires."""

    def patched(slug, body, query=(), ticket=""):
        record = many[slug].ticket(ticket) if ticket else many[slug].tickets()[0]
        values = {
            "etag": record.get("etag"),
            "workspace_id": (record.get("workspace") or {}).get("id"),
            "ticket_type": (record.get("ticket_type") or {}).get("name"),
        }
        required = [(name, values[name]) for name in played(slug).required_query]
        content = {"content": body} if isinstance(body, bytes) else {"json": body}
        return ask(slug, "PATCH", f"{TICKETS}/{record['id']}", [*required, *query], **content)

    return patched


WRONG = {
    "due_date": ["your_due_date", "2026-13-32", "2026-02-30", "2026-1-2", "tomorrow", "2026-01-01T25:00:00Z", 7, ["2026-01-31"], {"day": 1}, True],
    "created_at": ["yesterday", 1767225600, False],
    "name": [7, 7.5, True, ["x"], {"text": "x"}, [], {"id": "1"}],
    "description": [7, True, ["x"], {"html": "x"}],
    "status": [7, True, ["open"], [], "nonsense", {"id": "nonsense"}, {"id": ["open"]}, {"id": {"id": "open"}}, {"id": True}, {"name": 7}, {"colour": "red"}],
    "priority": [3.5, [{"id": "1"}], {"id": "nowhere"}, {"name": "nowhere"}],
    "ticket_type": ["nowhere", ["issue"], False],
    "assignees": [{"id": "u1"}, "u1", 7, True, ["u1"], [7], [None], [{}], [[{"id": "u1"}]], [{"id": ["u1"]}], [{"id": "nobody"}], [{"id": "u1", "emails": "x"}]],
    "tags": [{"name": "x"}, "x", [7], [None], [{"name": 7}], [{"name": ["x"]}], [{}]],
    "custom_fields": [[], ["x"], "x", 7, True],
    "parent_ticket": ["nowhere", {"id": "nowhere"}, 7, [{"id": "1"}]],
    "remote_data": ["x", [1], 7],
    "languages": ["en", [1], {"en": True}],
    "created_by": [{"id": "u1", "type": "robot"}, [{"id": "u1"}]],
}  # fmt: skip


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in WRONG.items() for value in values])
def test_value_that_no_tool_takes_is_refused_and_nothing_is_applied(many, patch, field, value):
    """A wrong type, a date that does not exist, a reference that names nothing: 422 with the field's name, and the ticket stays."""
    before = many["practice"].tickets()[0]
    answer = patch("practice", {"workspace": before["workspace"]["id"], "name": "not applied", field: value})
    told = answer.json()
    assert (answer.status_code, told["statusCode"], told["truto_is_remote_error"]) == (422, 422, True), told
    assert told["raw_response"]["errors"][0]["field"] == field
    assert many["practice"].tickets()[0] == before


@pytest.mark.parametrize(
    "value",
    ["2026-12-24", "2026-12-24T10:00:00Z", "2026-12-24T10:00Z", "2026-12-24 10:00", "2026-12-24T10:00:00.123456789+05:30", "2024-02-29T00:00:00.000+0000", None, ""],
)  # fmt: skip
def test_every_way_to_write_a_date_is_taken(patch, value):
    """Dates and instants of ISO 8601 with or without a zone, and the two ways to clear one."""
    assert patch("practice", {"workspace": "w-1", "due_date": value}).status_code == 200


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b'"x"', b"7", b"null", b"{bad", b'{"name": NaN}', b'{"name": Infinity}', b'{"custom_fields": {"x": -Infinity}}', b'{"custom_fields": {"x": 1e999}}', b"\xff\xfe{", b'{"name": "x"', b"[" * 5000],
)  # fmt: skip
def test_body_that_is_no_json_object_is_a_bad_request(many, patch, content):
    """Empty, of another type, or no JSON at all, NaN and Infinity included: 400 from Truto itself, in its envelope."""
    before = many["jira"].tickets()[0]
    answer = patch("jira", content)
    assert (answer.status_code, answer.json()["error"]) == (400, "Bad Request"), answer.text
    assert "truto_is_remote_error" not in answer.json()
    assert many["jira"].tickets()[0] == before


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("truto_response_format", "nonsense"), ("truto_response_format", "RAW"), ("truto_response_format[]", "raw"),
        ("truto_ignore_remote_data", "maybe"), ("truto_ignore_remote_data[x]", "true"), ("truto_ignore_limit", "2"),
        ("truto_body_passthrough", "yes"), ("truto_exclude_fields[a]", "name"), ("remote_query", "x"), ("sort_by", "name"),
        ("limit", "many"), ("limit", "0"), ("limit", "-1"), ("limit", "1_0"), ("limit", "1.5"), ("limit[]", "5"), ("next_cursor", "x"),
        ("next_cursor", "cC01"), ("next_cursor[x]", "y"), ("truto_key_by[]", "id"), ("created_at[gt]", "tomorrow"),
        ("created_at[gt][x]", "2026-01-01"), ("updated_at[lte]", "2026-13-01"),
    ],
)  # fmt: skip
def test_query_parameter_of_the_wrong_type_is_a_bad_request(ask, key, value):
    """Unknown formats, booleans that are none, arrays for plain values and dates that are none: 400 from Truto itself."""
    answer = ask("jira", query=[(key, value)])
    assert (answer.status_code, answer.json().get("truto_is_remote_error")) == (400, None), answer.text
    assert key.split("[")[0] in answer.json()["message"]


def test_parameter_that_is_no_array_is_not_given_twice(ask):
    """Two limits are no limit."""
    assert ask("jira", query=[("limit", "5"), ("limit", "6")]).status_code == 400


@pytest.mark.parametrize("slug", slugs())
def test_samples_of_the_page_name_their_first_wrong_value(many, patch, slug):
    """The page's code samples, word for word: 'your_due_date' is not a date, and nothing of the sample is applied."""
    before = many[slug].tickets()[0]
    answer = patch(slug, SAMPLE)
    assert (answer.status_code, "'your_due_date' is not a date" in answer.json()["message"]) == (422, True)
    assert many[slug].tickets()[0] == before


def test_the_sample_is_the_one_of_the_page():
    """All five samples of the page send the same body."""
    if not PAGE.exists():
        pytest.skip("the page is not here")
    bodies = re.findall(
        r'\{\s*"name": "your_name".*?"remote_data": \{\}\s*\}', PAGE.read_text(encoding="utf-8"), re.DOTALL
    )
    assert [json.loads(body) for body in bodies] == [SAMPLE] * 5


def test_empty_object_means_not_given_and_that_is_marked_as_assumed(many, ask, patch):
    """The page's samples send {} for references: it is ignored, and the schema says that this is assumed."""
    before = {key: value for key, value in many["jira"].tickets()[1].items() if key != "updated_at"}
    body = {
        "name": before["name"],
        "priority": {},
        "workspace": {},
        "parent_ticket": {},
        "custom_fields": {},
        "remote_data": {},
    }
    assert patch("jira", body, ticket=before["id"]).status_code == 200
    assert {key: value for key, value in many["jira"].ticket(before["id"]).items() if key != "updated_at"} == before
    assert "empty_objects" in ask("jira", path=f"{TICKETS}/meta/update").json()["x-assumed"]


def test_value_that_is_there_already_is_never_refused():
    """What an import brought may be written back, however odd: only a change is checked."""
    record = {
        "id": "1",
        "name": "One",
        "number": 7,
        "due_date": "some day",
        "status": {"id": 5, "name": "Open"},
        "tags": ["x"],
    }
    with Sandbox("jira", [record], limit=None) as box, httpx.Client(base_url=box.url, trust_env=False) as client:
        headers = {"Authorization": f"Bearer {box.token}"}
        url = f"{TICKETS}/1?integrated_account_id={box.account_id}"
        read = client.get(url, headers=headers).json()
        body = {name: read[name] for name in ("name", "number", "due_date", "status", "tags")}
        assert client.patch(url, headers=headers, json=body).status_code == 200
        assert client.patch(url, headers=headers, json={"number": True}).status_code == 422


def test_ticket_is_not_its_own_parent_and_nobody_is_assigned_twice(many, patch):
    """What makes no sense in any tool: a circle of one is refused, a name given twice counts once."""
    row = many["practice"].tickets()[2]
    assert (
        patch("practice", {"workspace": "w-1", "parent_ticket": {"id": row["id"]}}, ticket=row["id"]).status_code == 422
    )
    answer = patch("practice", {"workspace": "w-1", "assignees": [{"id": "u1"}, {"id": "u1"}]}, ticket=row["id"])
    assert [person["id"] for person in answer.json()["assignees"]] == ["u1"]


def test_freshdesk_takes_no_due_date_that_has_passed(many, patch):
    """By the clock of the practice server, which starts on 2026-11-01; other tools take it."""
    assert patch("freshdesk", {"due_date": "2026-10-31T10:00:00Z"}).status_code == 422
    assert patch("freshdesk", {"due_date": "2026-10-31"}).status_code == 422
    assert patch("freshdesk", {"due_date": "2026-12-24T10:00:00Z"}).status_code == 200
    assert patch("jira", {"due_date": "2026-10-31"}).status_code == 200


@pytest.mark.parametrize("slug", slugs())
def test_title_longer_than_any_tool_takes(patch, slug):
    """Where no limit is documented, a thousand characters are assumed."""
    if "name" in played(slug).fact("writable"):
        assert patch(slug, {"name": "x" * 100_000}).status_code == 422


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "name", "type", "emails", "x"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=examples(120), deadline=None)
@given(body=st.dictionaries(st.sampled_from([*SAMPLE, "parent", "assigness", "colour"]), JSON, max_size=4))
def test_law_no_body_is_answered_with_a_server_error(patch, body):
    """Whatever a body holds, it is taken or refused, and the answer is JSON."""
    answer = patch("practice", {"workspace": "w-1", **body})
    assert answer.status_code in (200, 400, 422), (answer.status_code, answer.text)
    assert isinstance(answer.json(), dict)


KEYS = st.sampled_from(
    ["limit", "next_cursor", "status", "workspace", "organization", "created_at", "number", "name", "sort_by", "truto_key_by", "truto_exclude_fields",
     "truto_response_format", "remote_query", "workspace_id", "ticket_type", "due_date", "x"]
)  # fmt: skip
PARTS = st.sampled_from(["", "[]", "[0]", "[gt]", "[in]", "[in][]", "[id]", "[eq][x]", "[name]", "[", "]", "[a][b][c]"])
VALUES = st.sampled_from(
    [
        "",
        "1",
        "-1",
        "true",
        "asc",
        "raw",
        "debug",
        "stream",
        "open",
        "10001",
        "w-1",
        "2026-01-01",
        "é\x00",
        "'",
        "%",
        "9" * 30,
    ]
)


@settings(max_examples=examples(150), deadline=None)
@given(query=st.lists(st.tuples(st.builds(str.__add__, KEYS, PARTS), VALUES), max_size=4), one=st.booleans())
def test_law_no_query_is_answered_with_a_server_error(many, ask, query, one):
    """Whatever a query holds, it is understood or refused."""
    path = f"{TICKETS}/{many['practice'].tickets()[0]['id']}" if one else TICKETS
    answer = ask("practice", path=path, query=query)
    assert answer.status_code in (200, 400, 404, 422), (answer.status_code, answer.text)


@pytest.mark.parametrize(
    "keys",
    [
        ["truto_exclude_fields", "truto_exclude_fields"], ["truto_exclude_fields[]", "truto_exclude_fields[]"],
        ["truto_exclude_fields[0]", "truto_exclude_fields[1]"], ["truto_exclude_fields", "truto_exclude_fields[]"],
        ["truto_exclude_fields[]", "truto_exclude_fields"],
    ],
)  # fmt: skip
def test_repeated_parameter_counts_each_time(ask, many, keys):
    """An array may be written in every way that clients have, and mixed: no value is lost, for one ticket, for a list and for a PATCH."""
    query = [(key, name) for key, name in zip(keys, ["name", "tags,description"], strict=True)]
    path = f"{TICKETS}/{many['jira'].tickets()[0]['id']}"
    shown = [
        ask("jira", query=query).json()["result"][0],
        ask("jira", path=path, query=query).json(),
        ask("jira", "PATCH", path, query, json={"due_date": None}).json(),
    ]
    assert all(not {"name", "tags", "description"} & one.keys() and "status" in one for one in shown)


@pytest.mark.parametrize(
    "query",
    [
        [("status", "Done"), ("status", "Resolved")], [("status[in]", "done"), ("status[in]", "resolved")], [("status[in]", "Done,Resolved")],
        [("status[]", "Done"), ("status[]", "Resolved")], [("status[in][]", "Done"), ("status[in][]", "Resolved")],
    ],
)  # fmt: skip
def test_repeated_filter_takes_all_its_values(ask, many, query):
    """status twice means either of them, in every spelling."""
    wanted = [row["id"] for row in many["jira"].tickets() if row["status"]["name"] in ("Done", "Resolved")]
    assert [row["id"] for row in ask("jira", query=query).json()["result"]] == wanted != []


ROWS = [
    {"id": "1", "name": "alpha", "number": "9", "created_at": "2026-01-01T23:30:00-01:00", "due_date": "2026-03-01"},
    {
        "id": "2",
        "name": "Beta",
        "number": "10",
        "created_at": "2026-01-02T00:00:00.5Z",
        "due_date": "2026-03-02T00:00:00Z",
    },
    {"id": "10", "name": "Übung", "number": "100.5", "created_at": "2026-01-01T00:00:00Z"},
    {"id": "x", "name": "omega", "created_at": "0001-01-01T00:00:00Z"},
]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"number[gt]": "9"}, ["2", "10"]),  # numbers, not texts
        ({"number[lte]": "10"}, ["1", "2"]),
        ({"number[ne]": "10.0"}, ["1", "10", "x"]),
        ({"number": "10"}, ["2"]),
        ({"id[gt]": "2"}, ["10", "x"]),
        ({"name[eq]": "BETA"}, ["2"]),
        ({"name": "übung"}, ["10"]),
        ({"name[gte]": "beta"}, ["2", "10", "x"]),
        ({"name[in]": "alpha,omega"}, ["1", "x"]),
        ({"created_at[gt]": "2026-01-02T00:00:00Z"}, ["1", "2"]),  # instants, whatever their zone and fraction
        ({"created_at[lte]": "2026-01-02T00:30:00Z"}, ["1", "2", "10", "x"]),
        ({"created_at[lt]": "2026-01-02"}, ["10", "x"]),
        ({"created_at[gt]": "2026-01-02T01:00:00+01:00", "created_at[lt]": "2026-01-02T00:00:01Z"}, ["2"]),
        ({"due_date[gte]": "2026-03-01T00:00:00Z"}, ["1", "2"]),
        ({"due_date[gt]": "2026-03-01"}, ["2"]),
        ({"colour[gt]": "5"}, ["1", "2", "10", "x"]),  # unknown: ignored without a word
    ],
)
def test_comparing_filters_compare_numbers_dates_and_texts(query, ids):
    """100.5 is more than 9, an instant is compared whatever its zone, and capitals make no difference."""
    with Sandbox("gorgias", [{**row, "status": {"id": "o", "name": "Open"}} for row in ROWS], limit=None) as box:
        found = httpx.get(
            box.url + TICKETS,
            params={"integrated_account_id": box.account_id, **query},
            headers={"Authorization": f"Bearer {box.token}"},
            trust_env=False,
        ).json()
    assert [row["id"] for row in found["result"]] == ids


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("workspace_id", "nowhere"),
        ("workspace[id]", "nowhere"),
        ("workspace", "nowhere"),
        ("organization[id]", "nobody"),
        ("organization", "nobody"),
    ],
)
@pytest.mark.parametrize("slug", ["practice", "zohoprojects", "jira"])
def test_workspace_and_organization_that_the_account_does_not_have(many, ask, patch, slug, key, wrong):
    """One ticket: 404, and nothing is applied; a list: no tickets."""
    before = many[slug].tickets()[0]
    body = {"name": "not applied", "workspace": before["workspace"]["id"]}
    assert patch(slug, body, query=[(key, wrong)]).status_code == 404
    assert ask(slug, path=f"{TICKETS}/{before['id']}", query=[(key, wrong)]).status_code == 404
    assert ask(slug, query=[(key, wrong)]).json()["result"] == []
    assert many[slug].tickets()[0] == before


@pytest.mark.parametrize("key", ["workspace_id", "workspace[id]", "workspace", "workspace[name]"])
def test_workspace_that_is_not_the_tickets_own(many, ask, patch, key):
    """A workspace that exists, but not of this ticket, is refused; its own is taken, and a list holds its tickets only."""
    row = many["jira"].tickets()[0]
    part = "name" if "name" in key else "id"
    other = next(other["workspace"] for other in many["jira"].tickets() if other["workspace"] != row["workspace"])
    body = {"due_date": "2026-12-24"}
    assert patch("jira", body, query=[(key, other[part])]).status_code == 404
    assert patch("jira", body, query=[(key, row["workspace"][part])]).status_code == 200
    listed = ask("jira", query=[(key, other[part])]).json()["result"]
    assert (
        [one["id"] for one in listed]
        == [one["id"] for one in many["jira"].tickets() if one["workspace"] == other]
        != []
    )


def test_organization_of_the_account_is_taken(patch, ask):
    """Every practice account has one organization."""
    assert patch("zohoprojects", {"name": "taken"}, query=[("organization[id]", "org-1")]).status_code == 200
    assert len(ask("zohoprojects", query=[("organization[name]", "Northwind Group")]).json()["result"]) == 20
