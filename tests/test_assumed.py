"""An assumption never blocks: only what Truto or the vendor documents in its own words, or what the account itself says, does."""

from __future__ import annotations

from dataclasses import asdict, replace

import orjson
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import truto_tickets_nb as tt
from truto_tickets_nb.integrations.facts import QUESTIONS
from truto_tickets_nb.integrations.profile import Fact, Profile, profile, slugs
from truto_tickets_nb.plans.account_schema import AccountSchema
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.compare.parse_cells import CellProblem, Reader
from truto_tickets_nb.plans.request_spec import RequestSpec, request_spec_of
from truto_tickets_nb.plans.rules import RuleContext, notes, problems
from truto_tickets_nb.runs.recheck import judged
from truto_tickets_nb.runs.verify import after_sending, between
from truto_tickets_nb.tickets.choices import Choice, Choices
from truto_tickets_nb.tickets.fields import FIELDS

WHOLE = {
    "id": "7",
    "workspace": {"id": "w"},
    "etag": "e",
    "ticket_type": {"id": "conversation"},
    "collections": [{"id": "c"}],
}
BARE = {"id": "7", "ticket_type": {"id": "conversation", "name": "conversation"}}
PAGE = "https://developers.asana.com/docs"  # a source that bears out the evidence "vendor"


def provoking():
    """Make changes that offend every rule there is: too long, too many, with blanks, new, in the past, emptied, of a wrong type."""
    texts = [Change(name, "a", "x" * 2_000_000, "a", "x" * 2_000_000) for name in ("name", "description")]
    people = [{"id": str(number)} for number in range(3)]
    return (
        *texts,
        Change("assignees", ("a",), ("a", "b", "c"), people[:1], people),
        Change("tags", ("a", "b"), ("new one",), [{"id": "a"}, {"id": "b"}], [{"name": "new one"}]),
        Change("collections", ("c",), ("d",), [{"id": "c"}], [{"id": "d"}]),
        Change("parent_ticket", None, "8", None, {"id": "8"}),
        Change("status", "Open", "Closed", {"id": "1"}, {"id": "2"}),
        Change("due_date", None, "2001-01-01", None, "2001-01-01"),
        Change("priority", "High", None, {"id": "1"}, None),
        *(
            Change(name, None, "x", None, "x")
            for name in ("items", "source", "workspace", "html_description", "number")
        ),
        Change("custom_fields.region", "EU", "US", "EU", "US"),
    )


def blocked(known, learnt, record, changes=None):
    changes = changes or provoking()
    request_spec = request_spec_of(known, learnt, {change.field for change in changes})
    book = RuleContext(known, learnt, request_spec, {"7": record})
    return [problem for problem in problems((Patch("7", "Refund", changes),), book) if problem.severity == "error"]


@pytest.mark.parametrize("record", [WHOLE, BARE], ids=["whole ticket", "bare ticket"])
@pytest.mark.parametrize("slug", slugs())
def test_no_rule_blocks_on_assumed_facts(slug, record):
    """With all facts of a profile lowered to assumptions, no rule blocks anything, whatever is changed."""
    assert blocked(profile(slug).as_assumed(), AccountSchema(), record) == []


@pytest.mark.parametrize("slug", slugs())
def test_what_blocks_is_documented(slug):
    """What blocks with the profile as it is, no longer does without its documented facts; each reason says who documents it."""
    found = blocked(profile(slug), AccountSchema(), WHOLE)
    assert all("documented by" in problem.message for problem in found)


VALUES = {
    "status_for_types": ["issue"],
    "assignees": "single",
    "tags": st.sampled_from(["free", "listed", "none"]),
    "tag_spaces": False,
    "due_date": st.sampled_from(["date", "datetime", "none"]),
    "due_date_ahead": True,
    "title_max": st.integers(1, 300),
    "description_max": st.integers(1, 300),
    "description_format": st.sampled_from(["text", "html", "markdown", "rich", "messages"]),
    "either": ["collections", "parent_ticket"],
    "required_query": ["workspace_id"],
    "writable": ["name"],
    "ended": "2020-01-01",
    "clear": st.sampled_from(["null", "empty_text", "operation", "by_field"]),
    **{f"{name}_write": st.sampled_from(["replace", "merge", "create_only", "separate"]) for name in ("tags", "assignees", "collections")},
}  # fmt: skip
FACTS = st.fixed_dictionaries(
    {name: value if isinstance(value, st.SearchStrategy) else st.just(value) for name, value in VALUES.items()}
)
UNPROVED = st.sampled_from(
    [
        ("inferred", ""), ("unknown", ""), ("vendor", ""), ("truto", ""), ("vendor", "https://glama.ai/mcp"),
        ("vendor", "https://github.com/rwjdk/trello-dotnet"), ("truto", "https://truto.one/blog"),
    ]
)  # fmt: skip


@settings(max_examples=examples(60), deadline=None)
@given(FACTS, UNPROVED)
def test_no_invented_profile_blocks_without_a_source(values, unproved):
    """Whatever a data file may come to say, without a source of Truto's or the vendor's it only warns."""
    evidence, source = unproved
    known = Profile("jira", "Any tool", facts={name: Fact(value, evidence, source) for name, value in values.items()})
    assert blocked(known, AccountSchema(), BARE) == []


def test_the_same_profile_blocks_with_a_source():
    """The law above is not empty: documented, the very same facts do block."""
    values = {"assignees": "single", "title_max": 5, "tag_spaces": False, "due_date_ahead": True, "tags": "listed"}
    known = Profile("jira", "Any tool", facts={name: Fact(value, "vendor", PAGE) for name, value in values.items()})
    assert {problem.field for problem in blocked(known, AccountSchema(), WHOLE)} == {
        "assignees",
        "name",
        "tags",
        "due_date",
    }


def test_the_account_itself_blocks():
    """What the account says at run time blocks whatever the files hold: fields it does not list, updates it does not offer."""
    known = profile("hive").as_assumed()
    assert {p.field for p in blocked(known, AccountSchema(writable=frozenset({"name"})), WHOLE)} > {"status", "tags"}
    assert [p.field for p in blocked(known, AccountSchema(methods=("list",)), WHOLE)] == [""]


CELLS = {"set": ("new one",), "reference": "Open", "date": "2026-12-24", "words": ("en",), "any": {"id": "x"}}


@pytest.mark.parametrize("slug", slugs())
def test_no_cell_is_refused_by_an_assumed_fact(slug):
    """A cell is read alike with and without the assumed facts of a profile: no assumption turns a value into a trouble."""
    assumed, nothing = profile(slug).as_assumed(), Profile(slug, slug)
    for row in (row for row in FIELDS.values() if row.writable):
        choices = {row.choices: Choices(row.choices, (Choice("1", "Open"),))} if row.choices else {}
        cell = CELLS.get(row.kind.word, "text")
        read = [Reader(choices, known, {}).read(row, cell, None, "") for known in (assumed, nothing)]
        assert isinstance(read[0], CellProblem) == isinstance(read[1], CellProblem), row.name


def test_an_account_whose_mapping_was_changed_only_warns():
    """With env_overridden in its capabilities, two assignees for Jira warn, and page and plan say why."""
    with tt.sandbox("jira", tickets=5, limit=None) as account:
        snapshot = account.load(progress=False)
        names = snapshot.choices["users"].names()[:2]
        lowered = replace(snapshot, learnt=replace(snapshot.learnt, overridden=True))
        plans = [shot.plan(shot.frame().assign(assignees=[tuple(names)] * 5)) for shot in (snapshot, lowered)]
        assert [len(plan.blocking) > 0 for plan in plans] == [True, False]
        assert [any("env_overridden" in str(note) for note in plan.notes) for plan in plans] == [False, True]


def test_every_fact_that_decides_is_among_those_invented():
    """The facts that rules read are all tried above: a new one has to be added there."""
    silent = {
        "partial_list", "optional_query", "status_model", "status_values", "status_per_workspace", "ticket_type_values", "collection_types",
        "custom_fields_whole", "apart", "concurrency", "limit", "limit_status", "limit_headers", "lockout", "write_cost", "notifies", "quiet",
        "validate", "synced", "history",
    }  # fmt: skip
    assert set(QUESTIONS) == silent | set(VALUES)


UNREAD = AccountSchema(readable=frozenset({"id", "name"}), unseen=(("body", '{"source":"api"}'),), steps=2)
CHANGES = (
    Change("priority", None, "High", None, {"id": "2"}),
    Change("custom_fields.region", None, "EU", None, "EU"),
    Change("name", "a", "b", "a", "b"),
)


def test_notes_tell_what_the_account_adds():
    """What Truto adds unseen, what can't be read back and how many calls a PATCH makes stand in the plan."""
    known = profile("jira")
    request_spec = request_spec_of(known, UNREAD, {change.field for change in CHANGES})
    told = " ".join(map(str, notes((Patch("7", "Refund", CHANGES),), RuleContext(known, UNREAD, request_spec))))
    assert 'Truto adds to the body of each PATCH what the account\'s own schema says: {"source":"api"}' in told
    assert "Can't be verified after sending: custom_fields.region, priority." in told
    assert "Each PATCH makes 3 calls in Jira" in told


def test_what_the_account_never_answers_is_not_judged():
    """A field that the account's answers never hold is neither ignored nor rewritten: nobody can tell, before a resume as well."""
    request_spec = request_spec_of(profile("jira"), UNREAD, {change.field for change in CHANGES})
    answer = {"id": "7", "name": "b"}
    found = after_sending(CHANGES, answer, {"id": "7", "name": "a"}, unread=request_spec.unread)
    assert [item.verdict for item in found] == ["missing", "missing", "applied"]
    assert judged(Patch("7", "Refund", CHANGES), found).reason == (
        "priority, custom_fields.region can't be read back here, so nobody can verify it."
    )
    assert [item.verdict for item in between(CHANGES, answer, request_spec.unread)] == ["open", "open", "applied"]
    answered = after_sending(CHANGES[:1], {"id": "7", "priority": None}, unread=request_spec.unread)
    assert [item.verdict for item in answered] == ["ignored"]  # an answer that does hold it is believed
    assert RequestSpec.of_json(orjson.loads(orjson.dumps(asdict(request_spec)))) == request_spec
