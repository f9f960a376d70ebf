"""The 28 data files: every fact is one that is asked, carries its evidence, and says where it is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.integrations import profile_file
from truto_tickets_nb.integrations.evidence_sources import VENDORS, is_trutos, is_vendors
from truto_tickets_nb.integrations.facts import QUESTIONS
from truto_tickets_nb.integrations.profile import DOCUMENTED, NO_UPDATE, WORDS, Fact, profile, slugs
from truto_tickets_nb.integrations.request_rate import pace
from truto_tickets_nb.tickets.fields import CUSTOM_FIELDS, FIELDS

SOURCE = Path(__file__).resolve().parents[2] / "shared" / "reference" / "truto-integrations.json"
SLUGS_READ_LATER = ("enchant", "gorgias", "helpscout")  # on Truto's own pages of these integrations
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


SECONDARY = ("glama.ai", "withone.ai", "api-evangelist", "mrrefactoring", "rwjdk", "litetracker")


@pytest.mark.parametrize("slug", slugs())
def test_documented_facts_have_a_source_that_says_so(slug):
    """What Truto documents stands on Truto's pages, what the vendor documents on the vendor's own; a page of somebody else only corroborates."""
    for name, fact in profile(slug).facts.items():
        where = f"{slug}.toml, facts.{name}: {fact.source!r}"
        if fact.evidence == "truto":
            assert is_trutos(fact.source), f"{where} is no page of Truto's documentation"
        elif fact.evidence == "vendor":
            assert is_vendors(fact.source, slug), f"{where} is no page of the vendor's own"
        else:
            assert not fact.source, f"{where}: an assumption has no source, only what corroborates it"
        assert fact.is_documented == (fact.evidence in DOCUMENTED), where
        assert not is_vendors(fact.corroborated, slug), f"{where}: the vendor itself says so, which is evidence"
        assert not any(word in fact.source for word in SECONDARY), where


@pytest.mark.parametrize(
    ("evidence", "source"),
    [
        ("vendor", ""),
        ("truto", ""),
        ("vendor", "https://glama.ai/mcp/servers/sondv5/teamwork-mcp/tools/update_task"),
        ("vendor", "https://www.withone.ai/knowledge/freshdesk"),
        ("vendor", "https://github.com/api-evangelist/bitbucket"),
        ("vendor", "https://github.com/rwjdk/trello-dotnet/releases/tag/2.3.0"),
        ("vendor", "https://mrrefactoring.github.io/jira.js/"),
        ("vendor", "https://notasana.com/docs"),
        ("vendor", "https://asana.com.example.org/docs"),
        ("vendor", "https://github.com/Asana-clients/openapi"),
        ("vendor", "http://developers.asana.com/docs"),
        ("truto", "https://developers.asana.com/docs"),
        ("truto", "https://truto.one/blog/a-story"),
        ("inferred", "https://developers.asana.com/docs"),
        ("unknown", "https://developers.asana.com/docs"),
    ],
)  # fmt: skip
def test_evidence_without_a_source_of_its_own_is_no_document(evidence, source):
    """A fact is documented only where its source is Truto's or the vendor's own; else it is told as what it is: an assumption."""
    fact = Fact("single", evidence, source)
    assert (fact.is_documented, "documented by" in fact.told) == (False, False)


def test_every_integration_names_where_its_vendor_speaks():
    """Own places are listed for each of the 28 and for no other, so that a new file can't go without."""
    assert sorted(VENDORS) == list(slugs())


@pytest.mark.parametrize("slug", slugs())
def test_all_facts_can_be_lowered(slug):
    """Where an environment changed Truto's mapping nothing is documented any more, and no value is lost."""
    before, after = profile(slug), profile(slug).as_assumed()
    assert not any(fact.is_documented for fact in after.facts.values())
    assert {name: fact.value for name, fact in after.facts.items()} == {
        name: fact.value for name, fact in before.facts.items()
    }
    assert after.can_update is True


@pytest.mark.parametrize(
    ("slug", "name", "value", "documented"),
    [
        ("linear", "clear", "null", False),
        ("linear", "limit_status", 400, True),
        ("linear", "limit", {"requests": 2500, "seconds": 3600}, False),
        ("freshdesk", "limit", {"requests": 100, "seconds": 60}, False),
        ("freshdesk", "due_date_ahead", True, False),
        ("trello", "title_max", 16384, False),
        ("trello", "description_max", 16384, False),
        ("trello", "assignees", "many", False),
        ("wrike", "limit", {"requests": 400, "seconds": 60}, True),
        ("zohoprojects", "limit", {"requests": 100, "seconds": 120}, False),
        ("zohoprojects", "lockout", 1800, False),
        ("todoist", "limit", {"requests": 1000, "seconds": 900}, False),
        ("todoist", "title_max", 500, False),
        ("enchant", "assignees", "single", False),
        ("pivotaltracker", "ended", "2025-04-30", False),
        ("bitbucket", "ended", "2026-08-20", True),
        ("jira", "quiet", {"notifyUsers": "false"}, True),
    ],
)
def test_facts_that_were_checked(slug, name, value, documented):
    """Each of these was looked up again: the value is what was read, and documented only where Truto or the vendor says so."""
    assert (profile(slug).fact(name).value, profile(slug).fact(name).is_documented) == (value, documented)


def test_a_limit_without_a_number_is_paced_with_care():
    """Enchant documents that it refuses, and no number: 45 requests a minute at most."""
    size, _, window = pace(profile("enchant")).partition(";w=")
    assert int(size) * 60 / int(window) <= 45


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
    documented = row["slug_evidence"] == "documented" or slug in SLUGS_READ_LATER
    assert (found.fact("partial_list").value, found.slug_evidence == "truto") == (row["list_partial"], documented)


def test_unknown_slugs_are_harmless():
    """A slug that nobody knows, or that would leave the folder, is a profile in which all is unknown."""
    for slug in ("nobody", "../jira", "", "facts"):
        assert (profile(slug).is_known, profile(slug).can_update) == (False, None)


BROKEN = {
    "a key that nobody reads": ('[facts.tags]\nvalue = "none"\nevidence = "inferred"\nsourse = "x"', "facts.tags.sourse: Extra inputs are not permitted"),
    "a fact that nobody asks for": ('[facts.tittle_max]\nvalue = 255\nevidence = "inferred"', "facts.tittle_max: no fact of this name is asked for. Did you mean 'title_max'?"),
    "a value that nobody understands": ('[facts.assignees]\nvalue = "double"\nevidence = "inferred"', "facts.assignees.value: 'double' is none of 'single'"),
    "an evidence that there is not": ('[facts.tags]\nvalue = "none"\nevidence = "hearsay"', "facts.tags.evidence: Input should be"),
    "a document without an address": ('[facts.tags]\nvalue = "none"\nevidence = "vendor"', 'facts.tags: evidence = "vendor" needs a source'),
    "no TOML": ("[facts", "integrations/x.toml: Expected"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_profile_is_refused_with_its_file_and_key(text, message):
    """A data file that holds a slip is no profile: the error says where it is."""
    head = 'slug = "x"\nname = "X"\n[resources]\ntickets = ["list"]\n'
    with pytest.raises(tt.errors.SetupError) as refused:
        profile_file.read(f"{head}{text}\n", "integrations/x.toml")
    assert str(refused.value).startswith("integrations/x.toml: ")
    assert message in str(refused.value)
