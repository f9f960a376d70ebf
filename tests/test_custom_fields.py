"""A custom field keeps the type and the written form of its column; what it can't hold blocks, with what to do."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import truto_tickets_nb as tt

X = "custom_fields.x"
OPEN = {"id": "o", "name": "Open"}
DAY, NOON = pd.Timestamp("2026-01-20"), pd.Timestamp("2026-01-20 12:00", tz="UTC")


def planned(values, cells, door=lambda snapshot, df: snapshot.plan(df)):
    """Plan new cells for a custom column that holds these values, one a ticket."""
    tickets = [
        {"id": str(n), "name": "t", "status": OPEN, "custom_fields": {"x": value}} for n, value in enumerate(values)
    ]
    with tt.sandbox("jira", tickets=tickets, limit=None) as account:
        snapshot = account.load(progress=False)
        df = snapshot.frame()
        df[X] = pd.Series(cells, index=df.index, dtype=object)
        return door(snapshot, df)


def sent(plan):
    assert not plan.blocking, plan.blocking
    return [patch.body["custom_fields"]["x"] for patch in plan]


@pytest.mark.parametrize(
    ("values", "cells", "bodies"),
    [
        (["5", None], [6, 9], ["6", "9"]),
        (["007", "010"], [8, 11.0], ["008", "011"]),
        (["5.50", "1.25"], [6.0, 1.5], ["6.00", "1.50"]),
        (["Yes", "No"], [False, True], ["No", "Yes"]),
        (["TRUE", "TRUE"], [False, True], ["FALSE"]),
        (["2026-01-15", None], [DAY, DAY], ["2026-01-20", "2026-01-20"]),
        (["2026-01-15T10:30:00.000+0000", None], [NOON, NOON], ["2026-01-20T12:00:00.000+0000"] * 2),
        (["2026-01-15T10:30:00+02:00"], [NOON], ["2026-01-20T14:00:00+02:00"]),
        (["15/01/2026", "03/04/2026"], [DAY, "03/04/2026"], ["20/01/2026"]),
        ([3, None], [3.0, 5.0], [5]),
        ([3, 4], [Decimal(3), Decimal("2.5")], [2.5]),
        ([3, 4], ["3", "7"], [7]),
        ([2**60 + 7, 1], [float(2**60 + 7), 1], []),
        ([2**60 + 7, 1], [2**60 + 8, 1], [2**60 + 8]),
        ([True, None], ["False", 1.0], [False, True]),
        ([1, "x"], ["x", "x"], ["x"]),
        ([["a", "b"], ["b"]], [("b", "a"), ("b", "b")], [["b", "a"], ["b", "b"]]),
        ([[1, 2], [3]], [np.array([1.0, 2.0]), (3, "4")], [[3, 4]]),
        ([[{"id": "1", "v": "EU"}], [{"id": "2", "v": "US"}]], [("US",), ()], [[{"id": "2", "v": "US"}]]),
        ([{"id": 1}, {"id": 1}], [{"id": 1}, {"id": np.int64(2)}], [{"id": 2}]),
        ([None, None], [5.0, DAY], [5, "2026-01-20"]),
    ],
)
def test_an_edited_cell_keeps_the_type_and_the_form_of_its_column(values, cells, bodies):
    """Text stays text as it was written, whole numbers stay whole, arrays and objects stay what they are."""
    plan = planned(values, cells)
    if values == [[{"id": "1", "v": "EU"}], [{"id": "2", "v": "US"}]]:
        plan = plan.only("0")  # the second one was emptied, and blocks
    assert [body for body in sent(plan) if body is not None] == bodies
    assert all(type(a) is type(b) for a, b in zip(sent(plan), bodies, strict=True))


@pytest.mark.parametrize(
    ("values", "cell"),
    [
        ([1.5], float("inf")), ([1], float("-inf")), ([None], float("inf")), (["a"], float("inf")), ([["a"]], ["a", float("nan")]),
        ([["a"]], ("a", None)), ([{"id": 1}], {"id": float("nan")}), ([{"id": 1}], {"a": [{"b": float("inf")}]}), ([None], ({"a": np.nan},)),
        ([3], True), ([3], "three"), ([True], 2), (["blue"], True), (["soon"], DAY), (["2026-01-15"], NOON), (["03/04/2026"], DAY),
        ([["a"]], "b"), ([["a"]], 5), ([[{"id": 1}]], ("new",)), ([[1]], ("z",)), ([{"id": 1}], 5), ([2**60 + 7], float(2**61)),
        (["12345678901234567890"], 2e19), ([3], pd.Timedelta("1D")), (["a"], b"a"), ([3], Decimal("0.1234567890123456789")),
    ],
)  # fmt: skip
def test_a_cell_that_its_field_cannot_hold_blocks(values, cell):
    """What JSON can't carry, and what is of another type, blocks with the ticket and what to do, through a frame and through a draft."""
    plan = planned(values, [cell])
    assert len(plan) == 0
    problem = plan.blocking[0]
    assert (problem.ticket, problem.field) == ("0", X)
    assert [action.kind for action in problem.actions] == ["correct"]
    assert problem.actions[0].text.startswith(("Give", "Take"))


@pytest.mark.parametrize("cell", [float("inf"), ["a", float("nan")], {"a": float("nan")}, True, "three", b"x"])
def test_a_taken_frame_blocks_as_a_planned_one(cell):
    """A draft refuses a frame whose cells JSON can't carry; other cells that don't fit go into the draft and block its plan."""

    def take(snapshot, df):
        if cell in (True, "three"):
            draft = snapshot.draft().take(df)
            return tt.Recipe.of_json(draft.recipe().to_json()).apply_to(snapshot).plan()
        with pytest.raises(tt.errors.FrameError, match="ticket 0"):
            snapshot.draft().take(df)
        return snapshot.plan(df)

    plan = planned([3], [cell], take)
    assert len(plan) == 0
    assert plan.blocking


@pytest.mark.parametrize("cell", [[float("nan")], [""], (None,), [" ", None], np.array([np.nan]), []])
@pytest.mark.parametrize("name", ["tags", X])
def test_a_list_of_nothing_is_an_emptied_cell(cell, name):
    """A list that holds only blanks and missing values empties the cell, and blocks unless its column is named in clear=."""
    tickets = [{"id": "1", "name": "t", "tags": [{"id": "a", "name": "a"}], "custom_fields": {"x": ["a"]}}]
    with tt.sandbox("jira", tickets=tickets, limit=None) as account:
        snapshot = account.load(progress=False)
        df = snapshot.frame()
        df[name] = pd.Series([cell], index=df.index, dtype=object)
        assert len(snapshot.plan(df).blocking) == 1
        assert not snapshot.plan(df, clear=[name]).blocking
        assert len(snapshot.plan(df, clear=[name])) == 1
