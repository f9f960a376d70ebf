"""The command `truto-tickets apply`: send a plan that was seen, if it is fresh and its tickets are as they were."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.cli import plan_file
from truto_tickets_nb.cli.arguments import reached
from truto_tickets_nb.cli.confirmation import add_confirm, confirmed_plan, of_this_account, unconfirmed
from truto_tickets_nb.cli.exit_status import DONE, FAILED
from truto_tickets_nb.cli.output import say
from truto_tickets_nb.cli.plan import add_quiet, add_reach, plan_facts
from truto_tickets_nb.cli.reports import blocking, plan_text, run_facts, run_status, run_text, told, warned
from truto_tickets_nb.errors import PlanError, RunInterrupted, SetupError
from truto_tickets_nb.plans import preview
from truto_tickets_nb.plans.confirmation import is_confirmed
from truto_tickets_nb.runs.rebase import SO, rebase
from truto_tickets_nb.runs.safety_limits import SafetyLimits
from truto_tickets_nb.show import Group, Page, Row, to_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from truto_tickets_nb.account import Account
    from truto_tickets_nb.cli.plan_file import Made
    from truto_tickets_nb.plans.plan import Plan
    from truto_tickets_nb.runs.rebase import Dropped, Rebased
    from truto_tickets_nb.runs.run import Run

DAY = 24.0  # hours
SHOWN = 20  # tickets shown of what is left out


def applied(options: argparse.Namespace) -> int:
    """Send a plan, after a look at its age and at every ticket of it; nothing is sent without its number."""
    plan_file.place(options.plan, options.receipt)
    plan, origin = plan_file.read(options.plan)
    _refuse(options, plan, origin)
    if not len(plan):
        return _told(options, DONE, "The plan is empty: nothing to send.", plan_facts(plan))
    if not options.rebase and options.confirm is not None and not is_confirmed(plan, options.confirm):
        return _unconfirmed(options, plan, {})
    with reached(options, plan.account_id) as account:
        _ = account.journal  # one that can't be written is told before the tickets are read
        now = rebase(account.dry_run(plan))
        if options.rebase:
            return _rebased(options, account, now)
        if now.lost:
            return _changed(options, plan, origin, now)
        return _sent(options, account, plan, {})


def _refuse(options: argparse.Namespace, plan: Plan, origin: Made) -> None:
    """Refuse a plan with errors before anything is asked of the server."""
    of_this_account(options, plan.account_id, "The plan")
    if plan.blocking:
        raise PlanError(f"{blocking(plan)}. Mend the recipe and make it anew: {origin.again}")
    if len(plan) > options.cap:
        raise PlanError(
            f"The plan changes {len(plan):,} tickets, the safety limit is {options.cap:,}: add --cap {len(plan)}."
        )
    if options.receipt and options.receipt.suffix not in (".html", ".json"):
        raise SetupError(f"--receipt {options.receipt}: give a name that ends in .html or .json.")
    if origin.is_stale(options.max_age) and not options.rebase:
        raise PlanError(_stale(options, origin))


def _stale(options: argparse.Namespace, origin: Made) -> str:
    hours = origin.hours()
    age = f"was made {hours:,.0f} hours ago" if hours >= 0 else "was made in the future: look at the clocks"
    source = "" if origin.is_told else " (by the age of its file)"
    return (
        f"{options.plan} {age}{source}, and may be {options.max_age:g} hours old. Make it anew: {origin.again}; "
        "or add --rebase to go on with what still holds of it."
    )


def _changed(options: argparse.Namespace, plan: Plan, origin: Made, now: Rebased) -> int:
    """Return which tickets can't be changed as it was planned; nothing was sent."""
    tickets = len({item.ticket for item in now.lost})
    line = (
        f"Nothing was sent: {tickets} of {len(plan)} tickets can't be changed as planned ({now.lost[0].reason.rstrip('.')}). "
        f"Make it anew: {origin.again}; or add --rebase to leave them out."
    )
    text = _list(now.lost, "No longer as planned")
    status = _told(options, FAILED, text, {**plan_facts(plan), **_lost(now), "error": line})
    warned(line)
    return status


def _rebased(options: argparse.Namespace, account: Account, now: Rebased) -> int:
    """Go on with what still holds, if that is the number that was typed."""
    facts = {**_lost(now), "rebased": True}
    if now.dropped and not options.json:
        say(_list(now.dropped, "No longer in the plan"))
    if not len(now.plan):
        text = "Nothing is left to send: " + (
            "look at the tickets above." if now.lost else "every ticket holds it already."
        )
        return _told(options, FAILED if now.lost else DONE, text, {**plan_facts(now.plan), **facts})
    return _sent(options, account, now.plan, facts)


def _sent(options: argparse.Namespace, account: Account, plan: Plan, more: dict[str, Any]) -> int:
    if not confirmed_plan(options, plan):
        return _unconfirmed(options, plan, more)
    try:
        run = account.apply(plan, confirm=options.confirm, quiet=options.quiet, brakes=SafetyLimits(cap=options.cap))
    except RunInterrupted as error:
        _receipt(options, error.run)  # type: ignore[arg-type]
        raise
    _receipt(options, run)
    receipt = f"\nThe receipt: {options.receipt.resolve()}" if options.receipt else ""
    facts = {**plan_facts(plan), **more, **run_facts(run), "receipt": _receipt_path(options)}
    return _told(options, run_status(run), run_text(run) + receipt, facts)


def _unconfirmed(options: argparse.Namespace, plan: Plan, more: dict[str, Any]) -> int:
    command = f"apply {options.plan}{' --rebase' if options.rebase else ''}"
    text = plan_text(plan) if options.confirm is None else preview.headline(plan)
    return unconfirmed(options, len(plan), command, text, {**plan_facts(plan), **more})


def _told(options: argparse.Namespace, status: int, text: str, facts: dict[str, Any]) -> int:
    told(options, text, {"exit": status, **facts})
    return status


def _lost(now: Rebased) -> dict[str, Any]:
    return {"dropped": [asdict(item) for item in now.dropped]}


def _list(items: Iterable[Dropped], title: str) -> str:
    """List what is left out, each reason once."""
    reasons: dict[tuple[str, str], list[Dropped]] = {}
    for item in items:
        reasons.setdefault((item.why, item.reason), []).append(item)
    return to_text(Page(title, (), tuple(_group(*reason, members) for reason, members in reasons.items()))) + "\n"


def _group(why: str, reason: str, members: list[Dropped]) -> Group:
    rows = tuple(Row(item.ticket, "" if item.theirs else item.title, _cells(item)) for item in members[:SHOWN])
    return Group(why, reason, f"{len(members):,}", rows, max(0, len(members) - SHOWN), "plain" if why == SO else "warn")


def _cells(item: Dropped) -> tuple[str, ...]:
    if item.why == SO or item.theirs is None:
        return (item.field,)
    current = item.theirs if isinstance(item.theirs, str) else ", ".join(item.theirs) or "(empty)"
    return (f"{item.field} is now {current}",)


def _receipt_path(options: argparse.Namespace) -> str | None:
    return str(options.receipt.resolve()) if options.receipt else None


def _receipt(options: argparse.Namespace, run: Run | None) -> None:
    if options.receipt and run:
        plan_file.put(options.receipt, run.receipt("json" if options.receipt.suffix == ".json" else "html"))


def add_apply(job: argparse.ArgumentParser) -> None:
    """Add the options of apply."""
    job.add_argument("plan", type=Path, metavar="FILE", help="the plan that `plan --out` wrote")
    add_confirm(job)
    words = f"refuse a plan that is older (default: {DAY:g})"
    job.add_argument("--max-age", type=float, default=DAY, metavar="HOURS", help=words)
    words = "leave out what was edited by others or is done already; the number to confirm is that of what is left"
    job.add_argument("--rebase", action="store_true", help=words)
    words = f"refuse a plan of more tickets (default: {SafetyLimits().cap})"
    job.add_argument("--cap", type=int, default=SafetyLimits().cap, metavar="N", help=words)
    job.add_argument("--receipt", type=Path, metavar="FILE", help="leave a receipt of the run here: .html or .json")
    add_reach(job)
    add_quiet(job)
    job.set_defaults(run=applied)
