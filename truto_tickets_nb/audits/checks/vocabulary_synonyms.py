"""Values that may mean the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.similarity.keys import compact_key
from truto_tickets_nb.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


# Suggestions only: in one tool these are separate choices on purpose, in another they are leftovers of a merger.
_SETS = (
    ("fixed", "done", "implemented", "resolved", "completed"),
    ("invalid", "notaproblem", "notabug", "worksasdesigned", "bydesign"),
    ("wontfix", "wontdo", "willnotfix", "declined"),
    ("cannotreproduce", "worksforme", "notreproducible", "unabletoreproduce"),
    ("open", "new", "todo", "backlog"),
    ("inprogress", "assigned", "started", "active", "doing"),
    ("canceled", "cancelled", "abandoned"),
)


@dataclass(frozen=True, slots=True)
class Synonyms(Check):
    """Suggest values of one column that may mean the same; nothing is proposed as a fix."""

    id: ClassVar[str] = "vocabulary.synonyms"
    severity: ClassVar[Severity] = "info"
    rationale: ClassVar[str] = (
        "Words that mean the same split every count; whether they do, only people who work there know."
    )

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        for name in tickets.vocabulary_columns:
            if name != "status" and "resolution" not in name:
                continue
            counts = tickets.counts(name)
            by_key: dict[str, list[str]] = {}
            for value in counts.index:
                by_key.setdefault(compact_key(value), []).append(value)
            groups = [
                [v for word in words for v in by_key.get(word, ())]
                for words in _SETS
                if sum(word in by_key for word in words) > 1
            ]
            if groups:
                shown = "; ".join(", ".join(f"{value} {counts[value]:,}" for value in group) for group in groups)
                rows = tickets.holding(name, [value for group in groups for value in group])
                message = f"{counted(len(groups), 'set')} of values of {name} may mean the same: {shown}."
                yield self.finding(
                    tickets,
                    rows,
                    message,
                    field=name,
                    groups=groups,
                    advice="Ask the people who use them before you merge any.",
                )
