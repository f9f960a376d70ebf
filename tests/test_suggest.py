"""Did you mean: the likest names, found fast, and said once."""

from __future__ import annotations

import time

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.did_you_mean import Folded, near
from truto_tickets_nb.tickets.choices import Choice, Choices


@pytest.mark.parametrize(
    ("text", "names", "meant"),
    [
        ("Opne", ["Open", "Closed"], ["Open"]),
        ("OPEN ", ["Open", "Closed"], ["Open"]),
        ("qqqq", ["Open", "Closed"], []),
        ("", ["Open"], []),
        ("straße", ["Strasse"], ["Strasse"]),
        ("priorty", {"priority": 1, "name": 2}, ["priority"]),
        ("x", [], []),
    ],
)
def test_near(text, names, meant):
    """The likest name is meant, whatever its capitals; what is like none means none."""
    assert near(text, names) == meant


def test_several_are_named_the_best_first():
    """Names are ordered by likeness, equal ones by their order, each once."""
    names = Folded(["Billing B", "Billing A", "Billing", "Shipping", "Billing"])
    assert names.near("biling", count=3) == ["Billing", "Billing B", "Billing A"]


def test_five_thousand_names_cost_a_millisecond_each():
    """A hundred unknown names among five thousand cost a few milliseconds each at most, and once, however often they stand there."""
    people = Choices("users", tuple(Choice(f"u{n}", f"Person Number {n}") for n in range(5000)))
    people.resolve("warm")
    start = time.perf_counter()
    for n in range(100):
        assert people.resolve(f"Persom Numbr {n}").actions[0].kind == "suggest"
    once = time.perf_counter() - start
    assert once < 0.6  # 0.07 s here; 100 times the standard library's way took 9 s
    start = time.perf_counter()
    for n in range(10_000):
        people.resolve(f"Persom Numbr {n % 100}")
    assert time.perf_counter() - start < once + 0.1


def test_unknown_names_of_a_plan_are_said_with_the_one_that_is_meant():
    """A plan names the nearest person of each unknown one."""
    people = [{"id": f"u{n}", "name": f"Person Number {n}"} for n in range(300)]
    rows = [{"id": str(n), "name": "x", "assignees": [people[n]]} for n in range(300)]
    with tt.sandbox("gorgias", tickets=rows, limit=None) as account:
        snapshot = account.load(progress=False)
        df = snapshot.frame()
        df["assignees"] = [(f"Persom Numbr {n}",) if n < 10 else cell for n, cell in enumerate(df["assignees"])]
        told = [str(problem) for problem in snapshot.plan(df).blocking]
    assert len(told) == 10
    assert all(f"Person Number {n}" in fix for n, fix in enumerate(told))
