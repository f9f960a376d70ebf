"""Apply plans: one engine, one journal, outcomes as values."""
