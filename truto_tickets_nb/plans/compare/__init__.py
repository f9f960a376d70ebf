"""Compare an edited frame with its snapshot: rows, cells, candidates for a change."""
