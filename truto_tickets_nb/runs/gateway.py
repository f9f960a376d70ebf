"""What the engine needs of an account: reading one ticket, changing one ticket, and waiting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from truto_tickets_nb.api.read_then_write import ReadThenWrite
    from truto_tickets_nb.errors import ApiError

Record = dict[str, Any]
Listener = Callable[[object], None]


class Gateway(Protocol):
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
