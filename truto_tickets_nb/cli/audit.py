"""The command `truto-tickets audit`: what state the tickets are in, for people and for schedulers. Nothing is changed or sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.audits import page
from truto_tickets_nb.audits.audit import Audit
from truto_tickets_nb.audits.finding import SEVERITIES
from truto_tickets_nb.cli.arguments import filters, ids, reached
from truto_tickets_nb.cli.exit_status import CHANGES, DONE
from truto_tickets_nb.cli.plan import add_reach
from truto_tickets_nb.cli.reports import told
from truto_tickets_nb.show import to_text
from truto_tickets_nb.snapshot import open_snapshot

if TYPE_CHECKING:
    import argparse

    from truto_tickets_nb.audits.comparison import AuditComparison
    from truto_tickets_nb.audits.finding import Finding
    from truto_tickets_nb.snapshot import Snapshot


def audited(options: argparse.Namespace) -> int:
    """Audit the tickets of an account, or of a saved snapshot; exit status 2 where a finding is as severe as --fail-on."""
    earlier = Audit.open(options.only_new) if options.only_new else None  # before anything is loaded
    snapshot = _snapshot(options)
    audit = snapshot.audit(options.config, now=options.now, progress=not options.json)
    comparison = audit.compare(earlier) if earlier else None
    counted = [finding for finding in audit if _counts(finding, comparison)]
    severe = [finding for finding in counted if _is_severe(finding, options.fail_on)]
    status = CHANGES if severe else DONE
    if options.save:
        audit.save(options.save)
    if options.html:
        audit.to_html(options.html)
    told(options, _text(audit, comparison), {"exit": status, **_facts(audit, comparison, severe)})
    return status


def _snapshot(options: argparse.Namespace) -> Snapshot:
    if options.snapshot:
        return open_snapshot(options.snapshot)
    asked, chosen = filters(options.where, options.filter), ids(options.ids)
    with reached(options) as account:
        return account.load(ids=chosen or None, **asked)


def _counts(finding: Finding, comparison: AuditComparison | None) -> bool:
    """Return whether a finding is new, or has new tickets; all count where nothing is compared."""
    if comparison is None:
        return True
    row = comparison[finding.key]
    return row.state == "new" or bool(row.new)


def _is_severe(finding: Finding, least: str | None) -> bool:
    return least is not None and SEVERITIES.index(finding.severity) <= SEVERITIES.index(least)


def _text(audit: Audit, comparison: AuditComparison | None) -> str:
    shown = to_text(replace(page.page(audit, texts=True), footer=""))
    return f"{shown}\n\n{comparison!r}" if comparison else shown


def _facts(audit: Audit, comparison: AuditComparison | None, severe: list[Finding]) -> dict[str, Any]:
    compared = {} if comparison is None else {"compared": comparison.frame().reset_index().to_dict("records")}
    return {**audit.to_json(), **compared, "failed_on": [finding.key for finding in severe]}


def add_audit(job: argparse.ArgumentParser) -> None:
    """Add the options of audit."""
    job.add_argument("--snapshot", type=Path, metavar="FILE", help="audit this saved snapshot: no account is needed")
    words = "load only these tickets: status=open, 'updated_at>=2026-01-01' (= != > >= < <=); again for more"
    job.add_argument("--where", action="append", default=[], metavar="TEST", help=words)
    job.add_argument("--filter", metavar="JSON", help='the same as JSON: \'{"status": {"in": ["Open", "To Do"]}}\'')
    job.add_argument("--ids", action="append", default=[], metavar="ID,ID", help="load only these tickets")
    job.add_argument("--config", type=Path, metavar="TOML", help="the file that chooses, tunes and suppresses checks")
    job.add_argument("--now", metavar="TIME", help="the time to look at the tickets (default: the latest time in them)")
    job.add_argument("--fail-on", choices=SEVERITIES, help="exit status 2 where a finding is at least so severe")
    job.add_argument(
        "--only-new", type=Path, metavar="JSON", help="count only what an earlier audit (--save) did not have"
    )
    job.add_argument("--save", type=Path, metavar="JSON", help="write the audit, to be compared with later")
    job.add_argument("--html", type=Path, metavar="FILE", help="write the audit as a page, without titles of tickets")
    add_reach(job)
    job.set_defaults(run=audited)
