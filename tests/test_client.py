"""The client: one request within the budget, retried as decided, errors that say what to do."""

from __future__ import annotations

import httpx
import orjson
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from listening import waits_into

from truto_tickets_nb.api.address import query_pairs, segment
from truto_tickets_nb.api.client import Client
from truto_tickets_nb.api.throttle import Throttle
from truto_tickets_nb.errors import (
    AccountBlocked,
    NoAnswer,
    NotAllowed,
    RateLimited,
    Rejected,
    ServerTrouble,
    SetupError,
)
from truto_tickets_nb.events import wait_words
from truto_tickets_nb.sandbox.wire.query import nested


def answering(*answers):
    """Answer one after the other; the last one again and again."""
    left = list(answers)

    def handle(request):
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, Exception):
            raise found
        return found

    return httpx.MockTransport(handle)


def client(*answers, **kwargs):
    return Client("canary-token", "acc", "https://x.example", transport=answering(*answers), budget=quiet(), **kwargs)


def quiet():
    now = [0.0]
    return Throttle(clock=lambda: now[0], sleep=lambda seconds: now.__setitem__(0, now[0] + seconds + 0.001))


def test_server_trouble_is_retried_and_told():
    """500 twice, then an answer; the listener hears why it waits."""
    waits = []
    with client(
        httpx.Response(500),
        httpx.Response(502),
        httpx.Response(200, json={"id": "1"}),
        listeners=(waits_into(waits.append),),
    ) as found:
        assert found.get("1") == {"id": "1"}
    assert [wait_words(wait) for wait in waits] == ["Truto failed (500)", "Truto failed (502)"]


def test_limit_pauses_all_and_goes_on():
    """429 is waited for as long as asked."""
    waits = []
    slow = httpx.Response(429, headers={"Retry-After": "8"})
    with client(slow, httpx.Response(200, json={"id": "1"}), listeners=(waits_into(waits.append),)) as found:
        found.get("1")
    assert waits[0].seconds >= 8


RATELIMITED = [{"message": "Too many", "extensions": {"code": "RATELIMITED", "type": "ratelimited"}}]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"truto_is_remote_error": True, "truto_error_insight": {"rate_limit_error": {"description": "limit"}}}),
        (403, {"truto_is_remote_error": True, "truto_error_insight": {"rate_limit_error": {"description": "limit"}}}),
        (500, {"truto_error_insight": {"rate_limit_error": {}}}),
        (400, {"truto_is_remote_error": True, "raw_response": {"errors": RATELIMITED}}),
        (400, {"truto_is_remote_error": True, "raw_response": orjson.dumps({"errors": RATELIMITED}).decode()}),
        (400, {"errors": RATELIMITED}),
    ],
)  # fmt: skip
def test_limit_of_any_status_is_waited_for(status, body):
    """What Truto or the provider calls a limit is a wait, whatever its status: for a load it is waited for, a PATCH is never "refused" by it."""
    with client(httpx.Response(status, json=body), httpx.Response(200, json={"id": "1"})) as found:
        assert found.get("1") == {"id": "1"}
    with client(httpx.Response(status, json=body)) as found, pytest.raises(RateLimited) as caught:
        found.patch("1", {"name": "x"}, idempotency_key="k")
    assert (caught.value.maybe_applied, caught.value.status) == (False, status)


@pytest.mark.parametrize(
    "body",
    [
        {"truto_error_insight": {"rate_limit_error": None}},
        {"truto_error_insight": "odd"},
        {"truto_error_insight": {"missing_required_body_fields": "odd", "forbidden_error": {"value": "odd"}}},
        {"raw_response": {"errors": [{"extensions": {"code": "INPUT_ERROR"}}, "odd", {"extensions": "RATELIMITED"}]}},
        {"raw_response": "RATELIMITED", "errors": {"code": "RATELIMITED"}},
        ["RATELIMITED"],
    ],
)
def test_refusals_stay_refusals(body):
    """Only a limit is a wait: an odd insight, another code, or the mere word in a text is a refusal as before."""
    with client(httpx.Response(400, json=body)) as found, pytest.raises(Rejected):
        found.get("1")


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (httpx.Response(503), AccountBlocked, "support"),
        (
            httpx.Response(422, json={"message": "", "raw_response": {"e": "too long"}, "truto_is_remote_error": True}),
            Rejected,
            "too long",
        ),
        (
            httpx.Response(
                400,
                json={
                    "message": "x",
                    "truto_error_insight": {"missing_required_query_parameters": {"value": ["etag"]}},
                },
            ),
            Rejected,
            "Missing query parameters: etag",
        ),
        (
            httpx.Response(
                403, json={"truto_error_insight": {"forbidden_error": {"value": {"missing_scopes": ["write"]}}}}
            ),
            NotAllowed,
            "lacks these permissions: write",
        ),
        (httpx.Response(200, text="<html>"), NoAnswer, "not JSON"),
        (httpx.Response(302, headers={"Location": "https://evil.example"}), NoAnswer, "redirects"),
        (httpx.Response(500, text="canary-token"), ServerTrouble, "500"),
        (httpx.ReadTimeout("slow"), NoAnswer, "No answer"),
    ],
)
def test_errors_say_what_to_do_and_never_the_token(answer, kind, said):
    """Each status is an error of its own."""
    with client(answer, tries=1) as found, pytest.raises(kind, match=said) as caught:
        found.get("1")
    assert "canary-token" not in str(caught.value)


def test_lost_answer_of_a_patch_may_have_arrived():
    """A time-out of a PATCH is no proof of anything."""
    with client(httpx.ReadTimeout("slow"), tries=2) as found, pytest.raises(NoAnswer) as caught:
        found.patch("1", {"name": "x"}, idempotency_key="k")
    assert caught.value.maybe_applied


def test_answer_for_another_ticket_is_not_used():
    """Asked for one, got another."""
    with client(httpx.Response(200, json={"id": "2"})) as found, pytest.raises(NoAnswer, match="Asked for ticket 1"):
        found.get("1")


@pytest.mark.parametrize("identity", ["", ".", "..", "a\nb", "\ud800"])
def test_ids_that_change_the_address_are_refused(identity):
    """An id is one segment of a path, or refused."""
    with pytest.raises(SetupError):
        segment(identity)


@given(
    st.recursive(
        st.text("abc", min_size=1),
        lambda inner: st.dictionaries(st.text("xyz", min_size=1), inner, min_size=1),
        max_leaves=5,
    )
)
def test_query_is_read_back_as_it_was_written(value):
    """The bracket rule, written here, is read there."""
    assert nested(query_pairs({"q": value})) == {"q": value}


@settings(deadline=None, max_examples=examples(30))
@given(st.integers(1, 60), st.integers(1, 200))
def test_budget_is_never_exceeded_in_any_window(size, count):
    """Never more than `size` requests in any 10 seconds."""
    now = [0.0]
    throttle = Throttle(
        size, 10.0, clock=lambda: now[0], sleep=lambda seconds: now.__setitem__(0, now[0] + max(seconds, 0.01))
    )
    sent = []
    for _ in range(count):
        throttle.acquire()
        sent.append(now[0])
    assert all(later - sent[place] > 10.0 for place, later in enumerate(sent[size:]))


def test_narrower_limit_of_a_header_is_learnt():
    """A header may say less than the budget, never more."""
    throttle = Throttle()
    throttle.learn("10;w=10")
    assert throttle.size == 10
    throttle.learn("500;w=10")
    assert throttle.size == 10
