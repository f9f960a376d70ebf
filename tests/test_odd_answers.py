"""Answers that nobody expects: whatever a server sends, the result is a good one or an error of ours, soon, and no run stays open."""

from __future__ import annotations

import copy
import gzip
import json
import logging
import time
import uuid
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from clients.odd_server import ACCOUNT, PLACES, RIGHT, TOKEN, OddServer, a_ticket, http
from examples import ALL, examples
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

import truto_tickets_nb as tt
from truto_tickets_nb.errors import TicketsError

DEEP = "[" * 5000 + "]" * 5000
NESTED = json.loads('{"a":' * 600 + "1" + "}" * 600)
DEEPEST = '{"a":' * 1010 + "1" + "}" * 1010  # as deep as orjson reads
ROW = a_ticket(1)


WHOLE = {
    # no JSON at all
    "nothing": http(b""),
    "an HTML page": http("<html>Please sign in</html>", kind="text/html"),
    "JSON as text/html": http({"x": 1}, kind="text/html"),
    "no content type": http("{}", kind=""),
    "half a JSON": http('{"id": "1", "na'),
    "two JSONs": http("{}{}"),
    "a comment": http('/* x */ {"id": "1"}'),
    "single quotes": http("{'id': '1'}"),
    "a null byte": http(b"\x00"),
    "bytes of no encoding": http(b'{"id": "\xff\xfe\xfa"}'),
    "latin-1 that says so": http('{"id": "1", "name": "Zürich"}'.encode("latin-1"), kind="application/json; charset=latin-1"),
    "a charset that is no charset": http(b'{"id": "\xff"}', kind="application/json; charset=hex"),
    "a charset that nobody knows": http(b'{"id": "\xff"}', kind="application/json; charset=utf-99"),
    "UTF-16": http('{"id": "1"}'.encode("utf-16")),
    "UTF-32": http('{"id": "1"}'.encode("utf-32")),
    "a byte-order mark": http(b'\xef\xbb\xbf{"id": "1"}'),
    # JSON of other shapes
    "null": http("null"),
    "true": http("true"),
    "a number": http("7"),
    "a text": http('"x"'),
    "an empty text": http('""'),
    "a list": http("[]"),
    "a list of lists": http("[[[]]]"),
    "a list of tickets": http([ROW]),
    "an empty object": http("{}"),
    "a result of null": http({"result": None}),
    "a result that is text": http({"result": "x"}),
    "a result that is an object": http({"result": {}}),
    "rows that are no objects": http({"result": [1, None, "x", [], True], "next_cursor": None}),
    "an error with 200": http({"message": "no", "error": "x", "truto_error_insight": []}),
    "deep lists": http(DEEP),
    "deep objects": http(NESTED),
    "an id that is as deep as can be": http('{"id":' * 1020 + "1" + "}" * 1020),
    "a result that is as deep as can be": http('{"result":' * 1020 + "1" + "}" * 1020),
    "rows that are as deep as can be": http(f'{{"result":[{{"id":"1","name":{DEEPEST},"tags":{DEEPEST},"custom_fields":{DEEPEST}}},{DEEPEST}]}}'),
    "a cursor that is as deep as can be": http(f'{{"result":[],"next_cursor":{DEEPEST}}}'),
    "an error that is as deep as can be": http(f'{{"message":{DEEPEST},"truto_error_insight":{DEEPEST}}}', status="422 X"),
    "NaN": http('{"id": NaN, "result": [{"id": "1", "name": Infinity}]}'),
    "numbers of 400 digits": http('{"id": ' + "9" * 400 + "}"),
    "numbers of 5,000 digits": http('{"id": ' + "9" * 5000 + "}"),
    "numbers that are infinite": http('{"id": 1e999, "x": -1e999}'),
    "doubled keys": http('{"id": "1", "id": "2", "result": [], "result": null}'),
    "half a character": http(rb'{"id": "\ud83d", "\ude00": "\ud83d"}'),
    "half a character as bytes": http(b'{"id": "\xed\xa0\xbd"}'),
    "control characters": http(b'{"id": "a\x01\x1b[2Jb"}'),
    # HTTP
    "204": http(b"", status="204 No Content"),
    "a redirect": http("", "location: https://evil.example/", status="307 Temporary Redirect"),
    "a redirect to nowhere": http("", "location: http://[", status="302 Found"),
    "a redirect without a place": http("", status="301 Moved"),
    "304": http("", status="304 Not Modified"),
    "418": http("{}", status="418 I'm a teapot"),
    "499 of nginx": http("", status="499 X", kind="text/html"),
    "a status of 599": http("{}", status="599 X"),
    "a status of 999": http("{}", status="999 X"),
    "a status of 42": http("{}", status="42 X"),
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "HTTP of another century": b"HTTP/0.9 200 OK\r\n\r\n{}",
    "hung up at once": b"",
    "hung up in the head": b"HTTP/1.1 200 OK\r\ncontent-type: appl",
    "hung up in the body": b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{",
    "a length that is no number": b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n{}",
    "a negative length": b"HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n{}",
    "two lengths": b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 5\r\n\r\n{}",
    "a length too short": b'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n{"id": "1"}',
    "broken chunks": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "chunks that end early": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "a header without a colon": b"HTTP/1.1 200 OK\r\nnonsense\r\ncontent-length: 2\r\n\r\n{}",
    "a header with control characters": b"HTTP/1.1 200 OK\r\nx: \x01\x1b[2J\r\ncontent-length: 2\r\n\r\n{}",
    "a head without an end": b"HTTP/1.1 200 OK\r\n" + b"x-long: " + b"y" * 200_000,
    "hundreds of interim answers": b"HTTP/1.1 103 Early Hints\r\n\r\n" * 300 + http("{}"),
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n",
    "cookies of no form": http("{}", "set-cookie: =;;;=\x80", "set-cookie: a=b; max-age=99999999999999999999; expires=never"),
    # compression
    "broken gzip": http(gzip.compress(b'{"id": "1"}')[:-6] + b"xxxxxx", "content-encoding: gzip"),
    "cut gzip": http(gzip.compress(b'{"id": "1"}' * 99)[:30], "content-encoding: gzip"),
    "gzip that is none": http(b'{"id": "1"}', "content-encoding: gzip"),
    "gzip twice": http(gzip.compress(gzip.compress(b'{"id": "1"}')), "content-encoding: gzip, gzip"),
    "gzip ten times": http(b"{}", "content-encoding: " + ", ".join(["gzip"] * 10)),
    "deflate without a head": http(zlib.compress(b'{"id": "1"}')[2:-4], "content-encoding: deflate"),
    "a compression that nobody has": http(b"{}", "content-encoding: br, zstd, \x80"),
    "gzip and nothing": http(b"", "content-encoding: gzip"),
    # headers of limits and waits
    **{f"Retry-After: {value}": http("{}", f"retry-after: {value}", status="429 X") for value in (
        "Mon, 01 Jan 99999999999 00:00:00 GMT", "99999999999", "Fri, 31 Dec 9999 23:59:59 -2300", "9" * 5000,
    )},
    **{f"Retry-After: {value}, with 200": http({"id": "1"}, f"retry-after: {value}") for value in (
        "-5", "1e400", "nan", "-inf", "\xb2", "0x10", "1_0", "soon", "Mon, 99 Foo 2026", "2020-01-01T00:00:00", ", ,", "0.0001", "",
    )},
    **{f"RateLimit {value}": http({"id": "1"}, f"ratelimit-limit: {value}", f"ratelimit-remaining: {value}", f"ratelimit-reset: {value}")
       for value in ("\xb2;w=\xb2", "nan;w=nan", "-1;w=10", "0;w=0", ";;;", "100", '"default";q=100;w=60', "9" * 5000, "100, 200;w=1", "1e3;w=1e9")},
    # errors in odd forms
    **{f"an insight that is {json.dumps(value)[:24]}": http({"message": "no", "truto_error_insight": value}, status="422 X") for value in (
        [1, 2, "x"], None, "x", 7, {"missing_required_body_fields": {"value": [1, None, {"x": []}]}}, {"forbidden_error": {"value": {"missing_scopes": [[], {}]}}},
        {"missing_required_query_parameters": {"value": {"a": 1}}}, NESTED,
    )},
    **{f"a message that is {json.dumps(value)[:24]}": http({"message": value, "raw_response": value, "error": value, "details": value}, status="400 X")
       for value in ([], {"a": [None]}, 7, True, "x" * 100_000, NESTED, {"failures": [None, 7, [], {"path": [], "message": {}}]})},
    "an error without a body": http("", status="500 X"),
    "an error in HTML": http("<h1>502</h1>", status="502 Bad Gateway", kind="text/html"),
    "503 in plain text": http("upstream connect error", status="503 X", kind="text/plain"),
    "an error in broken gzip": http(b"xx", "content-encoding: gzip", status="500 X"),
    "a limit with 400": http({"errors": [{"extensions": {"code": "RATELIMITED"}}]}, "retry-after: 0", status="400 X"),
    "a reason of other letters": b"HTTP/1.1 500 \xff\xfe\xb2\r\ncontent-length: 0\r\n\r\n",
}  # fmt: skip


def rows(*records, **more):
    return http({"result": list(records), "next_cursor": None, **more})


ODD_VALUES = (None, [], {}, [[]], [None], [{}], {"id": []}, {"id": {"id": 1}}, {"id": None, "name": None}, "", " ", "x", "\ud83d", 0, -1, 1.5,
              1e300, 2**70, True, False, [1, "x", None, {"name": 7}], {"name": ["x"]}, NESTED)  # fmt: skip
FIELDS = ("name", "status", "tags", "assignees", "due_date", "is_unread", "custom_fields", "workspace", "updated_at", "languages", "etag", "nobody knows it")  # fmt: skip
IN_LISTS = {
    **{f"an id that is {value!r}"[:40]: rows({**ROW, "id": value}, a_ticket(2)) for value in ODD_VALUES},
    **{f"all fields are {value!r}"[:40]: rows({**ROW, **dict.fromkeys(FIELDS, value)}, a_ticket(2)) for value in ODD_VALUES},
    **{f"custom fields of {value!r}"[:40]: rows({**ROW, "custom_fields": {"a": value, "": value, "\x1b": value}}, a_ticket(2)) for value in ODD_VALUES},
    **{f"a cursor that is {value!r}"[:40]: rows(ROW, next_cursor=value) for value in ([], ["a"], {}, {"a": 1}, 0, False, True, 1.5, "x" * 200_000, "\x00")},
    **{f"a page that is partial: {value!r}": rows(ROW, is_partial_response=value) for value in ("false", "true", [], 1, None)},
    "a row without an id": rows({"name": "x"}),
    "rows of many keys": rows({**ROW, **{f"key {n}": n for n in range(3000)}}),
    "one ticket many times": rows(*[ROW] * 100),
}  # fmt: skip
IN_SCHEMAS = {
    f"{part} is {json.dumps(value)[:30]}": http({part: value})
    for part in ("request_body_schema", "query_schema", "response_mapping", "default_query", "default_body", "before", "unified", "account")
    for value in (
        None, [], 7, "x", "{", '{"a": 1}', [[]], {"properties": []}, {"properties": {"name": True}, "required": -1}, {"required": [7, None, {}]},
        {"properties": {"status": {"enum": [[], {}, None, NESTED]}}}, {"anyOf": [7], "oneOf": {"required": []}}, [{"model": 7, "methods": 7}],
        [{"model": "ticketing", "resource": "tickets", "methods": [7, None, {"method": []}]}], NESTED,
    )
}  # fmt: skip
IN_ACCOUNTS = {
    f"{part} is {json.dumps(value)[:24]}": http({**RIGHT["ACCOUNT"], part: value})
    for part in ("id", "status", "is_sandbox", "last_error", "integration")
    for value in (None, [], {}, 7, True, "", "x", {"name": []}, {"name": None})
}
IN_TICKETS = {
    **{
        f"all fields are {value!r}"[:40]: http(
            {**ROW, **dict.fromkeys(FIELDS, value), "custom_fields": {"region": value}}
        )
        for value in ODD_VALUES
    },
    **{f"custom fields are {value!r}"[:40]: http({**ROW, "custom_fields": value}) for value in ODD_VALUES},
    "fields as deep as can be": http(
        f'{{"id":"1","name":{DEEPEST},"tags":{DEEPEST},"custom_fields":{{"region":{DEEPEST}}}}}'
    ),
}
OWN = {
    "LIST": IN_LISTS,
    "META": IN_SCHEMAS,
    "CAPABILITIES": IN_SCHEMAS,
    "ACCOUNT": IN_ACCOUNTS,
    "COMPANION": IN_LISTS,
    "GET": IN_TICKETS,
    "PATCH": IN_TICKETS,
}


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """Wait for nothing that we choose ourselves, and log nothing of it."""
    monkeypatch.setattr("truto_tickets_nb.api.retry.FIRST", 0.001)
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def edited(snapshot):
    """Edit every ticket in a text, a set and a custom field."""
    df = snapshot.frame()
    df["name"] = df["name"].astype("str") + " mine"
    df["tags"] = df["tags"].tickets.add("blue")
    if "custom_fields.region" in df:
        df["custom_fields.region"] = "US"
    return df


def journey(url, home):
    """Connect, load, edit, try, apply; returns what anybody may read of it."""
    with tt.connect(TOKEN, ACCOUNT, url, home=home) as account:
        try:
            snapshot = account.load(progress=False)
            plan = snapshot.plan(edited(snapshot))
            told = [repr(snapshot), repr(plan), repr(account.profile)]
            plan = plan.drop(*plan.blocking)
            if len(plan) and not plan.blocking:
                told.append(repr(account.dry_run(plan, progress=False)))
                run = account.apply(plan, confirm=len(plan), progress=False)
                told += [repr(run), run.receipt("json"), run.receipt(), repr(run.undo())]
            return told
        finally:
            states = {run.state for run in account.runs()}
            assert "running" not in states, states


def verdict(place, odd, home, times=None):
    """Go the way with one odd answer; says what is wrong with the end of it, "" where all is well."""
    home.mkdir()
    with OddServer(place, odd, times) as server:
        start = time.monotonic()
        try:
            told = journey(server.url, home)
        except TicketsError as error:
            told = [str(error)]
        except Exception as error:  # noqa: BLE001  (it is the very thing that must not be)
            return f"{type(error).__module__}.{type(error).__name__}: {error}"[:200]
        took = time.monotonic() - start
    if not all(text.strip() for text in told):
        return "an error that says nothing"
    if len("".join(told)) > 100_000:
        return "a flood of words"
    return "not asked" if not server.strikes else f"{took:.1f} s" if took > 25 else ""


def check(cases, folder):
    """Try cases of (place, odd answer, times) side by side."""
    with ThreadPoolExecutor(8) as pool:
        jobs = {
            name: pool.submit(verdict, place, odd, folder / str(n), times)
            for n, (name, (place, odd, times)) in enumerate(cases.items())
        }
    wrong = {name: job.result() for name, job in jobs.items() if job.result()}
    assert not wrong, "\n".join(f"{name}: {told}" for name, told in wrong.items())


def test_odd_answers_end_well(tmp_path):
    """Each odd answer in one of seven places, once or always: a good result or an error of ours, and no run stays open."""
    cases = {
        f"{name} {PLACES[n % 7]}": (PLACES[n % 7], odd, n % 2 or None)
        for n, (name, odd) in enumerate(WHOLE.items())
        if ALL or n % 2 == 0
    }
    own = [(f"{name} {place}", (place, odd, None)) for place in PLACES for name, odd in OWN[place].items()]
    check(cases | dict(own[::7]), tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("times", [None, 1], ids=["always", "once"])
@pytest.mark.parametrize("place", PLACES)
def test_every_odd_answer_in_every_place_ends_well(place, times, tmp_path):
    """All odd answers in all seven places, once and always."""
    check({name: (place, odd, times) for name, odd in {**WHOLE, **OWN[place]}.items()}, tmp_path)


# structural mutations of what is right


def paths(value, path=()):
    """List all places inside a value of JSON."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths(item, (*path, key))


def mutated(value, number, operation, odd):
    """Change one place of a value of JSON."""
    every = list(paths(value))
    path = every[number % len(every)]
    if not path:
        return [value] if operation == "wrap" else odd if operation == "replace" else value
    value = copy.deepcopy(value)
    inner = value
    for key in path[:-1]:
        inner = inner[key]
    match operation:
        case "replace":
            inner[path[-1]] = odd
        case "wrap":
            inner[path[-1]] = [inner[path[-1]]]
        case "drop":
            del inner[path[-1]]
        case "text":
            inner[path[-1]] = json.dumps(inner[path[-1]])
        case "repeat" if isinstance(inner, list):
            inner += inner * 2
        case "name" if isinstance(inner, dict):
            inner[json.dumps(odd)[:40]] = inner.pop(path[-1])
    return value


MUTATION = st.tuples(st.integers(0, 10**6), st.sampled_from(["replace", "replace", "wrap", "drop", "text", "repeat", "name"]), st.sampled_from(ODD_VALUES))  # fmt: skip
RIGHT_ANSWERS = {
    **RIGHT, "LIST": {"result": [a_ticket(n) for n in (1, 2, 3)], "next_cursor": None, "is_partial_response": False},
    "GET": a_ticket(1), "PATCH": a_ticket(1), "COMPANION": {"result": [{"id": "1", "name": "Ada", "emails": [{"email": "a@example.com"}], "workspace": {"id": "w"},
    "options": [{"label": "Europe", "value": "EU"}], "type": "enum", "is_required": True}], "next_cursor": None},
}  # fmt: skip


def ends_well(place, mutations, times, folder):
    value = RIGHT_ANSWERS[place]
    try:
        for mutation in mutations:
            value = mutated(value, *mutation)
    except RecursionError:  # of the test itself
        reject()
    told = verdict(place, http(json.dumps(value)), folder / uuid.uuid4().hex, times)
    assert told in ("", "not asked"), f"{told}\n{json.dumps(value)[:2000]}"


@settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PLACES), st.lists(MUTATION, min_size=1, max_size=4), st.sampled_from([None, 1]))
def test_mutated_answers_end_well(tmp_path, place, mutations, times):
    """Whatever part of a right answer is replaced, wrapped, dropped, doubled or renamed: a good result or an error of ours."""
    ends_well(place, mutations, times, tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PLACES), st.lists(MUTATION, min_size=1, max_size=6), st.sampled_from([None, 1]))
def test_many_mutated_answers_end_well(tmp_path, place, mutations, times):
    """The same, many times."""
    ends_well(place, mutations, times, tmp_path)
