"""A run as an analyst uses it: what happened, and the plans that undo it or try again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from truto_tickets_nb.errors import SetupError, shorten
from truto_tickets_nb.notes import Note
from truto_tickets_nb.runs import run_page
from truto_tickets_nb.runs.outcome import LOST, UNSURE, Outcome, left_out
from truto_tickets_nb.runs.run_data import RunData
from truto_tickets_nb.show import to_html, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from truto_tickets_nb.plans.change import Change
    from truto_tickets_nb.plans.plan import Plan


@dataclass(frozen=True, slots=True, repr=False)
class Run(RunData):
    """One application of a plan: what happened to each ticket, and the plans that undo it or try again.

    >>> import truto_tickets_nb as tt
    >>> with tt.sandbox("jira", tickets=3) as account:
    ...     snapshot = account.load(progress=False)
    ...     plan = snapshot.plan(snapshot.frame().assign(name="Renamed"))
    ...     run = account.apply(plan, confirm=len(plan), progress=False)
    >>> sum(run.counts.values()) == len(plan)
    True
    """

    def undo(self) -> Plan:
        """Return the opposite plan: it restores exactly what this run changed, in opposite order, after the same preview.

        Changes that may have arrived without a proof are in it too, and its notes say so: the old value is put back only where the
        new one is there.
        """
        return self._again(lambda item: tuple(change.reversed() for change in item.landed()), undoes=self.id)

    def retry(self) -> Plan:
        """Return a plan of what was refused, ignored or not sent, to try once more, also of the rest of a partly applied ticket.

        Tickets that are gone are left out, and named in the plan's notes.
        """
        return self._again(Outcome.to_retry, undoes="", backwards=False)

    def _again(self, changes: Callable[[Outcome], tuple[Change, ...]], *, undoes: str, backwards: bool = True) -> Plan:
        items = self.outcomes[::-1] if backwards else self.outcomes
        items_with_changes = tuple(item for item in items if changes(item))
        patches = tuple(
            replace(item.patch, changes=changes(item)) for item in items_with_changes if item.cause not in LOST
        )
        notes = (*(self._unrestored() if undoes else ()), *left_out(items_with_changes))
        return self.plan.noted(patches=patches, problems=(), notes=notes, undoes=undoes, looked_at=len(self.outcomes))

    def _unrestored(self) -> Iterator[Note]:
        """List as notes which fields an undo leaves alone, because what they were before or are now can't be read."""
        unsure = [item.ticket for item in self.outcomes if any(finding.verdict in UNSURE for finding in item.findings)]
        if unsure:
            yield Note(
                "undo.unproven",
                f"Of {len(unsure):,} of these tickets nobody can tell whether the change arrived: "
                f"{shorten(', '.join(unsure), 200)}. The old value is put back where the new one is there; the others are left alone.",
            )
        findings = [finding for item in self.outcomes for finding in item.findings]
        sent = [finding.change.field for finding in findings if finding.verdict == "missing"]
        for name in dict.fromkeys(sent):
            count = sent.count(name)
            message = (
                f"{name} was sent with {count:,} of these tickets and can't be read back: this undo leaves it alone."
            )
            yield Note("undo.not_restored", message)

    def describe(self) -> str:
        """Return the run in full as text: its id, who applied it, times, notes and outcomes."""
        return f"{run_page.heading(self)}\n{self!r}"

    def receipt(self, form: Literal["html", "json"] = "html") -> str:
        """Return the run as a document for others: who, when, what, the fingerprint, the outcome of every ticket, as HTML or JSON."""
        if form not in ("html", "json"):
            raise SetupError(f'A receipt is "html" or "json", not {form!r}.')
        return run_page.receipt(self) if form == "html" else run_page.receipt_json(self)

    def __repr__(self) -> str:
        return to_text(run_page.page(self))

    def _repr_html_(self) -> str:
        return to_html(run_page.page(self))
