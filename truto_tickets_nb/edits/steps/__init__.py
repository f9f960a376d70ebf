"""Steps: one edit as data, and what applying it does to a frame."""
