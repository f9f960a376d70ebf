"""Tell whether the process that works on a run still lives."""

from truto_tickets_nb.process import is_alive, mark, release

__all__ = ["is_alive", "mark", "release"]
