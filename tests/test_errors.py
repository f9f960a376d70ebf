"""Errors: whatever is given wrongly is told in our own words, with the argument, what was given, and what to do."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.errors import (
    AccountClosed,
    ArgumentError,
    FrameError,
    PlanError,
    RecipeError,
    RunNotFound,
    SandboxError,
    SetupError,
    SnapshotError,
    TicketsError,
)

TICKETS = [{"id": str(n), "name": f"Ticket {n}"} for n in range(1, 4)]


@pytest.fixture
def practice():
    with tt.sandbox("gorgias", tickets=TICKETS, limit=None) as account:
        yield account


@pytest.fixture
def loaded(practice):
    return practice.load(progress=False)


@pytest.fixture
def plan(loaded):
    return loaded.plan(loaded.frame().assign(name="x"))


@pytest.fixture
def closed():
    """Give an account that was closed, with a plan and a run of it."""
    with tt.sandbox("gorgias", tickets=TICKETS, limit=None) as account:
        snapshot = account.load(progress=False)
        plan = snapshot.plan(snapshot.frame().assign(name="x"))
        run = account.apply(plan, confirm=3, progress=False)
    return account, plan, run


def test_every_error_is_drawn_in_the_tree():
    """The docstring of tt.errors draws each error, with the builtin that it is too; all are TicketsError."""
    errors = {
        name: item
        for name, item in vars(tt.errors).items()
        if inspect.isclass(item) and issubclass(item, BaseException) and not issubclass(item, Warning)
    }
    assert all(issubclass(item, TicketsError) for item in errors.values())
    lines = {word: line for line in tt.errors.__doc__.splitlines() for word in line.split() if word in errors}
    assert set(lines) == set(errors)
    for name, item in errors.items():
        drawn = lines[name].partition("(")[2].partition(")")[0]
        if "--" in lines[name] and drawn:
            assert drawn in {base.__name__ for base in item.__mro__}, name


@pytest.mark.parametrize(
    "make",
    [
        lambda snapshot, plan, run: snapshot.frame(),
        lambda snapshot, plan, run: snapshot,
        lambda snapshot, plan, run: snapshot.draft(),
        lambda snapshot, plan, run: tt.Recipe(()),
        lambda snapshot, plan, run: run,
        lambda snapshot, plan, run: run.conflicts,
        lambda snapshot, plan, run: plan.split(1),
        lambda snapshot, plan, run: plan.to_json(),
        lambda snapshot, plan, run: None,
        lambda snapshot, plan, run: 36,
    ],
)
def test_what_is_no_plan_is_told_with_the_way_to_one(practice, loaded, plan, make):
    """apply and dry_run take a plan; anything else is a TypeError of ours that says how a plan is made of it."""
    run = practice.apply(plan, confirm=3, progress=False)
    count = len(practice.sandbox.requests())
    for action in (practice.apply, practice.dry_run):
        with pytest.raises(ArgumentError, match=r"takes a plan, not .*(plan|rehearsal)") as caught:
            action(make(loaded, plan, run))
        assert isinstance(caught.value, TypeError)
        assert isinstance(caught.value, ValueError)
    assert len(practice.sandbox.requests()) == count


@pytest.mark.parametrize("clear", [True, 5, 1.5, {"name": ["1"]}, [5], [["name"]], b"name", object()])
def test_clear_takes_names(loaded, clear):
    """clear= and carry= name columns; a truth value, a number or a dict of tickets is refused, whatever makes the plan."""
    for make in (loaded.plan, lambda *_, **options: loaded.draft().plan(**options)):
        for argument in ("clear", "carry"):
            with pytest.raises(ArgumentError, match=f"{argument}= takes names"):
                make(loaded.frame(), **{argument: clear})
    with pytest.raises(ArgumentError, match="clear= takes names"):
        loaded.plan(tt.Recipe(()), clear=clear)


def test_clear_may_be_one_name_or_nothing(loaded):
    """One column may be given bare, and None names none."""
    df = loaded.frame().assign(name="")
    assert len(loaded.plan(df, clear="name")) == 3
    assert loaded.plan(df, clear=None).blocking


@pytest.mark.parametrize("query", [5, ["x"], "x=1", True])
def test_query_takes_a_dict(loaded, query):
    """query= is a dict of parameters."""
    with pytest.raises(ArgumentError, match="query="):
        loaded.plan(loaded.frame(), query=query)


@pytest.mark.parametrize("edited", [None, "edited.csv", 5, {}, [1], tt])
def test_plan_of_no_frame_is_told(loaded, edited):
    """snapshot.plan takes a frame or a recipe."""
    with pytest.raises(FrameError, match="DataFrame"):
        loaded.plan(edited)


@pytest.mark.parametrize(
    "arguments",
    [
        {"ids": True},
        {"ids": 1.5},
        {"ids": [None]},
        {"ids": [10001.0]},
        {"ids": {"1": 2}},
        {"ids": [float("nan")]},
        {"ids": [["1"]]},
        {"fields": 5},
        {"fields": [5]},
        {"fields": {"name": 1}},
        {"limit": "x"},
        {"limit": 1.5},
        {"limit": True},
    ],
    ids=str,
)
def test_load_names_the_argument(practice, arguments):
    """ids=, fields= and limit= of load are told before anything is sent."""
    count = len(practice.sandbox.requests())
    with pytest.raises(ArgumentError, match=next(iter(arguments))):
        practice.load(progress=False, **arguments)
    assert len(practice.sandbox.requests()) == count


def test_load_takes_ids_and_limits_of_pandas_and_numpy(practice, loaded):
    """Ids come from an index, a column or an array, as text or whole numbers; None means all."""
    import numpy as np

    df = loaded.frame()
    for ids in (df.index[:2], df.index[:2].to_series(), np.array([1, 2]), {"1", "2"}, (n for n in "12")):
        assert len(practice.load(ids=ids, progress=False)) == 2
    assert len(practice.load(ids=np.int64(1), progress=False)) == 1
    assert len(practice.load(ids=None, fields=None, limit=np.int64(2), progress=False)) == 2


@pytest.mark.parametrize("given", [None, 5, object(), "snapshot.jsonl"])
def test_recipe_is_applied_to_a_snapshot(practice, given):
    """recipe.apply_to takes a snapshot: neither a frame nor an account."""
    for value in (given, practice, practice.load(progress=False).frame()):
        with pytest.raises(ArgumentError, match="takes a snapshot"):
            tt.Recipe(()).apply_to(value)


@pytest.mark.parametrize("steps", [5, ("x",), [1], None])
def test_recipe_takes_steps(steps):
    """A recipe holds a tuple of steps."""
    with pytest.raises(ArgumentError, match="tuple of steps"):
        tt.Recipe(steps)


@pytest.mark.parametrize(
    "action",
    [
        lambda account, plan, run: account.apply(plan, confirm=3),
        lambda account, plan, run: account.dry_run(plan),
        lambda account, plan, run: account.load(),
        lambda account, plan, run: account.load(ids=["1"]),
        lambda account, plan, run: account.resume(),
        lambda account, plan, run: account.resume(run.id),
        lambda account, plan, run: account.runs(),
        lambda account, plan, run: account.run(run.id),
        lambda account, plan, run: account.journal,
        lambda account, plan, run: account.profile,
        lambda account, plan, run: account.__enter__(),
    ],
)
def test_closed_account_says_so(closed, action):
    """Whatever is asked of a closed account is a RuntimeError of ours that says how to open it again."""
    with pytest.raises(AccountClosed, match=r"was closed.*tt\.(sandbox|connect)") as caught:
        action(*closed)
    assert isinstance(caught.value, RuntimeError)
    closed[0].close()  # a second time does nothing


def test_connection_closed_in_the_middle_is_told(practice):
    """A snapshot that asks a closed connection for what it does not know yet is told too."""
    client = practice._client
    practice.close()
    with pytest.raises(AccountClosed, match="connection"):
        client.get("1")


@pytest.mark.parametrize("run_id", ["x", "", "20261126-000000", "'; drop table runs; --"])
def test_run_that_is_not_there(practice, plan, run_id):
    """resume and run name the newest runs; before the first run they say that there is none, and make no journal."""
    for action in (practice.run, practice.resume):
        with pytest.raises(RunNotFound) as caught:
            action(run_id)
        assert isinstance(caught.value, LookupError)
    assert practice._journal is None
    run = practice.apply(plan, confirm=3, progress=False)
    for action in (practice.run, practice.resume):
        with pytest.raises(RunNotFound, match=run.id):
            action(run_id)


@pytest.mark.parametrize("run_id", [5, ["x"], True])
def test_run_id_is_text(practice, plan, run_id):
    """A run is named by its id: neither a number nor the run itself."""
    run = practice.apply(plan, confirm=3, progress=False)
    for given in (run_id, run):
        with pytest.raises(ArgumentError, match="id of a run"):
            practice.resume(given)


def test_resume_of_a_finished_run_changes_nothing(practice, plan):
    """There is nothing to go on with: the run is given back as it ended, with its notes and times."""
    run = practice.apply(plan, confirm=3, progress=False)
    assert practice.resume(run.id) == run == practice.run(run.id)
    with pytest.raises(PlanError, match="nothing to resume"):
        practice.resume()


def test_run_of_another_account_is_not_resumed(tmp_path):
    """A journal holds the runs of several accounts: one account never sends the plan of another."""
    from truto_tickets_nb.process import release

    with (
        tt.sandbox("gorgias", tickets=TICKETS, limit=None, home=tmp_path) as mine,
        tt.sandbox("gorgias", tickets=TICKETS, limit=None, home=tmp_path, seed=7) as other,
    ):
        snapshot = mine.load(progress=False)
        plan = snapshot.plan(snapshot.frame().assign(name="x"))
        run_id = mine.journal.begin(plan, plan.request_spec)
        release(run_id)
        with pytest.raises(PlanError, match=mine.id):
            other.resume(run_id)
        assert not [seen for seen in other.sandbox.requests() if seen.method == "PATCH"]
        assert mine.resume(run_id).counts == {"applied": 3}


def test_looking_makes_no_journal(tmp_path):
    """runs, run and resume of a fresh folder neither make it nor anything in it."""
    home = tmp_path / "fresh"
    with tt.sandbox("gorgias", tickets=TICKETS, limit=None, home=home) as account:
        assert len(account.runs()) == 0
        with pytest.raises(RunNotFound):
            account.run("x")
        with pytest.raises(PlanError):
            account.resume()
    assert not home.exists()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((5, "acc", "https://x.example"), "token"),
        ((b"secret", "acc", "https://x.example"), "token"),
        (("secret", 5, "https://x.example"), "account_id"),
        (("secret", "acc", 5), "base_url"),
        (("secret", "acc", "http://[::1"), "no address"),
        (("secret", "acc", "http://127.0.0.1:999999"), "no address"),
        (("secret", "acc", "http://localhost:x"), "no address"),
    ],
)
def test_connect_names_the_argument(arguments, named):
    """A wrong argument of connect is a SetupError that names it, and does not show the token."""
    with pytest.raises(SetupError, match=named) as caught:
        tt.connect(*arguments)
    assert "secret" not in str(caught.value)


def test_home_is_a_path():
    """home= is a path."""
    with pytest.raises(ArgumentError, match="home="):
        tt.connect("secret", "acc", "https://x.example", home=5)


@pytest.mark.parametrize(
    ("arguments", "switches", "error", "named"),
    [
        (("nonsense",), {}, SetupError, "can't play 'nonsense'"),
        ((None,), {}, ArgumentError, "integration"),
        (("jira", -1), {}, SetupError, "tickets=-1"),
        (("jira", 1.5), {}, ArgumentError, "tickets="),
        (("jira", None), {}, ArgumentError, "tickets="),
        (("jira", True), {}, ArgumentError, "tickets="),
        (("jira", "nope.csv"), {}, SetupError, "nope.csv"),
        (("jira", 1), {"nope": 1}, ArgumentError, "no switch nope"),
        (("jira", 1), {"limit": 5}, ArgumentError, "limit="),
        (("jira", 1), {"limit": ("a", "b")}, ArgumentError, "limit="),
        (("jira", 1), {"port": "x"}, ArgumentError, "port="),
    ],
)
def test_sandbox_names_the_argument(arguments, switches, error, named):
    """A practice account that can't be made is an error of ours that names the argument."""
    with pytest.raises(error, match=named):
        tt.sandbox(*arguments, **switches)


def test_port_that_is_taken(practice):
    """A second server on one port is told."""
    port = int(practice.sandbox.url.rpartition(":")[2])
    with pytest.raises(SandboxError, match=f"{port} is taken"):
        tt.sandbox("jira", tickets=1, port=port)


@pytest.mark.parametrize(
    "brakes", [{"workers": 0}, {"canary": -1}, {"cap": "x"}, {"stop_after": 0}, {"workers": True}, {"reread": "yes"}]
)
def test_safety_limits_are_checked_when_they_are_made(brakes):
    """A safety limit that can't work is refused before a run begins with it."""
    with pytest.raises(ArgumentError, match=next(iter(brakes))):
        tt.SafetyLimits(**brakes)


def test_brakes_are_brakes(practice, plan):
    """apply and resume take SafetyLimits; no run is begun with anything else."""
    for brakes in (5, {"cap": 1}, 0):
        with pytest.raises(ArgumentError, match="SafetyLimits"):
            practice.apply(plan, confirm=3, brakes=brakes)
    assert len(practice.runs()) == 0


@pytest.mark.parametrize("given", [None, 5, "", ["x"]])
def test_paths_are_paths(loaded, given):
    """Whatever reads or writes a file says what a path is."""
    actions = (
        loaded.save,
        loaded.to_csv,
        loaded.to_excel,
        loaded.read_csv,
        loaded.read_excel,
        loaded.draft().save,
        tt.Recipe.load,
        tt.open_snapshot,
    )
    for action in actions:
        with pytest.raises(ArgumentError, match="path of a file"):
            action(given)


@pytest.mark.parametrize(
    ("action", "error"),
    [
        (tt.open_snapshot, SnapshotError),
        (tt.Recipe.load, RecipeError),
        (lambda place: tt.Plan.from_json(str(place)), PlanError),
    ],
)
def test_file_that_is_not_there(tmp_path, action, error):
    """A missing file is an error of its own kind."""
    with pytest.raises(error):
        action(tmp_path / "missing")


@pytest.mark.parametrize("names", [(5,), (None,), (["name"],), ({"name"},)])
def test_plan_is_narrowed_by_names(plan, names):
    """only and drop take columns and ticket ids one by one; nothing is silently ignored."""
    for action in (plan.only, plan.drop):
        with pytest.raises(ArgumentError, match="column or a ticket id"):
            action(*names)


@pytest.mark.parametrize("size", ["x", 1.5, None, True])
def test_plan_is_split_by_a_number(plan, size):
    """split takes a whole number."""
    with pytest.raises(ArgumentError, match="whole number"):
        plan.split(size)


def test_words_of_a_run_are_checked(practice, plan):
    """A misspelt kind of outcome and an unknown form of receipt are told, not taken for "none"."""
    run = practice.apply(plan, confirm=3, progress=False)
    with pytest.raises(SetupError, match=r"'aplied'.*applied"):
        run.select("aplied")
    with pytest.raises(SetupError, match="pdf"):
        run.receipt("pdf")


def test_undo_twice_is_no_fault(practice, plan):
    """Undoing a second time finds every ticket as it was."""
    run = practice.apply(plan, confirm=3, progress=False)
    assert practice.apply(run.undo(), confirm=3, progress=False).counts == {"applied": 3}
    assert practice.apply(run.undo(), confirm=3, progress=False).counts == {"unchanged": 3}


def test_errors_are_reached_without_anything_else():
    """`import truto_tickets_nb.errors` alone gives the errors that `tt.errors` has."""
    code = "import truto_tickets_nb.errors as e, truto_tickets_nb as tt; assert tt.errors is e and e.TicketsError"
    subprocess.run([sys.executable, "-c", code], check=True)
