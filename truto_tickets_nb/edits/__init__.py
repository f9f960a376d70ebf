"""Edits as data: filters, steps, drafts and recipes. Plain Python, no widget, no HTTP."""

from __future__ import annotations

from truto_tickets_nb.edits.drafts.draft import Draft
from truto_tickets_nb.edits.drafts.entry import Entry
from truto_tickets_nb.edits.filters.filters import Filter, filter_of
from truto_tickets_nb.edits.recipes.recipe import Recipe
from truto_tickets_nb.edits.recipes.report import Report
from truto_tickets_nb.edits.steps.apply import apply
from truto_tickets_nb.edits.steps.inapplicable import Inapplicable
from truto_tickets_nb.edits.steps.step import Applied, Effect, Step

__all__ = [
    "Applied",
    "Draft",
    "Effect",
    "Entry",
    "Filter",
    "Inapplicable",
    "Recipe",
    "Report",
    "Step",
    "apply",
    "filter_of",
]
