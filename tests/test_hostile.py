"""Ticket text is text: never HTML, never a path, never an address, never a command to a terminal."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import traceback
import unicodedata
import warnings
from contextlib import contextmanager
from html.parser import HTMLParser

import httpx
import pandas as pd
import pytest
from clients.hostile_server import ACCOUNT, TOKEN, Hostile
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wcwidth import width

import truto_tickets_nb as tt
from truto_tickets_nb.api.client import Client
from truto_tickets_nb.api.throttle import Throttle
from truto_tickets_nb.cli import main
from truto_tickets_nb.errors import shorten
from truto_tickets_nb.plans import preview
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.safe_text import escaped_json, printable, printable_lines
from truto_tickets_nb.show import (
    Answers,
    BeforeAfter,
    Group,
    Page,
    Paragraph,
    ProgressBar,
    Row,
    Sets,
    to_document,
    to_html,
    to_text,
)
from truto_tickets_nb.show.visible_text import visible

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


EMOJI = "\u200d"  # the joiner within one emoji, such as a family


def assert_quiet(text):
    """Nothing that a terminal obeys, that turns the order of letters, or that nobody sees."""
    loud = {
        char for char in text if not (char in ("\n", EMOJI) or char.isprintable() or unicodedata.category(char) == "Zs")
    }
    assert not loud, f"{loud} in {text!r}"[:400]
    assert "a\u200d" not in text


def test_hostile_titles_ids_and_keys_go_the_whole_way(capsys):
    """Load, plan, dry run, apply, receipt and undo: shown safely, sent and stored exactly."""
    records = [
        {
            "id": identity,
            "name": title,
            "description": "a" * (1_000_000 if number == 0 else 1_000),
            "custom_fields": {"<b>key</b>\x1b": "x", "a.b[c]": "y"},
        }
        for number, (identity, title) in enumerate(zip([*IDS, *(f"t{n}" for n in range(20))], TITLES, strict=False))
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
        run = account.apply(plan, confirm=len(records), brakes=tt.SafetyLimits(canary=0))
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
        run = account.apply(
            snapshot.plan(snapshot.frame().assign(name="y")), confirm=5, brakes=tt.SafetyLimits(canary=0)
        )
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


@settings(deadline=None, max_examples=examples(40), suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60), st.text(max_size=30))
def test_any_text_is_shown_safely(text, other):
    """Whatever stands in a ticket, a page has only our own tags and a terminal hears no command."""
    plan = Plan("acc", "jira", (Patch("1", text, (Change("name", text, other, text, other),)),))
    page = preview.page(plan)
    assert_quiet(to_text(page))
    assert_harmless(to_html(page))


# every text of a server, an account and a file

EVIL = {
    "escape": "\x1b[2J\x1b]0;t\x07",
    "link": "\x1b]8;;http://x\x1b\\",
    "c1": "\x9b31m\x85\x9d0;t\x9c\x7f",
    "bidi": "\u202e\u2066\u200f\u061c",
    "unseen": "a\u200db\u200b\u2060\ufeff\u00ad\u3164\u115f",
    "lines": "\u2028\u2029\v\f\r\n\x1c",
    "odd": "\ue000\u0378\U000e0001\U0010ffff",
    "half": "\ud83d",
    "html": "<script>alert(1)</script>\x08",
}


@pytest.fixture(params=EVIL.values(), ids=EVIL)
def evil(request):
    return request.param


@contextmanager
def hostile(evil, tmp_path, **switches):
    """Connect to a server whose every text is hostile."""
    with Hostile(evil, **switches) as server, tt.connect(TOKEN, ACCOUNT, server.url, home=tmp_path) as account:
        account._client.budget = Throttle.unlimited()
        yield account


def attempt(act):
    """Return what a call returns, or the error of ours that it raises, with its traceback as a terminal shows it."""
    try:
        return act()
    except tt.errors.TicketsError as error:
        assert_quiet("".join(traceback.format_exception(error)))
        return error


def assert_all_quiet(*values):
    for value in values:
        for text in (repr(value), str(value)):
            assert_quiet(text)
            assert TOKEN not in text
        if isinstance(value, str):
            assert_quiet(value)
        if hasattr(value, "_repr_html_") and not isinstance(value, pd.DataFrame):
            assert_harmless(value._repr_html_())
            assert TOKEN not in value._repr_html_()


def edited(snapshot, evil):
    df = snapshot.frame().assign(name="new")
    column = next((name for name in df.columns if name.startswith("custom_fields.key")), "name")
    df[column] = f"new {evil}".encode("utf-8", "replace").decode()
    return df


def test_no_text_of_a_server_reaches_a_terminal(evil, tmp_path, caplog, capsys):
    """Snapshot, plan, dry run, run, outcomes, undo, receipts, programs, log: nothing of a server's text is obeyed or hidden, no token told."""
    caplog.set_level(logging.DEBUG, logger="truto_tickets_nb")
    with hostile(evil, tmp_path) as account, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        snapshot = account.load(progress=False)
        plan = snapshot.plan(edited(snapshot, evil))
        assert_all_quiet(
            account, snapshot, plan, *plan.problems, *plan.notes, *snapshot.notes, *plan, *snapshot.choices.values()
        )
        assert_all_quiet(account.dry_run(plan, progress=False))
        run = account.apply(plan, confirm=len(plan), progress=False, brakes=tt.SafetyLimits(canary=0))
        assert len(run.applied) + len(run.failed) == len(plan) > 0
        kinds = [run.applied, run.failed, run.conflicts, run.unknown, run.open]
        assert_all_quiet(
            run, *kinds, *run.outcomes, *(item.reason for item in run.outcomes), *run.notes, run.undo(), account.runs()
        )
        assert_all_quiet(
            run.describe(),
            run.receipt("json"),
            plan.to_json(),
            *(item.error for item in run.outcomes if hasattr(item, "error")),
        )
        assert_harmless(run.receipt())
        assert_quiet(run.receipt().replace("\t", ""))
        for form in (plan.to_curl, plan.to_python, plan.to_javascript, plan.to_typescript, plan.to_python_sdk):
            assert_all_quiet(attempt(form))
    for record in caplog.records:
        assert_quiet(logging.Formatter().format(record))
        assert TOKEN not in record.getMessage()
    for warning in warned:
        assert_quiet(str(warning.message))
    assert_quiet("".join(capsys.readouterr()))


def test_refusal_of_every_ticket_is_told_safely(evil, tmp_path):
    """What a server says when it refuses comes shortened, without commands and without the token it echoes."""
    with hostile(evil, tmp_path, refuses=True) as account:
        snapshot = account.load(progress=False)
        plan = snapshot.plan(edited(snapshot, evil))
        run = account.apply(plan, confirm=len(plan), progress=False, brakes=tt.SafetyLimits(canary=0))
        assert_all_quiet(run, run.failed, *(item.reason for item in run.outcomes), run.receipt("json"), run.describe())
        assert TOKEN not in run.receipt()
        assert TOKEN.encode() not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_drafts_recipes_and_forms_are_told_safely(evil, tmp_path):
    """Steps with hostile columns, values, ids and titles: drafts, their steps and notes, recipes, reports, protocols, forms."""
    with hostile(evil, tmp_path) as account:
        snapshot = account.load(progress=False)
        ids = list(snapshot.frame().index)
        draft = snapshot.draft(evil, home=tmp_path)
        for act in (
            lambda: draft.set(f"custom_fields.key {evil}", f"z{evil}"),
            lambda: draft.set("name", evil, where=ids[0]),
            lambda: draft.set("name", "x", where=tt.Filter.where("name", "contains", evil)),
            lambda: draft.add("tags", evil),
            lambda: draft.replace("name", evil, "y"),
            lambda: draft.map("status", {evil: f"b{evil}"}),
            lambda: draft.add_step(evil),
            lambda: draft.set(evil, "x"),
            lambda: draft.set("name", "x", where=[evil]),
            lambda: draft.set("name", "x", where={"field": evil, "op": evil}),
            lambda: draft.take(tt.Step("set", "name", options={"value": "q"}, title=evil)),
        ):
            with contextlib.suppress(AttributeError):
                assert_all_quiet(attempt(act))
        assert len(draft) >= 3 or evil == EVIL["half"]  # which JSON can't carry: such a step is refused
        recipe = draft.recipe(evil)
        assert_all_quiet(
            draft, *draft.notes, *draft.steps, *(entry.title for entry in draft.steps), recipe, *recipe.steps
        )
        assert_all_quiet(*(step.words() for step in recipe.steps), *(step.rows.words() for step in recipe.steps))
        assert_all_quiet(
            recipe.apply_to(snapshot), attempt(recipe.to_python), attempt(recipe.to_markdown), attempt(recipe.to_json)
        )
        assert_all_quiet(attempt(draft.plan))
        for form in (tt.BulkForm(draft), tt.TicketForm(draft, ids[0]), tt.History(draft)):
            assert_all_quiet(form)
            for shown in descendants(form):
                assert_all_quiet(
                    *(getattr(shown, name) or "" for name in ("description", "tooltip") if hasattr(shown, name))
                )
            form.close()


def descendants(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from descendants(child)


ERRORS = {
    "ticket": lambda s, evil: s.plan(s.frame().rename(index={s.frame().index[0]: evil})),
    "twice": lambda s, evil: s.plan(pd.concat([s.frame(), s.frame()])),
    "column": lambda s, evil: s.plan(s.frame().assign(**{evil: "x"})),
    "value": lambda s, evil: s.plan(s.frame().assign(status=evil)),
    "clear": lambda s, evil: s.plan(s.frame(), clear=[evil]),
    "carry": lambda s, evil: s.plan(s.frame(), carry=[evil]),
    "query": lambda s, evil: s.plan(s.frame(), query={evil: evil}),
    "frame": lambda s, evil: s.plan(evil),
    "filter": lambda s, evil: tt.Filter.where(evil, evil, evil),
    "filter json": lambda s, evil: tt.Filter.of_json({evil: [evil]}),
    "step": lambda s, evil: tt.Step(evil, evil),
    "step json": lambda s, evil: tt.Step.of_json({"kind": "set", "field": evil, evil: evil}),
    "recipe": lambda s, evil: tt.Recipe.of_json(
        json.dumps({"format": "truto_tickets_nb recipe", "version": 1, evil: evil, "steps": []})
    ),
    "recipe file": lambda s, evil: tt.Recipe.load(f"/nowhere/{evil}"),
    "snapshot file": lambda s, evil: tt.open_snapshot(f"/nowhere/{evil}"),
    "save": lambda s, evil: s.save(f"/nowhere/{evil}"),
    "csv": lambda s, evil: s.read_csv(f"/nowhere/{evil}"),
    "excel": lambda s, evil: s.to_excel(f"/nowhere/{evil}"),
    "columns": lambda s, evil: s.to_csv("/nowhere/x", columns=[evil]),
    "plan json": lambda s, evil: tt.Plan.from_json(json.dumps({"plan": {evil: evil}, evil: evil})),
    "only": lambda s, evil: s.plan(s.frame()).only(evil),
    "drop": lambda s, evil: s.plan(s.frame()).drop(evil),
    "draft": lambda s, evil: s.draft().drop(evil),
    "connect": lambda s, evil: tt.connect(f"t{evil}", evil, evil),
    "url": lambda s, evil: tt.connect(TOKEN, ACCOUNT, f"http://{evil}"),
}


@pytest.mark.parametrize("act", ERRORS.values(), ids=ERRORS)
def test_no_error_carries_a_command(evil, act, tmp_path):
    """Whatever is wrong with what holds a hostile text, the error tells it without handing it on, in its cause as well."""
    if evil == EVIL["half"] and act in (ERRORS["ticket"], ERRORS["column"], ERRORS["value"]):
        pytest.skip("pandas itself takes no half characters in text")
    with tt.sandbox("jira", tickets=3, limit=None) as account:
        assert_all_quiet(attempt(lambda: act(account.load(progress=False), evil)))


@settings(deadline=None, max_examples=examples(150))
@given(st.text(max_size=80))
def test_border_leaves_nothing_that_is_obeyed(text):
    """Errors, warnings, shortened texts, JSON for a terminal: any text of Unicode, half characters too."""
    for shown in (
        str(tt.errors.FrameError(f"Ticket {text}: {text}")), repr(tt.errors.Rejected(text)), str(tt.errors.DraftDamaged(text)),
        shorten(text, 20), printable(text), printable_lines(text), visible(text),
    ):  # fmt: skip
        assert_quiet(shown)
    document = json.dumps({"a": text}, ensure_ascii=False)
    assert_quiet(escaped_json(document))
    assert json.loads(escaped_json(document)) == {"a": text}


def test_border_keeps_what_people_write():
    """Scripts of every direction, accents, emoji with joiners and signs stay as they are."""
    for text in ("שלום עולם", "مرحبا", "Ünïcode", "日本語", "👨‍👩‍👧", "❤️‍🔥", "नमस्ते", "e\u0301", "→ × –"):
        assert printable(text) == visible(text) == text


def test_errors_are_bounded(tmp_path):
    """A ticket id, a value or a column of a megabyte makes no message of a megabyte."""
    with tt.sandbox("jira", tickets=3, limit=None) as account:
        snapshot = account.load(progress=False)
        for act in ("ticket", "column", "value", "filter", "step", "only"):
            shown = attempt(lambda act=act: ERRORS[act](snapshot, "x" * 1_000_000))
            assert len(str(shown)) < 25_000


def test_progress_is_drawn_without_commands():
    """A bar whose title and reason hold commands shows them as signs."""

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    stream = Terminal()
    with ProgressBar(3, "\x1b[2Jload\x07", unit="\u202e", stream=stream) as bar:
        bar.update(1)
        bar.say("waiting: \x1b]0;t\x07\u202e")
    assert "\x1b[2J" not in stream.getvalue()
    assert not set("\x07\u202e") & set(stream.getvalue())


@pytest.mark.parametrize("words", [["show", "{evil}"], ["plan", "{evil}", "--out", "x.json"], ["apply", "{evil}"], ["runs", "--account", "{evil}", "--json"], ["resume", "{evil}"], ["undo", "{evil}"], ["{evil}"], ["plan", "--{evil}"]])  # fmt: skip
def test_command_says_nothing_that_a_terminal_obeys(words, evil, capsys, tmp_path, monkeypatch):
    """Words of the command line, file names among them, come back without commands."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRUTO_TICKETS_HOME", str(tmp_path))
    with contextlib.suppress(SystemExit):
        main([word.replace("{evil}", evil) for word in words])
    assert_quiet("".join(capsys.readouterr()))


@pytest.mark.parametrize("json_wanted", [[], ["--json"]])
def test_command_shows_a_hostile_run_safely(evil, tmp_path, capsys, monkeypatch, json_wanted):
    """plan, apply, runs, show of an account whose every text is hostile: as text and as JSON, which reads back as it was."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "TRUTO_API_TOKEN": TOKEN,
        "TRUTO_INTEGRATED_ACCOUNT_ID": ACCOUNT,
        "TRUTO_TICKETS_HOME": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    tt.Recipe((tt.Step("set", "name", options={"value": "new"}),)).save("r.json")
    with Hostile(evil) as server:
        monkeypatch.setenv("TRUTO_BASE_URL", server.url)
        main(["plan", "r.json", "--out", "p.json", *json_wanted])
        main(["apply", "p.json", "--confirm", "4", *json_wanted])
        main(["runs", *json_wanted])
        out, err = capsys.readouterr()
    assert_quiet(out)
    assert_quiet(err)
    assert TOKEN not in out + err


HTML = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    "page",
    [
        Page(HTML),
        Page("x", (HTML,)),
        Page("x", footer=HTML),
        Page("x", blocks=(Paragraph(HTML),)),
        Page("x", blocks=(Answers(HTML, ((HTML, HTML), ("", HTML))),)),
        Page(
            "x",
            blocks=(
                Group(HTML, HTML, HTML, (Row(HTML, HTML, (HTML, BeforeAfter(HTML, HTML), Sets((HTML,), (HTML,)))),)),
            ),
        ),
        Page("x", blocks=(Group("x", BeforeAfter(None, HTML), "1"),)),
    ],
    ids=["headline", "fact", "footer", "paragraph", "answers", "group and row", "heading of a group"],
)
def test_every_slot_of_a_page_is_escaped(page):
    """Whatever is not marked as HTML is escaped where it is put in: no part of a page can be forgotten."""
    for document in (to_html(page), to_document(page, HTML)):
        assert "<script" not in document
        assert "&lt;script&gt;" in document


@pytest.mark.parametrize("title", ["返金をお願いします", "환불 요청", "👩‍💻 laptop 🔥", "e\u0301te\u0301", "𝒷𝑜𝓁𝒹"])
def test_columns_line_up_whatever_the_script(title):
    """A terminal shows wide letters and emoji in two columns: what comes after them begins in one column, and no line is too wide."""
    rows = (Row("1", title, ("a -> b",)), Row("2", "refund", ("a -> b",)))
    lines = to_text(Page("x", blocks=(Group("name", "", "2 tickets", rows),)), 80).splitlines()
    assert all(width(line) <= 80 for line in lines)
    assert len({width(line[: line.index(word)]) for line, word in zip(lines[-2:], (title, "refund"), strict=True)}) == 1
