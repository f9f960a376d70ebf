"""Forms in a notebook: thin views on a draft, of ipywidgets alone."""

from truto_tickets_nb.widgets.workbench.bulk_form import BulkForm
from truto_tickets_nb.widgets.workbench.history import History
from truto_tickets_nb.widgets.workbench.ticket_form import TicketForm

__all__ = ["BulkForm", "History", "TicketForm"]
