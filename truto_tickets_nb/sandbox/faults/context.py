"""What a fault works with, as protocols: the account that it strikes, and its own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.data.store import Store


class StruckAccount(Protocol):
    """The account that a fault strikes."""

    state: dict[str, Any]

    @property
    def store(self) -> Store: ...

    def touch(self, record: dict[str, Any], *, by: str, silently: bool = False) -> Any: ...


class FaultSettings(Protocol):
    """The settings of one fault: what kind it is, and its options."""

    @property
    def kind(self) -> str: ...
    @property
    def tickets(self) -> tuple[str, ...]: ...
    @property
    def wait(self) -> float: ...
    @property
    def field(self) -> str: ...
