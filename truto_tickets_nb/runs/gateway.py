"""What the engine needs of an account: reading one ticket, changing one ticket, and waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from truto_tickets_nb.api.read_then_write import ReadThenWrite
    from truto_tickets_nb.errors import ApiError

Record = dict[str, Any]


class Gateway(Protocol):
    """The tickets of one account, as the engine reads and changes them."""

    @property
    def account_id(self) -> str:
        """Return the id of the account."""

    def get(self, identity: str, *, query: Mapping[str, Any] | None = None) -> Record:
        """Read one ticket."""

    def patch(
        self, identity: str, body: Mapping[str, Any], *, query: Mapping[str, Any] | None = None, idempotency_key: str
    ) -> Record:
        """Change one ticket, once; `maybe_applied` of an error: it may have happened all the same."""

    def pair(self) -> AbstractContextManager[ReadThenWrite | None]:
        """Take the places of a read and a write together: the write follows the read at once, or is a LookTooOld."""

    @property
    def is_paused(self) -> bool:
        """Return whether a limit makes every request wait now."""

    def wait(self, error: ApiError, attempt: int) -> bool:
        """Wait as long as an error asks for; False where trying again is of no use."""
