"""The commands `runs`, `show`, `resume` and `undo`: what a notebook does with its runs, in a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from truto_tickets_nb.cli.telling import plan_text, run_text
from truto_tickets_nb.connecting import connect
from truto_tickets_nb.runs.journal import Journal, home

if TYPE_CHECKING:
    import argparse

    from truto_tickets_nb.runs.run import Run


def listed(options: argparse.Namespace) -> int:
    """List runs, the newest first; needs no token."""
    with Journal(home(options.home)) as journal:
        print(repr(journal.runs(options.account)))
    return 0


def shown(options: argparse.Namespace) -> int:
    """Show one run in full; needs no token."""
    run = _run(options)
    print(run.receipt("json") if options.json else run_text(run))
    if options.out:
        text = run.receipt("json") if options.out.suffix == ".json" else run.receipt("html")
        options.out.write_text(text, encoding="utf-8")
        print(f"\nThe receipt: {options.out.resolve()}", file=sys.stderr)
    return 0


def _run(options: argparse.Namespace) -> Run:
    with Journal(home(options.home)) as journal:
        return journal.run(options.id)


def resumed(options: argparse.Namespace) -> int:
    """Go on with what is open of a run."""
    run = _run(options)
    print(run_text(run))
    if not run.open:
        print("\nNothing of it is open.")
        return 0
    if not _confirmed(len(run.open), options, "go on with the tickets that are open"):
        return 1
    with connect(account_id=run.plan.account_id, home=options.home) as account:
        return _told(account.resume(run.id))


def undone(options: argparse.Namespace) -> int:
    """Apply the opposite plan of a run, after a look at it."""
    run = _run(options)
    plan = run.undo()
    print(plan_text(plan))
    if not len(plan):
        print(f"\nRun {run.id} changed nothing that could be undone.")
        return 0
    if not _confirmed(len(plan), options, "send these changes"):
        return 1
    with connect(account_id=plan.account_id, home=options.home) as account:
        return _told(account.apply(plan, confirm=len(plan)))


def _told(run: Run) -> int:
    print(f"\n{run_text(run)}")
    return 0 if not run.failed and not run.conflicts and not run.not_sent else 1


def _confirmed(count: int, options: argparse.Namespace, what: str) -> bool:
    if options.confirm is not None:
        if options.confirm != count:
            print(f"\nNothing was sent: you confirmed {options.confirm}, it is {count}.", file=sys.stderr)
        return bool(options.confirm == count)
    if not sys.stdin.isatty():
        print(f"\nNothing was sent: nobody is here to confirm it. Add --confirm {count} to {what}.", file=sys.stderr)
        return False
    if input(f"\nType {count} to {what}, anything else to stop: ").strip() == str(count):
        return True
    print("Nothing was sent.")
    return False
