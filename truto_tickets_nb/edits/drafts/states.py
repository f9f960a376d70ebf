"""States of a draft by name: a short text over the steps that count, so that a frame knows the state it was made from."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.edits.drafts.history import History, Slots
    from truto_tickets_nb.edits.steps.step import Step

SIZE = 16  # bytes of a name


class States:
    """Name the states of one draft, and find them again; equal steps give equal names, also after a restart."""

    def __init__(self) -> None:
        self._digests: dict[int, tuple[Step, bytes]] = {}  # by the step's identity; each is kept, and so its identity

    def name(self, slots: Slots) -> str:
        """Name the state after these steps; "" where none of them counts: that is the snapshot itself."""
        return list(self._names(slots))[-1][0]

    def find(self, name: str, history: History) -> Slots | None:
        """Find a state that a draft has or had, also one in the middle of its steps; None where it never had it."""
        if not name:
            return ()
        return next(
            (slots for state in _states(history) for known_name, slots in self._names(state) if known_name == name),
            None,
        )

    def _names(self, slots: Slots) -> Iterator[tuple[str, Slots]]:
        """Name the state after each step that counts, from none of them on."""
        name = b""
        yield "", ()
        for at, slot in enumerate(slots, 1):
            if slot.enabled:
                name = hashlib.blake2b(name + self._digest(slot.step), digest_size=SIZE).digest()
                yield name.hex(), slots[:at]

    def _digest(self, step: Step) -> bytes:
        if id(step) not in self._digests:
            text = json.dumps(step.to_json(), sort_keys=True, default=str)
            self._digests[id(step)] = step, hashlib.blake2b(text.encode(), digest_size=SIZE).digest()
        return self._digests[id(step)][1]


def _states(history: History) -> Iterator[Slots]:
    """List all states of a draft: the present one, those before it, and those that were undone."""
    yield history.now
    slots = history.now
    for splice in reversed(history.past):
        slots = splice.undo(slots)
        yield slots
    slots = history.now
    for splice in reversed(history.future):
        slots = splice.do(slots)
        yield slots
