"""Which faults are played, and when: by rate, by ticket or by turn. Decided by a seed, whatever the order of threads."""

from __future__ import annotations

import difflib
import hashlib
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, cast

from truto_tickets_nb.sandbox.bounded import COUNTED, NOTES, Newest
from truto_tickets_nb.sandbox.faults.kinds import KINDS, REQUESTS

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.faults.kinds import Meant


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, and when: `rate` of the cases, for these `tickets`, or at these `turns` (counted from 1).

    >>> Fault.read("limited=0.1:wait=2"), Fault.read("lost_after=#3,#5").turns, Fault.read("deleted=10001").tickets
    (Fault(kind='limited', rate=0.1, tickets=(), turns=(), wait=2.0, field='', on='', times=0), (3, 5), ('10001',))

    `wait` is seconds: of a Retry-After, or until a slow answer comes. `field` is the field that is edited or ignored. `on` is
    GET, PATCH, LIST, META, CAPABILITIES, ACCOUNT or COMPANIONS where only these are meant, READ for GET and LIST. `times` is how often one ticket is struck, 0 for as the kind has it.
    """

    kind: str
    rate: float = 0.0
    tickets: tuple[str, ...] = ()
    turns: tuple[int, ...] = ()
    wait: float = 0.0
    field: str = ""
    on: str = ""
    times: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            close = difflib.get_close_matches(self.kind, KINDS, 1)
            meant = f" Did you mean {close[0]!r}?" if close else ""
            raise ValueError(f"There is no fault {self.kind!r}.{meant} There are: {', '.join(KINDS)}.")
        self._check_on()
        if not 0 <= self.rate <= 1:
            raise ValueError(
                f"{self.kind}={self.rate} is no rate. Give a number from 0.0 to 1.0; for a turn, a whole one."
            )
        if not (self.rate or self.tickets or self.turns):
            raise ValueError(
                f"{self.kind} says not when. Give a rate (0.1), ticket ids, or turns (3, or #3 in a terminal)."
            )

    def _check_on(self) -> None:
        kind = KINDS[self.kind]
        possible = REQUESTS[kind.on] if kind.fixed else tuple(REQUESTS)
        if self.on and self.on not in possible:
            raise ValueError(f"{self.kind} can't be played on={self.on}. Give one of: {', '.join(possible)}.")

    @classmethod
    def made(cls, kind: str, when: Any) -> Fault:
        """Make a fault of what a caller writes: 0.1 is a rate, 3 a turn, "10001" a ticket, a list several, a dict all of it."""
        if isinstance(when, Mapping):
            names = {row.name for row in fields(cls)} - {"kind"}
            if unknown := sorted(set(when) - names):
                raise ValueError(f"{kind} has no {', '.join(unknown)}. There are: {', '.join(sorted(names))}.")
            options: dict[str, Any] = {
                key: tuple(value) if isinstance(value, list) else value for key, value in when.items()
            }
            return cls(kind, **options)
        if isinstance(when, float):
            return cls(kind, when)
        items = tuple(when) if isinstance(when, Iterable) and not isinstance(when, str) else (when,)
        turns = tuple(item for item in items if isinstance(item, int))
        return cls(kind, turns=turns, tickets=tuple(str(item) for item in items if not isinstance(item, int)))

    @classmethod
    def read(cls, text: str) -> Fault:
        """Read a fault as a terminal takes it: KIND=0.1, KIND=#3,#5 or KIND=ID,ID, then :wait=2, :field=name, :on=PATCH."""
        head, *options = text.split(":")
        kind, _, when = head.partition("=")
        if "." in when and when.replace(".", "", 1).isdigit():
            fault = cls(kind, float(when))
        else:
            parts = [part.strip() for part in when.split(",") if part.strip()]
            turns = tuple(int(part[1:]) for part in parts if part[:1] == "#" and part[1:].isdigit())
            fault = cls(kind, turns=turns, tickets=tuple(part for part in parts if part[:1] != "#"))
        given = dict(option.split("=", 1) for option in options if "=" in option)
        wait, times = float(given.get("wait", 0)), int(given.get("times", 0))
        return replace(fault, wait=wait, times=times, field=given.get("field", ""), on=given.get("on", ""))

    def strikes(self, request: str) -> bool:
        """Return whether it can strike such a request: GET, PATCH, LIST, META, CAPABILITIES, ACCOUNT or COMPANIONS."""
        meant = cast("Meant", self.on) if self.on else KINDS[self.kind].on
        return request in REQUESTS[meant]

    @property
    def most(self) -> int:
        """Count how often one ticket is struck at most; 0 is without an end."""
        if self.times or self.turns:
            return self.times
        kind = KINDS[self.kind]
        return 1 if kind.once or (self.tickets and not kind.lasting) else 0


@dataclass(frozen=True, slots=True)
class PlayedFault:
    """One fault as it was played."""

    kind: str
    request: str
    ticket: str


class Faults:
    """Decide for each request which faults strike it, and remember them."""

    def __init__(self, faults: Iterable[Fault] = (), seed: int = 0) -> None:
        self.faults, self.seed = tuple(faults), seed
        self.played: Newest[PlayedFault] = Newest(NOTES)
        self._lock = threading.Lock()
        self._turns: Counter[int] = Counter()
        self._asked: Counter[tuple[int, str]] = Counter()
        self._struck: Counter[tuple[int, str]] = Counter()

    def strike(self, request: str, ticket: str) -> dict[str, Fault]:
        """Choose the faults of one request."""
        with self._lock:
            struck = {
                fault.kind: fault
                for place, fault in enumerate(self.faults)
                if fault.strikes(request) and self._is_due(place, fault, ticket)
            }
            self.played.extend(PlayedFault(kind, request, ticket) for kind in struck)
        return struck

    def _is_due(self, place: int, fault: Fault, ticket: str) -> bool:
        self._turns[place] += 1
        self._asked[place, ticket] += 1
        for counter in (self._asked, self._struck):
            if len(counter) > COUNTED:
                del counter[next(iter(counter))]
        if fault.most and self._struck[place, ticket] >= fault.most:
            return False
        due = (
            self._turns[place] in fault.turns
            or ticket in fault.tickets
            or (not ticket and KINDS[fault.kind].of_rows and bool(fault.tickets))
            or self._chance(place, fault, ticket) < fault.rate
        )
        self._struck[place, ticket] += due
        return due

    def _chance(self, place: int, fault: Fault, ticket: str) -> float:
        """Draw a number in [0, 1): by request where the way there fails, by ticket where the ticket is meant."""
        nth = self._asked[place, ticket] if not KINDS[fault.kind].by_ticket else 0
        drawn = hashlib.blake2b(f"{self.seed}/{place}/{ticket}/{nth}".encode(), digest_size=8).digest()
        return int.from_bytes(drawn) / 2**64
