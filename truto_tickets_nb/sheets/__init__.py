"""Spreadsheets as a door: columns become cells that people edit, and come back as a frame, unharmed by what happened to the file."""
