"""What the pandas code of one step is written from: its field, its rows, and what the field holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.edits.code.filters import MixedColumns, rows
from truto_tickets_nb.edits.code.literals import column, quote
from truto_tickets_nb.tickets.fields import CUSTOM
from truto_tickets_nb.tickets.fields import field as field_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from truto_tickets_nb.edits.filters.filters import Filter

TEXTS = ("text", "reference")
SETS = ("set", "words")


@dataclass(frozen=True, slots=True)
class Block:
    """One step as an operation writes it: `kind` is what its field holds, "any" where pandas can't rely on it."""

    field: str
    options: Mapping[str, Any]
    kind: str
    where: str  # the rows as a pandas expression, "" for all
    mixed: MixedColumns = frozenset()  # columns that may hold more than their kind, such as {"id": ...} written out

    @classmethod
    def of(cls, field: str, options: Mapping[str, Any], chosen: Filter, mixed: MixedColumns) -> Block:
        """Build the block of a step."""
        row = field_of(field)
        is_plain = row is not None and not field.startswith(CUSTOM) and field not in mixed
        return cls(field, options, row.kind.word if row and is_plain else "any", rows(chosen, mixed), mixed)

    @property
    def name(self) -> str:
        """Return the name of the column as a literal."""
        return quote(self.field)

    @property
    def column(self) -> str:
        """Return the expression of the whole column."""
        return column(self.field)

    @property
    def target(self) -> str:
        """Return the expression of the chosen cells, to be assigned to."""
        return f"df.loc[{'rows' if self.where else ':'}, {self.name}]"

    @property
    def updated(self) -> str:
        """Return the expression of the chosen cells, to be changed in place."""
        return self.target if self.where else self.column

    @property
    def limit(self) -> str:
        """Return the argument that limits a method to the chosen rows."""
        return ", where=rows" if self.where else ""

    @property
    def both(self) -> str:
        """Return the beginning of a mask that holds for the chosen rows only."""
        return "rows & " if self.where else ""

    def __getitem__(self, option: str) -> Any:
        return self.options[option]


def listed(values: Iterable[Any]) -> str:
    """Return values as arguments."""
    return ", ".join(map(quote, values))
