"""The number of tickets that a person saw: given, asked for, or missing; without it nothing is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.cli.arguments import chosen_account, confirmation, somebody_is_there, typed
from truto_tickets_nb.cli.exit_status import UNCONFIRMED
from truto_tickets_nb.cli.output import say
from truto_tickets_nb.cli.reports import plan_text, told, warned
from truto_tickets_nb.errors import PlanError
from truto_tickets_nb.plans.confirmation import is_confirmed

if TYPE_CHECKING:
    import argparse

    from truto_tickets_nb.plans.plan import Plan


def add_confirm(job: argparse.ArgumentParser) -> None:
    """Add the option by which the number is given."""
    words = "the number of tickets you saw, or the fingerprint of the plan; else it is asked for"
    job.add_argument("--confirm", type=confirmation, metavar="N", help=words)


def confirmed_plan(options: argparse.Namespace, plan: Plan) -> bool:
    """Return whether the number of a plan, or its fingerprint, was given; a person who gave none sees the plan and is asked."""
    _ask(options, len(plan), plan_text(plan), "send these changes")
    return is_confirmed(plan, options.confirm)


def confirmed(options: argparse.Namespace, count: int, text: str, purpose: str) -> bool:
    """Return whether the number was given; a person who gave none is shown the text and asked."""
    _ask(options, count, text, purpose)
    return bool(options.confirm == count)


def _ask(options: argparse.Namespace, count: int, text: str, purpose: str) -> None:
    if options.confirm is None and not options.json and somebody_is_there():
        say(text)
        options.confirm = typed(f"\nType {count} to {purpose}, anything else to stop: ") or 0


def unconfirmed(options: argparse.Namespace, count: int, command: str, text: str, facts: dict[str, Any]) -> int:
    """Return the number and the command that sends it; nothing was sent."""
    given = f"you confirmed {options.confirm}" if options.confirm else "no number was confirmed"
    line = f"Nothing was sent: {given}, the number is {count}. To send it: truto-tickets {command} --confirm {count}"
    told(options, text, {"exit": UNCONFIRMED, **facts, "error": line})
    warned(line)
    return UNCONFIRMED


def of_this_account(options: argparse.Namespace, account_id: str, subject: str) -> None:
    """Refuse what belongs to another account than the one that the options or the environment choose."""
    chosen = chosen_account(options) or account_id
    if chosen != account_id:
        raise PlanError(
            f"{subject} is of account {account_id}, this is account {chosen}. Give --account {account_id}, or apply it there."
        )
