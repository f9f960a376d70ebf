"""Values of one column in several spellings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.similarity import spellings
from truto_tickets_nb.edits.filters.filters import Filter
from truto_tickets_nb.edits.steps.step import Step
from truto_tickets_nb.tickets.fields import field
from truto_tickets_nb.wording import by_number, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class SpellingsOfValues(Check):
    """Find values that differ only in case, blanks, punctuation or by a typing error."""

    id: ClassVar[str] = "vocabulary.spellings"
    severity: ClassVar[Severity] = "medium"
    rationale: ClassVar[str] = "One thing under two names is counted twice, and every filter misses half of it."

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        for name in tickets.vocabulary_columns:
            groups = spellings.groups(
                {str(k): int(v) for k, v in tickets.counts(name).items()}, listed_values(tickets, name)
            )
            if not groups:
                continue
            rows = tickets.holding(name, [value for group in groups for value in (group.others or group.ranked)])
            lines = spellings.named(groups)
            more = f"; and {len(lines) - 5} more" if len(lines) > 5 else ""
            message = f"{counted(len(groups), 'value')} of {name} {by_number(len(groups), 'has', 'have')} several spellings: {'; '.join(lines[:5])}{more}."
            fix = tuple(step for group in groups if (step := merge(tickets, name, group)) is not None)
            yield self.finding(tickets, rows, message, field=name, groups=[group.ranked for group in groups], fix=fix)


def merge(tickets: AuditedTickets, name: str, group: spellings.Spellings) -> Step | None:
    """Return the step that merges a group, or None where a person must decide: no clear survivor, or a typing error.

    Where choices belong to workspaces, only tickets of those that use the survivor are changed: elsewhere it may not exist.
    """
    if not group.others or group.kind == "typo":
        return None
    known = field(name)
    rows = Filter.all()
    if known is not None and known.per_workspace and tickets.has("workspace"):
        spaces = tickets.frame["workspace"].astype(object)
        own = set(spaces[tickets.holding(name, [group.keep])].dropna())
        wanted = set(spaces[tickets.holding(name, group.others)].dropna())
        if not own & wanted:
            return None
        if not wanted <= own:
            rows = Filter.where("workspace", "in", sorted(own & wanted), case=True)
    return Step("map", name, rows, {"values": dict.fromkeys(group.others, group.keep)})


def listed_values(tickets: AuditedTickets, name: str) -> frozenset[str]:
    """Return the values that the tool itself lists."""
    known = field(name)
    choices = tickets.choices.get(known.choices) if known is not None else None
    return (
        frozenset(item.name for item in choices.items if item.origin != "seen") if choices is not None else frozenset()
    )
