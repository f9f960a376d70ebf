"""How each patch of a run ended: one table of outcomes, which every reader reads, and the outcomes themselves in plan order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, assert_never

import pandas as pd

from truto_tickets_nb.advice import advised, in_notebook
from truto_tickets_nb.errors import PlanError, SetupError, shorten
from truto_tickets_nb.notes import Note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from truto_tickets_nb.actions import Action
    from truto_tickets_nb.advice import Advice
    from truto_tickets_nb.events.event_types import Severity
    from truto_tickets_nb.plans.change import Change, Patch
    from truto_tickets_nb.plans.plan import Plan
    from truto_tickets_nb.runs.verify import Finding
    from truto_tickets_nb.show import Tone

OutcomeKind = Literal[
    "conflict", "refused", "partly applied", "ignored", "unknown", "not sent", "applied", "unchanged", "ready"
]
# Why a patch ended so, where that decides what can be done next: the ticket is gone, its id can't be addressed, an earlier run of this
# account changed the same fields, or nothing that was sent can be read back; "" for all else.
Cause = Literal["", "gone", "no address", "own run", "unverifiable"]


Retries = Literal["nothing", "everything", "the rest"]  # what run.retry() sends of such a ticket again
Detail = Literal["changes", "both sides", "each field"]  # what a page shows of such a ticket


@dataclass(frozen=True, slots=True)
class OutcomeType:
    """One kind of outcome: what it means in words, its color on a page, and what it means for a run and its readers."""

    words: str
    tone: Tone
    severity: Severity = "warning"  # of its line in the log
    is_done: bool = False  # the ticket holds what was asked
    is_failed: bool = False  # part of run.failed
    is_undecided: bool = False  # whether the change arrived is not known: the run is kept, and undo() covers the ticket
    stops_run: bool = False  # counts towards SafetyLimits.stop_after
    needs_look: bool = False  # a form jumps to such a ticket, and the terminal lists it for machines
    is_routine: bool = False  # a page shows a few of them only
    can_undo: bool = False  # the run has changed the ticket
    retries: Retries = "nothing"
    detail: Detail = "changes"

    @property
    def exit_status(self) -> int:
        """Return the exit status of a command whose run has such an outcome; of several, the highest counts."""
        return 0 if self.is_done else 1


# The one table of outcomes, in the order in which a page shows them: what needs a look comes first. docs/runs.md is made from it.
OUTCOMES: dict[OutcomeKind, OutcomeType] = {
    "conflict": OutcomeType(
        "The same field was changed since the ticket was loaded; the ticket was not touched.",
        "warn",
        severity="debug",  # the log has a warning of it already: ConflictFound
        needs_look=True,
        detail="both sides",
    ),
    "refused": OutcomeType(
        "The tool or Truto refused the change, or the ticket is gone.",
        "bad",
        is_failed=True,
        stops_run=True,
        needs_look=True,
        retries="everything",
    ),
    "partly applied": OutcomeType(
        "Some fields were changed and others not.",
        "bad",
        is_failed=True,
        stops_run=True,
        needs_look=True,
        can_undo=True,
        retries="the rest",
        detail="each field",
    ),
    "ignored": OutcomeType(
        "The tool answered with success and changed nothing.",
        "bad",
        is_failed=True,
        stops_run=True,
        needs_look=True,
        retries="everything",
    ),
    "unknown": OutcomeType(
        "Whether the change arrived is not known.",
        "bad",
        is_failed=True,
        is_undecided=True,
        stops_run=True,
        needs_look=True,
    ),
    "not sent": OutcomeType(
        "The run stopped before this ticket, or its change could not leave.",
        "warn",
        severity="info",
        stops_run=True,
        needs_look=True,
        is_routine=True,
        retries="everything",
    ),
    "applied": OutcomeType(
        "The ticket was changed, and holds the new values.",
        "good",
        severity="debug",
        is_done=True,
        is_routine=True,
        can_undo=True,
    ),
    "unchanged": OutcomeType(
        "The ticket held the new values already; nothing was sent.",
        "plain",
        severity="debug",
        is_done=True,
        is_routine=True,
    ),
    "ready": OutcomeType("Of a dry run: the change would be sent.", "good", severity="debug", is_routine=True),
}
LOST: tuple[Cause, ...] = ("gone", "no address")  # nothing can be sent to these tickets any more
ARRIVED = ("applied", "normalised", "rewritten")  # verdicts of fields that this run changed
UNSURE = ("uncertain", "unread")  # verdicts of fields that may have arrived without a proof
COLUMNS = ["ticket", "title", "outcome", "field", "base", "theirs", "mine", "reason"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one patch ended: exactly one kind, the reason with the next step, and the finding of each field."""

    patch: Patch
    kind: OutcomeKind
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    cause: Cause = ""
    own_runs: tuple[str, ...] = ()  # earlier runs of this account that changed the same fields
    window: float | None = None  # seconds between the answer to the last look and the departure of the PATCH
    actions: tuple[Action, ...] = ()  # what can be done, beside what its kind offers

    def words(self, advice: Advice = in_notebook) -> str:
        """Put the reason into words, with what can be done in the words of a front end."""
        return advised(self.reason, self.actions, advice) if self.actions else self.reason

    @property
    def type(self) -> OutcomeType:
        """Return the row of its kind in the table of outcomes."""
        return OUTCOMES[self.kind]

    @property
    def ticket(self) -> str:
        """Return the id of the ticket."""
        return self.patch.ticket

    @property
    def is_failure(self) -> bool:
        """Return whether it counts towards SafetyLimits.stop_after; what can't be verified does not."""
        return self.type.stops_run and self.cause != "unverifiable"

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """List one row a field: base, what the server holds, mine."""
        theirs = {finding.change.field: finding.shown for finding in self.findings}
        for change in self.patch.changes:
            server = theirs.get(change.field)
            yield (
                self.ticket,
                self.patch.title,
                self.kind,
                change.field,
                change.before,
                server,
                change.after,
                self.words(),
            )

    def to_retry(self) -> tuple[Change, ...]:
        """List what run.retry() sends again; of several PATCH requests of one ticket, those after the one that failed."""
        match self.type.retries:
            case "nothing":
                return ()
            case "everything":
                return self.patch.changes
            case "the rest":
                sent = {finding.change.field for finding in self.findings if finding.verdict != "open"}
                return tuple(change for change in self.patch.changes if change.field not in sent)
            case _:
                assert_never(self.type.retries)

    def landed(self) -> Iterator[Change]:
        """List what this run changed, from the base to what the server holds now, and what may have arrived without a proof."""
        for finding in self.findings:
            if finding.verdict in ARRIVED:
                yield replace(finding.change, after=finding.shown, new=finding.theirs)
            elif finding.verdict in UNSURE:
                yield finding.change


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Some outcomes of a run, in plan order."""

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

        account.dry_run() of it reads the tickets again and shows which of them hold the new value already.
        `names` are ticket ids or columns to restrict it to. `keep="theirs"` gives an empty plan.
        """
        if keep not in ("mine", "theirs"):
            raise PlanError(f'keep={keep!r} is neither "mine" nor "theirs".')
        items = self.items if keep == "mine" else ()
        patches = tuple(patch for item in items if item.cause not in LOST and (patch := _rebased(item)).changes)
        plan = self.plan_of.noted(patches=patches, problems=(), notes=left_out(items), undoes="")
        return plan.only(*names) if names else plan

    def __repr__(self) -> str:
        return f"{len(self)} tickets" + (
            f": {', '.join(shorten(ticket, 40) for ticket in self.ids[:10])}" if self.items else ""
        )


def select(outcomes: tuple[Outcome, ...], kinds: tuple[str, ...], plan: Plan) -> Outcomes:
    """Return the outcomes of these kinds; a kind that does not exist is a SetupError."""
    unknown = [kind for kind in kinds if kind not in OUTCOMES]
    if unknown:
        raise SetupError(f"There is no outcome {unknown[0]!r}. There are: {', '.join(OUTCOMES)}.")
    return Outcomes(tuple(item for item in outcomes if item.kind in kinds), plan)


def kinds_that(has: Callable[[OutcomeType], object]) -> tuple[OutcomeKind, ...]:
    """List the kinds of outcomes whose row in the table has something, such as `lambda row: row.is_failed`."""
    return tuple(kind for kind, row in OUTCOMES.items() if has(row))


UNDECIDED = kinds_that(lambda row: row.is_undecided)


def left_out(outcomes: Iterable[Outcome]) -> tuple[Note, ...]:
    """List the tickets that a new plan leaves out, because nothing can be sent to them any more, as a note."""
    ids = [item.ticket for item in outcomes if item.cause in LOST]
    if not ids:
        return ()
    verb = "ticket is gone and is" if len(ids) == 1 else "tickets are gone and are"
    return (Note("tickets.gone", f"{len(ids):,} {verb} left out: {shorten(', '.join(ids), 200)}."),)


def _rebased(outcome: Outcome) -> Patch:
    """Keep what I wanted, with what the server holds now as the new base."""
    theirs = {finding.change.field: finding for finding in outcome.findings if finding.verdict != "already so"}
    changes = (
        change
        if theirs[change.field].verdict == "unread"
        else replace(change, before=theirs[change.field].shown, old=theirs[change.field].theirs)
        for change in outcome.patch.changes
        if change.field in theirs
    )
    return replace(outcome.patch, changes=tuple(changes))
