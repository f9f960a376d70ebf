"""Truto's own SDKs against the practice server: the Python one itself, and the traffic of the TypeScript one, request by request.

What both of them do on the way is listed in the notes on the API, section 6; each line of it is a test here.
"""

from __future__ import annotations

import json
import sys
from http import HTTPStatus

import httpx
import pytest
from clients.running import run

from truto_tickets_nb.sandbox import Sandbox

pytest_plugins = ["clients.tools"]

TICKETS = "/unified/ticketing/tickets"
PROGRAM = """
import asyncio, json, sys
from aiohttp import ClientResponseError
from truto_python_sdk import TrutoApi

url, token, account = sys.argv[1:4]
api = TrutoApi(token=token, base_url=url)
at = ("ticketing", "tickets")

def q(**more):
    return {"integrated_account_id": account, **more}

async def main():
    try:
        return {"found": await calls()}
    except ClientResponseError as error:
        return {"status": error.status, "message": error.message}

async def calls():
    @calls@

print(json.dumps(asyncio.run(main())))
"""


@pytest.fixture
def box():
    records = [
        {"id": f"{n}", "name": f"Ticket {n}", "due_date": "2026-01-31", "description": "x", "tags": []}
        for n in range(20)
    ]
    with Sandbox("jira", [*records, {"id": "a/b ü", "name": "odd"}], limit=None) as found:
        yield found


@pytest.fixture
def sdk(box, python_sdk):
    """Give a function that runs calls of the SDK in a process of its own, and gives what they return or raise."""

    def call(calls, token=""):
        command = [sys.executable, "-c", PROGRAM.replace("@calls@", calls), box.url, token or box.token, box.account_id]
        done = run(command, box, PYTHONPATH=python_sdk)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return call


def test_python_sdk_reads_all_pages(box, sdk):
    """Its iterator follows the cursor through small pages to the end."""
    found = sdk("return await api.unified_api.list(*at, q(limit=4)).to_array()")["found"]
    assert [row["id"] for row in found] == [row["id"] for row in box.tickets()]


def test_python_sdk_leaves_fields_out(sdk):
    """It writes an array with empty brackets, percent-encoded, and booleans as words."""
    calls = 'return await api.unified_api.list(*at, q(truto_exclude_fields=["description"], truto_ignore_remote_data=True)).next_page()'
    assert all(not {"description", "remote_data"} & row.keys() for row in sdk(calls)["found"])


def test_python_sdk_gets_and_updates(box, sdk):
    """An update answers with the bare ticket, and null clears a field."""
    sdk('return await api.unified_api.update(*at, "3", {"name": "new", "due_date": None}, q())')
    found = sdk('return await api.unified_api.get(*at, "3", q())')["found"]
    assert (found["id"], found["name"], found.get("due_date")) == ("3", "new", None)
    assert box.ticket("3")["name"] == "new"


@pytest.mark.parametrize(
    ("calls", "state", "token", "status"),
    [
        ('return await api.unified_api.get(*at, "nothing", q())', {}, "", 404),
        ('return await api.unified_api.update(*at, "3", {"name": "x"}, q())', {"read_only": True}, "", 405),
        ('return await api.unified_api.get(*at, "3", {})', {}, "", 400),
        ('return await api.unified_api.get(*at, "3", q())', {}, "wrong", 401),
        ('return await api.integrated_accounts.get("nothing")', {}, "", 404),
    ],
)
def test_python_sdk_gets_its_errors(box, sdk, calls, state, token, status):
    """Each refusal reaches it as a ClientResponseError with the status and its words, which are all it keeps of an error."""
    box.set_account(**state)
    assert sdk(calls, token) == {"status": status, "message": HTTPStatus(status).phrase}


def test_python_sdk_finds_the_account(box, sdk):
    """Accounts are listed, and got by their id."""
    listed = sdk("return await api.integrated_accounts.list().to_array()")["found"]
    got = sdk("return await api.integrated_accounts.get(account)")["found"]
    assert got in listed
    assert (got["id"], got["integration"]["name"]) == (box.account_id, "jira")


@pytest.fixture
def send(box):
    """Give a function that sends a request to the very target that is written, nothing encoded or mended."""
    with httpx.Client(base_url=box.url, trust_env=False, headers={"Authorization": f"Bearer {box.token}"}) as client:

        def call(method, path, query="", body=None, **headers):
            target = f"{path}?{query}".replace("@", f"integrated_account_id={box.account_id}")
            content = None if body is None else json.dumps(body).encode()
            request = client.build_request(method, "/", content=content, headers=headers)
            request.extensions = {**request.extensions, "target": target.encode("ascii")}
            answer = client.send(request)
            assert box.requests()[-1].target.rstrip("?") == target.rstrip("?")
            return answer

        yield call


PLAIN = {"Accept": "application/json"}
TYPED = {"Content-Type": "application/json"}
TOLERATED = {
    "a question mark with nothing behind it": ("GET", "/integrated-account", "", None, PLAIN),
    "an empty cursor for the first page": ("GET", TICKETS, "@&limit=3&next_cursor=", None, PLAIN),
    "an array with empty brackets": ("GET", TICKETS, "@&truto_exclude_fields[]=description", None, PLAIN),
    "an array with a number": ("GET", TICKETS, "@&truto_exclude_fields[0]=description", None, PLAIN),
    "an array with encoded brackets": ("GET", TICKETS, "@&truto_exclude_fields%5B%5D=description", None, PLAIN),
    "an array with an encoded number": ("GET", TICKETS, "@&truto_exclude_fields%5B0%5D=description", None, PLAIN),
    "a content type on a GET": ("GET", f"{TICKETS}/3", "@", None, TYPED),
    "a null in a body": ("PATCH", f"{TICKETS}/3", "@", {"due_date": None}, TYPED),
    "an encoded id": ("GET", f"{TICKETS}/a%2Fb%20%C3%BC", "@", None, PLAIN),
    "the route of meta": ("GET", f"{TICKETS}/meta/update", "@", None, PLAIN),
    "a connection for one request": ("GET", f"{TICKETS}/3", "@", None, {"Connection": "close"}),
}
SEEN = {
    "an empty cursor for the first page": lambda found: [row["id"] for row in found["result"]] == ["0", "1", "2"],
    "a null in a body": lambda found: found.get("due_date") is None and found["name"] == "Ticket 3",
    "an encoded id": lambda found: found["id"] == "a/b ü",
    "the route of meta": lambda found: found["method"] == "update",
}


@pytest.mark.parametrize("name", TOLERATED)
def test_traffic_of_the_typescript_sdk_is_understood(send, name):
    """What both SDKs need is answered with a success, as JSON, and as it was meant."""
    method, path, query, body, headers = TOLERATED[name]
    answer = send(method, path, query, body, **headers)
    assert (answer.status_code, answer.reason_phrase) == (200, "OK")
    assert "json" in answer.headers["content-type"]
    found = answer.json()
    if "truto_exclude_fields" in query:
        assert all("description" not in row and "name" in row for row in found["result"])
    assert SEEN.get(name, lambda _: True)(found)


@pytest.mark.parametrize(
    ("path", "query", "status"), [(f"{TICKETS}/nothing", "@", 404), (TICKETS, "", 400), ("/nowhere", "", 404)]
)
def test_error_is_json_with_its_words(send, path, query, status):
    """The TypeScript SDK reads the body of an error as JSON, the Python SDK only the words behind its status."""
    answer = send("GET", path, query)
    assert (answer.status_code, answer.reason_phrase) == (status, HTTPStatus(status).phrase)
    assert answer.json()["statusCode"] == status


def test_cursor_of_the_typescript_sdk_reaches_the_end(send, box):
    """It follows next_cursor, percent-encoded in its own way, until it is null."""
    ids, cursor = [], ""
    while cursor is not None:
        encoded = "".join(f"%{byte:02X}" for byte in cursor.encode())
        found = send("GET", TICKETS, f"@&limit=4&next_cursor={encoded}", **PLAIN).json()
        ids, cursor = ids + [row["id"] for row in found["result"]], found["next_cursor"]
    assert ids == [row["id"] for row in box.tickets()]
