"""What the sandbox plays of an integration: its data file, read by the sandbox's own code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

FOLDER = "truto_tickets_nb.integrations"


@dataclass(frozen=True, slots=True)
class Played:
    """Hold how one integration behaves here. What its data file marks as inferred is an assumption here too."""

    slug: str
    name: str
    resources: dict[str, list[str]] = field(default_factory=dict)
    single_assignee: bool = False
    tags_listed: bool = False
    tag_spaces: bool = True
    title_max: int = 0
    partial_list: bool = False
    status_per_workspace: bool = False
    required_query: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    def offers(self, resource: str, method: str) -> bool:
        """Tell whether the integration exposes a method of a resource."""
        return method in self.resources.get(resource, ())


def slugs() -> list[str]:
    """List the integrations that have a data file."""
    return sorted(
        entry.name.removesuffix(".toml") for entry in resources.files(FOLDER).iterdir() if entry.name.endswith(".toml")
    )


def played(slug: str) -> Played:
    """Read how an integration behaves; one without a data file is refused with the list of those that have one."""
    if slug not in slugs():
        raise ValueError(f"The sandbox can't play {slug!r}. It plays: {', '.join(slugs())}.")
    data = tomllib.loads(resources.files(FOLDER).joinpath(f"{slug}.toml").read_text(encoding="utf-8"))
    facts: dict[str, Any] = {name: row.get("value") for name, row in data["facts"].items()}
    return Played(
        slug,
        data["name"],
        data["resources"],
        single_assignee=facts.get("assignees") == "single",
        tags_listed=facts.get("tags") == "listed",
        tag_spaces=facts.get("tag_spaces") is not False,
        title_max=facts.get("title_max") or 0,
        partial_list=facts.get("partial_list") is True,
        status_per_workspace=facts.get("status_per_workspace") is True,
        required_query=tuple(facts.get("required_query") or ()),
        assumed=tuple(sorted(name for name, row in data["facts"].items() if row["evidence"] == "inferred")),
    )
