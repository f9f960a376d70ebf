"""The command `truto-tickets demo`: the whole job on a practice server, which outlives a kill."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from truto_tickets_nb.cli import plan_file
from truto_tickets_nb.cli.arguments import somebody_is_there, typed
from truto_tickets_nb.cli.exit_status import DONE, FAILED, UNCONFIRMED
from truto_tickets_nb.cli.output import say
from truto_tickets_nb.connecting import practice
from truto_tickets_nb.plans import preview
from truto_tickets_nb.runs.journal import home
from truto_tickets_nb.sandbox import Sandbox
from truto_tickets_nb.show import to_document

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    import pandas as pd

    from truto_tickets_nb.account import Account
    from truto_tickets_nb.snapshot import Snapshot


def demo(options: argparse.Namespace) -> int:
    """Load, edit, preview, apply, look again and undo; a demo that was killed half-way is gone on with."""
    plan_file.place(None, options.out)
    folder = home() / "practice" / f"{options.integration}-{options.tickets}-{options.seed}"
    with _account(options, folder) as account:
        status = _taken_up(account, options) if account.journal.last_open(account.id) else _whole(account, options)
        is_open = account.journal.last_open(account.id) is not None
    if not is_open:  # whoever declined to go on may still do so later
        shutil.rmtree(folder, ignore_errors=True)
    return status


def _account(options: argparse.Namespace, folder: Path) -> Account:
    """Start the practice server on a file: should this process die, its tickets and its journal are still there."""
    folder.mkdir(parents=True, exist_ok=True)
    account = _practice(options, folder)
    if account.runs() and not account.journal.last_open(account.id):  # killed between two runs: nothing to go on with
        account.close()
        shutil.rmtree(folder)
        folder.mkdir(parents=True)
        account = _practice(options, folder)
    return account


def _practice(options: argparse.Namespace, folder: Path) -> Account:
    limit = (options.limit, 10) if options.limit > 0 else None
    path = folder / "tickets.sqlite"
    box = Sandbox(options.integration, options.tickets, seed=options.seed, limit=limit, path=path)
    return practice(box, home=folder)


def _whole(account: Account, options: argparse.Namespace) -> int:
    _step("A practice account", repr(account))
    snapshot = account.load()
    _step("Load", repr(snapshot))
    plan = snapshot.plan(_edited(snapshot))
    _step("Edit in pandas, compare: the plan", repr(plan))
    plan_file.put(options.out, to_document(preview.page(plan), "Plan"))
    say(f"\nThe same plan as a notebook shows it: {options.out.resolve()}")
    if not agreed(len(plan), options):
        return UNCONFIRMED
    say(
        f"\nEven `kill -9 {os.getpid()}` loses nothing now: start the same command again and it goes on where it stopped."
        "\n(To have time for that, add --limit 10 --tickets 4000.)",
    )
    run = account.apply(plan, confirm=len(plan))
    _step("Apply: each ticket checked before and after", repr(run))
    columns = ["name", "priority", "tags"]
    left = account.load().plan(_every_cell(_edited(snapshot)[columns]))
    _step("Read back", f"{len(left)} of these changes are still to be made")
    undo = run.undo()
    _step("Undo: the opposite plan", "\n".join(repr(undo).splitlines()[:14]) + "\n  …")
    account.apply(undo, confirm=len(undo))
    same = account.load().plan(_every_cell(snapshot.frame()[columns]))
    _step("Read back", f"{len(same)} tickets differ from what was loaded first")
    return DONE if not len(left) and not len(same) and len(run.applied) == len(plan) else FAILED


def _taken_up(account: Account, options: argparse.Namespace) -> int:
    """Go on with a demo that was killed."""
    run_id = account.journal.last_open(account.id) or ""
    earlier = account.run(run_id)
    _step("An earlier demo was killed in the middle", earlier.describe())
    if not agreed(len(earlier.open), options, "go on with what is open"):
        return UNCONFIRMED
    run = account.resume(run_id)
    _step("Resume: what was in flight is read again first", repr(run))
    applied, again = len(run.applied), run.unknown.plan()
    if len(again):
        _step("What was in flight and never arrived is not sent again unasked: a plan of it", repr(again))
        rest = account.apply(again, confirm=len(again))
        applied += len(rest.applied)
        _step("Applied", repr(rest))
    twice = sum(len([w for w in account.sandbox.writes(patch.ticket) if w["fields"]]) > 1 for patch in run.plan)
    say(f"\n{applied} of {len(run.plan)} tickets hold it now; {twice} were changed more than once.")
    if run.plan.undoes:
        return DONE if applied + len(run.unchanged) == len(run.plan) else FAILED
    undo = run.undo()
    _step("Undo: the opposite plan", "\n".join(repr(undo).splitlines()[:14]) + "\n  …")
    undone = account.apply(undo, confirm=len(undo))
    _step("Undone", repr(undone))
    return DONE if applied == len(run.plan) and not twice and len(undone.applied) == len(undo) else FAILED


def agreed(count: int, options: argparse.Namespace, what: str = "send these changes to the practice server") -> bool:
    """Ask for the number that was seen."""
    if options.yes:
        return True
    if not somebody_is_there():
        say("\nNothing was sent: nobody is here to confirm it. Add --yes to go on.")
        return False
    if typed(f"\nType {count} to {what}, anything else to stop: ") != count:
        say("Nothing was sent.")
        return False
    return True


def _every_cell(frame: pd.DataFrame) -> pd.DataFrame:
    """Compare a frame with a later load cell by cell, the untouched ones as well: without its identity, all of it counts."""
    frame.attrs.clear()
    return frame


def _edited(snapshot: Snapshot) -> pd.DataFrame:
    """Do a small clean-up: refunds are urgent, one label has one spelling, titles have no blanks around them."""
    df, takes = snapshot.frame(), snapshot.learnt.writable or frozenset[str]()
    refunds = df["name"].str.contains("refund", case=False)
    urgent = [name for name in snapshot.choices["ticket_priorities"].names() if "high" in name.lower()]
    if "priority" in takes and urgent:
        df.loc[refunds, "priority"] = urgent[0] if "High" not in urgent else "High"
    if "tags" in takes:
        tags = snapshot.choices["tags"].names()
        label = "Billing" if "Billing" in tags and "billing" not in tags else "billing"
        df["tags"] = df["tags"].tickets.add(label, where=refunds)
        for misspelt in ("billling", "bill-ing", "Billing"):
            df["tags"] = df["tags"].tickets.replace(misspelt, label)
    df["name"] = df["name"].str.strip()
    return df


def _step(title: str, text: str) -> None:
    say(f"\n── {title} {'─' * max(0, 75 - len(title))}\n{text}")
