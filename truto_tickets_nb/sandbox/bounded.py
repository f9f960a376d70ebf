"""Memory that has an end: the newest items are kept, as many as a number and a size in bytes allow.

A practice server may answer for weeks, and to clients that run wild. What grows with each request is kept in one of these.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Item = TypeVar("Item")

REQUESTS = 50_000  # requests that sandbox.requests() lists
NOTES = 50_000  # faults that were played; tickets of whose change somebody would have been told
MEMORY = 64 * 1024 * 1024  # bytes of each memory: requests, states of tickets, their writes, answers by idempotency key
OF_ROW = 640  # bytes that a row of the database counts besides what it holds: 100,000 small ones are a memory
TOKENS = 1_000  # tokens of one account that are valid at a time
LABELS = 100_000  # tags of an account
TICKET = 4 * 1024 * 1024  # bytes of one ticket
COUNTED = 200_000  # tickets of which is remembered how often faults struck them


class Newest(Generic[Item]):
    """Keep the newest items.

    >>> texts = Newest(3, 10, len)
    >>> texts.extend(["aaaa", "bbbb", "cccc", "dd"])
    >>> texts.items()
    ['bbbb', 'cccc', 'dd']
    """

    def __init__(self, most: int, most_bytes: int = MEMORY, size: Callable[[Item], int] = lambda _: 0) -> None:
        self._most, self._most_bytes, self._size = most, most_bytes, size
        self._items: deque[Item] = deque()
        self._bytes = 0
        self._lock = threading.Lock()

    def append(self, item: Item) -> None:
        """Add an item; the oldest ones make place for it. One that is larger than all the memory is kept alone."""
        with self._lock:
            self._items.append(item)
            self._bytes += self._size(item)
            while len(self._items) > self._most or (self._bytes > self._most_bytes and len(self._items) > 1):
                self._bytes -= self._size(self._items.popleft())

    def extend(self, items: Iterable[Item]) -> None:
        """Add several items."""
        for item in items:
            self.append(item)

    def items(self) -> list[Item]:
        """List what is kept, oldest first."""
        with self._lock:
            return list(self._items)
