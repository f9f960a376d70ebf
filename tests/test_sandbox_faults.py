"""The practice server plays the disorders of real networks, tools and colleagues, each by rate, by ticket or by turn."""

from __future__ import annotations

import json
import re
import time
import zlib
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.cli import main
from truto_tickets_nb.sandbox import Sandbox
from truto_tickets_nb.sandbox.faults import Fault
from truto_tickets_nb.sandbox.faults.kinds import KINDS, REQUESTS

TICKETS = "/unified/ticketing/tickets"
DOCS = Path(__file__).parents[1] / "docs" / "practice-server.md"


@contextmanager
def serving(tickets=5, **faults):
    """Serve a few tickets with these faults; the server, a client, and the id of the first ticket."""
    with Sandbox("gorgias", tickets, limit=None) as box:
        box.faults(**faults)
        reach = {
            "headers": {"Authorization": f"Bearer {box.token}"},
            "params": {"integrated_account_id": box.account_id},
        }
        with httpx.Client(base_url=box.url, trust_env=False, timeout=10, **reach) as client:
            yield box, client, box.tickets()[0]["id"]


def always(kind, **options):
    return {kind: {"rate": 1.0, **options}}


@pytest.mark.parametrize("status", [400, 404, 409, 422, 429, 500, 502, 503, 504])
def test_error_after_the_change_was_made(status):
    """The change is there, the answer is an error, and a repeated idempotency key is a new request."""
    with serving(**always(f"after_commit_{status}", wait=3, times=1)) as (box, client, identity):
        answer = client.patch(f"{TICKETS}/{identity}", json={"name": "there"}, headers={"Idempotency-Key": "k"})
        assert (answer.status_code, box.ticket(identity)["name"]) == (status, "there")
        assert (answer.headers.get("retry-after") == "3") == (status == 429)
        assert answer.headers["content-type"].startswith("text/plain" if status == 503 else "application/json")
        assert (
            client.patch(f"{TICKETS}/{identity}", json={"name": "again"}, headers={"Idempotency-Key": "k"}).status_code
            == 200
        )
        assert (box.ticket(identity)["name"], len(box.struck())) == ("again", 1)


def test_reads_lag_behind_writes():
    """A ticket and a list are what they were some time ago, deleted tickets included; the PATCH itself answers what is."""
    with serving(**always("replica_lag", wait=0.6)) as (box, client, identity):
        before = box.tickets()
        assert client.patch(f"{TICKETS}/{identity}", json={"name": "new"}).json()["name"] == "new"
        client.patch(f"{TICKETS}/{identity}", json={"name": "newer"})
        box.delete(before[1]["id"])
        assert client.get(f"{TICKETS}/{identity}").json()["name"] == before[0]["name"]
        assert [row["name"] for row in client.get(TICKETS).json()["result"]] == [row["name"] for row in before]
        assert (
            client.get(TICKETS, params={"integrated_account_id": box.account_id, "name": "newer"}).json()["result"]
            == []
        )
        assert (box.ticket(identity)["name"], len(box.tickets())) == ("newer", 4)  # the truth
        time.sleep(0.7)
        assert client.get(f"{TICKETS}/{identity}").json()["name"] == "newer"
        assert len(client.get(TICKETS).json()["result"]) == 4


def test_lag_of_some_reads_or_of_one_ticket():
    """By rate some reads lag, by ticket all of this one, lists as well."""
    with serving(replica_lag={"rate": 0.5, "wait": 60}) as (box, client, identity):
        client.patch(f"{TICKETS}/{identity}", json={"name": "new"})
        assert len({client.get(f"{TICKETS}/{identity}").json()["name"] for _ in range(20)}) == 2
    with serving(replica_lag={"tickets": ("2",), "wait": 60}) as (box, client, _):
        identities = [row["id"] for row in box.tickets()]
        box.faults(replica_lag={"tickets": (identities[1],), "wait": 60})
        for identity in identities:
            client.patch(f"{TICKETS}/{identity}", json={"name": "new"})
        for _ in range(2):
            assert [client.get(f"{TICKETS}/{identity}").json()["name"] == "new" for identity in identities] == [
                True,
                False,
                True,
                True,
                True,
            ]
        assert [row["name"] == "new" for row in client.get(TICKETS).json()["result"]] == [True, False, True, True, True]


def test_damaged_and_huge_answers():
    """Gzip that breaks, a megabyte that unpacks to a gigabyte, text that is no UTF-8, half of the JSON, nesting without an end."""
    with serving() as (box, client, identity):
        path = f"{TICKETS}/{identity}"
        box.faults(**always("bad_gzip"))
        with pytest.raises(httpx.DecodingError):
            client.get(path)
        box.faults(**always("gzip_bomb"))
        with client.stream("GET", path) as answer:
            packed = answer.iter_raw()
            raw = b"".join(packed)
        assert len(raw) < 2 * 2**20
        unpacking, size = zlib.decompressobj(31), 0
        piece = unpacking.decompress(raw, 2**20)
        while piece:
            size += len(piece)
            piece = unpacking.decompress(unpacking.unconsumed_tail, 2**22)
        assert (size, unpacking.eof) == (2**30 + 2, True)
        box.faults(**always("huge_answer"))
        with client.stream("GET", path) as answer:
            assert len(next(answer.iter_raw())) > 1000
        for kind in ("bad_utf8", "cut_json", "deep_json", "html_200"):
            box.faults(**always(kind))
            with pytest.raises((ValueError, RecursionError)):
                json.loads(client.get(path).content)


def test_drip_comes_byte_by_byte():
    """Whoever waits for whole answers needs an end of patience; the server ends it when it is closed."""
    with (
        serving(**always("drip", wait=0.2)) as (_box, client, identity),
        client.stream("GET", f"{TICKETS}/{identity}") as answer,
    ):
        start = time.monotonic()
        pieces = answer.iter_raw()
        assert [len(next(pieces)) for _ in range(4)] == [1, 1, 1, 1]
        assert 0.4 < time.monotonic() - start < 5


def test_odd_headers():
    """Numbers that are none and dates that no calendar holds, with a 200 and with a 429; and many headers."""
    with serving(**always("odd_header")) as (box, client, identity):
        answer = client.get(f"{TICKETS}/{identity}")
        assert (answer.status_code, answer.headers["ratelimit-limit"]) == (200, "²;w=²")
        assert "99999999999" in answer.headers["retry-after"]
        box.faults(**always("limited_far"))
        answer = client.get(f"{TICKETS}/{identity}")
        assert (answer.status_code, "99999999999" in answer.headers["retry-after"]) == (429, True)
        box.faults(**always("header_flood"))
        assert len(client.get(f"{TICKETS}/{identity}").headers) > 300


def test_odd_rows_and_cursors():
    """A row without an id, a cursor that is a list, a list that never ends and repeats what was there."""
    with serving(**always("odd_row")) as (box, client, _identity):
        rows = client.get(TICKETS).json()["result"]
        assert [row.get("id") for row in rows] == [*(row["id"] for row in box.tickets()), None]
        box.faults(**always("odd_cursor"))
        assert isinstance(client.get(TICKETS).json()["next_cursor"], list)
        box.faults(**always("endless_list"))
        cursors, ids, cursor = set(), [], ""
        for _ in range(12):
            page = client.get(
                TICKETS, params={"integrated_account_id": box.account_id, "limit": 2, "next_cursor": cursor}
            ).json()
            cursor = page["next_cursor"]
            cursors.add(cursor)
            ids += [row["id"] for row in page["result"]]
        assert len(cursors) == 12
        assert len(ids) > 20
        assert set(ids) == {row["id"] for row in box.tickets()}


def test_odd_texts_and_fields_of_tickets():
    """A lone surrogate, control characters, NaN and a list for custom fields: of the named tickets, alone and in lists."""
    with serving() as (box, client, identity):
        other = box.tickets()[2]["id"]
        expected = {
            "surrogate": rb"\ud83d",
            "control_text": rb"\u001b[31m",
            "not_a_number": b"NaN",
            "odd_custom_fields": b'"custom_fields": [1',
        }
        for kind, sign in expected.items():
            box.faults(**{kind: other})
            assert sign not in client.get(f"{TICKETS}/{identity}").content
            for _ in range(2):
                assert sign in client.get(f"{TICKETS}/{other}").content
                assert client.get(TICKETS).content.count(sign) == 1
            box.faults(**always(kind))
            assert sign in client.get(f"{TICKETS}/{identity}").content
        assert "\ud83d" not in json.dumps(box.tickets(), ensure_ascii=False)


def test_odd_schema_capabilities_and_insights():
    """What an account tells of itself, and why something failed, comes in another form."""
    with serving(**always("odd_meta"), **always("odd_capabilities"), **always("odd_insight", on="PATCH")) as (
        box,
        client,
        identity,
    ):
        assert client.get(f"{TICKETS}/meta/update").json()["request_body_schema"] == {
            "required": -1,
            "properties": {"name": True},
        }
        assert client.get(f"/integrated-account/{box.account_id}/capabilities").json()["unified"] == {"tickets": True}
        assert client.patch(f"{TICKETS}/{identity}", json={"name": "x"}).json()["truto_error_insight"] == [1, 2, "x"]
        assert client.get(f"{TICKETS}/{identity}").status_code == 200
        box.faults(**always("echoed_token"))
        assert client.get(f"{TICKETS}/{identity}").text.count(box.token) == 4


def test_answers_that_are_none():
    """null, a list, nothing, a page, a redirection, another ticket."""
    with serving() as (box, client, identity):
        told = {}
        for kind in ("null_answer", "list_answer", "no_content", "redirected", "empty"):
            box.faults(**always(kind))
            answer = client.get(f"{TICKETS}/{identity}")
            told[kind] = (answer.status_code, answer.text)
        box.faults(**always("wrong_ticket"))
        assert client.get(f"{TICKETS}/{identity}").json()["id"] != identity
    assert told == {
        "null_answer": (200, "null"), "list_answer": (200, "[1, 2, 3]"), "no_content": (204, ""), "redirected": (302, ""), "empty": (200, ""),
    }  # fmt: skip


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_fault_strikes_by_rate_by_turn_and_by_ticket(kind):
    """One table holds them all: each strikes the requests that it says, is written down, and is understood by a terminal."""
    request = REQUESTS[KINDS[kind].on][0]
    target = {"GET": "/@", "PATCH": "/@", "LIST": "", "META": "/meta/update"}.get(request, "")
    waits = {"wait": 0.001} if kind in ("drip", "slow", "stalled") else {}
    assert Fault.read(f"{kind}=0.5:on={request}").kind == kind
    with serving() as (box, client, identity):
        for when in ({"rate": 1.0}, {"turns": (1,)}, *([{"tickets": (identity,)}] if "@" in target else [])):
            box.faults(**{kind: {**when, **waits}})
            path = (
                TICKETS + target.replace("@", identity)
                if request != "CAPABILITIES"
                else f"/integrated-account/{box.account_id}/capabilities"
            )
            try:
                with client.stream(
                    "PATCH" if request == "PATCH" else "GET", path, json={"name": "x"} if request == "PATCH" else None
                ) as answer:
                    next(answer.iter_raw(), b"")
            except httpx.TransportError:
                assert kind in ("lost_before", "lost_after", "lost_midway", "stalled")
            assert [struck.kind for struck in box.struck()] == [kind]
            box.set_account(revoked=False, status="active", blocked=False, read_only=False)
            if box.ticket(identity) is None:
                return


def test_same_seed_plays_the_same_lag():
    """Disorder can be had again."""
    told = []
    for _ in range(2):
        with serving() as (box, client, identity):
            box.faults(replica_lag={"rate": 0.4, "wait": 60}, seed=5)
            client.patch(f"{TICKETS}/{identity}", json={"name": "new"})
            told.append([client.get(f"{TICKETS}/{identity}").json()["name"] == "new" for _ in range(15)])
    assert told[0] == told[1]
    assert len(set(told[0])) == 2


def test_fault_that_does_not_exist_lists_those_that_do():
    """With what was probably meant."""
    with tt.sandbox("jira", tickets=1, limit=None) as account:
        with pytest.raises(
            ValueError, match=r"no fault 'replica_lagg'. Did you mean 'replica_lag'\?.*after_commit_422"
        ):
            account.sandbox.faults("replica_lagg=0.3")
        with pytest.raises(ValueError, match=r"no fault 'nonsense'\. There are: limited, .*endless_list"):
            account.sandbox.faults("nonsense")
        with pytest.raises(ValueError, match="no fault 'nonsense'"):
            account.sandbox.faults(nonsense=0.5)
        for wrong in ("replica_lag=0.3:on=PATCH", "limited=0.3:on=POST", "odd_cursor=#1:on=GET"):
            with pytest.raises(ValueError, match=r"can't be played on="):
                account.sandbox.faults(wrong)


def test_command_lists_all_faults(capsys):
    """truto-tickets sandbox --fault help; the page of the documentation holds the same."""
    assert main(["sandbox", "--fault", "help"]) == 0
    shown = capsys.readouterr().out
    page = DOCS.read_text(encoding="utf-8")
    assert re.findall(r"^  (\w+) ", shown, re.MULTILINE) == [
        name
        for group in dict.fromkeys(kind.group for kind in KINDS.values())
        for name in KINDS
        if KINDS[name].group == group
    ]
    assert [name for name, kind in KINDS.items() if f"| `{name}` | {kind.words} |" not in page] == []
