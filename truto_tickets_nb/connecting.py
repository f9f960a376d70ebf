"""Connect to an account: check token and address, find the tool behind it, keep to its request limit."""

from __future__ import annotations

import getpass
import os
import sys
from typing import TYPE_CHECKING

from truto_tickets_nb.account import Account
from truto_tickets_nb.api.address import TRUTO, Token
from truto_tickets_nb.api.client import Client
from truto_tickets_nb.api.request_budget import FILE, shared
from truto_tickets_nb.api.throttle import Throttle
from truto_tickets_nb.errors import SetupError
from truto_tickets_nb.events.listeners import checked_listeners
from truto_tickets_nb.events.logging_listener import log_events
from truto_tickets_nb.integrations.profile import profile
from truto_tickets_nb.integrations.request_rate import pace
from truto_tickets_nb.runs.journal import home as folder
from truto_tickets_nb.safe_text import logger
from truto_tickets_nb.show.progress import in_notebook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from truto_tickets_nb.api.account_models import AccountInfo
    from truto_tickets_nb.events.event_types import Listener
    from truto_tickets_nb.sandbox import Sandbox

log = logger(__name__)


def connect(
    token: str | None = None,
    account_id: str | None = None,
    base_url: str | None = None,
    *,
    home: str | Path | None = None,
    listeners: Sequence[Listener] = (log_events,),
) -> Account:
    """Connect to an integrated account; token and account are checked at once, and the error says which one is wrong.

    What is not given comes from TRUTO_API_TOKEN, TRUTO_INTEGRATED_ACCOUNT_ID and TRUTO_BASE_URL; a missing token is asked
    for in a masked prompt. `home` is the folder of the journal (else TRUTO_TICKETS_HOME, else the platform's own).

    `listeners` are called with each event: requests, retries, waits, conflicts, outcomes (truto_tickets_nb.events). The one that is
    there by default writes them to `logging`; to add one: `listeners=(log_events, mine)`.
    """
    called = checked_listeners(listeners)
    secret = Token(token or os.environ.get("TRUTO_API_TOKEN") or _token_from_prompt())
    del token  # a traceback that shows local variables finds none
    account = account_id or os.environ.get("TRUTO_INTEGRATED_ACCOUNT_ID") or ""
    address = base_url or os.environ.get("TRUTO_BASE_URL") or TRUTO
    client = Client(secret, account, address, listeners=called)
    client.budget = Throttle(budget=shared(folder(home) / FILE, f"{client.base_url} {account}"))
    return _connected(client, home=home)


def _token_from_prompt() -> str:
    if not in_notebook() and not (sys.stdin is not None and sys.stdin.isatty()):
        raise SetupError(
            "There is no token. Set TRUTO_API_TOKEN, or give token=...; to practise without one: tt.sandbox('jira')."
        )
    return getpass.getpass("Truto API token: ")


def _connected(client: Client, *, sandbox: Sandbox | None = None, home: str | Path | None = None) -> Account:
    try:
        info = client.account()
        _check_connected(info)
    except BaseException:
        client.close()
        raise
    log.info("connected to account %s (%s)", client.account_id, info.slug)
    if sandbox is None or sandbox.plays_vendor:
        client.budget.learn(pace(profile(info.slug)))
    return Account(client, info, sandbox=sandbox, home=home)


def _check_connected(info: AccountInfo) -> None:
    if info.status == "needs_reauth":
        raise SetupError(
            "The connection of this account has lost its access: whoever owns it must connect it again in Truto."
        )


def practice(
    sandbox: Sandbox, *, home: str | Path | None = None, listeners: Sequence[Listener] = (log_events,)
) -> Account:
    """Start a sandbox and connect to it."""
    sandbox.start()
    budget = Throttle.unlimited() if sandbox.limit is None else Throttle(*sandbox.limit)
    try:
        client = Client(sandbox.token, sandbox.account_id, sandbox.url, budget=budget, listeners=listeners)
        return _connected(client, sandbox=sandbox, home=home)
    except BaseException:
        sandbox.close()
        raise
