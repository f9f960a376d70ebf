"""What lies on the desk of a review: a plan, the number typed, a dry run, a run. It decides what may happen next; it draws nothing."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from truto_tickets_nb.errors import ConfirmError, PlanError, SetupError, TicketsError
from truto_tickets_nb.integrations.profile import profile
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.runs.dry_run import DryRun
from truto_tickets_nb.runs.jobs import Job, at_work
from truto_tickets_nb.runs.run import Run
from truto_tickets_nb.runs.safety_limits import SafetyLimits
from truto_tickets_nb.widgets.review.background_plan import Drawn, drawn

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.account import Account
    from truto_tickets_nb.edits.drafts.draft import Draft

Purpose = Literal["draft", "undo", "retry", "conflicts", "resume"]
REHEARSAL = "dry run"


class ReviewSession:
    """One review. Whoever calls it holds the draft's lock; `moved` is called from a job's own thread."""

    def __init__(self, account: Account, draft: Draft, moved: Callable[[], object]) -> None:
        self.account, self.draft, self._moved = account, draft, moved
        self.shown = Drawn(None, "")
        self.purpose: Purpose = "draft"
        self.typed, self.quiet, self.many = "", False, False
        self.rehearsal: DryRun | None = None
        self.run: Run | None = None  # the one whose outcome is shown
        self.last: Run | None = None  # the newest run of the account
        self.job: Job[Any] | None = None
        self.over: Job[Any] | None = None  # the last one that has ended
        self.sent: set[str] = set()  # fingerprints of what was sent from here
        self.news = ""  # why the plan is drawn anew
        self._of: Run | None = None  # the run that the plan shown follows from
        self._found: Job[Any] | None = None  # a run that was under way already

    # what there is

    @property
    def plan(self) -> Plan:
        """Return the plan under review; an empty one where there is none."""
        return self.shown.plan or Plan(self.account.id, self.account.integration)

    @property
    def tool(self) -> str:
        """Name the tool, and say where it is only practice."""
        name = profile(self.account.integration).name
        with contextlib.suppress(SetupError):  # a real account has none
            return f"{name} (practice)" if self.account.sandbox else name
        return name

    @property
    def has_switch(self) -> bool:
        """Return whether the tool has a documented switch that keeps it from mailing people."""
        return bool(profile(self.account.integration).fact("quiet").value)

    @property
    def is_busy(self) -> bool:
        """Return whether a run or a dry run is under way."""
        return self.job is not None and self.job.is_running

    @property
    def is_running(self) -> bool:
        """Return whether a run is under way."""
        return self.is_busy and self.job is not None and self.job.title != REHEARSAL

    @property
    def is_foreign(self) -> bool:
        """Return whether the run under way was begun elsewhere: then the plan shown is not what is being sent."""
        return self.is_running and self.job is self._found

    @property
    def is_outdated(self) -> bool:
        """Return whether the plan shown is not that of the draft as it is now."""
        return self.purpose == "draft" and self.shown.revision != self.draft.revision

    @property
    def is_large(self) -> bool:
        """Return whether the plan is above the brake for one run."""
        return len(self.plan) > SafetyLimits().cap

    @property
    def is_typed(self) -> bool:
        """Return whether the number typed is the plan's; 1,234 may be typed as it is shown."""
        return bool(self.plan) and self.typed.strip().replace(",", "").replace(" ", "") == str(len(self.plan))

    @property
    def hindrance(self) -> str:
        """Return why nothing can be sent just now, and what to do; "" where it can."""
        cap = SafetyLimits().cap
        reasons = (
            (self.is_busy, "Something is under way: wait until it is done, or stop it."),
            (
                self.is_outdated,
                "The draft has changed since this plan was drawn. Look at the new plan, then type its number.",
            ),
            (bool(self.shown.trouble), self.shown.trouble),
            (
                bool(self.plan.blocking),
                f"{len(self.plan.blocking)} problems must be mended first: open their tickets below the plan.",
            ),
            (not self.plan, "There is nothing to send."),
            (
                self.is_large and not self.many,
                f"{len(self.plan):,} tickets are more than {cap:,} in one run: tick the box first.",
            ),
        )
        return next((reason for holds, reason in reasons if holds), "")

    # what changes it

    def show(self, plan: Drawn, purpose: Purpose = "draft") -> None:
        """Lay another plan on the desk; whatever was typed for the one before is gone."""
        self.shown, self.purpose = plan, purpose
        self.typed, self.many, self.rehearsal, self.run = "", False, None, None

    def renew(self, news: str) -> bool:
        """Note that the draft's plan has to be drawn anew; False where something else lies on the desk, which stays."""
        if self.is_running or (self.purpose != "draft" and self.run is None):
            return False
        self.stop()  # a dry run of the old plan is of no use any more
        self.show(replace(self.shown, revision=-1))
        self.news = news
        return True

    def follow(self, purpose: Purpose) -> None:
        """Lay the plan on the desk that follows from a run: undo, retry, conflicts, resume."""
        self.idle()
        self._of = self.run or self.last
        self.refine(purpose)

    def refine(self, purpose: Purpose) -> None:
        """Lay it there again, quietly or not."""
        plan = self._following(purpose)
        self.show(drawn(plan.quietly() if self.quiet and plan else plan), purpose)

    def _following(self, purpose: Purpose) -> Plan:
        run = self._of
        if run is None:
            raise PlanError("There is no run yet.")
        if purpose == "resume":
            return run.plan.noted(patches=tuple(item.patch for item in run.open), problems=(), notes=())
        return {"undo": run.undo, "retry": run.retry, "conflicts": run.conflicts.plan}[purpose]()

    def idle(self) -> None:
        """Refuse while something is under way."""
        if self.is_busy:
            raise PlanError("Something is under way: wait until it is done, or stop it.")

    # what it starts

    def rehearse(self) -> None:
        """Begin a dry run; nothing is sent."""
        self._ready()
        plan, self.rehearsal = self.plan, None
        self._begin(Job[DryRun](len(plan), REHEARSAL), lambda job: self.account.dry_run(plan, progress=job))

    def send(self) -> None:
        """Begin a run of exactly the plan that is shown, if its number was typed."""
        self._ready()
        plan = self.plan
        if not self.is_typed:
            raise ConfirmError(f"Nothing was sent. This plan changes {len(plan):,} tickets: type {len(plan)} first.")
        number, brakes = len(plan), SafetyLimits(cap=max(SafetyLimits().cap, len(plan)))
        self.typed = ""
        job = Job[Run](number, "applying", of=(str(self.account.journal.path), self.account.id))
        if self.purpose == "resume" and self._of is not None:
            run_id = self._of.id
            self._begin(job, lambda job: self.account.resume(run_id, brakes=brakes, progress=job))
        else:
            self.sent.add(plan.fingerprint)
            self._begin(
                job, lambda job: self.account.apply(plan, confirm=plan.fingerprint, brakes=brakes, progress=job)
            )

    def _ready(self) -> None:
        if self.hindrance:
            raise PlanError(f"Nothing was sent. {self.hindrance}")

    def _begin(self, job: Job[Any], work: Callable[[Job[Any]], Any]) -> None:
        self.job = job
        job.listeners.append(self._moved)
        job.begin(lambda: work(job))

    def stop(self) -> None:
        """Let what is in flight land, and begin nothing more."""
        if self.job is not None and self.is_busy:
            self.job.stop()

    def ended(self) -> Job[Any] | None:
        """Take what a job has brought, once it has ended; None while there is none."""
        job = self.job
        if job is None or job.is_running:
            return None
        self.job, self.over = None, job
        if isinstance(job.result, Run):
            self.run = self.last = job.result
            self.sent -= {self._of.plan.fingerprint} if self.purpose == "undo" and self._of else set()
        elif isinstance(job.result, DryRun) and job.result.plan is self.shown.plan:
            self.rehearsal = job.result
        return job

    def find(self) -> None:
        """Find what this account did before: a run under way in this kernel, or the newest one in its journal."""
        with contextlib.suppress(TicketsError):  # a journal that can't be read is told when something is to be sent
            self.job = self._found = at_work(str(self.account.journal.path), self.account.id)
            if self.job is not None:
                self.job.listeners.append(self._moved)
            runs = self.account.runs()
            self.last = self.account.run(runs[0].id) if len(runs) else None
