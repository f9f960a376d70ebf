"""The review: look at a plan, rehearse it, confirm it, send it, undo it."""
