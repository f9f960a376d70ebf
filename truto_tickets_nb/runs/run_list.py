"""The list of runs, as a value that a notebook and a terminal show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, overload

import pandas as pd

from truto_tickets_nb.errors import shorten
from truto_tickets_nb.process import host
from truto_tickets_nb.runs.outcome import UNDECIDED
from truto_tickets_nb.show import Group, Page, Paragraph, Row, to_html, to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

# "running" may also be a run of another machine, of which nobody can tell from here; "interrupted" can be resumed.
RunState = Literal["running", "interrupted", "finished", "unreadable"]
COLUMNS = ["id", "account", "state", "started", "tickets", "open"]
ROWS = 20  # runs shown; the others are counted


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One line of the list of runs; `problem` is why an unreadable one can't be read."""

    id: str
    account_id: str
    state: str
    started: str
    tickets: int
    open: int
    ended: str = ""
    who: str = ""  # the user who applied it
    counts: dict[str, int] = field(default_factory=dict)  # outcomes by kind
    host: str = ""  # the machine of the process that applied or resumed it last
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs, the newest first; it shows the first 20, a slice shows as many as it has.

    >>> runs = Runs(tuple(RunSummary(f"20261126-{n}", "acc", "finished", "2026-11-26T09:00:00+00:00", 5, 0) for n in range(99)))
    >>> print(str(runs[:1]))
    1 of 99 runs in the journal
    <BLANKLINE>
      the newest first, 1
        20261126-0  2026-11-26 09:00 UTC, acc  finished: 5 tickets
    >>> str(runs).splitlines()[-1].strip(), len(runs[:50])
    ('and 79 more', 50)
    """

    items: tuple[RunSummary, ...] = ()
    rows: int = ROWS
    of: int | None = None  # how many there are, where these are a part of them

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[RunSummary]:
        return iter(self.items)

    @overload
    def __getitem__(self, place: int) -> RunSummary: ...

    @overload
    def __getitem__(self, place: slice) -> Runs: ...

    def __getitem__(self, place: int | slice) -> RunSummary | Runs:
        if isinstance(place, slice):
            return Runs(self.items[place], len(self.items), self.of or len(self))
        return self.items[place]

    def frame(self) -> pd.DataFrame:
        """List all of them: one row a run."""
        rows = [(run.id, run.account_id, run.state, run.started, run.tickets, run.open) for run in self.items]
        return pd.DataFrame(rows, columns=COLUMNS)

    def __repr__(self) -> str:
        return to_text(_page(self))

    def _repr_html_(self) -> str:
        return to_html(_page(self))


def _page(runs: Runs) -> Page:
    part = f"{len(runs):,} of " if runs.of not in (None, len(runs)) else ""
    count = runs.of or len(runs)
    headline = f"{part}{count:,} run{'s' * (count != 1)} in the journal"
    if not runs.items:
        return Page(headline, (), (Paragraph("account.apply(plan, confirm=N) makes one."),))
    return Page(headline, (), (*groups(runs), *_notes(runs)), _next(runs))


def groups(runs: Runs) -> tuple[Group, ...]:
    """Show the newest runs, one line each, and count the others."""
    shown = runs.items[: runs.rows]
    rows = tuple(Row(run.id, f"{_when(run.started)}, {run.account_id}", (_state(run),)) for run in shown)
    return (Group("the newest first", "", f"{len(runs):,}", rows, len(runs) - len(rows)),) if rows else ()


def _next(runs: Runs) -> str:
    run = next((run for run in runs if run.open and run.state == "interrupted"), None)
    return f'account.resume("{run.id}") goes on, in a terminal: truto-tickets resume {run.id}' if run else ""


def _notes(runs: Runs) -> Iterator[Paragraph]:
    """Write why some runs can't be read, and what can be done."""
    unreadable = [run for run in runs if run.state == "unreadable"]
    if unreadable:
        names = shorten(", ".join(run.id for run in unreadable), 120)
        why = "; ".join(dict.fromkeys(run.problem for run in unreadable[:3]))
        yield Paragraph(
            f"{len(unreadable):,} of them can't be read, resumed or undone: {names} ({why}). All others can, and new plans can be applied. "
            "Load the tickets of that run and look at them before you change them again.",
            "warn",
        )


def _when(stamp: str) -> str:
    return f"{stamp[:16].replace('T', ' ')} UTC"


def _state(run: RunSummary) -> str:
    if run.state == "unreadable":
        return "unreadable"
    undecided = [f", {run.counts[kind]:,} {kind}" for kind in UNDECIDED if run.counts.get(kind)]
    left = f", {run.open:,} open" if run.open else "".join(undecided)
    where = f" on {run.host}" if run.state == "running" and run.host != host() else ""
    return f"{run.state}{where}: {run.tickets:,} ticket{'s' * (run.tickets != 1)}{left}"
