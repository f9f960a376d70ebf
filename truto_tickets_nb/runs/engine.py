"""Apply plans: starting, resuming and re-running are one path, and a dry run walks the same stages up to sending."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import FIRST_COMPLETED, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from truto_tickets_nb.actions import Action
from truto_tickets_nb.errors import (
    AccountClosed,
    JournalError,
    PlanError,
    RateLimited,
    RunInterrupted,
    Stopped,
    shorten,
)
from truto_tickets_nb.events.event_types import ConflictFound, DryRunOutcome, OutcomeRecorded
from truto_tickets_nb.events.listeners import Listeners
from truto_tickets_nb.events.logging_listener import log_events
from truto_tickets_nb.notes import Note
from truto_tickets_nb.process import release
from truto_tickets_nb.runs.delivery import Delivery
from truto_tickets_nb.runs.dry_run import DryRun
from truto_tickets_nb.runs.outcome import Outcome
from truto_tickets_nb.runs.recent_writes import RecentWrites
from truto_tickets_nb.runs.recheck import HOPELESS, dry_run_of_patch, may_have_arrived
from truto_tickets_nb.runs.safety_limits import SafetyLimits
from truto_tickets_nb.runs.signals import Terminated, end, terminable, undisturbed
from truto_tickets_nb.runs.workers import in_order, started
from truto_tickets_nb.safe_text import logger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from truto_tickets_nb.events.event_types import Event
    from truto_tickets_nb.plans.change import Patch
    from truto_tickets_nb.plans.plan import Plan
    from truto_tickets_nb.plans.request_spec import RequestSpec
    from truto_tickets_nb.runs.gateway import Gateway
    from truto_tickets_nb.runs.journal import Journal, Pending
    from truto_tickets_nb.runs.outcome import OutcomeKind
    from truto_tickets_nb.runs.run import Run

log = logger(__name__)

LOOK = 0.2  # seconds between two looks at an interrupt
GRACE = 10.0  # seconds that those in flight have to land after an interrupt; a second one ends it
BROKEN_GRACE = 0.5  # the same after an error that nobody expected


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a run works with."""

    gateway: Gateway
    journal: Journal
    brakes: SafetyLimits = field(default_factory=SafetyLimits)
    listeners: Listeners = field(default_factory=lambda: Listeners((log_events,)))
    halted: threading.Event = field(default_factory=threading.Event)  # set: nothing more begins, and waits end
    recent: RecentWrites = field(default_factory=RecentWrites)  # what this account wrote a moment ago


def apply(run_context: RunContext, plan: Plan, request_spec: RequestSpec) -> Run:
    """Send a plan; returns once every patch has its outcome."""
    _check_account(run_context, plan.account_id, "The plan")
    if len(plan) > run_context.brakes.cap:
        raise PlanError(
            f"The plan changes {len(plan):,} tickets, the safety limit is {run_context.brakes.cap:,} in one run. "
            f"Apply plan.split({run_context.brakes.cap}) part by part, or give brakes=SafetyLimits(cap={len(plan)})."
        )
    return _execute(run_context, run_context.journal.begin(plan, request_spec))


def resume(run_context: RunContext, run_id: str) -> Run:
    """Go on with what is still open of a run; what was in flight is re-read and decided first."""
    _check_account(run_context, run_context.journal.account_of(run_id), f"Run {run_id}")
    run_context.journal.claim(run_id)
    return _execute(run_context, run_id)


def _check_account(run_context: RunContext, account_id: str, what: str) -> None:
    """Refuse a plan or a run of another account: tickets of the same id may be others there."""
    if account_id != run_context.gateway.account_id:
        raise PlanError(
            f"{what} is of account {account_id}, this is account {run_context.gateway.account_id}. Nothing was sent; connect to that account."
        )


def dry_run(run_context: RunContext, plan: Plan, request_spec: RequestSpec, unknown: tuple[str, ...] = ()) -> DryRun:
    """Walk the stages without sending: no PATCH ever leaves."""
    own = run_context.journal.writer(plan.account_id)
    fatal: list[str] = []  # why no other ticket is asked about

    def outcome_of(patch: Patch) -> Outcome:
        if fatal:
            return Outcome(patch, "refused", fatal[0])
        try:
            return dry_run_of_patch(run_context.gateway, patch, request_spec, own)
        except (*HOPELESS, RateLimited) as error:
            fatal.append(str(error))
            return Outcome(patch, "refused", str(error))

    outcomes: list[Outcome] = []
    for outcome in in_order(outcome_of, plan.patches, run_context.brakes.workers, run_context.halted):
        outcomes.append(outcome)
        event = DryRunOutcome(plan.account_id, outcome.ticket, outcome.kind, len(outcomes), len(plan))
        run_context.listeners(event)
    return DryRun(plan, tuple(outcomes), unknown)


def _execute(run_context: RunContext, run_id: str) -> Run:
    work = _Work(run_context, run_id, run_context.journal.request_spec(run_id))
    try:
        with terminable():
            pending = run_context.journal.pending(run_id)
            log.info("run %s: begun, %d tickets, account %s", run_id, len(pending), run_context.gateway.account_id)
            work.all(pending)
            if run_context.halted.is_set() and run_context.journal.pending(run_id):
                raise KeyboardInterrupt("stopped")  # noqa: TRY301  (a stop from outside ends as an interrupt does)
    except KeyboardInterrupt as error:
        with undisturbed():
            run = _record_interrupt(run_context, run_id)
        message = f"The run was interrupted; nothing is lost. {_progress_words(run)} {_resume_words(run_id)}"
        if isinstance(error, Terminated):
            with suppress(OSError, ValueError, AttributeError):  # nobody may be there to read it
                print(message, file=sys.stderr, flush=True)  # noqa: T201  (the last words of a process that is told to end)
            end()
        raise RunInterrupted(message, run) from error
    except BaseException:
        with suppress(JournalError):
            run_context.journal.finish(run_id, "interrupted", tuple(work.notes))
        raise
    finally:
        release(run_id)
    run_context.journal.finish(run_id, "finished", tuple(work.notes))
    run = run_context.journal.run(run_id)
    log.info("run %s: finished, %s", run_id, _counts(run))
    return run


def _record_interrupt(run_context: RunContext, run_id: str) -> Run:
    run_context.journal.finish(run_id, "interrupted", ())
    run = run_context.journal.run(run_id)
    log.warning("run %s: interrupted, %s, %d open", run_id, _counts(run), len(run.open))
    return run


def _counts(run: Run) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in run.counts.items())


def _progress_words(run: Run) -> str:
    in_flight = sum(item.type.is_undecided for item in run.open)
    words = f", {in_flight} of them in flight, which will be re-read" if in_flight else ""
    return (
        f"{len(run.outcomes) - len(run.open)} of {len(run.outcomes)} tickets are done, {len(run.open)} are open{words}."
    )


def _resume_words(run_id: str) -> str:
    return f'Go on with account.resume("{run_id}"), or in a terminal: truto-tickets resume {run_id}'


@dataclass
class _Work:
    """Work through what is pending; the only place where a run's threads meet."""

    run_context: RunContext
    run_id: str
    request_spec: RequestSpec
    notes: list[Note] = field(default_factory=list)
    recorded: set[int] = field(
        default_factory=set
    )  # places whose outcome is in the journal, and was passed to the listeners
    stop: str = ""  # why nothing more is sent
    failures_in_a_row: int = 0
    done: int = 0
    failed: int = 0
    total: int = 0
    answers: Literal["unproved", "trusted", "doubted"] = (
        "unproved"  # whether the answer to a PATCH proves what a ticket holds
    )
    broken: threading.Event = field(default_factory=threading.Event)  # an error came that nobody expected
    ends: float = 0.0  # until when those in flight may land after it
    gateway: Gateway = field(init=False)

    def __post_init__(self) -> None:
        stoppable = getattr(self.run_context.gateway, "stopped_by", None)
        self.gateway = stoppable(self._must_end) if stoppable else self.run_context.gateway

    def all(self, pending: list[Pending]) -> None:
        self.total = len(pending)
        head, workers = self.run_context.brakes.canary, self.run_context.brakes.workers
        self._send_side_by_side([item for item in pending if item.left is not None], workers)  # of an earlier process
        pending = [item for item in pending if item.left is None]
        before = self.failed
        self._send_side_by_side(pending[:head], 1, reread=True)
        if len(pending) > head and self.failed > before and not self.stop:
            log.warning("run %s: stopped, because not all of the first %d tickets went well", self.run_id, head)
            self._stop_early(f"A canary of {head} tickets came first and not all of them went well")
        self._send_side_by_side(pending[head:], workers)

    def _send_side_by_side(self, pending: list[Pending], workers: int, *, reread: bool = False) -> None:
        waiting: Iterator[Pending] = iter(pending)
        flying: dict[Future[Outcome | None], Pending] = {}
        try:
            while self._fill(waiting, flying, workers, reread=reread):
                ended, _ = wait(flying, LOOK, FIRST_COMPLETED)
                for job in ended:
                    self._end(flying[job], job.result())
                    del flying[job]
                if self.broken.is_set() and time.monotonic() > self.ends:
                    self._abandon(flying)
        except BaseException as error:
            self.run_context.halted.set()  # those in flight finish and are written down; no other begins
            self._record_finished(flying, GRACE if isinstance(error, KeyboardInterrupt) else BROKEN_GRACE)
            raise

    def _record_finished(self, flying: dict[Future[Outcome | None], Pending], seconds: float) -> None:
        """Wait a moment for those in flight, and record them; one that does not end is in the journal as intended, and re-read by a resume."""
        with suppress(KeyboardInterrupt):  # whoever interrupts again does not want to wait
            wait(flying, seconds)
        with undisturbed():
            for job, item in flying.items():
                if job.done():
                    with suppress(Exception, SystemExit):
                        self._record(item, job.result())

    def _abandon(self, flying: dict[Future[Outcome | None], Pending]) -> None:
        """Record those that are still in flight after an unexpected error: whether they arrive is not known."""
        left = {item.place: item.left for item in self.run_context.journal.pending(self.run_id)}
        for item in flying.values():
            fields = left.get(item.place)
            kind: OutcomeKind = "not sent" if fields is None else "unknown"
            self._end(item, Outcome(item.patch, kind, self.stop, may_have_arrived(item.patch, fields or ())))
        flying.clear()

    def _fill(
        self,
        waiting: Iterator[Pending],
        flying: dict[Future[Outcome | None], Pending],
        workers: int,
        *,
        reread: bool,
    ) -> bool:
        while len(flying) < workers:
            item = next(waiting, None)
            if item is None:
                break
            flying[started(self._send_one, item, reread=reread)] = item
        return bool(flying)

    def _send_one(self, item: Pending, *, reread: bool = False) -> Outcome | None:
        """Send one patch; None where the run was halted before it was done."""
        if self.run_context.halted.is_set():
            return None
        if self.stop and item.left is None:
            return Outcome(item.patch, "not sent", self.stop)
        outcome = self._deliver(item, reread=reread or self.run_context.brakes.reread or self.answers != "trusted")
        self._weigh_answer(outcome)
        return outcome

    def _weigh_answer(self, outcome: Outcome | None) -> None:
        """Trust the tool's answers once a ticket that was read again bears one out, and never more after one that it does not."""
        verdicts = {finding.verdict for finding in outcome.findings} if outcome is not None else set()
        if verdicts & {"ignored", "uncertain"}:
            self.answers = "doubted"
        elif outcome is not None and outcome.kind == "applied" and self.answers == "unproved":
            self.answers = "trusted"

    def _deliver(self, item: Pending, *, reread: bool) -> Outcome | None:
        delivery = Delivery(
            self.gateway,
            item.patch,
            self.request_spec,
            item.key,
            lambda fields: self._record_intent(item, fields),
            item.left or (),
            self.run_context.journal.writer(self.run_context.gateway.account_id, self.run_id),
            reread,
            "turned away" if item.is_turned_away else "restart",
            lambda fields: self.run_context.journal.intend(self.run_id, item.place, fields, is_turned_away=True),
            self._pause,
            self.run_context.recent,
        )
        try:
            return delivery.outcome()
        except (*HOPELESS, RateLimited) as error:
            log.warning("run %s: stopped by %s (%s)", self.run_id, type(error).__name__, error.status)
            self._stop_early(str(error))
            return delivery.cut_short(str(error))
        except Stopped:
            if self.run_context.halted.is_set():
                self._leave_open(item, delivery)
                return None
            return delivery.cut_short(self.stop)
        except JournalError:
            self.stop = "The journal can't be written."
            raise
        except AccountClosed as error:
            self._stop_early(str(error))
            return delivery.cut_short(str(error))
        except Exception as error:  # the one place for what nobody expected: the run ends in an orderly way
            log.exception("run %s: ticket %s: an error that nobody expected", self.run_id, item.patch.ticket)
            self._break_off(error)
            return delivery.cut_short(self.stop)

    def _leave_open(self, item: Pending, delivery: Delivery) -> None:
        """Leave a patch to a resume; where nothing of it has left, the journal says so."""
        if item.left is None and not delivery.left:
            self.run_context.journal.withdraw(self.run_id, item.place)

    def _break_off(self, error: Exception) -> None:
        self.ends = time.monotonic() + BROKEN_GRACE
        message = shorten(f"{type(error).__name__}: {error}", 120)
        self._stop_early(f"an error that this toolkit did not expect ({message}). Please report it.")
        self.broken.set()

    def _pause(self, seconds: float) -> None:
        """Wait for a while; a run that is to end does not."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._must_end() or self.run_context.halted.wait(min(left, LOOK)):
                raise Stopped("The run was interrupted.")

    def _must_end(self) -> bool:
        return self.run_context.halted.is_set() or self.broken.is_set()

    def _record_intent(self, item: Pending, fields: tuple[str, ...]) -> None:
        if self.run_context.halted.is_set() or self.stop:
            raise Stopped(self.stop or "The run was interrupted.")
        self.run_context.journal.intend(self.run_id, item.place, fields)

    def _end(self, item: Pending, outcome: Outcome | None) -> None:
        if outcome is None:
            return
        self._record(item, outcome)
        if item.left is None:  # what an earlier process left in doubt says nothing of this one
            self.failures_in_a_row = 0 if outcome.type.is_done else self.failures_in_a_row + outcome.is_failure
        if self.failures_in_a_row >= self.run_context.brakes.stop_after and not self.stop:
            log.warning("run %s: stopped after %d failures in a row", self.run_id, self.failures_in_a_row)
            self._stop_early(f"{self.failures_in_a_row} tickets failed in a row, the last one so: {outcome.reason}")

    def _record(self, item: Pending, outcome: Outcome | None) -> None:
        """Write an outcome into the journal, and then, not before, pass it to the listeners."""
        if outcome is None or item.place in self.recorded:
            return
        try:
            self.run_context.journal.settle(self.run_id, item.place, outcome)
        except JournalError:
            raise
        except Exception as error:  # noqa: BLE001  (an outcome must never be lost because its details can't be written)
            log.warning("run %s: ticket %s: written without details", self.run_id, item.patch.ticket)
            reason = f"The details can't be written into the journal ({type(error).__name__})."
            bare = tuple(replace(finding, theirs=None, shown=None) for finding in outcome.findings)
            self.run_context.journal.settle(self.run_id, item.place, replace(outcome, reason=reason, findings=bare))
        self.recorded.add(item.place)
        self.done += 1
        self.failed += outcome.is_failure
        for event in self._events(outcome):
            self.run_context.listeners(event)

    def _events(self, outcome: Outcome) -> Iterator[Event]:
        """List the events of an outcome: ids, field names and codes; never a reason or a value, which may hold ticket text."""
        about = (self.run_context.gateway.account_id, self.run_id, outcome.ticket)
        verdicts = tuple((finding.change.field, finding.verdict) for finding in outcome.findings)
        if any(verdict == "conflict" for _, verdict in verdicts):
            yield ConflictFound(*about, verdicts, outcome.cause, outcome.own_runs)
        yield OutcomeRecorded(
            *about,
            outcome.kind,
            outcome.type.severity,
            verdicts,
            outcome.cause,
            outcome.own_runs,
            self.done,
            self.failed,
            self.total,
        )

    def _stop_early(self, why: str) -> None:
        if self.stop:
            return
        self.stop = f"The run stopped before it: {why}"
        self.notes.append(Note("run.stopped_early", f"Stopped early: {why}", (Action("retry"),)))
