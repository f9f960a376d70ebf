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
def test_rounds_hold_every_change_once(request_spec, wanted):
    """Split as it may be, all of it goes out, nothing twice, custom fields together, and what wants to be alone is alone."""
    rounds = request_spec.rounds(wanted)
    assert sorted(change.field for part in rounds for change in part) == sorted(change.field for change in wanted)
    bodies = [set(request_spec.body(part, {})) - {"workspace"} for part in rounds]
    assert sum(map(len, bodies)) == len(set().union(*bodies))
    assert all(len(body) == 1 for body in bodies if "*" in request_spec.apart or body & set(request_spec.apart))


@given(ways, changes)
def test_plan_remembers_its_way(request_spec, wanted):
    """Saved and read back, a plan is sent in the same way and has the same fingerprint."""
    plan = Plan("acc", "other", (Patch("7", "x", wanted),), request_spec=request_spec)
    again = Plan.from_json(plan.to_json())
    assert (again.request_spec, again.fingerprint, again.requests) == (
        request_spec,
        plan.fingerprint,
        2 * len(request_spec.rounds(wanted)),
    )


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
        len(
            {Plan("acc", "jira", plan.patches, request_spec=request_spec).fingerprint for request_spec in ways}
            | {plan.quietly().fingerprint}
        )
        == 6
    )


def test_plan_of_an_earlier_version_is_refused():
    """A saved plan carries the version of its form; an older one is refused with one sentence, and no half of it is read."""
    saved = orjson.loads(Plan("acc", "microsoftplanner").to_json())
    saved["truto_tickets_plan"] -= 1
    with pytest.raises(PlanError, match="An earlier version of this toolkit saved this plan"):
        Plan.from_json(orjson.dumps(saved))


def test_parameters_of_the_analyst_go_before():
    """What was given for all tickets is not taken from each."""
    request_spec = RequestSpec(("organization",), fixed={"organization": {"id": "1"}}, read=READ)
    assert request_spec.parameters({"organization": {"id": "2"}}) == ({**READ, "organization": {"id": "1"}}, ())


def test_body_carries_what_always_goes_along():
    """A field goes along unchanged, in the form of a body, unless one that stands for it changes."""
    request_spec = RequestSpec(carry=("workspace|collections",), whole_custom_fields=True)
    record = {"workspace": {"id": "w", "name": "Shop"}, "custom_fields": {"a": 1, "b": 2}}
    one, two = Change("custom_fields.a", "1", "3", 1, 3), Change("collections", (), ("c",), [], [{"id": "c"}])
    assert request_spec.body((one,), record) == {"custom_fields": {"a": 3, "b": 2}, "workspace": "w"}
    assert request_spec.body((two,), record) == {"collections": [{"id": "c"}]}


def test_account_wins_and_profile_adds():
    """What the account requires is added to what the profile knows; quiet adds the switch; the tool's own record is never asked for."""
    learnt = AccountSchema(required=("workspace",), required_query=("etag", "organization"))
    request_spec = request_spec_of(
        profile("microsoftplanner"), learnt, {"remote_data"}, query={"organization": {"id": "1"}}, carry=["name"]
    )
    assert (request_spec.query, request_spec.carry, request_spec.apart, request_spec.read) == (
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
