"""What is done with one patch, stage by stage: re-read, compare, note the intent, send, verify. A dry run stops before sending."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from truto_tickets_nb.actions import Action
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
from truto_tickets_nb.runs.outcome import Outcome
from truto_tickets_nb.runs.verify import before_sending, between, unread
from truto_tickets_nb.tickets.fields import is_compared

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.plans.change import Change, Patch
    from truto_tickets_nb.plans.request_spec import RequestSpec
    from truto_tickets_nb.runs.gateway import Gateway, Record
    from truto_tickets_nb.runs.outcome import Cause
    from truto_tickets_nb.runs.verify import Finding

if TYPE_CHECKING:
    OwnRun = Callable[
        [str, Finding], str
    ]  # ticket and conflict -> the run of ours that wrote what the ticket holds, "" for none

HOPELESS = (TokenRefused, NeedsReauth, ReadOnly, AccountBlocked, NotAllowed)  # the rest of the run would fail likewise
LANDED = ("applied", "normalised")
ARRIVED = "The answer did not prove it; re-reading shows that it arrived."
# Why a PATCH may have arrived. "turned away": a limit or a newer version refused it, the old value is sent again. "lost": its answer was
# lost, the old value is sent again. "restart": another process sent it, and since then a colleague may have put the old value back.
Doubt = Literal["turned away", "lost", "restart"]


def no_own_run(_ticket: str, _finding: Finding) -> str:
    """Return "": no run of this account is known to have written this."""
    return ""


@dataclass(frozen=True, slots=True)
class RereadTicket:
    """A ticket as re-read, and what that means for its patch."""

    record: Record
    findings: tuple[Finding, ...]

    def of(self, *verdicts: str) -> tuple[Finding, ...]:
        """Choose findings by verdict."""
        return tuple(finding for finding in self.findings if finding.verdict in verdicts)

    def names(self, *verdicts: str) -> str:
        """List the fields of some verdicts in one text."""
        return ", ".join(finding.change.field for finding in self.of(*verdicts))


def is_locked_out(error: ApiError) -> bool:
    """Return whether the tool asks for a wait so long that the run has to stop: asking on would only lengthen it."""
    return isinstance(error, RateLimited) and (error.retry_after or 0) > PATIENCE


def look(  # noqa: PLR0913  (each decides about the ticket)
    gateway: Gateway,
    patch: Patch,
    request_spec: RequestSpec,
    left: tuple[str, ...] = (),
    own: OwnRun = no_own_run,
    *,
    doubt: Doubt = "lost",
) -> RereadTicket | Outcome:
    """Re-read a ticket and compare three ways; an Outcome where nothing is to be sent.

    `left` names the fields of an earlier PATCH of ours that may have arrived, and `doubt` says why it may; `own` finds the earlier run of ours that wrote what a
    ticket holds now.
    """
    try:
        record = gateway.get(patch.ticket, query=request_spec.read)
    except NotFound as error:
        return Outcome(patch, "refused", f"The ticket is gone: {error}", cause="gone")
    except (*HOPELESS, Stopped):
        raise
    except SetupError as error:  # an id that can be no part of an address is refused before it is sent
        return Outcome(patch, "refused", str(error), cause="no address")
    except Rejected as error:
        return Outcome(patch, "refused", str(error))
    except ApiError as error:
        if is_locked_out(error):
            raise
        if left:
            reason = f"The answer was lost and the ticket can't be re-read: {error}"
            return Outcome(patch, "unknown", reason, may_have_arrived(patch, left))
        return Outcome(patch, "not sent", f"The ticket could not be re-read, so nothing was sent: {error}")
    ours, rest = _split(patch, left)
    lost = tuple(
        _verdict_in_doubt(finding, doubt)
        for group in request_spec.rounds(ours)
        for finding in between(group, record, request_spec.unread)
    )
    return _decide(patch, RereadTicket(record, (*lost, *before_sending(rest, record))), own)


def may_have_arrived(patch: Patch, left: tuple[str, ...]) -> tuple[Finding, ...]:
    """Return findings of the fields that were sent: the ticket could not be read after it."""
    return unread(change for change in patch.changes if change.field in left)


def _verdict_in_doubt(finding: Finding, doubt: Doubt) -> Finding:
    """Turn what a ticket holds after a PATCH without a proof into a verdict, by why there is none."""
    if finding.verdict == "open" and doubt == "restart":
        return replace(finding, verdict="uncertain")
    if finding.verdict == "unclear" and doubt == "turned away":
        return replace(finding, verdict="conflict" if is_compared(finding.change.field) else "open")
    return finding


def _split(patch: Patch, left: tuple[str, ...]) -> tuple[list[Change], list[Change]]:
    ours = [change for change in patch.changes if change.field in left]
    return ours, [change for change in patch.changes if change.field not in left]


def _decide(patch: Patch, looked: RereadTicket, own: OwnRun) -> RereadTicket | Outcome:
    """Decide, from what the ticket holds, whether anything is still to be sent."""
    if looked.of("unclear", "uncertain"):
        return _unclear(patch, looked)
    if looked.of("conflict"):
        return _conflict(patch, looked, own)
    if looked.of("open"):
        return looked
    if looked.of(*LANDED):
        return judged(patch, looked.findings, ARRIVED)
    return Outcome(patch, "unchanged", "It held this already.", looked.findings)


def _conflict(patch: Patch, looked: RereadTicket, own: OwnRun) -> Outcome:
    """Return the outcome of a conflict: an earlier run, which the journal knows, or somebody else changed the same fields."""
    writers: dict[str, list[str]] = {}
    for finding in looked.of("conflict"):
        writers.setdefault(own(patch.ticket, finding), []).append(finding.change.field)
    runs = tuple(run for run in writers if run)
    clauses = [
        f"{f'run {run} of yours' if run else 'somebody else'} changed {', '.join(names)}"
        for run, names in writers.items()
    ]
    clause = " and ".join(clauses)
    reason = f"{clause[0].upper()}{clause[1:]} since this was loaded; the ticket was not touched."
    cause: Cause = "" if "" in writers else "own run"
    if looked.of(*LANDED):
        reason = f"{looked.names(*LANDED)} arrived. {reason}"
        return Outcome(patch, "partly applied", reason, looked.findings, cause, runs)
    return Outcome(patch, "conflict", reason, looked.findings, cause, runs)


def _unclear(patch: Patch, looked: RereadTicket) -> Outcome:
    """Return the outcome of a PATCH whose answer was lost, where nobody can tell whether it arrived."""
    if looked.of("uncertain") and not looked.of("unclear"):
        reason = (
            f"The run ended while this was in flight, and {looked.names('uncertain')} holds the old value: either the change never "
            "arrived, or somebody has put the old value back. It was not sent again."
        )
        return Outcome(patch, "unknown", reason, looked.findings, actions=(Action("plan_unknown"),))
    names = [finding.change.field for finding in looked.of("unclear")]
    if read := [name for name in names if is_compared(name)]:
        reason = f"The answer was lost, and {', '.join(read)} holds neither the old nor the new value: look at both."
    else:
        reason = f"The answer was lost, and {', '.join(names)} can't be read back: look at the ticket in its tool before you send it again."
    return Outcome(patch, "unknown", reason, looked.findings)


def dry_run_of_patch(gateway: Gateway, patch: Patch, request_spec: RequestSpec, own: OwnRun = no_own_run) -> Outcome:
    """Return the outcome of a dry run: all stages up to sending."""
    looked = look(gateway, patch, request_spec, own=own)
    if isinstance(looked, Outcome):
        return looked
    _, missing = request_spec.parameters(looked.record)
    if missing:
        return lacking(patch, missing, looked.findings)
    return Outcome(patch, "ready", "", looked.findings)


def lacking(patch: Patch, names: tuple[str, ...], findings: tuple[Finding, ...]) -> Outcome:
    """Return the outcome of a ticket without a query parameter that a PATCH needs, and how to set it."""
    reason = f"The ticket came without its {', '.join(names)}, which a PATCH needs here."
    actions = tuple(Action("load_again") if name == "etag" else Action("set_parameter", name) for name in names)
    return Outcome(patch, "refused", reason, findings, actions=actions)


def judged(patch: Patch, findings: tuple[Finding, ...], note: str = "") -> Outcome:
    """Turn the findings after sending into one outcome."""
    verdicts = {finding.verdict for finding in findings} - {"already so"}
    if "uncertain" in verdicts:
        names = ", ".join(finding.change.field for finding in findings if finding.verdict == "uncertain")
        reason = (
            f"The answer to the change shows the new value of {names}, and the ticket as read after it the old one: either reads are "
            "behind, or the tool took nothing over."
        )
        return Outcome(patch, "unknown", reason, findings, actions=(Action("read_unknown"),))
    fields = {word: ", ".join(f.change.field for f in findings if f.verdict == word) for word in verdicts}
    if "unclear" in verdicts:
        reason = (
            f"It was sent, and {fields['unclear']} holds neither the old nor the new value, nor what the answer to the change showed: somebody "
            "changed it after this run, or the tool did. Look at both values; an undo leaves it alone."
        )
        return Outcome(patch, "unknown", reason, findings)
    if verdicts == {"missing"}:
        reason = f"The tool answered with success. {fields['missing']} can't be read back here, so nobody can verify it: look at the ticket in its tool."
        return Outcome(patch, "unknown", reason, findings, "unverifiable")
    if verdicts <= {*LANDED, "missing"}:
        tidied = f"The server tidied {fields['normalised']}." if "normalised" in fields else ""
        unseen = f"{fields['missing']} can't be read back here, so nobody can verify it." if "missing" in fields else ""
        return Outcome(patch, "applied", " ".join(part for part in (note, tidied, unseen) if part), findings)
    if verdicts == {"ignored"}:
        reason = "The server answered with success and changed nothing. Look at the ticket in its tool."
        return Outcome(patch, "ignored", reason, findings)
    bad = ", ".join(f"{f.change.field} ({f.verdict})" for f in findings if f.verdict in ("ignored", "rewritten"))
    reason = f"The server did not take over {bad}. Look at the ticket in its tool."
    return Outcome(patch, "partly applied", reason, findings)
