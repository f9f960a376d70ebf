"""One look at a draft, shared by all forms on it: its columns as distinct cells, what changed, its plan; each reckoned once a change."""

from __future__ import annotations

import threading
import time
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

from truto_tickets_nb.selection.changed_rows import changed_rows
from truto_tickets_nb.selection.distinct_values import Columns, DistinctValues

if TYPE_CHECKING:
    import pandas as pd

    from truto_tickets_nb.edits.drafts.draft import Draft
    from truto_tickets_nb.plans.plan import Plan

QUICK = 0.15  # seconds that a plan may take to be made after each change, unasked
_EACH = (5e-6, 8e-5)  # seconds for each ticket, and for each that changes: a guess, until a plan was made


_LOCKS: weakref.WeakKeyDictionary[Draft, threading.RLock] = weakref.WeakKeyDictionary()


def lock_of(draft: Draft) -> threading.RLock:
    """Return the one lock of a draft: callbacks of two forms may run in two threads."""
    return _LOCKS.setdefault(draft, threading.RLock())


class DraftView:
    """Look at a draft. Use `draft_view_of(draft)`: all forms on one draft share one, and its lock."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.lock = draft, lock_of(draft)
        self._columns, self._base = Columns(), Columns()
        self._base.lay(draft.frame(until=0))
        self._revision = -1
        self._changed: Any = None
        self._plan: Plan | None = None
        self._planned = -1
        self._took: float | None = None

    def _follow(self) -> None:
        if self._revision != self.draft.revision:
            self._revision, self._changed = self.draft.revision, None
            self._frame = self.draft.frame()
            self._columns.lay(self._frame)

    @property
    def frame(self) -> pd.DataFrame:
        """Return the draft's frame as it is now; not to be edited."""
        self._follow()
        return self._frame

    @property
    def base(self) -> pd.DataFrame:
        """Return the tickets as loaded; not to be edited."""
        return self._base.frame

    def coded(self, name: str) -> DistinctValues:
        """Return a column as its distinct cells."""
        self._follow()
        return self._columns[name]

    @property
    def columns(self) -> Columns:
        """Return all columns as their distinct cells."""
        self._follow()
        return self._columns

    @property
    def changed(self) -> Any:
        """Return for each ticket whether it differs from the snapshot (numpy bool)."""
        self._follow()
        if self._changed is None:
            self._changed = changed_rows((self.base, self._base), (self._frame, self._columns))
        return self._changed

    @property
    def changes(self) -> int:
        """Count the tickets that differ from the snapshot."""
        return int(np.count_nonzero(self.changed))

    @property
    def plan(self) -> Plan:
        """Make the draft's plan, once a change; it takes seconds where very many tickets change."""
        if self._plan is None or self._planned != self.draft.revision:
            start = time.perf_counter()
            self._planned = self.draft.revision
            self._plan = self.draft.plan()
            self._took = time.perf_counter() - start
        return self._plan

    @property
    def quick_plan(self) -> Plan | None:
        """Return the plan if it is there already, or quickly made; else None."""
        is_made = self._plan is not None and self._planned == self.draft.revision
        return self.plan if is_made or self._reckoned() <= QUICK else None

    def _reckoned(self) -> float:
        """Reckon how long a plan would take now: as long as the last one, or more where more tickets change."""
        each, changed = _EACH
        guess = self.changes * changed
        return guess + len(self.frame) * each if self._took is None else max(self._took, guess)


_VIEWS: weakref.WeakValueDictionary[int, DraftView] = weakref.WeakValueDictionary()


def draft_view_of(draft: Draft) -> DraftView:
    """Return the one view of a draft; it lives as long as a form uses it."""
    view = _VIEWS.get(id(draft))
    if view is None or view.draft is not draft:
        view = _VIEWS[id(draft)] = DraftView(draft)
    return view
