"""Change and patch: what a plan sends, as immutable values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.tickets.fields import body_of

if TYPE_CHECKING:
    from truto_tickets_nb.tickets.field_kinds import Text
    from truto_tickets_nb.tickets.json_values import Json


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one ticket, before -> after: as a person reads it, and as a body wants it (`old`, `new`)."""

    field: str
    before: Text
    after: Text
    old: Json
    new: Json

    def reversed(self) -> Change:
        """Return the opposite change."""
        return Change(self.field, self.after, self.before, self.new, self.old)


@dataclass(frozen=True, slots=True)
class Patch:
    """All changes of one ticket: one PATCH request."""

    ticket: str
    title: str
    changes: tuple[Change, ...]

    @property
    def body(self) -> dict[str, Any]:
        """Return the request body: the changed fields and nothing else."""
        return body_of({change.field: change.new for change in self.changes})
