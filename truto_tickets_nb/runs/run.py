"""Run, outcome, rehearsal: what really happened, as values in plan order."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import pandas as pd

from truto_tickets_nb.errors import PlanError, SetupError, shorten
from truto_tickets_nb.runs import run_page
from truto_tickets_nb.show import to_html, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from truto_tickets_nb.plans.plan import Change, Patch, Plan
    from truto_tickets_nb.runs.verify import Finding

OutcomeKind = Literal[
    "applied", "unchanged", "partly applied", "ignored", "conflict", "refused", "unknown", "not sent", "ready"
]
# Why a patch ended so, where that decides what can be done next: the ticket is gone, its id can't be addressed, an earlier run of one's
# own changed the same fields, or nobody can read back what was sent; "" for all else.
Cause = Literal["", "gone", "no address", "own run", "unverifiable"]
LOST: tuple[Cause, ...] = ("gone", "no address")  # nothing can be sent to these tickets any more
DONE = ("applied", "unchanged")
FAILED = ("partly applied", "ignored", "refused", "unknown")
LANDED = ("applied", "normalised", "rewritten")  # verdicts of fields that this run changed
UNSURE = ("uncertain", "unread")  # verdicts of fields that may have arrived without a proof
COLUMNS = ["ticket", "title", "outcome", "field", "base", "theirs", "mine", "reason"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold how one patch ended: exactly one kind, the reason with the next step, and what was found per field."""

    patch: Patch
    kind: OutcomeKind
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    cause: Cause = ""
    own_runs: tuple[str, ...] = ()  # earlier runs of this account that changed the same fields
    window: float | None = None  # seconds between the answer to the last look and the departure of the PATCH

    @property
    def ticket(self) -> str:
        """Name the ticket."""
        return self.patch.ticket

    @property
    def is_failure(self) -> bool:
        """Tell whether it counts as a failure when a run decides to stop; what nobody can verify is no sign of trouble."""
        return self.kind in (*FAILED, "not sent") and self.cause != "unverifiable"

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """List one row a field: base, what the server holds, mine."""
        theirs = {found.change.field: found.shown for found in self.findings}
        for change in self.patch.changes:
            held = theirs.get(change.field)
            yield self.ticket, self.patch.title, self.kind, change.field, change.before, held, change.after, self.reason

    def unsent(self) -> tuple[Change, ...]:
        """List what was not sent of a ticket whose changes go out in several PATCH requests, after one of them failed."""
        if self.kind != "partly applied":
            return ()
        told = {found.change.field for found in self.findings if found.verdict != "open"}
        return tuple(change for change in self.patch.changes if change.field not in told)

    def landed(self) -> Iterator[Change]:
        """List what this run changed, from the base to what the server holds now, and what may have arrived without a proof."""
        for found in self.findings:
            if found.verdict in LANDED:
                yield replace(found.change, after=found.shown, new=found.theirs)
            elif found.verdict in UNSURE:
                yield found.change


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Hold some outcomes of a run, in plan order."""

    items: tuple[Outcome, ...]
    plan_of: Plan

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self.items)

    @property
    def ids(self) -> tuple[str, ...]:
        """List the ticket ids."""
        return tuple(item.ticket for item in self.items)

    def frame(self) -> pd.DataFrame:
        """List what happened: one row a field, with base, theirs, mine and the reason."""
        return pd.DataFrame([row for item in self.items for row in item.rows()], columns=COLUMNS)

    def plan(self, keep: Literal["mine", "theirs"] = "mine", *names: str) -> Plan:
        """Make a new plan of conflicts or unknown tickets, to look at first: `keep="mine"` starts from what the server holds now.

        account.dry_run() of it reads the tickets again and tells which of them hold the new value already.
        `names` are ticket ids or columns to restrict it to. `keep="theirs"` gives an empty plan.
        """
        if keep not in ("mine", "theirs"):
            raise PlanError(f'keep={keep!r} is neither "mine" nor "theirs".')
        wanted = self.items if keep == "mine" else ()
        patches = tuple(patch for item in wanted if item.cause not in LOST and (patch := _rebased(item)).changes)
        made = self.plan_of.noted(patches=patches, problems=(), notes=_lost(wanted), undoes="")
        return made.only(*names) if names else made

    def __repr__(self) -> str:
        return f"{len(self)} tickets" + (
            f": {', '.join(shorten(ticket, 40) for ticket in self.ids[:10])}" if self.items else ""
        )


def _of(outcomes: tuple[Outcome, ...], kinds: tuple[str, ...], plan: Plan) -> Outcomes:
    unknown = [kind for kind in kinds if kind not in get_args(OutcomeKind)]
    if unknown:
        raise SetupError(f"There is no outcome {unknown[0]!r}. There are: {', '.join(get_args(OutcomeKind))}.")
    return Outcomes(tuple(item for item in outcomes if item.kind in kinds), plan)


def _lost(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """Name the tickets that a new plan leaves out, because nothing can be sent to them any more."""
    ids = [item.ticket for item in outcomes if item.cause in LOST]
    if not ids:
        return ()
    verb = "ticket is gone and is" if len(ids) == 1 else "tickets are gone and are"
    return (f"{len(ids):,} {verb} left out: {shorten(', '.join(ids), 200)}.",)


def _rebased(outcome: Outcome) -> Patch:
    """Keep what I wanted, with what the server holds now as the new base."""
    theirs = {found.change.field: found for found in outcome.findings if found.verdict != "already so"}
    changes = (
        change
        if theirs[change.field].verdict == "unread"
        else replace(change, before=theirs[change.field].shown, old=theirs[change.field].theirs)
        for change in outcome.patch.changes
        if change.field in theirs
    )
    return replace(outcome.patch, changes=tuple(changes))


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Hold what a dry run found: nothing was sent."""

    plan: Plan
    outcomes: tuple[Outcome, ...]
    unknown: tuple[str, ...] = ()  # what a dry run can't know
    asked: bool = False  # the tool itself was asked, by its switch for checking

    def of(self, *kinds: str) -> Outcomes:
        """Choose outcomes by kind, such as "applied" or "not sent"."""
        return _of(self.outcomes, kinds, self.plan)

    def hindered(self, reason: str) -> Rehearsal:
        """Say of every ticket that it would be refused, where the account itself takes no changes."""
        if not reason:
            return self
        told = (Outcome(o.patch, "refused", reason, o.findings) if o.kind == "ready" else o for o in self.outcomes)
        return replace(self, outcomes=tuple(told))

    @property
    def ready(self) -> Outcomes:
        """Choose the tickets that would be changed."""
        return self.of("ready")

    @property
    def conflicts(self) -> Outcomes:
        """Choose the tickets that somebody else changed in the same field."""
        return self.of("conflict")

    @property
    def failed(self) -> Outcomes:
        """Choose the tickets that could not be changed."""
        return self.of(*FAILED)

    def __repr__(self) -> str:
        return to_text(run_page.rehearsal(self))

    def _repr_html_(self) -> str:
        return to_html(run_page.rehearsal(self))


@dataclass(frozen=True, slots=True)
class Window:
    """Hold how many seconds passed between the last look at each ticket and its PATCH, in ascending order.

    >>> window = Window((0.002, 0.003, 0.040))
    >>> window.median, window.p99, window.longest, window
    (0.003, 0.04, 0.04, 3 changes left 3 ms after the last look at their ticket (median), 40 ms (99 %), 40 ms (longest))
    """

    seconds: tuple[float, ...] = ()

    def __len__(self) -> int:
        return len(self.seconds)

    def _share(self, part: float) -> float:
        return self.seconds[max(0, math.ceil(part * len(self.seconds)) - 1)] if self.seconds else 0.0

    @property
    def median(self) -> float:
        """Give the seconds that half of the changes did not exceed; 0.0 where none was sent."""
        return self._share(0.5)

    @property
    def p99(self) -> float:
        """Give the seconds that 99 of 100 changes did not exceed."""
        return self._share(0.99)

    @property
    def longest(self) -> float:
        """Give the longest time in seconds."""
        return self._share(1.0)

    def __repr__(self) -> str:
        middle, most, longest = (f"{value * 1000:.0f} ms" for value in (self.median, self.p99, self.longest))
        return f"{len(self):,} changes left {middle} after the last look at their ticket (median), {most} (99 %), {longest} (longest)"


@dataclass(frozen=True, slots=True)
class Run:
    """Hold one application of a plan; its numbers always add up to the plan's."""

    id: str
    plan: Plan
    outcomes: tuple[Outcome, ...]
    state: str = "finished"
    started: str = ""
    ended: str = ""
    notes: tuple[str, ...] = ()
    who: str = ""  # the user of the machine who pressed apply
    open_places: tuple[int, ...] = ()  # patches that have no outcome yet

    def of(self, *kinds: str) -> Outcomes:
        """Choose outcomes by kind, such as "applied" or "not sent"."""
        return _of(self.outcomes, kinds, self.plan)

    @property
    def open(self) -> Outcomes:
        """Choose the tickets that a resume still has to decide about."""
        return Outcomes(tuple(self.outcomes[place] for place in self.open_places), self.plan)

    @property
    def applied(self) -> Outcomes:
        """Choose the tickets that hold now what was asked."""
        return self.of("applied")

    @property
    def unchanged(self) -> Outcomes:
        """Choose the tickets that held it already: nothing was sent."""
        return self.of("unchanged")

    @property
    def failed(self) -> Outcomes:
        """Choose what needs a look: partly applied, ignored, refused, unknown."""
        return self.of(*FAILED)

    @property
    def conflicts(self) -> Outcomes:
        """Choose the tickets whose same field was changed since they were loaded, by others or by an earlier run; they were not touched."""
        return self.of("conflict")

    @property
    def unknown(self) -> Outcomes:
        """Choose the tickets of which nobody can tell whether the change arrived; `.plan()` makes a plan of them, undo() covers them."""
        return self.of("unknown")

    @property
    def not_sent(self) -> Outcomes:
        """Choose the tickets that were not reached."""
        return self.of("not sent")

    @property
    def window(self) -> Window:
        """Measure how long each ticket could be changed unseen: from the answer to the last look to the departure of its PATCH."""
        return Window(tuple(sorted(item.window for item in self.outcomes if item.window is not None)))

    @property
    def counts(self) -> dict[str, int]:
        """Count outcomes by kind; the sum is the number of patches."""
        kinds = [item.kind for item in self.outcomes]
        return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}

    def undo(self) -> Plan:
        """Make the opposite plan: it restores exactly what this run changed, in opposite order, after the same preview.

        Changes that may have arrived without a proof are in it too, and its notes say so: the old value is put back only where the
        new one is there.
        """
        return self._again(lambda item: tuple(change.reversed() for change in item.landed()), undoes=self.id)

    def retry(self) -> Plan:
        """Make a plan of what was refused, ignored or not sent, to try once more, also of the rest of a partly applied ticket.

        Tickets that are gone are left out, and named in the plan's notes.
        """
        wanted = {"refused", "ignored", "not sent"}
        return self._again(
            lambda item: item.patch.changes if item.kind in wanted else item.unsent(), undoes="", backwards=False
        )

    def _again(self, changes: Callable[[Outcome], tuple[Change, ...]], *, undoes: str, backwards: bool = True) -> Plan:
        items = self.outcomes[::-1] if backwards else self.outcomes
        wanted = tuple(item for item in items if changes(item))
        kept = tuple(replace(item.patch, changes=changes(item)) for item in wanted if item.cause not in LOST)
        notes = (*(self._unrestored() if undoes else ()), *_lost(wanted))
        return self.plan.noted(patches=kept, problems=(), notes=notes, undoes=undoes, looked_at=len(self.outcomes))

    def _unrestored(self) -> Iterator[str]:
        """Say which fields an undo leaves alone, because nobody can read what they held before or hold now."""
        unsure = [item.ticket for item in self.outcomes if any(found.verdict in UNSURE for found in item.findings)]
        if unsure:
            yield (
                f"Of {len(unsure):,} of these tickets nobody can tell whether the change arrived: "
                f"{shorten(', '.join(unsure), 200)}. The old value is put back where the new one is there; the others are left alone."
            )
        sent = [found.change.field for item in self.outcomes for found in item.findings if found.verdict == "missing"]
        for name in dict.fromkeys(sent):
            yield f"{name} was sent with {sent.count(name):,} of these tickets and can't be read back: this undo leaves it alone."

    def frame(self) -> pd.DataFrame:
        """List all outcomes: one row a field."""
        return Outcomes(self.outcomes, self.plan).frame()

    def describe(self) -> str:
        """Tell the run in full: its id, who, times, notes and outcomes."""
        return f"{run_page.heading(self)}\n{self!r}"

    def receipt(self, form: Literal["html", "json"] = "html") -> str:
        """Write the run down for others: who, when, what, the fingerprint, the outcome of every ticket, as HTML or JSON."""
        if form not in ("html", "json"):
            raise SetupError(f'A receipt is "html" or "json", not {form!r}.')
        return run_page.receipt(self) if form == "html" else run_page.receipt_json(self)

    def __repr__(self) -> str:
        return to_text(run_page.page(self))

    def _repr_html_(self) -> str:
        return to_html(run_page.page(self))
