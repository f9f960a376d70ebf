"""What the engine needs of the outside: two requests, and somebody who listens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from truto_tickets_nb.argument_checks import of_type, said
from truto_tickets_nb.errors import ArgumentError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from truto_tickets_nb.api.read_then_write import ReadThenWrite
    from truto_tickets_nb.errors import ApiError

Record = dict[str, Any]
Listener = Callable[[object], None]


class Door(Protocol):
    """Reach the tickets of one account."""

    @property
    def account_id(self) -> str:
        """Name the account."""

    def get(self, identity: str, *, query: Mapping[str, Any] | None = None) -> Record:
        """Read one ticket."""

    def patch(
        self, identity: str, body: Mapping[str, Any], *, query: Mapping[str, Any] | None = None, idempotency_key: str
    ) -> Record:
        """Change one ticket, once; an error's `maybe_applied` tells whether it may have happened all the same."""

    def pair(self) -> AbstractContextManager[ReadThenWrite | None]:
        """Take the places of a read and a write together: the write follows the read at once, or is a LookTooOld."""

    @property
    def is_paused(self) -> bool:
        """Tell whether a limit makes everybody wait just now."""

    def wait(self, error: ApiError, attempt: int) -> bool:
        """Wait as long as an error asks for; False where trying again is of no use."""


@dataclass(frozen=True, slots=True)
class SafetyLimits:
    """Say when a run stops by itself; all in one place."""

    cap: int = 5000  # tickets in one run
    canary: int = 3  # tickets sent and verified one by one before the rest
    stop_after: int = 10  # failures in a row
    workers: int = 4  # requests in flight
    reread: bool = (
        False  # every ticket is read again after its PATCH; else only a canary, and where the answer leaves a doubt
    )

    def __post_init__(self) -> None:
        for name, least in (("cap", 1), ("canary", 0), ("stop_after", 1), ("workers", 1)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise ArgumentError(
                    f"SafetyLimits({name}=...) is a whole number of {least} or more, not {said(value)}."
                )
        of_type("SafetyLimits(reread=...)", self.reread, bool, "True or False")
