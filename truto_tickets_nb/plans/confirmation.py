"""What confirms a plan: the number of its tickets, or its fingerprint."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING

from truto_tickets_nb.errors import ConfirmError, shorten, shorten_repr
from truto_tickets_nb.plans.fingerprint import SHORT, is_meant, short

if TYPE_CHECKING:
    from truto_tickets_nb.plans.plan_data import PlanData


def check_confirmed(plan: PlanData, confirm: object) -> None:
    """Refuse a confirmation that is not of this plan, with a ConfirmError that says what was expected.

    `confirm` is the number of tickets, or the fingerprint: all 64 digits, or its first 16 or more.
    """
    if not is_confirmed(plan, confirm):
        raise ConfirmError(f"The plan changes {len(plan)} tickets. {_said(confirm)}: {_how(plan)}.")


def is_confirmed(plan: PlanData, confirm: object) -> bool:
    """Return whether a number or a fingerprint is that of this plan; a truth value or a float is neither."""
    if isinstance(confirm, str):
        return is_meant(plan.fingerprint, confirm)
    return isinstance(confirm, Integral) and not isinstance(confirm, bool) and int(confirm) == len(plan)


def _said(confirm: object) -> str:
    if confirm is None:
        return "Type the number you saw"
    if isinstance(confirm, bool) or not isinstance(confirm, str | Integral):
        return f"confirm={shorten_repr(confirm, 40)} is neither a whole number nor a fingerprint"
    if isinstance(confirm, str) and len(confirm.strip()) < SHORT:
        return f"confirm={shorten_repr(confirm, 40)} is text, and too short for a fingerprint"
    return f"You confirmed {shorten(confirm, 80)}" + (
        ", the fingerprint of another plan" if isinstance(confirm, str) else ""
    )


def _how(plan: PlanData) -> str:
    return f'account.apply(plan, confirm={len(plan)}), or confirm="{short(plan.fingerprint)}" for exactly this plan'
