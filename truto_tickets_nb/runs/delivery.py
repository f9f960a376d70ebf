"""Bring one patch to its ticket: look, note the intent, send, verify; after every failure the ticket is looked at again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb.errors import ApiError, NotFound, Rejected, Stopped
from truto_tickets_nb.runs.run import Outcome
from truto_tickets_nb.runs.stages import HOPELESS, LANDED, Looked, is_locked_out, judged, lacking, look, nobodys
from truto_tickets_nb.runs.verify import after_sending
from truto_tickets_nb.tickets.fields import CUSTOM, CUSTOM_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.plans.plan import Change, Patch
    from truto_tickets_nb.plans.way import Way
    from truto_tickets_nb.runs.door import Door, Record
    from truto_tickets_nb.runs.run import OutcomeKind
    from truto_tickets_nb.runs.stages import OwnRun
    from truto_tickets_nb.runs.verify import Finding

STALE = (409, 412)  # the etag was of an older version
TRIES_STALE = 5  # looks at a ticket whose version moves on between reading and writing
# Looks given up because everybody pauses. A tool that asks for a wait with every answer would keep us looking for ever: then the
# PATCH follows its look at once, one request early, because an old look could cost a colleague's edit.
PAUSES = 2


@dataclass
class Delivery:
    """Bring one patch to its ticket, in as many PATCH requests as the way wants.

    `intend` is called, and durable, before a PATCH leaves; it raises Stopped where nothing may leave any more. `left` names the
    fields of an earlier PATCH that may have arrived, and is empty where there was none.
    """

    door: Door
    patch: Patch
    way: Way
    key: str
    intend: Callable[[tuple[str, ...]], None]
    left: tuple[str, ...] = ()
    own: OwnRun = nobodys  # finds the earlier run of ours that wrote what a ticket holds now
    reread: bool = False  # verify by a read of its own even where the answer says that all is well
    attempt: int = 0
    pauses: int = 0
    settled: tuple[Finding, ...] = field(default=())  # of PATCH requests that are done, where there are several

    def outcome(self) -> Outcome:
        """Go through all stages until the patch has its one outcome."""
        while True:
            found = self._round()
            if isinstance(found, Outcome):
                return self._whole(found)
            if found is not None and not self.door.wait(found, self.attempt):
                return self._whole(self._given_up(found))

    def cut_short(self, reason: str) -> Outcome:
        """Give the outcome of a patch that was stopped on its way."""
        return self._whole(Outcome(self._rest, "unknown" if self.left else "not sent", reason))

    @property
    def _rest(self) -> Patch:
        done = {found.change.field for found in self.settled}
        return (
            replace(self.patch, changes=tuple(c for c in self.patch.changes if c.field not in done))
            if done
            else self.patch
        )

    def _whole(self, found: Outcome) -> Outcome:
        """Add what earlier PATCH requests of the same ticket did."""
        if not self.settled:
            return found
        findings = (*self.settled, *found.findings)
        if found.kind in ("applied", "unchanged"):
            return judged(self.patch, findings, found.reason if found.kind == "applied" else "")
        kind: OutcomeKind = "unknown" if found.kind == "unknown" else "partly applied"
        names = ", ".join(item.change.field for item in self.settled)
        reason = f"{names} arrived, in a PATCH of its own. {found.reason}"
        return Outcome(self.patch, kind, reason, findings, found.cause, found.own_runs)

    def _round(self) -> Outcome | ApiError | None:
        """Look and send once: an outcome, an error to wait for, or None where the ticket is to be looked at again."""
        with self.door.pair():
            looked = look(self.door, self._rest, self.way, self.left, self.own)
            if isinstance(looked, Outcome):
                return looked
            if self.door.is_paused and self.pauses < PAUSES:
                self.pauses += 1
                return None
            return self._sent(looked)

    def _sent(self, looked: Looked) -> Outcome | ApiError | None:
        changes = self._next(looked)
        query, missing = self.way.parameters(looked.record)
        if missing:
            return Outcome(self._rest, "refused", lacking(missing), looked.findings)
        fields = tuple(change.field for change in changes)
        self.attempt += 1
        repeated = bool(self.left)
        self.intend(tuple(dict.fromkeys((*(found.change.field for found in self.settled), *self.left, *fields))))
        try:
            answer = self._patched(self.way.body(changes, looked.record), query)
        except NotFound as error:
            return Outcome(self._rest, "refused", f"The ticket is gone: {error}", looked.findings, "gone")
        except Rejected as error:
            if error.status in STALE and "etag" in self.way.query and self.attempt < TRIES_STALE:
                return None
            return Outcome(self._rest, "refused", str(error), looked.findings)
        except (*HOPELESS, Stopped):
            raise
        except ApiError as error:
            if error.maybe_applied:
                self.left = tuple(dict.fromkeys((*self.left, *fields)))
            return error
        return self._verified(looked, changes, answer, repeated=repeated)

    def _next(self, looked: Looked) -> tuple[Change, ...]:
        """Choose what goes out in the next PATCH: all that is open, or the first part of it."""
        rounds = self.way.rounds([found.change for found in looked.of("open")])
        return rounds[0]

    def _patched(self, body: dict[str, Any], query: dict[str, Any]) -> Record:
        return self.door.patch(self.patch.ticket, body, query=query, idempotency_key=self._key(body, query))

    def _key(self, body: dict[str, Any], query: dict[str, Any]) -> str:
        """Name this very request: the same again after a resume, another one where its content differs."""
        content = orjson.dumps([body, query], option=orjson.OPT_SORT_KEYS)
        return f"{self.key}-{hashlib.blake2b(content, digest_size=4).hexdigest()}"

    def _given_up(self, error: ApiError) -> Outcome:
        """Decide about a patch whose last answer was an error; never guess."""
        if not self.left:
            if is_locked_out(error):
                raise error
            return Outcome(self._rest, "not sent", str(error))
        looked = look(self.door, self._rest, self.way, self.left, self.own)
        if isinstance(looked, Outcome):
            return looked
        if looked.of(*LANDED):
            kept = tuple(found for found in looked.findings if found.verdict != "open")
            still = after_sending([f.change for f in looked.of("open")], looked.record, unread=self.way.unread)
            return judged(self._rest, (*kept, *still))
        reason = f"The answer was lost; re-reading shows that nothing changed. {error}"
        return Outcome(self._rest, "not sent", reason, looked.findings)

    def _verified(self, looked: Looked, sent: tuple[Change, ...], answer: Record, *, repeated: bool) -> Outcome | None:
        findings = after_sending(sent, answer, looked.record, unread=self.way.unread)
        # a repeat may have been answered from Truto's memory, which is older than the ticket
        doubtful = repeated or self.reread or _is_incomplete(sent, answer)
        if doubtful or any(found.verdict not in LANDED for found in findings):
            try:
                record = self.door.get(self.patch.ticket, query=self.way.read)
                findings = after_sending(sent, record, looked.record, unread=self.way.unread)
            except ApiError as error:
                reason = f"It was sent, but the ticket can't be re-read: {error}"
                return Outcome(self._rest, "unknown", reason, findings)
        kept = tuple(found for found in looked.findings if found.verdict != "open")
        return self._counted(looked, (*kept, *findings))

    def _counted(self, looked: Looked, findings: tuple[Finding, ...]) -> Outcome | None:
        """Judge the ticket, or go on with the parts of it that wait for a PATCH of their own."""
        waiting = [found for found in looked.of("open") if found.change.field not in {f.change.field for f in findings}]
        found = judged(self._rest, findings)
        if not waiting:
            return found
        if found.kind == "applied":
            self.settled = (
                *self.settled,
                *(item for item in findings if item.verdict not in ("already so", "conflict")),
            )
            self.attempt, self.left = 0, ()
            return None
        names = ", ".join(item.change.field for item in waiting)
        return Outcome(
            self._rest, found.kind, f"{found.reason} {names} was not sent after that.", (*findings, *waiting)
        )


def _is_incomplete(sent: tuple[Any, ...], answer: Record) -> bool:
    names = {CUSTOM_FIELDS if change.field.startswith(CUSTOM) else change.field for change in sent}
    return not names <= answer.keys()
