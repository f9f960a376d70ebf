"""Whose words a source holds: Truto's, the vendor's, or somebody else's, which prove nothing."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TRUTO = ("truto.one/docs", "github.com/trutohq")
# integration -> the places in which its vendor speaks: a host (with all hosts below it), or a host with the start of a path.
# Client libraries, directories of tools and collections of API descriptions repeat a vendor; they are no vendor.
VENDORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "asana": ("asana.com", "github.com/Asana"),
        "azuredevops": ("learn.microsoft.com", "github.com/MicrosoftDocs"),
        "bitbucket": ("atlassian.com", "bitbucket.org/blog"),
        "bmchelix": ("bmc.com",),
        "enchant": ("enchant.com",),
        "freshdesk": ("freshdesk.com", "freshworks.com"),
        "gorgias": ("gorgias.com",),
        "helpscout": ("helpscout.com", "github.com/helpscout"),
        "helpshift": ("helpshift.com",),
        "hive": ("hive.com",),
        "hubspot": ("hubspot.com", "github.com/HubSpot"),
        "jira": ("atlassian.com", "github.com/atlassian"),
        "linear": ("linear.app", "github.com/linear"),
        "microsoft365": ("learn.microsoft.com", "github.com/microsoftgraph", "github.com/MicrosoftDocs"),
        "microsoftplanner": ("learn.microsoft.com", "github.com/microsoftgraph", "github.com/MicrosoftDocs"),
        "pivotaltracker": ("pivotaltracker.com",),
        "planhat": ("planhat.com",),
        "productboard": ("productboard.com",),
        "qualtricscorexm": ("qualtrics.com",),
        "quickbaseprojectmanagement": ("quickbase.com",),
        "solarwindsservicedesk": ("solarwinds.com", "samanage.com"),
        "surveysparrowticketmanagement": ("surveysparrow.com",),
        "teamworkprojectmanagement": ("teamwork.com", "github.com/Teamwork"),
        "todoist": ("todoist.com", "doist.com", "github.com/Doist"),
        "trello": ("atlassian.com", "trello.com"),
        "wrike": ("wrike.com",),
        "zohodesk": ("zoho.com",),
        "zohoprojects": ("zoho.com",),
    }
)


def is_trutos(source: str) -> bool:
    """Return whether a source is Truto's documentation, or the code of Truto's own SDK.

    >>> is_trutos("https://truto.one/docs/api-reference/overview/errors"), is_trutos("https://truto.one.example/docs")
    (True, False)
    """
    return _is_in(source, TRUTO)


def is_vendors(source: str, slug: str = "") -> bool:
    """Return whether a source is the vendor's own: of this integration, or of any of them where none is named.

    >>> is_vendors("https://developers.asana.com/docs/rate-limits", "asana"), is_vendors("https://glama.ai/mcp/servers/asana")
    (True, False)
    """
    if slug:
        return _is_in(source, VENDORS.get(slug, ()))
    return any(_is_in(source, places) for places in VENDORS.values())


def _is_in(source: str, places: tuple[str, ...]) -> bool:
    scheme, _, address = source.partition("://")
    return scheme == "https" and any(_is_under(address.casefold(), place.casefold()) for place in places)


def _is_under(address: str, place: str) -> bool:
    """Return whether an address lies below a place; the host counts as a whole or as the end of a longer one, the path by whole steps."""
    host, _, path = address.partition("/")
    wanted, _, folder = place.partition("/")
    same_host = host == wanted or (not folder and host.endswith(f".{wanted}"))
    return same_host and (not folder or f"{path}/".startswith(f"{folder}/"))
