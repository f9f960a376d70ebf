"""Check patches against what is known of an account: what is documented to fail blocks, what is inferred warns. Pure."""

from truto_tickets_nb.plans.rules.book import Book
from truto_tickets_nb.plans.rules.check import problems
from truto_tickets_nb.plans.rules.notes import notes

__all__ = ["Book", "notes", "problems"]
