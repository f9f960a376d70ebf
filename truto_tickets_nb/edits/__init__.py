"""Edits as data: filters, steps, drafts and recipes. Plain Python, no widget, no HTTP."""

from __future__ import annotations

from truto_tickets_nb.edits.applying import apply
from truto_tickets_nb.edits.draft import Draft
from truto_tickets_nb.edits.entry import Entry
from truto_tickets_nb.edits.filters import Filter, filter_of
from truto_tickets_nb.edits.recipe import Recipe
from truto_tickets_nb.edits.replaying import Report
from truto_tickets_nb.edits.steps import Applied, Effect, Misfit, Step

__all__ = ["Applied", "Draft", "Effect", "Entry", "Filter", "Misfit", "Recipe", "Report", "Step", "apply", "filter_of"]
