"""Apply plans: starting, resuming and re-running are one path, and a dry run walks the same stages up to sending."""

from __future__ import annotations

import logging
import sys
import threading
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from truto_tickets_nb.errors import JournalError, PlanError, RateLimited, RunInterrupted, Stopped
from truto_tickets_nb.runs.delivery import Delivery
from truto_tickets_nb.runs.door import Brakes
from truto_tickets_nb.runs.interrupt import Terminated, end, terminable
from truto_tickets_nb.runs.owner import release
from truto_tickets_nb.runs.run import DONE, FAILED, Outcome, Rehearsal, Run
from truto_tickets_nb.runs.stages import HOPELESS, rehearse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from truto_tickets_nb.plans.plan import Patch, Plan
    from truto_tickets_nb.plans.way import Way
    from truto_tickets_nb.runs.door import Door, Listener
    from truto_tickets_nb.runs.journal import Journal, Pending

log = logging.getLogger(__name__)

LOOK = 0.2  # seconds between two looks at an interrupt
GRACE = 10.0  # seconds that those in flight have to land after an interrupt


@dataclass(frozen=True, slots=True)
class Settled:
    """Tell a listener that one patch has ended."""

    outcome: Outcome
    done: int
    failed: int
    total: int


@dataclass(frozen=True, slots=True)
class Bench:
    """Hold what a run works with."""

    door: Door
    journal: Journal
    brakes: Brakes = field(default_factory=Brakes)
    listen: Listener = lambda _event: None
    halted: threading.Event = field(default_factory=threading.Event)  # set: nothing more begins, and waits end


def apply(bench: Bench, plan: Plan, way: Way) -> Run:
    """Send a plan; returns once every patch has its outcome."""
    if len(plan) > bench.brakes.cap:
        raise PlanError(
            f"The plan changes {len(plan):,} tickets, the brake allows {bench.brakes.cap:,} in one run. "
            f"Apply plan.split({bench.brakes.cap}) part by part, or give brakes=Brakes(cap={len(plan)})."
        )
    return _go(bench, bench.journal.begin(plan, way))


def resume(bench: Bench, run_id: str) -> Run:
    """Go on with what is still open of a run; what was in flight is re-read and decided first."""
    bench.journal.claim(run_id)
    return _go(bench, run_id)


def dry_run(bench: Bench, plan: Plan, way: Way, unknown: tuple[str, ...] = ()) -> Rehearsal:
    """Walk the stages without sending: no PATCH ever leaves."""
    own = bench.journal.writer(plan.account_id)
    found: dict[int, Outcome] = {}
    with ThreadPoolExecutor(bench.brakes.workers, thread_name_prefix="dry-run") as pool:
        jobs = [pool.submit(rehearse, bench.door, patch, way, own) for patch in plan.patches]
        try:
            for place, job in enumerate(jobs):
                found[place] = _rehearsed(job, plan.patches[place])
                _tell(bench, Settled(found[place], place + 1, 0, len(plan)))
        except BaseException:
            bench.halted.set()
            pool.shutdown(cancel_futures=True)
            raise
    return Rehearsal(plan, tuple(found[place] for place in sorted(found)), unknown)


def _rehearsed(job: Future[Outcome], patch: Patch) -> Outcome:
    try:
        return job.result()
    except (*HOPELESS, RateLimited) as error:
        return Outcome(patch, "refused", str(error))


def _go(bench: Bench, run_id: str) -> Run:
    work = _Work(bench, run_id, bench.journal.way(run_id))
    try:
        with terminable():
            pending = bench.journal.pending(run_id)
            log.info("run %s: begun, %d tickets, account %s", run_id, len(pending), bench.door.account_id)
            work.all(pending)
            if bench.halted.is_set() and bench.journal.pending(run_id):
                raise KeyboardInterrupt("stopped")  # noqa: TRY301  (a stop from outside ends as an interrupt does)
    except KeyboardInterrupt as error:
        run = _interrupted(bench, run_id)
        message = f"The run was interrupted; nothing is lost. {_where(run)} {_how(run_id)}"
        if isinstance(error, Terminated):
            with suppress(OSError, ValueError, AttributeError):  # nobody may be there to read it
                print(message, file=sys.stderr, flush=True)  # noqa: T201  (the last words of a process that is told to end)
            end()
        raise RunInterrupted(message, run) from error
    finally:
        release(run_id)
    bench.journal.finish(run_id, "finished", tuple(work.notes))
    run = bench.journal.run(run_id)
    log.info("run %s: finished, %s", run_id, _counted(run))
    return run


def _interrupted(bench: Bench, run_id: str) -> Run:
    bench.journal.finish(run_id, "interrupted", ())
    run = bench.journal.run(run_id)
    log.warning("run %s: interrupted, %s, %d open", run_id, _counted(run), len(run.open))
    return run


def _counted(run: Run) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in run.counts.items())


def _log(run_id: str, outcome: Outcome) -> None:
    """Log how a ticket ended: its id, the fields and codes; never a reason or a value, which may hold ticket text."""
    level = logging.DEBUG if outcome.kind in DONE else logging.INFO if outcome.kind == "not sent" else logging.WARNING
    verdicts = ", ".join(f"{found.change.field} ({found.verdict})" for found in outcome.findings)
    codes = "; ".join(part for part in (verdicts, outcome.cause, ", ".join(outcome.own_runs)) if part)
    log.log(level, "run %s: ticket %s: %s: %s", run_id, outcome.ticket, outcome.kind, codes or "no details")


def _where(run: Run) -> str:
    flying = sum(item.kind == "unknown" for item in run.open)
    told = f", {flying} of them in flight, which will be re-read" if flying else ""
    return (
        f"{len(run.outcomes) - len(run.open)} of {len(run.outcomes)} tickets are done, {len(run.open)} are open{told}."
    )


def _how(run_id: str) -> str:
    return f'Go on with account.resume("{run_id}"), or in a terminal: truto-tickets resume {run_id}'


@dataclass
class _Work:
    """Work through what is pending; the only place where a run's threads meet."""

    bench: Bench
    run_id: str
    way: Way
    notes: list[str] = field(default_factory=list)
    stop: str = ""  # why nothing more is sent
    row: int = 0  # failures in a row
    done: int = 0
    failed: int = 0
    total: int = 0

    def all(self, pending: list[Pending]) -> None:
        self.total = len(pending)
        head = self.bench.brakes.canary
        for item in pending[:head]:
            self._settled(item, self._one(item, reread=True))
        if len(pending) > head and self.failed and not self.stop:
            log.warning("run %s: stopped, because not all of the first %d tickets went well", self.run_id, head)
            self._brake(f"A canary of {head} tickets came first and not all of them went well")
        self._side_by_side(pending[head:])

    def _side_by_side(self, pending: list[Pending]) -> None:
        waiting: Iterator[Pending] = iter(pending)
        flying: dict[Future[Outcome | None], Pending] = {}
        pool = ThreadPoolExecutor(self.bench.brakes.workers, thread_name_prefix="apply")
        try:
            while self._fill(pool, waiting, flying):
                ended, _ = wait(flying, LOOK, FIRST_COMPLETED)
                for job in ended:
                    self._settled(flying.pop(job), job.result())
        except BaseException:
            self.bench.halted.set()  # those in flight finish and are written down; no other begins
            pool.shutdown(wait=False, cancel_futures=True)
            self._written_down(flying)
            raise
        pool.shutdown()

    def _written_down(self, flying: dict[Future[Outcome | None], Pending]) -> None:
        """Give those in flight a moment to land; one that does not is in the journal as intended, and re-read by a resume."""
        ended, _ = wait(flying, GRACE)
        for job in ended:
            with suppress(Exception, CancelledError):
                self._written(flying[job], job.result())

    def _fill(
        self, pool: ThreadPoolExecutor, waiting: Iterator[Pending], flying: dict[Future[Outcome | None], Pending]
    ) -> bool:
        while len(flying) < self.bench.brakes.workers:
            item = next(waiting, None)
            if item is None:
                break
            flying[pool.submit(self._one, item)] = item
        return bool(flying)

    def _one(self, item: Pending, *, reread: bool = False) -> Outcome | None:
        """Do one patch; None where the run was halted before it was done."""
        if self.bench.halted.is_set():
            return None
        if self.stop and item.left is None:
            return Outcome(item.patch, "not sent", self.stop)
        return self._delivered(item, reread=reread or self.bench.brakes.reread)

    def _delivered(self, item: Pending, *, reread: bool) -> Outcome | None:
        delivery = Delivery(
            self.bench.door,
            item.patch,
            self.way,
            item.key,
            lambda fields: self._intended(item, fields),
            item.left or (),
            self.bench.journal.writer(self.bench.door.account_id, self.run_id),
            reread,
        )
        try:
            return delivery.outcome()
        except (*HOPELESS, RateLimited) as error:
            log.warning("run %s: stopped by %s (%s)", self.run_id, type(error).__name__, error.status)
            self._brake(str(error))
            return delivery.cut_short(str(error))
        except Stopped:
            if self.bench.halted.is_set():
                return None  # left open, for a resume
            return delivery.cut_short(self.stop)
        except JournalError:
            self.stop = "The journal can't be written."
            raise

    def _intended(self, item: Pending, fields: tuple[str, ...]) -> None:
        if self.bench.halted.is_set() or self.stop:
            raise Stopped(self.stop or "The run was interrupted.")
        self.bench.journal.intend(self.run_id, item.place, fields)

    def _settled(self, item: Pending, outcome: Outcome | None) -> None:
        if outcome is None:
            return
        self._written(item, outcome)
        _log(self.run_id, outcome)
        self.done += 1
        self.failed += outcome.kind in (*FAILED, "not sent")
        self.row = 0 if outcome.kind in DONE else self.row + (outcome.kind in (*FAILED, "not sent"))
        if self.row >= self.bench.brakes.stop_after and not self.stop:
            log.warning("run %s: stopped after %d failures in a row", self.run_id, self.row)
            self._brake(f"{self.row} tickets failed in a row, the last one so: {outcome.reason}")
        _tell(self.bench, Settled(outcome, self.done, self.failed, self.total))

    def _written(self, item: Pending, outcome: Outcome | None) -> None:
        if outcome is not None:
            self.bench.journal.settle(self.run_id, item.place, outcome)

    def _brake(self, why: str) -> None:
        if self.stop:
            return
        self.stop = f"The run stopped before it: {why}"
        self.notes.append(f"Stopped early: {why} run.retry() makes a plan of what was not sent.")


def _tell(bench: Bench, event: object) -> None:
    """Tell a listener; its own troubles never harm a run."""
    listen: Callable[[object], None] = bench.listen
    with suppress(Exception):
        listen(event)
