"""Events: what an account and its runs do, for listeners such as a log, a metric or a progress bar.

>>> import truto_tickets_nb as tt
>>> outcomes = []
>>> def count(event):
...     match event:
...         case OutcomeRecorded():
...             outcomes.append(event.outcome)
>>> with tt.sandbox("jira", tickets=3, listeners=(log_events, count)) as account:
...     snapshot = account.load(progress=False)
...     plan = snapshot.plan(snapshot.frame().assign(name="Renamed"))
...     run = account.apply(plan, confirm=3, progress=False)
>>> outcomes
['applied', 'applied', 'applied']

An event holds ids, field names, codes and seconds, never ticket text or the token. docs/runs.md lists all of them.
"""

from truto_tickets_nb.events.event_types import (
    ConflictFound,
    DryRunOutcome,
    Event,
    Listener,
    OutcomeRecorded,
    RequestFailed,
    RequestSent,
    ResponseReceived,
    RetryDeclined,
    RetryScheduled,
    WaitStarted,
    wait_words,
)
from truto_tickets_nb.events.logging_listener import log_events

__all__ = [
    "ConflictFound",
    "DryRunOutcome",
    "Event",
    "Listener",
    "OutcomeRecorded",
    "RequestFailed",
    "RequestSent",
    "ResponseReceived",
    "RetryDeclined",
    "RetryScheduled",
    "WaitStarted",
    "log_events",
    "wait_words",
]
