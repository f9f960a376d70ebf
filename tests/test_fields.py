"""Every field and query parameter of Truto's page on updating tickets: set from a frame, sent as documented, stored, and read."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from page import QUERY, REQUEST, RESPONSE

import truto_tickets_nb as tt
from truto_tickets_nb.tickets.fields import CUSTOM_FIELDS, FIELDS, ID

PAGE = Path(__file__).resolve().parents[2] / "shared" / "reference" / "update-tickets.md"
TICKETS = "/unified/ticketing/tickets"
BRUNO = {
    "id": "u2",
    "name": "Bruno Keller",
    "first_name": "Bruno",
    "last_name": "Keller",
    "emails": [{"email": "bruno@example.com", "type": "work"}],
    "phones": [{"number": "+49 30 1234", "type": "work"}],
}
LENA = {**BRUNO, "id": "c1", "name": "Lena Brandt", "first_name": "Lena", "last_name": "Brandt"}

# field -> (what an analyst puts into the cell, what goes out); a column of custom fields stands for `custom_fields`
SAMPLES = {
    "name": ("A new name", "A new name"),
    "assignees": (("Ada Osei", BRUNO), [{"id": "u1"}, BRUNO]),
    "status": ("pending", {"id": "pending"}),
    "due_date": ("2026-12-24T10:00:00Z", "2026-12-24T10:00:00Z"),
    "ticket_type": ("Problem", {"id": "Problem"}),
    "description": ("A new text", "A new text"),
    "html_description": ("<p>A new text</p>", "<p>A new text</p>"),
    "parent_ticket": ("10003", {"id": "10003"}),
    "workspace": ("Web shop", "w-2"),
    "priority": ("Urgent", {"id": "p4"}),
    "custom_fields": ("MARS", {"region": "MARS"}),
    "collections": (("Shop", "Mail"), [{"id": "c-2", "type": "product"}, {"id": "c-3", "type": "component"}]),
    "contact": (LENA, LENA),
    "team": ("Second line", {"id": "t-2"}),
    "account": ("Contoso GmbH", {"id": "62"}),
    "tags": (("billing", "brand new"), [{"id": "billing", "name": "billing"}, {"name": "brand new"}]),
    "source": ({"id": "s9", "name": "fax"}, {"id": "s9", "name": "fax"}),
    "completed_at": ("2026-11-20T08:00:00Z", "2026-11-20T08:00:00Z"),
    "created_at": ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
    "updated_at": ("2026-02-03T04:05:06Z", "2026-02-03T04:05:06Z"),
    "number": ("A-77", "A-77"),
    "languages": (("en", "tlh"), ["en", "tlh"]),
    "items": ({"id": "i1", "name": "Item", "emails": [{"email": "i@example.com", "type": "home"}]},) * 2,
    "parent": ({"id": "10003"}, {"id": "10003"}),
    "created_by": ({"id": "u2", "name": "Bruno Keller", "type": "user"},) * 2,
    "assigness": ([{"id": "u2"}], [{"id": "u2"}]),
    "remote_data": ({"channel": "fax"}, {"channel": "fax"}),
}


@pytest.fixture(scope="module")
def desk():
    with tt.sandbox("practice", tickets=12, limit=None) as account:
        yield account


def test_our_list_is_the_page():
    """No field or parameter of the page is missing here, and none is invented."""
    if not PAGE.exists():
        pytest.skip("the page is not here")
    text = PAGE.read_text(encoding="utf-8")
    assert (read(text, "Request body"), read(text, "Response body")) == (REQUEST, RESPONSE)
    assert tuple(read(text, "Query parameters")) == QUERY


def read(text, section):
    found, top, inner = {}, {}, ""
    for depth, name in re.findall(
        r"^( *)- \*\*`(\w+)`\*\*", text.split(f"## {section}\n")[1].split("\n## ")[0], re.MULTILINE
    ):
        if not depth:
            top = found.setdefault(name, {})
        elif len(depth) == 2:
            inner, top[name] = name, ()
        else:
            top[inner] = (*top[inner], name)
    return found


def test_table_of_fields_is_the_page():
    """The one table of fields knows what the page lets us write and read, and nothing else."""
    assert {row.name for row in FIELDS.values() if row.writable} | {CUSTOM_FIELDS} == REQUEST.keys()
    assert {row.name for row in FIELDS.values() if row.readable} | {CUSTOM_FIELDS, ID} == RESPONSE.keys()
    assert SAMPLES.keys() == REQUEST.keys()


@pytest.mark.parametrize("field", REQUEST)
def test_request_field(desk, field):
    """Set in a frame, a field goes out alone, in the documented shape, is stored, and an undo takes it back."""
    snapshot = desk.load()
    (cell, body), column = SAMPLES[field], "custom_fields.region" if field == CUSTOM_FIELDS else field
    before = {row["id"]: row.get(field) for row in desk.sandbox.tickets()}
    ticket = next(ticket for ticket, value in before.items() if not held(value, body))
    df = snapshot.frame()
    df[column] = df[column].astype(object) if column in df else None
    df.at[ticket, column] = cell
    plan = snapshot.plan(df.astype({column: object}))
    assert ([patch.body for patch in plan], plan.blocking) == ([{field: body}], ())
    run = desk.apply(plan, confirm=1)
    sent = [seen for seen in desk.sandbox.requests() if seen.method == "PATCH"][-1]
    ending = "unknown" if field == "remote_data" else "applied"  # what is only passed on can't be read back
    assert (run.counts, sent.body[field]) == ({ending: 1}, body)
    assert held(desk.sandbox.ticket(ticket)[field], body)
    if field == "remote_data":
        assert (len(run.undo()), "remote_data" in str(run.undo().notes[0])) == (0, True)
    elif field in RESPONSE and field != "updated_at":
        desk.apply(run.undo(), confirm=1)
        assert (desk.sandbox.ticket(ticket).get(field) or None) == (before[ticket] or None)


def held(stored, body):
    """Tell whether what is stored is what was sent: references may come with more than their id."""
    if isinstance(body, list) and isinstance(stored, list):
        return len(stored) == len(body) and all(map(held, stored, body))
    if isinstance(body, dict) and isinstance(stored, dict):
        return all(held(stored.get(key), value) for key, value in body.items())
    return stored == body or (isinstance(stored, dict) and stored.get("id") == body)


@pytest.mark.parametrize("field", RESPONSE)
def test_response_field(desk, field):
    """Each field of an answer comes in: nothing of it is lost, and what has a column stands there in words."""
    snapshot = desk.load(remote_data=True)
    full = next(row for row in desk.sandbox.tickets() if RESPONSE.keys() <= row.keys())
    full = desk._client.get(full["id"])  # the tool's own record is made when it is asked for
    place = snapshot.frame().index.get_loc(full["id"])
    assert snapshot.table.record(place)[field] == full[field]
    if field not in (ID, CUSTOM_FIELDS):
        assert snapshot.frame().iloc[place].notna()[field]


@pytest.mark.parametrize("field", [name for name, parts in REQUEST.items() if parts])
def test_nested_parts(field):
    """Each nested part of a request field stands in some sample, in the documented place."""
    body = SAMPLES[field][1]
    given = {name for item in (body if isinstance(body, list) else [body]) for name in item}
    assert given <= REQUEST[field].keys()
    if field in ("assignees", "contact", "items", "created_by", "source"):
        assert given == REQUEST[field].keys()


QUERIES = {
    "integrated_account_id": ({}, lambda found: found["id"] == "10001"),
    "truto_response_format": ({"truto_response_format": "normalized"}, lambda found: found["id"] == "10001"),
    "truto_ignore_remote_data": ({"truto_ignore_remote_data": True}, lambda found: "remote_data" not in found),
    "truto_exclude_fields": (
        {"truto_exclude_fields": ["tags", "name"]},
        lambda found: not {"tags", "name"} & found.keys(),
    ),
    "remote_query": ({"remote_query": {"expand": {"deep": "a b&c"}}}, lambda found: found["id"] == "10001"),
    "workspace_id": ({"workspace_id": "w-1"}, lambda found: found["id"] == "10001"),
    "etag": ({"etag": 'W/"x+/="'}, lambda found: found["id"] == "10001"),
    "ticket_type": ({"ticket_type": {"id": "issue"}}, lambda found: found["id"] == "10001"),
    "organization": ({"organization": {"id": "org-1"}}, lambda found: found["id"] == "10001"),
    "workspace": ({"workspace": {"id": "w-1", "name": "Support"}}, lambda found: found["id"] == "10001"),
}


@pytest.mark.parametrize("name", QUERY)
def test_query_parameter(desk, name):
    """Each query parameter of the page is written by the bracket rule, percent-encoded, and understood."""
    query, holds = QUERIES[name]
    found = desk._client.patch("10001", {"name": "x", "workspace": "w-1"}, query=query, idempotency_key=f"q-{name}")
    seen = desk.sandbox.requests()[-1]
    assert seen.query == {"integrated_account_id": desk.id, **{key: worded(value) for key, value in query.items()}}
    assert not set(httpx.URL(f"http://x{seen.target}").raw_path.decode()) & set('"<> ')
    assert holds(found)


def worded(value):
    if isinstance(value, dict):
        return {key: worded(item) for key, item in value.items()}
    return "true" if value is True else value
