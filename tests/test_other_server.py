"""Our client against a second server, written from Truto's documents alone, that is odd wherever they are silent."""

from __future__ import annotations

import copy
from contextlib import contextmanager

import pytest
from clients.other_server import Other
from clients.other_tickets import ACCOUNT, ODDITIES, REASON, TOKEN

import truto_tickets_nb as tt
from truto_tickets_nb.api.throttle import Throttle

COLUMNS = ["name", "status", "description", "tags", "due_date", "custom_fields.region"]


@contextmanager
def connected(home, *odd):
    """Connect as an analyst does; only the pace is ours, because it is not what these tests are about."""
    with Other(*odd) as other, tt.connect(TOKEN, ACCOUNT, other.url, home=home) as account:
        account._client.budget = Throttle.unlimited()
        yield other, account


def edited(snapshot):
    df = snapshot.frame()
    df["name"] = df["name"] + " (new)"
    df["status"] = "pending"
    df["description"] = "three"
    df["tags"] = df["tags"].tickets.add("vip")
    df.loc["101", "due_date"] = "2026-04-01T09:15:30Z"
    df["custom_fields.region"] = "US"
    return df


def applied(account, plan):
    assert not plan.blocking
    assert len(account.dry_run(plan, progress=False).ready) == len(plan)
    run = account.apply(plan, confirm=len(plan), progress=False)
    assert run.counts == {"applied": len(plan)}, run.failed.frame().to_string()
    return run


def journey(other, account):
    """Load, edit, plan, dry run, apply, read back, foreign edit, conflict, undo: the end is as the beginning was."""
    first = copy.deepcopy(other.tickets)
    snapshot = account.load(progress=False)
    assert list(snapshot.frame().index) == list(first)
    assert len(snapshot.plan(snapshot.frame())) == 0
    run = applied(account, snapshot.plan(edited(snapshot)))
    again = account.load(progress=False)
    assert again.plan(again.rebase(edited(snapshot))).changes == 0  # the tool holds all of it already
    conflict(other, account, again)
    applied(account, run.undo())
    assert contents(other.tickets) == contents(first)


def conflict(other, account, snapshot):
    """What a colleague has changed meanwhile is not overwritten."""
    df = snapshot.frame().assign(name="mine")
    plan = snapshot.plan(df).only("102")
    mine, other.tickets["102"]["name"] = other.tickets["102"]["name"], "theirs"
    assert account.apply(plan, confirm=1, progress=False).counts == {"conflict": 1}
    assert other.tickets["102"]["name"] == "theirs"
    other.tickets["102"]["name"] = mine


def contents(tickets):
    return {
        key: {name: value for name, value in row.items() if name != "updated_at" and value}
        for key, row in tickets.items()
    }


@pytest.mark.parametrize("odd", [pytest.param(name, id=told) for name, told in ODDITIES.items()])
def test_whole_journey_where(odd, tmp_path):
    """The whole journey ends as it began, whatever one oddity of the server."""
    with connected(tmp_path, odd) as (other, account):
        journey(other, account)


def test_whole_journey_where_nothing_is_odd(tmp_path):
    """The second server is sound: without its oddities all goes well."""
    with connected(tmp_path) as (other, account):
        journey(other, account)


def test_whole_journey_where_almost_everything_is_odd(tmp_path):
    """Oddities don't get in each other's way."""
    with connected(tmp_path, *(set(ODDITIES) - {"busy"})) as (other, account):
        journey(other, account)


def test_whole_journey_where_bare_words_are_all_there_is(tmp_path):
    """Without a list of statuses, the bare words in the tickets are their ids and their names."""
    with connected(tmp_path, "bare", "alone", "mute") as (other, account):
        journey(other, account)


@pytest.mark.parametrize("odd", ["order", "failures", "silent"])
def test_reason_of_an_error_is_told_where(odd, tmp_path):
    """Wherever an error hides its reason, the outcome tells it."""
    with connected(tmp_path, odd) as (_, account):
        snapshot = account.load(progress=False)
        plan = snapshot.plan(snapshot.frame().assign(name="refuse")).only("101")
        run = account.apply(plan, confirm=1, progress=False)
        assert run.counts == {"refused": 1}
        assert REASON in run.outcomes[0].reason


def test_wait_that_is_asked_for_with_a_date_is_kept(tmp_path):
    """A 429 with a date in Retry-After is waited for, and nothing is sent twice with effect."""
    with connected(tmp_path, "busy") as (other, account):
        snapshot = account.load(progress=False)
        applied(account, snapshot.plan(edited(snapshot)))
        changed = [path for method, path, _, _, status in other.seen if method == "PATCH" and status == 200]
        assert len(changed) == len(set(changed)) == 5
        assert 429 in {status for *_, status in other.seen}


def test_cursor_comes_back_as_it_was_given(tmp_path):
    """Whatever signs a cursor holds, it is one query value and nothing else."""
    with connected(tmp_path, "cursor", "pages") as (other, account):
        assert len(account.load(progress=False)) == 5
        given = [query["next_cursor"][0] for _, _, query, _, _ in other.seen if "next_cursor" in query]
        assert given == ["/?&=+% ü💥2", "/?&=+% ü💥4"]
