"""Three ways before sending, and again after it; pure."""

from __future__ import annotations

import pytest

from truto_tickets_nb.plans.change import Change
from truto_tickets_nb.runs.verify import after_sending, before_sending

A, B, C = ({"id": n, "name": f"N{n}"} for n in "123")


@pytest.mark.parametrize(("theirs", "verdict"), [(A, "open"), (B, "already so"), (C, "conflict"), (None, "conflict")])
def test_before_sending(theirs, verdict):
    """Base: to be sent. Mine: already so. Anything else: somebody else's."""
    change = Change("priority", "N1", "N2", {"id": "1"}, {"id": "2"})
    assert before_sending([change], {"id": "7", "priority": theirs})[0].verdict == verdict


@pytest.mark.parametrize(
    ("field", "old", "new", "now", "verdict"),
    [
        ("name", "a", "b", "b", "applied"),
        ("name", "a", "b", "a", "ignored"),
        ("name", "a", "b", "c", "rewritten"),
        ("name", "a", "b ", "b", "normalised"),
        ("description", "a", "x\ny", "x\r\ny", "normalised"),
        ("description", "a", None, "", "applied"),
        ("description", "a", None, "a", "ignored"),
        ("due_date", None, "2026-01-31", "2026-01-31T00:00:00Z", "normalised"),
        ("due_date", None, "2026-01-31T10:00:00Z", "2026-01-31T11:00:00+01:00", "normalised"),
        ("due_date", None, "2026-01-31", "2026-02-01", "rewritten"),
        (
            "tags",
            [],
            [{"name": "Bug"}, {"name": "x"}],
            [{"id": "1", "name": "x"}, {"id": "2", "name": "bug"}],
            "normalised",
        ),
        ("tags", [], [{"name": "a"}, {"name": "b"}], [{"id": "1", "name": "a"}], "rewritten"),
        ("html_description", None, "<p>x</p>", None, "missing"),
        ("custom_fields.a", 1, 2, 2.0, "applied"),
    ],
)
def test_after_sending(field, old, new, now, verdict):
    """A value that was only tidied is no alarm; a value that was dropped or changed is."""
    record = (
        {"custom_fields": {"a": now}} if field.startswith("custom") else {field: now} if verdict != "missing" else {}
    )
    assert after_sending([Change(field, None, None, old, new)], record)[0].verdict == verdict
