"""Account: one connection to one tool. A facade without logic of its own."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from truto_tickets_nb.api import request_budget
from truto_tickets_nb.argument_checks import ids_of, names, of_type, whole_number
from truto_tickets_nb.errors import AccountClosed, ApiError, ConfirmError, PlanError, RunNotFound, SetupError
from truto_tickets_nb.integrations.profile import profile
from truto_tickets_nb.loading.account_metadata import CHANGING, AccountMetadata
from truto_tickets_nb.loading.account_profile import AccountProfile
from truto_tickets_nb.loading.load import Loaded, Request, load, stopped
from truto_tickets_nb.loading.preflight import preflight_problems
from truto_tickets_nb.loading.server_filters import Filters
from truto_tickets_nb.plans.check_plan import check_plan
from truto_tickets_nb.plans.confirmation import check_confirmed
from truto_tickets_nb.plans.preview import remedy
from truto_tickets_nb.runs import engine, server_check
from truto_tickets_nb.runs.journal import Journal, existing
from truto_tickets_nb.runs.journal import home as folder
from truto_tickets_nb.runs.progress_listener import progress_listener
from truto_tickets_nb.runs.prune import DAYS, OldRuns, checked_days
from truto_tickets_nb.runs.recent_writes import RecentWrites
from truto_tickets_nb.runs.run_list import Runs
from truto_tickets_nb.runs.safety_limits import SafetyLimits
from truto_tickets_nb.safe_text import logger
from truto_tickets_nb.show import ProgressBar
from truto_tickets_nb.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from truto_tickets_nb.api.account_models import AccountInfo
    from truto_tickets_nb.api.client import Client
    from truto_tickets_nb.loading.account_metadata import Facts
    from truto_tickets_nb.plans.account_schema import AccountSchema
    from truto_tickets_nb.plans.plan import Plan
    from truto_tickets_nb.runs.dry_run import DryRun
    from truto_tickets_nb.runs.run import Run
    from truto_tickets_nb.sandbox import Sandbox

log = logger(__name__)


class Account:
    """The tickets of one integrated account: load, dry-run, apply, resume. connect() and sandbox() return one."""

    def __init__(
        self, client: Client, info: AccountInfo, *, sandbox: Sandbox | None = None, home: str | Path | None = None
    ) -> None:
        self._client, self._info = client, info
        self._sandbox, self._home = sandbox, home
        self._metadata = AccountMetadata(client, profile(info.slug))
        self._recent = RecentWrites()
        self._journal: Journal | None = None
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._is_closed = False

    @property
    def id(self) -> str:
        """Return the id of the integrated account."""
        return self._client.account_id

    @property
    def integration(self) -> str:
        """Return the slug of the tool behind it, such as jira."""
        return self._info.slug

    @property
    def profile(self) -> AccountProfile:
        """Return what can be edited here and what is documented, each with its evidence; what the account says itself wins.

        It is fetched once an hour; `account.refresh()` fetches it again.
        """
        facts = self._metadata.facts()
        merged = facts.learnt.applied_to(profile(self.integration))
        return AccountProfile(self.id, merged, facts.learnt, facts.choices)

    def learnt(self) -> AccountSchema:
        """Return what the account itself says: writable and required fields, enums, filters, methods, custom fields."""
        return self._metadata.learnt()

    def refresh(self) -> None:
        """Discard the account's schema and the lists of choices; they are fetched again when they are needed."""
        self._metadata.forget()

    @property
    def sandbox(self) -> Sandbox:
        """Return the practice server behind this account: url, token, account_id, requests()…; a real account has none."""
        if self._sandbox is None:
            raise SetupError("This is a real account: there is no sandbox behind it. Practise with tt.sandbox('jira').")
        return self._sandbox

    def load(
        self,
        *,
        limit: int | None = None,
        fields: Iterable[str] | str = (),
        remote_data: bool = False,
        ids: Iterable[str] | str | int | None = None,
        progress: bool = True,
        **filters: Any,
    ) -> Snapshot:
        """Load tickets into a snapshot, with a progress bar.

        Filters are fields: `status="open"`, `updated_at={"gt": "2026-01-01"}`, `workspace={"id": "10000"}`; operators are
        eq, ne, in, and gt, gte, lt, lte for dates and `number`. A day begins at midnight UTC; `eq` of a day means any time of it.
        Texts and names are equal in any capitals; one member of a set is enough. What can't be compared is a SetupError before
        anything is sent. A filter that the tool ignores is applied here too, with a note. `ids` loads these tickets only (`[]`: none),
        `fields` these columns only; each may be a single value.

        An interrupt raises LoadInterrupted with the tickets so far in `.snapshot`. An error for good carries it in the same way: its
        `.snapshot` holds the tickets that came before it, says that it is incomplete, and can be edited and planned with.
        """
        self._check_open()
        partial = bool(profile(self.integration).fact("partial_list").value)
        ticket_ids = None if ids is None else ids_of("ids", ids)
        columns = names("fields", fields, 'fields=["name", "tags"]')
        most = None if limit is None else whole_number("limit", limit)
        request = Request(Filters.of(filters), most, columns, remote_data, ticket_ids, partial)
        with _progress_bar(most if ticket_ids is None else len(ticket_ids), "loading", shown=progress) as bar:
            loaded = load(self._client.with_listener(progress_listener(bar)), request, bar)
        return self._snapshot(loaded, filters)

    def _snapshot(self, loaded: Loaded, filters: dict[str, Any]) -> Snapshot:
        """Return the snapshot; where the load did not end well, raise what stopped it, with the snapshot."""
        self._metadata.seen = loaded.seen
        stopped_by = loaded.stopped_by
        try:
            facts = self._metadata.remembered() if isinstance(stopped_by, Exception) else self._metadata.facts()
        except (ApiError, KeyboardInterrupt) as error:
            stopped_by, facts = stopped_by or error, self._metadata.remembered()
        snapshot = self._snapshot_of(loaded, filters, facts)
        if stopped_by is not None:
            raise stopped(stopped_by, snapshot if len(snapshot) else None) from stopped_by.__cause__
        return snapshot

    def _snapshot_of(self, loaded: Loaded, filters: dict[str, Any], facts: Facts) -> Snapshot:
        return Snapshot(
            loaded.table,
            self.id,
            self.integration,
            facts.choices,
            facts.learnt,
            filters,
            (*loaded.notes(facts.learnt.filters, facts.choices), *facts.notes),
            (self._client.budget.size, self._client.budget.window),
            self._home,
            self._in_memory,
            loaded_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def dry_run(self, plan: Plan, *, ask_server: bool = False, progress: bool | ProgressBar = True) -> DryRun:
        """Re-read the tickets of a plan and return what applying would do; no PATCH is sent.

        `ask_server=True` goes one step further where the vendor documents a switch for it (Azure DevOps): each ready change is sent with
        that switch on, so that the tool itself checks it and changes nothing. The first ticket goes alone and is read again after it.
        """
        self._accept(plan)
        checking = (
            server_check.switch(self._metadata.learnt().applied_to(profile(self.integration))) if ask_server else {}
        )
        fields = {change.field for patch in plan.patches for change in patch.changes}
        obstacle, unknown = preflight_problems(self._client, fields)
        with _progress_bar(len(plan), "dry run", shown=progress) as bar:
            run_context = self._run_context(bar, None)
            result = engine.dry_run(run_context, plan, plan.request_spec, unknown).refused_because(obstacle)
            return (
                server_check.ask_server(run_context.gateway, result, checking, halted=bar.halted)
                if checking
                else result
            )

    def apply(
        self,
        plan: Plan,
        *,
        confirm: int | str | None = None,
        brakes: SafetyLimits | None = None,
        quiet: bool = False,
        progress: bool | ProgressBar = True,
    ) -> Run:
        """Send a plan: one PATCH a ticket, each checked before and verified after, all written ahead in the journal.

        `confirm` is the number of tickets you saw in the plan, or its fingerprint (16 digits or more), which no other plan has;
        anything else is a ConfirmError. `quiet` is that of snapshot.plan(). Whatever
        happens, every patch ends in exactly one outcome, and `run.undo()` makes the opposite plan. `progress` may be a ProgressBar of your own; who
        sets its `halted` stops the run in an orderly way.
        """
        self._accept(plan)
        check_confirmed(plan, confirm)
        plan = plan.quietly() if quiet else plan
        with _progress_bar(len(plan), "applying", shown=progress) as bar:
            self._metadata.forget(*CHANGING)
            return engine.apply(self._run_context(bar, brakes), plan, plan.request_spec)

    def resume(
        self,
        run_id: str | None = None,
        *,
        brakes: SafetyLimits | None = None,
        progress: bool | ProgressBar = True,
        take_over: bool = False,
    ) -> Run:
        """Go on with what is still open of a run (the last one of this account); in doubt tickets are re-read first.

        A run whose process belongs to another machine is refused, because whether it is still at work can't be seen from here;
        `take_over=True` says that it is not.
        """
        open_run = self._last_open() if run_id is None else self._run_id(run_id)
        if open_run is None:
            raise PlanError(
                "There is nothing to resume: every run of this account is finished. account.runs() lists them."
            )
        run = self.run(open_run)
        if run.plan.account_id != self.id:
            raise PlanError(
                f"Run {open_run} is of account {run.plan.account_id}, this is account {self.id}. Resume it there."
            )
        if run.state == "finished":
            return run
        if take_over:
            self.journal.give_up(open_run)
        with _progress_bar(len(run.open), "resuming", shown=progress) as bar:
            return engine.resume(self._run_context(bar, brakes), open_run)

    def runs(self) -> Runs:
        """List the runs of this account, the newest first. Where there is no journal yet, none is created."""
        journal = self._existing_journal()
        return Runs() if journal is None else journal.runs(self.id)

    def run(self, run_id: str) -> Run:
        """Read a run back from the journal; an id that is not in it is a RunNotFound."""
        journal = self._existing_journal()
        if journal is None:
            raise RunNotFound(
                f"There is no run {run_id!r}: this account has no journal yet. account.runs() lists runs."
            )
        return journal.run(self._run_id(run_id))

    def prune_runs(self, older_than: int = DAYS, *, confirm: int | None = None, force: bool = False) -> OldRuns:
        """Remove old runs of this account from the journal; without `confirm` they are only shown.

        `older_than` is in days since a run ended. Interrupted runs, those with unknown outcomes and unreadable ones stay, unless
        `force=True` is given; running ones always stay. `confirm` is the number of runs that were shown: another number is a
        ConfirmError, and nothing is removed. Removed runs can't be shown or undone any more.
        """
        days = checked_days(older_than)
        journal = self._existing_journal()
        if journal is None:
            return OldRuns(Runs(), days)
        chosen = journal.old_runs(days, self.id, force=force)
        if confirm is None:
            return chosen
        if whole_number("confirm", confirm) != len(chosen):
            raise ConfirmError(
                f"Nothing was removed: you confirmed {confirm}, there are {len(chosen)} runs older than {days} days. Look at "
                f"account.prune_runs(older_than={days}), and confirm the number that you see."
            )
        request_budget.prune(journal.path.with_name(request_budget.FILE))
        return journal.prune(chosen)

    def _last_open(self) -> str | None:
        journal = self._existing_journal()
        return None if journal is None else journal.last_open(self.id)

    def _run_id(self, run_id: str) -> str:
        return of_type("run_id", run_id, str, "the id of a run, such as account.runs()[0].id or run.id")

    def _existing_journal(self) -> Journal | None:
        """Open the journal if there is one; neither a file nor a folder is created."""
        self._check_open()
        if self._journal is None and not self._in_memory:
            self._journal = existing(folder(self._home))
        return self._journal

    @property
    def journal(self) -> Journal:
        """Open the journal: in the folder TRUTO_TICKETS_HOME, else where the platform keeps such data."""
        self._check_open()
        if self._journal is None:
            self._journal = Journal(self._folder())
        return self._journal

    @property
    def _in_memory(self) -> bool:
        return self._home is None and self._sandbox is not None and self._sandbox.path is None

    def _folder(self) -> Path:
        """Return the folder of the journal: a temporary one for practice in memory, else the user's."""
        if self._in_memory:
            self._temporary = tempfile.TemporaryDirectory(prefix="truto-tickets-")
            return Path(self._temporary.name)
        return folder(self._home)

    def _accept(self, plan: Plan) -> None:
        self._check_open()
        check_plan(plan)
        if plan.account_id != self.id:
            raise PlanError(f"The plan is of account {plan.account_id}, this is account {self.id}. Apply it there.")
        if plan.blocking:
            problems = "".join(f"\n  {problem}" for problem in plan.blocking[:10])
            raise PlanError(
                f"The plan has {len(plan.blocking)} blocking problems, nothing was sent:{problems}\n{remedy(plan)}"
            )

    def _run_context(self, bar: ProgressBar, brakes: SafetyLimits | None) -> engine.RunContext:
        limits = of_type(
            "brakes=",
            SafetyLimits() if brakes is None else brakes,
            SafetyLimits,
            "safety limits, such as tt.SafetyLimits(cap=100)",
        )

        # of this run alone: a load beside it goes on, and has a bar of its own
        client = self._client.stopped_by(bar.halted.is_set).with_listener(progress_listener(bar))
        return engine.RunContext(client, self.journal, limits, client.listeners, bar.halted, self._recent)

    def close(self) -> None:
        """Close connections and journal, and end the sandbox behind a practice account; a second call does nothing."""
        if not self._is_closed:
            log.debug("account %s closed", self.id)
        self._is_closed = True
        self._client.close()
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = None
        if self._sandbox is not None:
            self._sandbox.close()

    def _check_open(self) -> None:
        if self._is_closed:
            again = "tt.sandbox(...)" if self._sandbox is not None else "tt.connect(...)"
            raise AccountClosed(
                f"Account {self.id} was closed. Open it again with {again}, and use it inside its with block."
            )

    def __enter__(self) -> Self:
        self._check_open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        practice = ", practice sandbox" if self._sandbox is not None else ""
        return f"Account({self.integration!r}, {self.id!r}{practice})"


def _progress_bar(total: int | None, title: str, *, shown: bool | ProgressBar) -> ProgressBar:
    return shown if isinstance(shown, ProgressBar) else ProgressBar(total, title, shown=shown)
