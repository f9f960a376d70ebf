"""The commands `runs`, `show`, `resume` and `undo`: what a notebook does with its runs, in a terminal."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb.cli import plan_file
from truto_tickets_nb.cli.arguments import folder, reached
from truto_tickets_nb.cli.confirmation import add_confirm, confirmed, confirmed_plan, of_this_account, unconfirmed
from truto_tickets_nb.cli.exit_status import DONE
from truto_tickets_nb.cli.output import complain, say, say_json
from truto_tickets_nb.cli.plan import add_home, add_json, add_quiet, add_reach, plan_facts
from truto_tickets_nb.cli.prune import add_prune, check_without_prune, pruned
from truto_tickets_nb.cli.reports import plan_text, run_facts, run_status, run_text, told
from truto_tickets_nb.errors import RunNotFound, SetupError
from truto_tickets_nb.plans import preview
from truto_tickets_nb.runs.journal import existing
from truto_tickets_nb.runs.run_list import ROWS, Runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.runs.run import Run


def listed(options: argparse.Namespace) -> int:
    """List runs, the newest first, or remove old ones; needs no token, and makes no journal where there is none."""
    if options.prune:
        return pruned(options)
    check_without_prune(options)
    journal = existing(folder(options))
    if journal is None:
        runs, note = Runs(), f"\nThere is no journal in {folder(options)}."
    else:
        with journal:
            runs, note = journal.runs(options.account), ""
    if options.json:
        say_json([_summary(asdict(run)) for run in runs[: options.limit]])
    else:
        shown = runs[:] if options.all else runs[: options.limit] if options.limit else runs
        say(f"{shown!r}{note}")
    return DONE


def _summary(facts: dict[str, Any]) -> dict[str, Any]:
    """Name the fields of a run as the other commands do."""
    return {"id": facts.pop("id"), "account": facts.pop("account_id"), **facts}


def shown(options: argparse.Namespace) -> int:
    """Show one run in full; needs no token."""
    if options.out and options.out.suffix not in (".html", ".json"):
        raise SetupError(f"--out {options.out}: give a name that ends in .html or .json.")
    if options.out:
        plan_file.place(None, options.out)
    run = _run(options)
    told(options, run_text(run), {"exit": DONE, **orjson.loads(run.receipt("json"))})
    if options.out:
        plan_file.put(options.out, run.receipt("json" if options.out.suffix == ".json" else "html"))
        complain(f"\nThe receipt: {options.out.resolve()}")
    return DONE


def _run(options: argparse.Namespace) -> Run:
    journal = existing(folder(options))
    if journal is None:
        raise RunNotFound(
            f"There is no run {options.id}: there is no journal in {folder(options)}. Give its folder: --home FOLDER."
        )
    with journal:
        return journal.run(options.id)


def resumed(options: argparse.Namespace) -> int:
    """Go on with what is open of a run."""
    run = _run(options)
    count = len(run.open)
    if not count:
        told(options, f"{run_text(run)}\n\nNothing of it is open.", {"exit": DONE, **run_facts(run)})
        return DONE
    of_this_account(options, run.plan.account_id, f"Run {run.id}")
    if not confirmed(options, count, run_text(run), "go on with the tickets that are open"):
        return unconfirmed(options, count, f"resume {run.id}", run_text(run), {**run_facts(run), "confirm": count})
    with reached(options, run.plan.account_id) as account:
        return _ended(options, account.resume(run.id, take_over=options.take_over), {})


def undone(options: argparse.Namespace) -> int:
    """Apply the opposite plan of a run, after a look at it."""
    run = _run(options)
    plan = run.undo()
    count = len(plan)
    facts = {**plan_facts(plan), "undoes": run.id}
    if not count:
        told(options, f"Run {run.id} changed nothing that could be undone.", {"exit": DONE, **facts})
        return DONE
    of_this_account(options, plan.account_id, f"Run {run.id}")
    if not confirmed_plan(options, plan):
        text = plan_text(plan) if options.confirm is None else preview.headline(plan)
        return unconfirmed(options, count, f"undo {run.id}", text, facts)
    with reached(options, plan.account_id) as account:
        return _ended(options, account.apply(plan, confirm=options.confirm, quiet=options.quiet), facts)


def _ended(options: argparse.Namespace, run: Run, facts: dict[str, Any]) -> int:
    status = run_status(run)
    told(options, run_text(run), {"exit": status, **facts, **run_facts(run)})
    return status


def add_runs(job: argparse.ArgumentParser) -> None:
    """Add the options of runs."""
    job.add_argument("--account", metavar="ID", help="only this integrated account")
    most = job.add_mutually_exclusive_group()
    most.add_argument("--limit", type=_count, metavar="N", help=f"show the newest N (default: {ROWS}; with --json all)")
    most.add_argument("--all", action="store_true", help="show all of them")
    add_prune(job, _count)
    job.set_defaults(run=listed)
    add_home(job)
    add_json(job)


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def add_show(job: argparse.ArgumentParser) -> None:
    """Add the options of show."""
    job.add_argument("id", metavar="RUN", help="the run's id, as `runs` lists it")
    job.add_argument("--out", type=Path, metavar="FILE", help="leave a receipt here: .html or .json")
    job.set_defaults(run=shown)
    add_home(job)
    add_json(job)


def add_resume(job: argparse.ArgumentParser) -> None:
    """Add the options of resume."""
    _add_sending(job, resumed)
    words = "the run was begun on another machine, and its process there is gone: go on with it here"
    job.add_argument("--take-over", action="store_true", help=words)


def add_undo(job: argparse.ArgumentParser) -> None:
    """Add the options of undo."""
    _add_sending(job, undone)
    add_quiet(job)


def _add_sending(job: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int]) -> None:
    job.add_argument("id", metavar="RUN", help="the run's id, as `runs` lists it")
    add_confirm(job)
    add_reach(job)
    job.set_defaults(run=run)
