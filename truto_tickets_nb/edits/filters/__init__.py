"""Filters: which rows an edit applies to, as data."""
