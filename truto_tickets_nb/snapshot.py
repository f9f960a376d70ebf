"""Snapshot: the tickets as loaded. A facade: frames, plans and files are made in their own rooms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from truto_tickets_nb.integrations.profile import Profile, profile
from truto_tickets_nb.loading import saved
from truto_tickets_nb.plans import rules
from truto_tickets_nb.plans.cells import Reader
from truto_tickets_nb.plans.compare import compare, date_forms
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.show import Group, Note, Page, Row, to_html, to_text
from truto_tickets_nb.tickets import fields
from truto_tickets_nb.tickets.choices import Choice, Choices

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from truto_tickets_nb.tickets.table import Table


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Snapshot:
    """Hold the tickets of one account as they were loaded. It never changes, whatever happens to its frames."""

    table: Table
    account_id: str
    integration: str
    choices: Mapping[str, Choices] = field(default_factory=dict)
    learnt: rules.Learnt = field(default_factory=rules.Learnt)
    required_query: tuple[str, ...] = ()  # query parameters that a PATCH needs here
    query: Mapping[str, Any] = field(default_factory=dict)  # by which it was loaded
    notes: tuple[str, ...] = ()
    budget: tuple[int, float] = (50, 10.0)

    def __len__(self) -> int:
        return len(self.table)

    @property
    def profile(self) -> Profile:
        """Tell what is known of the integration."""
        return profile(self.integration)

    def frame(self) -> pd.DataFrame:
        """Make an ordinary DataFrame to edit: index = ticket id (str), one row a ticket, one column a field.

        Text and references are `str`, sets are tuples, dates are `datetime64[us, UTC]` (dates without a time:
        `datetime64[us]`). It shares memory with the snapshot until a column is edited, and never leaks back.
        """
        return self.table.copy()

    def plan(self, edited: pd.DataFrame, *, clear: Iterable[str] = ()) -> Plan:
        """Compare an edited frame with this snapshot; nothing is sent.

        `clear` names the columns in which a filled cell may be emptied. Frames that can't be laid over the snapshot are a
        FrameError with every reason; whatever else must not go out is a blocking problem of the plan.
        """
        found = compare(self.table, edited, self._reader(edited), clear=clear)
        told = tuple(rules.problems(found.patches, self.profile, self.learnt))
        return Plan(
            self.account_id,
            self.integration,
            found.patches,
            (*found.problems, *told),
            (*found.notes, *rules.notes(found.patches, self.profile)),
            found.looked_at,
            self.required_query,
            budget=self.budget,
        )

    def _reader(self, edited: pd.DataFrame) -> Reader:
        known = dict(self.choices)
        if isinstance(edited, pd.DataFrame) and "parent_ticket" in edited.columns:
            names = self.table.frame["name"].fillna("") if "name" in self.table.frame else self.table.frame.index
            known["parent_ticket"] = Choices("tickets", tuple(map(Choice, self.table.frame.index, names)))
        return Reader(known, self.profile, date_forms(self.table))

    def fields(self) -> pd.DataFrame:
        """List the columns: column, kind, editable, and the values that a reference may take (str)."""
        rows = [self._about(name) for name in self.table.frame.columns]
        return pd.DataFrame(rows, columns=["column", "kind", "editable", "values"]).set_index("column")

    def _about(self, name: str) -> tuple[str, str, bool, str]:
        row = fields.field(name)
        if row is None:
            return name, "unknown", False, ""
        whole = fields.CUSTOM_FIELDS if name.startswith(fields.CUSTOM) else name
        writable = row.writable and (self.learnt.writable is None or whole in self.learnt.writable)
        known = self.choices.get(row.choices)
        return name, row.kind.word, writable, ", ".join(known.names()[:12]) if known else ""

    def save(self, path: str | Path) -> None:
        """Write the snapshot as gzipped JSON lines: a header, then each ticket as it came. Any JSON tool reads it."""
        about = {
            "account_id": self.account_id,
            "integration": self.integration,
            "required_query": self.required_query,
            "query": {key: str(value) for key, value in self.query.items()},
            "notes": self.notes,
            "budget": self.budget,
        }
        saved.write(path, self.table, about, self.choices, self.learnt)

    def _page(self) -> Page:
        asked = ", ".join(f"{key}={value}" for key, value in self.query.items()) or "all tickets"
        filled = self.table.frame.notna().sum()
        rows = tuple(Row(name, f"{filled[name]:,} filled") for name in self.table.frame.columns if filled[name])
        notes = tuple(Note(note, "warn") for note in (*self.notes, *self.table.notes))
        group = Group("columns", "", f"{len(rows)} hold something", rows)
        facts = (f"{self.integration} account {self.account_id}", asked)
        return Page(f"{len(self):,} tickets", facts, (*notes, *((group,) if rows else ())), "df = snapshot.frame()")

    def __repr__(self) -> str:
        page = self._page()
        return to_text(Page(page.headline, page.facts, page.blocks[:-1] if len(self) else page.blocks, page.footer))

    def _repr_html_(self) -> str:
        return to_html(self._page())


def open_snapshot(path: str | Path) -> Snapshot:
    """Open a snapshot that snapshot.save(path) has written; a damaged or foreign file is a SnapshotError."""
    header, table, choices, learnt = saved.read(path)
    return Snapshot(
        table,
        header["account_id"],
        header["integration"],
        choices,
        learnt,
        tuple(header["required_query"]),
        header["query"],
        tuple(header["notes"]),
        tuple(header["budget"]),
    )
