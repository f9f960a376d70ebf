"""The tickets of a sandbox: stored, generated, or imported from an export."""
