"""Drafts: a snapshot plus steps, with undo, redo and autosave."""
