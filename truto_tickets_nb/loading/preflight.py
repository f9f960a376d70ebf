"""Ask, as far as an account tells, whether a plan could go out: before anything is sent, and without sending."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.errors import ApiError
from truto_tickets_nb.loading.account_metadata import FATAL
from truto_tickets_nb.plans.request_spec import part_of
from truto_tickets_nb.tickets.fields import is_compared

if TYPE_CHECKING:
    from collections.abc import Iterable

    from truto_tickets_nb.api.client import Client


def preflight_problems(client: Client, fields: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Ask, as far as an account tells, whether a PATCH of these fields could go out: what hinders it, and what nobody knows."""
    unknown: list[str] = []
    try:
        info = client.account()
    except FATAL:
        raise
    except ApiError as error:
        return "", (f"The account could not be asked what it is: {error}", *_asked(client, fields, unknown)[1])
    if info.status == "needs_reauth":
        return "The connection has lost its access: whoever owns it must connect it again in Truto.", ()
    if info.is_sandbox:
        return "This account is read-only: Truto's sandbox accounts take no writes.", ()
    return _asked(client, fields, unknown)


def _asked(client: Client, fields: Iterable[str], unknown: list[str]) -> tuple[str, tuple[str, ...]]:
    try:
        answer = client.capabilities()
    except FATAL:
        raise
    except ApiError:
        unknown.append(
            "The account does not tell what it offers: whether tickets may be updated shows only when one is sent."
        )
    else:
        methods = answer.methods("tickets")
        if answer.account.is_blocked:
            return "Truto has blocked this account: ask Truto's support.", ()
        if methods is not None and "update" not in methods:
            return (
                "This account does not offer the update of tickets: ask whoever owns the connection for the permission.",
                (),
            )
    unknown += _not_listed(client, fields)
    return "", (*unknown, "Whether the tool itself would refuse or rewrite a value: only sending shows it.")


def _not_listed(client: Client, fields: Iterable[str]) -> list[str]:
    """Name the fields that the schema of updates does not list: it may be incomplete, so this is no proof."""
    try:
        writable = client.meta("update").writable
    except FATAL:
        raise
    except ApiError:
        return ["The account has no schema of updates: whether it takes these fields shows only when they are sent."]
    unlisted = (
        sorted({part_of(name) for name in fields if is_compared(name)} - writable) if writable is not None else []
    )
    return (
        [f"The account's schema of updates does not list {', '.join(unlisted)}: it may be ignored."] if unlisted else []
    )
