"""What an audit reports: findings, and the checks that could not look."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import pandas as pd

if TYPE_CHECKING:
    from truto_tickets_nb.edits.steps.step import Step

Severity = Literal["high", "medium", "low", "info"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
SkipCode = Literal["empty", "unreliable", "no_status", "no_clock", "chosen", "suppressed", "filtered", "failed"]
EXAMPLES = 5
_SHOWN = ("name", "status", "priority", "assignees", "created_at", "updated_at", "completed_at")


class Explanation(str):
    """A text of several lines that a notebook shows as lines."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of one check, with all ids and, where it is safe, a fix as steps.

    >>> finding = Finding("text.outer_blanks", "low", "2 titles begin or end with a blank.", ids=("7", "9"), of=4)
    >>> finding.key, finding.tickets, finding.share
    ('text.outer_blanks', 2, 0.5)
    """

    check: str  # the stable id of the check, such as "time.completed_before_created"
    severity: Severity
    message: str
    field: str = ""  # the column, where the check looks at several
    ids: tuple[str, ...] = ()  # all tickets, in the order of the snapshot; none where the finding is about a column
    of: int = 0  # how many tickets were looked at
    groups: tuple[tuple[str, ...], ...] = ()  # groups of values, or of ids
    rationale: str = ""
    parameters: str = ""
    fix: tuple[Step, ...] = ()  # draft.take(finding.fix)
    advice: str = ""  # what a person can do where there is no safe fix
    is_private: bool = False  # its tickets hold personal data or secrets: their texts are not shown
    source: pd.DataFrame | None = dataclasses.field(default=None, compare=False, repr=False)

    @property
    def key(self) -> str:
        """Return the name by which an audit is asked for it: the check, and the column where there may be several."""
        return f"{self.check}:{self.field}" if self.field else self.check

    @property
    def tickets(self) -> int:
        """Return the number of tickets."""
        return len(self.ids)

    @property
    def share(self) -> float:
        """Return the share of the tickets that were looked at, from 0 to 1."""
        return self.tickets / self.of if self.of else 0.0

    def __bool__(self) -> bool:
        """Return whether the check found anything."""
        return bool(self.message)

    def frame(self) -> pd.DataFrame:
        """List its tickets: index id (str), and the columns by which a person recognises a ticket. Private texts stay out."""
        if self.source is None or not self.ids:
            return pd.DataFrame({"name": pd.Series(dtype="str")}, index=pd.Index([], name="id", dtype="str"))
        columns = [name for name in _SHOWN if name in self.source.columns and not (self.is_private and name == "name")]
        rows = self.source.loc[list(self.ids), columns]
        return rows.loc[:, [name for name in columns if name == "name" or rows[name].map(_is_filled).any()]]

    def explain(self) -> Explanation:
        """Explain the finding: what was looked for and why it matters, the parameters, examples, and what can be done."""
        lines = [f"{self.key} ({self.severity})", self.message]
        if self.rationale:
            lines.append(f"Why it matters: {self.rationale}")
        if self.parameters:
            lines.append(f"Parameters: {self.parameters}")
        lines += [f"  {' | '.join(group)}" for group in self.groups[:EXAMPLES]]
        if len(self.groups) > EXAMPLES:
            lines.append(f"  and {len(self.groups) - EXAMPLES:,} more groups in .groups")
        if not self.groups:
            lines += [f"  {identity} {name}".rstrip() for identity, name in self.examples()]
        lines.append(f"What can be done: {self.remedy}")
        return Explanation("\n".join(lines))

    def examples(self, count: int = EXAMPLES) -> list[tuple[str, str]]:
        """Return the id and the title of a few of its tickets; the title is empty where it may hold private data."""
        if self.is_private or self.source is None or "name" not in self.source.columns:
            return [(identity, "") for identity in self.ids[:count]]
        names = self.source["name"].reindex(list(self.ids[:count]))
        return [(identity, name if isinstance(name, str) else "") for identity, name in names.items()]  # type: ignore[misc]

    @property
    def remedy(self) -> str:
        """Return what can be done, in one sentence."""
        if self.fix:
            steps = "; ".join(step.words() for step in self.fix[:3])
            more = f"; and {len(self.fix) - 3} more steps" if len(self.fix) > 3 else ""
            return f'draft.take(audit["{self.key}"].fix) adds: {steps}{more}.'
        return self.advice or f'Look at the tickets: audit["{self.key}"].frame().'


def _is_filled(cell: Any) -> bool:
    return cell != () and not (cell is None or cell is pd.NaT or cell is pd.NA or cell != cell)  # noqa: PLR0124  (NaN is not itself)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A check that did not look, and the reason; it counts nowhere."""

    check: str
    code: SkipCode
    message: str
    field: str = ""
