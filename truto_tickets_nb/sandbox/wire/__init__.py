"""Requests and responses as the sandbox reads and writes them."""
