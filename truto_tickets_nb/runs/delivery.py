"""Send one patch: read the ticket, record the intent, send, verify; after each answer that proves nothing the ticket is read again."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb.actions import Action
from truto_tickets_nb.errors import ApiError, LookTooOld, NotFound, RateLimited, Rejected, SetupError, Stopped
from truto_tickets_nb.runs.outcome import Outcome
from truto_tickets_nb.runs.recent_writes import PAUSES, RecentWrites
from truto_tickets_nb.runs.recheck import (
    HOPELESS,
    LANDED,
    RereadTicket,
    is_locked_out,
    judged,
    lacking,
    look,
    may_have_arrived,
    no_own_run,
)
from truto_tickets_nb.runs.verify import after_sending, unread
from truto_tickets_nb.tickets.fields import CUSTOM, CUSTOM_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.plans.change import Change, Patch
    from truto_tickets_nb.plans.request_spec import RequestSpec
    from truto_tickets_nb.runs.gateway import Gateway, Record
    from truto_tickets_nb.runs.outcome import OutcomeKind
    from truto_tickets_nb.runs.recheck import Doubt, OwnRun
    from truto_tickets_nb.runs.verify import Finding

STALE = (409, 412)  # the etag was of an older version
TRIES_STALE = 5  # looks at a ticket whose version moves on between reading and writing
TRIES_LATE = 10  # looks that were too old when their PATCH was to leave
TRIES_SLOW = 2  # looks whose answer took far longer than usual: nobody knows when in that time the ticket was read
# Looks given up because everybody pauses. A tool that asks for a wait with every answer would keep us looking for ever: then the
# PATCH follows its look at once, one request early, because an old look could cost a colleague's edit.
TRIES_PAUSED = 2


@dataclass(frozen=True, slots=True)
class Sent:
    """A PATCH that was answered with success: the look before it, what it changed, and its answer."""

    looked: RereadTicket
    changes: tuple[Change, ...]
    answer: Record
    is_repeat: bool


@dataclass
class Delivery:
    """Sends one patch, in as many PATCH requests as the integration needs.

    `intend` is called, and durable, before a PATCH leaves; it raises Stopped where nothing may leave any more. `turned_away` notes that
    a limit refused it. `left` names the fields of an earlier PATCH that may have arrived (`doubt` says why), and is empty where there
    was none. `rest` waits for some seconds, and raises Stopped where the run is to end.
    """

    gateway: Gateway
    patch: Patch
    request_spec: RequestSpec
    key: str
    intend: Callable[[tuple[str, ...]], None]
    left: tuple[str, ...] = ()
    own: OwnRun = no_own_run  # finds the earlier run of ours that wrote what a ticket holds now
    reread: bool = False  # verify by a read of its own even where the answer says that all is well
    doubt: Doubt = "lost"
    turned_away: Callable[[tuple[str, ...]], None] = lambda _fields: None
    rest: Callable[[float], None] = time.sleep
    recent: RecentWrites = field(default_factory=RecentWrites)
    attempt: int = 0
    paused: int = 0
    late: int = 0
    behind: int = 0
    slow: int = 0
    window: float | None = None
    settled: tuple[Finding, ...] = field(default=())  # of PATCH requests that are done, where there are several
    _intent: tuple[str, ...] | None = None  # the fields that the journal knows to be about to leave

    def outcome(self) -> Outcome:
        """Go through all stages until the patch has its one outcome."""
        while True:
            step = self._try_once()
            if isinstance(step, Sent):
                step = self._verify(step)
            if isinstance(step, Outcome):
                return self._complete(step)
            if isinstance(step, float):
                self.rest(step)
            elif step is not None and not self.gateway.wait(step, self.attempt):
                outcome = self._decide_by_rereading(step, "not sent")
                if outcome is not None:
                    return self._complete(outcome)

    def cut_short(self, reason: str) -> Outcome:
        """Return the outcome of a patch whose run stopped."""
        if not self.left:
            return self._complete(Outcome(self._remaining, "not sent", reason))
        return self._complete(Outcome(self._remaining, "unknown", reason, may_have_arrived(self._remaining, self.left)))

    @property
    def _remaining(self) -> Patch:
        done = {finding.change.field for finding in self.settled}
        return (
            replace(self.patch, changes=tuple(c for c in self.patch.changes if c.field not in done))
            if done
            else self.patch
        )

    def _complete(self, outcome: Outcome) -> Outcome:
        """Add what earlier PATCH requests of the same ticket did, and how long the ticket went unseen."""
        return replace(self._with_earlier(outcome), window=self.window)

    def _with_earlier(self, outcome: Outcome) -> Outcome:
        if not self.settled:
            return outcome
        findings = (*self.settled, *outcome.findings)
        if outcome.type.is_done:
            return judged(self.patch, findings, outcome.reason if outcome.kind == "applied" else "")
        kind: OutcomeKind = outcome.kind if outcome.type.is_undecided else "partly applied"
        names = ", ".join(item.change.field for item in self.settled)
        reason = f"{names} arrived, in a PATCH of its own. {outcome.reason}"
        return Outcome(self.patch, kind, reason, findings, outcome.cause, outcome.own_runs, actions=outcome.actions)

    def _try_once(self) -> Sent | Outcome | ApiError | float | None:
        """Look and send once: what was sent, an outcome, an error to wait for, or how long to rest before the next look."""
        if self.left and self.recent.lag:
            self.rest(2 * min(self.recent.lag, PAUSES[-1]))  # an earlier read would show what was before the PATCH
        with self.gateway.pair() as pair:
            looked = look(self.gateway, self._remaining, self.request_spec, self.left, self.own, doubt=self.doubt)
            if pair is not None and self.slow < TRIES_SLOW and self.recent.is_slow(pair.trip):
                self.slow += 1
                return None
            if self.behind < len(PAUSES) and self.recent.is_behind(self.patch.ticket, looked.findings):
                self.behind += 1
                return PAUSES[self.behind - 1]
            if isinstance(looked, Outcome):
                return looked
            if self.gateway.is_paused and self.paused < TRIES_PAUSED:
                self.paused += 1
                return None
            try:
                return self._send(looked)
            finally:
                if pair is not None and pair.window is not None:
                    self.window = max(pair.window, self.window or 0.0)

    def _send(self, looked: RereadTicket) -> Sent | Outcome | ApiError | None:
        changes = self._next_changes(looked)
        query, missing = self.request_spec.parameters(looked.record)
        if missing:
            return lacking(self._remaining, missing, looked.findings)
        before = self.left
        self._intend(tuple(change.field for change in changes))
        try:
            answer = self._patch(self.request_spec.body(changes, looked.record), query)
        except LookTooOld as error:
            self.left = before
            self.late += 1
            return None if self.late < TRIES_LATE else _too_late(self._remaining, error, looked.findings)
        except Stopped:
            self.left = before
            raise
        except SetupError as error:  # what can't be written as a request never leaves
            self.left = before
            return Outcome(self._remaining, "refused", str(error), looked.findings)
        except ApiError as error:
            if error.status is None and not error.maybe_applied:  # no connection came about
                self.left = before
                return error
            return self._after_error(error)
        self.attempt += 1
        return Sent(looked, changes, answer, bool(before))

    def _intend(self, fields: tuple[str, ...]) -> None:
        """Record what is about to leave; from here on it may have arrived."""
        left = tuple(dict.fromkeys((*self.left, *fields)))
        noted = tuple(dict.fromkeys((*(finding.change.field for finding in self.settled), *left)))
        if noted != self._intent:
            self.intend(noted)
            self._intent = noted
        if not self.left or self.doubt == "restart":  # what an earlier process left was read meanwhile, and is decided
            self.doubt = "turned away"
        self.left = left

    def _after_error(self, error: ApiError) -> Outcome | ApiError | None:
        """Go on after an answer that does not prove what happened: wait and look again, or read the ticket and decide."""
        self.attempt += 1
        if isinstance(error, RateLimited) and not is_locked_out(error):
            self.turned_away(self._intent or self.left)
            self._intent = None
            return error
        if isinstance(error, Rejected) and error.status in STALE and "etag" in self.request_spec.query:
            if self.attempt < TRIES_STALE:
                return None
        elif isinstance(error, HOPELESS):
            return self._after_fatal_error(error)
        elif not isinstance(error, Rejected | NotFound | RateLimited):
            self.doubt = "lost"
            return error
        return self._decide_by_rereading(error, "not sent" if isinstance(error, RateLimited) else "refused")

    def _after_fatal_error(self, error: ApiError) -> Outcome | None:
        """Read the ticket after an answer that ends the run; where even a read is refused in the same way, nothing has arrived."""
        self.doubt = "lost"
        try:
            outcome = self._decide_by_rereading(error, "not sent")
        except HOPELESS as again:
            self.left = () if type(again) is type(error) else self.left
            raise error from again
        if outcome is not None and (outcome.kind == "not sent" or all(f.verdict == "unread" for f in outcome.findings)):
            raise error
        return outcome

    def _next_changes(self, looked: RereadTicket) -> tuple[Change, ...]:
        """Choose what goes out in the next PATCH: all that is open, or the first part of it."""
        rounds = self.request_spec.rounds([finding.change for finding in looked.of("open")])
        return rounds[0]

    def _patch(self, body: dict[str, Any], query: dict[str, Any]) -> Record:
        return self.gateway.patch(self.patch.ticket, body, query=query, idempotency_key=self._key(body, query))

    def _key(self, body: dict[str, Any], query: dict[str, Any]) -> str:
        """Return the idempotency key of a request: the same after a resume, another one where its content differs."""
        content = orjson.dumps([self.gateway.account_id, self.patch.ticket, body, query], option=orjson.OPT_SORT_KEYS)
        return f"{self.key}-{hashlib.blake2b(content, digest_size=8).hexdigest()}"

    def _decide_by_rereading(self, error: ApiError, kind: OutcomeKind) -> Outcome | None:
        """Read a ticket whose PATCH ended in an error until it shows the new value, or has shown the old one for a while; never guess.

        `kind` is the outcome where nothing arrived; None where all of it arrived, and other fields wait for a PATCH of their own.
        """
        if not self.left:
            if is_locked_out(error):
                raise error
            return Outcome(self._remaining, kind, str(error))
        looked = self._reread(error)
        if isinstance(looked, Outcome):
            return looked
        if looked.of(*LANDED):
            sent = [finding.change for finding in looked.of("open") if finding.change.field in self.left]
            if not sent:
                return None
            names = {change.field for change in sent}
            others = tuple(finding for finding in looked.findings if finding.change.field not in names)
            return judged(
                self._remaining, (*others, *after_sending(sent, looked.record, unread=self.request_spec.unread))
            )
        self.left = ()
        if is_locked_out(error):
            raise error
        cause = f"The answer was lost; re-reading shows that nothing changed. {error}"
        return Outcome(self._remaining, kind, str(error) if error.status else cause, looked.findings)

    def _reread(self, error: ApiError) -> RereadTicket | Outcome:
        """Read the ticket until it no longer shows the old value alone, some times at most: reads may be behind writes."""
        doubt, pauses = self._doubt_of(error), list(self.recent.pauses)
        while True:
            looked = look(self.gateway, self._remaining, self.request_spec, self.left, self.own, doubt=doubt)
            if isinstance(looked, Outcome) or not looked.of("open") or looked.of(*LANDED) or not pauses:
                return looked
            self.rest(pauses.pop(0))

    def _doubt_of(self, error: ApiError) -> Doubt:
        return "lost" if isinstance(error, Rejected) and error.status not in STALE else self.doubt

    def _verify(self, sent: Sent) -> Outcome | None:
        findings = after_sending(sent.changes, sent.answer, sent.looked.record, unread=self.request_spec.unread)
        # a repeat may have been answered from Truto's memory, which is older than the ticket
        doubtful = sent.is_repeat or self.reread or _is_incomplete(sent.changes, sent.answer)
        if doubtful or any(finding.verdict not in LANDED for finding in findings):
            try:
                findings = self._read_back(sent, findings)
            except Stopped:
                raise
            except ApiError as error:
                reason = f"It was sent, but the ticket can't be re-read: {error}"
                return Outcome(self._remaining, "unknown", reason, _unread(findings))
        others = tuple(finding for finding in sent.looked.findings if finding.verdict != "open")
        return self._judge(sent.looked, (*others, *findings))

    def _read_back(self, sent: Sent, answered: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Read the ticket after its PATCH, again after growing pauses where that shows the old value: reads may be behind writes."""
        shown = {finding.change.field for finding in answered if finding.verdict in LANDED}
        findings, waited = answered, 0.0
        for pause in (0.0, *(PAUSES if shown else self.recent.pauses)):
            if pause:
                self.rest(pause)
            waited += pause
            record = self.gateway.get(self.patch.ticket, query=self.request_spec.read)
            findings = after_sending(sent.changes, record, sent.looked.record, unread=self.request_spec.unread)
            if not any(finding.verdict == "ignored" for finding in findings):
                if waited:
                    self.recent.lagged(waited)
                return _without_edits_of_others(findings, answered)
        return tuple(
            replace(finding, verdict="uncertain")
            if finding.verdict == "ignored" and finding.change.field in shown
            else finding
            for finding in findings
        )

    def _judge(self, looked: RereadTicket, findings: tuple[Finding, ...]) -> Outcome | None:
        """Judge the ticket, or go on with the parts of it that wait for a PATCH of their own."""
        self.recent.wrote(self.patch.ticket, (finding for finding in findings if finding.verdict in LANDED))
        judged_fields = {finding.change.field for finding in findings}
        waiting = [finding for finding in looked.of("open") if finding.change.field not in judged_fields]
        outcome = judged(self._remaining, findings)
        if not waiting:
            return outcome
        if outcome.kind == "applied":
            self.settled = (
                *self.settled,
                *(item for item in findings if item.verdict not in ("already so", "conflict")),
            )
            self.attempt, self.left = 0, ()
            return None
        names = ", ".join(item.change.field for item in waiting)
        return Outcome(
            self._remaining,
            outcome.kind,
            f"{outcome.reason} {names} was not sent after that.",
            (*findings, *waiting),
            actions=outcome.actions,
        )


def _too_late(patch: Patch, error: LookTooOld, findings: tuple[Finding, ...]) -> Outcome:
    reason = (
        f"{error} That happened {TRIES_LATE} times: this machine or its connection is too slow just now to change a ticket at once after "
        "reading it. Try again with fewer workers, or when it has less to do."
    )
    return Outcome(patch, "not sent", reason, findings, actions=(Action("retry"),))


def _without_edits_of_others(findings: tuple[Finding, ...], answered: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Separate what the tool made of a value from what somebody else may have saved after our PATCH.

    Only a value that the answer to the PATCH showed as well is the tool's own: an undo may replace it. Any other is unclear.
    """
    shown = {finding.change.field: finding.theirs for finding in answered}
    return tuple(
        replace(finding, verdict="unclear")
        if finding.verdict == "rewritten" and finding.theirs != shown.get(finding.change.field)
        else finding
        for finding in findings
    )


def _unread(answered: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Keep what the answer to a PATCH proves; the rest may have arrived."""
    return tuple(finding if finding.verdict in LANDED else unread([finding.change])[0] for finding in answered)


def _is_incomplete(sent: tuple[Any, ...], answer: Record) -> bool:
    names = {CUSTOM_FIELDS if change.field.startswith(CUSTOM) else change.field for change in sent}
    return not names <= answer.keys()
