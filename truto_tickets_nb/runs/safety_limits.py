"""When a run stops by itself: how many tickets, the canary, failures in a row."""

from __future__ import annotations

from dataclasses import dataclass

from truto_tickets_nb.argument_checks import of_type, said
from truto_tickets_nb.errors import ArgumentError


@dataclass(frozen=True, slots=True)
class SafetyLimits:
    """Set when a run stops by itself, and how carefully it verifies.

    >>> SafetyLimits(cap=100, canary=5).stop_after
    10
    """

    cap: int = 5000  # tickets in one run
    canary: int = 3  # tickets sent and verified one by one before the rest
    stop_after: int = 10  # failures in a row
    workers: int = 4  # requests in flight
    reread: bool = (
        False  # every ticket is read again after its PATCH; else only a canary, and where the answer leaves a doubt
    )

    def __post_init__(self) -> None:
        for name, least in (("cap", 1), ("canary", 0), ("stop_after", 1), ("workers", 1)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise ArgumentError(
                    f"SafetyLimits({name}=...) is a whole number of {least} or more, not {said(value)}."
                )
        of_type("SafetyLimits(reread=...)", self.reread, bool, "True or False")
