"""The listener that is set by default: a log line for each request, retry, wait, conflict and outcome, by the standard library."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, assert_never

from truto_tickets_nb.events.event_types import (
    ConflictFound,
    DryRunOutcome,
    OutcomeRecorded,
    RequestFailed,
    RequestSent,
    ResponseReceived,
    RetryDeclined,
    RetryScheduled,
    WaitStarted,
    wait_words,
)
from truto_tickets_nb.safe_text import logger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.events.event_types import Event, Severity

# Both are below "truto_tickets_nb". They are named after the modules that emit the events, so that one can log the runs alone.
_REQUESTS = logger("truto_tickets_nb.api.client")
_RUNS = logger("truto_tickets_nb.runs.engine")
_LEVELS: Mapping[Severity, int] = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}


def log_events(event: Event) -> None:
    """Log an event: requests at DEBUG, retries and waits at INFO, conflicts and failures at WARNING.

    >>> log_events(WaitStarted("acc", "truto_limit", 8.0))
    """
    match event:
        case RequestSent():
            pass  # one line a request: the one that tells how it ended
        case ResponseReceived() | RequestFailed():
            _log_request(event)
        case RetryScheduled() | RetryDeclined() | WaitStarted():
            _log_wait(event)
        case ConflictFound():
            _RUNS.warning("run %s: ticket %s: conflict: %s", event.run, event.ticket, _codes(event))
        case OutcomeRecorded():
            level, words = _LEVELS[event.severity], "run %s: ticket %s: %s: %s"
            _RUNS.log(level, words, event.run, event.ticket, event.outcome, _codes(event) or "no details")
        case DryRunOutcome():
            _RUNS.debug("dry run: ticket %s: %s", event.ticket, event.outcome)
        case _:
            assert_never(event)


def _log_request(event: ResponseReceived | RequestFailed) -> None:
    path = event.path.replace("{id}", event.ticket or event.account)
    match event:
        case ResponseReceived():
            _REQUESTS.debug("%s %s: %d after %.3f s", event.method, path, event.status, event.seconds)
        case RequestFailed():
            _REQUESTS.debug("%s %s: %s after %.3f s", event.method, path, event.error, event.seconds)
        case _:
            assert_never(event)


def _log_wait(event: RetryScheduled | RetryDeclined | WaitStarted) -> None:
    match event:
        case RetryScheduled():
            words = "account %s: %s (%s) after attempt %d, tried again"
            _REQUESTS.info(words, event.account, event.error, event.status, event.attempt)
        case RetryDeclined():
            words = "account %s: %s (%s) after attempt %d, not tried again"
            _REQUESTS.warning(words, event.account, event.error, event.status, event.attempt)
        case WaitStarted():
            _REQUESTS.info("account %s: waiting %.1f s: %s", event.account, event.seconds, wait_words(event))
        case _:
            assert_never(event)


def _codes(event: ConflictFound | OutcomeRecorded) -> str:
    verdicts = ", ".join(f"{field} ({verdict})" for field, verdict in event.verdicts)
    return "; ".join(part for part in (verdicts, event.cause, ", ".join(event.own_runs)) if part)
