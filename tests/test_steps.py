"""Steps and filters: one edit as data, vectorised, its cells keeping their types, what no longer applies listed."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.edits import Effect, Filter, Step, apply, filter_of
from truto_tickets_nb.edits.steps.title_case import title_case
from truto_tickets_nb.errors import StepError

where = Filter.where


def chosen(frame, found):
    return list(frame.index[found.mask(frame)])


@pytest.mark.parametrize(
    ("found", "tickets"),
    [
        (where("name", "contains", "RE"), ["7", "1000000000000000001"][:1]),
        (where("name", "contains", "RE", case=True), []),
        (where("name", "starts", "lo"), ["0042"]),
        (where("name", "ends", "H"), ["1000000000000000001"]),
        (where("name", "matches", "^(Re|Lo)"), ["7", "0042"]),
        (where("priority", "is", "low"), ["7"]),
        (where("priority", "is", "low", case=True), []),
        (where("priority", "is not", "low"), ["0042", "1000000000000000001"]),
        (where("priority", "in", ["LOW", "high"]), ["7", "0042"]),
        (where("priority", "empty"), ["1000000000000000001"]),
        (where("tags", "empty"), ["0042"]),
        (where("tags", "filled"), ["7", "1000000000000000001"]),
        (where("tags", "has", "VIP"), ["7"]),
        (where("tags", "is", ["vip", "billing"]), ["7"]),
        (where("tags", "contains", "bill"), ["7", "1000000000000000001"]),
        (where("due_date", "before", "2026-02-01"), ["7"]),
        (where("due_date", "after", "2026-01-31"), ["1000000000000000001"]),
        (where("due_date", "is", "2026-01-31"), ["7"]),
        (where("created_at", "after", "2026-01-02"), ["1000000000000000001"]),
        (where("created_at", "is", "2026-01-02"), ["0042"]),
        (where("custom_fields.points", "more", 3), ["1000000000000000001"]),
        (where("custom_fields.points", "less", "5"), ["7"]),
        (where("custom_fields.points", "is", 3), ["7"]),
        (where("custom_fields.points", "empty"), ["0042"]),
        (Filter.ids("0042", "gone"), ["0042"]),
        (Filter.all(), ["7", "0042", "1000000000000000001"]),
        (where("priority", "is", "low") | where("tags", "empty"), ["7", "0042"]),
        (~(where("priority", "is", "low") | where("tags", "empty")), ["1000000000000000001"]),
        (where("tags", "has", "billing") & where("priority", "filled"), ["7"]),
        (where("html_description", "contains", "x"), []),
    ],
)
def test_filter_chooses(snapshot, found, tickets):
    """A filter chooses the same rows however it is written, and reads back as itself."""
    assert chosen(snapshot.frame(), found) == [t for t in snapshot.frame().index if t in tickets]
    assert Filter.of_json(found.to_json()) == found
    assert chosen(snapshot.frame(), ~~found) == chosen(snapshot.frame(), found)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: where("name", "contians", "x"), "Did you mean 'contains'"),
        (lambda: where("name", "contains", ""), "'empty' and 'filled'"),
        (lambda: where("name", "matches", "ref(und"), "at place 4, after 'ref'"),
        (lambda: where("name", "matches", "(?=a)b"), "not offered"),
        (lambda: where("name", "matches", r"(a)\1"), "not offered"),
        (lambda: where("due_date", "before", "soon"), "no date"),
        (lambda: where("number", "more", "many"), "no number"),
        (lambda: where("status", "in", "Open"), "list of values"),
        (lambda: Filter.of_json({"field": "name"}), "is no filter"),
        (lambda: Filter.of_json(["x"]), "is an object"),
    ],
)
def test_filter_that_can_not_work_is_refused_at_once(make, told):
    """A bad filter says what is wrong with it when it is made."""
    with pytest.raises(StepError, match=told.replace("(", r"\(")):
        make()


def test_where_is_whatever_an_analyst_has(snapshot):
    """Nothing, a mask, ids, a filter, JSON and a function choose rows; a mask is aligned by ticket and kept as ids."""
    frame = snapshot.frame()
    mask = frame["name"].str.contains("Refund")
    for given in (
        mask,
        mask.iloc[::-1],
        mask.to_numpy(),
        mask.tolist(),
        "7",
        ["7"],
        pd.Index(["7"]),
        lambda df: df["name"] == "Refund",
    ):
        assert filter_of(given, frame) == Filter.ids("7")
    assert filter_of(None, frame) == Filter.all()
    assert filter_of({"ids": ["7"]}, frame) == filter_of(Filter.ids("7"), frame)
    assert filter_of(pd.Series([True, None], index=["7", "0042"], dtype=object), frame) == Filter.ids("7")
    with pytest.raises(StepError, match="2 rows, the draft 3"):
        filter_of([True, False], frame)


def test_pattern_can_not_run_away(snapshot):
    """A pattern that would take for ever by backtracking is done at once."""
    frame = snapshot.frame()
    frame["description"] = "a" * 50_000 + "!"
    start = time.process_time()
    assert not where("description", "matches", "^(a+)+$").mask(frame).any()
    step = Step("replace", "description", options={"find": "(a|a)*b", "by": "", "regex": True})
    assert apply(step, frame, snapshot).effect.changed == 0
    assert time.process_time() - start < 20


def done(snapshot, kind, field, options, rows=None):
    step = Step(kind, field, rows or Filter.all(), options)
    assert Step.of_json(step.to_json()) == step
    return apply(step, snapshot.frame(), snapshot)


@pytest.mark.parametrize(
    ("kind", "field", "options", "cells"),
    [
        ("set", "priority", {"value": "High"}, ["High", "High", "High"]),
        ("set", "tags", {"value": ["a", "b"]}, [("a", "b")] * 3),
        ("set", "tags", {"value": "a"}, [("a",)] * 3),
        ("clear", "tags", {}, [(), (), ()]),
        ("map", "priority", {"values": {"Low": "High", "High": "Low"}}, ["High", "Low", None]),
        ("map", "tags", {"values": {"vip": "VIP", "billing": None}}, [("VIP",), (), ()]),
        ("map", "custom_fields.points", {"values": {3: 4}}, [4, None, 5]),
        ("fill", "priority", {"value": "Low"}, ["Low", "High", "Low"]),
        ("fill", "tags", {"value": ["x"]}, [("billing", "vip"), ("x",), ("billing",)]),
        ("copy", "name", {"from": "priority"}, ["Low", "High", "Search"]),
        ("copy", "description", {"from": "tags"}, ["billing, vip", None, "billing"]),
        ("replace", "name", {"find": "e", "by": "3"}, ["R3fund", "Login", "S3arch"]),
        ("replace", "name", {"find": "RE", "by": "\\", "case": False}, ["\\fund", "Login", "Search"]),
        ("replace", "name", {"find": "(.)e", "by": r"\1\1", "regex": True}, ["RRfund", "Login", "SSarch"]),
        ("replace", "tags", {"find": "ill", "by": "all"}, [("balling", "vip"), (), ("balling",)]),
        ("tidy", "name", {"how": "upper"}, ["REFUND", "LOGIN", "SEARCH"]),
        (
            "add",
            "tags",
            {"names": ["vip", "new"]},
            [("billing", "vip", "new"), ("vip", "new"), ("billing", "vip", "new")],
        ),
        ("remove", "tags", {"names": ["billing"]}, [("vip",), (), ()]),
        ("swap", "tags", {"old": "billing", "new": "vip"}, [("vip",), (), ("vip",)]),
        ("set", "html_description", {"value": "<p>"}, ["<p>"] * 3),
    ],
)
def test_step_does(snapshot, kind, field, options, cells):
    """Each kind of step makes these cells, and counts every row as changed or as it was."""
    applied = done(snapshot, kind, field, options)
    told = [None if (not isinstance(c, tuple) and pd.isna(c)) or c == "" else c for c in applied.frame[field].tolist()]
    assert told == cells
    assert applied.effect.matched == applied.effect.changed + applied.effect.already == 3


@pytest.mark.parametrize("how", ["trim", "collapse", "lower", "title"])
def test_tidy(snapshot, how):
    """Blanks and capitals are tidied; line ends stay."""
    frame = snapshot.frame()
    frame.loc["7", "description"] = " a\u00a0 B\r\nc "
    found = apply(Step("tidy", "description", options={"how": how}), frame, snapshot).frame["description"]["7"]
    assert (
        found
        == {
            "trim": "a\u00a0 B\r\nc",
            "collapse": " a B\r\nc ",
            "lower": " a\u00a0 b\r\nc ",
            "title": " A\u00a0 B\r\nC ",
        }[how]
    )


def test_dates_are_shifted_and_keep_their_form(snapshot):
    """A day stays a day; hours don't fit one, and are told; nothing becomes no date."""
    applied = done(snapshot, "shift", "due_date", {"days": -31})
    assert applied.frame["due_date"].dtype == snapshot.frame()["due_date"].dtype
    assert applied.frame["due_date"]["7"] == pd.Timestamp("2025-12-31")
    effect = done(snapshot, "shift", "due_date", {"hours": 5}).effect
    assert (effect.changed, len(effect.inapplicable)) == (0, 3)


def test_date_behind_the_last_year_is_inapplicable(snapshot):
    """A date that nobody can write is not made: it is told."""
    frame = snapshot.frame()
    frame.loc["7", "due_date"] = pd.Timestamp("9999-12-31")
    applied = apply(Step("shift", "due_date", options={"days": 7}), frame, snapshot)
    assert [(m.ticket, str(m.reason)) for m in applied.effect.inapplicable] == [
        ("7", "would leave the years 1 to 9999")
    ]
    assert applied.frame["due_date"]["7"] == pd.Timestamp("9999-12-31")


def test_untouched_cells_and_columns_stay_the_same_objects(snapshot):
    """A step changes the cells it changes, and nothing else: dtypes stay, sets keep their identity, columns their memory."""
    base = snapshot.frame()
    made = apply(Step("add", "tags", Filter.ids("0042"), {"names": ["x"]}), base, snapshot).frame
    assert list(made.dtypes) == list(base.dtypes)
    assert all(made["tags"][t] is base["tags"][t] for t in ("7", "1000000000000000001"))
    assert np.shares_memory(made["due_date"].array._ndarray, base["due_date"].array._ndarray)
    assert snapshot.frame()["tags"]["0042"] == ()


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("paint", "name"), "no kind of step"),
        (("set", "nmae", Filter.all(), {"value": "x"}), "Did you mean 'name'"),
        (("set", "is_unread", Filter.all(), {"value": True}), "is read-only"),
        (("set", "name", Filter.all(), {"value": ""}), r"draft.clear\('name'"),
        (("set", "name", Filter.all(), {"value": float("nan")}), r"draft.clear\('name'"),
        (("set", "name", Filter.all(), {"valeu": "x"}), "lacks value"),
        (("set", "name", Filter.all(), {"value": "x", "by": 1}), "knows no by"),
        (("set", "priority", Filter.all(), {"value": ["a", "b"]}), "takes one value"),
        (("set", "due_date", Filter.all(), {"value": "soon"}), "no date"),
        (("replace", "name", Filter.all(), {"find": "(", "by": "", "regex": True}), "does not compile"),
        (("replace", "name", Filter.all(), {"find": "a", "by": r"\1", "regex": True}), "can't replace"),
        (("replace", "name", Filter.all(), {"find": "", "by": "x"}), "one character or more"),
        (("replace", "due_date", Filter.all(), {"find": "a", "by": "b"}), "holds a date"),
        (("add", "priority", Filter.all(), {"names": ["x"]}), r"set\(\) or map\(\)"),
        (("add", "tags", Filter.all(), {"names": [" "]}), "no name"),
        (("shift", "name", Filter.all(), {"days": 1}), "is for dates"),
        (("shift", "due_date", Filter.all(), {"days": 1e9}), "hundred years"),
        (("map", "priority", Filter.all(), {"values": {}}), "A map is"),
        (("tidy", "name", Filter.all(), {"how": "wash"}), "It knows: trim"),
        (("cells", "", Filter.all(), {"cells": {"7": {"name": "x"}}}), "a cell is"),
    ],
)
def test_step_that_can_not_work_is_refused_at_once(args, told):
    """A bad step says what is wrong with it, and what to do, when it is made."""
    with pytest.raises(StepError, match=told):
        Step(*args)


def test_guarded_cells_change_only_what_they_replaced(snapshot):
    """A cell changes where it still holds the old value; the new one counts as already done, anything else as inapplicable with what is there."""
    cells = {
        "7": {"name": ["Refund", "Money back"], "priority": ["High", "Low"]},
        "0042": {"name": ["x", "y"]},
        "9": {"name": ["a", "b"]},
    }
    applied = done(snapshot, "cells", "", {"cells": cells})
    assert applied.frame["name"].tolist() == ["Money back", "Login", "Search"]
    effect = applied.effect
    assert (effect.matched, effect.changed, effect.already) == (3, 1, 1)
    assert [(m.ticket, m.field, m.value) for m in effect.inapplicable] == [("9", "name", ""), ("0042", "name", "Login")]
    assert "holds Login now, not x" in effect.inapplicable[1].reason.message


def test_guards_read_values_not_spellings(snapshot):
    """A set in another order, an equal instant and another line end are what they were."""
    cells = {
        "7": {
            "tags": [["vip", "billing"], ["a"]],
            "description": ["one\ntwo ", "x"],
            "due_date": ["2026-01-31T00:00:00Z", "2026-03-01"],
        }
    }
    applied = done(snapshot, "cells", "", {"cells": cells})
    assert (applied.effect.changed, applied.effect.inapplicable) == (3, ())
    assert applied.frame.loc["7", ["tags", "description", "due_date"]].tolist() == [
        ("a",),
        "x",
        pd.Timestamp("2026-03-01"),
    ]


def test_name_gone_from_the_choices_is_inapplicable(account):
    """A value that the account no longer lists is not put in; tickets that hold it already are left in peace."""
    snapshot = account.load()
    applied = apply(Step("set", "status", options={"value": "Nearly done"}), snapshot.frame(), snapshot)
    assert (applied.effect.changed, len(applied.effect.inapplicable)) == (0, len(snapshot))
    assert "Unknown status" in applied.effect.inapplicable[0].reason.message
    assert applied.frame["status"].equals(snapshot.frame()["status"])


def test_names_are_written_as_the_account_writes_them(account):
    """Other capitals mean the account's own name: counts, cells and plan agree; an id fits too; free tags stay as they are typed."""
    snapshot = account.load()
    identity = next(item.id for item in snapshot.choices["ticket_status"].items if item.name == "Done")
    assert (
        apply(Step("set", "status", options={"value": identity}), snapshot.frame(), snapshot).effect.inapplicable == ()
    )
    held = snapshot.frame()["status"].eq("Done").sum()
    for given in ("done", "DONE", "Done"):
        applied = apply(Step("set", "status", options={"value": given}), snapshot.frame(), snapshot)
        assert (applied.effect.already, applied.frame["status"].unique().tolist()) == (held, ["Done"])
        plan = snapshot.plan(applied.frame)  # what another workspace does not know is blocked there
        assert len(plan) + len(plan.blocking) == applied.effect.changed
    ticket = snapshot.frame().index[snapshot.frame()["status"] != "Done"][0]
    cells = {
        "cells": {
            ticket: {
                "status": [snapshot.frame()["status"][ticket], "done"],
                "tags": [list(snapshot.frame()["tags"][ticket]), ["BILLING"]],
            }
        }
    }
    made = apply(Step("cells", options=cells), snapshot.frame(), snapshot).frame
    assert made.loc[ticket, ["status", "tags"]].tolist() == ["Done", ("BILLING",)]


def test_new_tag_is_applicable(account):
    """Where tags are free, a new one is made."""
    snapshot = account.load()
    effect = apply(Step("add", "tags", options={"names": ["brand-new"]}), snapshot.frame(), snapshot).effect
    assert (effect.changed, effect.inapplicable) == (len(snapshot), ())


def test_nothing_is_raised_for_what_is_gone(snapshot):
    """Tickets and columns that are gone are told, and nothing is done or raised."""
    gone = done(snapshot, "set", "name", {"value": "x"}, Filter.ids("7", "8"))
    assert (gone.effect.matched, gone.effect.changed, gone.effect.inapplicable[0].ticket) == (1, 1, "8")
    frame = snapshot.frame().drop(columns=["due_date", "custom_fields.points"])
    for step in (
        Step("clear", "due_date"),
        Step("set", "name", where("due_date", "filled"), {"value": "x"}),
        Step("copy", "name", options={"from": "due_date"}),
        Step("tidy", "custom_fields.points", options={"how": "trim"}),
    ):
        effect = apply(step, frame, snapshot).effect
        assert effect.changed == 0
        assert "there is no column" in effect.inapplicable[0].reason.message


def test_filter_that_matches_nothing_does_nothing(snapshot):
    """No row, no change, no error."""
    applied = done(snapshot, "set", "name", {"value": "x"}, where("name", "is", "nobody"))
    assert applied.effect == Effect()
    assert snapshot.plan(applied.frame).patches == ()


def test_two_of_one_name_stay_two(snapshot):
    """An edit of other names never makes one of two namesakes."""
    frame = snapshot.frame()
    frame.at["7", "tags"] = ("Jo", "Jo", "Ada")
    swapped = apply(Step("swap", "tags", Filter.ids("7"), {"old": "Ada", "new": "Bob"}), frame, snapshot).frame
    assert swapped["tags"]["7"] == ("Jo", "Jo", "Bob")
    assert frame["tags"].tickets.replace("Nobody", "x")["7"] == ("Jo", "Jo", "Ada")


def test_words():
    """A step reads as a sentence."""
    step = Step(
        "map",
        "status",
        where("priority", "in", ["Low", "High"]) & ~where("tags", "has", "vip"),
        {"values": {"NEW": "Open", "X": None}},
    )
    assert (
        step.words()
        == "status: NEW -> Open, X -> nothing where priority is one of 'Low' or 'High' and not tags has 'vip'"
    )
    assert Step("shift", "due_date", options={"days": -1}).words() == "due_date: 1 day earlier"
    assert Step("remove", "tags", Filter.ids("7"), {"names": ["a", "b"]}).words() == "tags: -a -b where ticket is 7"
    assert step.titled("Spring clean").words() == "Spring clean"


@pytest.mark.parametrize(
    ("text", "titled"),
    [
        ("user can't log in, 3rd try", "User Can't Log In, 3rd Try"),
        ("user can\u2019t log in", "User Can\u2019t Log In"),
        ("l'\u00e9quipe d'o'neill rock'n'roll 'quoted'", "L'\u00e9quipe D'o'neill Rock'n'roll 'Quoted'"),
        ("Mr O'Neill of McDonald", "Mr O'Neill Of McDonald"),
        ("reset VPN, API and iPhone", "Reset VPN, API And iPhone"),
        ("REFUND DIDN'T ARRIVE, 2ND TRY, 2FA OFF", "Refund Didn't Arrive, 2nd Try, 2FA Off"),
        ("VPN", "VPN"),
        ("follow-up and/or (urgent) [jira-12]", "Follow-Up And/Or (Urgent) [Jira-12]"),
        ("1st 22nd 3d 100mb", "1st 22nd 3d 100mb"),
        ("mail bob@example.com, see https://example.com/a or config.yml of user_id", "Mail bob@example.com, See https://example.com/a Or config.yml Of user_id"),
        ("e\u0301cole cafe\u0301s", "E\u0301cole Cafe\u0301s"),
        ("co\u00adoperate", "Co\u00adoperate"),
        ("stra\u00dfe \u01c6ungla istanbul \ufb01x", "Stra\u00dfe \u01c5ungla Istanbul \ufb01x"),
        ("\u039f\u0394\u03a5\u03a3\u03a3\u0395\u03a5\u03a3 \u039a\u0391\u0399", "\u039f\u03b4\u03c5\u03c3\u03c3\u03b5\u03c5\u03c2 \u039a\u03b1\u03b9"),
        ("\U0001f389party \u8fd4\u91d1", "\U0001f389Party \u8fd4\u91d1"),
        ("  two  blanks\r\nnext", "  Two  Blanks\r\nNext"),
    ],
)  # fmt: skip
def test_title_case(text, titled):
    """Title case makes one capital a word: apostrophes, ordinals, abbreviations, addresses and blanks stay; step and code agree."""
    rows = [{"id": "1", "name": text, "tags": [{"id": "t", "name": text}]}, {"id": "2", "name": None, "tags": []}]
    with tt.sandbox("gorgias", tickets=rows, limit=None) as account:
        snapshot = account.load(progress=False)
        draft = snapshot.draft().tidy("name", "title").tidy("tags", "title")
        assert draft.frame()["name"].fillna("").tolist() == [titled, ""]
        assert draft.frame()["tags"].tolist() == [(titled,), ()]
        namespace = {"snapshot": snapshot}
        exec(draft.recipe().to_python(), namespace)
        assert namespace["df"]["name"].fillna("").tolist() == [titled, ""]


def test_title_case_twice_is_title_case():
    """What is in title case stays as it is."""
    for text in ("User Can't Log In, 3rd Try", "REFUND NOW", "o'neill's iPhone 2fa"):
        assert title_case(title_case(text)) == title_case(text)
