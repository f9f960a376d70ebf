"""An edit operation is one class: whatever reads steps reads a new one too."""

from __future__ import annotations

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.edits.recipes.markdown import to_markdown
from truto_tickets_nb.edits.steps.operations import OPERATIONS, Input, Operation
from truto_tickets_nb.edits.steps.operations.over_cells import over_texts
from truto_tickets_nb.selection.step_builder import Editable, lacks

EXAMPLES = {
    "set": ("priority", {"value": "High"}),
    "clear": ("due_date", {}),
    "map": ("priority", {"values": {"Low": "High"}}),
    "fill": ("priority", {"value": "High"}),
    "copy": ("description", {"from": "name"}),
    "replace": ("name", {"find": "e", "by": "E"}),
    "tidy": ("name", {"how": "upper"}),
    "add": ("tags", {"names": ["billing"]}),
    "remove": ("tags", {"names": ["billing"]}),
    "swap": ("tags", {"old": "billing", "new": "vip"}),
    "shift": ("due_date", {"days": 7}),
    "cells": ("", {"cells": {"10001": {"name": ["old", "new"]}}}),
}


class Suffix(Operation):
    """Append a text: an operation that the toolkit does not have."""

    kind = "suffix"
    label = "append text"
    prompt = "Type what to append"
    fields = ("text",)
    inputs = (Input("text", "text", "append"),)

    def check(self, step, row):
        self.check_names(step)
        return {"text": str(step.options["text"])}

    def cells(self, chosen):
        import pyarrow.compute as pc

        return over_texts(
            chosen.cells, lambda texts: pc.replace_substring_regex(texts, "$", chosen.step.options["text"])
        )

    def words(self, step, before):
        return f"{step.field}: {step.options['text']!r} appended"

    def code(self, block):
        return [f"{block.updated} = {block.updated} + {block['text']!r}"]


@pytest.fixture
def suffix(monkeypatch):
    monkeypatch.setitem(OPERATIONS, "suffix", Suffix())


@pytest.fixture(scope="module")
def tickets():
    with tt.sandbox("jira", tickets=20) as account:
        yield account.load()


def ran(code, snapshot):
    names = {"snapshot": snapshot}
    exec(code, names)
    return names["plan"]


def test_a_new_operation_is_one_class(suffix, tickets):
    """Step, words, JSON, draft, plan, recipe file, Markdown and program code know it, without a line changed elsewhere."""
    step = tt.Step("suffix", "name", tt.Filter.ids(*tickets.frame().index[:3]), {"text": " (old)"})
    assert tt.Step.of_json(step.to_json()) == step
    draft = tickets.draft().add_step(step)
    assert draft.frame()["name"].str.endswith(" (old)").sum() == 3
    assert "' (old)' appended" in draft.steps[0].title
    recipe = draft.recipe("append")
    assert "' (old)' appended" in recipe.to_markdown()
    assert ran(recipe.to_python(), tickets).fingerprint == draft.plan().fingerprint
    assert "snapshot.frame()" in recipe.to_python()
    assert "Step.of_json" not in recipe.to_python()


def test_a_form_asks_for_a_new_operation_by_what_it_declares(suffix, tickets):
    """The menu offers it for the kinds of fields that it names, its inputs are there, and what is typed becomes the step."""
    form = tt.BulkForm(tickets.draft())
    form.edit.column.value = "name"
    assert ("append text", "suffix") in form.edit.operation.options
    form.edit.operation.value = "suffix"
    assert form.reason == "Type what to append"
    form.edit.inputs.controls["text"].widget.value = " (old)"
    assert form.step.kind == "suffix"
    assert dict(form.step.options) == {"text": " (old)"}
    form.edit.column.value = "priority"
    assert "suffix" not in [kind for _, kind in form.edit.operation.options]


def test_a_step_of_an_unknown_kind_is_refused(tickets):
    """Without its class an operation does not exist."""
    with pytest.raises(tt.errors.StepError, match="'suffix' is no kind of step"):
        tt.Step("suffix", "name", options={"text": "x"})


def test_each_operation_has_an_example():
    """A new operation is tried in all the tests below: give it an example."""
    assert EXAMPLES.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_reader_handles_every_operation(kind, tickets):
    """Words, JSON, preview of a draft, Markdown and program code."""
    field, options = EXAMPLES[kind]
    step = tt.Step(kind, field, options=options)
    assert step.words()
    assert tt.Step.of_json(step.to_json()) == step
    draft = tickets.draft().add_step(step)
    assert draft.steps[0].title
    assert draft.steps[0].effect.matched >= draft.steps[0].effect.changed
    assert to_markdown((step,), ()).count("\n|") >= 3
    plan = ran(draft.recipe().to_python(), tickets)
    assert [patch.ticket for patch in plan] == [patch.ticket for patch in draft.plan()]


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda operation: operation.kind)
def test_each_operation_says_what_a_form_needs(operation):
    """One that is offered has a label, and says what is missing where an option is required; the others have no label."""
    offered = {
        kind
        for _, kind in (pair for field in ("text", "set", "date", "any") for pair in Editable("x", field).operations)
    }
    assert (operation.kind in offered) == bool(operation.label)
    if operation.label:
        assert bool(lacks(operation.kind, {})) == bool(operation.inputs)
        assert all(one.label or one.type == "value" for one in operation.inputs)
