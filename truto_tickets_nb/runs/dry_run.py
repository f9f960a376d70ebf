"""What a dry run found: the outcome of each patch as it would be, with nothing sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from truto_tickets_nb.advice import in_notebook
from truto_tickets_nb.runs import run_page
from truto_tickets_nb.runs.outcome import Outcome, Outcomes, kinds_that, select
from truto_tickets_nb.show import to_html, to_text

if TYPE_CHECKING:
    from truto_tickets_nb.advice import Advice
    from truto_tickets_nb.plans.plan import Plan
    from truto_tickets_nb.show import Page


@dataclass(frozen=True, slots=True)
class DryRun:
    """What applying a plan would do to each ticket; no PATCH was sent."""

    plan: Plan
    outcomes: tuple[Outcome, ...]
    unknown: tuple[str, ...] = ()  # what a dry run can't know
    is_server_checked: bool = False  # the tool itself was asked, by its switch for checking

    def select(self, *kinds: str) -> Outcomes:
        """Choose outcomes by kind, such as "applied" or "not sent"."""
        return select(self.outcomes, kinds, self.plan)

    def refused_because(self, reason: str) -> DryRun:
        """Return the same dry run with every ready ticket refused, where the account itself takes no changes."""
        if not reason:
            return self
        outcomes = (Outcome(o.patch, "refused", reason, o.findings) if o.kind == "ready" else o for o in self.outcomes)
        return replace(self, outcomes=tuple(outcomes))

    @property
    def ready(self) -> Outcomes:
        """Choose the tickets that would be changed."""
        return self.select("ready")

    @property
    def conflicts(self) -> Outcomes:
        """Choose the tickets that somebody else changed in the same field."""
        return self.select("conflict")

    @property
    def failed(self) -> Outcomes:
        """Choose the tickets that could not be changed."""
        return self.select(*kinds_that(lambda row: row.is_failed))

    def __repr__(self) -> str:
        return to_text(self.page())

    def _repr_html_(self) -> str:
        return to_html(self.page())

    def page(self, advice: Advice = in_notebook) -> Page:
        """Return the dry run as a page: what needs a look comes first; `advice` are the words of a front end."""
        return run_page.dry_run_page(
            self.outcomes, self.unknown, is_server_checked=self.is_server_checked, advice=advice
        )
