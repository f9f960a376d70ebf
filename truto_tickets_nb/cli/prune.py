"""The option `runs --prune`: old runs leave the journal, after a look at them and by their number."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.api import request_budget
from truto_tickets_nb.cli.arguments import folder
from truto_tickets_nb.cli.confirmation import confirmed
from truto_tickets_nb.cli.exit_status import DONE, UNCONFIRMED
from truto_tickets_nb.cli.reports import told, warned
from truto_tickets_nb.errors import SetupError
from truto_tickets_nb.runs.journal import existing
from truto_tickets_nb.runs.prune import DAYS, OldRuns, checked_days
from truto_tickets_nb.runs.run_list import Runs
from truto_tickets_nb.show import to_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

_ONLY = {"older_than": "--older-than", "confirm": "--confirm", "yes": "--yes", "force": "--force"}


def add_prune(job: argparse.ArgumentParser, number: Callable[[str], int]) -> None:
    """Add the options by which old runs are removed."""
    job.add_argument("--prune", action="store_true", help="show the old runs and remove them from the journal")
    words = f"with --prune: how many days ago a run must have ended (default: {DAYS})"
    job.add_argument("--older-than", type=int, metavar="DAYS", help=words)
    job.add_argument(
        "--confirm", type=number, metavar="N", help="with --prune: the number of runs you saw; else it is asked for"
    )
    job.add_argument("--yes", action="store_true", help="with --prune: remove them without asking")
    words = "with --prune: interrupted and unreadable runs too, and those with unknown outcomes"
    job.add_argument("--force", action="store_true", help=words)


def check_without_prune(options: argparse.Namespace) -> None:
    """Refuse options that say nothing without --prune."""
    given = [word for name, word in _ONLY.items() if getattr(options, name) not in (None, False)]
    if given:
        raise SetupError(f"{given[0]} says how old runs are removed: give --prune too.")


def pruned(options: argparse.Namespace) -> int:
    """Show the runs that are old enough, and remove them where their number was given."""
    days = checked_days(DAYS if options.older_than is None else options.older_than)
    journal = existing(folder(options))
    if journal is None:
        return _done(options, OldRuns(Runs(), days))
    with journal:
        chosen = journal.old_runs(days, options.account, force=options.force)
        if not len(chosen):
            return _done(options, chosen)
        if not options.yes and not confirmed(options, len(chosen), _text(chosen), "remove these runs"):
            return _unconfirmed(options, chosen)
        request_budget.prune(journal.path.with_name(request_budget.FILE))
        return _done(options, journal.prune(chosen))


def _done(options: argparse.Namespace, chosen: OldRuns) -> int:
    told(options, _text(chosen), {"exit": DONE, **_facts(chosen)})
    return DONE


def _unconfirmed(options: argparse.Namespace, chosen: OldRuns) -> int:
    given = f"you confirmed {options.confirm}" if options.confirm else "no number was confirmed"
    words = [
        "truto-tickets runs --prune",
        f"--older-than {chosen.days}",
        *([f"--account {options.account}"] if options.account else []),
        *(["--force"] if options.force else []),
        f"--confirm {len(chosen)}",
    ]
    line = f"Nothing was removed: {given}, the number is {len(chosen)}. To remove them: {' '.join(words)}"
    told(options, _text(chosen), {"exit": UNCONFIRMED, **_facts(chosen), "confirm": len(chosen), "error": line})
    warned(line)
    return UNCONFIRMED


def _text(chosen: OldRuns) -> str:
    return to_text(replace(chosen.page, footer=""))


def _facts(chosen: OldRuns) -> dict[str, Any]:
    names = [run.id for run in chosen]
    return {
        "older_than": chosen.days,
        "runs": names,
        "removed": len(names) if chosen.removed else 0,
        "stay": len(chosen.stay),
    }
