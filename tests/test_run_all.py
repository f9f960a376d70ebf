"""Run All on any notebook sends nothing unconfirmed: the practice servers count their PATCHes, and the numbers are typed, never computed."""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))

# Every Python that a notebook starts, its kernel first, keeps a log: what servers of this process saw, and what was confirmed before it.
WATCHER = """
import json, os
from truto_tickets_nb.account import Account
from truto_tickets_nb.sandbox.api import required_parameters
from truto_tickets_nb.sandbox.server.router import Hub

file = os.open(os.environ["WATCHED"], os.O_CREAT | os.O_APPEND | os.O_WRONLY)

def note(**line):
    os.write(file, (json.dumps(line) + "\\n").encode())

def seen(self, call, status, api, log=Hub._log):
    if call.request.method == "PATCH" and api:
        checks = required_parameters.holds(call.query, api.played.fact("validate"))
        note(patch=call.identity, account=api.account_id, checks=bool(checks))
    log(self, call, status, api)

def apply(self, plan, *, confirm=None, apply=Account.apply, **rest):
    note(confirm=confirm, tickets=[patch.ticket for patch in plan], account=self.id)
    return apply(self, plan, confirm=confirm, **rest)

Hub._log, Account.apply = seen, apply
note(watching=os.getpid())
"""


@pytest.fixture
def watched(tmp_path, monkeypatch):
    """Let every Python keep the log from its start on."""
    (tmp_path / "sitecustomize.py").write_text(WATCHER)
    log = tmp_path / "log"
    places = {"WATCHED": log, "TRUTO_TICKETS_HOME": tmp_path / "home", "IPYTHONDIR": tmp_path}
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    for name, value in {**places, "PYTHONPATH": path}.items():
        monkeypatch.setenv(name, str(value))

    def run(notebook, **parameters):
        book = given(nbformat.read(notebook, as_version=4), parameters)
        NotebookClient(
            book, kernel_name="python3", timeout=150, resources={"metadata": {"path": str(tmp_path)}}
        ).execute()

    return run, lambda: [json.loads(line) for line in log.read_text().splitlines()]


def given(book, parameters):
    """Set parameters as papermill does: in a cell of its own behind the one with the tag."""
    if parameters:
        place = next(n for n, cell in enumerate(book.cells) if "parameters" in cell.metadata.get("tags", []))
        book.cells.insert(
            place + 1, nbformat.v4.new_code_cell("\n".join(f"{k} = {v!r}" for k, v in parameters.items()))
        )
    return book


def judged(lines):
    """Sort the PATCHes in the order of events: those of a ticket whose plan was confirmed by its number before, checks, and all others."""
    confirmed, told = set(), {"confirmed": 0, "checks": 0, "unconfirmed": 0}
    for line in lines:
        if "tickets" in line and line["confirm"] == len(line["tickets"]):
            confirmed |= {(line["account"], ticket) for ticket in line["tickets"]}
        elif "patch" in line:
            is_confirmed = (line["account"], line["patch"]) in confirmed
            told["checks" if line["checks"] else "confirmed" if is_confirmed else "unconfirmed"] += 1
    return told


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_run_all_sends_nothing_unconfirmed(watched, notebook):
    """Each PATCH that any practice server saw was of a ticket of a plan that had been confirmed by its number."""
    run, log = watched
    run(notebook)
    lines = log()
    assert "watching" in lines[0], "the notebook ran unwatched"
    assert judged(lines)["unconfirmed"] == 0
    assert judged(lines)["confirmed"] or not typed(notebook).get("confirm")


def test_watch_sees_what_goes_past_the_account(watched, tmp_path):
    """A notebook that sends a PATCH by itself, or whose number is another one, does not pass as confirmed."""
    run, log = watched
    code = (
        "import truto_tickets_nb as tt\naccount = tt.sandbox('jira', tickets=3, limit=None)\nsnapshot = account.load()",
        "plan = snapshot.plan(snapshot.frame().assign(name='x'))\nrun = account.apply(plan.only('10001'), confirm=1)",
        "account._client.patch('10002', {'name': 'y'}, idempotency_key='k')",
        "import contextlib\nwith contextlib.suppress(tt.errors.ConfirmError):\n    account.apply(plan, confirm=2)",
    )
    path = tmp_path / "past.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in code]), path)
    run(path)
    assert judged(log()) == {"confirmed": 1, "checks": 0, "unconfirmed": 1}


@pytest.mark.parametrize(
    ("name", "confirm", "sent"), [("07-repeat", 86, 86), ("07-repeat", 85, 0), ("01-first", None, 0)]
)
def test_scheduler_sets_the_number(watched, name, confirm, sent):
    """papermill -p confirm N: the plan's number sends it, another one or none ends the notebook with the number to type, and sends nothing."""
    run, log = watched
    notebook = next(path for path in NOTEBOOKS if path.stem.startswith(name))
    if sent:
        run(notebook, confirm=confirm)
    else:
        with pytest.raises(CellExecutionError) as stopped:
            run(notebook, confirm=confirm)
        assert stopped.value.ename == "ConfirmError"
    assert judged(log()) == {"confirmed": sent, "checks": 0, "unconfirmed": 0}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_numbers_are_typed_by_a_person(notebook):
    """confirm= is a number that stands there, or a parameter of the notebook; never one that the notebook reckons itself."""
    parameters = typed(notebook)
    for call in (node for tree in trees(notebook) for node in ast.walk(tree) if isinstance(node, ast.Call)):
        for keyword in call.keywords:
            if keyword.arg == "confirm":
                assert isinstance(keyword.value, ast.Constant | ast.Name), ast.unparse(call)
                assert not isinstance(keyword.value, ast.Name) or keyword.value.id in parameters, ast.unparse(call)


def trees(notebook, tag=None):
    """Parse the code of a notebook, magics included; only the cells with a tag, if one is given."""
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "code" and (tag is None or tag in cell.metadata.get("tags", [])):
            yield ast.parse(TransformerManager().transform_cell(cell.source))


def typed(notebook):
    """Read the parameters of a notebook: names with the plain values that stand there."""
    assigned = [node for tree in trees(notebook, "parameters") for node in tree.body if isinstance(node, ast.Assign)]
    return {node.targets[0].id: ast.literal_eval(node.value) for node in assigned}
