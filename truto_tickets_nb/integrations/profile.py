"""What is known about an integration, with its evidence; unknown is a legal value and the default."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from truto_tickets_nb.integrations.evidence_sources import is_trutos, is_vendors

if TYPE_CHECKING:
    from collections.abc import Mapping

Evidence = Literal["truto", "vendor", "inferred", "unknown"]
DOCUMENTED = ("truto", "vendor")  # evidence that a source of its own has to bear out
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "truto": "documented by Truto",
        "vendor": "documented by the vendor",
        "inferred": "our assumption",
        "unknown": "nobody documents it",
    }
)
# Tools whose tickets Truto loads but does not update; their slugs follow Truto's pattern.
# Source: https://truto.one/docs/api-reference/unified-ticketing-api/tickets/update/ names the 28 that can, and not these.
NO_UPDATE: Mapping[str, str] = MappingProxyType(
    {
        "zendesk": "Zendesk",
        "clickup": "ClickUp",
        "intercom": "Intercom",
        "monday": "Monday.com",
        "salesforce": "Salesforce",
        "jiraservicemanagement": "Jira Service Management",
    }
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known about an integration, how it is known, where it is written, and what else is to be said.

    `source` is the page of Truto's or the vendor's that says so, `corroborated` a page of somebody else that says so too.
    """

    value: Any = None
    evidence: Evidence = "unknown"
    source: str = ""
    note: str = ""
    corroborated: str = ""

    @property
    def is_documented(self) -> bool:
        """Return whether Truto or the vendor says so, in a source of its own; everything else may warn, never block.

        >>> Fact(255, "vendor", "https://developers.asana.com/docs").is_documented
        True
        >>> Fact(255, "vendor").is_documented, Fact(255, "vendor", "https://glama.ai/mcp").is_documented
        (False, False)
        """
        if self.evidence == "truto":
            return is_trutos(self.source)
        return self.evidence == "vendor" and is_vendors(self.source)

    @property
    def standing(self) -> Evidence:
        """Return what its evidence amounts to: without a source that says so, it is inferred."""
        return self.evidence if self.is_documented or self.evidence == "unknown" else "inferred"

    @property
    def told(self) -> str:
        """Return how it is known.

        >>> Fact("single", "vendor", "https://developers.asana.com/docs").told, Fact().told
        ('documented by the vendor', 'nobody documents it')
        >>> Fact("single", "inferred", corroborated="https://glama.ai/mcp/servers").told
        'our assumption, glama.ai says so too'
        """
        if self.standing != "inferred":
            return WORDS[self.standing]
        host = self.corroborated.partition("://")[2].partition("/")[0]
        return f"{WORDS['inferred']}, {host} says so too" if host else WORDS["inferred"]

    def as_assumed(self) -> Fact:
        """Lower it to an assumption, which may warn and never blocks; a documented source is kept as what corroborates it."""
        if not self.is_documented:
            return self
        return replace(self, evidence="inferred", source="", corroborated=self.source)


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known about one integration.

    >>> profile("jira").fact("assignees").value, profile("jira").fact("assignees").evidence
    ('single', 'vendor')
    >>> profile("somethingnew").fact("assignees")
    Fact(value=None, evidence='unknown', source='', note='', corroborated='')
    >>> profile("jira").can_update, profile("zendesk").can_update, profile("somethingnew").can_update
    (True, False, None)
    """

    slug: str
    name: str
    resources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    slug_evidence: Evidence = "unknown"

    def fact(self, name: str) -> Fact:
        """Find a fact; one that nobody wrote down is unknown."""
        return self.facts.get(name, Fact())

    def as_assumed(self) -> Profile:
        """Lower all that is documented to an assumption: for an account whose environment changed Truto's mapping.

        >>> profile("jira").as_assumed().fact("assignees").is_documented
        False
        """
        return replace(self, facts={name: fact.as_assumed() for name, fact in self.facts.items()})

    def lists(self, resource: str) -> bool | None:
        """Return whether the integration lists a companion resource; None where nothing is known about it."""
        if not self.resources:
            return None
        methods = self.resources.get(resource, None)
        if methods is None:
            return False
        return "list" in methods if methods else None  # seen, without its methods

    @property
    def is_known(self) -> bool:
        """Return whether there is a data file for this integration."""
        return bool(self.facts)

    @property
    def can_update(self) -> bool | None:
        """Return whether Truto documents an update of its tickets; None where the tool is not on Truto's page at all."""
        if self.is_known:
            return True
        return False if self.slug in NO_UPDATE else None


@cache
def profile(slug: str) -> Profile:
    """Read the profile of an integration; a slug without a data file gives one in which all is unknown."""
    file = resources.files(__package__).joinpath(f"{slug}.toml") if slug.isalnum() else None
    if file is None or not file.is_file():
        return Profile(slug, NO_UPDATE.get(slug, slug))
    from truto_tickets_nb.integrations.profile_file import read  # noqa: PLC0415  (pydantic only where a profile is read)

    data = read(file.read_text(encoding="utf-8"), f"integrations/{slug}.toml")
    facts = {
        name: Fact(row.value, row.evidence, row.source, row.note, row.corroborated) for name, row in data.facts.items()
    }
    methods = {name: tuple(row) for name, row in data.resources.items()}
    return Profile(data.slug, data.name, methods, facts, data.slug_evidence)


def slugs() -> tuple[str, ...]:
    """List the integrations that have a data file, in alphabetical order."""
    names = (entry.name for entry in resources.files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))
