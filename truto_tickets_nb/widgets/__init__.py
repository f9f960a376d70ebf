"""Forms in a notebook: thin views on a draft, of ipywidgets alone."""

from truto_tickets_nb.widgets.bulk import BulkForm
from truto_tickets_nb.widgets.history import History
from truto_tickets_nb.widgets.ticket import TicketForm

__all__ = ["BulkForm", "History", "TicketForm"]
