"""What is done with one patch, stage by stage: re-read, compare, note the intent, send, verify. A dry run stops before sending."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb.api.retry import PATIENCE
from truto_tickets_nb.errors import (
    AccountBlocked,
    ApiError,
    NeedsReauth,
    NotAllowed,
    NotFound,
    RateLimited,
    ReadOnly,
    Rejected,
    SetupError,
    Stopped,
    TokenRefused,
)
from truto_tickets_nb.runs.run import Outcome
from truto_tickets_nb.runs.verify import after_sending, before_sending, between
from truto_tickets_nb.tickets.fields import CUSTOM, CUSTOM_FIELDS, body_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.plans.plan import Change, Patch
    from truto_tickets_nb.runs.door import Door, Record, Way
    from truto_tickets_nb.runs.verify import Finding

HOPELESS = (TokenRefused, NeedsReauth, ReadOnly, AccountBlocked, NotAllowed)  # the rest of the run would fail likewise
STALE = (409, 412)  # the etag was of an older version
TRIES_STALE = 5  # looks at a ticket whose version moves on between reading and writing
# Looks given up because everybody pauses. A tool that asks for a wait with every answer would keep us looking for ever: then the
# PATCH follows its look at once, one request early, because an old look could cost a colleague's edit.
PAUSES = 2
LANDED = ("applied", "normalised")
ARRIVED = "The answer was lost; re-reading shows that it arrived."


@dataclass(frozen=True, slots=True)
class Looked:
    """Hold a ticket as re-read, and what that means for its patch."""

    record: Record
    findings: tuple[Finding, ...]

    def of(self, *verdicts: str) -> tuple[Finding, ...]:
        """Choose findings by verdict."""
        return tuple(found for found in self.findings if found.verdict in verdicts)

    def names(self, *verdicts: str) -> str:
        """Name the fields of some verdicts."""
        return ", ".join(found.change.field for found in self.of(*verdicts))


def is_locked_out(error: ApiError) -> bool:
    """Tell whether the tool asks for a wait so long that the run has to stop: asking on would only lengthen it."""
    return isinstance(error, RateLimited) and (error.retry_after or 0) > PATIENCE


def look(door: Door, patch: Patch, way: Way, left: tuple[str, ...] = ()) -> Looked | Outcome:
    """Re-read a ticket and compare three ways; an Outcome where nothing is to be sent.

    `left` names the fields of an earlier PATCH of ours that may have arrived.
    """
    try:
        record = door.get(patch.ticket, query=way.read)
    except NotFound as error:
        return Outcome(patch, "refused", f"The ticket is gone: {error}")
    except (*HOPELESS, Stopped):
        raise
    except (Rejected, SetupError) as error:  # an id that can be no part of an address is refused before it is sent
        return Outcome(patch, "refused", str(error))
    except ApiError as error:
        if is_locked_out(error):
            raise
        if left:
            return Outcome(patch, "unknown", f"The answer was lost and the ticket can't be re-read: {error}")
        return Outcome(patch, "not sent", f"The ticket could not be re-read, so nothing was sent: {error}")
    ours, rest = _split(patch, left)
    return _stand(patch, Looked(record, (*between(ours, record), *before_sending(rest, record))))


def _split(patch: Patch, left: tuple[str, ...]) -> tuple[list[Change], list[Change]]:
    ours = [change for change in patch.changes if change.field in left]
    return ours, [change for change in patch.changes if change.field not in left]


def _stand(patch: Patch, looked: Looked) -> Looked | Outcome:
    """Decide, from what the ticket holds, whether anything is still to be sent."""
    if unclear := looked.names("unclear"):
        reason = f"The answer was lost, and {unclear} holds neither the old nor the new value: look at both."
        return Outcome(patch, "unknown", reason, looked.findings)
    if clashes := looked.names("conflict"):
        reason = f"Somebody else changed {clashes} since this was loaded; the ticket was not touched."
        if looked.of(*LANDED):
            return Outcome(patch, "partly applied", f"{looked.names(*LANDED)} arrived. {reason}", looked.findings)
        return Outcome(patch, "conflict", reason, looked.findings)
    if looked.of("open"):
        return looked
    if looked.of(*LANDED):
        return judged(patch, looked.findings, ARRIVED)
    return Outcome(patch, "unchanged", "It held this already.", looked.findings)


def rehearse(door: Door, patch: Patch, way: Way) -> Outcome:
    """Go through the stages up to sending."""
    looked = look(door, patch, way)
    if isinstance(looked, Outcome):
        return looked
    missing = [name for name in way.query if not looked.record.get(name)]
    if missing:
        reason = f"The ticket came without its {', '.join(missing)}, which a PATCH needs here."
        return Outcome(patch, "refused", reason, looked.findings)
    return Outcome(patch, "ready", "", looked.findings)


@dataclass
class Delivery:
    """Bring one patch to its ticket. After every failure the ticket is looked at again before anything is repeated.

    `intend` is called, and durable, before a PATCH leaves; it raises Stopped where nothing may leave any more. `left` names the
    fields of an earlier PATCH that may have arrived, and is empty where there was none.
    """

    door: Door
    patch: Patch
    way: Way
    key: str
    intend: Callable[[tuple[str, ...]], None]
    left: tuple[str, ...] = ()
    reread: bool = False  # verify by a read of its own even where the answer says that all is well
    attempt: int = 0
    pauses: int = 0

    def outcome(self) -> Outcome:
        """Go through all stages until the patch has its one outcome."""
        while True:
            found = self._round()
            if isinstance(found, Outcome):
                return found
            if found is not None and not self.door.wait(found, self.attempt):
                return self._given_up(found)

    def _round(self) -> Outcome | ApiError | None:
        """Look and send once: an outcome, an error to wait for, or None where the look is too old and is taken again."""
        with self.door.pair():
            looked = look(self.door, self.patch, self.way, self.left)
            if isinstance(looked, Outcome):
                return looked
            if self.door.is_paused and self.pauses < PAUSES:
                self.pauses += 1
                return None
            return self._sent(looked)

    def _sent(self, looked: Looked) -> Outcome | ApiError | None:
        fields = tuple(found.change.field for found in looked.of("open"))
        self.attempt += 1
        repeated = bool(self.left)
        self.intend(tuple(dict.fromkeys((*self.left, *fields))))
        try:
            answer = self._patched(looked)
        except NotFound as error:
            return Outcome(self.patch, "refused", f"The ticket is gone: {error}", looked.findings)
        except Rejected as error:
            if error.status in STALE and self.way.query and self.attempt < TRIES_STALE:
                return None
            return Outcome(self.patch, "refused", str(error), looked.findings)
        except (*HOPELESS, Stopped):
            raise
        except ApiError as error:
            if error.maybe_applied:
                self.left = tuple(dict.fromkeys((*self.left, *fields)))
            return error
        return self._verified(looked, answer, repeated=repeated)

    def _patched(self, looked: Looked) -> Record:
        body = body_of({found.change.field: found.change.new for found in looked.of("open")})
        if self.way.whole_custom_fields and CUSTOM_FIELDS in body:
            body[CUSTOM_FIELDS] = {**(looked.record.get(CUSTOM_FIELDS) or {}), **body[CUSTOM_FIELDS]}
        etags = {name: looked.record[name] for name in self.way.query if looked.record.get(name)}
        query = {**(self.way.read or {}), **etags}
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
            return Outcome(self.patch, "not sent", str(error))
        looked = look(self.door, self.patch, self.way, self.left)
        if isinstance(looked, Outcome):
            return looked
        if looked.of(*LANDED):
            kept = tuple(found for found in looked.findings if found.verdict != "open")
            return judged(self.patch, (*kept, *after_sending([f.change for f in looked.of("open")], looked.record)))
        reason = f"The answer was lost; re-reading shows that nothing changed. {error}"
        return Outcome(self.patch, "not sent", reason, looked.findings)

    def _verified(self, looked: Looked, answer: Record, *, repeated: bool) -> Outcome:
        sent = tuple(found.change for found in looked.of("open"))
        findings = after_sending(sent, answer)
        # a repeat may have been answered from Truto's memory, which is older than the ticket
        doubtful = repeated or self.reread or _is_incomplete(sent, answer)
        if doubtful or any(found.verdict not in LANDED for found in findings):
            try:
                findings = after_sending(sent, self.door.get(self.patch.ticket, query=self.way.read))
            except ApiError as error:
                reason = f"It was sent, but the ticket can't be re-read: {error}"
                return Outcome(self.patch, "unknown", reason, findings)
        kept = tuple(found for found in looked.findings if found.verdict != "open")
        return judged(self.patch, (*kept, *findings))


def _is_incomplete(sent: tuple[Any, ...], answer: Record) -> bool:
    names = {CUSTOM_FIELDS if change.field.startswith(CUSTOM) else change.field for change in sent}
    return not names <= answer.keys()


def judged(patch: Patch, findings: tuple[Finding, ...], note: str = "") -> Outcome:
    """Turn what was found after sending into one outcome."""
    verdicts = {found.verdict for found in findings} - {"already so"}
    told = {word: ", ".join(f.change.field for f in findings if f.verdict == word) for word in verdicts}
    if verdicts <= {*LANDED, "missing"}:
        tidied = f"The server tidied {told['normalised']}." if "normalised" in told else ""
        unseen = f"{told['missing']} can't be read back: the API only takes it." if "missing" in told else ""
        return Outcome(patch, "applied", " ".join(part for part in (note, tidied, unseen) if part), findings)
    if verdicts == {"ignored"}:
        reason = "The server answered with success and changed nothing. Look at the ticket in its tool."
        return Outcome(patch, "ignored", reason, findings)
    bad = ", ".join(f"{f.change.field} ({f.verdict})" for f in findings if f.verdict in ("ignored", "rewritten"))
    reason = f"The server did not take over {bad}. Look at the ticket in its tool."
    return Outcome(patch, "partly applied", reason, findings)
