"""The command truto-tickets: `demo` shows the whole job on a practice server, `sandbox` serves one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import truto_tickets_nb as tt
from truto_tickets_nb.errors import TicketsError
from truto_tickets_nb.plans import preview
from truto_tickets_nb.sandbox import Sandbox
from truto_tickets_nb.sandbox.profiles import slugs
from truto_tickets_nb.show import to_document

if TYPE_CHECKING:
    import pandas as pd

    from truto_tickets_nb.account import Account
    from truto_tickets_nb.plans.plan import Plan
    from truto_tickets_nb.snapshot import Snapshot

PREVIEW = "truto-tickets-preview.html"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status: 0 done, 1 not done, with the reason on stderr."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (TicketsError, ValueError, OSError) as error:
        print(f"truto-tickets: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "truto-tickets", description="Clean tickets in bulk: practise here, work in a notebook."
    )
    jobs = parser.add_subparsers(required=True, metavar="demo|sandbox")
    demo = jobs.add_parser("demo", help="load, edit, preview, apply, look again and undo, on a practice server")
    demo.add_argument("--yes", action="store_true", help="apply and undo without asking")
    demo.add_argument(
        "--out", type=Path, default=Path(PREVIEW), help=f"where to leave the HTML preview (default: {PREVIEW})"
    )
    demo.set_defaults(run=_demo)
    serve = jobs.add_parser("sandbox", help="serve a practice account until Ctrl-C")
    serve.add_argument("--port", type=int, default=0, help="default: any free port")
    serve.add_argument(
        "--limit", type=int, default=50, metavar="N", help="requests per 10 seconds, 0 for no limit (default: 50)"
    )
    serve.add_argument("--database", type=Path, help="a file that keeps the tickets (default: in memory)")
    serve.add_argument(
        "--export", type=Path, action="append", help="start from this CSV, TSV, JSON or JSON-lines file instead"
    )
    serve.set_defaults(run=_serve)
    for job in (demo, serve):
        job.add_argument("--integration", default="jira", choices=slugs(), help="which tool to play (default: jira)")
        job.add_argument("--tickets", type=int, default=500, metavar="N", help="how many to invent (default: 500)")
        job.add_argument("--seed", type=int, default=0, help="the same seed invents the same tickets")
    return parser


def _serve(options: argparse.Namespace) -> int:
    limit = (options.limit, 10) if options.limit > 0 else None
    sandbox = Sandbox(
        options.integration,
        options.export or options.tickets,
        seed=options.seed,
        limit=limit,
        path=options.database,
        port=options.port,
    )
    with sandbox:
        for note in sandbox.notes:
            print(note)
        print(f"{sandbox!r} answers at {sandbox.url} until Ctrl-C. In another terminal or notebook:\n")
        print(f"export TRUTO_BASE_URL={sandbox.url}\nexport TRUTO_API_TOKEN={sandbox.token}")
        print(f"export TRUTO_INTEGRATED_ACCOUNT_ID={sandbox.account_id}", flush=True)
        sandbox.serve_forever()
    return 0


def _demo(options: argparse.Namespace) -> int:
    with tt.sandbox(options.integration, options.tickets, seed=options.seed, limit=None) as account:
        _step("A practice account", repr(account))
        snapshot = account.load()
        _step("Load", repr(snapshot))
        plan = snapshot.plan(_edited(snapshot))
        _step("Edit in pandas, compare: the plan", repr(plan))
        options.out.write_text(to_document(preview.page(plan), "Plan"), encoding="utf-8")
        print(f"\nThe same plan as a notebook shows it: {options.out.resolve()}")
        if not _agreed(len(plan), options):
            return 0
        return _apply_and_undo(account, snapshot, plan)


def _edited(snapshot: Snapshot) -> pd.DataFrame:
    df = snapshot.frame()
    refunds = df["name"].str.contains("refund", case=False)
    df.loc[refunds, "priority"] = "High"
    label = "Billing" if snapshot.profile.fact("tags").value == "listed" else "billing"
    df["tags"] = df["tags"].tickets.add(label, where=refunds)
    for misspelt in ("billling", "bill-ing", "Billing"):
        df["tags"] = df["tags"].tickets.replace(misspelt, label)
    df["name"] = df["name"].str.strip()
    return df


def _agreed(count: int, options: argparse.Namespace) -> bool:
    if options.yes:
        return True
    if not sys.stdin.isatty():
        print("\nNothing was sent: nobody is here to confirm it. Add --yes to go on.")
        return False
    typed = input(f"\nType {count} to send these changes to the practice server, anything else to stop: ")
    if typed.strip() != str(count):
        print("Nothing was sent.")
        return False
    return True


def _apply_and_undo(account: Account, snapshot: Snapshot, plan: Plan) -> int:
    run = account.apply(plan, confirm=len(plan))
    _step("Apply: each ticket checked before and after", repr(run))
    columns = ["name", "priority", "tags"]
    left = account.load().plan(_edited(snapshot)[columns])
    _step("Read back", f"{len(left)} of these changes are still to be made")
    undo = run.undo()
    _step("Undo: the opposite plan", "\n".join(repr(undo).splitlines()[:14]) + "\n  …")
    account.apply(undo, confirm=len(undo))
    same = account.load().plan(snapshot.frame()[columns])
    _step("Read back", f"{len(same)} tickets differ from what was loaded first")
    return 0 if not len(left) and not len(same) and len(run.applied) == len(plan) else 1


def _step(title: str, text: str) -> None:
    print(f"\n── {title} {'─' * max(0, 75 - len(title))}\n{text}")
