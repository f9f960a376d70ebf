"""Request limits: Truto's and the vendors'."""
