"""What the sandbox plays of an integration: its data file, read by the sandbox's own code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.profiles.fields import TOGETHER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

FOLDER = "truto_tickets_nb.integrations"
EXTRA = "truto_tickets_nb.sandbox.profiles.extra"  # tools that are played although nobody has a profile of them


@dataclass(frozen=True, slots=True)
class PlayedIntegration:
    """How one integration behaves here. What its data file marks as inferred is an assumption here too."""

    slug: str
    name: str
    resources: Mapping[str, list[str]] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    inferred: tuple[str, ...] = ()  # facts that nobody documents
    own: Mapping[str, Any] = field(default_factory=dict)  # what only the sandbox plays, from its sample_accounts.toml

    def fact(self, name: str, default: Any = None) -> Any:
        """Find the value of a fact; what the data file leaves out is unknown."""
        value = self.facts.get(name)
        return default if value is None else value

    def offers(self, resource: str, method: str) -> bool:
        """Return whether the integration exposes a method of a resource."""
        return method in self.resources.get(resource, ())

    def takes(self, name: str) -> bool:
        """Return whether an update takes a field; where nobody knows, each one is taken."""
        writable = self.facts.get("writable")
        return name in TOGETHER and (not writable or name in writable)

    def write(self, name: str) -> str:
        """Return what a written list does to the one that is there: replace, merge, create_only or separate."""
        value = self.own.get(f"{name}_write") or self.fact(f"{name}_write", "replace")
        return str(value)

    @property
    def single_assignee(self) -> bool:
        return bool(self.fact("assignees") == "single")

    @property
    def status_per_workspace(self) -> bool:
        return self.fact("status_per_workspace") is True

    @property
    def description_format(self) -> str:
        return str(self.own.get("description_format") or self.fact("description_format", "text"))

    @property
    def required_query(self) -> tuple[str, ...]:
        return tuple(self.fact("required_query", ()))

    @property
    def drops(self) -> tuple[str, ...]:
        """List the kinds of empty values that never reach the tool: null, text, list."""
        if self.fact("clear") == "empty_text":
            return ("null",)
        return () if self.fact("clear") else tuple(self.own.get("drops", ()))


def slugs() -> list[str]:
    """List the integrations that have a profile."""
    return _names(FOLDER)


def playable() -> list[str]:
    """List everything that can be played: those with a profile, and the two that have none."""
    return sorted({*slugs(), *_names(EXTRA)})


def _names(folder: str) -> list[str]:
    names = (entry.name for entry in resources.files(folder).iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def _file(slug: str) -> Traversable:
    return resources.files(FOLDER if slug in slugs() else EXTRA).joinpath(f"{slug}.toml")


@cache
def worlds() -> dict[str, Any]:
    """Read the sandbox's own vocabulary."""
    text = resources.files("truto_tickets_nb.sandbox.data").joinpath("sample_accounts.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def played(slug: str) -> PlayedIntegration:
    """Read how an integration behaves; one without a data file is refused with the list of those that have one."""
    if slug not in playable():
        raise ValueError(f"The sandbox can't play {slug!r}. It plays: {', '.join(playable())}.")
    data = tomllib.loads(_file(slug).read_text(encoding="utf-8"))
    rows = {name: row for name, row in data.get("facts", {}).items() if row.get("evidence") != "unknown"}
    return PlayedIntegration(
        slug,
        data["name"],
        data["resources"],
        {name: row.get("value") for name, row in rows.items()},
        tuple(sorted(name for name, row in rows.items() if row["evidence"] == "inferred")),
        worlds().get(slug, {}),
    )


def vocabulary(tool: PlayedIntegration) -> dict[str, dict[str, str]]:
    """Name what the numbers mean by which a tool's own export tells statuses and priorities.

    >>> vocabulary(played("freshdesk"))["status"]["2"]
    'Open'
    """
    resources = {"status": "ticket_status", "priority": "ticket_priorities", "ticket_type": "ticket_types"}
    rows = {name: tool.own.get(resource, ()) for name, resource in resources.items()}
    return {name: {row[0]: row[1] for row in choices if not isinstance(row, str)} for name, choices in rows.items()}
