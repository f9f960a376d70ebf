"""The endpoints of the unified ticketing API."""
