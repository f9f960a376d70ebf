"""How a PATCH is made: what goes along, what goes out apart, and that a plan remembers it."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truto_tickets_nb.errors import PlanError
from truto_tickets_nb.integrations.profile import profile
from truto_tickets_nb.plans.account_schema import AccountSchema, Custom
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.plans.request_spec import READ, RequestSpec, request_spec_of, silence

FIELDS = ("name", "status", "description", "custom_fields.a", "custom_fields.b", "due_date")
ways = st.builds(
    RequestSpec,
    query=st.lists(st.sampled_from(["etag", "workspace_id"]), unique=True).map(tuple),
    fixed=st.dictionaries(st.sampled_from(["organization"]), st.fixed_dictionaries({"id": st.text("ab", min_size=1)})),
    carry=st.sampled_from([(), ("workspace",), ("workspace|collections",)]),
    whole_custom_fields=st.booleans(),
    apart=st.sampled_from([(), ("*",), ("description",), ("custom_fields", "name")]),
    read=st.sampled_from([None, READ]),
)
changes = st.lists(st.sampled_from(FIELDS), unique=True, min_size=1).map(
    lambda names: tuple(Change(name, "a", "b", "a", "b") for name in names)
)


@given(ways, changes)
def test_rounds_hold_every_change_once(way, wanted):
    """Split as it may be, all of it goes out, nothing twice, custom fields together, and what wants to be alone is alone."""
    rounds = way.rounds(wanted)
    assert sorted(change.field for part in rounds for change in part) == sorted(change.field for change in wanted)
    bodies = [set(way.body(part, {})) - {"workspace"} for part in rounds]
    assert sum(map(len, bodies)) == len(set().union(*bodies))
    assert all(len(body) == 1 for body in bodies if "*" in way.apart or body & set(way.apart))


@given(ways, changes)
def test_plan_remembers_its_way(way, wanted):
    """Saved and read back, a plan is sent in the same way and has the same fingerprint."""
    plan = Plan("acc", "other", (Patch("7", "x", wanted),), way=way)
    again = Plan.from_json(plan.to_json())
    assert (again.way, again.fingerprint, again.requests) == (way, plan.fingerprint, 2 * len(way.rounds(wanted)))


def test_what_goes_along_is_part_of_the_fingerprint():
    """A plan that sends something else besides is another plan."""
    plan = Plan("acc", "jira", (Patch("7", "x", (Change("name", "a", "b", "a", "b"),)),))
    ways = (
        RequestSpec(),
        RequestSpec(("etag",)),
        RequestSpec(fixed={"organization": {"id": "7"}}),
        RequestSpec(carry=("workspace",)),
        RequestSpec(apart=("*",)),
    )
    assert (
        len({Plan("acc", "jira", plan.patches, way=way).fingerprint for way in ways} | {plan.quietly().fingerprint})
        == 6
    )


def test_run_of_an_earlier_version_is_read():
    """A journal still holds plans of the time before there was a way, with a shorter fingerprint; a file like that is refused."""
    plan = Plan(
        "acc",
        "microsoftplanner",
        (Patch("7", "x", (Change("name", "a", "b", "a", "b"),)),),
        way=RequestSpec(("etag",), read=READ),
    )
    saved = orjson.loads(plan.to_json())
    saved["plan"] = {**{key: value for key, value in saved["plan"].items() if key != "way"}, "query": ["etag"]}
    saved["fingerprint"] = plan.fingerprint[:16]
    assert Plan.from_journal(orjson.dumps(saved)) == plan
    with pytest.raises(PlanError, match="An earlier version of this toolkit saved this plan"):
        Plan.from_json(orjson.dumps(saved))


@pytest.mark.parametrize(
    ("query", "record", "parameters", "missing"),
    [
        (("etag",), {"etag": 'W/"1+/="'}, {"etag": 'W/"1+/="'}, ()),
        (("workspace_id",), {"workspace": {"id": 7}}, {"workspace_id": "7"}, ()),
        (("workspace",), {"workspace": {"id": "7", "name": "Shop"}}, {"workspace": {"id": "7"}}, ()),
        (("ticket_type",), {"ticket_type": "issue"}, {"ticket_type": {"id": "issue"}}, ()),
        (("organization",), {"account": {"id": "7"}}, {"organization": {"id": "7"}}, ()),
        (("organization",), {"organization": {"id": "8"}, "account": {"id": "7"}}, {"organization": {"id": "8"}}, ()),
        (("etag", "workspace_id"), {"etag": ""}, {}, ("etag", "workspace_id")),
        (("odd",), {"odd": 5}, {"odd": 5}, ()),
    ],
)
def test_parameters_come_from_the_ticket(query, record, parameters, missing):
    """Each parameter is taken from the ticket in the form that the page documents, or named as missing."""
    assert RequestSpec(query).parameters(record) == (parameters, missing)


def test_parameters_of_the_analyst_go_before():
    """What was given for all tickets is not taken from each."""
    way = RequestSpec(("organization",), fixed={"organization": {"id": "1"}}, read=READ)
    assert way.parameters({"organization": {"id": "2"}}) == ({**READ, "organization": {"id": "1"}}, ())


def test_body_carries_what_always_goes_along():
    """A field goes along unchanged, in the form of a body, unless one that stands for it changes."""
    way = RequestSpec(carry=("workspace|collections",), whole_custom_fields=True)
    record = {"workspace": {"id": "w", "name": "Shop"}, "custom_fields": {"a": 1, "b": 2}}
    one, two = Change("custom_fields.a", "1", "3", 1, 3), Change("collections", (), ("c",), [], [{"id": "c"}])
    assert way.body((one,), record) == {"custom_fields": {"a": 3, "b": 2}, "workspace": "w"}
    assert way.body((two,), record) == {"collections": [{"id": "c"}]}


def test_account_wins_and_profile_adds():
    """What the account requires is added to what the profile knows; quiet adds the switch; the tool's own record is never asked for."""
    learnt = AccountSchema(required=("workspace",), required_query=("etag", "organization"))
    way = request_spec_of(
        profile("microsoftplanner"), learnt, {"remote_data"}, query={"organization": {"id": "1"}}, carry=["name"]
    )
    assert (way.query, way.carry, way.apart, way.read) == (
        ("etag", "organization"),
        ("workspace", "name"),
        ("description",),
        READ,
    )
    assert request_spec_of(profile("jira"), AccountSchema(), {"name"}, quiet=True).fixed == {
        "remote_query": {"notifyUsers": "false"}
    }


def test_parameter_that_cannot_be_sent_is_refused_at_once():
    """What a query can't hold is refused while planning, with the name of the parameter."""
    with pytest.raises(PlanError, match=r"organization\[id\] the value None"):
        request_spec_of(profile("jira"), AccountSchema(), {"name"}, query={"organization": {"id": None}})


def test_silence_without_a_switch_is_refused():
    """Where nobody documents a switch, silence is not promised."""
    with pytest.raises(PlanError, match="no switch is documented that keeps Freshdesk from telling"):
        silence(profile("freshdesk"))


def test_learnt_is_saved_and_read():
    """What an account told survives a file."""
    learnt = AccountSchema(
        frozenset({"name"}),
        ("a|b",),
        ("etag",),
        ("x",),
        {"status": ("open",)},
        ("name",),
        None,
        (Custom("k", options=("o",)),),
        ("n",),
    )
    assert AccountSchema.of_json(orjson.loads(orjson.dumps(learnt.to_json()))) == learnt
    assert AccountSchema.of_json({}) == AccountSchema()
