"""What an account tells of itself at run time; it wins over the files. None and empty where it told nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Custom:
    """Hold what the account's list of fields says of one custom field."""

    key: str
    label: str = ""
    type: str = ""  # string, number, enum, date… as the API names it
    options: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Learnt:
    """Hold what an account told: what it takes, what it needs, which values it names.

    >>> Learnt(writable=frozenset({"name"}), methods=("list", "get")).can_update
    False
    """

    writable: frozenset[str] | None = None  # fields that its schema of updates lists
    required: tuple[str, ...] = ()  # fields that each update needs; "workspace|collections" is one of the two
    required_query: tuple[str, ...] = ()  # query parameters that each update needs
    optional_query: tuple[str, ...] = ()  # query parameters that its schema names besides
    enums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # values that its schema names for a field
    filters: tuple[str, ...] | None = None  # what its list of tickets can be filtered by
    methods: tuple[str, ...] | None = None  # what it offers for tickets: list, get, update…
    custom: tuple[Custom, ...] = ()
    notes: tuple[str, ...] = ()  # what it does not tell

    @property
    def can_update(self) -> bool | None:
        """Tell whether the account offers the update of tickets; None where it does not say."""
        return None if self.methods is None else "update" in self.methods

    def field(self, key: str) -> Custom | None:
        """Find a custom field by its key."""
        return next((item for item in self.custom if item.key == key), None)

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON."""
        return {**asdict(self), "writable": None if self.writable is None else sorted(self.writable)}

    @classmethod
    def of_json(cls, found: Mapping[str, Any]) -> Self:
        """Read it back."""

        def some(name: str) -> tuple[str, ...] | None:
            return None if found.get(name) is None else tuple(found[name])

        return cls(
            writable=None if found.get("writable") is None else frozenset(found["writable"]),
            required=some("required") or (),
            required_query=some("required_query") or (),
            optional_query=some("optional_query") or (),
            enums={name: tuple(values) for name, values in found.get("enums", {}).items()},
            filters=some("filters"),
            methods=some("methods"),
            custom=tuple(Custom(**{**row, "options": tuple(row["options"])}) for row in found.get("custom", ())),
            notes=some("notes") or (),
        )
