"""The verbs of the command: one line each in the parser, with the module that does the work."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from truto_tickets_nb.cli.apply import add_apply
from truto_tickets_nb.cli.audit import add_audit
from truto_tickets_nb.cli.exit_status import EPILOG, FAILED
from truto_tickets_nb.cli.plan import add_plan
from truto_tickets_nb.cli.runs import add_resume, add_runs, add_show, add_undo
from truto_tickets_nb.sandbox.profiles.profiles import playable, slugs
from truto_tickets_nb.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

PREVIEW = "truto-tickets-preview.html"


class _Parser(argparse.ArgumentParser):
    """Read the command line; a word that makes no sense is exit status 1, because 2 tells that a plan has changes."""

    def error(self, message: str) -> NoReturn:
        self.exit(FAILED, f"{self.prog}: {message}. See {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """Build the parser with one sub-parser for each verb."""
    command = _Parser(
        "truto-tickets",
        description="Clean tickets in bulk: practise here, work in a notebook, let a scheduler repeat it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    jobs = command.add_subparsers(required=True, metavar="demo|sandbox|audit|plan|apply|runs|show|resume|undo")
    add_demo(jobs.add_parser("demo", help="load, edit, preview, apply, look again and undo, on a practice server"))
    add_sandbox(jobs.add_parser("sandbox", help="serve a practice account until Ctrl-C"))
    add_audit(
        jobs.add_parser("audit", help="say what state the tickets are in: exit 2 on findings as severe as --fail-on")
    )
    add_plan(
        jobs.add_parser("plan", help="replay a recipe on fresh tickets and write the plan: exit 2 if there are changes")
    )
    add_apply(jobs.add_parser("apply", help="send a plan, by the number you saw in it"))
    add_runs(jobs.add_parser("runs", help="list the runs of the journal, the newest first"))
    add_show(jobs.add_parser("show", help="show one run: every ticket with its outcome"))
    add_resume(jobs.add_parser("resume", help="go on with what is still open of a run"))
    add_undo(jobs.add_parser("undo", help="show the opposite plan of a run, and apply it"))
    return command


def _when_needed(module: str, name: str) -> Callable[[argparse.Namespace], int]:
    """Import a command when it runs: what needs a server of its own takes its time."""

    def run(options: argparse.Namespace) -> int:
        return int(getattr(import_module(f"{__package__}.{module}"), name)(options))

    return run


def add_demo(job: argparse.ArgumentParser) -> None:
    """Add the options of demo."""
    job.add_argument("--yes", action="store_true", help="apply and undo without asking")
    job.add_argument("--out", type=Path, default=Path(PREVIEW), help=f"where to leave the preview (default: {PREVIEW})")
    job.set_defaults(run=_when_needed("demo", "demo"))
    _add_practice(job, limit=0, tools=slugs())


def add_sandbox(job: argparse.ArgumentParser) -> None:
    """Add the options of sandbox."""
    job.add_argument("--port", type=int, default=0, help="default: any free port")
    job.add_argument(
        "--host", default="127.0.0.1", help="the address to bind to (default: 127.0.0.1, this machine only)"
    )
    job.add_argument(
        "--expose", action="store_true", help="let other machines reach it, where --host is an address of theirs"
    )
    job.add_argument("--database", type=Path, help="a file that keeps the tickets (default: in memory)")
    job.add_argument("--export", type=Path, action="append", help="start from this CSV, TSV, JSON or JSON-lines file")
    job.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="KIND=WHEN",
        help="play a fault: limited=0.1 by rate, lost_after=#3,#5 by turn, deleted=10001 by ticket, then :wait=2 :field=name "
        ":on=PATCH; again for more; help lists all kinds",
    )
    job.add_argument("--fault-seed", type=int, default=0, help="the same seed plays the same faults")
    job.add_argument("--all", action="store_true", help="an account of each of the 28 tools, under one token")
    job.add_argument("--vendor-limit", action="store_true", help="the tool's own limit too, as far as it is documented")
    job.set_defaults(run=_when_needed("sandbox", "serve"))
    _add_practice(job, limit=50, tools=playable())


def _add_practice(job: argparse.ArgumentParser, limit: int, tools: list[str]) -> None:
    tool_help = f"which tool to play (default: jira): {', '.join(tools)}"
    job.add_argument("--integration", default="jira", choices=tools, metavar="TOOL", help=tool_help)
    job.add_argument("--tickets", type=int, default=500, metavar="N", help="how many to invent (default: 500)")
    job.add_argument("--seed", type=int, default=0, help="the same seed invents the same tickets")
    limit_help = f"requests per 10 seconds, 0 for no limit (default: {limit})"
    job.add_argument("--limit", type=int, default=limit, metavar="N", help=limit_help)
