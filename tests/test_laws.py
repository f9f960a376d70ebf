"""Laws that hold for every ticket and every edit."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truto_tickets_nb.integrations.profile import profile
from truto_tickets_nb.plans.compare.compare import compare
from truto_tickets_nb.plans.compare.edited_frame import EditedFrame
from truto_tickets_nb.plans.compare.parse_cells import Reader
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.tickets.choices import Choices
from truto_tickets_nb.tickets.columns import Columns
from truto_tickets_nb.tickets.fields import same

NAMES = ["Low", "High", "Odd ", "ümlaut", "-"]
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
REFERENCE = st.sampled_from([{"id": str(n), "name": name} for n, name in enumerate(NAMES)])
RECORD = st.fixed_dictionaries(
    {
        "name": TEXT,
        "priority": st.none() | REFERENCE,
        "tags": st.lists(REFERENCE, max_size=3, unique_by=lambda tag: tag["id"]),
        "due_date": st.none() | st.dates().map(str),
        "description": st.none() | TEXT,
        "custom_fields": st.fixed_dictionaries({"a": st.none() | st.integers(-5, 5), "b": st.none() | TEXT}),
    }
)
CHOICES = {
    name: Choices.from_records(name, [{"id": str(n), "name": x} for n, x in enumerate(NAMES)])
    for name in ("ticket_priorities", "tags")
}
COLUMNS = ["name", "priority", "tags", "due_date", "description", "custom_fields.a", "custom_fields.b"]


def table_of(records):
    columns = Columns()
    columns.add([{"id": str(n), **record} for n, record in enumerate(records)])
    return columns.table()


def compared(base, edited):
    """Compare two lists of records as if the second were the edited frame of the first."""
    table, frame = table_of(base), table_of(edited).frame
    both = [name for name in COLUMNS if name in table.frame and name in frame]
    found = compare(table, EditedFrame.of(frame[both]), Reader(CHOICES, profile("nobody")), clear=both)
    return Plan("acc", "nobody", found.patches, found.problems), both


PAIRS = st.integers(1, 4).flatmap(
    lambda n: st.tuples(st.lists(RECORD, min_size=n, max_size=n), st.lists(RECORD, min_size=n, max_size=n))
)
slowly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=examples(60))


def value(record, column):
    return record["custom_fields"].get(column[14:]) if column.startswith("custom_fields.") else record.get(column)


@slowly
@given(PAIRS)
def test_original_and_body_make_the_edited_record(pair):
    """merge(original, body) equals the edited record, and a body never holds an unchanged field."""
    base, edited = pair
    plan, columns = compared(base, edited)
    assert not plan.blocking
    sent = {(patch.ticket, change.field): change for patch in plan for change in patch.changes}
    for row, (old, new) in enumerate(zip(base, edited, strict=True)):
        for column in columns:
            change = sent.get((str(row), column))
            merged = change.new if change else value(old, column)
            assert same(column, merged, value(new, column))
            assert (change is None) == same(column, value(old, column), value(new, column))


@slowly
@given(PAIRS)
def test_undo_of_undo_is_the_plan(pair):
    """Turning every change round twice gives the same bodies, and what was sent can be sent back."""
    plan, _ = compared(*pair)
    twice = replace(
        plan, patches=tuple(replace(p, changes=tuple(c.reversed().reversed() for c in p.changes)) for p in plan)
    )
    assert twice.fingerprint == plan.fingerprint


@slowly
@given(PAIRS)
def test_undo_leads_back(pair):
    """Applied and undone, every ticket reads as it was: the plan that is left is empty."""
    base, edited = pair
    plan, columns = compared(base, edited)
    undo = replace(
        plan, patches=tuple(replace(p, changes=tuple(c.reversed() for c in p.changes)) for p in plan.patches[::-1])
    )
    after = sent(base, plan)
    assert (
        compare(table_of(after), EditedFrame.of(table_of(edited).frame[columns]), reader(), clear=columns).patches == ()
    )
    back = sent(after, undo)
    assert compare(table_of(back), EditedFrame.of(table_of(base).frame[columns]), reader(), clear=columns).patches == ()


def sent(records, plan):
    """Merge the bodies of a plan into records, as a server would."""
    made = [{**record, "custom_fields": {**record["custom_fields"]}} for record in records]
    for patch in plan:
        body = patch.body
        made[int(patch.ticket)]["custom_fields"] |= body.pop("custom_fields", {})
        made[int(patch.ticket)] |= body
    return made


def reader():
    return Reader(CHOICES, profile("nobody"))


@slowly
@given(st.lists(RECORD, min_size=1, max_size=4), st.randoms())
def test_shuffled_and_halved_frames_change_nothing(base, random):
    """Order and absence are no edits."""
    table = table_of(base)
    ids = list(table.frame.index)
    random.shuffle(ids)
    frame = table.frame.loc[ids[: random.randint(1, len(ids))]]
    found = compare(table, EditedFrame.of(frame), Reader(CHOICES, profile("nobody")))
    assert (found.patches, found.problems) == ((), ())


@slowly
@given(PAIRS)
def test_saved_plan_is_the_same_plan(pair):
    """to_json and from_json lose nothing."""
    plan, _ = compared(*pair)
    assert Plan.from_json(plan.to_json()) == plan


def test_frame_of_nothing_is_typed():
    """An empty snapshot has the same columns."""
    assert isinstance(table_of([]).frame, pd.DataFrame)
