"""An audit: the findings over one snapshot, as data that can be read as a page, a frame, a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from truto_tickets_nb.audits import audit_file, page
from truto_tickets_nb.audits.comparison import AuditComparison, compared
from truto_tickets_nb.audits.finding import Finding, Severity, Skipped
from truto_tickets_nb.did_you_mean import near
from truto_tickets_nb.show import to_document, to_html, to_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

COLUMNS = ["check", "severity", "field", "tickets", "share", "message"]


@dataclass(frozen=True, slots=True, repr=False)
class Audit:
    """What a set of tickets looks like: findings, the most severe first, and what was skipped.

    >>> import truto_tickets_nb as tt
    >>> with tt.sandbox("jira", tickets=[{"id": "1", "name": " Refund"}, {"id": "2", "name": "Login"}]) as account:
    ...     snapshot = account.load(progress=False)
    >>> audit = snapshot.audit()
    >>> audit["text.outer_blanks"].ids
    ('1',)
    >>> plan = snapshot.draft().take(audit["text.outer_blanks"].fix).plan()
    >>> [(change.before, change.after) for patch in plan for change in patch.changes]
    [(' Refund', 'Refund')]
    """

    account_id: str
    integration: str
    snapshot_id: str
    tickets: int
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...] = ()
    facts: tuple[str, ...] = ()  # the state in a few figures
    now: str = ""  # the clock, ISO 8601 in UTC; "" where there is none
    clock: str = ""  # where the clock comes from
    closed: tuple[str, ...] = ()  # the statuses that count as closed
    has_status: bool = True
    checks: tuple[str, ...] = field(default=())  # the ids of all checks that there are, whether they ran or not

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __contains__(self, key: object) -> bool:
        return any(key in (finding.key, finding.check) for finding in self.findings)

    def __getitem__(self, key: str) -> Finding:
        """Return a finding by its key, such as "vocabulary.spellings:status"; an empty one where its check found nothing.

        The id alone is enough where there is one finding of the check. An unknown id is a KeyError.
        """
        exact = [finding for finding in self.findings if finding.key == key]
        of_check = exact or [finding for finding in self.findings if finding.check == key]
        if len(of_check) == 1:
            return of_check[0]
        if of_check:
            keys = ", ".join(finding.key for finding in of_check)
            raise KeyError(f"{key} found something in several columns. Choose one: {keys}.")
        check, _, column = key.partition(":") if isinstance(key, str) else ("", "", "")
        if check not in self.checks:
            meant = near(check, self.checks)
            hint = f" Did you mean {meant[0]!r}?" if meant else ""
            raise KeyError(f"There is no check {key!r}.{hint}")
        return Finding(check, "info", "", column, of=self.tickets, advice=self._why_nothing(check, column))

    def _why_nothing(self, check: str, column: str) -> str:
        reason = next((row.message for row in self.skipped if row.check == check and column in ("", row.field)), "")
        return f"Skipped: {reason}." if reason else "Nothing was found."

    def select(self, *severities: Severity) -> tuple[Finding, ...]:
        """Return the findings of some severities: high, medium, low, info."""
        return tuple(finding for finding in self.findings if finding.severity in severities)

    def frame(self) -> pd.DataFrame:
        """List the findings: check, severity, field, tickets (int), share (float), message; one row each, index = its key."""
        rows = [(f.check, f.severity, f.field, f.tickets, f.share, f.message) for f in self.findings]
        frame = pd.DataFrame(
            rows, columns=COLUMNS, index=pd.Index([f.key for f in self.findings], name="key", dtype="str")
        )
        return frame.astype({"tickets": "int64", "share": "float64"})

    def compare(self, earlier: Audit | str | Path) -> AuditComparison:
        """Compare with an earlier audit, or the file of one: findings and tickets that are new, gone, unchanged."""
        before = earlier if isinstance(earlier, Audit) else Audit.open(earlier)
        return compared(before.by_key, self.by_key, before.now, self.now)

    @property
    def by_key(self) -> Mapping[str, Finding]:
        """Return the findings by key."""
        return {finding.key: finding for finding in self.findings}

    def to_json(self) -> dict[str, Any]:
        """Return the audit as JSON, without any text of a ticket but the values of its vocabularies."""
        return audit_file.to_json(self)

    def save(self, path: str | Path) -> None:
        """Write the audit as a JSON file that a later one is compared with."""
        audit_file.write(path, self.to_json())

    @classmethod
    def open(cls, path: str | Path) -> Audit:
        """Read an audit that audit.save(path) has written; what is none, or of a later version, is an AuditError."""
        return cls(**audit_file.read(path))

    def to_html(self, path: str | Path, *, texts: bool = False) -> None:
        """Write the audit as one self-contained file; `texts` adds the titles of the examples."""
        document = to_document(page.page(self, texts=texts), f"Audit of {self.tickets:,} tickets")
        audit_file.save_text(path, document)

    def to_markdown(self) -> str:
        """Return the audit as Markdown: the figures, a table of findings, what was skipped."""
        return page.markdown(self)

    def __repr__(self) -> str:
        return to_text(page.page(self, texts=True))

    def _repr_html_(self) -> str:
        return to_html(page.page(self, texts=True))
