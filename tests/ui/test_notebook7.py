"""Notebook 7 in a real browser: the same clean-up, shorter."""

from __future__ import annotations

import pytest
from analyst import FORMS, PATCHES, Analyst, edited

pytestmark = pytest.mark.ui


def test_clean_up_and_undo(notebook7, opened):
    """Filter, set, add, review, number, outcome, undo: the server holds what the screen says."""
    book = opened(notebook7, *FORMS)
    analyst = Analyst(book.panel)
    before = book.value("{t['id']: t['tags'] for t in account.sandbox.tickets()}")
    edited(analyst)
    count = book.value("len(draft.changed)")
    analyst.plans(count)
    assert book.value(PATCHES) == 0
    analyst.confirm(count)
    analyst.outcome(f"{count} applied")
    analyst.press("Undo (")
    analyst.confirm(count, "Undo:")
    analyst.outcome(f"{count} applied")
    assert book.value("{t['id']: t['tags'] for t in account.sandbox.tickets()}") == before
