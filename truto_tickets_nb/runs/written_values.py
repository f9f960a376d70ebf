"""Whether what a ticket holds now was written by an earlier run of one's own. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.runs.outcome import ARRIVED, UNDECIDED
from truto_tickets_nb.tickets.fields import same

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from truto_tickets_nb.runs.verify import Finding


@dataclass(frozen=True, slots=True)
class Written:
    """What a run wrote into one field of a ticket: from which value, to which."""

    run: str
    field: str
    old: Any
    new: Any


def written(run: str, outcome: Mapping[str, Any]) -> Iterator[Written]:
    """Read from an outcome of the journal what its run wrote, or may have written where that is not known."""
    for finding in outcome["findings"]:
        change = finding["change"]
        if finding["verdict"] in ARRIVED:
            yield Written(run, change["field"], change["old"], finding["theirs"])
        elif outcome["kind"] in UNDECIDED:
            yield Written(run, change["field"], change["old"], change["new"])


def own_run(earlier: Iterable[Written], finding: Finding) -> str:
    """Find the run that led from the value this was planned on to the value that the ticket holds; "" where none did.

    Runs of before the snapshot do not count: they led to the planned value, not away from it.
    """
    name, reached, run = finding.change.field, False, ""
    for step in earlier:
        if step.field != name:
            continue
        reached = reached or same(name, step.old, finding.change.old)
        if reached:
            run = step.run if same(name, step.new, finding.theirs) else ""
    return run
