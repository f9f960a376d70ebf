"""The 28 data files: every fact is one that is asked, carries its evidence, and says where it is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from truto_tickets_nb.integrations.facts import QUESTIONS
from truto_tickets_nb.integrations.pace import pace
from truto_tickets_nb.integrations.profile import DOCUMENTED, NO_UPDATE, WORDS, profile, slugs
from truto_tickets_nb.tickets.fields import CUSTOM_FIELDS, FIELDS

SOURCE = Path(__file__).resolve().parents[2] / "shared" / "reference" / "truto-integrations.json"
NAMES = (
    "Asana", "Azure DevOps", "Bitbucket", "BMC Helix", "Enchant", "Freshdesk", "Gorgias", "Help Scout", "Helpshift", "Hive", "HubSpot", "Jira",
    "Linear", "Microsoft 365", "Microsoft Planner", "Pivotal Tracker", "Planhat", "Productboard", "Qualtrics CoreXM",
    "Quickbase for Project Management", "SolarWinds Service Desk", "SurveySparrow Ticket Management", "Teamwork Project Management", "Todoist",
    "Trello", "Wrike", "Zoho Desk", "Zoho Projects",
)  # fmt: skip


def test_there_are_the_28_of_the_page():
    """No integration of the page is missing, and none is invented."""
    assert sorted(profile(slug).name for slug in slugs()) == sorted(NAMES)
    assert not set(slugs()) & set(NO_UPDATE)


@pytest.mark.parametrize("slug", slugs())
def test_facts_are_asked_and_told(slug):
    """Each fact answers one of the questions, in words, with its evidence; what is documented says where."""
    for name, fact in profile(slug).facts.items():
        assert fact.evidence in WORDS
        assert fact.evidence != "unknown", f"{name}: what nobody documents is left out"
        assert QUESTIONS[name].read(fact.value)
        assert fact.source.startswith("https://") or fact.evidence not in DOCUMENTED, f"{name} has no source"
        known = QUESTIONS[name].reads
        assert isinstance(known, str) or fact.value in known, f"{name}: {fact.value!r} has no words"


@pytest.mark.parametrize("slug", slugs())
def test_facts_can_be_used(slug):
    """Names of fields are the page's, the pace is below the limit, and the switches are texts."""
    found = profile(slug)
    for name in ("writable", "either"):
        assert set(found.fact(name).value or ()) <= {*FIELDS, CUSTOM_FIELDS}
    limit, told = found.fact("limit").value, pace(found)
    assert bool(limit) == bool(told)
    if limit:
        assert int(told.partition(";")[0]) / 10 <= limit["requests"] / limit["seconds"]
    for name in ("quiet", "validate"):
        assert all(isinstance(value, str) for value in (found.fact(name).value or {}).values())


@pytest.mark.parametrize("slug", slugs())
def test_resources_are_those_that_were_seen(slug):
    """Routes and partial lists are those of the source, nothing added, nothing lost."""
    if not SOURCE.exists():
        pytest.skip("the source is not here")
    row = next(item for item in json.loads(SOURCE.read_text(encoding="utf-8")) if item["slug"] == slug)
    found = profile(slug)
    assert {**{name: tuple(methods) for name, methods in row["resources"].items()}} == {
        name: methods for name, methods in found.resources.items() if name in row["resources"]
    }
    assert set(found.resources) - set(row["resources"]) <= set(row["resources_seen_methods_unknown"])
    assert (found.fact("partial_list").value, found.slug_evidence == "truto") == (
        row["list_partial"],
        row["slug_evidence"] == "documented",
    )


def test_unknown_slugs_are_harmless():
    """A slug that nobody knows, or that would leave the folder, is a profile in which all is unknown."""
    for slug in ("nobody", "../jira", "", "facts"):
        assert (profile(slug).is_known, profile(slug).can_update) == (False, None)
