"""Each integration, from connecting to undo: what the toolkit promises holds for every one of the 28."""

from __future__ import annotations

import httpx
import pandas as pd
import pytest
from moves import moved

import truto_tickets_nb as tt
from truto_tickets_nb.integrations.profile import profile
from truto_tickets_nb.tickets.fields import FIELDS

COUNT, PAGE = 30, 8
UNSEEN = {name for name, row in FIELDS.items() if not row.readable}


@pytest.fixture(scope="module")
def account(slug):
    with tt.sandbox(slug, tickets=COUNT, limit=None, page_size=PAGE) as found:
        yield found


@pytest.fixture(scope="module")
def snapshot(account):
    return account.load(created_at={"gte": "2026-03-01"}, progress=False)


def plainly(account, ticket):
    """Read a ticket as any other client would: no code of ours."""
    query = {"integrated_account_id": account.sandbox.account_id}
    headers = {"Authorization": f"Bearer {account.sandbox.token}"}
    return httpx.get(
        f"{account.sandbox.url}/unified/ticketing/tickets/{ticket}", params=query, headers=headers, trust_env=False
    ).json()


def content(account):
    stamps = {"updated_at", "etag", *UNSEEN}
    return {
        row["id"]: {key: value for key, value in row.items() if key not in stamps} for row in account.sandbox.tickets()
    }


def test_load(slug, account, snapshot, note):
    """Filtered, in pages, and each ticket whole, even where the list is partial."""
    records = {row["id"]: row for row in account.sandbox.tickets() if row["created_at"] >= "2026-03-01"}
    assert [*snapshot.frame().index] == [*records]
    for place, (identity, record) in enumerate(records.items()):
        held = snapshot.table.record(place)
        assert {key: held.get(key) for key in record if key != "remote_data"} == {
            k: v for k, v in record.items() if k != "remote_data"
        }, identity
    whole = "list and a GET each" if profile(slug).fact("partial_list").value else "list"
    note({"loaded": f"{len(records)} of {COUNT}, {whole}"})


def test_columns_there_and_back(slug, account, note):
    """Every column that the account takes: edited, planned, rehearsed, applied, read by another client, undone, all as before."""
    snapshot, before = account.load(progress=False), content(account)
    df, wanted = moved(snapshot)
    plan = snapshot.plan(df)
    assert (plan.blocking, sorted(patch.ticket for patch in plan)) == ((), sorted(wanted))
    assert len(account.dry_run(plan, progress=False).ready) == len(plan)
    run = account.apply(plan, confirm=len(plan), progress=False)
    assert run.counts == {"applied": len(plan)}, run.failed.frame().to_string()
    patches = [seen for seen in account.sandbox.requests() if seen.method == "PATCH"]
    for ticket, fields in wanted.items():
        told = plainly(account, ticket)
        assert all(shows(name, told, after) for name, after in fields.items() if name not in UNSEEN), (
            ticket,
            fields,
            told,
        )
    undo = run.undo()
    account.apply(undo, confirm=len(undo), progress=False)
    assert content(account) == before
    columns = {name for fields in wanted.values() for name in fields}
    note({"columns": len(columns), "requests": len(patches), "read back": "as asked", "undone": "all as before"})


def shows(name, told, after):
    if name.startswith("custom_fields."):
        return told["custom_fields"][name.partition(".")[2]] == after
    value, kind = told.get(name), FIELDS[name].kind
    seen = kind.cell(value)
    if kind.word == "date":
        return (
            pd.Timestamp(value).tz_localize(None) == after.tz_localize(None)
            if len(value) == 10
            else pd.Timestamp(value) == after
        )
    if isinstance(after, tuple):
        return set(seen) == set(after)
    return kind.same(value, after) or seen == after or (isinstance(value, dict) and value.get("id") == after)


def test_foreign_edit_is_a_conflict(slug, account, note):
    """A colleague's edit of the same field is kept, her edit of another field as well, and both are told."""
    snapshot = account.load(progress=False)
    df = snapshot.frame()
    field = "name" if "name" in snapshot.learnt.writable else "status"
    first, second = df.index[0], df.index[1]
    df.loc[[first, second], field] = "mine, after hers"
    plan = snapshot.plan(df)
    account.sandbox.edit(first, **{field: "hers"})
    account.sandbox.edit(second, ticket_url="https://tickets.example.com/hers")
    run = account.apply(plan, confirm=2, progress=False, brakes=tt.SafetyLimits(canary=0))
    assert (run.conflicts.ids, run.applied.ids) == ((first,), (second,))
    assert (account.sandbox.ticket(first)[field], account.sandbox.ticket(second)["ticket_url"]) == (
        "hers",
        "https://tickets.example.com/hers",
    )
    note({"conflict": "hers was kept"})
