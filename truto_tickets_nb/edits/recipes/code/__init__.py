"""Recipes as pandas code: one block per step, that a colleague can read, review and run."""

from truto_tickets_nb.edits.recipes.code.program import program

__all__ = ["program"]
