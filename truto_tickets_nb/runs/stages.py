"""What is done with one patch, stage by stage: re-read, compare, note the intent, send, verify. A dry run stops before sending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.errors import (
    AccountBlocked,
    ApiError,
    NeedsReauth,
    NotAllowed,
    NotFound,
    ReadOnly,
    Rejected,
    TokenRefused,
)
from truto_tickets_nb.runs.run import Outcome
from truto_tickets_nb.runs.verify import Finding, after_sending, before_sending
from truto_tickets_nb.tickets.fields import CUSTOM, CUSTOM_FIELDS, body_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.plans.plan import Patch
    from truto_tickets_nb.runs.door import Door, Record, Way

HOPELESS = (TokenRefused, NeedsReauth, ReadOnly, AccountBlocked, NotAllowed)  # the rest of the run would fail likewise
STALE = (409, 412)  # the etag was of an older version


@dataclass(frozen=True, slots=True)
class Looked:
    """Hold a ticket as re-read, and what that means for its patch."""

    record: Record
    findings: tuple[Finding, ...]

    @property
    def open(self) -> tuple[Finding, ...]:
        """Choose the changes that are still to be sent."""
        return tuple(found for found in self.findings if found.verdict == "open")


def look(door: Door, patch: Patch, way: Way) -> Looked | Outcome:
    """Re-read a ticket and compare three ways; an Outcome where nothing is to be sent."""
    try:
        record = door.get(patch.ticket, query=way.read)
    except NotFound as error:
        return Outcome(patch, "refused", f"The ticket is gone: {error}")
    except HOPELESS:
        raise
    except Rejected as error:
        return Outcome(patch, "refused", str(error))
    except ApiError as error:
        return Outcome(patch, "not sent", f"The ticket could not be re-read, so nothing was sent: {error}")
    findings = before_sending(patch.changes, record)
    clashes = [found.change.field for found in findings if found.verdict == "conflict"]
    if clashes:
        reason = f"Somebody else changed {', '.join(clashes)} since this was loaded; the ticket was not touched."
        return Outcome(patch, "conflict", reason, findings)
    looked = Looked(record, findings)
    return looked if looked.open else Outcome(patch, "unchanged", "It held this already.", findings)


def rehearse(door: Door, patch: Patch, way: Way) -> Outcome:
    """Go through the stages up to sending."""
    looked = look(door, patch, way)
    if isinstance(looked, Outcome):
        return looked
    missing = [name for name in way.query if not looked.record.get(name)]
    if missing:
        return Outcome(
            patch,
            "refused",
            f"The ticket came without its {', '.join(missing)}, which a PATCH needs here.",
            looked.findings,
        )
    return Outcome(patch, "ready", "", looked.findings)


def perform(door: Door, patch: Patch, way: Way, key: str, *, intend: Callable[[], None]) -> Outcome:
    """Go through all stages; `intend` is called, and durable, before the PATCH leaves."""
    looked = look(door, patch, way)
    if isinstance(looked, Outcome):
        return looked
    intend()
    try:
        answer = _sent(door, patch, way, key, looked)
    except HOPELESS:
        raise
    except Rejected as error:
        if error.status in STALE and way.query and not key.endswith("+"):
            return perform(door, patch, way, f"{key}+", intend=intend)
        return Outcome(patch, "refused", str(error), looked.findings)
    except NotFound as error:
        return Outcome(patch, "refused", f"The ticket is gone: {error}", looked.findings)
    except ApiError as error:
        return decided(door, patch, way, f"{error}", maybe=error.maybe_applied)
    return _verified(door, patch, way, looked, answer)


def _sent(door: Door, patch: Patch, way: Way, key: str, looked: Looked) -> Record:
    body = body_of({found.change.field: found.change.new for found in looked.open})
    if way.whole_custom_fields and CUSTOM_FIELDS in body:
        body[CUSTOM_FIELDS] = {**(looked.record.get(CUSTOM_FIELDS) or {}), **body[CUSTOM_FIELDS]}
    query: dict[str, Any] = {
        **(way.read or {}),
        **{name: looked.record[name] for name in way.query if looked.record.get(name)},
    }
    return door.patch(patch.ticket, body, query=query, idempotency_key=key)


def _verified(door: Door, patch: Patch, way: Way, looked: Looked, answer: Record) -> Outcome:
    sent = tuple(found.change for found in looked.open)
    findings = after_sending(sent, answer)
    if _is_incomplete(sent, answer) or any(found.verdict not in ("applied", "normalised") for found in findings):
        try:
            findings = after_sending(sent, door.get(patch.ticket, query=way.read))
        except ApiError as error:
            return Outcome(patch, "unknown", f"It was sent, but the ticket can't be re-read: {error}", findings)
    kept = tuple(found for found in looked.findings if found.verdict == "already so")
    return judged(patch, (*kept, *findings))


def _is_incomplete(sent: tuple[Any, ...], answer: Record) -> bool:
    names = {CUSTOM_FIELDS if change.field.startswith(CUSTOM) else change.field for change in sent}
    return not names <= answer.keys()


def judged(patch: Patch, findings: tuple[Finding, ...], note: str = "") -> Outcome:
    """Turn what was found after sending into one outcome."""
    verdicts = {found.verdict for found in findings} - {"already so"}
    if verdicts <= {"applied", "normalised"}:
        tidied = [found.change.field for found in findings if found.verdict == "normalised"]
        told = f"The server tidied {', '.join(tidied)}." if tidied else ""
        return Outcome(patch, "applied", " ".join(part for part in (note, told) if part), findings)
    if "missing" in verdicts and verdicts <= {"applied", "normalised", "missing"}:
        fields = ", ".join(found.change.field for found in findings if found.verdict == "missing")
        return Outcome(patch, "applied", f"{fields} can't be read back: the API only takes it.", findings)
    if verdicts == {"ignored"}:
        return Outcome(
            patch,
            "ignored",
            "The server answered with success and changed nothing. Look at the ticket in its tool.",
            findings,
        )
    bad = ", ".join(
        f"{found.change.field} ({found.verdict})" for found in findings if found.verdict in ("ignored", "rewritten")
    )
    return Outcome(
        patch, "partly applied", f"The server did not take over {bad}. Look at the ticket in its tool.", findings
    )


def decided(door: Door, patch: Patch, way: Way, why: str, *, maybe: bool) -> Outcome:
    """Decide about a lost answer by re-reading the ticket; never guess."""
    if not maybe:
        return Outcome(patch, "not sent", why)
    try:
        record = door.get(patch.ticket, query=way.read)
    except NotFound:
        return Outcome(patch, "refused", "The ticket is gone.")
    except ApiError as error:
        return Outcome(patch, "unknown", f"The answer was lost ({why}) and the ticket can't be re-read: {error}")
    findings = after_sending(patch.changes, record)
    verdicts = {found.verdict for found in findings}
    if verdicts <= {"applied", "normalised"}:
        return judged(patch, findings, "The answer was lost; re-reading shows that it arrived.")
    if verdicts == {"ignored"}:
        return Outcome(patch, "not sent", f"The answer was lost; re-reading shows that nothing changed. {why}")
    return Outcome(
        patch, "unknown", f"The answer was lost ({why}); the ticket holds neither the old nor the new values.", findings
    )
