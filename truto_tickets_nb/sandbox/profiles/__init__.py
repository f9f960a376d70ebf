"""What the sandbox knows about each integration."""
