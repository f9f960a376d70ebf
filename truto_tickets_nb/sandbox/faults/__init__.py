"""Faults on demand. `kinds` is the one table of what can go wrong; `schedule` decides when."""

from __future__ import annotations

from truto_tickets_nb.sandbox.faults.schedule import Fault, Faults, PlayedFault

__all__ = ["Fault", "Faults", "PlayedFault"]
