"""Audits: checks over a snapshot, and their findings."""
