"""Snapshot: the tickets as loaded. A facade: frames, plans and files are made in their own rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from truto_tickets_nb.argument_checks import file_path, names, of_type
from truto_tickets_nb.edits.drafts.autosave import FOLDER, Autosave
from truto_tickets_nb.edits.drafts.draft import Draft
from truto_tickets_nb.edits.drafts.rebase import conflicts_of, rebased
from truto_tickets_nb.edits.recipes.recipe import Recipe
from truto_tickets_nb.edits.recipes.report import report
from truto_tickets_nb.errors import FrameError
from truto_tickets_nb.files.home_folder import home as folder
from truto_tickets_nb.integrations.profile import Profile, profile
from truto_tickets_nb.loading import snapshot_file
from truto_tickets_nb.loading.column_info import about
from truto_tickets_nb.plans import new_tags, rules
from truto_tickets_nb.plans.account_schema import AccountSchema
from truto_tickets_nb.plans.compare import frame_identity
from truto_tickets_nb.plans.compare.candidates import shared
from truto_tickets_nb.plans.compare.compare import compare, date_forms
from truto_tickets_nb.plans.compare.edited_frame import EditedFrame, mark
from truto_tickets_nb.plans.compare.parse_cells import Reader, custom_forms
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.plans.request_spec import request_spec_of
from truto_tickets_nb.safe_text import printable
from truto_tickets_nb.sheets import spreadsheets
from truto_tickets_nb.sheets.source import ColumnHelp, SheetSource
from truto_tickets_nb.show import Group, Page, Paragraph, Row, to_html, to_text
from truto_tickets_nb.tickets.choices import Choice, Choices
from truto_tickets_nb.tickets.fields import CUSTOM
from truto_tickets_nb.tickets.namesakes import told_apart

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from truto_tickets_nb.audits.audit import Audit
    from truto_tickets_nb.audits.check import UserCheck
    from truto_tickets_nb.edits.recipes.report import Report
    from truto_tickets_nb.tickets.table import Table


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False, repr=False)
class Snapshot:
    """The tickets of one account as they were loaded. It never changes, whatever happens to its frames."""

    table: Table
    account_id: str
    integration: str
    choices: Mapping[str, Choices] = field(default_factory=dict)
    learnt: AccountSchema = field(default_factory=AccountSchema)
    query: Mapping[str, Any] = field(default_factory=dict)  # by which it was loaded
    notes: tuple[str, ...] = ()
    budget: tuple[int, float] = (50, 10.0)
    home: str | Path | None = None  # the folder of its account, where one was given
    practice: bool = False  # of a sandbox in memory, which leaves nothing behind
    id: str = ""  # 32 hex digits over the account and the tickets: the same data gives the same id
    loaded_at: str = ""  # when it was loaded, ISO 8601 in UTC; "" where that is not known

    def __post_init__(self) -> None:
        object.__setattr__(self, "notes", tuple(map(printable, self.notes)))
        if not self.id:
            object.__setattr__(self, "id", frame_identity.digest(self.table, self.account_id, self.integration))
        frame_identity.register(self.id, self)

    def __len__(self) -> int:
        return len(self.table)

    @property
    def profile(self) -> Profile:
        """Return what is known of the integration; all of it is assumed where this environment changed Truto's mapping."""
        return self.learnt.applied_to(profile(self.integration))

    def frame(self, *, labels: bool = False) -> pd.DataFrame:
        """Make an ordinary DataFrame to edit: index = ticket id (str), one row a ticket, one column a field.

        Text and references are `str`, sets are tuples, dates are `datetime64[us, UTC]` (dates without a time:
        `datetime64[us]`). It shares memory with the snapshot until a column is edited, and never leaks back. It knows which snapshot
        it was made from (`df.attrs["truto_snapshot"]`, also through parquet and pickle): a plan of another snapshot refuses it.

        References are names. `labels=True` tells people, tags and teams of one name apart, as drafts and forms do:
        "Jo Smith <jo1@example.com>"; such a label is accepted wherever a name is.
        """
        return self._marked(told_apart(self.table, self.choices) if labels else self.table.copy())

    def _marked(self, frame: pd.DataFrame) -> pd.DataFrame:
        return mark(frame, snapshot=frame_identity.SnapshotId(self.id, self))

    def draft(self, name: str = "", *, recover: bool = False, home: str | Path | None = None) -> Draft:
        """Begin a draft: this snapshot plus steps, with undo and redo; see Draft.

        It saves itself after each change, into drafts/ of the user's folder (`home`, else that of the account, else
        TRUTO_TICKETS_HOME, else where the platform keeps such data). `recover=True` goes on with the one of this name that a dead
        kernel left. Practice in memory leaves nothing behind, as its journal does, unless a folder was given.
        """
        place = home or self.home
        keeps = place is not None or not self.practice
        autosave = Autosave(folder(place) / FOLDER, self.account_id, name) if keeps else None
        return Draft(self, name, autosave=autosave, recover=recover)

    def replay(self, recipe: Recipe) -> Report:
        """Replay a recipe on these tickets; recipe.apply_to(snapshot) does the same.

        >>> import truto_tickets_nb as tt
        >>> with tt.sandbox("jira", tickets=3) as account:
        ...     report = account.load(progress=False).replay(tt.Recipe((tt.Step("clear", "due_date"),)))
        >>> report.frame()["step"].tolist()
        ['due_date: emptied']
        """
        return report(recipe, Draft(self, recipe.name).take(recipe))

    def plan(
        self,
        edited: pd.DataFrame | Recipe,
        *,
        clear: Iterable[str] = (),
        quiet: bool = False,
        query: Mapping[str, Any] | None = None,
        carry: Iterable[str] = (),
    ) -> Plan:
        """Compare an edited frame with this snapshot, or replay a recipe on it; nothing is sent.

        `clear` names the columns in which a filled cell may be emptied. `quiet` passes the vendor's documented switch that keeps it
        from mailing people, and is refused where there is none. `query` holds parameters that go along with each PATCH (such as
        `{"organization": {"id": "7"}}`), `carry` fields that go along unchanged: for tools that need what nobody documents.

        Frames that can't be laid over the snapshot are a FrameError with every reason; whatever else can't be sent is a blocking
        problem of the plan.
        """
        clear = names("clear", clear, 'clear=["due_date"]')
        carry = names("carry", carry, 'carry=["workspace"]')
        if query is not None:
            of_type("query=", query, Mapping, 'a dict of parameters such as {"organization": {"id": "7"}}')
        if isinstance(edited, Recipe):
            return self.replay(edited).plan(clear=clear, quiet=quiet, query=query, carry=carry)
        given = EditedFrame.of(edited)
        frame_identity.check_snapshot(given, self.table, self.id)
        comparison = compare(self.table, given, self.reader_for(given.frame), clear=clear)
        fields = {change.field for patch in comparison.patches for change in patch.changes}
        spec = request_spec_of(self.profile, self.learnt, fields, query=query, carry=carry, quiet=quiet)
        context = rules.RuleContext(self.profile, self.learnt, spec, comparison.records, self.choices)
        changed = {(patch.ticket, change.field) for patch in comparison.patches for change in patch.changes}
        problems = (
            *comparison.problems,
            *conflicts_of(given, changed),
            *new_tags.warnings(comparison.patches, self.choices),
            *rules.problems(comparison.patches, context),
        )
        tags = new_tags.note(comparison.patches, self.choices)
        notes = (*comparison.notes, *tags, *rules.notes(comparison.patches, context))
        plan = Plan(self.account_id, self.integration, comparison.patches, problems, notes, comparison.looked_at, spec)
        return replace(plan, budget=self.budget)

    def rebase(self, edited: pd.DataFrame, base: Snapshot | None = None) -> pd.DataFrame:
        """Bring the edits of a frame that was made from an earlier snapshot over to this one; nothing is sent.

        The result is a frame of this snapshot that holds only what was edited. An edit of a cell that the tool has changed meanwhile is
        left out: `df.attrs["conflicts"]` lists it (ticket, field, base, theirs, mine), and the plan warns of it. The earlier snapshot
        is found as long as this process has it in memory; after a restart, give it: `base=tt.open_snapshot(path)`.
        """
        given = EditedFrame.of(edited)
        named = given.snapshot_id
        old = base or frame_identity.snapshot_of(given)
        if old is None:
            which = "was made from is not in memory any more" if named else "was made from is not named in it"
            raise FrameError(
                f"The snapshot that this frame {which}. Give it: snapshot.rebase(df, base=earlier); one that was saved is opened "
                "with tt.open_snapshot(path)."
            )
        if base is not None and named not in (None, base.id):
            raise FrameError("base= is not the snapshot that this frame was made from. Give the one that made it.")
        if (old.account_id, old.integration) != (self.account_id, self.integration):
            raise FrameError(
                f"This frame is of {old.integration} account {old.account_id}, this snapshot of {self.integration} account "
                f"{self.account_id}. Only edits of the same account can be brought over."
            )
        return rebased(self, old, given)

    def reader_for(self, edited: pd.DataFrame) -> Reader:
        """Make what reads the cells of an edited frame: the choices, the profile and the forms of dates of these tickets."""
        choices = dict(self.choices)
        if self._has_parents_edited(edited):
            names = self.table.frame["name"].fillna("") if "name" in self.table.frame else self.table.frame.index
            choices["parent_ticket"] = Choices("tickets", tuple(map(Choice, self.table.frame.index, names)))
        return Reader(choices, self.profile, date_forms(self.table), custom_forms(self.table, self.learnt))

    def _has_parents_edited(self, edited: pd.DataFrame) -> bool:
        """Return whether parents may have changed: only then every ticket is a choice, which costs time with many of them."""
        if "parent_ticket" not in edited.columns or edited.columns.duplicated().any():
            return False
        current = self.table.frame.get("parent_ticket")
        return current is None or not shared(current, edited["parent_ticket"])

    def audit(
        self,
        config: str | Path | None = None,
        *,
        now: Any = None,
        closed: Iterable[str] | None = None,
        checks: Iterable[UserCheck] = (),
        progress: bool = True,
    ) -> Audit:
        """Look at all tickets with every check: what state they are in, what can be repaired; nothing is changed or sent.

        `config` is the path of a TOML file that chooses, tunes and suppresses checks. `now` is the time to look at them (default: the
        latest time in the tickets that is not after they were loaded). `closed` names the statuses that count as closed; without it
        they are judged by their names. `checks` adds checks of your own to those registered with @tt.check.
        """
        from truto_tickets_nb.audits.audit_snapshot import audit  # noqa: PLC0415  (rapidfuzz and fifty checks only where one audits)

        closed = None if closed is None else names("closed", closed, 'closed=["Done"]')
        path = None if config is None else file_path("config", config)
        return audit(
            self,
            path,
            now=now,
            closed=closed,
            checks=checks,
            loaded_at=self.loaded_at,
            is_filtered=bool(self.query),
            progress=progress,
        )

    def spellings(self, field: str, *, by: str | None = None) -> pd.DataFrame:
        """List the values of a column that are one value in several spellings: group, value, tickets, keep; one row a value.

        `by` names a column, such as "workspace", within whose values alone spellings are compared. `keep` is the spelling to keep, ""
        where a person must decide.
        """
        from truto_tickets_nb.audits.listings import spellings  # noqa: PLC0415

        return spellings(self, field, by)

    def duplicates(self, field: str = "name") -> pd.DataFrame:
        """List the groups of tickets that are alike in a text: kind ("same" or "look alike"), group, id, text; one row a ticket."""
        from truto_tickets_nb.audits.listings import duplicates  # noqa: PLC0415

        return duplicates(self, field)

    def fields(self) -> pd.DataFrame:
        """List the columns: kind, editable (bool), and the values that a reference may take (str), with who names them."""
        rows = [about(name, self.profile, self.learnt, self.choices) for name in self.table.frame.columns]
        frame = pd.DataFrame(rows, columns=["column", "kind", "editable", "why", "takes"]).set_index("column")
        return frame.astype({"editable": bool})

    def to_excel(self, path: str | Path, *, columns: Iterable[str] | None = None) -> None:
        """Write the tickets as a workbook to edit: `snapshot.read_excel(path)` reads it back. Needs the extra `[excel]`.

        `columns` names the columns (their order is kept); without it, those that hold something or can be edited. The sheet "how to" of
        the file tells people what to do; to empty a cell on purpose one writes `<clear>` into it.
        """
        spreadsheets.to_excel(file_path("path", path), self._origin(), _columns(columns))

    def read_excel(self, path: str | Path) -> pd.DataFrame:
        """Read an edited workbook (or a CSV made of it) as a frame for `snapshot.plan(df)`.

        Rows may be sorted, filtered or deleted, columns moved or deleted; what a spreadsheet did to ids, dates, numbers, quotes and
        blanks is repaired, and an untouched cell keeps its very value. A cell with the word `<clear>` is empty in the frame and may be
        cleared (`df.attrs["cleared"]`: column -> ids); a merely emptied one is a blocking problem of the plan. `df.attrs["notes"]`
        tells what was left alone. A file that does not fit this snapshot is a FrameError with every reason, each with its cell.
        """
        return self._marked(spreadsheets.read(file_path("path", path), self._origin()))

    def to_csv(self, path: str | Path, *, columns: Iterable[str] | None = None) -> None:
        """Write the tickets as CSV that any spreadsheet opens (UTF-8 with its mark); `snapshot.read_csv(path)` reads it back.

        Text that a spreadsheet might evaluate has an apostrophe in front, as have ids that would lose digits; both come back unchanged.
        """
        spreadsheets.to_csv(file_path("path", path), self._origin(), _columns(columns))

    def read_csv(self, path: str | Path) -> pd.DataFrame:
        """Read an edited CSV, whatever its separators and encoding, as `read_excel` reads a workbook."""
        return self._marked(spreadsheets.read(file_path("path", path), self._origin()))

    def _origin(self) -> SheetSource:
        helps = {name: self._told(name) for name in self.table.frame.columns}
        days = frozenset({"due_date"} if self.profile.fact("due_date").value == "date" else ())
        return SheetSource(self.table, self.account_id, self.integration, self.choices, helps, days, self.id)

    def _told(self, name: str) -> ColumnHelp:
        column = about(name, self.profile, self.learnt, self.choices)
        custom = self.learnt.field(name.removeprefix(CUSTOM)) if name.startswith(CUSTOM) else None
        return ColumnHelp(
            column.kind, "" if column.editable else column.why, column.takes, custom.options if custom else ()
        )

    def save(self, path: str | Path) -> None:
        """Write the snapshot as gzipped JSON lines: a header, then each ticket as it came. Any JSON tool reads it."""
        about = {
            "account_id": self.account_id,
            "integration": self.integration,
            "query": {key: str(value) for key, value in self.query.items()},
            "notes": self.notes,
            "budget": self.budget,
            "practice": self.practice,
            "id": self.id,
            "loaded_at": self.loaded_at,
        }
        snapshot_file.write(file_path("path", path), self.table, about, self.choices, self.learnt)

    def _page(self) -> Page:
        asked = ", ".join(f"{key}={value}" for key, value in self.query.items()) or "all tickets"
        filled = self.table.frame.notna().sum()
        rows = tuple(Row(name, f"{filled[name]:,} filled") for name in self.table.frame.columns if filled[name])
        notes = tuple(Paragraph(note, "warn") for note in (*self.notes, *self.table.notes))
        group = Group("columns", "", f"{len(rows)} hold something", rows)
        facts = (f"{self.integration} account {self.account_id}", asked)
        return Page(f"{len(self):,} tickets", facts, (*notes, *((group,) if rows else ())), "df = snapshot.frame()")

    def __repr__(self) -> str:
        page = self._page()
        return to_text(Page(page.headline, page.facts, page.blocks[:-1] if len(self) else page.blocks, page.footer))

    def _repr_html_(self) -> str:
        return to_html(self._page())


def _columns(given: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if given is None else names("columns", given, 'columns=["name", "tags"]')


def open_snapshot(path: str | Path) -> Snapshot:
    """Open a snapshot that snapshot.save(path) has written; a damaged or foreign file is a SnapshotError."""
    header, table, choices, learnt = snapshot_file.read(file_path("path", path))
    return Snapshot(
        table,
        header["account_id"],
        header["integration"],
        choices,
        learnt,
        header["query"],
        tuple(header["notes"]),
        tuple(header["budget"]),
        practice=header["practice"],
        id=header["id"],
        loaded_at=header["loaded_at"],
    )
