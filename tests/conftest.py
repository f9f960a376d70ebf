"""What tests share: practice accounts, and the public exports where they are present."""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import TABLE

import truto_tickets_nb as tt
from truto_tickets_nb.runs import delivery

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    """Take the table of a process that ran its part of the tests."""
    node.config.stash.setdefault(TABLE, {}).update(getattr(node, "workeroutput", {}) or {})


def pytest_terminal_summary(terminalreporter, config):
    """Print what was seen of each integration: 28 rows."""
    rows = config.stash.get(TABLE, {}).get("conformance")
    if rows:
        terminalreporter.section("conformance: what was seen of each integration, on the practice server")
        terminalreporter.write_line(rows)


@pytest.fixture(autouse=True, scope="session")
def _home(tmp_path_factory):
    """No test writes into the folder of the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRUTO_TICKETS_HOME", str(tmp_path_factory.mktemp("home")))
        yield


def truth(box, ticket):
    """Tell from the server's own history what became of a ticket: the authors of its name, in order."""
    return [write["by"] for write in box.writes(ticket) if "name" in write["fields"]]


def check_outcomes(run, box, raced=()):
    """Judge a run; `raced` are tickets that somebody else edited between the last look and the PATCH."""
    covered = {patch.ticket for patch in run.undo()}
    for item in run.outcomes:
        if item.ticket in raced:
            continue
        wanted, held = item.patch.changes[0].new, box.ticket(item.ticket)["name"]
        writes = truth(box, item.ticket)
        assert "colleague" not in writes or writes[-1] == "colleague", f"{item.ticket}: a foreign edit was overwritten"
        assert writes.count("api") <= 1, f"{item.ticket}: sent twice with effect"
        told = {
            "applied": writes == ["api"] and held.strip() == wanted.strip(),
            "conflict": set(writes) == {"colleague"},
            "ignored": writes == [],
            "partly applied": writes == ["api"] and held != wanted,
            "not sent": "api" not in writes,
            # rewritten or edited while the answer was lost; whatever may have arrived is in the undo
            "unknown": held != wanted or item.ticket in covered,
        }
        assert told[item.kind], f"{item.ticket}: {item.kind}, the server knows {writes} and holds {held!r}"


@pytest.fixture
def assert_outcomes_are_true():
    """Give the judge: every outcome of a run is right against the server's own history."""
    return check_outcomes


@pytest.fixture
def account():
    with tt.sandbox("jira", tickets=60, limit=None) as found:
        yield found


@pytest.fixture(scope="session")
def exports():
    """Find the public exports; the tests that need them skip where they are missing."""
    found = [DATA / "gitbugs_hadoop.csv.gz", DATA / "gitbugs_seamonkey.csv.gz"]
    if not all(path.exists() for path in found):
        pytest.skip("the public exports are not here")
    return found


@pytest.fixture
def records():
    """Make a small account by hand: two namesakes, two workspaces, every kind of value."""
    home, other = {"id": "w1", "name": "Shop"}, {"id": "w2", "name": "Bank"}
    return [
        {
            "id": "7",
            "name": "Refund",
            "status": {"id": "1", "name": "Open"},
            "priority": {"id": "p1", "name": "Low"},
            "assignees": [{"id": "u1", "name": "Jo Smith"}],
            "tags": [{"id": "t1", "name": "billing"}, {"id": "t2", "name": "vip"}],
            "workspace": home,
            "due_date": "2026-01-31",
            "description": "one\r\ntwo ",
            "custom_fields": {"points": 3, "region": "EU"},
            "created_at": "2026-01-01T10:00:00Z",
        },
        {
            "id": "0042",
            "name": "Login",
            "status": {"id": "2", "name": "Done"},
            "priority": {"id": "p2", "name": "High"},
            "assignees": [{"id": "u2", "name": "Jo Smith"}],
            "tags": [],
            "workspace": other,
            "due_date": None,
            "description": "",
            "custom_fields": {"points": None, "region": "US"},
            "created_at": "2026-01-02T10:00:00Z",
        },
        {
            "id": "1000000000000000001",
            "name": "Search",
            "status": {"id": "1", "name": "Open"},
            "priority": None,
            "assignees": [],
            "tags": [{"id": "t1", "name": "billing"}],
            "workspace": home,
            "due_date": "2026-02-01",
            "description": "x",
            "custom_fields": {"points": 5},
            "created_at": "2026-01-03T10:00:00Z",
        },
    ]


@pytest.fixture
def small(records):
    with tt.sandbox("jira", tickets=records, limit=None) as found:
        yield found


@pytest.fixture
def snapshot(small):
    return small.load()


@pytest.fixture
def _short_pauses(monkeypatch):
    """Look again after hundredths of a second where a run waits seconds for readers that are behind: nobody is behind here."""
    monkeypatch.setattr(delivery, "PAUSES", tuple(pause / 50 for pause in delivery.PAUSES))
