"""One answer: in bounded time and memory, read leniently, without the token, and with every foreign error as one of ours."""

from __future__ import annotations

import base64
import gzip
import html
import inspect
import json
import pathlib
import resource
import socket
import ssl
import threading
import time
import traceback
import zlib
from urllib.parse import quote

import httpx
import orjson
import pytest
from clients.odd_server import ACCOUNT, TOKEN, OddServer, a_ticket, drip, http
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from listening import waits_into

import truto_tickets_nb as tt
from truto_tickets_nb.api.client import Client
from truto_tickets_nb.api.lenient_json import as_sent, parsed
from truto_tickets_nb.api.redaction import Redaction
from truto_tickets_nb.api.throttle import Throttle
from truto_tickets_nb.api.transport import FOREIGN
from truto_tickets_nb.errors import (
    AccountClosed,
    NoAnswer,
    RateLimited,
    ServerTrouble,
    SetupError,
    TicketsError,
    UnexpectedAnswer,
)


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    monkeypatch.setattr("truto_tickets_nb.api.retry.FIRST", 0.001)


def client(answer, **kwargs):
    """Make a client whose transport is a function."""
    handle = answer if callable(answer) else lambda _request: answer
    now = [0.0]
    budget = Throttle(size=0, clock=lambda: now[0], sleep=lambda seconds: now.__setitem__(0, now[0] + seconds + 0.001))
    return Client(TOKEN, "acc", "https://x.example", transport=httpx.MockTransport(handle), budget=budget, **kwargs)


def connected(server, folder):
    return tt.connect(TOKEN, ACCOUNT, server.url, home=folder)


# foreign errors


def httpx_errors():
    kinds = [kind for kind in vars(httpx).values() if inspect.isclass(kind) and issubclass(kind, Exception)]
    return sorted(kinds, key=lambda kind: kind.__name__)


def made(kind):
    """Make an error of a foreign kind, as far as it can be made."""
    request = httpx.Request("GET", "https://x.example")
    for give in ({"request": request, "response": httpx.Response(500, request=request)}, {"request": request}, {}):
        for said in (("said",), ()):
            try:
                return kind(*said, **give)
            except TypeError:
                continue
    raise AssertionError(kind)


OTHERS = (
    OSError("x"), ConnectionResetError("x"), TimeoutError("x"), ssl.SSLError("x"), ssl.SSLCertVerificationError("x"), socket.gaierror(8, "x"),
    EOFError(), zlib.error("x"), gzip.BadGzipFile("x"), ValueError("x"), UnicodeDecodeError("utf-8", b"x", 0, 1, "x"),
    UnicodeEncodeError("utf-8", "x", 0, 1, "x"), RecursionError("x"), MemoryError(), RuntimeError("x"), KeyError("x"), IndexError("x"),
    json.JSONDecodeError("x", "", 0), orjson.JSONDecodeError("x", "", 0), LookupError("unknown encoding"), BrokenPipeError(),
)  # fmt: skip


@pytest.mark.parametrize("error", [*map(made, httpx_errors()), *OTHERS], ids=lambda error: type(error).__name__)
def test_no_foreign_error_passes(error):
    """Whatever httpx, TLS, sockets, decompression, texts or JSON raise becomes an error of ours, chained, with what to do."""

    def raising(_request):
        raise error

    with client(raising, tries=1) as account, pytest.raises(TicketsError, match=r"No answer from x\.example") as caught:
        account.get("1")
    assert isinstance(caught.value, NoAnswer)
    assert caught.value.__cause__ is error
    with client(raising) as account, pytest.raises(NoAnswer) as caught:
        account.patch("1", {"name": "x"}, idempotency_key="k")
    assert caught.value.maybe_applied or "connect" in type(error).__name__.lower() or "P" in type(error).__name__


def test_every_error_of_httpx_is_listed():
    """A new version of httpx with a new kind of error is noticed here."""
    unlisted = [kind.__name__ for kind in httpx_errors() if not issubclass(kind, FOREIGN)]
    assert unlisted == []


@pytest.mark.parametrize(
    "ask",
    [lambda c: c.get("x" * 70_000), lambda c: c.page({"status": "\ud83d"}), lambda c: c.page({"status": "x" * 70_000})],
)
def test_what_no_address_can_hold_is_a_setup_error(ask):
    """An id or a filter that can't be written into an address is refused before anything is sent."""
    asked = []
    with (
        client(lambda request: asked.append(request) or httpx.Response(200, json={})) as account,
        pytest.raises(SetupError),
    ):
        ask(account)
    assert asked == []


@pytest.mark.parametrize(
    "address",
    [
        "https://a b.example",
        "https://[::1",
        "https://x.example:99999",
        "https://xn--\u200d.example",
        "https://",
        "https://x.example?a=1",
        "https://x.example\x00",
    ],
)
def test_address_that_is_none_is_a_setup_error(address):
    """A base_url that is no address is told before anything is sent."""
    with pytest.raises(SetupError):
        Client(TOKEN, "acc", address)


@pytest.mark.parametrize(
    ("address", "path"), [("https://x.example/", ""), ("https://x.example/truto/v1/", "/truto/v1")]
)
def test_address_with_a_path_keeps_it(address, path):
    """A base_url may hold a path, and end with a slash."""
    asked = []
    transport = httpx.MockTransport(
        lambda request: asked.append(request.url.path) or httpx.Response(200, json={"id": "1"})
    )
    with Client(TOKEN, "acc", address, transport=transport) as account:
        account.get("1")
    assert asked == [f"{path}/unified/ticketing/tickets/1"]


def test_certificate_that_is_not_trusted_is_explained(tmp_path):
    """TLS that can't be trusted says so, and how a company's certificate is named; nothing was sent."""
    error = httpx.ConnectError("x")
    error.__cause__ = ssl.SSLCertVerificationError("self-signed")

    def raising(_request):
        raise error

    with client(raising, tries=1) as account, pytest.raises(NoAnswer, match="SSL_CERT_FILE") as caught:
        account.patch("1", {}, idempotency_key="k")
    assert not caught.value.maybe_applied


def test_server_that_speaks_no_tls_is_explained():
    """https to a server that speaks plain HTTP is an error of ours that says so."""

    def answer(listening):
        connection, _ = listening.accept()
        with connection:
            connection.recv(100)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.recv(100_000)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=answer, args=(listening,), daemon=True).start()
        address = f"https://127.0.0.1:{listening.getsockname()[1]}"
        with Client(TOKEN, "acc", address, tries=1) as account, pytest.raises(NoAnswer, match="TLS"):
            account.get("1")


def test_connection_that_is_closed_meanwhile():
    """Who closes an account while it waits for an answer gets AccountClosed or NoAnswer in the waiting thread, nothing else."""
    errors = []
    with OddServer("GET", drip(b"HTTP/1.1 200 OK\r\n\r\n", seconds=3)) as server:
        account = Client(TOKEN, "acc", server.url, tries=1)

        def ask():
            try:
                account.get("1")
            except Exception as error:  # noqa: BLE001
                errors.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        time.sleep(0.3)
        account.close()
        thread.join(10)
    assert [type(error) for error in errors] in ([AccountClosed], [NoAnswer])


# bounded time and memory


@pytest.mark.parametrize(
    "head",
    [b"", b"HTTP/1.1 200 OK\r\nx: ", b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{", b"HTTP/1.1 200 OK\r\ncontent-length: 900000\r\n\r\n"],
    ids=["nothing", "head", "body", "length"],
)  # fmt: skip
def test_server_that_drips_is_given_up(head):
    """A server that sends a byte now and then, in the head or in the body, holds nobody longer than the time of one request."""
    with (
        OddServer("GET", drip(head, b"x")) as server,
        Client(TOKEN, "acc", server.url, tries=1, timeout=0.4) as account,
    ):
        start = time.monotonic()
        with pytest.raises(NoAnswer, match="No answer"):
            account.get("1")
        assert time.monotonic() - start < 3


def test_interim_answers_without_end_are_given_up():
    """A server that says "103 Early Hints" for ever is given up as well."""
    with (
        OddServer("GET", drip(b"", b"HTTP/1.1 103 X\r\n\r\n", 0.01)) as server,
        Client(TOKEN, "acc", server.url, tries=1, timeout=0.4) as account,
        pytest.raises(NoAnswer),
    ):
        account.get("1")


def test_next_request_has_its_whole_time():
    """The time of one request is no one else's: after a slow one the next has all of it."""
    with (
        OddServer("GET", drip(b"", b"x"), 1) as server,
        Client(TOKEN, "acc", server.url, tries=3, timeout=0.3) as account,
    ):
        assert account.get("1")["id"] == "1"


@pytest.mark.parametrize("layers", [1, 2])
def test_bomb_is_refused_within_bounded_memory(layers):
    """An answer of a few kilobytes that unpacks to hundreds of megabytes is refused, and memory stays within a few hundred megabytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = b"".join([packer.compress(bytes(2**24)) for _ in range(40)]) + packer.flush()
    bomb = gzip.compress(zeros) if layers == 2 else zeros
    head = "content-encoding: " + ", ".join(["gzip"] * layers)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with (
        OddServer("GET", http(bomb, head)) as server,
        Client(TOKEN, "acc", server.url, tries=1) as account,
        pytest.raises(NoAnswer, match="larger than 128 MB"),
    ):
        account.get("1")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000  # KB


@pytest.mark.parametrize("list_", ["users", "tickets"])
def test_list_without_an_end_is_given_up(list_):
    """Tickets or people: a list whose cursors never end and that brings nothing new is stopped after a few dozen pages."""
    asked = []

    def answer(_request):
        asked.append(1)
        return httpx.Response(200, json={"result": [{"id": "1", "name": "Ada"}], "next_cursor": f"c{len(asked)}"})

    with client(answer) as account, pytest.raises(ServerTrouble, match=f"list of {list_} does not end"):
        list(account.pages({}, resource=list_))
    assert len(asked) <= 50


def test_waits_are_capped_and_shown():
    """A server may ask for two minutes at most; a longer wait is an error that says how long, and every wait is told."""
    waits = []
    far = httpx.Response(429, headers={"retry-after": "Mon, 01 Jan 99999999999 00:00:00 GMT"})
    with (
        client(far, listeners=(waits_into(waits.append),)) as account,
        pytest.raises(RateLimited, match="asks for a wait"),
    ):
        account.get("1")
    assert waits == []
    slow = httpx.Response(200, json={"id": "1"}, headers={"retry-after": "99999"})
    with client(slow, listeners=(waits_into(waits.append),)) as account:
        account.get("1")
        assert [wait.seconds for wait in waits] == [120.0]
        assert account.is_paused


@pytest.mark.parametrize("path", ["tickets", "users"])
@pytest.mark.parametrize(
    "limit", [(400, {"errors": [{"extensions": {"code": "RATELIMITED"}}]}), (422, {"truto_error_insight": {"rate_limit_error": {"value": True}}})]
)  # fmt: skip
def test_limit_of_a_list_is_a_wait(path, limit):
    """Linear's 400 and Truto's insight are a wait for lists of tickets and of people as well."""
    answers = [
        httpx.Response(limit[0], json=limit[1]),
        httpx.Response(200, json={"result": [{"id": "1"}], "next_cursor": None}),
    ]
    waits = []
    with client(lambda _request: answers.pop(0), listeners=(waits_into(waits.append),)) as account:
        assert account.companions(path) == [{"id": "1"}]
    assert len(waits) == 1


# lenient reading


HALF = rb'{"result":[{"id":"1","name":"Thanks \ud83d","custom_fields":{"region":"EU","note":"\ude00 x"}},{"id":"2","name":"fine"}],"next_cursor":null}'


def test_half_a_character_goes_through_the_whole_journey(tmp_path):
    """A title cut in the middle of an emoji is loaded, said, edited, sent with the half that it had, verified and undone."""
    with OddServer() as server:
        record = {**a_ticket(1), "name": "Thanks \ud83d", "custom_fields": {"region": "EU", "note": "\ude00 x"}}
        server.tickets = {"1": record, "2": a_ticket(2)}
        with connected(server, tmp_path) as account:
            snapshot = account.load(progress=False)
            assert any("halves of characters" in note and "ticket 1, name" in note for note in snapshot.notes)
            assert len(snapshot.plan(snapshot.frame())) == 0
            df = snapshot.frame()
            df["name"] += " mine"
            df["custom_fields.region"] = "US"
            plan = snapshot.plan(df)
            run = account.apply(tt.Plan.from_json(plan.to_json()), confirm=2, progress=False)
            assert run.counts == {"applied": 2}
            assert server.tickets["1"]["name"] == "Thanks \ud83d mine"
            for shown in (snapshot, plan, run, run.receipt("json"), run._repr_html_()):
                str(shown).encode()
            assert account.apply(account.run(run.id).undo(), confirm=2, progress=False).counts == {"applied": 2}
            assert server.tickets["1"] == record
            snapshot.save(tmp_path / "s.jsonl.gz")
            again = tt.open_snapshot(tmp_path / "s.jsonl.gz")
            assert again.frame()["name"].tolist() == snapshot.frame()["name"].tolist()


def test_colleague_who_mends_half_a_character_is_not_overwritten(tmp_path):
    """Another half, or the whole emoji, is another value: a conflict."""
    with OddServer() as server:
        server.tickets = {str(n): {**a_ticket(n), "name": "Thanks \ud83d"} for n in (1, 2, 3)}
        with connected(server, tmp_path) as account:
            snapshot = account.load(progress=False)
            plan = snapshot.plan(snapshot.frame().assign(name="mine"))
            server.tickets["1"]["name"], server.tickets["2"]["name"] = "Thanks \U0001f600", "Thanks \ud83c"
            run = account.apply(plan, confirm=3, progress=False, brakes=tt.SafetyLimits(canary=0))
        assert {outcome.ticket: outcome.kind for outcome in run.outcomes} == {
            "1": "conflict",
            "2": "conflict",
            "3": "applied",
        }


ODD_LETTERS = [
    "\ud83d",
    "\ude00",
    "\udfff",
    "\U0010d7ff",
    "\U0010d800",
    "\U0010d83d",
    "\U0010dfff",
    "\U0010e000",
    "\\",
    "\0",
    '"',
    "u",
]
TEXTS = st.text(st.characters() | st.sampled_from(ODD_LETTERS))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=examples(300), deadline=None)
@given(JSON, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]), st.booleans())
def test_what_is_read_is_sent_back_as_it_came(value, encoding, ascii_):
    """Any JSON, with halves of characters anywhere and in any encoding of Unicode, is read, and written again means the same."""
    text = json.dumps(value, ensure_ascii=ascii_)
    read = parsed(text.encode(encoding, "surrogatepass"))
    assert json.loads(as_sent(orjson.dumps(read))) == json.loads(
        text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"[NaN, Infinity, -Infinity, 1e999, " + b"9" * 400 + b", " + b"9" * 5000 + b"]", [None] * 6),
        (
            b"[18446744073709551615, -9223372036854775808, 18446744073709551616, NaN]",
            [2**64 - 1, -(2**63), float(2**64), None],
        ),
        (b'["a\x01b"]', ["a\x01b"]),
        (b'{"a": 1, "a": 2, "b": NaN}', {"a": 2, "b": None}),
        (b'["\xed\xa0\xbd\xed\xb8\x80"]', ["\U0001f600"]),
    ],
)
def test_forgiving_reading(text, value):
    """What is no strict JSON and can be understood is read; what nobody could hold counts as empty."""
    assert parsed(text) == value


def test_repairs_are_said(tmp_path):
    """A page whose JSON was repaired costs a note that says where, never the load."""
    with (
        OddServer(
            "LIST", http(b'{"result":[{"id":"1","name":"x","custom_fields":{"n":NaN}}],"next_cursor":null}')
        ) as server,
        connected(server, tmp_path) as account,
    ):
        snapshot = account.load(progress=False)
    assert len(snapshot) == 1
    assert "Page 1 holds NaN, infinity" in " ".join(snapshot.notes)


@pytest.mark.parametrize("cursor", [["a"], {"a": 1}, True, 1.5, "x" * 100_000])
def test_cursor_that_is_none_ends_the_list_and_says_incomplete(tmp_path, cursor):
    """A list whose next page can't be asked for is kept as far as it came, and the snapshot says that it is incomplete."""
    with (
        OddServer("LIST", http({"result": [a_ticket(1)], "next_cursor": cursor})) as server,
        connected(server, tmp_path) as account,
    ):
        snapshot = account.load(progress=False)
    assert len(snapshot) == 1
    assert any(note.startswith("Incomplete: after page 1") for note in snapshot.notes)
    assert "Incomplete" in repr(snapshot)


ODD_FIELDS = {
    "custom_fields": [[1], "x", 7, True], "status": [[1], {"id": []}, {"x": 1}], "tags": [7, {"id": []}, [[1]]], "name": [[1], {"a": 1}],
    "is_unread": ["maybe", 7, []], "languages": [[[]], {"a": 1}],
}  # fmt: skip


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in ODD_FIELDS.items() for value in values])
def test_field_in_another_form_costs_a_note(tmp_path, name, value):
    """A field whose form nobody knows costs a note with the ticket and the field; the other fields of the ticket can be edited."""
    with OddServer() as server:
        server.tickets["2"][name] = value
        with connected(server, tmp_path) as account:
            snapshot = account.load(progress=False)
            assert any(
                note.startswith(f"{name}: 1 values have a form that is not known here") and "tickets 2" in note
                for note in snapshot.table.notes
            )
            assert len(snapshot.plan(snapshot.frame())) == 0
            df = snapshot.frame().assign(due_date="2026-02-01")
            run = account.apply(snapshot.plan(df), confirm=3, progress=False)
        assert run.counts == {"applied": 3}
        assert server.tickets["2"][name] == value


@pytest.mark.parametrize(
    "odd", [{"request_body_schema": [1]}, {"request_body_schema": {"properties": 7}}, {"query_schema": "x"}, [], None]
)
def test_schema_in_another_form_costs_a_note(tmp_path, odd):
    """A schema that nobody can read counts as not told, and the snapshot says so."""
    with OddServer("META", http(json.dumps(odd))) as server, connected(server, tmp_path) as account:
        notes = " ".join((*account.load(progress=False).notes, *account.learnt().notes, repr(account.profile)))
    assert "schema" in notes


def test_get_that_answers_another_ticket_or_none_changes_nothing(tmp_path):
    """An answer that does not name the ticket is no look at it: nothing is sent on the strength of it."""
    with OddServer("GET", http({"name": "ticket 1"})) as server, connected(server, tmp_path) as account:
        snapshot = account.load(progress=False)
        run = account.apply(snapshot.plan(snapshot.frame().assign(name="x")), confirm=3, progress=False)
        assert run.counts == {"not sent": 3}
        assert not [place for place, *_ in server.asked if place == "PATCH"]


def test_unexpected_answer_is_not_asked_for_again():
    """JSON of another shape will hardly change: it is an error of its own kind at once, which is a NoAnswer too."""
    asked = []
    with (
        client(lambda request: asked.append(request) or httpx.Response(200, json=[])) as account,
        pytest.raises(UnexpectedAnswer),
    ):
        account.get("1")
    assert len(asked) == 1


# the token


def forms(token):
    """List the forms in which a server may echo a token."""
    auth = f"Bearer {token}"
    return {
        "as it is": token, "with its word": auth, "in a URL": quote(token, safe=""), "in a URL, all of it": "".join(f"%{ord(c):02x}" for c in token),
        "base64": base64.b64encode(token.encode()).decode(), "base64 of the header": base64.b64encode(auth.encode()).decode(),
        "basic": base64.b64encode(f"user:{token}".encode()).decode(), "basic, shifted": base64.b64encode(f"ab:{token}:x".encode()).decode(),
        "urlsafe": base64.urlsafe_b64encode(auth.encode()).decode(), "hex": token.encode().hex(), "in HTML": html.escape(token),
        "in JSON": json.dumps(json.dumps(token)), "over lines": f"{token[:9]}\n {token[9:]}", "in capitals": token.upper(),
        "in text of JSON, over lines": f"{token[:9]}\\n{token[9:]}",
    }  # fmt: skip


def leaks(token, text):
    """Tell whether a text holds the token, or eight letters of it, in any form that a person could turn back."""
    pieces = [token[n : n + 8] for n in range(len(token) - 7)]
    bare = "".join(text.split()).replace("\\n", "").lower()
    coded = [
        base64.b64encode(b"\0" * n + token.encode()).decode()[-(-8 * n // 6) : (8 * (n + len(token))) // 6]
        for n in range(3)
    ]
    return [piece for piece in (*pieces, *coded, token.encode().hex()) if piece.lower() in bare]


@pytest.mark.parametrize("part", range(3))
@pytest.mark.parametrize("place", ["PATCH", "GET", "LIST", "ACCOUNT", "META", "COMPANION"])
def test_token_is_redacted_wherever_it_is_echoed(tmp_path, place, part):
    """In an error, an insight, a header, a ticket or a list, in whatever form: no repr, receipt, log or file holds the token."""
    echoes = [*forms(TOKEN).values()][
        part::3
    ]  # several forms in one answer, because each costs the waits of its re-reads
    body = {"message": f"bad {' or '.join(echoes)}", "raw_response": {echo: [echo] for echo in echoes}, "truto_error_insight": {
        "missing_scopes": echoes, "missing_required_body_fields": {"value": echoes}, "forbidden_error": {"value": {"missing_scopes": echoes}}}}  # fmt: skip
    heads = [f"x-echo-{number}: {echo.encode('unicode_escape').decode()}" for number, echo in enumerate(echoes)]
    odd = http(body, *heads, status="422 X")
    told = []
    with OddServer(place, odd) as server:
        try:
            with connected(server, tmp_path) as account:
                snapshot = account.load(progress=False)
                run = account.apply(snapshot.plan(snapshot.frame().assign(name="x")), confirm=3, progress=False)
                told += [
                    str(run),
                    run.receipt("json"),
                    run.receipt(),
                    repr(snapshot),
                    repr(account.profile),
                    repr(snapshot.notes),
                ]
        except tt.errors.ApiError as error:
            told += ["".join(traceback.format_exception(error)), repr(error), repr(vars(error))]
    told += [path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()]
    assert not [piece for text in told for piece in leaks(TOKEN, text)]


@pytest.mark.parametrize("odd", ["content-type", "no JSON", "header line", "reason", "ticket"])
def test_token_in_odd_places_is_redacted(tmp_path, odd):
    """A type, a page, a broken head or a status line that echo it, or a ticket that holds it: the traceback, too, shows none of it."""
    answers = {
        "content-type": http("x", kind=f"text/{TOKEN}"),
        "no JSON": http(f"<p>{TOKEN}</p>"),
        "header line": f"HTTP/1.1 200 OK\r\n{TOKEN}\r\n\r\n{{}}".encode(),
        "reason": f"HTTP/1.1 500 {TOKEN}\r\ncontent-length: 0\r\n\r\n".encode(),
        "ticket": http({"result": [{**a_ticket(1), "name": f"my token is {TOKEN}"}], "next_cursor": None}),
    }
    with OddServer("LIST", answers[odd]) as server, connected(server, tmp_path) as account:
        try:
            snapshot = account.load(progress=False)
            snapshot.save(tmp_path / "s.jsonl")
            told = [
                repr(snapshot),
                snapshot.frame().to_csv(),
                gzip.decompress((tmp_path / "s.jsonl").read_bytes()).decode(),
            ]
        except tt.errors.ApiError as error:
            told = [
                "".join(traceback.format_exception(error)),
                *(str(link) for link in (error, error.__cause__, error.__context__)),
            ]
    assert not [piece for text in told for piece in leaks(TOKEN, text)]


@settings(max_examples=examples(200), deadline=None)
@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=12, max_size=60),
    st.binary(max_size=9),
    st.binary(max_size=9),
)
def test_base64_of_any_token_is_redacted_at_any_place(token, before, after):
    """Whatever stands before and behind a token in base64, what is left of it after redaction tells nothing of it."""
    shown = Redaction(token).text(base64.b64encode(before + token.encode() + after).decode())
    assert "<token>" in shown
    assert len(shown.replace("<token>", "")) <= (len(before) + len(after)) * 4 / 3 + 8


def test_redirect_elsewhere_gets_no_token(tmp_path):
    """A server that sends a request elsewhere is told so; the other server hears nothing, be it of a list, a GET or a PATCH."""
    with OddServer() as other:
        for place in ("ACCOUNT", "LIST", "GET", "PATCH"):
            home = tmp_path / place
            home.mkdir()
            odd = http("", f"location: {other.url}/unified/ticketing/tickets/1", status="307 Temporary Redirect")
            with OddServer(place, odd) as server:
                try:
                    with connected(server, pathlib.Path(home)) as account:
                        snapshot = account.load(progress=False)
                        account.apply(snapshot.plan(snapshot.frame().assign(name="x")), confirm=3, progress=False)
                except NoAnswer:
                    pass
                assert server.strikes
        assert other.asked == []
