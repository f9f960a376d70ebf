"""Codes decide, messages do not: problems, notes, reasons and actions are data that each front end words for itself."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb import actions, advice, notes
from truto_tickets_nb.actions import Action, ActionKind
from truto_tickets_nb.cli.advice import TERMINAL, in_terminal
from truto_tickets_nb.edits.steps import inapplicable
from truto_tickets_nb.plans import problem
from truto_tickets_nb.widgets.inputs.advice import FORM, in_form

PACKAGE = Path(tt.__file__).parent
SOURCES = {path: path.read_text() for path in PACKAGE.rglob("*.py")}
WORDED = {"message", "reason", "words", "note", "notes"}  # parts that people read


@pytest.mark.parametrize("words", [advice.NOTEBOOK, TERMINAL, FORM], ids=["notebook", "terminal", "form"])
def test_each_front_end_words_each_action(words):
    """A new kind of action has to be worded in the notebook, in the terminal and in the forms, and nowhere else."""
    assert {*words} == {*get_args(ActionKind)}
    for kind in get_args(ActionKind):
        advice.worded(Action(kind, "tags", "vip", ("Open", "Done"), 2), words)


def test_no_front_end_speaks_in_the_words_of_another():
    """A form names no code, and a terminal names no method of a notebook."""
    code = re.compile(r"\b(?:plan|snapshot|account|run|df|tt)\.\w+\(")
    for kind in get_args(ActionKind):
        action = Action(kind, "tags", "vip", ("Open", "Done"))
        assert not code.search(in_form(action)), kind
        assert not code.search(in_terminal(action)), kind


@pytest.mark.parametrize("codes", [problem.CODES, notes.CODES, inapplicable.CODES], ids=["problem", "note", "reason"])
def test_each_code_is_used_and_reads_alike(codes):
    """A code is a family and a name, and some module sets it."""
    text = "\n".join(SOURCES.values())
    for code in codes:
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", code), code
        assert text.count(f'"{code}"') > 1, code


def test_no_logic_reads_a_message():
    """No module compares, searches, cuts or rewrites the text of a message: a code says what it is about."""
    bad = [f"{path.relative_to(PACKAGE)}:{node.lineno}" for path, text in SOURCES.items() for node in _readers(text)]
    assert bad == []


def _readers(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("startswith", "endswith", "replace", "partition", "find") and _is_worded(
                node.func.value
            ):
                yield node
        elif isinstance(node, ast.Compare):
            ins = any(isinstance(op, ast.In | ast.NotIn | ast.Eq | ast.NotEq) for op in node.ops)
            texts = any(
                isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value for part in ast.walk(node)
            )
            if ins and texts and any(map(_is_worded, [node.left, *node.comparators])):
                yield node


def _is_worded(node):
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str" and node.args:
        return isinstance(node.args[0], ast.Name) and node.args[0].id in ("error", "problem", "note")
    return isinstance(node, ast.Attribute) and node.attr in WORDED


def test_plan_is_narrowed_by_the_codes_of_its_notes():
    """What goes along with each request is written anew when a plan is narrowed; all other notes stay as they are."""
    with tt.sandbox("jira", tickets=3) as account:
        snapshot = account.load(progress=False)
        df = snapshot.frame().assign(name="Renamed", mine=1)
        plan = snapshot.plan(df)
    codes = [note.code for note in plan.notes]
    assert "columns.ignored" in codes
    assert notes.REQUEST_CODES & {*codes}
    quiet = plan.quietly()
    assert [note for note in quiet.notes if note.code not in notes.REQUEST_CODES] == [
        note for note in plan.notes if note.code not in notes.REQUEST_CODES
    ]
    assert "request.quiet" in [note.code for note in quiet.notes]
    assert tt.Plan.from_json(plan.to_json()) == plan


def test_actions_list_the_first_names_and_count_the_others():
    """A list of ten thousand people does not make a message of ten thousand names."""
    action = actions.of_names("choose", [f"Person {number}" for number in range(10_000)])
    assert (len(action.names), action.more) == (actions.SHOWN, 10_000 - actions.SHOWN)
    assert advice.in_notebook(action).endswith("and 9,994 more.")
