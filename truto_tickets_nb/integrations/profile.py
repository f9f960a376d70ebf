"""What is known about an integration, with its evidence; unknown is a legal value and the default."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Evidence = Literal["truto", "vendor", "inferred", "unknown"]
DOCUMENTED = ("truto", "vendor")


@dataclass(frozen=True, slots=True)
class Fact:
    """Hold one thing known about an integration, how it is known and where it is written."""

    value: Any = None
    evidence: Evidence = "unknown"
    source: str = ""

    @property
    def is_documented(self) -> bool:
        """Tell whether Truto or the vendor says so; what is only inferred may warn, never block."""
        return self.evidence in DOCUMENTED


@dataclass(frozen=True, slots=True)
class Profile:
    """Hold what is known about one integration.

    >>> profile("jira").fact("assignees").value, profile("jira").fact("assignees").evidence
    ('single', 'vendor')
    >>> profile("somethingnew").fact("assignees")
    Fact(value=None, evidence='unknown', source='')
    """

    slug: str
    name: str
    resources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def fact(self, name: str) -> Fact:
        """Find a fact; one that nobody wrote down is unknown."""
        return self.facts.get(name, Fact())

    def lists(self, resource: str) -> bool | None:
        """Tell whether the integration lists a companion resource; None where nothing is known about it."""
        return "list" in self.resources.get(resource, ()) if self.resources else None

    @property
    def is_known(self) -> bool:
        """Tell whether there is a data file for this integration."""
        return bool(self.facts)


@cache
def profile(slug: str) -> Profile:
    """Read the profile of an integration; a slug without a data file gives one in which all is unknown."""
    found = resources.files(__package__).joinpath(f"{slug}.toml") if slug.isalnum() else None
    if found is None or not found.is_file():
        return Profile(slug, slug)
    data = tomllib.loads(found.read_text(encoding="utf-8"))
    facts = {name: Fact(**row) for name, row in data["facts"].items()}
    methods = {name: tuple(row) for name, row in data["resources"].items()}
    return Profile(data["slug"], data["name"], methods, facts)
