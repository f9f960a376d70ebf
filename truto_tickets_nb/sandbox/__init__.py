"""A local HTTP server of the unified ticketing API with its own database: practice ground, demo and test partner.

It shares no code with the other rooms, so that a mistake made there is not made here too.
"""

from truto_tickets_nb.sandbox.faults import Fault
from truto_tickets_nb.sandbox.many import Sandboxes
from truto_tickets_nb.sandbox.server import Sandbox

__all__ = ["Fault", "Sandbox", "Sandboxes"]
