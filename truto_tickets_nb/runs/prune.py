"""Remove old runs from the journal: which may go, shown before they go, and the room in the file given back."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from truto_tickets_nb.argument_checks import whole_number
from truto_tickets_nb.errors import SetupError
from truto_tickets_nb.runs.outcome import UNDECIDED
from truto_tickets_nb.runs.run_list import Runs, groups
from truto_tickets_nb.show import Page, Paragraph, to_html, to_text
from truto_tickets_nb.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.runs.run_list import RunSummary

LONGEST = 36_500
DAYS = 90  # how old a run must be to be removed, unless another age is given


@dataclass(frozen=True, slots=True)
class OldRuns:
    """The runs that are old enough to be removed, and why others of that age stay; `removed`: they are gone."""

    runs: Runs
    days: int = DAYS
    stay: tuple[str, ...] = ()  # why other runs of that age stay, one reason a run
    removed: bool = False
    freed: int = 0  # bytes by which the file shrank

    def __len__(self) -> int:
        return len(self.runs)

    def __iter__(self) -> Iterator[RunSummary]:
        return iter(self.runs)

    @property
    def page(self) -> Page:
        """Return the page that shows them."""
        verb = "was" if len(self) == 1 else "were"
        end = f"{verb} removed, {self.freed / 1e6:,.1f} MB are free again" if self.removed else "would be removed"
        is_offer = bool(len(self)) and not self.removed
        loss = (Paragraph("They can't be shown or undone after that.", "warn"),) if is_offer else ()
        footer = f"account.prune_runs(older_than={self.days}, confirm={len(self)}) removes them" if is_offer else ""
        return Page(
            f"{counted(len(self), 'run')} older than {counted(self.days, 'day')} {end}",
            (),
            (*groups(self.runs), *loss, *self._staying()),
            footer,
        )

    def _staying(self) -> Iterator[Paragraph]:
        for why in dict.fromkeys(self.stay):
            number = self.stay.count(why)
            yield Paragraph(f"{counted(number, 'run')} of that age stay{'s' * (number == 1)}: {why}.")

    def __repr__(self) -> str:
        return to_text(self.page)

    def _repr_html_(self) -> str:
        return to_html(self.page)


def checked_days(older_than: object) -> int:
    """Read an age in whole days, 0 or more."""
    days = whole_number("older_than", older_than)
    if not 0 <= days <= LONGEST:
        raise SetupError(f"older_than={days} is no age of a run in days: give 0 or more, such as older_than={DAYS}.")
    return days


def old_runs(runs: Runs, days: int, *, force: bool, now: datetime | None = None) -> OldRuns:
    """Choose the runs that ended so many days ago; open, unknown and unreadable ones only with `force`, running ones never."""
    until = (now or datetime.now(UTC)) - timedelta(days=days)
    old = [run for run in runs if _is_older(run, until, unknown=force)]
    reasons = {run.id: _reason(run) for run in old}
    going = tuple(run for run in old if not reasons[run.id] or (force and run.state != "running"))
    stay = tuple(reasons[run.id] for run in old if run not in going)
    return OldRuns(Runs(going), days, stay)


def _reason(run: RunSummary) -> str:
    if run.state == "running":
        return "running, here or on another machine"
    if run.state == "unreadable":
        return "unreadable"
    if run.state != "finished" or run.open:
        return "interrupted, to be resumed"
    undecided = [kind for kind in UNDECIDED if run.counts.get(kind)]
    return f"with {' and '.join(undecided)} outcomes" if undecided else ""


def _is_older(run: RunSummary, until: datetime, *, unknown: bool) -> bool:
    try:
        ended = datetime.fromisoformat(run.ended or run.started)
        return (ended if ended.tzinfo else ended.replace(tzinfo=UTC)) <= until
    except ValueError:
        return unknown  # a damaged row, whose age is not known


def remove(db: sqlite3.Connection, chosen: OldRuns) -> None:
    """Remove the rows of these runs."""
    for run in chosen:
        db.execute("delete from patches where run=?", (run.id,))
        db.execute("delete from runs where id=?", (run.id,))


def shrink(db: sqlite3.Connection) -> None:
    """Return the room of removed rows to the disk, so that the file is smaller; another process that is at work is not waited for long."""
    try:
        if db.execute("pragma auto_vacuum").fetchone()[0] == 2:
            db.executescript("pragma incremental_vacuum")  # a step for each page, of which execute() takes one
        else:  # a journal of an earlier version, which is written anew once
            db.execute("pragma auto_vacuum=incremental")
            db.execute("vacuum")
        db.execute("pragma wal_checkpoint(truncate)").fetchall()
    except sqlite3.OperationalError:  # locked, or no room for the copy: the room is used for later runs
        return


def done(chosen: OldRuns, freed: int) -> OldRuns:
    """Return the same runs as removed."""
    return replace(chosen, removed=True, freed=max(0, freed))
