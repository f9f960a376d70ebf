"""The token is in nothing that anybody can look at afterwards."""

from __future__ import annotations

import contextlib
import io
import logging
import pickle
import re
import sqlite3
import traceback
from pathlib import Path

import httpx
import nbformat
import pytest
from nbclient import NotebookClient

import truto_tickets_nb as tt
from truto_tickets_nb.api.address import Token
from truto_tickets_nb.api.client import Client
from truto_tickets_nb.sandbox import Sandbox

CANARY = "cnry9f3ab7c1e5d2-kept-secret"
SLICES = [CANARY[n : n + 8] for n in range(0, len(CANARY) - 8, 4)]


def assert_clean(text, where):
    """No slice of the token stands in a text."""
    found = [part for part in SLICES if part in text]
    assert not found, f"{where} holds {found}"


def told(error):
    """Write a traceback as the most talkative of shells would: with all local variables."""
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


@pytest.fixture
def box():
    with Sandbox("jira", 12, limit=None, token=CANARY) as found:
        yield found


def test_success_leaves_no_token(box, tmp_path, caplog):
    """Reprs, pages, logs at DEBUG, journal, budget, receipts, snapshots, curl scripts."""
    caplog.set_level(logging.DEBUG)
    with tt.connect(CANARY, box.account_id, box.url, home=tmp_path) as account:
        snapshot = account.load()
        plan = snapshot.plan(snapshot.frame().assign(name="x"))
        run = account.apply(plan, confirm=12)
        shown = [
            account,
            account._client,
            account._client._token,
            account.profile,
            snapshot,
            plan,
            run,
            account.runs(),
            vars(account),
        ]
        for item in shown:
            assert_clean(repr(item), type(item).__name__)
        snapshot.save(tmp_path / "s.jsonl")
        pieces = [
            plan.to_json(),
            plan.to_curl(),
            run.receipt(),
            run.receipt("json"),
            run.describe(),
            run._repr_html_(),
            caplog.text,
        ]
        for number, text in enumerate(pieces):
            assert_clean(text, f"piece {number}")
    for path in tmp_path.iterdir():
        assert_clean(path.read_bytes().decode("latin-1"), path.name)
        if "sqlite" in path.name:
            assert path.stat().st_mode & 0o077 == 0, path.name


def test_log_lines_hold_no_ticket_text(caplog):
    """What a customer wrote is in no log."""
    caplog.set_level(logging.DEBUG)
    with tt.sandbox("jira", tickets=[{"id": "1", "name": "private words"}], limit=None) as account:
        snapshot = account.load()
        account.apply(snapshot.plan(snapshot.frame().assign(name="other private words")), confirm=1)
    assert "private words" not in caplog.text


@pytest.mark.parametrize(
    "kind", ["revoked", "error_500", "html", "empty", "lost_before", "limited_remote", "needs_reauth"]
)
def test_failures_leave_no_token(box, tmp_path, kind, monkeypatch):
    """401, 500, bad JSON, a lost line: neither message nor traceback, with local variables shown, holds it."""
    monkeypatch.setattr("truto_tickets_nb.api.retry.FIRST", 0.01)
    with tt.connect(CANARY, box.account_id, box.url, home=tmp_path) as account:
        box.faults(**{kind: {"rate": 1.0, "wait": 0.01}})
        with pytest.raises(tt.errors.ApiError) as caught:
            account.load(progress=False)
    assert_clean(told(caught.value), kind)


def test_refused_token_leaves_no_token(box, tmp_path):
    """A token of another place is refused, and shown nowhere."""
    with pytest.raises(tt.errors.TokenRefused) as caught:
        tt.connect(CANARY + "x", box.account_id, box.url, home=tmp_path)
    mine = told(caught.value).split('File "')
    assert_clean("".join(part for part in mine if "test_secrets" not in part[:200]), "the traceback")


def test_server_that_echoes_the_token_is_not_quoted():
    """What comes back is cleaned before it is told."""
    for answer in (httpx.Response(500, text=f"Bearer {CANARY}"), httpx.Response(200, text=f"<p>{CANARY}</p>"),
                   httpx.Response(422, json={"message": f"no {CANARY}", "truto_is_remote_error": True})):  # fmt: skip
        with (
            Client(
                CANARY, "acc", "https://x.example", transport=httpx.MockTransport(lambda r, a=answer: a), tries=1
            ) as client,
            pytest.raises(tt.errors.ApiError) as caught,
        ):
            client.get("1")
        assert_clean(str(caught.value) + repr(caught.value), "the message")


def test_nothing_that_holds_it_can_be_pickled(box, tmp_path):
    """Account, connection and token refuse; plans and runs travel without it."""
    with tt.connect(CANARY, box.account_id, box.url, home=tmp_path) as account:
        snapshot = account.load()
        plan = snapshot.plan(snapshot.frame().assign(name="x"))
        for held in (account, account._client, Token(CANARY)):
            with pytest.raises(Exception, match=r"never pickled|cannot pickle|pickle"):
                pickle.dump(held, io.BytesIO())
        assert_clean(pickle.dumps(plan).decode("latin-1"), "the pickled plan")


def test_saved_notebook_holds_no_token_and_no_widget_rows(box, tmp_path):
    """A notebook that ran with a progress bar, saved with its widget state."""
    code = (
        "import truto_tickets_nb as tt\naccount = tt.connect()\nsnapshot = account.load()\nsnapshot",
        "plan = snapshot.plan(snapshot.frame().assign(name='x'))\nrun = account.apply(plan, confirm=12)\nrun",
    )
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in code])
    environment = {"TRUTO_API_TOKEN": CANARY, "TRUTO_INTEGRATED_ACCOUNT_ID": box.account_id, "TRUTO_BASE_URL": box.url,
                   "TRUTO_TICKETS_HOME": str(tmp_path), "IPYTHONDIR": str(tmp_path)}  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        NotebookClient(book, kernel_name="python3", store_widget_state=True).execute()
    assert_clean(nbformat.writes(book), "the notebook")
    state = str(book.metadata.get("widgets", ""))
    assert not [ticket["id"] for ticket in box.tickets() if f"'{ticket['id']}'" in state]


def test_saved_notebooks_of_this_project_hold_no_token():
    """Not even the practice one, of whatever start: all of them begin alike."""
    for path in (Path(__file__).parents[1] / "notebooks").glob("*.ipynb"):
        assert not re.search(r"practice-[\w-]{20,}", path.read_text(encoding="utf-8")), path.name


def test_budget_file_holds_no_secret(box, tmp_path):
    """The file of the shared budget holds times and the address of the account, nothing else."""
    with tt.connect(CANARY, box.account_id, box.url, home=tmp_path) as account:
        account.load()
    with contextlib.closing(sqlite3.connect(tmp_path / "budget.sqlite")) as file:
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [row for name in tables if name != "sqlite_sequence" for row in file.execute(f'SELECT * FROM "{name}"')]
    texts = {value for row in rows for value in row if not isinstance(value, int | float)}
    assert texts == {f"{box.url} {box.account_id}"}
