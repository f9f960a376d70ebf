"""A process that imports the toolkit once and forks a child per order, so that a child that is to be killed starts within milliseconds.

Orders come as lines of JSON on stdin: a child's work, or the id of a child whose end is asked for; each gets one line of JSON back.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

import truto_tickets_nb as tt
from truto_tickets_nb.api.throttle import Throttle

if TYPE_CHECKING:
    from truto_tickets_nb.account import Account

SAFETY_LIMITS = tt.SafetyLimits(workers=8, canary=0)
REFUSED, NOTHING = 3, 4  # exit codes: another process works on it; there is nothing to resume


def apply(account: Account, _run_id: str) -> None:
    snapshot = account.load(progress=False)
    df = snapshot.frame()
    df["name"] = df["name"].str.strip() + " (seen)"
    account.apply(snapshot.plan(df), confirm=len(snapshot), brakes=SAFETY_LIMITS, progress=False)


def resume(account: Account, _run_id: str) -> None:
    account.resume(brakes=SAFETY_LIMITS, progress=False)


def undo(account: Account, run_id: str) -> None:
    plan = account.run(run_id).undo()
    account.apply(plan, confirm=len(plan), brakes=SAFETY_LIMITS, progress=False)


def decide(account: Account, run_id: str) -> None:
    """Send once more what was in flight at a kill and still holds the value that it held before, as the outcome advises."""
    unknown = account.run(run_id).unknown
    ids = [item.ticket for item in unknown if all(found.verdict == "uncertain" for found in item.findings)]
    plan = unknown.plan("mine", *ids) if ids else unknown.plan("theirs")
    if len(plan):
        account.apply(plan, confirm=len(plan), brakes=SAFETY_LIMITS, progress=False)


def work(order: dict[str, Any]) -> int:
    departures = os.open(order["departures"], os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)

    def note(request: Any) -> None:
        if request.method == "PATCH":
            os.write(departures, f"{os.getpid():>9}\n".encode())

    try:
        with tt.connect(*order["reach"], home=order["home"]) as account:
            account._client.budget = Throttle.unlimited()
            account._client._http.event_hooks = {"request": [note]}
            time.sleep(max(0.0, order["at"] - time.time()))
            {"apply": apply, "resume": resume, "undo": undo, "decide": decide}[order["verb"]](account, order["run"])
    except tt.errors.JournalError as error:
        print(error, file=sys.stderr)
        if "is working on this account right now" not in str(error):
            raise
        return REFUSED
    except tt.errors.PlanError as error:
        print(error, file=sys.stderr)
        if "nothing to resume" not in str(error):
            raise
        return NOTHING
    return 0


def child(order: dict[str, Any]) -> None:
    """Become the child: its own stdin and stderr, and an exit code that tells how it ended."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    stderr = os.open(order["stderr"], os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
    os.dup2(stderr, 1)
    os.dup2(stderr, 2)
    sys.exit(work(order))


def main() -> None:
    while line := sys.stdin.readline():
        order = json.loads(line)
        if isinstance(order, int):
            ended, status = os.waitpid(order, os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if ended else None
        else:
            answer = os.fork()
            if not answer:
                child(order)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
