"""The terminal, for schedulers: plan, apply, exit statuses, one line on stderr, JSON on stdout, and nothing sent blindly."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.api.throttle import Throttle
from truto_tickets_nb.cli import main, plan_file
from truto_tickets_nb.files.home_folder import home
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.runs.journal import Journal
from truto_tickets_nb.runs.journal_file import _seal
from truto_tickets_nb.sandbox import Sandbox

COMMAND = Path(sys.executable).with_name("truto-tickets")
TOKEN = "kept-secret-9f3ab7c1e5d2"
SLOW = [sys.executable, "-c", "import sys\nfrom truto_tickets_nb.cli import main\nsys.exit(main(sys.argv[1:]))"]
REFUNDS = tt.Step("set", "name", tt.Filter.ids("10002", "10004"), {"value": "Refund"})
posix = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")


def terminal(*words, **environment):
    """Run the command as a scheduler does: no terminal, nobody to ask."""
    given = {**os.environ, **environment}
    return subprocess.run([COMMAND, *map(str, words)], env={k: v for k, v in given.items() if v is not None},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)  # fmt: skip


@pytest.fixture
def served():
    """Serve a practice account in another process, by its own command; tell how it is reached."""
    words = [COMMAND, "sandbox", "--tickets", "30", "--limit", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        told = {}
        while len(told) < 3:
            name, _, value = process.stdout.readline().removeprefix("export ").strip().partition("=")
            told |= {name: value} if name.startswith("TRUTO_") else {}
        yield told
        process.terminate()


@pytest.fixture
def box(monkeypatch, tmp_path):
    """Give a practice account that the environment points at; the budget is not waited for."""
    with Sandbox("jira", 30, limit=None, token=TOKEN) as found:
        told = {"TRUTO_API_TOKEN": TOKEN, "TRUTO_INTEGRATED_ACCOUNT_ID": found.account_id, "TRUTO_BASE_URL": found.url}
        for name, value in {**told, "TRUTO_TICKETS_HOME": str(tmp_path / "home")}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("truto_tickets_nb.connecting.Throttle", lambda **_: Throttle.unlimited())
        monkeypatch.setattr("truto_tickets_nb.api.retry.FIRST", 0.01)
        monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
        monkeypatch.chdir(tmp_path)
        tt.Recipe((REFUNDS,), "refunds").save("cleanup.json")
        yield found


@pytest.fixture
def cli(capsys):
    """Run the command in this process: its exit status, its stdout, its stderr."""

    def run(*words):
        try:
            status = main([str(word) for word in words])
        except SystemExit as end:  # a command line that makes no sense
            status = end.code
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def planned(box, cli):
    """Give a practice account with a plan of two tickets in plan.json."""
    assert cli("plan", "cleanup.json", "--out", "plan.json")[0] == 2
    return box


def patches(box):
    return sum(seen.method == "PATCH" for seen in box.requests())


def made(path="plan.json", **about):
    """Write a plan's file as if it had been made otherwise."""
    whole = json.loads(Path(path).read_text())
    told = {key: value for key, value in {**whole["made"], **about}.items() if key != "digest"}
    whole["made"] = {**told, "digest": plan_file._digest(told, whole["fingerprint"])}
    Path(path).write_text(json.dumps(whole))


def hours_ago(hours):
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


def test_whole_journey_in_processes(served, tmp_path):
    """A recipe saved from a draft, plan, apply, undo, plan again says 2, apply, plan says 0."""
    file, plan = tmp_path / "cleanup.json", tmp_path / "plan.json"
    with tt.connect(*(served[f"TRUTO_{x}"] for x in ("API_TOKEN", "INTEGRATED_ACCOUNT_ID", "BASE_URL"))) as account:
        account.load(ids=["10001", "10003"]).draft("trim").tidy("name", where=["10001", "10003"]).save(file)

    def job(*words, home="runs"):  # a home each: the budget that processes share would make the test wait
        done = terminal(*words, "--home", tmp_path / home, **served)
        assert done.stderr == ""
        return done.returncode, done.stdout

    assert job("plan", file, "--out", plan, home="a")[0] == 2
    status, told = job("apply", plan, "--confirm", 2, "--json")
    assert (status, json.loads(told)["counts"]) == (0, {"applied": 2})
    assert job("undo", json.loads(told)["run"], "--confirm", 2)[0] == 0
    assert job("plan", file, "--out", plan, home="b")[0] == 2
    assert job("apply", plan, "--confirm", 2, home="c")[0] == 0
    status, told = job("plan", file, "--out", plan, home="d")
    assert (status, "Nothing to change" in told) == (0, True)


def test_plan_tells_people_what_and_what_next(box, cli):
    """The report per step, the plan, and the very command that sends it; nothing of what one types in a notebook."""
    status, told, complaint = cli("plan", "cleanup.json", "--out", "plan.json")
    assert (status, complaint, patches(box)) == (2, "", 0)
    assert "2 matched, 2 changed" in " ".join(told.split())
    assert told.endswith("Nothing was sent. To send it:\n  truto-tickets apply plan.json --confirm 2\n")
    assert "account." not in told
    assert "snapshot." not in told
    assert max(map(len, told.splitlines())) <= 80


def test_plan_tells_machines_one_object(box, cli):
    """--json: one object and nothing else; the number to confirm, the counts per step, the fields."""
    status, told, complaint = cli("plan", "cleanup.json", "--out", "plan.json", "--json")
    found = json.loads(told)
    assert (status, found["exit"], found["confirm"], found["fields"], complaint) == (2, 2, 2, {"name": 2}, "")
    assert [(step["matched"], step["changed"]) for step in found["steps"]] == [(2, 2)]


def test_plan_of_nothing_is_0(box, cli):
    """Nothing to do is exit 0, the plan is written all the same, and applying it is done at once."""
    assert cli("plan", "cleanup.json", "--out", "plan.json", "--ids", "10001")[0] == 0
    assert cli("apply", "plan.json", "--confirm", 0)[0] == 0
    assert patches(box) == 0


def test_file_is_a_plan_with_its_story(planned):
    """Plan.from_json reads the file; beside the plan it says who, when, of which recipe, and how to make it anew."""
    text = Path("plan.json").read_text()
    plan, story = Plan.from_json(text), json.loads(text)["made"]
    assert (len(plan), plan.fingerprint) == (2, json.loads(text)["fingerprint"])
    assert story["words"] == ["truto-tickets", "plan", "cleanup.json", "--out", "plan.json"]
    assert story["recipe"] == str(Path("cleanup.json").resolve())
    assert story["steps"] == [REFUNDS.words()]
    assert TOKEN not in text


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["--where", "status=Done"], {"status": "Done"}),
        (["--where", "created_at>=2026-01-01"], {"created_at": {"gte": "2026-01-01"}}),
        (["--filter", '{"status": {"in": ["Open", "Done"]}}'], {"status": {"in": ["Open", "Done"]}}),
    ],
)
def test_filters_reach_the_server(box, cli, words, asked):
    """--where and --filter are those of account.load()."""
    cli("plan", "cleanup.json", "--out", "plan.json", *words)
    listed = next(seen for seen in box.requests() if seen.path == "/unified/ticketing/tickets")
    assert {name: listed.query[name] for name in asked} == asked


def test_ids_and_limit(box, cli):
    """--ids loads these tickets only, --limit so many."""
    chosen = json.loads(cli("plan", "cleanup.json", "--out", "p.json", "--ids", "10002,10003", "--json")[1])
    few = json.loads(cli("plan", "cleanup.json", "--out", "p.json", "--limit", 3, "--json")[1])
    assert (chosen["loaded"], chosen["confirm"], few["loaded"], few["confirm"]) == (2, 1, 3, 1)


def test_recipe_is_written_for_others(box, cli):
    """--python and --markdown leave the recipe as code and as protocol."""
    cli("plan", "cleanup.json", "--out", "p.json", "--python", "steps.py", "--markdown", "steps.md")
    recipe = tt.Recipe.load("cleanup.json")
    assert Path("steps.py").read_text() == recipe.to_python()
    assert Path("steps.md").read_text() == recipe.to_markdown()


def test_what_no_longer_fits_is_told(box, cli):
    """Misfits leave the status as it is, with a line; --strict makes them an error, and no plan is written."""
    gone = tt.Step("set", "priority", tt.Filter.ids("10005", "404"), {"value": "High"})
    tt.Recipe((gone,)).save("cleanup.json")
    status, told, complaint = cli("plan", "cleanup.json", "--out", "plan.json", "--json")
    assert (status, json.loads(told)["inapplicable"][0]["ticket"], complaint.count("\n")) == (2, "404", 1)
    status, _, complaint = cli("plan", "cleanup.json", "--out", "strict.json", "--strict")
    assert (status, complaint.count("\n"), Path("strict.json").exists()) == (1, 1, False)


def test_blocking_problems_refuse(box, cli):
    """An account that takes no updates: plan is exit 1 and says so, apply refuses the file, nothing is sent."""
    with Sandbox("zendesk", 5, limit=None, token=TOKEN) as other:
        tt.Recipe((tt.Step("set", "name", tt.Filter.all(), {"value": "x"}),)).save("all.json")
        there = ["--account", other.account_id, "--base-url", other.url]
        status, _, complaint = cli("plan", "all.json", "--out", "plan.json", *there)
        assert (status, complaint.count("\n"), "blocking" in complaint) == (1, 1, True)
        status, _, complaint = cli("apply", "plan.json", "--confirm", 5, *there)
        assert (status, "blocking" in complaint, patches(other)) == (1, True, 0)


def test_apply_sends_by_its_number_alone(planned, cli):
    """No number and a wrong one: exit 3, one line with the number, nothing sent; the right one: 0, and a receipt."""
    for words in ([], ["--confirm", "36"], ["--json"]):
        status, _, complaint = cli("apply", "plan.json", *words)
        assert (status, complaint.count("\n"), "--confirm 2" in complaint, patches(planned)) == (3, 1, True, 0)
    status, told, complaint = cli("apply", "plan.json", "--confirm", 2, "--receipt", "r.html")
    assert (status, complaint, "2 applied" in told) == (0, "", True)
    assert "truto-tickets undo" in told
    assert Path("r.html").read_text().startswith("<!doctype html>")


def test_applying_twice_harms_nothing(planned, cli):
    """A plan that is done already: exit 0, unchanged, no PATCH a second time."""
    cli("apply", "plan.json", "--confirm", 2)
    sent = patches(planned)
    status, told, _ = cli("apply", "plan.json", "--confirm", 2, "--json", "--receipt", "r.json")
    assert (status, json.loads(told)["counts"], patches(planned)) == (0, {"unchanged": 2}, sent)
    assert json.loads(Path("r.json").read_text())["counts"] == {"unchanged": 2}


@pytest.mark.parametrize("age", [30, -3])
def test_plan_of_yesterday_is_refused(planned, cli, age):
    """Older than a day, or of a clock that runs ahead: refused with the command that makes it anew; --max-age widens it."""
    made(at=hours_ago(age))
    status, _, complaint = cli("apply", "plan.json", "--confirm", 2)
    assert (status, complaint.count("\n"), patches(planned)) == (1, 1, 0)
    assert "truto-tickets plan cleanup.json --out plan.json" in complaint
    assert cli("apply", "plan.json", "--confirm", 2, "--max-age", 48)[0] == (0 if age > 0 else 1)


def test_plan_of_a_notebook_is_as_old_as_its_file(planned, cli):
    """plan.to_json() says no time: the file's own counts."""
    text = Plan.from_json(Path("plan.json").read_text()).to_json()
    Path("mine.json").write_text(text)
    os.utime("mine.json", (time.time() - 90_000,) * 2)
    status, _, complaint = cli("apply", "mine.json", "--confirm", 2)
    assert (status, "by the age of its file" in complaint) == (1, True)
    Path("mine.json").write_text(text)
    assert cli("apply", "mine.json", "--confirm", 2)[0] == 0


def test_changed_tickets_are_told_and_nothing_is_sent(planned, cli):
    """A colleague's edit of the same field: refused before the first PATCH, with what she wrote."""
    planned.edit("10002", name="Solved by a colleague")
    status, told, complaint = cli("apply", "plan.json", "--confirm", 2)
    assert (status, complaint.count("\n"), patches(planned)) == (1, 1, 0)
    assert "name is now Solved by a colleague" in told
    assert "--rebase" in complaint
    found = json.loads(cli("apply", "plan.json", "--confirm", 2, "--json")[1])
    assert (found["exit"], found["dropped"][0]["theirs"]) == (1, "Solved by a colleague")


def test_rebase_wants_the_number_of_what_is_left(planned, cli):
    """An old plan whose tickets changed: the new number is told with exit 3, and only that one sends; the edit stays."""
    made(at=hours_ago(100))
    planned.edit("10002", name="Solved by a colleague")
    status, _, complaint = cli("apply", "plan.json", "--rebase", "--confirm", 2)
    assert (status, "--rebase --confirm 1" in complaint, patches(planned)) == (3, True, 0)
    status, told, _ = cli("apply", "plan.json", "--rebase", "--confirm", 1, "--json")
    assert (status, json.loads(told)["counts"]) == (0, {"applied": 1})
    assert [planned.ticket(n)["name"] for n in ("10002", "10004")] == ["Solved by a colleague", "Refund"]


def test_rebase_of_untouched_tickets_needs_no_other_number(planned, cli):
    """The plan of a week ago, on tickets that nobody touched, goes out by its own number."""
    made(at=hours_ago(170))
    assert cli("apply", "plan.json", "--rebase", "--confirm", 2)[0] == 0


def test_rebase_with_nothing_left(planned, cli):
    """All of it done already: 0. A ticket gone, and so nothing left: 1."""
    for ticket in ("10002", "10004"):
        planned.edit(ticket, name="Refund")
    assert cli("apply", "plan.json", "--rebase", "--confirm", 2)[0] == 0
    planned.delete("10002")
    status, told, _ = cli("apply", "plan.json", "--rebase", "--confirm", 2)
    assert (status, "The ticket is gone" in told, patches(planned)) == (1, True, 0)


def test_failures_are_1(planned, cli):
    """A server that says yes and does nothing: exit 1, and the field is told."""
    planned.faults(ignored=1.0)
    status, told, _ = cli("apply", "plan.json", "--confirm", 2, "--json")
    assert (status, {row["outcome"] for row in json.loads(told)["to_look_at"]}) == (1, {"ignored"})


ERRORS = {
    "no token": (["plan", "cleanup.json", "--out", "p.json"], {"TRUTO_API_TOKEN": ""}),
    "another token": (["plan", "cleanup.json", "--out", "p.json"], {"TRUTO_API_TOKEN": "other-secret-token"}),
    "no account": (["plan", "cleanup.json", "--out", "p.json"], {"TRUTO_INTEGRATED_ACCOUNT_ID": ""}),
    "no server": (["plan", "cleanup.json", "--out", "p.json"], {"TRUTO_BASE_URL": "http://127.0.0.1:9"}),
    "no home": (["plan", "cleanup.json", "--out", "p.json"], {"TRUTO_TICKETS_HOME": "~nobody/x"}),
    "no recipe": (["plan", "nope.json", "--out", "p.json"], {}),
    "a plan as recipe": (["plan", "plan.json", "--out", "p.json"], {}),
    "no folder": (["plan", "cleanup.json", "--out", "nope/p.json"], {}),
    "the recipe itself": (["plan", "cleanup.json", "--out", "cleanup.json"], {}),
    "no such field": (["plan", "cleanup.json", "--out", "p.json", "--where", "colour=red"], {}),
    "no test": (["plan", "cleanup.json", "--out", "p.json", "--where", "open"], {}),
    "twice": (["plan", "cleanup.json", "--out", "p.json", "--where", "status=a", "--where", "status=b"], {}),
    "no JSON": (["plan", "cleanup.json", "--out", "p.json", "--filter", "{x"], {}),
    "no object": (["plan", "cleanup.json", "--out", "p.json", "--filter", "[]"], {}),
    "no filter": (["plan", "cleanup.json", "--out", "p.json", "--filter", '{"limit": 3}'], {}),
    "no limit": (["plan", "cleanup.json", "--out", "p.json", "--limit", "0"], {}),
    "no plan": (["apply", "nope.json", "--confirm", "2"], {}),
    "a recipe as plan": (["apply", "cleanup.json", "--confirm", "2"], {}),
    "no receipt": (["apply", "plan.json", "--confirm", "2", "--receipt", "r.pdf"], {}),
    "the plan itself": (["apply", "plan.json", "--confirm", "2", "--receipt", "plan.json"], {}),
    "another account": (["apply", "plan.json", "--confirm", "2"], {"TRUTO_INTEGRATED_ACCOUNT_ID": "other"}),
    "too many": (["apply", "plan.json", "--confirm", "2", "--cap", "1"], {}),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_error_is_one_line_that_says_what_to_do(planned, cli, monkeypatch, name):
    """Exit 1, one line on stderr, no traceback, no token, nothing sent; with --json an object on stdout."""
    words, environment = ERRORS[name]
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    status, told, complaint = cli(*words)
    assert (status, told, complaint.count("\n"), patches(planned)) == (1, "", 1, 0)
    assert complaint.startswith("truto-tickets: ")
    assert not [
        word for word in (TOKEN, "other-secret-token", "Traceback", "account.", "snapshot.") if word in complaint
    ]
    status, told, _ = cli(*words, "--json")
    assert complaint == f"truto-tickets: {json.loads(told)['error']}\n"


@pytest.mark.parametrize(
    "words", [[], ["plan"], ["plan", "x", "--bogus"], ["apply"], ["apply", "x", "--confirm", "many"]]
)
def test_command_line_without_sense_is_no_plan_with_changes(cli, words):
    """argparse's own exit 2 would read as 'there are changes': it is 1, in one line."""
    status, told, complaint = cli(*words)
    assert (status, told, complaint.count("\n"), "--help" in complaint) == (1, "", 1, True)


@pytest.mark.parametrize(
    "harm",
    [
        lambda whole: whole["plan"]["patches"][0]["changes"][0].update(new="edited by hand"),
        lambda whole: whole.update(plan="x"),
        lambda whole: whole.update(truto_tickets_plan=99),
        lambda whole: whole.update(made={"at": "yesterday"}),
        lambda whole: whole["made"].update(at="2999-01-01T00:00:00+00:00"),
        lambda whole: whole.update(made=3),
    ],
)
def test_harmed_plan_is_refused(planned, cli, harm):
    """A plan edited by hand, damaged, or of a later version: one line, nothing sent."""
    whole = json.loads(Path("plan.json").read_text())
    harm(whole)
    Path("plan.json").write_text(json.dumps(whole))
    status, _, complaint = cli("apply", "plan.json", "--confirm", 2)
    assert (status, complaint.count("\n"), "anew" in complaint, patches(planned)) == (1, 1, True, 0)


def test_fault_of_ours_is_one_line_too(box, cli, monkeypatch):
    """Even what nobody thought of is one line, with the place, and no traceback."""
    monkeypatch.setattr(tt.Recipe, "apply_to", lambda *_: {}["nowhere"])
    status, told, complaint = cli("plan", "cleanup.json", "--out", "plan.json")
    assert (status, told, complaint.count("\n")) == (1, "", 1)
    assert "fault of the toolkit (KeyError" in complaint


def test_works_where_there_is_no_home(box, tmp_path):
    """cron's bare environment: no HOME, no TERM, no LANG; the folder comes from TRUTO_TICKETS_HOME."""
    bare = {**dict.fromkeys(os.environ), **{name: os.environ[name] for name in os.environ if name.startswith("TRUTO_")}}
    assert terminal("plan", "cleanup.json", "--out", "plan.json", **bare).returncode == 2
    done = terminal(
        "apply", "plan.json", "--confirm", 2, "--json", **{**bare, "TRUTO_TICKETS_HOME": str(tmp_path / "b")}
    )
    assert (done.returncode, json.loads(done.stdout)["counts"], done.stderr) == (0, {"applied": 2}, "")


@posix
def test_interrupted_run_is_130_and_can_be_resumed(planned):
    """Ctrl-C in the middle: 130, one line with the command that goes on, a receipt of what was done; and it does go on."""
    planned.faults(slow={"rate": 1.0, "wait": 0.5, "on": "PATCH"})
    words = [*SLOW, "apply", "plan.json", "--confirm", "2", "--json", "--receipt", "r.json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        while not patches(planned):
            time.sleep(0.01)
            assert child.poll() is None
        child.send_signal(signal.SIGINT)
        told, complaint = child.communicate(timeout=60)
    run = json.loads(told)["run"]
    assert (child.returncode, complaint.count("\n"), f"truto-tickets resume {run}" in complaint) == (130, 1, True)
    assert json.loads(Path("r.json").read_text())["state"] == "interrupted"
    planned.faults()
    with Journal(home()) as journal:
        left = len(journal.run(run).open)
    assert terminal("resume", run, "--confirm", left).returncode == 0
    assert [planned.ticket(n)["name"] for n in ("10002", "10004")] == ["Refund", "Refund"]


@posix
def test_interrupted_load_is_130(box):
    """Ctrl-C while tickets are loaded: 130, one line, no plan."""
    box.faults(slow={"rate": 1.0, "wait": 3, "on": "LIST"})
    with subprocess.Popen(
        [*SLOW, "plan", "cleanup.json", "--out", "plan.json"], stderr=subprocess.PIPE, text=True
    ) as child:
        while not any(seen.kind == "slow" for seen in box.struck()):
            time.sleep(0.01)
            assert child.poll() is None
        child.send_signal(signal.SIGINT)
        complaint = child.communicate(timeout=60)[1]
    assert (child.returncode, complaint.count("\n"), Path("plan.json").exists()) == (130, 1, False)


def test_number_is_asked_for_in_a_terminal(planned, cli, monkeypatch):
    """A person without --confirm is shown the plan and asked; anything but the number sends nothing."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    assert cli("apply", "plan.json")[0] == 3
    assert patches(planned) == 0
    monkeypatch.setattr("builtins.input", lambda asked: asked.split()[1])
    status, told, _ = cli("apply", "plan.json")
    assert (status, "name: each its own, 2 tickets" in told) == (0, True)


SIGNS = "✓ done → 日本 🔥 é"


@pytest.fixture
def foreign(box, cli):
    """Give a practice account with a plan whose titles no old code page can write."""
    for ticket in ("10002", "10004"):
        box.edit(ticket, name=SIGNS)
    assert cli("plan", "cleanup.json", "--out", "plan.json")[0] == 2
    return box


@pytest.fixture
def code_page(monkeypatch):
    """Run the command in this process with streams of a code page: its exit status, its stdout, its stderr."""

    def run(encoding, errors, *words):
        streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors=errors) for _ in range(2)]
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", streams[0])
            patch.setattr(sys, "stderr", streams[1])
            status = main([str(word) for word in words])
        return status, *(stream.buffer.getvalue().decode(encoding) for stream in streams)

    return run


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii", "cp932", "utf-8"])
def test_every_command_writes_in_every_code_page(foreign, code_page, encoding, errors):
    """A character that the terminal lacks is written as its number; each command ends as it would elsewhere."""

    def job(*words):
        return code_page(encoding, errors, *words)

    shown = SIGNS.encode(encoding, "backslashreplace").decode(encoding)
    assert job("plan", "cleanup.json", "--out", "plan.json")[::2] == (2, "")
    status, told, complaint = job("apply", "plan.json", "--confirm", "2")
    assert (status, "2 applied" in told, complaint) == (0, True, "")
    run = json.loads(job("runs", "--json")[1])[0]["id"]
    status, told, _ = job("show", run)
    assert (status, shown[:12] in told) == (0, True)
    status, told, _ = job("show", run, "--json")
    assert {row["base"] for row in json.loads(told)["fields"]} == {SIGNS}
    assert job("undo", run, "--confirm", "2")[0] == 0
    assert foreign.ticket("10002")["name"] == SIGNS


def test_process_writes_in_the_code_page_of_its_terminal(foreign):
    """PYTHONIOENCODING, as a Windows console or a bare cron has it: report, error and file name; files stay UTF-8."""
    for encoding in ("ascii", "ascii:strict"):
        words = ("apply", "plan.json", "--confirm", "2", "--receipt", "✓ 日本.html")
        done = terminal(*words, PYTHONIOENCODING=encoding)
        assert (done.returncode, done.stderr) == (0, "")
    assert SIGNS[:6] in Path("✓ 日本.html").read_text(encoding="utf-8")
    done = terminal("apply", "✓ 日本.json", "--confirm", "2", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr.count("\n"), "Traceback" in done.stderr) == (1, 1, False)


CLOSED = [
    ("stdout", ["--help"], 0),
    ("stdout", ["plan", "cleanup.json", "--out", "p.json"], 2),
    ("stdout", ["apply", "plan.json"], 3),
    ("both", ["apply", "plan.json", "--confirm", "2", "--receipt", "r.json"], 0),
    ("stderr", ["apply", "nope.json"], 1),
]


@posix
@pytest.mark.parametrize(("closed", "words", "status"), CLOSED, ids=[" ".join(case[1][:2]) for case in CLOSED])
def test_closed_pipe_is_no_error(planned, words, status, closed):
    """A reader that goes away (| head) stops nothing: no traceback, the same status, the same files, the same changes."""
    reading, writing = os.pipe()
    os.close(reading)
    streams = {name: writing if closed in (name, "both") else subprocess.PIPE for name in ("stdout", "stderr")}
    try:
        done = subprocess.run([COMMAND, *words], stdin=subprocess.DEVNULL, check=False, **streams)
    finally:
        os.close(writing)
    told = done.stderr or b""
    assert (done.returncode, b"Traceback" in told, b"Exception" in told) == (status, False, False)
    if "--receipt" in words:
        assert json.loads(Path("r.json").read_text())["counts"] == {"applied": 2}


@posix
@pytest.mark.parametrize("closing", ["<&-", "<&- >&- 2>&-"])
def test_missing_streams_are_no_error(planned, closing):
    """A daemon without stdin, stdout or stderr does its work, and asks nobody."""
    for words, status in (("apply plan.json", 3), ("apply plan.json --confirm 2", 0)):
        done = subprocess.run(["sh", "-c", f"{COMMAND} {words} {closing}"], capture_output=True, check=False, text=True)
        assert (done.returncode, "Traceback" in done.stderr) == (status, False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_output_that_cannot_be_written_is_told(planned):
    """A full disk behind stdout: the work is done, one line says that its report is lost, and the status is not 0."""
    with Path("/dev/full").open("w") as full:
        words = [COMMAND, "apply", "plan.json", "--confirm", "2"]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr.count(b"\n"), b"can't be written" in done.stderr) == (1, 1, True)
    assert planned.ticket("10002")["name"] == "Refund"


def test_version_is_told(cli):
    """--version tells the version of the package."""
    assert cli("--version")[:2] == (0, f"truto-tickets {tt.__version__}\n")


def test_help_explains_every_exit_status(cli):
    """The statuses stand in --help, and those of all commands are these."""
    told = cli("--help")[1]
    assert [line.split()[0] for line in told.partition("exit status")[2].splitlines()[1:6]] == [
        "0",
        "1",
        "2",
        "3",
        "130",
    ]


@pytest.mark.parametrize(
    "words", [["runs"], ["runs", "--json"], ["show", "x"], ["resume", "x"], ["undo", "x", "--json"]]
)
def test_looking_makes_no_folder(box, cli, words, tmp_path):
    """A folder that is not there is told, and not made."""
    status, told, complaint = cli(*words, "--home", tmp_path / "typo")
    assert (status, (tmp_path / "typo").exists()) == (words[0] != "runs", False)
    assert words == ["runs", "--json"] or str(tmp_path / "typo") in " ".join((told + complaint).split())
    if words == ["runs", "--json"]:
        assert json.loads(told) == []


def test_runs_are_told_to_machines(planned, cli):
    """runs --json: one object a run, the newest first, with the counts of its outcomes."""
    cli("apply", "plan.json", "--confirm", 2)
    cli("apply", "plan.json", "--confirm", 2)
    newest, oldest = json.loads(cli("runs", "--json")[1])
    assert (newest["counts"], oldest["counts"]) == ({"unchanged": 2}, {"applied": 2})
    names = {"id", "account", "state", "started", "ended", "tickets", "open", "who", "counts", "host", "problem"}
    assert names == set(oldest)
    assert (oldest["state"], oldest["account"], oldest["open"]) == ("finished", planned.account_id, 0)
    assert json.loads(cli("runs", "--json", "--account", "other")[1]) == []


@pytest.mark.parametrize("word", ["undo", "resume"])
@pytest.mark.parametrize("number", [[], ["--confirm", "7"]])
def test_number_missing_or_wrong_is_3_in_every_command(planned, cli, word, number):
    """undo and resume end with 3 where apply does: one line with the very command, an object for machines, nothing sent."""
    cli("apply", "plan.json", "--confirm", 2)
    run = json.loads(cli("runs", "--json")[1])[0]["id"]
    if word == "resume":
        with Journal(home()) as journal:
            journal._db.execute("update patches set outcome=null, intended=null")
            journal._db.execute("update runs set state='interrupted'")
            _seal(journal._db)
    sent = patches(planned)
    status, _, complaint = cli(word, run, *number)
    assert (status, complaint.count("\n"), patches(planned)) == (3, 1, sent)
    assert f"truto-tickets {word} {run} --confirm 2" in complaint
    found = json.loads(cli(word, run, *number, "--json")[1])
    assert (found["exit"], found["confirm"], found["error"]) == (
        3,
        2,
        complaint.removeprefix("truto-tickets: ").rstrip(),
    )
    status, told, _ = cli(word, run, "--confirm", 2, "--json")
    assert (status, json.loads(told)["exit"], sum(json.loads(told)["counts"].values())) == (0, 0, 2)


def test_end_of_the_input_is_no_number(planned, cli, monkeypatch):
    """Ctrl-D where the number is asked for: exit 3, nothing sent."""

    def ended(_):
        raise EOFError

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", ended)
    assert (cli("apply", "plan.json")[0], patches(planned)) == (3, 0)


def test_interrupt_at_the_question_is_130(planned, cli, monkeypatch):
    """Ctrl-C where the number is asked for: one sentence, exit 130, nothing sent."""

    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", interrupted)
    status, _, complaint = cli("apply", "plan.json")
    assert (status, complaint.count("Interrupted."), patches(planned)) == (130, 1, 0)


@pytest.mark.parametrize("word", ["plan", "apply", "resume", "undo"])
def test_commands_that_reach_an_account_take_the_same_options(cli, word):
    """--account, --base-url, --home and --json are in each of them."""
    told = cli(word, "--help")[1]
    assert [flag for flag in ("--account", "--base-url", "--home", "--json") if flag not in told] == []


def test_undo_and_resume_reach_the_server_that_is_named(planned, cli, monkeypatch):
    """--base-url and --account are used, and another account than the run's is refused before anything is sent."""
    cli("apply", "plan.json", "--confirm", 2)
    run = json.loads(cli("runs", "--json")[1])[0]["id"]
    monkeypatch.setenv("TRUTO_BASE_URL", "http://127.0.0.1:9")
    sent = patches(planned)
    status, _, complaint = cli("undo", run, "--confirm", 2, "--account", "other")
    assert (status, planned.account_id in complaint, patches(planned)) == (1, True, sent)
    monkeypatch.delenv("TRUTO_INTEGRATED_ACCOUNT_ID")
    assert cli("undo", run, "--confirm", 2, "--base-url", planned.url, "--account", planned.account_id)[0] == 0


def test_show_leaves_a_receipt_where_it_can(planned, cli):
    """A receipt of another ending, or in a folder that is not there, is refused in one line."""
    cli("apply", "plan.json", "--confirm", 2)
    run = json.loads(cli("runs", "--json")[1])[0]["id"]
    for place in ("r.pdf", "nope/r.html"):
        status, _, complaint = cli("show", run, "--out", place)
        assert (status, complaint.count("\n")) == (1, 1)
    assert cli("show", run, "--out", "r.json")[0] == 0
    assert json.loads(Path("r.json").read_text())["run"] == run


@pytest.mark.filterwarnings("default")
def test_warning_of_ours_is_one_line(planned, cli, tmp_path):
    """A journal that is set aside is told in one line of stderr, not as a warning of Python with a line of code."""
    (tmp_path / "home" / "journal.sqlite").write_bytes(b"not a database at all, but long enough to look at")
    status, _, complaint = cli("runs")
    assert (status, complaint.count("\n"), complaint.startswith("truto-tickets: The journal was damaged")) == (
        0,
        1,
        True,
    )
