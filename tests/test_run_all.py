"""A notebook sends nothing unconfirmed, and its numbers are typed by a person. (Run All itself: conftest.py, after the last cell of each.)"""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from notebook_watch import count_patches, parameters_of, read_log, trees, watched

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.fixture
def run(tmp_path):
    """Run a notebook and return what it sent: how many PATCHes were confirmed, checks, or unconfirmed."""

    def run(notebook, **parameters):
        book = given(nbformat.read(notebook, as_version=4), parameters)
        resources = {"metadata": {"path": str(tmp_path)}}
        with watched(tmp_path) as log:
            try:
                NotebookClient(book, kernel_name="python3", timeout=150, resources=resources).execute()
            except CellExecutionError as error:
                return error.ename, count_patches(read_log(log))
        return "", count_patches(read_log(log))

    return run


def given(book, parameters):
    """Set parameters as papermill does: in a cell of its own behind the one with the tag."""
    if parameters:
        place = next(n for n, cell in enumerate(book.cells) if "parameters" in cell.metadata.get("tags", []))
        book.cells.insert(
            place + 1, nbformat.v4.new_code_cell("\n".join(f"{k} = {v!r}" for k, v in parameters.items()))
        )
    return book


def test_watch_sees_what_goes_past_the_account(run, tmp_path):
    """A notebook that sends a PATCH by itself, or whose number is another one, does not pass as confirmed."""
    code = (
        "import truto_tickets_nb as tt\naccount = tt.sandbox('jira', tickets=3, limit=None)\nsnapshot = account.load()",
        "plan = snapshot.plan(snapshot.frame().assign(name='x'))\nrun = account.apply(plan.only('10001'), confirm=1)",
        "account._client.patch('10002', {'name': 'y'}, idempotency_key='k')",
        "import contextlib\nwith contextlib.suppress(tt.errors.ConfirmError):\n    account.apply(plan, confirm=2)",
    )
    path = tmp_path / "past.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in code]), path)
    assert run(path) == ("", {"confirmed": 1, "checks": 0, "unconfirmed": 1})


@pytest.mark.parametrize(
    ("name", "confirm", "sent"), [("07-repeat", 86, 86), ("07-repeat", 85, 0), ("01-first", None, 0)]
)
def test_scheduler_sets_the_number(run, name, confirm, sent):
    """papermill -p confirm N: the plan's number sends it, another one or none ends the notebook with the number to type, and sends nothing."""
    notebook = next(path for path in NOTEBOOKS if path.stem.startswith(name))
    assert run(notebook, confirm=confirm) == (
        "" if sent else "ConfirmError",
        {"confirmed": sent, "checks": 0, "unconfirmed": 0},
    )


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_numbers_are_typed_by_a_person(notebook):
    """confirm= is a number that stands there, or a parameter of the notebook; never one that the notebook computes."""
    parameters = parameters_of(notebook)
    for call in (node for tree in trees(notebook) for node in ast.walk(tree) if isinstance(node, ast.Call)):
        for keyword in call.keywords:
            if keyword.arg == "confirm":
                assert isinstance(keyword.value, ast.Constant | ast.Name), ast.unparse(call)
                assert not isinstance(keyword.value, ast.Name) or keyword.value.id in parameters, ast.unparse(call)
