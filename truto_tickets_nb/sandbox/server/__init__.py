"""The HTTP server: connections, routes, and the faults played on them."""
