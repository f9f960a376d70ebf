"""The house's own habits: the README, the command, the public names, the sizes of things."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.cli import main
from truto_tickets_nb.integrations.profile import slugs

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "truto_tickets_nb").rglob("*.py"))


def test_demo_does_the_whole_job(tmp_path, capsys):
    """The README's first line: load, plan, apply, read back, undo, read back."""
    assert main(["demo", "--yes", "--tickets", "120", "--out", str(tmp_path / "plan.html")]) == 0
    told = capsys.readouterr().out
    assert "0 of these changes are still to be made" in told
    assert "0 tickets differ from what was loaded first" in told
    assert (tmp_path / "plan.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize("integration", slugs())
def test_demo_of_every_tool(tmp_path, integration):
    """The demo does its whole job with each of the 28."""
    options = ["--tickets", "25", "--limit", "0", "--out", str(tmp_path / "x.html")]
    assert main(["demo", "--yes", "--integration", integration, *options]) == 0


def test_demo_sends_nothing_unasked(tmp_path, capsys, monkeypatch):
    """Without a person and without --yes nothing is sent: exit 3, as of every command that wants a number."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert main(["demo", "--tickets", "20", "--out", str(tmp_path / "x.html")]) == 3
    assert "Nothing was sent" in capsys.readouterr().out


def test_served_sandbox_answers_and_ends(tmp_path):
    """truto-tickets sandbox prints what another client needs."""
    command = [
        sys.executable,
        "-c",
        "from truto_tickets_nb.cli import main; main(['sandbox', '--tickets', '5', '--limit', '0'])",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        lines = [process.stdout.readline() for _ in range(5)]
        told = dict(line.removeprefix("export ").strip().split("=", 1) for line in lines if line.startswith("export"))
        with tt.connect(
            told["TRUTO_API_TOKEN"], told["TRUTO_INTEGRATED_ACCOUNT_ID"], told["TRUTO_BASE_URL"]
        ) as account:
            assert len(account.load()) == 5
        process.terminate()


def test_readme_code_is_python():
    """What the README shows compiles."""
    for block in (ROOT / "README.md").read_text(encoding="utf-8").split("```python")[1:]:
        ast.parse(block.split("```")[0])


def test_every_public_name_is_documented():
    """A public name has a docstring."""
    assert [name for name in tt.__all__ if not getattr(tt, name).__doc__] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_modules_and_functions_stay_small(path):
    """A module is 400 lines at most, a function body 40."""
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert [f.name for f in functions if f.end_lineno - f.body[0].lineno >= 40] == []


def test_accessor_speaks_plainly():
    """A column of text is refused with what to do, a foreign id with its name."""
    with tt.sandbox("jira", tickets=3, limit=None) as account:
        tags = account.load().frame()["tags"]
    with pytest.raises(tt.errors.FrameError, match="nobody"):
        tags.tickets.add("x", where=["nobody"])
    with pytest.raises(tt.errors.FrameError, match="holds text"):
        tags.map(str).tickets.add("x")
