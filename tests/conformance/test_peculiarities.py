"""What is special about an integration is told before sending, done while sending, and seen on the practice server."""

from __future__ import annotations

import httpx
import pandas as pd
import pytest
from moves import other, put

import truto_tickets_nb as tt
from truto_tickets_nb.errors import PlanError
from truto_tickets_nb.integrations.profile import profile


@pytest.fixture(scope="module")
def account(slug):
    with tt.sandbox(slug, tickets=16, limit=None) as found:
        yield found


def told(plan, said):
    """Choose the problems and notes of a plan that say something."""
    return [problem for problem in plan.problems if said in problem.message] or [
        note for note in plan.notes if said in str(note)
    ]


def changed(account, **cells):
    """Plan cells of the first ticket: column -> cell."""
    snapshot = account.load(progress=False)
    df = snapshot.frame()
    for column, cell in cells.items():
        put(df, df.index[0], column, cell)
    return snapshot.plan(df, clear=[name for name, cell in cells.items() if cell is None or cell == ()])


def people(account):
    """Name people who can be told apart by their names."""
    return [name for name in account.load(progress=False).choices["users"].names() if name != "Jo Smith"]


def sent(account, plan, **options):
    return account.apply(plan, confirm=len(plan), progress=False, **options).outcomes[0]


def plainly(account, ticket, body, **query):
    """Send a PATCH as any other client would."""
    box = account.sandbox
    return httpx.patch(
        f"{box.url}/unified/ticketing/tickets/{ticket}", json=body, trust_env=False,
        params={"integrated_account_id": box.account_id, **query}, headers={"Authorization": f"Bearer {box.token}"},
    )  # fmt: skip


@pytest.mark.having("assignees", "single")
def test_two_assignees_where_one_is_held(slug, account, note):
    """The plan says it: blocking where the vendor documents it, a warning where we assume it."""
    names = people(account)
    plan = changed(account, assignees=(names[0], names[1]))
    assert [p.severity == "error" for p in told(plan, "holds one assignee")] == [
        profile(slug).fact("assignees").is_documented
    ]
    note({"one assignee": True})


@pytest.mark.having("assignees", "many")
def test_several_assignees(slug, account, note):
    """Where several are held, two go out and two are there."""
    names = people(account)
    plan = changed(account, assignees=(names[2], names[3], names[4]))
    assert sent(account, plan).kind in ("applied", "partly applied")
    note({"several assignees": True})


@pytest.mark.having("assignees_write", "merge")
def test_list_that_only_grows(slug, account, note):
    """Adding is applied; removing is warned of, and whether it stayed is told as it is."""
    names = people(account)
    first = account.load(progress=False).frame()["assignees"].iloc[0]
    fresh = next(name for name in names if name not in first)
    assert sent(account, changed(account, assignees=(*first, fresh))).kind == "applied"
    away = changed(account, assignees=tuple(first))
    assert [p.severity == "error" for p in told(away, "removes nothing")] == [False]
    found, held = sent(account, away).kind, account.sandbox.ticket(away.patches[0].ticket)["assignees"]
    assert (found == "ignored") == (fresh in [person["name"] for person in held])
    note({f"taking away {found}": True})


@pytest.mark.having("tags_write", "create_only")
def test_tags_that_an_update_does_not_take(slug, account, note):
    """The account's own schema leaves them out, so that the plan blocks; a naive client gets a 200 and nothing happens."""
    ticket = account.sandbox.tickets()[0]
    assert [p.severity == "error" for p in told(changed(account, tags=("brand new",)), "can't be written")] == [True]
    answer = plainly(account, ticket["id"], {"tags": [{"name": "brand new"}]})
    assert (answer.status_code, account.sandbox.ticket(ticket["id"])["tags"]) == (200, ticket["tags"])
    note({"tags at creation only": True})


@pytest.mark.having("tags_write", "separate")
def test_tags_with_a_call_of_their_own(slug, account, note):
    """The plan warns that nobody documents whether Truto makes that call; where the account's schema lacks tags, it blocks as well."""
    plan = changed(account, tags=("brand-new",))
    listed = "tags" in account.learnt().writable
    assert [p.severity == "error" for p in told(plan, "call of its own")] == [False]
    assert [p.severity == "error" for p in told(plan, "can't be written")] == [True] * (not listed)
    note({"tags by a call of their own": True})


@pytest.mark.having("required_query")
def test_parameter_that_each_patch_needs(slug, account, note):
    """A plain client is refused with the parameter's name; ours takes it from each ticket, as re-read."""
    names = profile(slug).fact("required_query").value
    refused = plainly(account, account.sandbox.tickets()[0]["id"], {"name": "x"}).json()
    assert refused["truto_error_insight"]["missing_required_query_parameters"]["value"] == names
    plan = changed(account, name="with what it needs")
    assert told(plan, f"own {', '.join(names)} in its address")
    assert sent(account, plan).kind == "applied"
    assert set(names) <= account.sandbox.requests()[-1].query.keys() | account.sandbox.requests()[-2].query.keys()
    note({f"needs {', '.join(names)}": True})


@pytest.mark.having("concurrency", "etag")
def test_version_is_fetched_anew(slug, account, note):
    """A version that is old by now is not sent: the ticket is read again before each PATCH."""
    plan = changed(account, name="after a colleague")
    ticket = plan.patches[0].ticket
    account.sandbox.edit(ticket, ticket_url="https://tickets.example.com/new")
    assert sent(account, plan).kind == "applied"
    note({"etag": True})


@pytest.mark.having("apart")
def test_fields_in_a_patch_of_their_own(slug, account, note):
    """What wants a PATCH of its own gets one, the plan counts them, and all of it is there at the end."""
    snapshot = account.load(progress=False)
    second = "description" if "description" in snapshot.learnt.writable else "status"
    df = snapshot.frame()
    plan = changed(account, name="in parts", **{second: other(snapshot, df, df.index[0], second)})
    assert (plan.requests, len(plan)) == (4, 1)
    before = len([seen for seen in account.sandbox.requests() if seen.method == "PATCH"])
    assert sent(account, plan).kind == "applied"
    patches = [seen for seen in account.sandbox.requests() if seen.method == "PATCH"][before:]
    assert [len(seen.body) for seen in patches] == [1, 1]
    note({"PATCH by PATCH": True})


@pytest.mark.having("apart", ["*"])
def test_half_of_a_ticket(slug, account, note):
    """Where the second PATCH of a ticket is refused, the outcome says which part arrived, undo takes just that back, retry the rest."""
    snapshot = account.load(progress=False)
    df = snapshot.frame()
    ticket = df.index[1]
    df.loc[ticket, ["name", "status"]] = ["half of it", other(snapshot, df, ticket, "status")]
    plan = snapshot.plan(df)
    account.sandbox.faults("read_only=#2")
    run = account.apply(plan, confirm=1, progress=False)
    account.sandbox.faults()
    account.sandbox.set_account(read_only=False)
    assert (run.outcomes[0].kind, account.sandbox.ticket(ticket)["name"]) == ("partly applied", "half of it")
    assert [[c.field for c in patch.changes] for patch in run.undo()] == [["name"]]
    assert "name arrived" in run.outcomes[0].reason
    note({"half of a ticket told apart": True})


@pytest.mark.having("custom_fields_whole", value=True)
def test_all_custom_fields_together(slug, account, note):
    """One changed key goes out with all others, because the tool replaces them all."""
    ticket = account.sandbox.tickets()[0]
    plan = changed(account, **{"custom_fields.region": "MARS"})
    assert told(plan, "go out together")
    assert sent(account, plan).kind == "applied"
    assert account.sandbox.ticket(ticket["id"])["custom_fields"] == {**ticket["custom_fields"], "region": "MARS"}
    note({"custom fields as a whole": True})


@pytest.mark.having("title_max")
def test_title_too_long(slug, account, note):
    """A title longer than the tool takes is a problem of the plan, and refused by the tool."""
    most = profile(slug).fact("title_max").value
    plan = changed(account, name="x" * (most + 1))
    assert [p.severity == "error" for p in told(plan, "characters long")] == [
        profile(slug).fact("title_max").is_documented
    ]
    assert (
        plainly(account, plan.patches[0].ticket, {"name": "x" * (most + 1)}, **query_of(slug, account)).status_code
        == 422
    )
    note({"title length": True})


def query_of(slug, account):
    ticket = account.sandbox.tickets()[0]
    return {"etag": ticket["etag"]} if profile(slug).fact("required_query").value == ["etag"] else {}


@pytest.mark.having("status_model", "workflow")
def test_step_that_the_workflow_does_not_know(slug, account, note):
    """The plan says that a status may be refused; a refused one is told with what can be reached."""
    snapshot = account.load(progress=False)
    df = snapshot.frame()
    homes = df["workspace"] if "workspace" in df and df["workspace"].notna().all() else pd.Series("", index=df.index)
    known = {home: list(df.loc[homes == home, "status"]) for home in set(homes)}
    ticket, far = next((t, other) for t in df.index for other in far_from(account, df.at[t, "status"], known[homes[t]]))
    df.loc[ticket, "status"] = far
    plan = snapshot.plan(df)
    assert told(plan, "by its workflow")
    found = sent(account, plan)
    assert (found.kind, account.sandbox.ticket(ticket)["status"]["name"]) == (
        "refused",
        snapshot.frame().at[ticket, "status"],
    )
    note({"workflow": True})


def far_from(account, held, names):
    """Name statuses that are no neighbour of one, in the order of the account's list."""
    order = list(dict.fromkeys(row["name"] for row in account.sandbox._api.store.companions("ticket_status")))
    return [name for name in dict.fromkeys(names) if abs(order.index(name) - order.index(held)) > 1]


def test_clear(slug, account, note):
    """A clear goes out in the form that the tool documents; whether it was heard is told as it is."""
    snapshot = account.load(progress=False)
    df = snapshot.frame()
    column = next(
        name
        for name in ("due_date", "priority", "team", "custom_fields.region", "assignees")
        if name.split(".")[0] in snapshot.learnt.writable
    )
    ticket = next(t for t in df.index if has_cell(df.at[t, column]))
    put(df, ticket, column, () if column == "assignees" else None)
    plan = snapshot.plan(df, clear=[column])
    assert not plan.blocking
    found = sent(account, plan)
    held = account.sandbox.ticket(ticket)
    left = held.get("custom_fields", {}).get("region") if column.startswith("custom") else held.get(column)
    assert (found.kind == "applied") == (not left), (found, left)
    note({f"clear {found.kind}": True})


@pytest.mark.having("clear", "empty_text")
def test_clear_by_an_empty_text(slug, account):
    """Where the vendor documents an empty text for it, that goes out, and it is heard."""
    snapshot = account.load(progress=False)
    df = snapshot.frame()
    ticket = df.index[df["priority"].notna()][-1]
    df.loc[ticket, "priority"] = None
    run = account.apply(snapshot.plan(df, clear=["priority"]), confirm=1, progress=False)
    assert (run.plan.patches[0].body, run.counts) == ({"priority": ""}, {"applied": 1})
    account.apply(run.undo(), confirm=1, progress=False)
    assert account.sandbox.ticket(ticket)["priority"]["name"] == snapshot.frame().at[ticket, "priority"]


def has_cell(cell):
    return bool(cell) if isinstance(cell, tuple) else pd.notna(cell)


@pytest.mark.having("quiet")
def test_quiet(slug, account, note):
    """The documented switch goes along when asked for, and then nobody is mailed."""
    assert sent(account, changed(account, name="loud")).kind == "applied"
    loud = len(account.sandbox.notified())
    run = sent(account, changed(account, name="quiet"), quiet=True)
    switch = profile(slug).fact("quiet").value
    patch = [seen for seen in account.sandbox.requests() if seen.method == "PATCH"][-1]
    assert (run.kind, patch.query["remote_query"], len(account.sandbox.notified())) == ("applied", switch, loud)
    note({"quiet": True})


@pytest.mark.lacking("quiet")
def test_quiet_is_refused_where_no_switch_exists(slug, account):
    """Asked to be silent, a tool without a switch gets nothing: the plan is refused, and says so."""
    with pytest.raises(PlanError, match="no switch is documented"):
        account.apply(changed(account, name="silent?"), confirm=1, quiet=True)


@pytest.mark.having("validate")
def test_ask_the_server(slug, account, note):
    """The tool itself checks each ready change, and changes none; what it refuses is told before anything is sent."""
    snapshot, before = account.load(progress=False), account.sandbox.tickets()
    df = snapshot.frame()
    df["name"] = df["name"].str.strip() + "!"
    df.iloc[1, df.columns.get_loc("name")] = "x" * 300
    found = account.dry_run(snapshot.plan(df), ask_server=True, progress=False)
    assert (len(found.ready), len(found.failed), account.sandbox.tickets()) == (len(df) - 1, 1, before)
    assert "the tool refuses it" in found.failed.items[0].reason
    note({"asks the server": True})


@pytest.mark.lacking("validate")
def test_asking_is_refused_where_no_switch_exists(slug, account):
    """Without a documented switch a question would be a change: it is not asked."""
    with pytest.raises(PlanError, match="no switch is documented"):
        account.dry_run(changed(account, name="asked?"), ask_server=True)


@pytest.mark.having("ended")
def test_ended_products_say_so(slug, account, note):
    """A product whose tickets have ended says so in its profile and in every plan."""
    assert profile(slug).fact("ended").value in repr(account.profile)
    assert told(changed(account, name="too late"), "ended its tickets on")
    note({"ended": True})


@pytest.mark.having("either")
def test_two_fields_that_exclude_each_other(slug, account, note):
    """The plan warns, and the tool refuses both in one PATCH."""
    snapshot = account.load(progress=False)
    df = snapshot.frame()
    ticket = next(t for t in df.index if df.at[t, "collections"])
    put(df, ticket, "collections", other(snapshot, df, ticket, "collections"))
    put(df, ticket, "parent_ticket", next(t for t in df.index if t != ticket))
    plan = snapshot.plan(df)
    assert told(plan, "not both")
    assert sent(account, plan).kind == "refused"
    note({"either, not both": True})


@pytest.mark.having("status_for_types")
def test_status_of_a_type_without_one(slug, account, note):
    """A status for a type that has none is warned of, and refused by the tool."""
    snapshot = account.load(progress=False)
    df = snapshot.frame()
    ticket = df.index[~df["ticket_type"].isin(profile(slug).fact("status_for_types").value)][0]
    df.loc[ticket, "status"] = snapshot.choices["ticket_status"].names()[0]
    plan = snapshot.plan(df)
    assert told(plan, "only (")
    assert sent(account, plan).kind == "refused"
    note({"status by type": True})


@pytest.mark.having("limit")
def test_pace_below_the_vendors_limit(slug, note):
    """The budget of an account is below its vendor's limit, and below Truto's, whichever is less."""
    limit = profile(slug).fact("limit").value
    with tt.sandbox(slug, tickets=3, vendor_limit=True) as account:
        size, window = account._client.budget.size, account._client.budget.window
    assert size / window <= min(5, limit["requests"] / limit["seconds"])
    note({f"pace {size} in {window:g} s": True})


def test_vendors_limit_is_waited_for(slug):
    """A 429 of the vendor's, with or without a time to wait, is waited for, and nothing is lost."""
    with tt.sandbox(slug, tickets=4, limit=None) as account:
        plan = changed(account, name="in spite of limits")
        account.sandbox.faults("limited_remote=#2:wait=0.05")
        assert sent(account, plan).kind == "applied"
