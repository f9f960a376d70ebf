"""Ask the tool itself whether it would accept a plan, by its documented switch for checking without changing."""

from __future__ import annotations

import secrets
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.errors import ApiError, PlanError, RateLimited, ServerWrote, Stopped
from truto_tickets_nb.runs.recheck import HOPELESS, is_locked_out
from truto_tickets_nb.runs.verify import before_sending
from truto_tickets_nb.runs.workers import in_order

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.integrations.profile import Profile
    from truto_tickets_nb.plans.change import Change
    from truto_tickets_nb.plans.plan import Plan
    from truto_tickets_nb.plans.request_spec import RequestSpec
    from truto_tickets_nb.runs.dry_run import DryRun
    from truto_tickets_nb.runs.gateway import Gateway
    from truto_tickets_nb.runs.outcome import Outcome

ASKED = "The tool itself was asked about each ticket that is ready, and changed none."


def switch(profile: Profile) -> Mapping[str, str]:
    """Find the documented switch of a check without a change; a tool without one is refused, because a PATCH would change tickets."""
    fact = profile.fact("validate")
    if not fact.value or not fact.is_documented:
        raise PlanError(
            f"ask_server=True: no switch is documented that makes {profile.name} check a change without making it. Nothing was sent; "
            "account.dry_run(plan) compares without asking the tool."
        )
    parameters: Mapping[str, str] = fact.value
    return parameters


def ask_server(
    gateway: Gateway,
    dry_run_result: DryRun,
    checking: Mapping[str, str],
    workers: int = 4,
    halted: threading.Event | None = None,
) -> DryRun:
    """Send each ready patch with the switch on: first one alone, and only if that changed nothing, the others.

    An error that all tickets would meet ends it, as it ends a dry run: the others are refused for the same reason, and not asked.
    """
    request_spec = _with_switch(dry_run_result.plan.request_spec, checking)
    ready = [item for item in dry_run_result.outcomes if item.kind == "ready"]
    answers: dict[str, Outcome] = {}
    fatal: list[str] = []  # why no other ticket is asked

    def answer(item: Outcome) -> Outcome:
        if fatal:
            return replace(item, kind="refused", reason=fatal[0])
        try:
            return _asked(gateway, item, request_spec)
        except (*HOPELESS, RateLimited) as error:
            fatal.append(str(error))
            return replace(item, kind="refused", reason=str(error))

    ended = threading.Event() if halted is None else halted
    for item in in_order(answer, ready[:1], 1, ended):
        answers[item.ticket] = item
        if not fatal:
            _check_unchanged(gateway, item, dry_run_result.plan)
    answers |= {item.ticket: item for item in in_order(answer, ready[1:], workers, ended)}
    outcomes = tuple(answers.get(item.ticket, item) for item in dry_run_result.outcomes)
    unknown = (*dry_run_result.unknown[:-1], ASKED)
    return replace(dry_run_result, outcomes=outcomes, unknown=unknown, is_server_checked=True)


def _with_switch(request_spec: RequestSpec, checking: Mapping[str, str]) -> RequestSpec:
    remote: dict[str, Any] = {**request_spec.fixed.get("remote_query", {}), **checking}
    return replace(request_spec, fixed={**request_spec.fixed, "remote_query": remote})


def _asked(gateway: Gateway, item: Outcome, request_spec: RequestSpec) -> Outcome:
    """Ask about one ticket: an answer that refuses is the outcome, whichever part of the ticket it refuses."""
    changes = [finding.change for finding in item.findings if finding.verdict == "open"]
    try:
        for part in request_spec.rounds(changes):
            _send(gateway, item.ticket, part, request_spec)
    except (*HOPELESS, Stopped):
        raise
    except ApiError as error:
        if is_locked_out(error):
            raise
        return replace(item, kind="refused", reason=f"Asked, the tool refuses it: {error}")
    return item


def _send(gateway: Gateway, ticket: str, part: tuple[Change, ...], request_spec: RequestSpec) -> None:
    record = gateway.get(ticket, query=request_spec.read)
    query, _ = request_spec.parameters(record)
    gateway.patch(ticket, request_spec.body(part, record), query=query, idempotency_key=f"ask-{secrets.token_hex(8)}")


def _check_unchanged(gateway: Gateway, item: Outcome, plan: Plan) -> None:
    """Check that the switch had its effect: had it been lost, the first ticket would be changed now, and only that."""
    changes = [finding.change for finding in item.findings if finding.verdict == "open"]
    written = [
        finding.change
        for finding in before_sending(changes, gateway.get(item.ticket, query=plan.request_spec.read))
        if finding.verdict != "open"
    ]
    if not written:
        return
    names = ", ".join(f"{change.field} ({change.before} -> {change.after})" for change in written)
    patch = replace(item.patch, changes=tuple(change.reversed() for change in written))
    raise ServerWrote(
        f"Ticket {item.ticket} holds the change already: {names}. The switch for checking was not heard, or somebody else was quicker. "
        "No other ticket was asked. To put it back, look at error.undo and apply it.",
        plan.noted(patches=(patch,), problems=(), notes=()),
    )
