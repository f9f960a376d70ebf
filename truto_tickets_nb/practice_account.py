"""Start a practice account: what can't work is a SetupError or an ArgumentError, before anything is started."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.argument_checks import of_type, said
from truto_tickets_nb.connecting import practice
from truto_tickets_nb.errors import ArgumentError, SandboxError, SetupError
from truto_tickets_nb.events.listeners import checked_listeners
from truto_tickets_nb.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from truto_tickets_nb.account import Account
    from truto_tickets_nb.events.event_types import Listener


def open_sandbox(
    integration: Any,
    tickets: Any,
    *,
    home: str | Path | None,
    listeners: Sequence[Listener],
    switches: Mapping[str, Any],
) -> Account:
    """Start a practice server and connect to it."""
    of_type("integration", integration, str, 'the name of a tool, such as "jira"')
    _check_tickets(tickets)
    _check_switches(switches)
    called = checked_listeners(listeners)
    try:
        return practice(Sandbox(integration, tickets, **switches), home=home, listeners=called)
    except SetupError:
        raise
    except OSError as error:
        raise SandboxError(str(error)) from error
    except ValueError as error:
        raise SetupError(str(error)) from error


def _check_tickets(tickets: object) -> None:
    if isinstance(tickets, int) and not isinstance(tickets, bool):
        if tickets < 0:
            raise SetupError(
                f"tickets={tickets}: give 0 or more, or what to start from: records or the path of an export."
            )
    elif not isinstance(tickets, str | os.PathLike | Mapping | Iterable) or isinstance(tickets, bytes):
        raise ArgumentError(
            f"tickets= is how many to invent, records, a DataFrame or the path of an export, not {said(tickets)}."
        )


def _check_switches(switches: Mapping[str, Any]) -> None:
    there = [name for name, item in inspect.signature(Sandbox).parameters.items() if item.kind is item.KEYWORD_ONLY]
    unknown = ", ".join(name for name in switches if name not in there)
    if unknown:
        raise ArgumentError(
            f"There is no switch {unknown} of a practice account. There are: home, listeners, {', '.join(there)}."
        )
    limit = switches.get("limit")
    is_pair = (
        isinstance(limit, tuple | list) and len(limit) == 2 and all(isinstance(part, int | float) for part in limit)
    )
    if limit is not None and not is_pair:
        raise ArgumentError(
            f"limit= is requests per seconds, such as (50, 10), or None for no limit; not {said(limit)}."
        )
    of_type("port=", switches.get("port", 0), int, "a whole number, or 0 for any free port")
