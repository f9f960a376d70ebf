"""What a person selected: facets, distinct values, filters and the preview of a step. No widgets, no I/O."""
