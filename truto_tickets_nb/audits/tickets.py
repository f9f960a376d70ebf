"""The tickets that an audit looks at: the frame, the clock, which are open, and which columns can be relied on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from truto_tickets_nb.audits.statuses import is_closed
from truto_tickets_nb.tickets.cells import plain
from truto_tickets_nb.tickets.fields import CUSTOM, field
from truto_tickets_nb.tickets.json_values import is_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from truto_tickets_nb.tickets.choices import Choices

_TIMES = ("created_at", "updated_at", "completed_at")
LEAST_OPEN = 20  # open tickets before a share of them says anything about a column
UNRELIABLE = 0.5  # share of open tickets with a completion date from which the column is no completion date
DAY = pd.Timedelta(days=1)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Clock:
    """The time at which the tickets are looked at, and where it comes from."""

    now: pd.Timestamp
    origin: str


class AuditedTickets:
    """The tickets of one audit, with what several checks ask for, computed once."""

    def __init__(  # noqa: PLR0913  (all but two are keywords)
        self,
        frame: pd.DataFrame,
        choices: Mapping[str, Choices],
        *,
        clock: Clock | None,
        closed: Iterable[str] | None = None,
        parents: Callable[[], Mapping[str, str]] = dict,
        is_filtered: bool = False,
    ) -> None:
        self.frame = frame
        self.choices = choices
        self.clock = clock
        self.is_filtered = is_filtered  # a query chose the tickets: what is missing here may exist in the tool
        self._closed = None if closed is None else frozenset(closed)
        self._parents = parents
        self._computed: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def ids(self) -> pd.Index:
        """Return the ids in the order of the snapshot."""
        return self.frame.index

    @property
    def now(self) -> pd.Timestamp:
        """Return the time of the clock; checks that need it are skipped where there is none."""
        assert self.clock is not None
        return self.clock.now

    @cached_property
    def id_list(self) -> list[str]:
        """Return the ids as a list: taking one of it costs a hundredth of taking one of an index."""
        return [str(identity) for identity in self.frame.index]

    def once(self, name: str, compute: Callable[[], Result]) -> Result:
        """Return what several checks ask for, computed for the first of them."""
        if name not in self._computed:
            self._computed[name] = compute()
        result: Result = self._computed[name]
        return result

    @cached_property
    def filled(self) -> dict[str, Any]:
        """Return for each column which cells hold something (numpy bool). Empty text and empty tuples hold nothing."""
        return {name: _filled(self.frame[name]) for name in self.frame.columns}

    def has(self, name: str) -> bool:
        """Return whether a column is there and holds anything."""
        return name in self.filled and bool(self.filled[name].any())

    @cached_property
    def empty_columns(self) -> tuple[str, ...]:
        """Return the columns in which no ticket holds anything."""
        return tuple(name for name in self.frame.columns if not self.filled[name].any())

    @cached_property
    def closed_statuses(self) -> tuple[str, ...]:
        """Return the names of the statuses that count as final here, the most frequent first."""
        if not self.has("status"):
            return ()
        names = self.frame["status"].dropna().value_counts().index.tolist()
        if self._closed is not None:
            return tuple(name for name in names if name in self._closed)
        return tuple(name for name in names if is_closed(name))

    @cached_property
    def is_closed(self) -> Any:
        """Return which tickets are closed (numpy bool), or None where there is no status."""
        return self.frame["status"].isin(self.closed_statuses).to_numpy(bool) if self.has("status") else None

    @cached_property
    def is_open(self) -> Any:
        """Return which tickets are open (numpy bool), or None where there is no status. A ticket without a status is neither."""
        if self.is_closed is None:
            return None
        return ~self.is_closed & self.filled["status"]

    @cached_property
    def completed_while_open(self) -> Any:
        """Return which open tickets have a completion date (numpy bool); none where that can't be known."""
        if self.is_open is None or not self.has("completed_at"):
            return np.zeros(len(self), dtype=bool)
        return self.is_open & self.filled["completed_at"]

    @cached_property
    def is_completion_unreliable(self) -> bool:
        """Return whether completed_at is no completion date: most open tickets have one too."""
        if self.is_open is None:
            return False
        count = int(self.is_open.sum())
        return count >= LEAST_OPEN and int(self.completed_while_open.sum()) >= UNRELIABLE * count

    def texts(self, name: str) -> pd.Series:
        """Return a column of text with "" for nothing."""
        return self.frame[name].fillna("").astype(object) if name in self.frame else pd.Series("", index=self.ids)

    def age(self, since: str) -> pd.Series:
        """Return the days from a column of dates to the clock (float64, NaN where there is no date)."""
        return days(self.now - instants(self.frame[since]))

    @cached_property
    def days_to_complete(self) -> pd.Series:
        """Return the days that closed tickets took (float64); empty where dates are missing or can't be relied on."""
        if (
            self.is_closed is None
            or not self.has("completed_at")
            or not self.has("created_at")
            or self.is_completion_unreliable
        ):
            return pd.Series(dtype="float64")
        took: pd.Series = days(instants(self.frame["completed_at"]) - instants(self.frame["created_at"]))
        took = took[self.is_closed].dropna()
        at_least_none: pd.Series = took[took >= 0]
        return at_least_none

    @cached_property
    def vocabulary_columns(self) -> tuple[str, ...]:
        """Return the columns whose values are a vocabulary: names chosen from a list, tags, and custom texts that repeat."""
        return tuple(name for name in self.frame.columns if self.has(name) and self._is_vocabulary(name))

    def _is_vocabulary(self, name: str) -> bool:
        known = field(name)
        if name.startswith(CUSTOM):
            cells = self.frame[name]
            if cells.dtype != "str" and str(cells.dtype) != "string":
                return False
            filled = cells[self.filled[name]]
            distinct = int(filled.nunique())
            return distinct <= 1000 and (distinct * 2 <= len(filled) or distinct <= 20)
        if known is None or name in ("contact", "account", "created_by", "parent_ticket", "assignees", "workspace"):
            return False
        return known.kind.word in ("reference", "set", "words") and known.writable

    def counts(self, name: str, rows: Any = None) -> pd.Series:
        """Return how many tickets hold each value of a column (index str, the most frequent first); members of sets one by one."""
        cells = self.frame[name] if rows is None else self.frame[name][rows]
        known = field(name)
        if known is not None and known.kind.many:
            cells = cells.explode()
        cells = cells[~cells.isna()]
        found = cells.astype(str).value_counts(sort=False)
        return found.iloc[np.lexsort((found.index.to_numpy(str), -found.to_numpy()))] if len(found) else found

    def holding(self, name: str, values: Iterable[str]) -> Any:
        """Return which tickets hold one of the values (numpy bool)."""
        wanted = frozenset(values)
        known = field(name)
        if known is not None and known.kind.many:
            return np.fromiter((not wanted.isdisjoint(cell or ()) for cell in self.frame[name]), bool, len(self))
        return self.frame[name].isin(wanted).to_numpy(bool)

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """Return the parent's id for each ticket that has one."""
        return self._parents()

    def chosen(self, mask: Any) -> tuple[str, ...]:
        """Return the ids of the rows of a mask."""
        return tuple(self.id_list[place] for place in np.flatnonzero(np.asarray(mask, dtype=bool)).tolist())


def clock_of(frame: pd.DataFrame, now: Any, loaded_at: pd.Timestamp | None) -> Clock | None:
    """Return the clock: the caller's, else the latest time in the tickets that is not after they were loaded, else that time."""
    if now is not None:
        return Clock(moment(now), "given by now=")
    latest = [instants(frame[name]).max() for name in _TIMES if name in frame]
    if loaded_at is not None:
        latest = [instants(frame[name])[lambda cells: cells <= loaded_at].max() for name in _TIMES if name in frame]
    known = [time for time in latest if not pd.isna(time)]
    if known:
        return Clock(max(known), "the latest time in these tickets")
    return None if loaded_at is None else Clock(loaded_at, "when the tickets were loaded")


def moment(value: Any) -> pd.Timestamp:
    """Return a time in UTC; one without a zone is taken as UTC."""
    try:
        time = pd.Timestamp(value)
    except (ValueError, TypeError) as error:
        raise ValueError(f'now= takes a time such as "2026-01-31" or "2026-01-31T10:00Z", not {value!r}.') from error
    if pd.isna(time):
        raise ValueError('now= takes a time such as "2026-01-31" or "2026-01-31T10:00Z".')
    return time.tz_localize("UTC") if time.tzinfo is None else time.tz_convert("UTC")


def instants(cells: pd.Series) -> pd.Series:
    """Return a column of dates as times in UTC; anything else becomes NaT."""
    if isinstance(cells.dtype, pd.DatetimeTZDtype):
        return cells
    if cells.dtype.kind == "M":
        moments: pd.Series = cells.dt.tz_localize("UTC")
        return moments
    return pd.Series(pd.NaT, index=cells.index, dtype="datetime64[us, UTC]")


def days(spans: pd.Series) -> pd.Series:
    """Return spans of time in days."""
    in_days: pd.Series = spans.dt.total_seconds() / 86_400
    return in_days


def _filled(cells: pd.Series) -> Any:
    if cells.dtype == object:
        return np.fromiter(map(_is_filled, cells), bool, len(cells))
    filled = cells.notna().to_numpy(bool)
    if filled.any() and str(cells.dtype) in ("str", "string"):
        return filled & (cells != "").to_numpy(bool)
    return filled


def _is_filled(cell: Any) -> bool:
    if cell is None or type(cell) is tuple:  # nearly all: sets
        return bool(cell)
    return not is_missing(plain(cell))
