"""A local HTTP server of the unified ticketing API with its own database: practice ground, demo and test partner.

It shares no code with the other rooms, so that a mistake made there is not made here too.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.faults import Fault
    from truto_tickets_nb.sandbox.sandbox import Sandbox
    from truto_tickets_nb.sandbox.sandboxes import Sandboxes

__all__ = ["Fault", "Sandbox", "Sandboxes"]
_MODULES = {
    "Fault": "faults",
    "Sandbox": "sandbox",
    "Sandboxes": "sandboxes",
}  # imported when first used: a server takes its time


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
