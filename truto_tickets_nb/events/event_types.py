"""The events of requests and runs, as frozen values: ids, field names, codes and seconds; never ticket text, never the token."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

# Why requests pause. "tool_asks": a success came with Retry-After. "shared_limit": the limit is used up, and not by us.
WaitReason = Literal[
    "truto_limit", "provider_limit", "truto_failed", "provider_failed", "no_answer", "tool_asks", "shared_limit"
]
WAIT_WORDS: Mapping[WaitReason, str] = {
    "truto_limit": "Truto's limit",
    "provider_limit": "the provider's limit",
    "truto_failed": "Truto failed ({status})",
    "provider_failed": "the provider failed ({status})",
    "no_answer": "no answer",
    "tool_asks": "the tool asks for it",
    "shared_limit": "somebody else uses the limit too",
}
Severity = Literal["debug", "info", "warning"]  # how loud the log is about an outcome


@dataclass(frozen=True, slots=True)
class RequestSent:
    """A request is about to leave; `path` is a template such as /unified/ticketing/tickets/{id}, `ticket` the id in it.

    In the paths of /integrated-account/{id} it is the account's id, and `ticket` is empty.
    """

    account: str
    method: str
    path: str
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class ResponseReceived:
    """An answer came, whatever its status; `seconds` is the time since the request left."""

    account: str
    method: str
    path: str
    status: int
    seconds: float
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """No answer came; `error` is the kind of the error, such as ReadTimeout. LookTooOld: the PATCH was held back."""

    account: str
    method: str
    path: str
    error: str
    seconds: float
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class RetryScheduled:
    """What was asked is asked again, after so many seconds. A PATCH is repeated only after its ticket was read again."""

    account: str
    reason: WaitReason
    seconds: float
    attempt: int  # how many attempts have failed
    error: str  # the kind of the error, such as ServerTrouble
    status: int | None = None


@dataclass(frozen=True, slots=True)
class RetryDeclined:
    """What was asked is not asked again: the error is not one that passes, or there were enough attempts."""

    account: str
    attempt: int
    error: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class WaitStarted:
    """Requests pause for so many seconds."""

    account: str
    reason: WaitReason
    seconds: float
    status: int | None = None  # of the answer that made us wait, where there was one


@dataclass(frozen=True, slots=True)
class ConflictFound:
    """Fields of a ticket were changed since it was loaded, so the ticket was not changed, or not all of it."""

    account: str
    run: str
    ticket: str
    verdicts: tuple[tuple[str, str], ...]  # each field of the patch that was compared, with its verdict
    cause: str = ""  # "own run" where earlier runs of this account made all of these changes
    own_runs: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """List the fields in conflict."""
        return tuple(field for field, verdict in self.verdicts if verdict == "conflict")


@dataclass(frozen=True, slots=True)
class OutcomeRecorded:
    """How a patch ended is in the journal; `done` of `total` tickets have ended in this process, `failed` of them badly."""

    account: str
    run: str
    ticket: str
    outcome: str  # a key of runs.outcome.OUTCOMES
    severity: Severity
    verdicts: tuple[tuple[str, str], ...] = ()
    cause: str = ""
    own_runs: tuple[str, ...] = ()
    done: int = 0
    failed: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class DryRunOutcome:
    """A dry run has looked at a ticket; nothing was sent."""

    account: str
    ticket: str
    outcome: str  # a key of runs.outcome.OUTCOMES
    done: int
    total: int


Event = (
    RequestSent
    | ResponseReceived
    | RequestFailed
    | RetryScheduled
    | RetryDeclined
    | WaitStarted
    | ConflictFound
    | OutcomeRecorded
    | DryRunOutcome
)
Listener = Callable[[Event], object]  # called from several threads, between requests; what it returns is ignored


def wait_words(event: WaitStarted | RetryScheduled) -> str:
    """Write the reason of a wait for a person.

    >>> wait_words(WaitStarted("acc", "provider_failed", 2.0, 503))
    'the provider failed (503)'
    """
    return WAIT_WORDS[event.reason].format(status=event.status)
