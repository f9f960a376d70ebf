"""Voila in a real browser: the forms as a page of their own, without a cell in sight."""

from __future__ import annotations

import pytest
from analyst import FORMS, Analyst
from playwright.sync_api import expect

import truto_tickets_nb as tt

pytestmark = pytest.mark.ui


@pytest.fixture
def served():
    """Serve a practice account that a notebook of Voila's connects to, so that the test sees what arrives."""
    with tt.sandbox("jira", tickets=300, limit=None) as account:
        yield account.sandbox


@pytest.fixture
def analyst(voila, window, served):
    known = f"token={served.token!r}, account_id={served.account_id!r}, base_url={served.url!r}"
    first = FORMS[0].replace("sandbox('jira', tickets=300, limit=None)", f"connect({known})")
    window.goto(f"{voila.url}/voila/render/{voila.write('forms', first, *FORMS[1:])}")
    return Analyst(window.locator("body"))


def test_forms_render_and_answer(analyst, served):
    """Everything is there, answers to clicks, and sends after its number; rendering sends nothing."""
    assert not [seen for seen in served.requests() if seen.method == "PATCH"]
    analyst.search("refund")
    analyst.tick("Normal")
    analyst.set("priority", "High")
    analyst.rename("A better title")
    expect(analyst.history.locator(".tt-head")).to_contain_text("2 steps")
    analyst.says("draft has changed")
    count = 1 + sum(
        t["name"].lower().count("refund") and t["priority"]["name"] == "Normal"
        for t in served.tickets()
        if t.get("priority")
    )
    analyst.plans(count)
    analyst.confirm(count)
    analyst.outcome(f"{count} applied")
    assert served.ticket("10005")["name"] == "A better title"
