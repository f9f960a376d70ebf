"""BulkForm: filter by clicking, see what would happen, add one step to the draft. Headless, by traits."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter
from datetime import date

import nbformat
import numpy as np
import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbclient import NotebookClient

import truto_tickets_nb as tt
from truto_tickets_nb.selection.draft_view import draft_view_of
from truto_tickets_nb.selection.facets import Facet, top
from truto_tickets_nb.selection.options import offer
from truto_tickets_nb.selection.selection import Selection, SelectionState
from truto_tickets_nb.selection.step_preview import preview_step

CANARY = "cnry-forms-9f3ab7c1e5d2"


@pytest.fixture(scope="module")
def tickets():
    with tt.sandbox("jira", tickets=300, limit=None) as account:
        yield account.load()


@pytest.fixture
def draft(tickets):
    return tickets.draft()


@pytest.fixture
def form(draft):
    found = tt.BulkForm(draft)
    yield found
    found.close()


def tick(form, name, value, *, chosen=True):
    form.choose.facet(name).open(is_open=True)
    form.choose.facet(name)._ticks[value].value = chosen


def pick(form, column, kind):
    form.edit.column.value = column
    form.edit.operation.value = kind


def control(form):
    return form.edit.inputs.controls["value"]


def labels(form, name):
    return [one.description for one in form.choose.facet(name).values.children]


def test_starts_with_all_tickets_and_nothing_to_add(form):
    """A new form has chosen every ticket, and its button says why it can't be pressed yet."""
    assert repr(form) == "BulkForm(0 steps, 300 of 300 tickets chosen)"
    assert form.edit.add.disabled
    assert form.reason == "Choose a column first"


def test_facets_combine_and_count_live(form, tickets):
    """Values of one facet are alternatives, facets narrow each other, and each count is true."""
    tick(form, "status", "Done")
    tick(form, "status", "Open")
    tick(form, "priority", "High")
    df = tickets.frame()
    chosen = df["status"].isin(["Done", "Open"]) & (df["priority"] == "High")
    assert form.count == int(chosen.sum())
    others = int(((df["status"] == "Waiting") & (df["priority"] == "High")).sum())
    assert f"Waiting ({others})" in labels(form, "status")
    assert form.frame().index.tolist() == df.index[chosen].tolist()
    assert form.filter.words() == "status is one of 'Done' or 'Open' and priority is 'High'"


def test_untick_takes_back(form):
    """Unticking a value, and the button for all tickets, take choices back."""
    tick(form, "status", "Done")
    tick(form, "status", "Done", chosen=False)
    assert form.count == 300
    tick(form, "priority", "")
    assert 0 < form.count < 300
    form.choose.everything.click()
    assert (form.count, form.choose.search.value, form.choose.everything.disabled) == (300, "", True)


def test_text_search_takes_titles_descriptions_and_ids(form, tickets):
    """The search looks into titles in any capitals, into descriptions when asked, and finds an id."""
    df = tickets.frame()
    form.choose.search.value = "REFUND"
    assert form.count == int(df["name"].str.contains("refund", case=False).sum()) > 0
    form.choose.in_description.value = True
    both = df["name"].str.contains("refund", case=False) | df["description"].str.contains("refund", case=False)
    assert form.count == int(both.sum())
    form.choose.search.value = df.index[7]
    assert df.index[7] in form.frame().index


def test_dates_include_both_ends(form, tickets):
    """A range of days includes its first and last day, and no ticket without a date."""
    due = tickets.frame()["due_date"].dropna().sort_values()
    first, last = due.iloc[10], due.iloc[20]
    form.choose.date.value = "due_date"
    form.choose.since.value, form.choose.until.value = first.date(), last.date()
    assert form.count == int(((due >= first) & (due <= last)).sum())


def test_only_changed_and_only_with_problems(form, draft):
    """Two boxes narrow to the tickets that the draft changes, and to those with a problem."""
    draft.set("priority", "High", where=["10002", "10004"]).edit("10002", "name", None)
    form.choose.changed.value = True
    assert set(form.frame().index) == draft.changed
    form.choose.problems.value = True
    assert set(form.frame().index) == {p.ticket for p in draft.plan().problems} & draft.changed
    assert form.frame().index.tolist() == ["10002"]


def test_a_filter_that_matches_nothing(form):
    """Where no ticket matches, the reason says so, and a click adds nothing."""
    form.choose.search.value = "no such words"
    pick(form, "priority", "clear")
    assert form.count == 0
    assert "No ticket matches" in form.reason
    form.edit.add.click()
    assert len(form.draft) == 0


def test_set_shows_the_rows_before_and_after(form, tickets):
    """A value gives the count on the button and the first rows; pressing adds exactly that step, with its filter."""
    tick(form, "status", "Done")
    pick(form, "priority", "set")
    assert form.reason == "Choose a value first"
    control(form).widget.value = "High"
    df = tickets.frame()
    count = int(((df["status"] == "Done") & (df["priority"] != "High")).sum())
    assert form.edit.add.description == f"Add to the draft ({count} tickets)"
    assert "Normal" in form.edit.preview.value
    assert "→" in form.edit.preview.value
    form.edit.add.click()
    entry = form.draft.steps[0]
    assert (entry.effect.changed, entry.step.rows.to_json()) == (
        count,
        {"field": "status", "op": "is", "value": "Done"},
    )


def test_a_second_click_adds_nothing(form):
    """After adding, the value is asked for anew, so that a double click does not add twice; the guard is in the handler."""
    pick(form, "due_date", "shift")
    form.edit.inputs.controls["days"].widget.value = "7"
    form.edit.add.click()
    form.edit.add.click()
    assert len(form.draft) == 1
    assert "Say by how many days" in form.said


def test_mixed_values_are_told_and_never_written_by_themselves(form):
    """What the chosen tickets hold is told as mixed, and a control that nobody touched makes no step."""
    pick(form, "priority", "set")
    assert "mixed: Normal" in form.edit.now.value
    assert (form.step, control(form).value) == (None, None)
    form.edit.add.click()
    assert form.draft.steps == ()


@pytest.mark.parametrize(
    ("column", "kind", "typed"),
    [
        ("name", "replace", {"find": "refund", "by": "return"}),
        ("name", "tidy", {"how": "trim"}),
        ("name", "set", {"value": "One title"}),
        ("due_date", "set", {"value": date(2026, 3, 1)}),
        ("due_date", "fill", {"value": date(2026, 3, 1)}),
        ("custom_fields.points", "set", {"value": "3,5"}),
        ("custom_fields.escalated", "set", {"value": "True"}),
        ("custom_fields.region", "copy", {"from": "team"}),
        ("tags", "clear", {}),
    ],
)
def test_each_operation_makes_the_step_that_it_previews(form, column, kind, typed):
    """Whatever is filled in, the preview's count is what the draft then does."""
    pick(form, column, kind)
    for option, value in typed.items():
        form.edit.inputs.controls[option].widget.value = value
    promised = preview_step(form.step, form._choosing, form.draft.source)
    form.edit.add.click()
    effect = form.draft.steps[0].effect
    assert effect.changed == promised.changed > 0


def test_tags_are_chips(form, tickets):
    """Tags are added one by one, known and new ones; a click on a chip takes it off."""
    pick(form, "tags", "add")
    search = form.edit.inputs.controls["names"]._search.widget
    assert "billing" in search.options
    for name in ("billing", "brand new", "vip"):
        search.value = name
    form.edit.inputs.controls["names"]._chips.children[2].click()
    assert form.step.options["names"] == ["billing", "brand new"]
    form.edit.add.click()
    assert {"billing", "brand new"} <= set(form.draft.frame()["tags"].iloc[0])


def test_remove_and_swap_offer_what_the_chosen_tickets_hold(form, tickets):
    """What can be taken out is what is there."""
    tick(form, "tags", "billing")
    pick(form, "tags", "remove")
    held = {tag for tags in form.frame()["tags"] for tag in tags}
    assert set(form.edit.inputs.controls["names"]._search.widget.options) == held
    pick(form, "tags", "swap")
    form.edit.inputs.controls["old"].widget.value = "billing"
    form.edit.inputs.controls["new"].widget.value = "invoices"
    form.edit.add.click()
    assert "billing" not in {tag for tags in form.draft.frame()["tags"] for tag in tags}


def test_bad_values_are_told_at_once(form):
    """A pattern that does not compile, a name that nobody has, text where a number belongs: a reason, no step, nothing lost."""
    pick(form, "name", "replace")
    form.edit.inputs.controls["regex"].widget.value = True
    form.edit.inputs.controls["find"].widget.value = "ref(und"
    assert "does not compile" in form.reason
    form.edit.add.click()
    assert form.edit.inputs.controls["find"].widget.value == "ref(und"
    pick(form, "assignees", "add")
    form.edit.inputs.controls["names"]._search.widget.value = "Adda"
    assert "none of the 12 choices" in form.reason
    pick(form, "custom_fields.points", "set")
    control(form).widget.value = "many"
    assert form.reason == "'many' is no number"
    assert (form.step, form.edit.add.disabled, len(form.draft)) == (None, True, 0)


def test_all_so_already(form):
    """Where nothing would change, that is the reason."""
    tick(form, "priority", "High")
    pick(form, "priority", "set")
    control(form).widget.value = "High"
    assert form.reason == "Nothing would change: all tickets have this value already"


def test_read_only_columns_say_why(form):
    """A column that the account does not take is not offered, and its reason is told."""
    offered = [value for _, value in form.edit.column.options]
    assert "ticket_url" not in offered
    assert "ticket_url" in form.edit.closed.value
    assert "read-only in the API" in form.edit.closed.value


def test_another_kind_of_column_starts_with_its_first_operation(form):
    """Going from a text to a set never leaves "set to", which would overwrite, as the operation."""
    pick(form, "priority", "set")
    form.edit.column.value = "tags"
    assert form.edit.operation.value == "add"


def test_namesakes_are_told_apart(snapshot):
    """People of one name are offered with e-mail or id, and go into the cell as a draft's frame writes them; others by name."""
    found = {one.value: one.label for one in offer("assignees", snapshot, []).options}
    labels = {label for cell in snapshot.draft().frame()["assignees"] for label in cell if "Jo Smith" in label}
    assert len(labels) == 2
    assert labels <= set(found)


def test_choices_come_from_the_workspaces_of_the_chosen_tickets(tickets):
    """A status that belongs to another workspace is not offered; one that only some of them have says so."""
    every, some = offer("status", tickets, ["Payments", "Operations"]), offer("status", tickets, ["Payments"])
    known = tickets.choices["ticket_status"]
    home = tickets.choices["workspaces"].resolve("Payments").id
    assert {one.value for one in some.options} == set(known.names(home))
    assert any(one.lacking for one in every.options) or len(every.options) == len(some.options)


def test_two_forms_stay_in_step(draft):
    """What one form adds is seen by another form at once, and what was typed there stays."""
    one, two = tt.BulkForm(draft), tt.BulkForm(draft)
    pick(two, "name", "set")
    control(two).widget.value = "half typed"
    pick(one, "priority", "clear")
    one.edit.add.click()
    assert repr(two) == "BulkForm(1 step, 300 of 300 tickets chosen)"
    assert "(empty) (300)" in labels(two, "priority")
    assert (control(two).widget.value, two.edit.undo.disabled) == ("half typed", False)
    two.edit.undo.click()
    assert repr(one).startswith("BulkForm(0 steps")
    one.close()
    two.close()


def alive():
    """Count the widgets of this process that are open, by the name of their model."""
    from ipywidgets.widgets.widget import _instances

    return Counter(widget._model_name for widget in list(_instances.values()) if widget.comm is not None)


def test_close_stops_following(draft):
    """A closed form is gone: no listener, no widget left, and the draft stays."""
    before = alive()
    form = tt.BulkForm(draft)
    tick(form, "tags", "billing")
    form.close()
    form.close()
    draft.set("priority", "High")
    kinds = set(alive() - before)
    assert {kind for kind in kinds if kind != "LayoutModel" and "Style" not in kind} == set()
    assert not draft._listeners


def test_a_failing_handler_is_told(form, monkeypatch):
    """What a handler raises is not swallowed: the form says it, and keeps what was typed."""
    pick(form, "name", "set")
    control(form).widget.value = "x"
    monkeypatch.setattr(form.draft, "add_step", lambda _: 1 / 0)
    form.edit.add.click()
    assert "ZeroDivisionError" in form.said
    assert control(form).widget.value == "x"


def test_threads_take_turns(draft):
    """Clicks from several threads at once each add their step."""
    forms = [tt.BulkForm(draft) for _ in range(4)]
    for number, form in enumerate(forms):
        pick(form, "name", "set")
        control(form).widget.value = f"title {number}"
    threads = [threading.Thread(target=form.edit.add.click) for form in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(draft) == 4
    for form in forms:
        form.close()


def test_hostile_text_stays_text(records):
    """Ticket text is escaped wherever a form shows it as HTML."""
    evil = "<img src=x onerror=alert(1)>"
    records[0].update(name=evil, status={"id": "9", "name": evil})
    with tt.sandbox("jira", tickets=records, limit=None) as account:
        form = tt.BulkForm(account.load().draft())
        pick(form, "status", "clear")
        shown = [w.value for w in (form.edit.preview, form.edit.now, form.choose.summary, form.choose.count)]
        assert not any("<img" in text for text in shown)
        assert "&lt;img" in form.edit.preview.value
        assert not form.choose.facet("status")._ticks[evil].description_allow_html
        form.close()


words = st.sampled_from(["refund", "Order", "zzz", "a"])
values = {
    "status": ["Done", "Open"],
    "priority": ["High", ""],
    "tags": ["billing", "Billing", ""],
    "assignees": ["Ada Osei"],
}
facets = st.fixed_dictionaries(
    {}, optional={k: st.frozensets(st.sampled_from(v), min_size=1) for k, v in values.items()}
)
days = st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31))


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.just("") | words, facets=facets, since=days, until=days, changed=st.booleans())
def test_the_filter_chooses_what_the_form_counts(tickets, text, facets, since, until, changed):
    """The filter that a step keeps chooses exactly the tickets that the form counted, for any clicks."""
    draft = tickets.draft().add("tags", "x", where={"field": "status", "op": "is", "value": "Done"})
    choosing = Selection(draft_view_of(draft))
    choosing.ask(SelectionState(text=text, dated="due_date", since=since, until=until, facets=facets, changed=changed))
    assert np.array_equal(choosing.filter().mask(draft.frame()), choosing.mask)


def test_values_that_differ_in_capitals_only(draft):
    """Choosing "billing" does not choose "Billing"."""
    choosing = Selection(draft_view_of(draft))
    choosing.ask(SelectionState(facets={"tags": frozenset({"billing"})}))
    assert choosing.count == int(draft.frame()["tags"].map(lambda held: "billing" in held).sum())
    assert choosing.filter().to_json()["case"] is True


def test_top_keeps_chosen_values():
    """The most frequent values are shown, and those that are chosen whatever their count."""
    assert top({"a": 9, "b": 5, "c": 1, "d": 0}, {"d"}, 2) == (["a", "d"], 2)


def test_empty_snapshot():
    """A form on no tickets opens, and says that none matches."""
    with tt.sandbox("jira", tickets=3, limit=None) as account:
        snapshot = account.load(status="there is none")
        form = tt.BulkForm(snapshot.draft())
        assert repr(form).endswith("0 of 0 tickets chosen)")
        form.close()


def test_facet_of_nothing(draft):
    """A choice without values chooses no ticket."""
    facet = Facet("status", draft_view_of(draft).coded("status"))
    assert not facet.filter(frozenset()).mask(draft.frame()).any()


NOTEBOOK = """
import truto_tickets_nb as tt
from truto_tickets_nb.sandbox import Sandbox
box = Sandbox("jira", 40, limit=None, token={canary!r}).__enter__()
snapshot = tt.connect({canary!r}, box.account_id, box.url, home={home!r}).load()
draft = snapshot.draft().edit(snapshot.frame().index[1], "name", "kept secret title")
---
form = tt.BulkForm(draft); form
---
one = tt.TicketForm(draft, snapshot.frame().index[1]); one
---
history = tt.History(draft); history
---
form.choose.search.value = "e"; form.edit.column.value = "name"; form.edit.operation.value = "tidy"
form.edit.inputs.controls["how"].widget.value = "upper"
form.edit.add.click(); one.next.click()
---
import json, pathlib
texts = [*snapshot.frame()["name"], *snapshot.frame()["description"].dropna(), *form.frame()["name"]]
people = [name for names in snapshot.frame()["assignees"] for name in names]
pathlib.Path({home!r}, "texts.json").write_text(json.dumps([*texts, *people, "kept secret title"]))
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    home = tmp_path_factory.mktemp("saved")
    cells = NOTEBOOK.format(canary=CANARY, home=str(home)).split("---")[0:]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell.strip()) for cell in cells])
    NotebookClient(book, timeout=120, store_widget_state=True).execute()
    return book, json.loads((home / "texts.json").read_text())


def test_no_ticket_text_and_no_token_in_a_saved_notebook(saved):
    """A notebook that was run with its widget state kept holds no title, no description, no person, no token."""
    book, texts = saved
    raw = json.dumps(book, ensure_ascii=False)
    state = book.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    outputs = json.dumps([book.cells[1:4], state], ensure_ascii=False)
    assert len(state) > 100
    assert [text for text in texts if len(text.strip()) > 5 and text.strip() in outputs] == []
    assert CANARY not in json.dumps([cell.get("outputs") for cell in book.cells]) + outputs
    assert "BulkForm(1 step, 40 of 40 tickets chosen)" in raw


def test_texts_travel_while_somebody_looks(form):
    """A browser that says it shows the form gets the texts; the state as such holds blanks, before, while and after."""
    sent = []
    form.choose.count.send_state = lambda key=None: sent.append(form.choose.count.get_state(key)["value"])
    assert form.choose.count.get_state()["value"] == form.choose.count.get_state("value")["value"] == ""
    form.set_state({"_view_count": 1})
    tick(form, "status", "Done")
    assert ["300 of 300" in sent[0], "51 of 300" in sent[-1]] == [True, True]
    assert form.choose.count.get_state()["value"] == ""
    assert form.get_state()["_view_count"] == 0
    form.set_state({"_view_count": 0})
    assert sent[-1] == ""


def test_every_value_of_every_facet_is_filtered_as_it_is_counted(draft):
    """Flags, numbers, sets and names: choosing a value chooses the tickets that its count promised."""
    choosing, df = Selection(draft_view_of(draft)), draft.frame()
    everything = np.ones(len(df), dtype=bool)
    for name in choosing.names:
        for value, count in choosing.facet(name).counts(everything).items():
            mask = choosing.facet(name).filter({value}).mask(df)
            assert (int(mask.sum()), mask.tolist()) == (count, choosing.facet(name).mask({value}).tolist()), (
                name,
                value,
            )


def test_half_typed_years_are_survived(form):
    """A browser sends the year 0002 while 2026 is being typed; the form goes on."""
    form.choose.date.value = "due_date"
    for year in (2, 20, 202, 2026):
        form.choose.since.value = date(year, 3, 1)
    assert 0 < form.count < 300
    assert "wrong" not in form.said


def test_importing_the_toolkit_loads_no_widgets():
    """`import truto_tickets_nb` needs no kernel and no ipywidgets; a form brings them."""
    code = "import sys, truto_tickets_nb as tt; assert 'ipywidgets' not in sys.modules; assert tt.BulkForm.__name__ == 'BulkForm'"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.fixture
def custom():
    fields = [{"vip": True, "points": 5, "rate": 1.5}, {"vip": False, "points": 6, "rate": 2.5}]
    records = [{"id": str(n), "name": f"Ticket {n}", "custom_fields": held} for n, held in enumerate(fields, 1)]
    with tt.sandbox("jira", tickets=records, limit=None) as account:
        yield account.load(progress=False)


def test_a_form_can_set_a_yes_or_no_field_to_no(custom):
    """No is a value, and not nothing chosen."""
    form = tt.BulkForm(custom.draft())
    for kind in ("set", "fill"):
        pick(form, "custom_fields.vip", kind)
        assert form.edit.add.disabled
        control(form).widget.value = "False"
        assert form.edit.add.disabled == (kind == "fill")  # nothing is empty here
    pick(form, "custom_fields.vip", "set")
    control(form).widget.value = "False"
    form.edit.add.click()
    assert [patch.body for patch in form.draft.plan()] == [{"custom_fields": {"vip": False}}]
    form.close()


NUMBERS = {
    "1 234": 1234, "1'234": 1234, "1.234,5": 1234.5, "1,234.5": 1234.5, "1,234,567": 1234567, "2,5": 2.5, "-3": -3, "1e3": 1000,
    "1,234": None, "12,34,5": None, "1_000": None, "12 34": None, "many": None,
}  # fmt: skip


@pytest.mark.parametrize(("text", "number"), NUMBERS.items(), ids=NUMBERS)
def test_numbers_are_read_as_people_type_them(custom, text, number):
    """Groups of thousands of any country are read; what may be two numbers, or is none, is refused in both forms and says why."""
    form, one = tt.BulkForm(custom.draft()), tt.TicketForm(custom.draft(), "1")
    pick(form, "custom_fields.rate", "set")
    control(form).widget.value = text
    one._rows["custom_fields.rate"].control.widget.value = text
    if number is None:
        assert text in form.reason
        assert text in one._rows["custom_fields.rate"].note.value
        assert (form.edit.add.disabled, len(one.draft)) == (True, 0)
    else:
        form.edit.add.click()
        for plan in (form.draft.plan(), one.draft.plan()):
            assert next(iter(plan)).body == {"custom_fields": {"rate": number}}
    form.close()
    one.close()


def test_days_to_shift_by_are_read_the_same_way(draft):
    """A comma that may be either is refused here as well."""
    form = tt.BulkForm(draft)
    pick(form, "due_date", "shift")
    form.edit.inputs.controls["days"].widget.value = "1,234"
    assert "may be 1.234 or 1234" in form.reason
    form.close()
