"""The state of a played account, as a protocol: what descriptions of accounts read of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.profiles.profiles import PlayedIntegration


class AccountState(Protocol):
    """An account that is played: its id, the tool behind it, and its state (status, blocked, read_only)."""

    account_id: str
    played: PlayedIntegration
    state: dict[str, Any]
