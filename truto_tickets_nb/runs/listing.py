"""The list of runs, as a value that a notebook and a terminal show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from truto_tickets_nb.show import Group, Note, Page, Row, to_html, to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = ["id", "account", "state", "started", "tickets", "open"]


@dataclass(frozen=True, slots=True)
class RunSummary:
    """Hold one line of the list of runs."""

    id: str
    account_id: str
    state: str
    started: str
    tickets: int
    open: int
    ended: str = ""
    who: str = ""
    counts: dict[str, int] = field(default_factory=dict)  # outcomes by kind


@dataclass(frozen=True, slots=True)
class Runs:
    """Hold runs, the newest first."""

    items: tuple[RunSummary, ...] = ()

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[RunSummary]:
        return iter(self.items)

    def __getitem__(self, place: int) -> RunSummary:
        return self.items[place]

    def frame(self) -> pd.DataFrame:
        """List them: one row a run."""
        rows = [(run.id, run.account_id, run.state, run.started, run.tickets, run.open) for run in self.items]
        return pd.DataFrame(rows, columns=COLUMNS)

    def __repr__(self) -> str:
        return to_text(_page(self))

    def _repr_html_(self) -> str:
        return to_html(_page(self))


def _page(runs: Runs) -> Page:
    rows = tuple(Row(run.id, f"{run.started}, account {run.account_id}", (_state(run),)) for run in runs)
    open_ = [run.id for run in runs if run.open]
    footer = f'account.resume("{open_[0]}") goes on, in a terminal: truto-tickets resume {open_[0]}' if open_ else ""
    block = (
        Group("the newest first", "", f"{len(rows):,}", rows)
        if rows
        else Note("account.apply(plan, confirm=N) makes one.")
    )
    return Page(f"{len(runs):,} run{'s' * (len(runs) != 1)} in the journal", (), (block,), footer)


def _state(run: RunSummary) -> str:
    left = f", {run.open:,} open" if run.open else ""
    return f"{run.state}: {run.tickets:,} tickets{left}"
