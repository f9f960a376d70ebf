"""The Excel door: the only room that imports openpyxl, and only when a file is written or read."""
