"""TicketForm: one ticket, all its fields; each edit is one guarded cell of the draft. Headless, by traits."""

from __future__ import annotations

from datetime import date, datetime

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.errors import StepError
from truto_tickets_nb.selection import draft_view


@pytest.fixture(scope="module")
def tickets():
    with tt.sandbox("jira", tickets=60, limit=None) as account:
        yield account.load()


@pytest.fixture
def draft(tickets):
    return tickets.draft()


@pytest.fixture
def form(draft):
    found = tt.TicketForm(draft, "10002")
    yield found
    found.close()


def field(form, name):
    return form._rows[name]


def typed(form, name, value):
    field(form, name).control.widget.value = value


def test_shows_every_field_and_changes_nothing(form, draft, tickets):
    """Opening, going through all tickets and coming back makes no step: an untouched control writes nothing."""
    for _ in range(len(tickets)):
        form.next.click()
    for _ in range(len(tickets)):
        form.previous.click()
    assert (repr(form), len(draft)) == ("TicketForm(10001, 1 of 60)", 0)
    assert {"name", "status", "assignees", "due_date", "description", "custom_fields.points"} <= set(form._rows)


def test_an_edit_is_one_guarded_cell(form, draft, tickets):
    """Choosing a value edits that one cell, marks the field, and tells what it was."""
    typed(form, "priority", "Highest")
    step = draft.steps[0].step
    old = tickets.frame().at["10002", "priority"]
    assert step.options["cells"] == {"10002": {"priority": [old, "Highest"]}}
    assert "tt-changed" in field(form, "priority").widget._dom_classes
    assert f"changed, was {old}" in field(form, "priority").note.value
    assert "1 field changed" in form.place.value


def test_take_back_restores_what_was_loaded(form, draft):
    """A changed field has a button that takes the change back, whoever made it."""
    draft.set("priority", "Highest")
    assert field(form, "priority").revert in field(form, "priority")._line.children
    field(form, "priority").revert.click()
    assert "10002" not in draft.changed
    assert "tt-changed" not in field(form, "priority").widget._dom_classes
    assert field(form, "priority").revert not in field(form, "priority")._line.children


@pytest.mark.parametrize(
    ("name", "value", "cell"),
    [
        ("name", "A better title", "A better title"),
        ("description", "one\ntwo", "one\ntwo"),
        ("custom_fields.points", "13", 13),
        ("custom_fields.escalated", "True", True),
        ("due_date", date(2026, 3, 1), datetime(2026, 3, 1)),  # noqa: DTZ001  (a day, as the frame holds it)
        ("team", "First line", "First line"),
    ],
)
def test_each_kind_has_its_editor(form, draft, name, value, cell):
    """Text, numbers, yes and no, days, names: each is edited in its own way, and read back equal."""
    typed(form, name, value)
    assert draft.frame().at["10002", name] == cell
    assert field(form, name).control.value is not None


def test_emptying_by_hand_is_on_purpose(form, draft):
    """A field that is emptied in the form may be emptied: the plan does not block it."""
    typed(form, "due_date", None)
    typed(form, "team", "")
    assert len(draft) == 2
    assert not draft.plan().blocking


def test_sets_are_chips(form, draft):
    """People and tags come as chips: typing adds one, a click takes one off."""
    people = field(form, "assignees").control
    people._search.widget.value = "Ada Osei <ada.osei.1@example.com>"
    assert "Ada Osei" in draft.frame().at["10002", "assignees"]
    while people._chips.children:
        people._chips.children[0].click()
    assert not draft.frame().at["10002", "assignees"]
    assert not draft.plan().blocking


def test_bad_input_stays_and_is_told(form, draft):
    """What can't be is told at its field; nothing is written, and what was typed stays."""
    typed(form, "custom_fields.points", "many")
    field(form, "assignees").control._search.widget.value = "Nobody"
    assert "is no number" in field(form, "custom_fields.points").note.value
    assert "none of the 12 choices" in field(form, "assignees").note.value
    assert field(form, "custom_fields.points").control.widget.value == "many"
    assert len(draft) == 0


def test_problems_of_this_ticket(form):
    """What the plan says against this ticket stands at its field."""
    typed(form, "name", "")
    assert "without a title" in field(form, "name").note.value
    form.next.click()
    assert "without a title" not in field(form, "name").note.value


def test_a_plan_of_nothing_is_looked_at_too(form):
    """Where nothing changes there is nothing to look for, and no button that asks to."""
    assert form.check not in form._line.children


def test_read_only_fields_say_why(form):
    """Fields that can't be edited are listed with their value and the reason."""
    assert "ticket_url" in form.closed.value
    assert "read-only in the API" in form.closed.value
    assert "ticket_url" not in form._rows


def test_goes_through_the_chosen_tickets(draft, tickets):
    """Previous and next stay within the tickets that were chosen; their ends are dead ends."""
    df = tickets.frame()
    chosen = df.index[df["status"] == "Done"]
    form = tt.TicketForm(draft, where=tt.Filter.where("status", "is", "Done"))
    assert (form.ticket, form.previous.disabled) == (chosen[0], True)
    for _ in chosen:
        form.next.click()
    assert (form.ticket, form.next.disabled) == (chosen[-1], True)
    form.go(df.index[df["status"] != "Done"][0])
    assert "not among the chosen ones" in form.place.value
    form.next.click()
    assert form.ticket == chosen[0]
    form.close()


def test_goes_to_an_id(form):
    """An id that is typed is gone to; one that is not there is told."""
    form.find.value = " 10010 "
    assert (form.ticket, form.find.value) == ("10010", "")
    form.find.value = "99"
    assert "not in this draft" in form.said
    assert form.ticket == "10010"
    with pytest.raises(StepError, match="not in this draft"):
        tt.TicketForm(form.draft, "99")


def test_follows_the_draft(form, draft):
    """What changes elsewhere is shown at once; a value being typed in another field stays."""
    draft.set("team", "First line").edit("10002", "name", "Elsewhere")
    assert field(form, "name").control.widget.value == "Elsewhere"
    assert "Elsewhere" in form.head.value
    draft.undo().undo()
    assert "tt-changed" not in field(form, "name").widget._dom_classes


def test_choices_follow_the_workspace(form, tickets):
    """A status is offered from the ticket's own workspace, and what the ticket holds is always among them."""
    for ticket in tickets.frame().index[:20]:
        form.go(ticket)
        options = [value for _, value in field(form, "status").control.widget.options]
        home = tickets.choices["workspaces"].resolve(tickets.frame().at[ticket, "workspace"]).id
        assert set(options) - {""} == set(tickets.choices["ticket_status"].names(home))


def test_very_many_changes_are_not_checked_unasked(form, draft, monkeypatch):
    """Where the plan takes long, problems are looked for when somebody asks."""
    monkeypatch.setattr(draft_view, "QUICK", 0.0)
    draft.edit("10002", "name", None)
    assert form.check in form._line.children
    assert "without a title" not in field(form, "name").note.value
    form.check.click()
    assert "without a title" in field(form, "name").note.value
    assert form.check not in form._line.children


def test_a_date_keeps_its_time():
    """A moment is edited with its time, in UTC."""
    record = {"id": "1", "name": "x", "due_date": "2026-01-31T10:30:00Z"}
    with tt.sandbox("zohodesk", tickets=[record], limit=None) as account:
        draft = account.load().draft()
        form = tt.TicketForm(draft, "1")
        control = field(form, "due_date").control.widget
        assert control.value == datetime(2026, 1, 31, 10, 30)  # noqa: DTZ001  (shown in UTC, as the label says)
        control.value = datetime(2026, 2, 1, 10, 30)  # noqa: DTZ001
        assert str(draft.frame().at["1", "due_date"]) == "2026-02-01 10:30:00+00:00"
        form.close()


def test_hostile_text_stays_text(records):
    """A title is never HTML."""
    records[0]["name"] = "<img src=x onerror=alert(1)>"
    with tt.sandbox("jira", tickets=records, limit=None) as account:
        form = tt.TicketForm(account.load().draft(), "7")
        assert "<img" not in form.head.value
        assert "&lt;img" in form.head.value
        form.close()


def test_close_stops_following(draft):
    """A closed form follows no more."""
    form = tt.TicketForm(draft, "10002")
    form.close()
    draft.edit("10002", "name", "x")
    assert not draft._listeners
