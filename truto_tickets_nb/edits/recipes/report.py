"""The report of a recipe that was replayed: per step what matched, changed, or no longer applies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from truto_tickets_nb.edits.steps.step_list import hidden, inapplicable_answers, shown_steps
from truto_tickets_nb.show import Answers, Page, Paragraph, to_html, to_text
from truto_tickets_nb.wording import by_number, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from truto_tickets_nb.edits.recipes.recipe import Recipe
    from truto_tickets_nb.edits.source import Source
    from truto_tickets_nb.edits.steps.step import Effect, Step
    from truto_tickets_nb.plans.plan import Plan

COLUMNS = ["step", "matched", "changed", "already", "inapplicable"]


class ReplayedStep(Protocol):
    """One step of the draft that holds the replayed recipe."""

    @property
    def number(self) -> int: ...
    @property
    def step(self) -> Step: ...
    @property
    def effect(self) -> Effect: ...


class ReplayedDraft(Protocol):
    """The draft that holds the replayed recipe."""

    @property
    def source(self) -> Source: ...
    @property
    def steps(self) -> Sequence[ReplayedStep]: ...
    @property
    def changed(self) -> frozenset[str]: ...

    def plan(self, **options: Any) -> Plan: ...


@dataclass(frozen=True, slots=True)
class Report:
    """How a recipe went on fresh tickets: `draft` holds its steps, `notes` what is odd about it."""

    recipe: Recipe
    draft: ReplayedDraft
    notes: tuple[str, ...] = ()

    def plan(self, **options: Any) -> Plan:
        """Make the plan: that of the report's draft."""
        return self.draft.plan(**options)

    def frame(self) -> pd.DataFrame:
        """List the steps: step (its words), matched, changed, already, inapplicable (int); one row a step, index = its number."""
        rows = [
            (e.step.words(), e.effect.matched, e.effect.changed, e.effect.already, len(e.effect.inapplicable))
            for e in self.draft.steps
        ]
        return pd.DataFrame(rows, columns=COLUMNS, index=pd.Index(range(1, len(rows) + 1), name="number"))

    def inapplicable(self) -> pd.DataFrame:
        """List what no longer applies: number of the step, ticket, field, value, reason; one row each."""
        rows = [
            (e.number, m.ticket, m.field, m.value, str(m.reason))
            for e in self.draft.steps
            for m in e.effect.inapplicable
        ]
        return pd.DataFrame(rows, columns=["number", "ticket", "field", "value", "reason"])

    def __repr__(self) -> str:
        return to_text(_page(self))

    def _repr_html_(self) -> str:
        return to_html(_page(self))


def report(recipe: Recipe, draft: ReplayedDraft) -> Report:
    """Return the report of a recipe whose steps `draft` holds; a recipe of another integration is noted."""
    tickets = draft.source.integration
    is_foreign = recipe.integration and recipe.integration != tickets
    notes = (
        (f"This recipe was made on {recipe.integration} tickets; these are {tickets} tickets.",) if is_foreign else ()
    )
    return Report(recipe, draft, notes)


def _page(report: Report) -> Page:
    draft = report.draft
    name = f" {report.recipe.name!r}" if report.recipe.name else ""
    changed = counted(len(draft.changed), "ticket")
    head = f"Recipe{name} on {counted(len(draft.source), 'ticket')}: {changed} changed"
    rows = tuple(("", f"{e.number}. {e.step.words()}: {_counts(e.effect)}") for e in shown_steps(draft.steps))
    notes = tuple(Paragraph(note, "warn") for note in report.notes)
    group = (Answers("steps", (*rows, *hidden(len(draft.steps)))),) if rows else ()
    facts = (f"{draft.source.integration} account {draft.source.account_id}",)
    return Page(
        head,
        facts,
        (*notes, *group, *inapplicable_answers((entry.number, entry.effect) for entry in draft.steps)),
        "report.plan(), report.inapplicable(), report.draft",
    )


def _counts(effect: Any) -> str:
    inapplicable = len(effect.inapplicable)
    words = f"{effect.matched:,} matched, {effect.changed:,} changed, {effect.already:,} already done"
    return (
        f"{words}, {inapplicable:,} no longer {by_number(inapplicable, 'applies', 'apply')}" if inapplicable else words
    )
