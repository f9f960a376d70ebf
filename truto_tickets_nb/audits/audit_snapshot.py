"""Audit a snapshot: the clock, the checks, the figures, the findings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from truto_tickets_nb.audits import state
from truto_tickets_nb.audits.audit import Audit
from truto_tickets_nb.audits.check import UserCheck, users
from truto_tickets_nb.audits.checks import all_checks
from truto_tickets_nb.audits.config import AuditConfig, read_config
from truto_tickets_nb.audits.run_audit import run
from truto_tickets_nb.audits.tickets import AuditedTickets, clock_of
from truto_tickets_nb.errors import AuditError
from truto_tickets_nb.show import ProgressBar
from truto_tickets_nb.tickets.json_values import ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from truto_tickets_nb.audits.check import AnyCheck
    from truto_tickets_nb.edits.source import Source


def audit(  # noqa: PLR0913  (all but the source are keywords)
    source: Source,
    config: AuditConfig | str | Path | None = None,
    *,
    now: Any = None,
    closed: Iterable[str] | None = None,
    checks: Iterable[UserCheck] = (),
    loaded_at: str = "",
    is_filtered: bool = False,
    progress: bool = True,
) -> Audit:
    """Run all checks that are chosen over the tickets of a snapshot."""
    chosen = config if isinstance(config, AuditConfig) else AuditConfig() if config is None else read_config(config)
    if closed is not None:
        chosen = replace(chosen, closed=tuple(closed))
    tickets = audited(source, now=now, closed=chosen.closed, loaded_at=loaded_at, is_filtered=is_filtered)
    known = _known(checks)
    wanted = chosen.chosen(known)
    with ProgressBar(len(wanted), "audit", unit="checks", shown=progress) as bar:
        findings, skipped = run(wanted, tickets, chosen, bar)
    return Audit(
        source.account_id,
        source.integration,
        source.id,
        len(tickets),
        findings,
        skipped,
        state.figures(tickets),
        "" if tickets.clock is None else tickets.clock.now.isoformat(),
        "" if tickets.clock is None else tickets.clock.origin,
        tickets.closed_statuses,
        tickets.is_open is not None,
        tuple(known),
    )


def audited(
    source: Source,
    *,
    now: Any = None,
    closed: Iterable[str] | None = None,
    loaded_at: str = "",
    is_filtered: bool = False,
) -> AuditedTickets:
    """Return the tickets of a snapshot as checks look at them."""
    frame = source.table.frame
    clock = clock_of(frame, now, pd.Timestamp(loaded_at) if loaded_at else None)
    return AuditedTickets(
        frame, source.choices, clock=clock, closed=closed, parents=lambda: _parents(source), is_filtered=is_filtered
    )


def _known(own: Iterable[UserCheck]) -> Mapping[str, AnyCheck]:
    given = list(own)
    wrong = [check for check in given if not isinstance(check, UserCheck)]
    if wrong:
        raise AuditError(f"checks= takes checks made with @tt.check, not {type(wrong[0]).__name__}.")
    checks = dict(all_checks())
    for check in (*users().values(), *given):
        if check.id in checks and not isinstance(checks[check.id], UserCheck):
            raise AuditError(f"{check.id!r} is the id of a check of the toolkit. Give your check another one.")
        checks[check.id] = check  # type: ignore[assignment]
    return checks


def _parents(source: Source) -> dict[str, str]:
    """Return the id of the parent of each ticket that has one."""
    frame = source.table.frame
    if "parent_ticket" not in frame:
        return {}
    parents: dict[str, str] = {}
    for place in frame["parent_ticket"].notna().to_numpy().nonzero()[0].tolist():
        parent = ref(source.table.record(place).get("parent_ticket"))
        if parent is not None and parent.id:
            parents[str(frame.index[place])] = parent.id
    return parents
