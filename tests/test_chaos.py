"""A run in a bad world: limits, failures, lost answers, colleagues at work, an API that says 200 and lies."""

from __future__ import annotations

from collections import Counter

import pytest
from listening import waits_into

import truto_tickets_nb as tt
from truto_tickets_nb.events import wait_words

COLLEAGUE = "edited by a colleague"
COUNT = 300  # tickets: enough for every fault of the mixture to strike


def renamed(account, suffix=" (seen)"):
    snapshot = account.load()
    df = snapshot.frame()
    df["name"] = df["name"].str.strip() + suffix
    return snapshot.plan(df)


def authors(box, ticket):
    """Name who changed a ticket's name, in order, as the server has it."""
    return [write["by"] for write in box.writes(ticket) if "name" in write["fields"]]


def test_many_patches_in_chaos(assert_outcomes_are_true):
    """0 foreign edits overwritten, 0 silent losses, every outcome right."""
    with tt.sandbox("jira", tickets=COUNT, limit=None) as account:
        plan, box = renamed(account), account.sandbox
        box.faults(
            "edited=0.02:field=name",
            "edited=0.02:field=description",
            "limited=0.05:wait=0.01",
            "limited_remote=0.05:wait=0.01",
            error_500=0.02, error_502=0.02, error_504=0.01, lost_after=0.02, lost_before=0.02,
            ignored=0.01, recased=0.01, seed=5,
        )  # fmt: skip
        run = account.apply(plan, confirm=COUNT, brakes=tt.SafetyLimits(workers=8))
        box.faults()
        assert sum(run.counts.values()) == COUNT
        assert_outcomes_are_true(run, box)
        assert {"applied", "conflict", "ignored", "partly applied"} <= run.counts.keys()
        assert len(run.applied) > 0.9 * COUNT
        others = {s.ticket for s in box.struck()} | {item.ticket for item in run.conflicts}
        assert {item.ticket for item in run.outcomes if item.kind == "conflict"} <= others
        undo = run.undo()
        undone = account.apply(undo, confirm=len(undo))
        assert set(undone.counts) <= {"applied", "conflict"}
        kept = Counter(authors(box, item.ticket)[-1] for item in run.conflicts)
        assert kept == {"colleague": len(run.conflicts)}


@pytest.mark.parametrize(
    "kind", ["lost_before", "lost_after", "lost_midway", "empty", "html", "error_502", "error_503"]
)
def test_failure_on_the_way_is_looked_at_and_repeated(kind, assert_outcomes_are_true):
    """After each kind of lost or broken answer every ticket is changed exactly once."""
    with tt.sandbox("jira", tickets=6, limit=None) as account:
        plan = renamed(account)
        account.sandbox.faults(f"{kind}=#1,#3,#4:on=PATCH")
        run = account.apply(plan, confirm=6)
        assert (run.counts, len(account.sandbox.struck())) == ({"applied": 6}, 3)
        assert_outcomes_are_true(run, account.sandbox)


def test_stalled_answer_is_given_up_and_decided():
    """A time-out of a PATCH that arrived is found out by re-reading."""
    with tt.sandbox("jira", tickets=4, limit=None) as account:
        plan = renamed(account)
        account._client._http.timeout = 0.3
        account.sandbox.faults("stalled=#2:on=PATCH")
        assert account.apply(plan, confirm=4).counts == {"applied": 4}


def test_edit_that_comes_with_a_wait_is_not_overwritten():
    """A limit makes the PATCH wait; what a colleague does meanwhile is seen, because the ticket is looked at again."""
    edited = []

    def colleague(wait):
        if not edited:
            edited.append(account.sandbox.edit(ticket, name=COLLEAGUE))

    with tt.sandbox("jira", tickets=4, limit=None, listeners=(waits_into(colleague),)) as account:
        plan = renamed(account)
        ticket = plan.patches[1].ticket
        account.sandbox.faults(f"limited={ticket}:on=PATCH:wait=0.3")
        run = account.apply(plan, confirm=4)
        assert (run.conflicts.ids, account.sandbox.ticket(ticket)["name"]) == ((ticket,), COLLEAGUE)


def test_lost_commit_that_somebody_changed_since_is_unknown_with_both_values():
    """Nobody can tell whether ours arrived: it is said so, and not touched again."""

    def colleague(wait):
        account.sandbox.edit(ticket, name=COLLEAGUE)

    with tt.sandbox("jira", tickets=4, limit=None, listeners=(waits_into(colleague),)) as account:
        plan = renamed(account)
        ticket = plan.patches[1].ticket
        account.sandbox.faults(f"lost_after={ticket}:on=PATCH")
        run = account.apply(plan, confirm=4, brakes=tt.SafetyLimits(canary=0))
        row = run.unknown.frame().iloc[0]
        assert (row["ticket"], row["theirs"], row["mine"]) == (ticket, COLLEAGUE, plan.patches[1].changes[0].after)
        assert account.sandbox.ticket(ticket)["name"] == COLLEAGUE
        assert run.undo().patches
        assert ticket not in [patch.ticket for patch in run.undo()]


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [("ignored", "ignored"), ("recased", "partly applied"), ("sanitised", "partly applied"), ("trimmed", "applied")],
)
def test_two_hundred_is_no_proof(kind, outcome):
    """What a 200 did not do, or did otherwise, is told apart; a value that was only tidied is applied, with a note."""
    with tt.sandbox("jira", tickets=8, limit=None) as account:
        plan = renamed(account, " <b>seen</b> ")
        account.sandbox.faults(f"{kind}={plan.patches[5].ticket}")
        run = account.apply(plan, confirm=8)
        found = run.outcomes[5]
        assert (found.kind, len(run.applied)) == (outcome, 7 + (outcome == "applied"))
        assert found.reason


def test_partly_applied_names_the_field():
    """One field of two arrived: which, stands in the reason, and the undo takes back only that one."""
    with tt.sandbox("jira", tickets=5, limit=None) as account:
        snapshot = account.load()
        df = snapshot.frame()
        df["name"], df["description"] = df["name"].str.strip() + "!", "new"
        plan = snapshot.plan(df)
        account.sandbox.faults(partly=plan.patches[4].ticket)
        found = account.apply(plan, confirm=5).outcomes[4]
        assert (found.kind, len(list(found.landed()))) == ("partly applied", 1)
        assert "ignored" in found.reason


def test_clear_that_was_dropped_is_found():
    """An API that drops null answers 200 and keeps the value: that is no success."""
    with tt.sandbox("jira", tickets=20, limit=None) as account:
        snapshot = account.load()
        df = snapshot.frame().dropna(subset=["due_date"]).head(1)
        df["due_date"] = None
        account.sandbox.faults(uncleared=1.0)
        run = account.apply(snapshot.plan(df, clear=["due_date"]), confirm=1)
        assert (run.counts, account.sandbox.ticket(df.index[0])["due_date"] is not None) == ({"ignored": 1}, True)


@pytest.mark.usefixtures("_short_pauses")
def test_api_that_echoes_is_found_out_by_the_canary():
    """An answer that merely repeats what was asked convinces nobody: a canary is read again, and the rest stays at home."""
    with tt.sandbox("jira", tickets=12, limit=None) as account:
        plan = renamed(account)
        account.sandbox.faults(echoed=1.0)
        assert account.apply(plan, confirm=12).counts == {"unknown": 3, "not sent": 9}  # reads may be behind as well
        account.sandbox.faults(echoed=plan.patches[7].ticket)
        careful = account.apply(plan, confirm=12, brakes=tt.SafetyLimits(reread=True))
        assert careful.counts == {"applied": 11, "unknown": 1}
        assert len(careful.undo()) == 12
        assert "nobody can tell" in " ".join(map(str, careful.undo().notes))


@pytest.mark.parametrize("kind", ["stale_409", "stale_412", "raced"])
def test_stale_version_is_read_anew(kind):
    """A ticket that moved on between reading and writing is looked at again; its new edit is respected."""
    with tt.sandbox("microsoftplanner", tickets=6, limit=None) as account:
        plan = renamed(account)
        ticket = plan.patches[4].ticket
        account.sandbox.faults(f"{kind}={ticket}")
        run = account.apply(plan, confirm=6)
        raced = kind == "raced"
        assert run.outcomes[4].kind == ("conflict" if raced else "applied")
        assert (account.sandbox.ticket(ticket)["name"] == COLLEAGUE) == raced


@pytest.mark.parametrize("silently", ["edited", "edited_silently"])
def test_time_stamp_is_not_trusted(silently):
    """An edit that left `updated_at` as it was is a conflict all the same; one of another field is kept."""
    with tt.sandbox("jira", tickets=6, limit=None) as account:
        plan = renamed(account)
        same, other = plan.patches[4].ticket, plan.patches[5].ticket
        account.sandbox.faults(f"{silently}={same}", f"{silently}={other}:field=description")
        run = account.apply(plan, confirm=6)
        assert run.counts == {"applied": 5, "conflict": 1}
        assert account.sandbox.ticket(other)["description"] == COLLEAGUE


def test_deleted_and_moved_tickets_fail_alone():
    """A ticket that is gone is refused and named; a moved one keeps its new place."""
    with tt.sandbox("jira", tickets=8, limit=None) as account:
        plan = renamed(account)
        gone, moved = plan.patches[5].ticket, plan.patches[6].ticket
        account.sandbox.faults(deleted=gone, moved=moved)
        run = account.apply(plan, confirm=8)
        assert (run.failed.ids, len(run.applied)) == ((gone,), 7)
        assert [w["by"] for w in account.sandbox.writes(moved)] == ["colleague", "api"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [("revoked", "token"), ("needs_reauth", "connect it again"), ("blocked", "support"), ("read_only", "read-only")],
)
def test_account_that_is_lost_half_way_stops_the_run_at_once(kind, said, assert_outcomes_are_true):
    """Nothing more is sent, every ticket has its outcome, and the notes tell why."""
    with tt.sandbox("jira", tickets=40, limit=None) as account:
        plan = renamed(account)
        account.sandbox.faults(f"{kind}=#20:on=PATCH")
        run = account.apply(plan, confirm=40)
        assert sum(run.counts.values()) == 40
        assert set(run.counts) == {"applied", "not sent"}
        assert 15 <= len(run.applied) < 25
        assert said in str(run.notes[0])
        assert_outcomes_are_true(run, account.sandbox)
        assert sum(seen.method == "PATCH" for seen in account.sandbox.requests()) < 28


def test_safety_limit_between_look_and_send_leaves_nothing_open():
    """Whoever had looked when a safety limit stopped the run has its outcome too: a finished run has nothing open."""
    with tt.sandbox("jira", tickets=40, limit=None) as account:
        plan = renamed(account)
        account.sandbox.faults("read_only=#5:on=PATCH", slow={"rate": 0.5, "wait": 0.05, "on": "GET"}, seed=1)
        run = account.apply(plan, confirm=40, brakes=tt.SafetyLimits(workers=12))
        assert (run.state, len(run.open), sum(run.counts.values())) == ("finished", 0, 40)
        assert all("read-only" in item.reason for item in run.not_sent)


@pytest.mark.parametrize("limit", [None, (200, 1)])
@pytest.mark.timeout(60)
def test_tool_that_asks_for_a_wait_with_every_answer_gets_its_changes(limit):
    """A pause after every 200, as under load, slows a run and never keeps it looking for ever; a stale version meanwhile is read anew."""
    with tt.sandbox("microsoftplanner", tickets=6, limit=limit) as account:
        plan = renamed(account)
        account.sandbox.faults(f"stale_409={plan.patches[4].ticket}:times=2", "delayed=1.0:wait=0.05")
        assert account.apply(plan, confirm=6).counts == {"applied": 6}


def test_lock_out_stops_instead_of_hammering():
    """A tool that asks for half an hour gets it: the run stops, and says how long."""
    with tt.sandbox("jira", tickets=40, limit=None) as account:
        plan = renamed(account)
        account.sandbox.faults("limited_remote=1.0:wait=1800:on=PATCH")
        run = account.apply(plan, confirm=40)
        assert (run.counts, "1800 s" in str(run.notes[0])) == ({"not sent": 40}, True)
        assert sum(seen.method == "PATCH" for seen in account.sandbox.requests()) == 1


@pytest.mark.parametrize("kind", ["limited", "limited_date", "limited_bare", "limited_remote", "delayed"])
def test_waits_are_obeyed_and_told(kind, monkeypatch):
    """Retry-After as seconds, as a date, missing, or with a 200: all wait, and the reason is seen."""
    from truto_tickets_nb.api import retry

    monkeypatch.setattr(retry, "TRUTO_PAUSE", 0.2)
    waits = []
    with tt.sandbox("jira", tickets=6, limit=None, listeners=(waits_into(waits.append),)) as account:
        plan = renamed(account)
        account.sandbox.faults(f"{kind}=#4:wait=0.2:on=PATCH")
        assert account.apply(plan, confirm=6).counts == {"applied": 6}
        words = {"limited_remote": "the provider's limit", "delayed": "the tool asks for it"}.get(kind, "Truto's limit")
        assert [wait_words(wait) for wait in waits] == [words]


@pytest.mark.parametrize("kind", ["cursor_repeats", "page_repeats", "page_loses"])
def test_lists_that_move_are_told(kind, monkeypatch):
    """A page that repeats a ticket gives it once, a cursor that repeats ends with a reason."""
    monkeypatch.setattr("truto_tickets_nb.loading.load.PAGE", 10)
    with tt.sandbox("jira", tickets=30, limit=None) as account:
        account.sandbox.faults(**{kind: 2})
        if kind == "cursor_repeats":
            with pytest.raises(tt.errors.ServerTrouble, match="repeats"):
                account.load()
        else:
            snapshot = account.load()
            assert len(snapshot) == (30 if kind == "page_repeats" else 29)
            assert ("came twice" in " ".join(snapshot.notes)) == (kind == "page_repeats")


def test_faults_are_refused_where_they_mean_nothing():
    """A mistyped kind, a rate above 1 or nothing at all is told with what there is."""
    with tt.sandbox("jira", tickets=2, limit=None) as account:
        for wrong in ("limted=0.1", "limited", "limited=1.5"):
            with pytest.raises(ValueError, match=r"limited|no rate|not when"):
                account.sandbox.faults(wrong)
        with pytest.raises(ValueError, match="colour"):
            account.sandbox.faults(limited={"rate": 0.1, "colour": "red"})


def test_same_seed_plays_the_same_faults():
    """Chaos can be had again, whatever the order of threads."""
    played = []
    for _ in range(2):
        with tt.sandbox("jira", tickets=40, limit=None) as account:
            plan = renamed(account)
            account.sandbox.faults(edited=0.1, ignored=0.1, lost_after=0.1, seed=3)
            counts = account.apply(plan, confirm=40, brakes=tt.SafetyLimits(canary=0)).counts
            played.append((counts, sorted((s.kind, s.request, s.ticket) for s in account.sandbox.struck())))
    assert played[0] == played[1]
