"""Run the checks over the tickets: each one is asked whether it can look, and one that fails stops no other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from truto_tickets_nb import gc_pause
from truto_tickets_nb.audits.finding import SEVERITIES, Finding, Skipped
from truto_tickets_nb.errors import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from truto_tickets_nb.audits.check import AnyCheck
    from truto_tickets_nb.audits.config import AuditConfig, Suppression
    from truto_tickets_nb.audits.tickets import AuditedTickets
    from truto_tickets_nb.show import ProgressBar


def run(
    checks: Mapping[str, AnyCheck], tickets: AuditedTickets, config: AuditConfig, bar: ProgressBar
) -> tuple[tuple[Finding, ...], tuple[Skipped, ...]]:
    """Return the findings, the most severe and the largest first, and the checks that did not look."""
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    for name, check in checks.items():
        reason = hindrance(check, tickets)
        if reason is not None:
            skipped.append(reason)
        else:
            try:
                with gc_pause.paused():
                    found = list(check.find(tickets))
                findings += [_with_severity(finding, config) for finding in found]
            except Exception as error:  # noqa: BLE001  (a check of the user's may raise anything; the others go on)
                message = f"{name} failed: {type(error).__name__}: {shorten(error, 200)}"
                skipped.append(Skipped(name, "failed", message))
        bar.update()
    today = (tickets.clock.now if tickets.clock else pd.Timestamp.now("UTC")).date()
    kept, suppressed = _suppressed(findings, config.suppress, today)
    order = {severity: rank for rank, severity in enumerate(SEVERITIES)}
    kept.sort(key=lambda finding: (order[finding.severity], -finding.share, -finding.tickets, finding.key))
    return tuple(kept), (*skipped, *suppressed)


def hindrance(check: AnyCheck, tickets: AuditedTickets) -> Skipped | None:  # noqa: PLR0911  (one for each reason)
    """Return why a check can't look at these tickets, None where it can."""
    if not len(tickets):
        return Skipped(check.id, "empty", "there are no tickets")
    for name in check.needs:
        if name not in tickets.frame.columns:
            return Skipped(check.id, "empty", f"there is no column {name}", name)
        if not tickets.has(name) and not getattr(check, "looks_at_empty", False):
            return Skipped(check.id, "empty", f"{name} is empty in every ticket", name)
    if check.needs_status and tickets.is_open is None:
        return Skipped(check.id, "no_status", "which tickets are open is not known: status is empty", "status")
    if check.needs_clock and tickets.clock is None:
        return Skipped(check.id, "no_clock", "there is no time in the tickets; give one with now=", "")
    if check.needs_completion and tickets.is_completion_unreliable:
        return Skipped(
            check.id,
            "unreliable",
            "completed_at is filled in most open tickets, so it is no completion date",
            "completed_at",
        )
    if getattr(check, "needs_all", False) and tickets.is_filtered:
        return Skipped(check.id, "filtered", "only some tickets of the account were loaded", "")
    return None


def _with_severity(finding: Finding, config: AuditConfig) -> Finding:
    severity = config.severity.get(finding.key) or config.severity.get(finding.check)
    return replace(finding, severity=severity) if severity else finding  # type: ignore[arg-type]


def _suppressed(
    findings: Iterable[Finding], suppress: tuple[Suppression, ...], today: date
) -> tuple[list[Finding], list[Skipped]]:
    kept: list[Finding] = []
    skipped: list[Skipped] = []
    for finding in findings:
        row = next(
            (row for row in suppress if row.check in (finding.check, finding.key) and not _is_over(row, today)), None
        )
        if row is None:
            kept.append(finding)
            continue
        left = tuple(identity for identity in finding.ids if identity not in row.tickets) if row.tickets else ()
        until = f" until {row.until:%Y-%m-%d}" if row.until else ""
        if left:
            gone = finding.tickets - len(left)
            note = f"{gone:,} suppressed{until}: {row.reason}"
            kept.append(replace(finding, ids=left, message=f"{finding.message} ({note})"))
        else:
            skipped.append(Skipped(finding.check, "suppressed", f"suppressed{until}: {row.reason}", finding.field))
    return kept, skipped


def _is_over(row: Suppression, today: date) -> bool:
    return row.until is not None and row.until < today
