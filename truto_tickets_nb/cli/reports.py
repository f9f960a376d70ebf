"""What a command tells: to people as text, to machines as one JSON object, and on stderr one line that says what to do."""

from __future__ import annotations

import sys
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.cli.advice import in_terminal
from truto_tickets_nb.cli.exit_status import DONE, FAILED, INTERRUPTED
from truto_tickets_nb.cli.output import complain, say, say_json
from truto_tickets_nb.errors import RunInterrupted, TicketsError, shorten
from truto_tickets_nb.plans import preview
from truto_tickets_nb.runs import run_page
from truto_tickets_nb.runs.outcome import kinds_that
from truto_tickets_nb.show import to_text
from truto_tickets_nb.wording import counted

if TYPE_CHECKING:
    import argparse

    from truto_tickets_nb.plans.plan import Plan
    from truto_tickets_nb.runs.run import Run

EXPECTED = (TicketsError, ValueError, OSError)


def told(options: argparse.Namespace, text: str, facts: dict[str, Any]) -> None:
    """Print the text; with --json the object, which is then all of stdout."""
    if options.json:
        say_json(facts)
    else:
        say(text)


def warned(text: str) -> None:
    """Print one line on stderr."""
    complain(f"truto-tickets: {text}")


def failed(options: argparse.Namespace, error: BaseException) -> int:
    """Print an error as one line on stderr, and with --json as an object; return the exit status."""
    status = INTERRUPTED if isinstance(error, KeyboardInterrupt) else FAILED
    line = one_line(_words(error))
    if getattr(options, "json", False):
        run = {"run": getattr(error.run, "id", None)} if isinstance(error, RunInterrupted) else {}
        told(options, "", {"exit": status, "error": line, **run})
    if status == INTERRUPTED and sys.stderr is not None and sys.stderr.isatty():
        complain("")  # after the ^C
    warned(line)
    return status


def _words(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt) and not isinstance(error, RunInterrupted):
        return "Interrupted. Whether anything was sent, and is open, the journal tells: truto-tickets runs"
    if isinstance(error, (*EXPECTED, RunInterrupted)):
        return str(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{place.filename.rpartition('truto_tickets_nb')[2].lstrip('/')}:{place.lineno}"
    return f"A fault of the toolkit ({type(error).__name__}: {shorten(error, 120)}; {where}). Please report this line."


def one_line(text: str) -> str:
    r"""Fold a message of several lines, as a log wants it.

    >>> one_line("Two problems:\n  one\n  two")
    'Two problems: one; two'
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "; ".join(lines).replace(":; ", ": ")


def blocking(plan: Plan) -> str:
    """Count what keeps a plan from going out."""
    count = len(plan.blocking)
    return f"The plan has {counted(count, 'blocking problem')}"


def plan_text(plan: Plan) -> str:
    """Show a plan, without what one types next in a notebook."""
    return to_text(replace(preview.page(plan, in_terminal), footer=""))


def run_status(run: Run) -> int:
    """Return the exit status of a run: that of its worst outcome."""
    return max((item.type.exit_status for item in run.outcomes), default=DONE)


def run_facts(run: Run) -> dict[str, Any]:
    """Return how a run ended, as JSON: its id, the counts, and what needs a look."""
    columns = ["ticket", "outcome", "field", "base", "theirs", "mine", "reason"]
    rows = run.select(*kinds_that(lambda row: row.needs_look)).frame()[columns]
    return {
        "run": run.id,
        "state": run.state,
        "account": run.plan.account_id,
        "counts": run.counts,
        "open": len(run.open),
        "to_look_at": rows.to_dict("records"),
    }


def run_text(run: Run) -> str:
    """Show a run, with what one types next in a terminal."""
    footer = f"truto-tickets resume {run.id} --confirm {len(run.open)} goes on with what is open" if run.open else ""
    if not run.open and (count := len(run.undo())):
        footer = f"truto-tickets undo {run.id} --confirm {count} takes it back"
    return f"{run_page.heading(run)}\n{to_text(replace(run_page.page(run, in_terminal), footer=footer))}"
