"""Watch what a notebook sends: each PATCH that a practice server sees, and each number that was confirmed before it."""

from __future__ import annotations

import ast
import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Run by every Python that a notebook starts, its kernel first (as sitecustomize): it logs the PATCHes that servers of this process
# see, and what was confirmed before them.
# They are patched when they are imported, not before: pandas must see that it is imported in a kernel.
WATCHER = """
import importlib.machinery, json, os, sys

file = os.open(os.environ["WATCHED"], os.O_CREAT | os.O_APPEND | os.O_WRONLY)

def note(**line):
    os.write(file, (json.dumps(line) + "\\n").encode())

def watch_server(module):
    def log(self, call, status, api, log=module.Router._log):
        if call.request.method == "PATCH" and api:
            from truto_tickets_nb.sandbox.api import required_parameters
            checks = required_parameters.holds(call.query, api.played.fact("validate"))
            note(patch=call.identity, account=api.account_id, checks=bool(checks))
        log(self, call, status, api)
    module.Router._log = log

def watch_account(module):
    def apply(self, plan, *, confirm=None, apply=module.Account.apply, **rest):
        note(confirm=confirm, tickets=[patch.ticket for patch in plan], account=self.id)
        return apply(self, plan, confirm=confirm, **rest)
    module.Account.apply = apply

WATCHED = {"truto_tickets_nb.account": watch_account, "truto_tickets_nb.sandbox.server.router": watch_server}

class Finder:
    def find_spec(name, path=None, target=None):
        if name not in WATCHED:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        execute = spec.loader.exec_module
        def exec_module(module):
            execute(module)
            WATCHED[name](module)
        spec.loader.exec_module = exec_module
        return spec

sys.meta_path.insert(0, Finder)
note(watching=os.getpid())
"""


@contextmanager
def watched(folder: Path) -> Iterator[Path]:
    """Let every Python that is started in this block write the log; yield its path."""
    (folder / "sitecustomize.py").write_text(WATCHER)
    log = folder / "log"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WATCHED", str(log))
        patch.setenv("TRUTO_TICKETS_HOME", str(folder / "home"))
        patch.setenv("IPYTHONDIR", str(folder))
        patch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]))
        yield log


def read_log(log: Path) -> list[dict]:
    """Read the events in their order."""
    return [json.loads(line) for line in log.read_text().splitlines()]


def count_patches(events):
    """Count the PATCHes of tickets whose plan had been confirmed by its number, those that only check, and all others."""
    confirmed, counts = set(), {"confirmed": 0, "checks": 0, "unconfirmed": 0}
    for event in events:
        if "tickets" in event and event["confirm"] == len(event["tickets"]):
            confirmed |= {(event["account"], ticket) for ticket in event["tickets"]}
        elif "patch" in event:
            is_confirmed = (event["account"], event["patch"]) in confirmed
            counts["checks" if event["checks"] else "confirmed" if is_confirmed else "unconfirmed"] += 1
    return counts


def check_confirmed(notebook: Path, log: Path) -> None:
    """Check that each PATCH which any practice server saw was of a ticket of a plan that had been confirmed by its number."""
    events = read_log(log)
    assert "watching" in events[0], "the notebook ran unwatched"
    counts = count_patches(events)
    assert counts["unconfirmed"] == 0
    assert counts["confirmed"] or not parameters_of(notebook).get("confirm")


def trees(notebook, tag=None):
    """Parse the code of a notebook, magics included; only the cells with a tag, if one is given."""
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "code" and (tag is None or tag in cell.metadata.get("tags", [])):
            yield ast.parse(TransformerManager().transform_cell(cell.source))


def parameters_of(notebook):
    """Read the parameters of a notebook: names with the plain values that stand there."""
    assigned = [node for tree in trees(notebook, "parameters") for node in tree.body if isinstance(node, ast.Assign)]
    return {node.targets[0].id: ast.literal_eval(node.value) for node in assigned}
