"""What a PATCH takes from its ticket, as a table that each language puts into words of its own; the rules are those of Way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from truto_tickets_nb.tickets.field_kinds import ReferenceKind, ReferencesKind, WordsKind
from truto_tickets_nb.tickets.fields import FIELDS

if TYPE_CHECKING:
    from truto_tickets_nb.tickets.field_kinds import Kind

Form = Literal["plain", "id", "either", "one", "many", "words"]
_OBJECTS = ("workspace", "ticket_type", "organization")  # parameters that are written as objects: workspace[id]


@dataclass(frozen=True, slots=True)
class ParameterSource:
    """Where the value of a query parameter stands in a ticket, and in which form it is wanted.

    `plain`: as it is; `id`: the id of a reference; `either`: its id, else its name.
    """

    name: str  # of the parameter
    key: str  # as it is written in a query
    fields: tuple[str, ...]  # of the ticket; the second where the first is empty
    form: Form

    @property
    def is_wide(self) -> bool:
        """Return whether the value may be an object; an etag is documented to be a text."""
        return self.form == "plain" and self.name != "etag"


@dataclass(frozen=True, slots=True)
class CarriedField:
    """Which field goes along unchanged, unless one of `instead` is in the body, and in which form a body wants it.

    Forms besides those of Taken: `one`: a reference as an object, `many`: a list of them with the parts `keep`, `words`: texts.
    """

    field: str
    instead: tuple[str, ...]
    form: Form
    keep: tuple[str, ...] = ()


def taken(name: str) -> ParameterSource:
    """Find where a query parameter comes from.

    >>> taken("workspace_id")
    ParameterSource(name='workspace_id', key='workspace_id', fields=('workspace',), form='id')
    >>> taken("organization")
    ParameterSource(name='organization', key='organization[id]', fields=('organization', 'account'), form='either')
    """
    if name in _OBJECTS:
        return ParameterSource(name, f"{name}[id]", (name, "account") if name == "organization" else (name,), "either")
    if name.endswith("_id"):
        return ParameterSource(name, name, ("workspace" if name == "workspace_id" else name,), "id")
    return ParameterSource(name, name, (name,), "plain")


def carried(rule: str) -> CarriedField:
    """Read a rule of what goes along.

    >>> carried("workspace|collections")
    CarriedField(field='workspace', instead=('workspace', 'collections'), form='either', keep=())
    >>> carried("collections").form, carried("collections").keep
    ('many', ('id', 'type'))
    """
    names = tuple(rule.split("|"))
    row = FIELDS.get(names[0])
    form, keep = _form(row.kind) if row else ("plain", ())
    return CarriedField(names[0], names, form, keep)


def _form(kind: Kind) -> tuple[Form, tuple[str, ...]]:
    if isinstance(kind, ReferenceKind):
        return ("either" if kind.bare else "one"), ()
    if isinstance(kind, ReferencesKind):
        return "many", kind.keep
    return ("words" if isinstance(kind, WordsKind) else "plain"), ()
