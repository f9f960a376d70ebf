"""Account: one connection to one tool. A facade without logic of its own: it hands work to its rooms."""

from __future__ import annotations

import getpass
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from truto_tickets_nb.api.address import TRUTO, Token
from truto_tickets_nb.api.client import Client
from truto_tickets_nb.api.departures import shared
from truto_tickets_nb.api.throttle import Throttle
from truto_tickets_nb.errors import ConfirmError, LoadInterrupted, PlanError, SetupError
from truto_tickets_nb.integrations.profile import Profile, profile
from truto_tickets_nb.loading import known
from truto_tickets_nb.loading.load import Loaded, Request, load
from truto_tickets_nb.runs import engine
from truto_tickets_nb.runs.door import Brakes, Way
from truto_tickets_nb.runs.journal import Journal
from truto_tickets_nb.runs.journal import home as folder
from truto_tickets_nb.show import Bar
from truto_tickets_nb.show.progress import in_notebook
from truto_tickets_nb.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType

    from truto_tickets_nb.api.schema import AccountInfo
    from truto_tickets_nb.plans.plan import Plan
    from truto_tickets_nb.runs.listing import Runs
    from truto_tickets_nb.runs.run import Rehearsal, Run
    from truto_tickets_nb.sandbox import Sandbox

BUDGET = "budget.sqlite"  # the file through which processes of one machine share the budget of an account


class Account:
    """Reach the tickets of one integrated account. Make one with connect() or sandbox()."""

    def __init__(
        self, client: Client, info: AccountInfo, *, sandbox: Sandbox | None = None, home: str | Path | None = None
    ) -> None:
        self._client, self._info = client, info
        self._sandbox, self._home = sandbox, home
        self._journal: Journal | None = None
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    @property
    def id(self) -> str:
        """Tell the id of the integrated account."""
        return self._client.account_id

    @property
    def integration(self) -> str:
        """Tell which tool is behind it, by its slug, such as jira."""
        return self._info.slug

    @property
    def profile(self) -> Profile:
        """Tell what is known of the tool, with its evidence."""
        return profile(self.integration)

    @property
    def sandbox(self) -> Sandbox:
        """Reach the practice server behind this account: url, token, account_id, requests()…; a real account has none."""
        if self._sandbox is None:
            raise SetupError("This is a real account: there is no sandbox behind it. Practise with tt.sandbox('jira').")
        return self._sandbox

    def load(
        self,
        *,
        limit: int | None = None,
        fields: Sequence[str] = (),
        remote_data: bool = False,
        ids: Iterable[str] = (),
        progress: bool = True,
        **filters: Any,
    ) -> Snapshot:
        """Load tickets into a snapshot, with a progress bar.

        Filters are fields: `status="open"`, `updated_at={"gt": "2026-01-01"}`, `workspace={"id": "10000"}`; operators are
        eq, ne, gt, gte, lt, lte, in. A filter that the tool ignores is applied here too, and said. `ids` loads these
        tickets only, `fields` these columns only. An interrupt raises LoadInterrupted with what it has in `.snapshot`.
        """
        partial = bool(self.profile.fact("partial_list").value)
        request = Request(filters, limit, tuple(fields), remote_data, tuple(map(str, ids)), partial)
        with self._bar(len(request.ids) or limit, "loading", shown=progress) as bar:
            loaded = load(self._client, request, bar)
        snapshot = self._snapshot(loaded, filters)
        if loaded.is_interrupted:
            raise LoadInterrupted(
                f"The load was stopped after {len(snapshot)} tickets; they are in the error's .snapshot.", snapshot
            )
        return snapshot

    def _snapshot(self, loaded: Loaded, filters: dict[str, Any]) -> Snapshot:
        choices, told = known.choices(self._client, self.profile, loaded.seen)
        learnt, required = known.learnt(self._client)
        documented = tuple(self.profile.fact("required_query").value or ())
        return Snapshot(
            loaded.table,
            self.id,
            self.integration,
            choices,
            learnt,
            tuple(dict.fromkeys((*documented, *required))),
            filters,
            (*loaded.notes, *told),
            (self._client.budget.size, self._client.budget.window),
        )

    def dry_run(self, plan: Plan, *, progress: bool = True) -> Rehearsal:
        """Re-read the tickets of a plan and tell what applying would do; no PATCH is ever sent."""
        self._accept(plan)
        fields = {change.field for patch in plan.patches for change in patch.changes}
        hindrance, unknown = known.hindrances(self._client, fields)
        with self._bar(len(plan), "dry run", shown=progress) as bar:
            found = engine.dry_run(self._bench(bar, Brakes()), plan, self._way(plan), unknown)
        return found.hindered(hindrance)

    def apply(
        self, plan: Plan, *, confirm: int | None = None, brakes: Brakes | None = None, progress: bool = True
    ) -> Run:
        """Send a plan: one PATCH a ticket, each checked before and verified after, all written ahead in the journal.

        `confirm` is the number of tickets you saw in the plan; another number refuses. Whatever happens, every patch ends in
        exactly one outcome, and `run.undo()` makes the opposite plan.
        """
        self._accept(plan)
        if confirm != len(plan):
            told = "Type the number you saw" if confirm is None else f"You confirmed {confirm}"
            raise ConfirmError(
                f"The plan changes {len(plan)} tickets. {told}: account.apply(plan, confirm={len(plan)})."
            )
        with self._bar(len(plan), "applying", shown=progress) as bar:
            return engine.apply(self._bench(bar, brakes or Brakes()), plan, self._way(plan))

    def resume(self, run_id: str | None = None, *, brakes: Brakes | None = None, progress: bool = True) -> Run:
        """Go on with what is still open of a run (the last one of this account); in doubt tickets are re-read first."""
        found = run_id or self.journal.last_open(self.id)
        if found is None:
            raise PlanError(
                "There is nothing to resume: every run of this account is finished. account.runs() lists them."
            )
        with self._bar(len(self.journal.pending(found)), "resuming", shown=progress) as bar:
            return engine.resume(self._bench(bar, brakes or Brakes()), found)

    def runs(self) -> Runs:
        """List the runs of this account, the newest first."""
        return self.journal.runs(self.id)

    def run(self, run_id: str) -> Run:
        """Read a run back from the journal."""
        return self.journal.run(run_id)

    @property
    def journal(self) -> Journal:
        """Open the journal: in the folder TRUTO_TICKETS_HOME, else where the platform keeps such data."""
        if self._journal is None:
            self._journal = Journal(self._folder())
        return self._journal

    def _folder(self) -> Path:
        """Practice in memory leaves nothing behind; everything else belongs into the one folder of the user's."""
        if self._home is None and self._sandbox is not None and self._sandbox.path is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="truto-tickets-")
            return Path(self._temporary.name)
        return folder(self._home)

    def _accept(self, plan: Plan) -> None:
        if plan.account_id != self.id:
            raise PlanError(f"The plan is of account {plan.account_id}, this is account {self.id}. Apply it there.")
        if plan.blocking:
            told = "".join(f"\n  {problem}" for problem in plan.blocking[:10])
            raise PlanError(
                f"The plan has {len(plan.blocking)} blocking problems, nothing was sent:{told}\nMend the frame, or plan.drop(...)."
            )

    def _way(self, plan: Plan) -> Way:
        fields = {change.field for patch in plan.patches for change in patch.changes}
        read = None if "remote_data" in fields else {"truto_ignore_remote_data": True}
        return Way(plan.query, bool(self.profile.fact("custom_fields_whole").value), read)

    def _bar(self, total: int | None, title: str, *, shown: bool) -> Bar:
        bar = Bar(total, title, shown=shown)
        self._client.listen = lambda wait: (
            bar.say(f"waiting {wait.seconds:.0f} s: {wait.reason}") if wait.seconds >= 1 else None
        )
        return bar

    def _bench(self, bar: Bar, brakes: Brakes) -> engine.Bench:
        def listen(event: object) -> None:
            if isinstance(event, engine.Settled):
                bar.update(1, done=event.done - event.failed, failed=event.failed)

        bench = engine.Bench(self._client, self.journal, brakes, listen)
        self._client.stop = bench.halted.is_set
        return bench

    def close(self) -> None:
        """Close connections and journal, and end the sandbox behind a practice account."""
        self._client.close()
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = None
        if self._sandbox is not None:
            self._sandbox.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        practice = ", practice sandbox" if self._sandbox is not None else ""
        return f"Account({self.integration!r}, {self.id!r}{practice})"


def connect(
    token: str | None = None,
    account_id: str | None = None,
    base_url: str | None = None,
    *,
    home: str | Path | None = None,
) -> Account:
    """Connect to an integrated account; token and account are checked at once, and the error says which one is wrong.

    What is not given comes from TRUTO_API_TOKEN, TRUTO_INTEGRATED_ACCOUNT_ID and TRUTO_BASE_URL; a missing token is asked
    for in a masked prompt. `home` is the folder of the journal (else TRUTO_TICKETS_HOME, else the platform's own).
    """
    secret = Token(token or os.environ.get("TRUTO_API_TOKEN") or _asked())
    del token  # a traceback that shows local variables finds none
    account = account_id or os.environ.get("TRUTO_INTEGRATED_ACCOUNT_ID") or ""
    address = base_url or os.environ.get("TRUTO_BASE_URL") or TRUTO
    client = Client(secret, account, address)
    client.budget = Throttle(departures=shared(folder(home) / BUDGET, f"{client.base_url} {account}"))
    return _connected(client, home=home)


def _asked() -> str:
    if not in_notebook() and not (sys.stdin is not None and sys.stdin.isatty()):
        raise SetupError(
            "There is no token. Set TRUTO_API_TOKEN, or give token=...; to practise without one: tt.sandbox('jira')."
        )
    return getpass.getpass("Truto API token: ")


def _connected(client: Client, *, sandbox: Sandbox | None = None, home: str | Path | None = None) -> Account:
    try:
        info = client.account()
        _usable(info)
    except BaseException:
        client.close()
        raise
    return Account(client, info, sandbox=sandbox, home=home)


def _usable(info: AccountInfo) -> None:
    if info.status == "needs_reauth":
        raise SetupError(
            "The connection of this account has lost its access: whoever owns it must connect it again in Truto."
        )


def practice(sandbox: Sandbox, *, home: str | Path | None = None) -> Account:
    """Start a sandbox and connect to it."""
    sandbox.start()
    budget = Throttle.unlimited() if sandbox.limit is None else Throttle(*sandbox.limit)
    try:
        return _connected(
            Client(sandbox.token, sandbox.account_id, sandbox.url, budget=budget), sandbox=sandbox, home=home
        )
    except BaseException:
        sandbox.close()
        raise
