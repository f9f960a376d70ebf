"""Run the programs of a plan as a person would, against a practice server, and read what the server saw."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import truto_tickets_nb as tt

ONE_BY_ONE = tt.SafetyLimits(workers=1, canary=0)
PATHS = os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"])


def run(command, box, **env):
    """Run a command with the token in its environment, and without anything else of ours."""
    return subprocess.run(
        command,
        env={"TRUTO_API_TOKEN": box.token, "PATH": PATHS, "LC_ALL": "C", **env},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
    )


def curl(plan, box, folder):
    (folder / "plan.sh").write_text(plan.to_curl(box.url), encoding="utf-8")
    return run(["bash", str(folder / "plan.sh")], box)


def python(plan, box, folder):
    (folder / "plan.py").write_text(plan.to_python(box.url), encoding="utf-8")
    return run([sys.executable, "-W", "error", str(folder / "plan.py")], box)


def javascript(plan, box, folder, node):
    (folder / "plan.mjs").write_text(plan.to_javascript(box.url), encoding="utf-8")
    return run([node, str(folder / "plan.mjs")], box)


def python_sdk(plan, box, folder, libraries):
    (folder / "plan_sdk.py").write_text(plan.to_python_sdk(box.url), encoding="utf-8")
    return run([sys.executable, str(folder / "plan_sdk.py")], box, PYTHONPATH=libraries)


@contextmanager
def practice(slug, records, change):
    """Give a fresh practice account, always the same one, and the plan of a change to its tickets."""
    with tt.sandbox(slug, tickets=records, limit=None) as account:
        yield account, change(account.load())


def sent(box):
    """List the PATCH requests as they came: target, still encoded, and bytes of the body."""
    return [(seen.target, seen.raw) for seen in box.requests() if seen.method == "PATCH"]


def meant(box):
    """List the PATCH requests as they were understood: path, query, and body as an object."""
    return [(seen.path, seen.query, seen.body) for seen in box.requests() if seen.method == "PATCH"]
