"""What the journal holds of each patch, read back: nothing is made of a row that is damaged, or that says what this version does not know."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from truto_tickets_nb.actions import actions_of_json
from truto_tickets_nb.errors import RunUnreadable, TicketsError, shorten, shorten_repr
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.runs.outcome import Cause, Outcome, OutcomeKind
from truto_tickets_nb.runs.row_digests import digest
from truto_tickets_nb.runs.verify import Finding, Verdict, unread

if TYPE_CHECKING:
    from pathlib import Path

    from truto_tickets_nb.plans.change import Patch

NAMES = ("run", "place", "ticket", "key", "intended", "sent", "outcome", "digest")
SELECT = f"select {', '.join(NAMES)} from patches"


class _Strict(BaseModel):
    """Take each value of exactly its type. Later versions may add keys, but not change what these mean."""

    model_config = ConfigDict(strict=True)


class _Change(_Strict):
    field: str


class _Finding(_Strict):
    change: _Change
    theirs: Any
    verdict: Verdict
    shown: str | list[str] | None


class _Outcome(_Strict):
    kind: OutcomeKind
    reason: str
    findings: list[_Finding]
    cause: Cause = ""  # from here on not in journals of earlier versions
    own_runs: list[str] = []
    window: float | None = None
    actions: list[dict[str, Any]] = []


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a patch: what was written down before its PATCH left, and how it ended."""

    run: str
    place: int
    ticket: str
    key: str
    intended: str | None = None
    sent: str | None = None
    outcome: str | None = None

    @property
    def row(self) -> tuple[Any, ...]:
        """List the values of the row, the digest last."""
        values = (self.run, self.place, self.ticket, self.key, self.intended, self.sent, self.outcome)
        return (*values, digest(*values))

    def left(self, patch: Patch) -> tuple[str, ...] | None:
        """List the fields of a PATCH that may have left; None where none did."""
        if self.intended is None:
            return None
        if not self.sent:
            return tuple(change.field for change in patch.changes)
        content = orjson.loads(self.sent)
        return tuple(content["fields"] if isinstance(content, dict) else content)

    @property
    def is_turned_away(self) -> bool:
        """Return whether the last answer to its PATCH was a limit."""
        return isinstance(orjson.loads(self.sent), dict) if self.sent else False

    def result(self, patch: Patch) -> Outcome:
        """Read how the patch ended; without an outcome it counts as not sent, or as unknown where a PATCH may have left."""
        if self.outcome is not None:
            return outcome_of(patch, self.outcome)
        fields = self.left(patch)
        if fields is None:
            return Outcome(patch, "not sent", "The run has not come to it.")
        reason = "The run ended while this was in flight; resume re-reads it."
        return Outcome(patch, "unknown", reason, unread(c for c in patch.changes if c.field in fields))


def text_of(outcome: Outcome) -> str:
    """Write an outcome as the journal holds it."""
    content = {
        "kind": outcome.kind,
        "reason": outcome.reason,
        "findings": [asdict(finding) for finding in outcome.findings],
        "cause": outcome.cause,
        "own_runs": outcome.own_runs,
        "window": outcome.window,
        "actions": outcome.actions,
    }
    return orjson.dumps(content).decode()


def outcome_of(patch: Patch, text: str) -> Outcome:
    """Read an outcome back; a kind or a verdict that this version does not know is a ValidationError."""
    stored = _Outcome.model_validate_json(text)
    changes = {change.field: change for change in patch.changes}
    findings = tuple(
        Finding(
            changes[row.change.field],
            row.theirs,
            row.verdict,
            tuple(row.shown) if isinstance(row.shown, list) else row.shown,
        )
        for row in stored.findings
    )
    actions = actions_of_json(stored.actions)
    return Outcome(
        patch, stored.kind, stored.reason, findings, stored.cause, tuple(stored.own_runs), stored.window, actions
    )


def entries(rows: list[tuple[Any, ...]]) -> tuple[Entry, ...]:
    """Read rows of SELECT; one that does not stand there as it was written is a ValueError."""
    for row in rows:
        if row[-1] != digest(*row[:-1]):
            raise ValueError(f"the row of ticket {shorten(row[2], 60)} was changed")
    return tuple(Entry(*row[:-1]) for row in rows)


def belong(patches: tuple[Patch, ...], stored: tuple[Entry, ...]) -> None:
    """Check that a plan and the rows of its patches belong together; else a ValueError."""
    if [(place, patch.ticket) for place, patch in enumerate(patches)] != [(row.place, row.ticket) for row in stored]:
        raise ValueError("its plan and its outcomes do not belong together")


def plan_of(text: str) -> Plan:
    """Read a plan of the journal; one of an earlier version that this one can't read is a ValueError."""
    try:
        return Plan.from_json(text)
    except (TicketsError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"its plan has a form that this version can't read: {shorten(error, 120)}") from error


def unreadable(path: Path, run_id: str, error: BaseException) -> RunUnreadable:
    """Return the error of a run that can't be read: why, and what can be done."""
    if isinstance(error, ValidationError) and any(item["type"] == "literal_error" for item in error.errors()):
        first = next(item for item in error.errors() if item["type"] == "literal_error")
        return RunUnreadable(
            f"Run {run_id} was written by a later version of this toolkit: {shorten_repr(first['input'], 60)} is no {first['loc'][-1]} "
            "that this version knows. Update the toolkit, then try again."
        )
    why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
    return RunUnreadable(
        f"Run {run_id} can't be read from the journal {path} ({shorten(why, 160)}), so it can't be resumed or undone. All other runs can, "
        "and new ones can be applied. Load its tickets and look at them before you change them again."
    )
