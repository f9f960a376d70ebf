"""What an account tells of itself at run time; it wins over the files. None and empty where it told nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.integrations.profile import Profile


@dataclass(frozen=True, slots=True)
class Custom:
    """What the account's list of fields says of one custom field."""

    key: str
    label: str = ""
    type: str = ""  # string, number, enum, date… as the API names it
    options: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class AccountSchema:
    """What an account told: what it takes, what it needs, which values it names.

    >>> AccountSchema(writable=frozenset({"name"}), methods=("list", "get")).can_update
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
    overridden: bool = False  # its environment changed Truto's mapping: what is documented may not hold here
    readable: frozenset[str] | None = None  # fields that its mapping of answers holds: no other can be read back
    unseen: tuple[tuple[str, str], ...] = ()  # what Truto adds to each update: ("query" or "body", what)
    steps: int = 0  # calls of the vendor besides the one of an update

    @property
    def can_update(self) -> bool | None:
        """Return whether the account offers the update of tickets; None where it does not say."""
        return None if self.methods is None else "update" in self.methods

    def applied_to(self, profile: Profile) -> Profile:
        """Return what the files know of the tool, as far as it holds for this account: all assumed where its mapping was changed.

        >>> from truto_tickets_nb.integrations.profile import profile
        >>> AccountSchema(overridden=True).applied_to(profile("jira")).fact("assignees").is_documented
        False
        """
        return profile.as_assumed() if self.overridden else profile

    def can_be_read(self, field: str) -> bool:
        """Return whether the account answers a field at all, as far as it tells.

        >>> AccountSchema().can_be_read("source"), AccountSchema(readable=frozenset({"id", "name"})).can_be_read("source")
        (True, False)
        """
        return self.readable is None or field in self.readable

    def field(self, key: str) -> Custom | None:
        """Find a custom field by its key."""
        return next((item for item in self.custom if item.key == key), None)

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON."""
        sets = {"writable": self.writable, "readable": self.readable}
        return {**asdict(self), **{name: None if names is None else sorted(names) for name, names in sets.items()}}

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> Self:
        """Read it back."""

        def some(name: str) -> tuple[str, ...] | None:
            return None if data.get(name) is None else tuple(data[name])

        return cls(
            writable=None if data.get("writable") is None else frozenset(data["writable"]),
            required=some("required") or (),
            required_query=some("required_query") or (),
            optional_query=some("optional_query") or (),
            enums={name: tuple(values) for name, values in data.get("enums", {}).items()},
            filters=some("filters"),
            methods=some("methods"),
            custom=tuple(Custom(**{**row, "options": tuple(row["options"])}) for row in data.get("custom", ())),
            notes=some("notes") or (),
            overridden=data.get("overridden") is True,
            readable=None if data.get("readable") is None else frozenset(data["readable"]),
            unseen=tuple((str(place), str(text)) for place, text in data.get("unseen", ())),
            steps=int(data.get("steps", 0)),
        )
