"""Two audits compared: which findings, and which of their tickets, are new, gone, unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from truto_tickets_nb.show import Group, Page, Row, to_html, to_text
from truto_tickets_nb.wording import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.audits.finding import Finding


@dataclass(frozen=True, slots=True)
class Difference:
    """One finding in two audits: the tickets that came to it, left it, and stayed."""

    key: str
    new: tuple[str, ...]
    gone: tuple[str, ...]
    unchanged: tuple[str, ...]
    was_there: bool
    is_there: bool

    @property
    def state(self) -> str:
        """Return new, gone or unchanged, as a finding."""
        return "unchanged" if self.was_there and self.is_there else "new" if self.is_there else "gone"


@dataclass(frozen=True, slots=True, repr=False)
class AuditComparison:
    """What has become of an audit's findings since an earlier one."""

    differences: tuple[Difference, ...]
    before: str = ""  # the clocks
    now: str = ""

    @property
    def new(self) -> tuple[str, ...]:
        """Return the keys of findings that were not there."""
        return tuple(row.key for row in self.differences if row.state == "new")

    @property
    def gone(self) -> tuple[str, ...]:
        """Return the keys of findings that are no longer there."""
        return tuple(row.key for row in self.differences if row.state == "gone")

    @property
    def unchanged(self) -> tuple[str, ...]:
        """Return the keys of findings that are there in both, whatever their tickets."""
        return tuple(row.key for row in self.differences if row.state == "unchanged")

    def frame(self) -> pd.DataFrame:
        """List the findings: state, new, gone, unchanged (tickets, int); one row each, index = key."""
        rows = [(row.state, len(row.new), len(row.gone), len(row.unchanged)) for row in self.differences]
        index = pd.Index([row.key for row in self.differences], name="key", dtype="str")
        return pd.DataFrame(rows, columns=["state", "new", "gone", "unchanged"], index=index)

    def __getitem__(self, key: str) -> Difference:
        return next(row for row in self.differences if row.key == key)

    def _page(self) -> Page:
        groups = []
        for state in ("new", "gone", "unchanged"):
            rows = [row for row in self.differences if row.state == state]
            lines = tuple(Row(row.key, "", (_words(row),)) for row in rows)
            if lines:
                groups.append(
                    Group(f"findings {state}", "", f"{len(lines):,}", lines, 0, "warn" if state == "new" else "plain")
                )
        headline = f"{len(self.new):,} findings new, {len(self.gone):,} gone, {len(self.unchanged):,} unchanged"
        facts = (f"{self.before[:16]} -> {self.now[:16]}",) if self.before and self.now else ()
        return Page(headline, facts, tuple(groups))

    def __repr__(self) -> str:
        return to_text(self._page())

    def _repr_html_(self) -> str:
        return to_html(self._page())


def _words(row: Difference) -> str:
    parts = [f"{len(row.new):,} new", f"{len(row.gone):,} gone"]
    return f"{counted(len(row.unchanged), 'ticket')} unchanged, {', '.join(parts)}"


def compared(
    before: Mapping[str, Finding], now: Mapping[str, Finding], earlier_clock: str, clock: str
) -> AuditComparison:
    """Compare the findings of two audits by key."""
    differences = []
    for key in sorted({*before, *now}):
        old = dict.fromkeys(before[key].ids if key in before else ())
        new = dict.fromkeys(now[key].ids if key in now else ())
        differences.append(
            Difference(
                key,
                tuple(one for one in new if one not in old),
                tuple(one for one in old if one not in new),
                tuple(one for one in new if one in old),
                key in before,
                key in now,
            )
        )
    return AuditComparison(tuple(differences), earlier_clock, clock)
