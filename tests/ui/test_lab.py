"""JupyterLab in a real browser: a whole clean-up by mouse and keyboard, from the first click to the undo."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from analyst import CONTRAST, FORMS, PATCHES, WIDER, Analyst, Hands, edited
from playwright.sync_api import expect

pytestmark = pytest.mark.ui
DOCS = Path(__file__).resolve().parents[2] / "docs"
REFUNDS = "sorted(t['id'] for t in account.sandbox.tickets() if 'refund' in t['name'].lower())"
PRIORITIES = "{t['id']: (t.get('priority') or {}).get('name') for t in account.sandbox.tickets()}"
WHOLE = "[{k: v for k, v in t.items() if k != 'updated_at'} for t in account.sandbox.tickets()]"


@pytest.fixture
def book(lab, opened):
    found = opened(lab, *FORMS)
    assert found.value(PATCHES) == 0  # Run All sends nothing
    return found


def test_whole_clean_up_by_mouse(book):
    """300 tickets, three columns, one conflict, and back again: the server holds what the screen says, at each step."""
    analyst, before = Analyst(book.panel), book.value(WHOLE)
    _, refunds = edited(analyst)
    analyst.plans(refunds + 1)
    first, *others = book.value(REFUNDS)
    book.do(f"account.sandbox.edit('{first}', tags=[])")  # a colleague, meanwhile
    analyst.press("Dry run")
    analyst.says("was changed by somebody else meanwhile")
    assert book.value(PATCHES) == 0
    analyst.confirm(refunds + 1)
    analyst.outcome(f"{refunds} applied", "1 conflict")
    assert {t["id"] for t in book.value(WHOLE) if "money-back" in str(t["tags"])} == set(others)
    analyst.press("Undo (")
    analyst.confirm(refunds, "Undo:")
    analyst.outcome(f"{refunds} applied")
    assert [t for t in book.value(WHOLE) if t["id"] != first] == [t for t in before if t["id"] != first]


def test_clean_up_by_keyboard_alone(book, window):
    """Tab and what is typed suffice, from the search to the undo; whoever presses a button finds the next one by Tab."""
    analyst, hands = Analyst(book.panel), Hands(window)
    analyst.bulk.get_by_label("search", exact=True).focus()
    hands.type("refund", then=analyst.bulk.locator(".tt-filter-words").get_by_text("refund"))
    count = analyst.count
    hands.tab("column").pick("prio", then=analyst.bulk.get_by_label("value", exact=True))
    hands.tab("value").pick("Highest", then=analyst.bulk.get_by_role("button", name="Add to the draft ("))
    hands.tab("Add to the draft").press("Enter")
    analyst.says("draft has changed")
    changed = book.value("len(draft.changed)")
    assert 0 < changed <= count
    sent_by_keys(analyst, hands, changed, "Apply to")
    hands.tab("Undo").press("Enter")
    sent_by_keys(analyst, hands, changed, "Undo:")
    assert book.value(PATCHES) == 2 * changed


def sent_by_keys(analyst, hands, count, name):
    """Type the number and press the button, all by keys."""
    analyst.plans(count)
    hands.tab(f"Type {count} to confirm")
    hands.type(str(count), then=analyst.review.get_by_role("button", name=name, disabled=False))
    hands.tab(name).press("Enter")
    analyst.outcome(f"{count} applied")


@pytest.fixture
def slow(book):
    """Begin a run that takes a while; gives the analyst and how many tickets it changes."""
    analyst = Analyst(book.panel)
    edited(analyst)
    count = book.value("len(draft.changed)")
    book.do("account.sandbox.faults(slow={'rate': 1.0, 'wait': 0.2, 'on': 'PATCH'})")
    analyst.plans(count)
    analyst.confirm(count)
    expect(analyst.review.locator(".tt-progress")).to_contain_text("left")
    return analyst, count


def test_closed_tab_harms_nothing(book, slow):
    """A run goes on while nobody looks; whoever comes back sees how it ended, and what was saved holds no ticket."""
    _, count = slow
    book.reload()
    Analyst(book.panel).outcome(f"{count} applied")
    assert "refund" not in book.saved().lower()


def test_stopped_run_is_gone_on_with(book, slow):
    """Stop lets what is in flight land; the kernel answers meanwhile; the rest goes out after its own number."""
    analyst, count = slow
    assert book.value("review.is_busy")  # the kernel answers while the run goes on
    analyst.press("Stop")
    analyst.says("are still open")
    left = book.value("len(review.run.open)")
    assert book.value(PATCHES) == count - left > 0
    book.do("account.sandbox.faults()")
    analyst.press("Go on (")
    analyst.confirm(left, "Go on:")
    analyst.outcome(f"{count} applied")


def test_problem_is_jumped_to_and_mended(book):
    """A blocking problem names its ticket; opened below, it is mended, and the plan can be sent."""
    analyst = Analyst(book.panel)
    book.do("_ = draft.add('tags', 'two words', where=['10007'])")
    analyst.says("must be mended first")
    jump = analyst.review.get_by_label("Needs a look:")
    expect(jump).to_have_value("choose…")
    jump.select_option(index=1)
    analyst.press("Open this ticket")
    opened = analyst.review.locator(".tt-opened")
    expect(opened.locator(".tt-head")).to_contain_text("10007")
    opened.get_by_role("button", name="two words ✕").click()
    opened.get_by_label("priority", exact=True).select_option("Lowest")
    analyst.plans(1)
    analyst.says("type 1")


@pytest.fixture
def themed(window):
    """Change the theme of JupyterLab; it is light again afterwards."""

    def change(theme):
        told = f"() => window.jupyterapp.commands.execute('apputils:change-theme', {{theme: 'JupyterLab {theme.title()}'}})"
        window.evaluate(told)
        expect(window.locator("body")).to_have_attribute("data-jp-theme-light", str(theme == "light").lower())

    yield change
    change("light")
    window.set_viewport_size({"width": 1280, "height": 1000})


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_forms_read_in_both_themes_and_at_200_percent(book, window, themed, theme, tmp_path):
    """Contrast reaches 4.5 to 1 in every form (WCAG AA), and nothing is cut off where the window is half as wide."""
    themed(theme)
    analyst = Analyst(book.panel)
    edited(analyst)
    analyst.plans(book.value("len(draft.changed)"))
    analyst.bulk.get_by_label("column", exact=True).select_option("priority")
    analyst.bulk.get_by_label("value", exact=True).select_option("High")
    expect(analyst.bulk.locator(".tt-preview")).to_contain_text("would change")
    pictured(analyst.bulk, f"form-{theme}", tmp_path)
    if theme == "light":
        pictured(analyst.review, "review", tmp_path)
    worst, where = window.evaluate(CONTRAST)
    assert worst >= 4.5, where
    window.set_viewport_size({"width": 640, "height": 500})
    assert window.evaluate(WIDER) == []


def pictured(part, name, tmp_path):
    """Take the picture of a part for the documentation: small enough to be looked at."""
    path = (DOCS if os.environ.get("TRUTO_TICKETS_DOCS") == "write" else tmp_path) / f"{name}.png"
    part.screenshot(path=path)
    assert path.stat().st_size < 200_000
