"""Clean tickets in bulk from a notebook: load, edit in pandas, preview, PATCH what changed, undo.

>>> import truto_tickets_nb as tt
>>> with tt.sandbox("jira", tickets=20) as account:
...     snapshot = account.load()
...     df = snapshot.frame()
...     df.loc[df["priority"] == "Normal", "priority"] = "High"
...     plan = snapshot.plan(df)
...     run = account.apply(plan, confirm=len(plan))
...     len(run.applied) == len(plan) > 0
True
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

import truto_tickets_nb.sandbox  # noqa: F401  (first the package of that name, which loads nothing: the function below takes its place)
from truto_tickets_nb import errors
from truto_tickets_nb.events.logging_listener import log_events
from truto_tickets_nb.integrations.overview import integrations  # now, because there is a package of that name too
from truto_tickets_nb.tickets import accessor as _accessor  # noqa: F401  (registers df["tags"].tickets)
from truto_tickets_nb.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from truto_tickets_nb.account import Account
    from truto_tickets_nb.audits.audit import Audit
    from truto_tickets_nb.audits.check import check
    from truto_tickets_nb.connecting import connect
    from truto_tickets_nb.edits import Draft, Filter, Recipe, Step
    from truto_tickets_nb.events.event_types import Listener
    from truto_tickets_nb.plans.change import Change, Patch
    from truto_tickets_nb.plans.plan import Plan
    from truto_tickets_nb.plans.problem import Problem
    from truto_tickets_nb.runs.outcome import Outcome
    from truto_tickets_nb.runs.run import Run
    from truto_tickets_nb.runs.safety_limits import SafetyLimits
    from truto_tickets_nb.snapshot import Snapshot, open_snapshot
    from truto_tickets_nb.widgets.review.review import Review
    from truto_tickets_nb.widgets.workbench.bulk_form import BulkForm
    from truto_tickets_nb.widgets.workbench.history import History
    from truto_tickets_nb.widgets.workbench.ticket_form import TicketForm

__all__ = [
    "Account",
    "Audit",
    "BulkForm",
    "Change",
    "Draft",
    "Filter",
    "History",
    "Outcome",
    "Patch",
    "Plan",
    "Problem",
    "Recipe",
    "Review",
    "Run",
    "SafetyLimits",
    "Snapshot",
    "Step",
    "TicketForm",
    "check",
    "connect",
    "errors",
    "integrations",
    "open_snapshot",
    "sandbox",
]
__version__ = VERSION
# Where each public name is defined. A module is imported when its name is first used: an import of this package alone loads no HTTP
# library, no server and no widgets.
_MODULES = {
    "Account": "account",
    "Audit": "audits.audit",
    "check": "audits.check",
    "SafetyLimits": "runs.safety_limits",
    "BulkForm": "widgets.workbench.bulk_form",
    "Change": "plans.change",
    "Draft": "edits",
    "Filter": "edits",
    "History": "widgets.workbench.history",
    "Outcome": "runs.outcome",
    "Patch": "plans.change",
    "Plan": "plans.plan",
    "Problem": "plans.problem",
    "Recipe": "edits",
    "Review": "widgets.review.review",
    "Run": "runs.run",
    "Snapshot": "snapshot",
    "Step": "edits",
    "TicketForm": "widgets.workbench.ticket_form",
    "connect": "connecting",
    "open_snapshot": "snapshot",
}
logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value  # the next use finds it at once
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})


def sandbox(
    integration: str = "jira",
    tickets: int | str | Path | Mapping[str, Any] | Sequence[Any] | pd.DataFrame = 500,
    *,
    home: str | Path | None = None,
    listeners: Sequence[Listener] = (log_events,),
    **switches: Any,
) -> Account:
    """Start a practice account: a real HTTP server on this machine, with its own tickets, no token and no network.

    >>> with sandbox("freshdesk", tickets=5) as account:
    ...     len(account.load())
    5

    `tickets` is how many to invent, or what to start from: records, a DataFrame, or the path of an export (CSV, TSV, JSON,
    JSON lines, gzipped or not), as Jira, Zendesk, GitHub, Azure DevOps and Freshdesk write them; `account.sandbox.notes` tells what was guessed. Switches: `limit=(50, 10)` requests per seconds or None, `seed`, `columns` (field -> column of the
    export), `path` (a file that keeps the data), `read_only`, `port`. `home` is the folder of the journal; without it, practice in memory
    leaves nothing behind. `listeners` are called with each event, as those of connect() are.
    """
    module = import_module(f"{__name__}.practice_account")  # here, because a server takes its time
    account: Account = module.open_sandbox(integration, tickets, home=home, listeners=listeners, switches=switches)
    return account
