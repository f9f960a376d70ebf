"""Ticket text is text: never HTML, never a path, never an address, never a command to a terminal."""

from __future__ import annotations

import unicodedata
from html.parser import HTMLParser

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import truto_tickets_nb as tt
from truto_tickets_nb.api.client import Client
from truto_tickets_nb.plans import preview
from truto_tickets_nb.plans.plan import Change, Patch, Plan
from truto_tickets_nb.show import to_html, to_text

TITLES = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "</style><b>x", '"><a href=javascript:1>',
    "\x1b[2J\x1b[31mred", "\x00\x07\x08", "\u202eevil\u2066", "/etc/hostname", "https://127.0.0.1:9/", "=1+1", "%s{0}${x}",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "\r\n\r\nHTTP/1.1 200 OK", "NaN", "null", "x ",
]  # fmt: skip
IDS = ["a/b", "../x", "%2e%2e", "?x=1#y", "ä ö", "0007", "1" * 19, "a\\b", "<i>", "x;y", "-rf"]


class Tags(HTMLParser):
    """Gather every tag and attribute of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def assert_harmless(html):
    """Only our own tags; nothing that runs, loads or points somewhere."""
    page = Tags()
    page.feed(html)
    assert page.tags <= {"div", "p", "span", "table", "thead", "tbody", "tr", "td", "th", "style", "details", "summary", "b", "i", "s",
                         "ins", "del", "small", "code", "strong", "em", "br", "ul", "li", "h1", "h2", "h3", "h4", "html", "head", "body", "meta", "title", "bdi"}  # fmt: skip
    assert page.attributes <= {
        "class",
        "style",
        "colspan",
        "scope",
        "title",
        "open",
        "charset",
        "lang",
        "name",
        "content",
        "role",
        "aria-label",
        "dir",
    }


def assert_quiet(text):
    """Nothing that a terminal obeys."""
    assert all(char == "\n" or char.isprintable() or unicodedata.category(char) == "Zs" for char in text)
    assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_hostile_titles_ids_and_keys_go_the_whole_way(capsys):
    """Load, plan, dry run, apply, receipt and undo: shown safely, sent and stored exactly."""
    records = [
        {
            "id": identity,
            "name": title,
            "description": "a" * 1_000_000,
            "custom_fields": {"<b>key</b>\x1b": "x", "a.b[c]": "y"},
        }
        for identity, title in zip([*IDS, *(f"t{n}" for n in range(20))], TITLES, strict=False)
    ]
    with tt.sandbox("freshdesk", tickets=records, limit=None) as account:
        snapshot = account.load()
        df = snapshot.frame()
        for key in ("<b>key</b>\x1b", "a.b[c]"):
            df[f"custom_fields.{key}"] = TITLES[0]
        df["description"] = "<i>" + df["description"]
        df["name"] = "\u202e" + df["name"] + "<b>"
        plan = snapshot.plan(df)
        assert not plan.blocking
        run = account.apply(plan, confirm=len(records), brakes=tt.Brakes(canary=0))
        assert run.counts == {"applied": len(records)}
        for shown in (snapshot, plan, account.dry_run(plan), run, run.undo(), account.runs()):
            assert_quiet(repr(shown))
            assert_harmless(shown._repr_html_())
        assert_harmless(run.receipt())
        assert_quiet(run.describe())
        for record in records:
            assert account.sandbox.ticket(record["id"])["name"] == "\u202e" + record["name"] + "<b>"
    assert capsys.readouterr().out == ""


def test_id_that_changes_the_address_fails_alone():
    """An id that can be no part of an address is refused by name; the others go on, and the server hears nothing of it."""
    records = [{"id": identity, "name": "x"} for identity in ("..", "1", "2", "3", "4")]
    with tt.sandbox("jira", tickets=records, limit=None) as account:
        snapshot = account.load()
        run = account.apply(snapshot.plan(snapshot.frame().assign(name="y")), confirm=5, brakes=tt.Brakes(canary=0))
        assert (run.failed.ids, len(run.applied)) == (("..",), 4)
        assert not [seen for seen in account.sandbox.requests() if seen.path.rstrip("/").endswith(("/ticketing", ".."))]


@pytest.mark.parametrize(
    "cursor", ["https://evil.example/?x=1", "//evil.example", "../../users", "a&limit=1#x", "\r\nX: y"]
)
def test_hostile_cursor_is_only_a_query_value(cursor):
    """The next page is asked for at the same address, whatever the cursor says."""
    asked = []

    def answer(request):
        asked.append(request.url)
        return httpx.Response(200, json={"result": [], "next_cursor": cursor if len(asked) == 1 else None})

    with Client("token", "acc", "https://x.example", transport=httpx.MockTransport(answer)) as client:
        client.page({}, client.page({}).next_cursor)
    assert {(url.host, url.path) for url in asked} == {("x.example", "/unified/ticketing/tickets")}
    assert asked[1].params["next_cursor"] == cursor


def test_redirect_is_not_followed_and_the_token_stays():
    """A 307 that sends a PATCH elsewhere is an error that says so."""
    asked = []

    def answer(request):
        asked.append(request.url.host)
        return httpx.Response(307, headers={"Location": "https://evil.example/"})

    with (
        Client("token", "acc", "https://x.example", transport=httpx.MockTransport(answer), tries=1) as client,
        pytest.raises(tt.errors.NoAnswer, match="redirects"),
    ):
        client.patch("1", {"name": "x"}, idempotency_key="k")
    assert asked == ["x.example"]


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60), st.text(max_size=30))
def test_any_text_is_shown_safely(text, other):
    """Whatever stands in a ticket, a page has only our own tags and a terminal hears no command."""
    plan = Plan("acc", "jira", (Patch("1", text, (Change("name", text, other, text, other),)),))
    page = preview.page(plan)
    assert_quiet(to_text(page))
    assert_harmless(to_html(page))
