"""Recipes: saved steps, replayed on a fresh snapshot, and written as Markdown or pandas code."""
