"""A plan is one value: what is shown is what is sent, nothing of it can be changed unseen, and no refinement loses what blocks it."""

from __future__ import annotations

import copy
import json
from dataclasses import fields, replace

import numpy as np
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import truto_tickets_nb as tt
from truto_tickets_nb.actions import Action, correct
from truto_tickets_nb.errors import ConfirmError, PlanError
from truto_tickets_nb.notes import Note
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.plans.problem import Problem
from truto_tickets_nb.plans.request_spec import READ, RequestSpec

METHODS = ("to_curl", "to_python", "to_javascript", "to_typescript", "to_python_sdk")
NAME = Change("name", "Refund", "Refund!", "Refund", "Refund!")
TAGS = Change("tags", ("a",), ("a", "b"), [{"id": "1"}], [{"id": "1"}, {"name": "b"}])
SPENT = Change("custom_fields.spent", "1", "2.5", 1, 2.5)
STATUS = Change("status", "Open", None, {"id": "o"}, None)
FULL = Plan(
    "acc",
    "jira",
    (Patch("1", "Refund", (NAME, TAGS)), Patch("2", "Login é", (SPENT, STATUS))),
    (
        Problem("account.no_updates", "", "", "", "no update is documented", correct("Use the tool itself.")),
        Problem("field.renamed", "", "Statu", "", "looks like a column under another name", correct("Rename it.")),
        Problem("patch.lacks_field", "1", "", "", "has no workspace", correct("Fill it."), "warning"),
        Problem(
            "value.unknown_name",
            "2",
            "status",
            "Opne",
            "is no status",
            (Action("suggest", names=("Open",)),),
            together=("status", "custom_fields.spent"),
        ),
    ),
    (Note("request.notifies", "Jira mails watchers.", (Action("quiet"),)),),
    5,
    RequestSpec(("etag",), {"organization": {"id": 7}}, ("workspace|collections",), True, ("name",), READ),
    "20260101-abcdef",
    (50, 10.0),
)


def ticket(key, **more):
    return {"id": str(key), "name": f"Ticket {key}", "status": {"id": "o", "name": "Open"}, "tags": [], **more}


def box(*records, slug="gorgias"):
    return tt.sandbox(slug, tickets=list(records), limit=None)


# a file of a plan


def places(value, path=()):
    """List the path of every value in JSON content."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, (*path, key))


ODD = st.sampled_from(
    [None, True, False, 0, 1, 2, 1.0, -1, 2**70, "", "x", "1", [], ["x"], {}, {"x": 1}, [[]], "a" * 16, "0" * 64]
)
PLACES = [path for path in places(json.loads(FULL.to_json())) if path]


def at(content, path):
    for key in path:
        content = content[key]
    return content


@settings(max_examples=examples(400), deadline=None)
@given(st.data())
def test_file_with_any_one_change_is_refused(data):
    """Whatever is changed, left out or added, at any depth, and of whichever type: it is refused, or is the very same plan."""
    content = json.loads(FULL.to_json())
    path = data.draw(st.sampled_from(PLACES))
    holder, key = at(content, path[:-1]), path[-1]
    how = data.draw(st.sampled_from(["change", "leave out", "add", "double", "swap"]))
    if how == "leave out":
        del holder[key]
    elif how == "add" and isinstance(holder, dict):
        holder[data.draw(st.sampled_from(["x", "made", "query", "blocking", "id"]))] = data.draw(ODD)
    elif how == "double" and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    elif how == "swap" and isinstance(holder, list):
        holder.reverse()
    else:
        holder[key] = data.draw(ODD)
    try:
        again = Plan.from_json(json.dumps(content))
    except PlanError:
        return
    assert (again.to_json(), repr(again)) == (FULL.to_json(), repr(FULL))


@settings(max_examples=examples(150), deadline=None)
@given(st.integers(0, len(FULL.to_json())), st.sampled_from(["", "\x00", "}", "NaN", "\ud800", "é"]))
def test_file_that_is_cut_off_or_garbled_is_a_plan_error(end, more):
    """Half a file, a file with something in the middle: one kind of error, never a raw one."""
    text = FULL.to_json()
    for broken in (text[:end] + more, text[:end] + more + text[end:]):
        try:
            again = Plan.from_json(broken)
        except PlanError as error:
            assert "anew" in str(error)  # noqa: PT017  (any broken text may be whole again)
        else:
            assert again == FULL


@pytest.mark.parametrize(
    "text",
    ["", " ", "[]", "null", "7", '"x"', "{}", "{", "[" * 5000, b"\xff\xfe", b"\x00", b"\xe9", None, 7, {}, '{"plan": 3}', '{"plan": []}',
     '{"truto_tickets_recipe": 1, "steps": []}', '{"plan": {"patches": NaN}}'],
)  # fmt: skip
def test_file_of_something_else_is_a_plan_error(text):
    """Garbage, other JSON, nothing at all: it is told that this is no plan."""
    with pytest.raises(PlanError, match=r"not a plan saved by to_json.*anew"):
        Plan.from_json(text)


@pytest.mark.parametrize("form", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_file_saved_by_an_editor_is_read(form):
    """A byte-order mark and the encodings of editors change nothing."""
    assert Plan.from_json(FULL.to_json().encode(form)) == FULL
    assert Plan.from_json("\ufeff" + FULL.to_json()) == FULL


# the fingerprint


def test_every_part_of_a_plan_is_in_its_fingerprint():
    """64 hex digits over all fields of plan, way, patch, change and problem: a plan that differs in one differs in it."""
    assert (len(FULL.fingerprint), set(FULL.fingerprint) <= set("0123456789abcdef")) == (64, True)
    other = {"budget": (1, 10.0), "way": RequestSpec(), "looked_at": 6}
    plans = [replace(FULL, **{f.name: other.get(f.name, ("x",) if isinstance(getattr(FULL, f.name), tuple) else "x")})
             for f in fields(Plan) if f.name not in ("patches", "problems")]  # fmt: skip
    ways = {"query": (), "fixed": {}, "carry": (), "whole_custom_fields": False, "apart": (), "read": None}
    plans += [replace(FULL, request_spec=replace(FULL.request_spec, **{name: value})) for name, value in ways.items()]
    changes = [replace(NAME, **{f.name: "x"}) for f in fields(Change)]
    patches = [replace(FULL.patches[0], ticket="9"), replace(FULL.patches[0], title="x")]
    patches += [Patch("1", "Refund", (change, TAGS)) for change in changes]
    plans += [replace(FULL, patches=(patch, FULL.patches[1])) for patch in patches]
    parts = {"blocking": False, "together": ()}
    problems = [replace(FULL.problems[3], **{f.name: parts.get(f.name, "x")}) for f in fields(Problem)]
    plans += [replace(FULL, problems=(*FULL.problems[:3], problem)) for problem in problems]
    plans += [replace(FULL, problems=FULL.problems[:3]), replace(FULL, patches=FULL.patches[::-1])]
    assert len({plan.fingerprint for plan in (FULL, *plans)}) == len(plans) + 1


def test_short_form_is_shown_and_confirms():
    """People read 16 digits of it; these, the whole, and capitals are taken."""
    plan = replace(FULL, problems=())
    assert f"fingerprint {plan.fingerprint[:16]}\n" in repr(plan)
    assert plan.fingerprint[:17] not in repr(plan)


# what confirms


def test_number_and_fingerprint_confirm():
    """The number of tickets, the fingerprint, its short form: each confirms this plan."""
    for form in (len, lambda p: p.fingerprint, lambda p: p.fingerprint[:16], lambda p: f" {p.fingerprint[:20].upper()} ",
                 lambda p: np.int64(len(p))):  # fmt: skip
        with box(ticket(1), ticket(2)) as account:
            snapshot = account.load(progress=False)
            plan = snapshot.plan(snapshot.frame().assign(name="x"))
            assert account.apply(plan, confirm=form(plan), progress=False).counts == {"applied": 2}


@pytest.mark.parametrize(
    ("confirm", "why"),
    [
        (None, "Type the number you saw"), (3, "You confirmed 3"), (-2, "You confirmed -2"), (True, "neither a whole number"),
        (2.0, "neither a whole number"), ("2", "too short"), ("", "too short"), ("0" * 64, "another plan"), ("0" * 16, "another plan"),
        ([2], "neither"), (np.True_, "neither"), (b"2", "neither"),
    ],
)  # fmt: skip
def test_anything_else_confirms_nothing(confirm, why):
    """Another number, a truth value, a float, a text, a short or foreign fingerprint: refused with what was expected, nothing sent."""
    with box(ticket(1), ticket(2)) as account:
        snapshot = account.load(progress=False)
        plan, other = (snapshot.plan(snapshot.frame().assign(name=name)) for name in "xy")
        with pytest.raises(ConfirmError, match=why) as error:
            account.apply(plan, confirm=confirm, progress=False)
        assert (plan.fingerprint[:16] in str(error.value), "confirm=2" in str(error.value)) == (True, True)
        with pytest.raises(ConfirmError, match="another plan"):
            account.apply(plan, confirm=other.fingerprint, progress=False)
        assert not [seen for seen in account.sandbox.requests() if seen.method == "PATCH"]


# refining

WIDE = [problem for problem in FULL.problems if not problem.ticket]


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(st.sampled_from(["only", "drop", "split", "problem"]), max_size=4), st.data())
def test_no_refinement_loses_what_blocks_the_whole_plan(steps, data):
    """Whatever is narrowed, in whichever order: as long as a change is left, everything that concerns all tickets is left too."""
    plan = FULL
    for step in steps:
        names = sorted({c.field for p in plan for c in p.changes} | {p.ticket for p in plan})
        if step == "problem" and plan.problems:
            plan = plan.drop(data.draw(st.sampled_from(plan.problems)))
        elif step == "split" and len(plan):
            plan = data.draw(st.sampled_from(plan.split(data.draw(st.integers(1, 3)))))
        elif step in ("only", "drop") and names:
            plan = getattr(plan, step)(data.draw(st.sampled_from(names)))
        assert not len(plan) or [problem for problem in plan.problems if not problem.ticket] == WIDE
    for patch in plan:  # and what concerns a whole ticket stays with it
        assert [p for p in plan.problems if (p.ticket, p.field) == (patch.ticket, "")] == [
            p for p in FULL.problems if (p.ticket, p.field) == (patch.ticket, "")
        ]


def test_dropping_a_problem_of_everything_drops_everything():
    """What is behind a problem of the whole plan is the whole plan, and behind one of a ticket the whole ticket."""
    assert (len(FULL.drop(WIDE[0])), len(FULL.drop(WIDE[1])), FULL.drop(*FULL.blocking).blocking) == (0, 0, ())
    assert [patch.ticket for patch in FULL.drop(FULL.problems[2])] == ["2"]
    assert FULL.drop("Statu").problems == FULL.problems


def test_fields_that_exclude_each_other_may_go_one_by_one():
    """A problem of two fields together is gone as soon as one of them is, whichever."""
    both = Problem(
        "fields.exclude_each_other", "7", "parent_ticket", "", "takes either", together=("parent_ticket", "collections")
    )
    changes = tuple(Change(name, None, "x", None, "x") for name in ("parent_ticket", "collections", "name"))
    plan = Plan("acc", "asana", (Patch("7", "x", changes),), (both,))
    assert [
        bool(p.blocking) for p in (plan.drop("collections"), plan.drop("parent_ticket"), plan.only("collections"))
    ] == [False] * 3
    assert plan.drop("name").blocking == (both,)


def test_tool_without_updates_stays_blocked():
    """Of a tool whose tickets can't be updated no part of a plan can be sent, dried or written as a program."""
    with tt.sandbox("zendesk", tickets=5, limit=None) as account:
        snapshot = account.load(progress=False)
        plan = snapshot.plan(snapshot.frame().assign(name="x"))
        parts = [
            plan.only("name"),
            plan.only(plan.patches[0].ticket),
            plan.drop(plan.patches[0].ticket),
            *plan.split(2),
        ]
        for part in parts:
            assert (len(part) > 0, bool(part.blocking), "plan.drop" in repr(part)) == (True, True, False)
            for method in METHODS:
                with pytest.raises(PlanError, match="blocking"):
                    getattr(part, method)()
            with pytest.raises(PlanError, match="blocking"):
                account.apply(part, confirm=len(part), progress=False)


# programs and files carry JSON


@pytest.mark.parametrize(
    "value", [float("inf"), float("nan"), [1, float("-inf")], {"a": {"b": [float("nan"), None]}}, 2**64, "\ud800"]
)
def test_value_that_json_cannot_carry_is_never_written(value):
    """Infinity and NaN would become null, at any depth: no program and no file is written, and ticket and field are named."""
    plan = Plan("acc", "jira", (Patch("7", "x", (Change("custom_fields.spent", "1", "?", None, value),)),))
    for method in (*METHODS, "to_json"):
        with pytest.raises(PlanError, match=r"Ticket 7: custom_fields.*can't be written as JSON"):
            getattr(plan, method)()
    assert len(plan.fingerprint) == 64


def test_null_is_written():
    """Emptying a field is no infinity."""
    assert '"status":null' in Plan("acc", "jira", (Patch("7", "x", (STATUS,)),)).to_curl()
