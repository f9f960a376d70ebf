"""An audit as a page: clock and state first, then the findings by severity, each with examples and what can be done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from truto_tickets_nb.audits.finding import EXAMPLES, SEVERITIES
from truto_tickets_nb.show import Answers, Group, Page, Paragraph, Row
from truto_tickets_nb.wording import by_number, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity, Skipped
    from truto_tickets_nb.show import Tone

_TONES: dict[Severity, Tone] = {"high": "bad", "medium": "warn", "low": "plain", "info": "plain"}
GROUPS = 8  # groups of values or ids shown in a finding


class AuditData(Protocol):
    """What a page reads of an audit."""

    @property
    def account_id(self) -> str: ...
    @property
    def integration(self) -> str: ...
    @property
    def tickets(self) -> int: ...
    @property
    def findings(self) -> tuple[Finding, ...]: ...
    @property
    def skipped(self) -> tuple[Skipped, ...]: ...
    @property
    def facts(self) -> tuple[str, ...]: ...
    @property
    def now(self) -> str: ...
    @property
    def clock(self) -> str: ...
    @property
    def closed(self) -> tuple[str, ...]: ...
    @property
    def has_status(self) -> bool: ...


def page(audit: AuditData, *, texts: bool) -> Page:
    """Return the page; `texts` shows the titles of the examples."""
    counts = [(level, sum(finding.severity == level for finding in audit.findings)) for level in SEVERITIES]
    levels = ", ".join(f"{count:,} {level}" for level, count in counts if count)
    headline = f"Audit of {counted(audit.tickets, 'ticket')}: {levels or 'nothing found'}"
    return Page(
        headline, tuple(_facts(audit)), tuple(_blocks(audit, texts=texts)), 'audit["..."].frame(), .explain(), .fix'
    )


def _facts(audit: AuditData) -> Iterator[str]:
    yield f"{audit.integration} account {audit.account_id}"
    yield (
        f"clock {audit.now[:16].replace('T', ' ')} UTC, {audit.clock}"
        if audit.now
        else "no clock: no time in these tickets"
    )
    if not audit.has_status:
        yield "no status: which tickets are open is not known"
    else:
        names = ", ".join(audit.closed) or "no status"
        yield f"counted as closed: {names} (by {by_number(len(audit.closed), 'its name', 'their names')}; closed= decides otherwise)"


def _blocks(audit: AuditData, *, texts: bool) -> Iterator[Paragraph | Group | Answers]:
    yield from (Paragraph(fact) for fact in audit.facts)
    for finding in audit.findings:
        if finding.check != "columns.empty":
            yield _group(finding, texts=texts)
    footer = [finding.message for finding in audit.findings if finding.check == "columns.empty"]
    skipped = _skipped(audit.skipped)
    if footer or skipped:
        yield Answers("not checked, and why", (*(("", line) for line in footer), *skipped))


def _group(finding: Finding, *, texts: bool) -> Group:
    if finding.groups and not _is_of_ids(finding):
        rows = tuple(
            Row(group[0], "", (", ".join(group[1:]),) if group[1:] else ()) for group in finding.groups[:GROUPS]
        )
        hidden = max(0, len(finding.groups) - GROUPS)
    else:
        rows = tuple(Row(identity, name if texts else "") for identity, name in finding.examples())
        hidden = max(0, finding.tickets - EXAMPLES)
    remedy = Row("what to do", "", (finding.remedy,))
    count = counted(finding.tickets, "ticket") if finding.tickets else finding.severity
    return Group(finding.key, finding.message, count, (*rows, remedy), hidden, _TONES[finding.severity])


def _is_of_ids(finding: Finding) -> bool:
    return bool(finding.ids) and finding.groups[0][0] in finding.ids


def _skipped(skipped: tuple[Skipped, ...]) -> tuple[tuple[str, str], ...]:
    """Return one line for each reason, with all the checks that it stopped."""
    groups: dict[tuple[str, str], list[Skipped]] = {}
    for row in skipped:
        is_alone = row.code in ("suppressed", "failed")  # each for a reason of its own
        groups.setdefault((row.check if is_alone else row.code, row.field), []).append(row)
    return tuple((rows[0].message, ", ".join(dict.fromkeys(map(_name, rows)))) for rows in groups.values())


def _name(row: Skipped) -> str:
    return f"{row.check}:{row.field}" if row.code == "suppressed" and row.field else row.check


def markdown(audit: AuditData) -> str:
    """Return the audit as Markdown, without titles of tickets."""
    shown = page(audit, texts=False)
    lines = [f"# {_escaped(shown.headline)}", "", *(f"- {_escaped(fact)}" for fact in (*shown.facts, *audit.facts)), ""]
    lines += ["| severity | finding | tickets | what it says |", "|---|---|--:|---|"]
    lines += [
        f"| {finding.severity} | `{finding.key}` | {finding.tickets:,} | {_escaped(finding.message)} |"
        for finding in audit.findings
    ]
    skipped = [f"- {_escaped(reason)}: {_escaped(checks)}" for reason, checks in _skipped(audit.skipped)]
    return "\n".join([*lines, *(["", "## Not checked", "", *skipped] if skipped else [])]) + "\n"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]#|~!<>&])", r"\\\1", " ".join(text.split()))
