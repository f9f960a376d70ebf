"""Marks of what was written: a file can tell by them that a ticket has changed since, and which of its cells were edited.

A column named "check" goes along with the tickets. It holds a few letters per cell: no text can be read from them, but a text can be
compared with them. Sorted, filtered or saved as CSV, they stay with their row; where somebody has deleted them, nothing is checked.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CHECK = "check"
SIZE = 3  # bytes a mark: one wrong one in sixteen million goes unseen


@dataclass(frozen=True, slots=True)
class Marker:
    """Make marks for the tickets of one account.

    >>> marker = Marker("jira", "acme")
    >>> row = Marks.read(marker.row("7", ["name"], ["Refund"]))
    >>> marker.cell("7", "name", "Refund") in row.known, marker.cell("7", "name", "Other") in row.known
    (True, False)
    """

    integration: str
    account_id: str

    def header(self, columns: Iterable[str]) -> str:
        """Write the name of the column of marks: it tells the account and the columns that are marked."""
        return f"{CHECK} {_packed([self._account(), *(_mark(0, name) for name in columns)])}"

    def row(self, ticket: str, columns: Sequence[str], texts: Sequence[str]) -> str:
        """Write the marks of one ticket."""
        seed = self._seed(ticket)
        cells = [_mark(seed, f"{name}\0{text}") for name, text in zip(columns, texts, strict=True)]
        return _packed([self.ticket(ticket), *cells])

    def ticket(self, ticket: str) -> bytes:
        """Mark a ticket."""
        return _mark(self._seed(ticket), "")

    def cell(self, ticket: str, column: str, text: str) -> bytes:
        """Mark a cell."""
        return _mark(self._seed(ticket), f"{column}\0{text}")

    def is_header(self, marks: Marks) -> bool:
        """Return whether the marks of a header are of this account."""
        return self._account() in marks.known

    def marks_column(self, header: Marks, column: str) -> bool:
        """Return whether a header says that a column is marked."""
        return _mark(0, column) in header.known

    def _account(self) -> bytes:
        return _mark(0, f"{self.integration}\0{self.account_id}")

    def _seed(self, ticket: str) -> int:
        return crc32(f"{self.integration}\0{self.account_id}\0{ticket}".encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one row, or of the header."""

    known: frozenset[bytes] = field(default_factory=frozenset)
    first: bytes = b""

    @classmethod
    def read(cls, text: object) -> Self | None:
        """Read marks; None where there are none, or they are damaged."""
        packed = text.strip().removeprefix(CHECK).strip() if isinstance(text, str) else ""
        try:
            data = base64.b64decode(packed.removeprefix("k"), validate=True)
        except ValueError:  # no base64, or letters beyond ASCII
            return None
        parts = [data[place : place + SIZE] for place in range(0, len(data), SIZE)]
        return cls(frozenset(parts), parts[0]) if parts and packed[:1] == "k" else None


def _mark(seed: int, text: str) -> bytes:
    return crc32(text.encode("utf-8", "surrogatepass"), seed).to_bytes(4)[1:]


def _packed(marks: Iterable[bytes]) -> str:
    """Write marks as letters; the k in front keeps a spreadsheet from taking them for a number or a formula."""
    return "k" + base64.b64encode(b"".join(marks)).decode()
