"""Laws of drafts, for any steps in any order: undo, redo and switching equal replaying; saving loses nothing; every door is one door."""

from __future__ import annotations

import json

import orjson
import pytest
from examples import examples
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import truto_tickets_nb as tt
from truto_tickets_nb.edits import Filter, Recipe, Step, apply
from truto_tickets_nb.edits.drafts import replay
from truto_tickets_nb.edits.drafts.draft import Draft
from truto_tickets_nb.edits.drafts.history import History
from truto_tickets_nb.errors import RecipeError, StepError
from truto_tickets_nb.snapshot import Snapshot
from truto_tickets_nb.tickets.choices import Choices
from truto_tickets_nb.tickets.columns import Columns

NAMES = ["Low", "High", "Odd ", "ümlaut", "-"]
TEXT = st.text(st.sampled_from("aAbß É\r\n\u00a0.*(\\\"'x1"), max_size=8)
WORD = st.text(st.sampled_from("aAbß.x1("), min_size=1, max_size=3)
REFERENCE = st.sampled_from([{"id": str(n), "name": name} for n, name in enumerate(NAMES)])
RECORD = st.fixed_dictionaries(
    {
        "name": TEXT,
        "priority": st.none() | REFERENCE,
        "tags": st.lists(REFERENCE, max_size=3, unique_by=lambda tag: tag["id"]),
        "due_date": st.none() | st.dates(max_value=__import__("datetime").date(9000, 1, 1)).map(str),
        "description": st.none() | TEXT,
        "custom_fields": st.fixed_dictionaries({"a": st.none() | st.integers(-5, 5), "b": st.none() | TEXT}),
    }
)
CHOICES = {
    name: Choices.from_records(name, [{"id": str(n), "name": x} for n, x in enumerate(NAMES)])
    for name in ("ticket_priorities", "tags")
}


def snapshot_of(records):
    columns = Columns()
    columns.add([{"id": str(n), **record} for n, record in enumerate(records)])
    return Snapshot(columns.table(), "acc", "nobody", CHOICES)


SNAPSHOT = st.lists(RECORD, min_size=1, max_size=5).map(snapshot_of)
NAME = st.sampled_from(NAMES)
TESTS = st.one_of(
    st.builds(Filter.where, st.sampled_from(["name", "description", "tags", "priority", "custom_fields.b"]), st.sampled_from(["contains", "starts", "ends"]), WORD, case=st.booleans()),
    st.builds(Filter.where, st.sampled_from(["priority", "name"]), st.sampled_from(["is", "is not"]), NAME, case=st.booleans()),
    st.builds(Filter.where, st.just("priority"), st.just("in"), st.lists(NAME, min_size=1), case=st.booleans()),
    st.builds(Filter.where, st.just("tags"), st.just("has"), NAME, case=st.booleans()),
    st.builds(Filter.where, st.sampled_from(["name", "priority", "tags", "due_date", "custom_fields.a"]), st.sampled_from(["empty", "filled"])),
    st.builds(Filter.where, st.just("due_date"), st.sampled_from(["before", "after", "is"]), st.dates().map(str)),
    st.builds(Filter.where, st.just("custom_fields.a"), st.sampled_from(["less", "more", "is"]), st.integers(-5, 5)),
    st.lists(st.sampled_from("01234"), max_size=3).map(lambda ids: Filter.ids(*ids)),
    st.builds(Filter.where, st.sampled_from(["name", "tags"]), st.just("matches"), st.sampled_from(["^a", "[ab]+$", "(a)(.)", r"\d", "x|1"])),
    st.just(Filter.all()),
)  # fmt: skip
FILTER = st.recursive(TESTS, lambda inner: st.one_of(st.builds(lambda a, b: a & b, inner, inner), st.builds(lambda a, b: a | b, inner, inner), inner.map(lambda a: ~a)), max_leaves=4)  # fmt: skip
TEXTS = st.sampled_from(["name", "description"])
OLD_NEW = st.dictionaries(NAME, st.none() | NAME, min_size=1, max_size=3)
CELL = st.one_of(
    st.tuples(TEXTS, st.none() | TEXT, st.none() | TEXT),
    st.tuples(st.just("priority"), st.none() | NAME, st.none() | NAME),
    st.tuples(st.just("tags"), st.lists(NAME, max_size=2, unique=True), st.lists(NAME, max_size=2, unique=True)),
    st.tuples(st.just("due_date"), st.none() | st.dates().map(str), st.none() | st.dates().map(str)),
    st.tuples(st.just("custom_fields.a"), st.none() | st.integers(-5, 5), st.integers(-5, 5)),
)
CELLS = st.dictionaries(st.sampled_from("01234"), st.lists(CELL, min_size=1, max_size=3).map(lambda cells: {name: [old, new] for name, old, new in cells}), min_size=1, max_size=3)  # fmt: skip
VALUES = {"name": WORD, "priority": NAME, "tags": st.lists(NAME, min_size=1, max_size=2, unique=True), "due_date": st.dates().map(str), "custom_fields.b": WORD}  # fmt: skip


def step(kind, field, **options):
    return st.builds(
        lambda rows, told, name: Step(kind, name, rows, told), FILTER, st.fixed_dictionaries(options), field
    )


STEP = st.one_of(
    *(step("set", st.just(name), value=value) for name, value in VALUES.items()),
    *(step("fill", st.just(name), value=VALUES[name]) for name in ("name", "priority", "due_date", "tags")),
    step("clear", st.sampled_from([*VALUES, "description"])),
    step("map", st.sampled_from(["priority", "tags"]), values=OLD_NEW),
    step("map", st.just("custom_fields.a"), values=st.dictionaries(st.integers(-5, 5), st.integers(-5, 5), min_size=1, max_size=3)),
    step("replace", TEXTS, find=WORD, by=TEXT, case=st.booleans()),
    step("replace", TEXTS, find=st.sampled_from(["[ab]", "(a)(.)", "^x", "x*"]), by=st.sampled_from(["", r"\0", "-"]), regex=st.just(True), case=st.booleans()),
    step("tidy", st.sampled_from(["name", "description", "custom_fields.b"]), how=st.sampled_from(["trim", "collapse", "upper", "lower", "title"])),
    step("add", st.just("tags"), names=st.lists(NAME, min_size=1, max_size=2)),
    step("remove", st.just("tags"), names=st.lists(NAME, min_size=1, max_size=2)),
    step("swap", st.just("tags"), old=NAME, new=NAME),
    step("shift", st.just("due_date"), days=st.integers(1, 400)),
    st.builds(lambda rows: Step("copy", "description", rows, {"from": "name"}), FILTER),
    st.builds(lambda cells, clear: Step("cells", options={"cells": cells, "clear": clear}), CELLS, st.sampled_from([[], ["name"], ["tags", "due_date"]])),
)  # fmt: skip
slowly = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=examples(80))


def replayed(source, steps):
    """Replay steps the plain way: one after the other, nothing remembered."""
    frame = source.frame()
    for found in steps:
        frame = apply(found, frame, source).frame
    return frame


def told(frame):
    return [[str(cell) for cell in row] for row in frame.astype(object).to_numpy().tolist()]


class Drafting(RuleBasedStateMachine):
    """Do anything to a draft, in any order, beside a model that knows nothing but lists."""

    def __init__(self):
        super().__init__()
        self.source = snapshot_of([{"name": f"a{n} ", "priority": {"id": "0", "name": "Low"}, "tags": [], "due_date": "2026-01-31", "custom_fields": {"a": n, "b": "x"}} for n in range(4)])  # fmt: skip
        self.draft = Draft(self.source)
        self.now, self.past, self.future = [], [], []

    def become(self, now):
        self.past.append(self.now)
        self.now, self.future = now, []

    @rule(found=STEP)
    def add(self, found):
        try:
            self.draft.add_step(found)
        except StepError:
            return
        self.become([*self.now, (self.draft.steps[-1].number, found, True)])

    @precondition(lambda self: self.now)
    @rule(data=st.data())
    def drop(self, data):
        number = data.draw(st.sampled_from([number for number, *_ in self.now]))
        self.draft.drop(number)
        self.become([slot for slot in self.now if slot[0] != number])

    @precondition(lambda self: self.now)
    @rule(data=st.data(), enabled=st.booleans())
    def switch(self, data, enabled):
        number, _, was = data.draw(st.sampled_from(self.now))
        (self.draft.enable if enabled else self.draft.disable)(number)
        if was != enabled:
            self.become([(n, s, enabled if n == number else e) for n, s, e in self.now])

    @precondition(lambda self: self.past)
    @rule()
    def undo(self):
        self.draft.undo()
        self.future.append(self.now)
        self.now = self.past.pop()

    @precondition(lambda self: self.future)
    @rule()
    def redo(self):
        self.draft.redo()
        self.past.append(self.now)
        self.now = self.future.pop()

    @rule()
    def save(self):
        """Saving and reading back, in the midst of it all, changes nothing."""
        found = History.of_json(orjson.loads(orjson.dumps(self.draft._history.to_json())))
        assert found == self.draft._history

    @invariant()
    def equals_replaying_the_steps_that_count(self):
        assert [(e.number, e.step, e.enabled) for e in self.draft.steps] == self.now
        steps = [found for _, found, enabled in self.now if enabled]
        assert told(self.draft.frame()) == told(replayed(self.source, steps))
        assert (self.draft.can_undo, self.draft.can_redo) == (bool(self.past), bool(self.future))


TestDrafting = Drafting.TestCase
TestDrafting.settings = settings(
    deadline=None, suppress_health_check=list(HealthCheck), max_examples=examples(40), stateful_step_count=25
)


class DraftingWithoutRoom(Drafting):
    """Do the same where nearly every state is let go."""

    def __init__(self):
        self.patch = pytest.MonkeyPatch()
        for name, value in (("ROOM", 0), ("RECENT", 1), ("STRIDE", 3)):
            self.patch.setattr(replay, name, value)
        super().__init__()

    def teardown(self):
        self.patch.undo()


TestDraftingWithoutRoom = DraftingWithoutRoom.TestCase
TestDraftingWithoutRoom.settings = settings(TestDrafting.settings, max_examples=examples(20))


@slowly
@given(SNAPSHOT, st.lists(STEP, max_size=5))
def test_recipe_on_its_own_snapshot_gives_the_plan_of_the_draft(source, steps):
    """Saved, read back and replayed, steps give the draft's plan; so does the edited frame, and the code."""
    draft = Draft(source).take(Recipe(tuple(steps)))
    recipe = Recipe.of_json(draft.recipe().to_json())
    assert recipe == draft.recipe()
    plan = draft.plan()
    assert source.plan(recipe).to_json() == plan.to_json()
    assume(not draft.inapplicable)
    namespace = {"snapshot": source}
    exec(draft.recipe().to_python(), namespace)
    assert namespace["plan"].to_json() == plan.to_json(), draft.recipe().to_python()


@slowly
@given(SNAPSHOT, st.lists(STEP, max_size=4))
def test_taken_frame_is_the_same_edit(source, steps):
    """Whatever was done to a frame, taking it gives the plan that comparing it gives."""
    df = replayed(source, steps)
    assert Draft(source).take(df).plan().to_json() == source.plan(df).to_json()
    draft = Draft(source).take(Recipe(tuple(steps)))
    assert len(draft.take(draft.frame())) == len(steps)


@slowly
@given(SNAPSHOT, STEP)
def test_step_counts_every_row_it_looks_at(source, found):
    """Matched is changed, already done, and inapplicable, together; the frame that came in is never touched; cells keep their types."""
    before, base = told(source.frame()), source.frame()
    applied = apply(found, base, source)
    effect = applied.effect
    here = [item for item in effect.inapplicable if item.reason.code != "ticket.missing"]
    assert effect.matched == effect.changed + effect.already + len(here)
    assert told(base) == before
    assert Step.of_json(orjson.loads(orjson.dumps(found.to_json()))) == found
    assert list(applied.frame.dtypes) == list(base.dtypes)
    if effect.changed == 0:
        assert told(applied.frame) == before


@slowly
@given(FILTER, SNAPSHOT)
def test_filter_reads_back_as_itself(found, source):
    """A filter and its JSON choose the same rows; what it does not choose, its opposite does."""
    frame = source.frame()
    again = Filter.of_json(orjson.loads(orjson.dumps(found.to_json())))
    assert again == found
    assert (found.mask(frame) != (~found).mask(frame)).all()
    assert found.mask(frame).dtype == bool
    assert isinstance(found.words(), str)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["", "set", "name", "is", "7"]), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["kind", "field", "op", "value", "and", "not", "ids", "id", "7", "name"]), inner, max_size=3), max_leaves=6)  # fmt: skip


def spoilt(found, data):
    """Put anything anywhere."""
    keys = list(found) if isinstance(found, dict) else range(len(found)) if isinstance(found, list) else ()
    if not keys or data.draw(st.integers(0, 4)) == 4:
        return data.draw(JSON)
    key = data.draw(st.sampled_from(list(keys)))
    copy = dict(found) if isinstance(found, dict) else list(found)
    copy[key] = spoilt(copy[key], data)
    return copy


@slowly
@given(STEP, st.data())
def test_damaged_step_is_refused_with_a_sentence_or_works(found, data):
    """Whatever stands in a recipe, reading it gives a recipe or a RecipeError, and applying it raises nothing."""
    steps = [spoilt(found.to_json(), data)]
    text = json.dumps({"format": "truto_tickets_nb recipe", "version": 1, "steps": steps})
    try:
        recipe = Recipe.of_json(text)
    except RecipeError:
        return
    source = snapshot_of(
        [{"name": "a", "priority": None, "tags": [], "due_date": "2026-01-31", "custom_fields": {"a": 1, "b": "x"}}]
    )
    recipe.apply_to(source).plan()
    assert repr(recipe)
    assert recipe.to_python()
    assert recipe.to_markdown()


@pytest.mark.parametrize("integration", ["jira", "freshdesk"])
def test_laws_hold_on_a_real_account(integration):
    """The same holds for tickets of a practice account."""
    with tt.sandbox(integration, tickets=30, limit=None) as account:
        source = account.load()
        draft = (
            source.draft().tidy("name").add("tags", "x").shift("due_date", days=1).replace("name", "e", "E").disable(2)
        )
        replay = replayed(source, [entry.step for entry in draft.steps if entry.enabled])
        shared = ["assignees", "contact"]  # the draft's frame tells namesakes apart, a plain frame holds their names
        assert told(draft.frame().drop(columns=shared)) == told(replay.drop(columns=shared))
        assert source.draft().take(draft.frame()).plan().to_json() == draft.plan().to_json()
