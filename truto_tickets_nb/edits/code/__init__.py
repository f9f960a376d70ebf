"""Edits as pandas code that a colleague can read, review and run."""
