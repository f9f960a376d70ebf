"""The forms in which a person edits tickets."""
