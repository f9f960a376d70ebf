"""A report is the server's state: "applied" only where the new value stands and the old one no longer does."""

import copy

import pytest
from examples import examples
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import truto_tickets_nb as tt
from truto_tickets_nb.plans.change import Change
from truto_tickets_nb.runs.verify import after_sending, before_sending, between
from truto_tickets_nb.tickets.equality import exact_json
from truto_tickets_nb.tickets.fields import CUSTOM, field

LETTERS = st.text("aB é\u0301 \t\r\n.<p>/", max_size=8)
NAMES = st.sampled_from(["Bug", "bug", "Bug ", "BUG", "réunion", "re\u0301union", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, 1.0]) | LETTERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=5,
)
DATES = st.sampled_from(
    ["2026-01-31", "2026-01-31T00:00:00Z", "2026-01-31T00:00:00.000Z", "2026-01-31T01:00:00+01:00", "2026-02-01", None]
)


@st.composite
def tag_lists(draw):
    """Draw tags as the API answers them, each name once, ids by spelling or by name."""
    by_spelling = draw(st.booleans())
    names = draw(st.lists(NAMES, unique=True, max_size=3))
    return [{"id": name if by_spelling else name.casefold().strip(), "name": name} for name in names]


@st.composite
def pairs(draw):
    """Draw a field with an old value as it is answered, a new one as it is answered, and as a body."""
    name = draw(st.sampled_from(["name", "description", "due_date", "status", "tags", "languages", CUSTOM + "x"]))
    if name in ("name", "description"):
        old, new = draw(LETTERS | st.none()), draw(LETTERS | st.none())
    elif name == "due_date":
        old, new = draw(DATES), draw(DATES)
    elif name == "status":
        old, new = ({"id": draw(st.sampled_from("123")), "name": draw(NAMES)} for _ in range(2))
        assume(old["id"] != new["id"])
        return name, old, new, {"id": new["id"]}
    elif name == "tags":
        old, new = draw(tag_lists()), draw(tag_lists())
        body = [dict(item) if draw(st.booleans()) else {"name": item["name"]} for item in new]
        assume(sorted(item["name"] for item in old) != sorted(item["name"] for item in new))
        return name, old, new, body
    elif name == "languages":
        old, new = (draw(st.lists(st.sampled_from(["en", "EN", "de"]), unique=True)) for _ in range(2))
        assume(sorted(old) != sorted(new))
    else:
        old, new = draw(JSON), draw(JSON)
    assume(not exact_json(old, new))
    return name, old, new, new


def _record(name, value):
    return {"id": "1", "custom_fields": {"x": value}} if name.startswith(CUSTOM) else {"id": "1", name: value}


def _change(name, old, new, body):
    kind = field(name).kind
    return Change(name, kind.text(old), kind.text(new), kind.empty if old is None else kind.body(old), body)


LANDED = {"applied", "normalised"}


@settings(max_examples=examples(400), deadline=None)
@given(pairs(), st.booleans())
def test_a_server_that_keeps_the_old_value_is_never_reported_as_applied(pair, knows_before):
    """Whatever old and new have in common, a value that still is the old one to the letter was not applied."""
    name, old, new, body = pair
    record = _record(name, old)
    before = copy.deepcopy(record) if knows_before else None
    found = after_sending([_change(name, old, new, body)], record, before)[0]
    assert found.verdict == "ignored"
    assert between([_change(name, old, new, body)], record)[0].verdict == "open"


@settings(max_examples=examples(400), deadline=None)
@given(pairs(), st.booleans())
def test_a_server_that_stores_the_new_value_is_always_reported_as_applied(pair, knows_before):
    """A value that is the new one to the letter was applied, however close the old one was."""
    name, old, new, body = pair
    before = _record(name, old) if knows_before else None
    found = after_sending([_change(name, old, new, body)], _record(name, new), before)[0]
    assert found.verdict in LANDED
    assert before_sending([_change(name, old, new, body)], _record(name, new))[0].verdict == "already so"


TRIMMED = {"1": "  Refund ", "2": "Refund\u00a0", "3": "re\u0301union ", "4": "fine"}


def _account(**fields):
    tickets = [
        {
            "id": key,
            "name": name,
            "tags": [{"id": "B", "name": "Billing"}],
            "status": {"id": "o", "name": "Open"},
            **fields,
        }
        for key, name in TRIMMED.items()
    ]
    return tt.sandbox("jira", tickets=tickets, limit=None)


@pytest.mark.parametrize("fault", ["ignored", "error_500", "lost_before", "lost_after", "none"])
@pytest.mark.parametrize("edit", ["trim", "upper", "tags"])
def test_outcomes_of_edits_that_comparing_forgives(fault, edit):
    """Trimming titles and mending capitals is told as it went, whatever happens to the PATCH and its answer."""
    with _account() as account:
        snapshot = account.load(progress=False)
        draft = snapshot.draft()
        plan = (draft.map("tags", {"Billing": "billing"}) if edit == "tags" else draft.tidy("name", edit)).plan()
        account.sandbox.faults(**({} if fault == "none" else {fault: {"tickets": ["1", "2"], "on": "PATCH"}}))
        run = account.apply(plan, confirm=len(plan), progress=False, brakes=tt.SafetyLimits(canary=0, stop_after=50))
        account.sandbox.faults()
        for outcome in run.outcomes:
            ticket = account.sandbox.ticket(outcome.ticket)
            holds_new = all(_holds(ticket, change) for change in outcome.patch.changes)
            assert (outcome.kind in ("applied", "unchanged")) == holds_new, (outcome.kind, ticket)


def _holds(ticket, change):
    if change.field == "tags":
        return [tag["name"] for tag in ticket["tags"]] == list(change.after)
    return ticket[change.field] == change.after


def test_what_cannot_be_read_back_is_unknown():
    """A field that no answer shows is never reported as applied; it is no failure either, so the run goes on with the next tickets."""
    with tt.sandbox("practice", tickets=12, limit=None) as account:
        snapshot = account.load(progress=False)
        df = snapshot.frame()
        df["remote_data"] = [{"flag": n} for n in range(len(df))]
        plan = snapshot.plan(df)
        run = account.apply(plan, confirm=len(plan), progress=False)
        assert run.counts == {"unknown": len(plan)}
        assert all(outcome.cause == "unverifiable" for outcome in run.unknown)


@pytest.mark.usefixtures("_short_pauses")
@pytest.mark.parametrize("canary", [0, 3])
def test_answers_are_trusted_only_once_a_second_look_bears_one_out(canary):
    """A tool that answers with what it was asked and changes nothing is found out, with a canary and without one."""
    with tt.sandbox("jira", tickets=12, limit=None) as account:
        snapshot = account.load(progress=False)
        plan = snapshot.plan(snapshot.frame().assign(name="new"))
        account.sandbox.faults(echoed=1.0)
        run = account.apply(
            plan, confirm=len(plan), progress=False, brakes=tt.SafetyLimits(canary=canary, stop_after=50)
        )
        assert not run.applied
        assert {account.sandbox.ticket(key)["name"] for key in snapshot.frame().index} != {"new"}
