"""What a draft needs of the snapshot behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from truto_tickets_nb.integrations.profile import Profile
    from truto_tickets_nb.plans.account_schema import AccountSchema
    from truto_tickets_nb.plans.compare.parse_cells import Reader
    from truto_tickets_nb.plans.plan import Plan
    from truto_tickets_nb.tickets.choices import Choices
    from truto_tickets_nb.tickets.table import Table


@runtime_checkable
class Source(Protocol):
    """Name what edits use of a snapshot; this room never imports it."""

    @property
    def table(self) -> Table: ...
    @property
    def id(self) -> str: ...
    @property
    def account_id(self) -> str: ...
    @property
    def integration(self) -> str: ...
    @property
    def choices(self) -> Mapping[str, Choices]: ...
    @property
    def learnt(self) -> AccountSchema: ...
    @property
    def profile(self) -> Profile: ...

    def __len__(self) -> int: ...
    def frame(self, *, labels: bool = False) -> pd.DataFrame: ...
    def reader_for(self, edited: pd.DataFrame) -> Reader: ...
    def plan(
        self,
        edited: pd.DataFrame,
        *,
        clear: Iterable[str] = (),
        quiet: bool = False,
        query: Mapping[str, Any] | None = None,
        carry: Iterable[str] = (),
    ) -> Plan: ...
