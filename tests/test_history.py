"""History: the steps in words, undo, redo, switching off, taking out; it follows the draft. Headless, by traits."""

from __future__ import annotations

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.widgets.workbench import history


@pytest.fixture(scope="module")
def tickets():
    with tt.sandbox("jira", tickets=60, limit=None) as account:
        yield account.load()


@pytest.fixture
def draft(tickets):
    return (
        tickets.draft().set("priority", "High").add("tags", "x", where={"field": "status", "op": "is", "value": "Done"})
    )


@pytest.fixture
def form(draft):
    found = tt.History(draft)
    yield found
    found.close()


def words(form):
    return [form.row(entry.number).counts.description for entry in form.draft.steps]


def test_steps_are_told_in_words_with_counts(form, draft):
    """Each step stands there in words, numbered, with its count."""
    first, second = draft.steps
    assert words(form) == [f"1. {first.title}", f"2. {second.title}"]
    assert f"{second.effect.changed} tickets" in words(form)[1]
    assert repr(form) == "History(2 steps)"
    assert "2 steps, " in form.head.value
    assert f"{len(draft.changed)} tickets changed" in form.head.value


def test_follows_the_draft_live(form, draft):
    """A step that is added elsewhere appears at once."""
    draft.edit("10002", "name", "x")
    assert len(form.list.children) == 3
    assert "3 steps" in form.head.value


def test_undo_and_redo(form, draft):
    """The buttons undo and redo, and are dead where there is nothing; a click on a dead one says so."""
    assert (form.undo.disabled, form.redo.disabled) == (False, True)
    form.undo.click()
    form.undo.click()
    assert (len(draft), form.undo.disabled, form.redo.disabled) == (0, True, False)
    assert "Nothing was edited yet" in form.head.value
    form.undo.click()
    assert "nothing to undo" in form.said
    form.redo.click()
    form.redo.click()
    form.redo.click()
    assert (len(draft), "nothing to redo" in form.said) == (2, True)


def test_switching_a_step_off(form, draft):
    """Unticking a step lets it not count; ticking it lets it count again."""
    form.row(1).counts.value = False
    assert [entry.enabled for entry in draft.steps] == [False, True]
    assert "switched off" in words(form)[0]
    assert "tt-off" in form.row(1).counts._dom_classes
    assert repr(form) == "History(2 steps, 1 switched off)"
    form.row(1).counts.value = True
    assert draft.steps[0].enabled


def test_taking_a_step_out(form, draft):
    """A step in the middle is taken out, later ones stay, and undo brings it back."""
    form.row(1).remove.click()
    assert [entry.number for entry in draft.steps] == [2]
    assert len(form.list.children) == 1
    form.undo.click()
    assert [entry.number for entry in draft.steps] == [1, 2]
    assert len(form.list.children) == 2


def test_what_no_longer_fits_is_told(form, draft):
    """A guarded cell whose value has become another one is told at its step, with the reason."""
    draft.edit("10002", "priority", "Low")
    form.row(1).counts.value = False
    told = form.row(3).note.value
    assert "no longer applies 1: holds" in told
    assert "10002" in told
    assert "not High" in told


def test_many_steps_show_the_last_ones_first(form, draft, monkeypatch):
    """A long history shows its last steps, counts the others, and shows all when asked."""
    monkeypatch.setattr(history, "SHOWN", 3)
    for number in range(4):
        draft.edit("10002", "name", f"title {number}")
    assert (len(form.list.children), form.earlier.description) == (4, "3 earlier steps")
    form.earlier.click()
    assert len(form.list.children) == 6


def test_a_step_that_is_gone_is_told(form, draft):
    """A click on a step that was taken out elsewhere is told, not lost."""
    gone = form.row(2)
    draft.drop(2)
    gone.remove.click()
    assert "no step 2" in form.said


def test_close_stops_following(draft):
    """A closed history follows no more, and the draft stays."""
    form = tt.History(draft)
    form.close()
    draft.undo()
    assert (draft._listeners, len(draft)) == ([], 1)
