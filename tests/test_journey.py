"""The journey: load, edit, plan, apply, look again, undo, over real HTTP."""

from __future__ import annotations

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.errors import ConfirmError, JournalError, LoadInterrupted, PlanError, RunInterrupted, SetupError
from truto_tickets_nb.events import OutcomeRecorded
from truto_tickets_nb.events.listeners import Listeners
from truto_tickets_nb.plans.request_spec import RequestSpec


def content(account):
    return [{k: v for k, v in row.items() if k not in ("updated_at", "etag")} for row in account.sandbox.tickets()]


def renamed(account, suffix=" (seen)"):
    snapshot = account.load()
    df = snapshot.frame()
    df["name"] = df["name"].str.strip() + suffix
    return snapshot.plan(df)


@pytest.mark.parametrize("integration", ["jira", "freshdesk", "microsoftplanner"])
def test_apply_and_undo_restore_every_ticket(integration):
    """What was sent can be undone, exactly, in every integration."""
    with tt.sandbox(integration, tickets=40, limit=None) as account:
        before, plan = content(account), renamed(account)
        run = account.apply(plan, confirm=40)
        assert run.counts == {"applied": 40}
        assert all(row["name"].endswith(" (seen)") for row in content(account))
        undo = run.undo()
        assert [patch.ticket for patch in undo] == [patch.ticket for patch in plan][::-1]
        account.apply(undo, confirm=len(undo))
        assert content(account) == before


def test_dry_run_sends_no_patch(account):
    """A dry run re-reads and nothing else."""
    plan = renamed(account)
    account.sandbox.edit(plan.patches[0].ticket, name="somebody else")
    found = account.dry_run(plan)
    assert (len(found.ready), found.conflicts.ids) == (59, (plan.patches[0].ticket,))
    assert not [seen for seen in account.sandbox.requests() if seen.method == "PATCH"]


def test_conflict_is_not_touched_and_others_go_on(account):
    """Nobody's edit is overwritten."""
    plan = renamed(account)
    theirs = plan.patches[5].ticket
    account.sandbox.edit(theirs, name="somebody else")
    run = account.apply(plan, confirm=60)
    assert run.counts == {"applied": 59, "conflict": 1}
    assert account.sandbox.ticket(theirs)["name"] == "somebody else"
    assert run.conflicts.frame().loc[0, ["theirs", "base"]].tolist() == [
        "somebody else",
        plan.patches[5].changes[0].before,
    ]


def test_conflict_can_be_planned_again_on_the_new_base(account):
    """Keeping mine is a new plan, to look at first."""
    plan = renamed(account).only("10001", "10002")
    account.sandbox.edit("10001", name="somebody else")
    again = account.apply(plan, confirm=2).conflicts.plan(keep="mine")
    assert (again.patches[0].changes[0].before, account.apply(again, confirm=1).counts) == (
        "somebody else",
        {"applied": 1},
    )


def test_edit_of_another_field_is_kept(account):
    """Field by field: somebody else's edit of another field is no conflict, and it stays."""
    plan = renamed(account).only("10001")
    account.sandbox.edit("10001", description="theirs")
    assert account.apply(plan, confirm=1).counts == {"applied": 1}
    assert account.sandbox.ticket("10001")["description"] == "theirs"


def test_apply_twice_sends_nothing_again(account):
    """A ticket that holds it already is unchanged."""
    plan = renamed(account)
    account.apply(plan, confirm=60)
    assert account.apply(plan, confirm=60).counts == {"unchanged": 60}


def test_deleted_ticket_is_refused_and_named(account):
    """A ticket that is gone fails alone."""
    plan = renamed(account)
    account.sandbox.delete(plan.patches[7].ticket)
    run = account.apply(plan, confirm=60)
    assert (run.failed.ids, len(run.applied)) == ((plan.patches[7].ticket,), 59)


@pytest.mark.parametrize("confirm", [None, 59])
def test_wrong_number_refuses(account, confirm):
    """Nothing is sent that was not confirmed by its number."""
    with pytest.raises(ConfirmError, match="confirm=60"):
        account.apply(renamed(account), confirm=confirm)


def test_plan_of_another_account_refuses(account):
    """A plan belongs to its account."""
    with tt.sandbox("jira", tickets=5, seed=1, limit=None) as other, pytest.raises(PlanError, match="is of account"):
        other.apply(renamed(account), confirm=60)


def test_blocking_problems_refuse_before_the_first_request(account):
    """With all problems told at once."""
    snapshot = account.load()
    df = snapshot.frame()
    df["priority"] = "nonsense"
    count = len(account.sandbox.requests())
    with pytest.raises(PlanError, match="60 blocking problems"):
        account.apply(snapshot.plan(df), confirm=60)
    assert len(account.sandbox.requests()) == count


def test_read_only_account_stops_the_run(account):
    """405: every patch has its outcome, and nothing was changed."""
    plan, before = renamed(account), content(account)
    account.sandbox.set_account(read_only=True)
    run = account.apply(plan, confirm=60)
    assert (run.counts, content(account)) == ({"not sent": 60}, before)
    assert "read-only" in str(run.notes[0])


def test_row_cap_is_a_brake(account):
    """More tickets than the cap need it said aloud."""
    with pytest.raises(PlanError, match="split"):
        account.apply(renamed(account), confirm=60, brakes=tt.SafetyLimits(cap=10))


def test_ten_failures_in_a_row_stop_the_run(account):
    """The rest is not sent, and the reason stands in every outcome."""
    plan = renamed(account)
    for patch in plan.patches[3:]:
        account.sandbox.delete(patch.ticket)
    run = account.apply(plan, confirm=60, brakes=tt.SafetyLimits(workers=1))
    assert run.counts == {"applied": 3, "refused": 10, "not sent": 47}
    assert len(run.retry()) == 47  # those that are gone are left out


def test_bad_canary_stops_the_run(account):
    """A handful goes first; on trouble the rest stays at home."""
    plan = renamed(account)
    account.sandbox.delete(plan.patches[0].ticket)
    assert account.apply(plan, confirm=60).counts == {"refused": 1, "applied": 2, "not sent": 57}


class Killer:
    """Die at the nth request, as a kernel would."""

    def __init__(self, door, at):
        self.door, self.left, self.account_id = door, at, door.account_id
        self.pair, self.wait, self.is_paused = door.pair, door.wait, False

    def get(self, identity, *, query=None):
        return self._counted(self.door.get, identity, query=query)

    def patch(self, identity, body, *, query=None, idempotency_key):
        found = self.door.patch(identity, body, query=query, idempotency_key=idempotency_key)
        return self._counted(lambda: found)

    def _counted(self, call, *args, **kwargs):
        self.left -= 1
        if self.left == 0:
            raise SystemExit
        return call(*args, **kwargs)


class Liar:
    """Answer 200 and do something else; an open one answers with the ticket as it is, any other with its id alone."""

    def __init__(self, door, twist, is_open):
        self.door, self.twist, self.is_open = door, twist, is_open
        self.account_id, self.get = door.account_id, door.get
        self.pair, self.wait, self.is_paused = door.pair, door.wait, False

    def patch(self, identity, body, *, query=None, idempotency_key):
        answer = self.door.patch(identity, self.twist(body), query=query, idempotency_key=idempotency_key)
        return answer if self.is_open else {"id": identity}


@pytest.mark.parametrize(
    ("twist", "is_open", "kind"),
    [
        (lambda body: {"colour": "red"}, False, "ignored"),
        (lambda body: {"name": body["name"]}, False, "partly applied"),
        (lambda body: {**body, "name": "REWRITTEN"}, True, "partly applied"),
        (lambda body: {**body, "name": "REWRITTEN"}, False, "unknown"),
        (lambda body: {**body, "name": f" {body['name']} "}, False, "applied"),
    ],
    ids=["ignored", "half applied", "rewritten, and the answer shows it", "rewritten, or edited by somebody", "tidied"],
)
def test_success_is_no_proof(account, twist, is_open, kind):
    """A 200 that ignored, half applied or rewrote is told apart; a third value that the answer did not show may be a colleague's."""
    from truto_tickets_nb.runs import engine

    snapshot = account.load(ids=["10001"])
    plan = snapshot.plan(snapshot.frame().assign(name="new", description="new"))

    context = engine.RunContext(Liar(account._client, twist, is_open), account.journal)
    run = engine.apply(context, plan, RequestSpec())
    assert run.counts == {kind: 1}


@pytest.mark.parametrize("at", [1, 2, 3, 4, 7, 12])
def test_resume_after_a_death_at_any_request(at):
    """Nothing is sent twice with effect, nothing is lost."""
    from truto_tickets_nb.runs import engine

    with tt.sandbox("jira", tickets=6, limit=None) as account:
        plan = renamed(account)
        bench = engine.RunContext(Killer(account._client, at), account.journal, tt.SafetyLimits(workers=1, canary=0))
        with pytest.raises(SystemExit):
            engine.apply(bench, plan, RequestSpec())
        run = account.resume()
        assert run.counts == {
            "applied": 6
        }  # what arrived before the death counts as this run's, so that undo takes it back
        assert all(row["name"].endswith(" (seen)") for row in content(account))
        assert all(len(account.sandbox.history(patch.ticket)) == 1 for patch in plan)


def test_interrupt_leaves_a_run_that_can_be_resumed():
    """Ctrl-C: what is in flight is written down, the message tells how to go on."""
    outcomes = []

    def press(event):
        if isinstance(event, OutcomeRecorded):
            outcomes.append(event)
            if len(outcomes) == 10:
                raise KeyboardInterrupt

    with tt.sandbox("jira", tickets=60, limit=None, listeners=(press,)) as account:
        with pytest.raises(RunInterrupted, match=r"account\.resume") as caught:
            account.apply(renamed(account), confirm=60)
        assert 10 <= len(caught.value.run.applied) < 60
        run = account.resume()
        assert len(run.applied) == 60
        assert sum(seen.method == "PATCH" for seen in account.sandbox.requests()) == 60


def test_nothing_to_resume_says_so(account):
    """Resuming needs an open run."""
    with pytest.raises(PlanError, match="nothing to resume"):
        account.resume()


def test_second_run_on_one_account_is_refused(account):
    """Two runs at once would fight; the second is told which one works."""

    plan = renamed(account)
    run_id = account.journal.begin(plan, RequestSpec())
    with pytest.raises(JournalError, match=run_id):
        account.apply(plan, confirm=60)


def test_progress_listener_that_fails_never_harms_a_run(account):
    """A bar is merely one listener."""
    from truto_tickets_nb.runs import engine

    bench = engine.RunContext(account._client, account.journal, tt.SafetyLimits(), Listeners((lambda event: 1 / 0,)))
    assert engine.apply(bench, renamed(account), RequestSpec()).counts == {"applied": 60}


def test_idempotency_key_goes_with_every_patch(account):
    """Each PATCH carries a key of its own."""
    account.apply(renamed(account), confirm=60)
    keys = [seen.key for seen in account.sandbox.requests() if seen.method == "PATCH"]
    assert len(set(keys)) == 60
    assert all(keys)


def test_filter_that_the_server_ignores_is_applied_here_and_said():
    """Nobody edits tickets that she never asked for."""
    with tt.sandbox("jira", tickets=60, limit=None, ignored_filters=("status",)) as account:
        snapshot = account.load(status="Done")
        assert set(snapshot.frame()["status"]) == {"Done"}
        assert "ignored the filter status=Done" in snapshot.notes[0]


def test_filters_ids_limit_and_fields(account):
    """Each way of loading less loads just that."""
    assert set(account.load(updated_at={"gt": "2026-06-01"}).frame()["updated_at"] > "2026-06-01") == {True}
    assert list(account.load(ids=["10002", "10001"]).frame().index) == ["10002", "10001"]
    assert len(account.load(limit=7)) == 7
    assert set(account.load(fields=["tags"]).frame()) == {"name", "tags", "workspace", "etag"}
    assert "remote_data" in account.load(remote_data=True, limit=1).frame()


def test_column_that_was_not_loaded_blocks(account):
    """Nobody knows what it would overwrite."""
    snapshot = account.load(fields=["tags"], limit=2)
    assert "was not loaded" in str(snapshot.plan(snapshot.frame().assign(status="Done")).blocking[0])


@pytest.mark.parametrize(
    "filters",
    [{"colour": "red"}, {"stauts": "open"}, {"created_at": {"after": "2026"}}, {"created_at": {"gt": "soon"}}],
)
def test_impossible_filters_are_refused_before_a_request(account, filters):
    """An unknown filter would be ignored silently by the tool."""
    with pytest.raises(SetupError):
        account.load(**filters)


def test_interrupted_load_has_what_it_has(account, monkeypatch):
    """The pages that came are in the error."""
    original, calls = account._client.page, []

    def page(*args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return original(*args, **kwargs)

    monkeypatch.setattr(account._client, "page", page)
    monkeypatch.setattr("truto_tickets_nb.loading.load.PAGE", 25)
    with pytest.raises(LoadInterrupted, match="25 tickets") as caught:
        account.load()
    assert len(caught.value.snapshot) == 25


def test_partial_lists_are_completed():
    """Freshdesk lists leave fields out; a GET per ticket brings them."""
    with tt.sandbox("freshdesk", tickets=30, limit=None) as account:
        assert (account.load().frame()["description"].notna().sum()) > 10
        assert sum("/tickets/" in seen.path and "meta" not in seen.path for seen in account.sandbox.requests()) == 30


def test_empty_account_loads_and_plans():
    """No tickets is no error."""
    with tt.sandbox("jira", tickets=0, limit=None) as account:
        snapshot = account.load()
        assert (len(snapshot), len(snapshot.plan(snapshot.frame()))) == (0, 0)


def test_saved_snapshot_plans_alike(account, tmp_path):
    """A snapshot survives as a file, choices included."""
    snapshot = account.load()
    snapshot.save(tmp_path / "open.jsonl.gz")
    again = tt.open_snapshot(tmp_path / "open.jsonl.gz")
    df = again.frame()
    df["priority"] = "High"
    assert again.plan(df).to_json() == snapshot.plan(df).to_json()
    with tt.sandbox("jira", tickets=tmp_path / "open.jsonl.gz", limit=None) as copy:
        assert len(copy.load()) == 60


def test_damaged_snapshot_says_so(tmp_path):
    """What is no snapshot is refused with the reason."""
    (tmp_path / "x").write_text("nonsense")
    with pytest.raises(tt.errors.SnapshotError, match="no snapshot"):
        tt.open_snapshot(tmp_path / "x")


def test_limit_is_waited_for_and_nothing_is_lost():
    """A server that allows less than the budget thinks: waits are obeyed, every ticket arrives."""
    from truto_tickets_nb.api.throttle import Throttle

    with tt.sandbox("jira", tickets=20, limit=(10, 1)) as account:
        account._client.budget = Throttle.unlimited()
        assert account.apply(renamed(account), confirm=20).counts == {"applied": 20}
        assert any(seen.status == 429 for seen in account.sandbox.requests())
