"""The review without a browser: nothing before its number, everything after it, and no exception lost."""

from __future__ import annotations

import threading

import ipywidgets
import pytest
from ipywidgets import Widget

import truto_tickets_nb as tt
from truto_tickets_nb.errors import PlanError
from truto_tickets_nb.runs.safety_limits import SafetyLimits
from truto_tickets_nb.widgets.review import session, view

PATIENCE = 30


def patches(account):
    return sum(seen.method == "PATCH" for seen in account.sandbox.requests())


@pytest.fixture
def draft(account):
    return account.load().draft().set("priority", "Highest", where=["10001", "10002", "10003", "10004"])


@pytest.fixture
def review(account, draft):
    found = tt.Review(account, draft)
    yield found
    found.press_stop()
    found.wait(PATIENCE).close()


def sent(review):
    """Type the number, press, and wait for the end."""
    review.type_number(len(review.plan))
    review.press_apply()
    return review.wait(PATIENCE).run


def shown(widget):
    return widget.layout.display != "none"


def held(account, field="priority"):
    return {ticket["id"]: (ticket.get(field) or {}).get("name") for ticket in account.sandbox.tickets()}


@pytest.mark.parametrize("typed", ["", "3", "5", "04", "four", "-4", "4.0", "44"])
def test_nothing_is_sent_before_exactly_the_number_is_typed(account, review, typed):
    """Neither the front end nor code gets past the number; the button says what it would do, and where."""
    review.type_number(typed)
    assert review._parts.apply.disabled
    review._parts.apply.click()  # ipywidgets calls handlers of disabled buttons too
    review.wait(PATIENCE)
    assert (patches(account), review.run) == (0, None)
    assert "Nothing was sent" in review.said
    assert review._parts.apply.description == "Apply to 4 tickets in Jira (practice)"


@pytest.mark.parametrize("typed", ["4", " 4 ", 4])
def test_the_number_sends_exactly_what_was_shown(account, review, typed):
    """The number opens the button, a press sends, the outcome is shown grouped by kind, and the number is gone."""
    plan = review.plan
    review.type_number(typed)
    assert not review._parts.apply.disabled
    review._parts.apply.click()
    run = review.wait(PATIENCE).run
    assert (run.counts, run.plan.fingerprint, patches(account)) == ({"applied": 4}, plan.fingerprint, 4)
    assert "4 tickets: 4 applied" in review._parts.outcome.value
    assert (review._parts.number.value, shown(review._parts.confirming)) == ("", False)


def test_changed_draft_asks_again(account, draft, review):
    """Each change empties the number, draws the plan anew, and says so; in between nothing can be sent."""
    review.type_number(4)
    draft.add("tags", "billing", where=["10001", "10009"])
    assert (review._parts.number.value, review._parts.apply.disabled) == ("", True)
    review.type_number(4)
    review.press_apply()
    assert "changed since this plan was drawn" in review.said
    review.wait(PATIENCE)
    assert (len(review.plan), review._parts.number.value, patches(account)) == (5, "", 0)
    assert (
        "The draft has changed. The plan was drawn anew, and nothing was sent. Look at it, then type 5." in review.said
    )


def test_dry_run_sends_nothing_and_finds_a_conflict(account, review):
    """A dry run tells who else was there; its conflict can be jumped to, and the number is still wanted."""
    account.sandbox.edit("10002", priority={"id": "5", "name": "Lowest"})
    review.press_dry_run()
    review.wait(PATIENCE)
    assert (len(review.rehearsal.ready), review.rehearsal.conflicts.ids, patches(account)) == (3, ("10002",), 0)
    assert "3 of 4 tickets are ready" in review.said
    assert ("10002: conflict", "10002") in review._parts.jump.options
    assert shown(review._parts.rehearsed)


def test_conflict_is_left_alone_and_can_be_planned_again(account, review):
    """Somebody else's edit stays; whoever wants her own value plans the conflict again, with a number of its own."""
    account.sandbox.edit("10002", priority={"id": "5", "name": "Lowest"})
    assert sent(review).counts == {"applied": 3, "conflict": 1}
    assert held(account)["10002"] == "Lowest"
    review._parts.follow["conflicts"].click()
    assert (len(review.plan), review._parts.apply.disabled) == (1, True)
    assert sent(review).counts == {"applied": 1}
    assert held(account)["10002"] == "Highest"


def test_undo_is_a_plan_of_its_own_with_a_number_of_its_own(account, review):
    """Undo sends nothing by itself; after its number all is as before, and that can be undone too."""
    before = held(account)
    sent(review)
    review.press_back()
    assert "sent already" in review.said
    review.press_undo()
    assert (patches(account), review._parts.apply.description) == (4, "Undo: 4 tickets in Jira (practice)")
    review.press_apply()
    assert "type 4 first" in review.said
    assert sent(review).counts == {"applied": 4}
    assert held(account) == before
    review.press_back()
    assert "sent already" not in review.said


def test_what_failed_is_tried_again(account, review):
    """A retry is a plan of what did not arrive, and of nothing else."""
    account.sandbox.faults(ignored="10003")
    assert sent(review).counts["ignored"] == 1
    account.sandbox.faults()
    review.press_retry()
    assert [patch.ticket for patch in review.plan][:1] == ["10003"]
    assert set(sent(review).counts) == {"applied"}
    assert {held(account)[f"1000{n}"] for n in range(1, 5)} == {"Highest"}


def test_problems_jump_to_their_tickets(account, draft, review):
    """A blocking problem hinders, says so, and names its ticket; whoever listens is told which one to open."""
    told = []
    review.on_ticket(told.append)
    draft.add("tags", "two words", where=["10007"])
    review.wait(PATIENCE).type_number(5)
    review.press_apply()
    assert "must be mended first" in review.said
    review._parts.jump.value = "10007"
    review._parts.open.click()
    assert (told, patches(account), review._parts.rehearse.disabled) == (["10007"], 0, True)


def test_step_that_no_longer_fits_can_be_jumped_to(account, review):
    """What a step could not do is no change, and still names its ticket."""
    df = review.draft.frame()
    df.loc["10007", "priority"] = "Hihg"
    review.draft.take(df)
    review.wait(PATIENCE)
    assert "10007" in [ticket for _, ticket in review._parts.jump.options]


def test_quiet_is_offered_only_where_there_is_a_switch(account, review):
    """Ticked, it asks for the number again, and nobody is mailed."""
    assert shown(review._parts.quiet)
    review.type_number(4)
    review._parts.quiet.value = True
    assert review._parts.number.value == ""
    review.wait(PATIENCE)
    assert "sent quietly now" in review.said
    sent(review)
    assert (patches(account), account.sandbox.notified()) == (4, [])
    with tt.sandbox("freshdesk", tickets=3, limit=None) as other:
        assert not shown(tt.Review(other, other.load().draft())._parts.quiet)


@pytest.fixture
def long(account):
    """Make a review of 60 slow tickets."""
    account.sandbox.faults(slow={"rate": 1.0, "wait": 0.05, "on": "PATCH"})
    found = tt.Review(account, account.load().draft().set("priority", "Highest"))
    yield found
    found.press_stop()
    found.wait(PATIENCE).close()


def begun(review):
    """Begin to send, and wait until some tickets are settled."""
    review.type_number(len(review.plan))
    some = threading.Event()
    review.press_apply()
    job = review._desk.job
    job.listeners.append(lambda: some.set() if job.settled >= 5 else None)
    assert some.wait(PATIENCE)
    return job


def test_run_leaves_the_kernel_free(account, long):
    """While a run goes on, cells work: tickets are loaded, the draft is edited, and none of it harms the run."""
    begun(long)
    assert (long.is_busy, len(account.load()), shown(long._parts.stop)) == (True, 60, True)
    long.draft.add("tags", "x", where=["10001"])
    assert " of " in long._parts.progress.value
    assert long.wait(PATIENCE).run.counts.get("applied", 0) + long.run.counts.get("unchanged", 0) == len(long.run.plan)


def test_stop_lets_what_flies_land_and_going_on_wants_a_number(account, long):
    """After a stop every ticket is either done or still open, as the server knows; the rest goes out after its own number."""
    begun(long)
    long._parts.stop.click()
    run = long.wait(PATIENCE).run
    assert 0 < len(run.open) < len(run.plan)
    assert not run.unknown
    assert patches(account) == len(run.plan) - len(run.open)
    long.press_resume()
    assert patches(account) == len(run.plan) - len(run.open)
    assert set(sent(long).counts) == {"applied"}
    assert set(held(account).values()) == {"Highest"}


def test_review_made_anew_finds_what_goes_on(account, long):
    """A second review of the same account shows the run under way, may stop it, and shows it when it is open or done."""
    job = begun(long)
    second = tt.Review(account, long.draft)
    assert (second._desk.job is job, shown(second._parts.stop), shown(second._parts.plan)) == (True, True, False)
    second.press_stop()
    assert second.wait(PATIENCE).run.open
    third = tt.Review(account, long.draft)
    assert "still open" in third.said
    assert shown(third._parts.follow["resume"])


def test_finished_run_is_offered_to_whoever_comes_later(account, draft, review):
    """The last run can be looked at and undone from a new review."""
    sent(review)
    later = tt.Review(account, draft)
    later._parts.last.click()
    assert "4 applied" in later._parts.outcome.value
    later.press_undo()
    assert len(later.plan) == 4


def test_two_hands_on_one_button_send_once(account, review):
    """Callbacks may run in several threads at once: one of them sends."""
    review.type_number(4)
    hands = [threading.Thread(target=review._parts.apply.click) for _ in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    review.wait(PATIENCE)
    assert (patches(account), len(account.runs())) == (4, 1)


def test_large_plan_wants_a_tick_besides(monkeypatch, review):
    """The brake for one run stays on until somebody lifts it."""
    for module in (session, view):
        monkeypatch.setattr(module, "SafetyLimits", lambda cap=3: SafetyLimits(cap=cap))
    review.refresh()
    review.type_number(4)
    review.press_apply()
    assert "tick the box first" in review.said
    review._parts.many.value = True
    assert sent(review).counts == {"applied": 4}


def test_nothing_gets_lost_in_a_handler(account, review):
    """Whatever breaks is told in the form."""
    account.journal.close()
    review.type_number(4)
    review.press_apply()
    review.wait(PATIENCE)
    assert "✗" in review.said
    assert patches(account) == 0


def test_saved_state_holds_no_ticket_and_no_token(account, review):
    """Whoever saves widget state saves an empty form."""
    sent(review)
    titles = [patch.title.strip() for patch in review.run.plan]
    texts = "".join(str(widget.get_state()) for widget in within(review))
    assert not [text for text in (*titles, account.sandbox.token) if text in texts]
    assert all(title.split()[0] in review._parts.outcome.value for title in titles)


def within(widget):
    return [
        widget,
        *(w for child in getattr(widget, "children", ()) if isinstance(child, Widget) for w in within(child)),
    ]


def test_repr_is_short_and_stable(account, draft, review):
    """The same draft reads the same in every kernel."""
    assert repr(review) == repr(tt.Review(account, draft)) == "Review(jira, 4 tickets to change)"
    assert isinstance(review, ipywidgets.VBox)


def test_draft_of_another_account_is_refused(account):
    """A draft is sent to the account that it was loaded from."""
    with tt.sandbox("freshdesk", tickets=3) as other, pytest.raises(PlanError, match="is of account"):
        tt.Review(account, other.load().draft())


def test_empty_draft_says_what_to_do(account):
    """Before the first step there is nothing to press."""
    review = tt.Review(account, account.load().draft())
    review.press_apply()
    assert (review._parts.apply.disabled, "There is nothing to send" in review.said) == (True, True)


def test_closed_review_follows_no_more(account, draft, review):
    """A form that was taken away leaves the draft alone."""
    other = tt.Review(account, draft)
    other.close()
    draft.set("priority", "Low", where=["10020"])
    assert review.wait(PATIENCE).plan.patches[-1].ticket == "10020"
    assert len(other.plan) == 4
