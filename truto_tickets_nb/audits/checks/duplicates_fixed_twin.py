"""Open tickets with a twin that was fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from truto_tickets_nb.audits import duplicates
from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.similarity.keys import compact_key
from truto_tickets_nb.audits.similarity.twins import said_by
from truto_tickets_nb.audits.words import of
from truto_tickets_nb.edits.filters.filters import Filter
from truto_tickets_nb.edits.steps.step import Step
from truto_tickets_nb.wording import by_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


_FIXED = frozenset(["fixed", "done", "implemented", "resolved", "completed", "complete", "solved"])


@dataclass(frozen=True, slots=True)
class FixedTwin(Check):
    """Find open tickets that look like one that was closed as fixed."""

    id: ClassVar[str] = "duplicates.fixed_twin"
    severity: ClassVar[Severity] = "high"
    rationale: ClassVar[str] = "The work may be done already: these are the cheapest tickets to close."
    needs: ClassVar[tuple[str, ...]] = ("name",)
    needs_status: ClassVar[bool] = True

    tag: str = "possible-duplicate"  # proposed for the open ones

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        place = {identity: at for at, identity in enumerate(tickets.id_list)}
        is_open, is_fixed = tickets.is_open, _is_fixed(tickets)
        twins = list(duplicates.look_alike(tickets).pairs)
        for group in duplicates.same_texts(tickets):
            if len(group) <= duplicates.RECURRING:
                twins += duplicates.pairs_of(group)
        titles = tickets.texts("name")
        ones, others = tickets.ids[is_open], tickets.ids[is_fixed]
        said = said_by(list(titles[is_open]), list(titles[is_fixed]))
        twins += [(ones[one], others[other]) for one, other in said]
        pairs = {
            (one, other)
            for pair in twins
            for one, other in (pair, pair[::-1])
            if is_open[place[one]] and is_fixed[place[other]]
        }
        if not pairs:
            return
        ordered = sorted(pairs, key=lambda pair: (place[pair[0]], place[pair[1]]))
        rows = list(dict.fromkeys(one for one, _ in ordered))
        count = int(is_open.sum())
        fix = (Step("add", "tags", Filter.ids(*rows), {"names": [self.tag]}),) if "tags" in tickets.frame else ()
        message = f"{of(len(rows), count, 'open ticket')} {by_number(len(rows), 'looks', 'look')} like one that was closed as fixed."
        yield self.finding(tickets, rows, message, of=count, groups=ordered, fix=fix, advice="Compare each pair.")


def _is_fixed(tickets: AuditedTickets) -> Any:
    """Return which tickets were closed as fixed: by their resolution where there is one, else all closed ones."""
    for name in tickets.vocabulary_columns:
        if name.rpartition(".")[2].casefold() == "resolution":
            fixed = [value for value in tickets.counts(name).index if compact_key(value) in _FIXED]
            return tickets.is_closed & tickets.holding(name, fixed)
    return tickets.is_closed
