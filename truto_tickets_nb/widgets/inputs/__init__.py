"""Inputs: controls for one value or one operation."""
