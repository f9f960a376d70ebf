"""What goes along with each PATCH: every parameter is known, of the right form, shown as it is sent, and silence is only claimed where it is asked for."""

from __future__ import annotations

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from page import QUERY

import truto_tickets_nb as tt
from truto_tickets_nb.api.address import query_pairs
from truto_tickets_nb.errors import ArgumentError, PlanError
from truto_tickets_nb.integrations.profile import profile
from truto_tickets_nb.plans.account_schema import AccountSchema
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.plans.request_parameters import PARAMETERS, REFUSED, parameters
from truto_tickets_nb.plans.request_spec import request_spec_of


def ticket(key, **more):
    return {"id": str(key), "name": f"Ticket {key}", "status": {"id": "o", "name": "Open"}, "tags": [], **more}


@pytest.fixture(scope="module")
def jira():
    with tt.sandbox(
        "jira", tickets=[ticket(1), ticket(2), ticket(3, status={"id": "d", "name": "Done"})], limit=None
    ) as account:
        yield account


def renamed(account, **options):
    snapshot = account.load(progress=False)
    return snapshot.plan(snapshot.frame().assign(name="x"), **options)


def sent(account):
    """Read the query of the last PATCH."""
    return [seen for seen in account.sandbox.requests() if seen.method == "PATCH"][-1].query


def told(plan):
    """Read a plan as text, without its line ends."""
    return " ".join(repr(plan).split())


def test_table_is_the_page():
    """Every query parameter of the page is known here, and may go along or says why not."""
    assert {*PARAMETERS, *REFUSED} >= {*QUERY}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"integrated_account_id": "11111111-1111-4111-8111-111111111111"}, "names the account"),
        ({"truto_respons_format": "raw"}, "Did you mean truto_response_format"),
        ({"TRUTO_IGNORE_REMOTE_DATA": True}, "Did you mean truto_ignore_remote_data"),
        ({"workspaceid": "7"}, "Did you mean workspace_id"),
        ({"notifyUsers": "false"}, 'go into "remote_query"'),
        ({"remote_query[closed]": True}, r'write it as {"remote_query": {"closed": ...}}'),
        ({"truto_skip_api_call": True}, "never sent with a change"),
        ({"truto_body_passthrough": True}, "remote_data"),
        ({7: "x"}, "holds 7"),
        ({"truto_response_format": "nonsense"}, 'give "unified"'),
        ({"truto_response_format": "raw"}, "can be compared"),
        ({"truto_response_format": "stream"}, "can be compared"),
        ({"truto_response_format": ["unified"]}, "can be compared"),
        ({"truto_ignore_remote_data": "perhaps"}, "True or False"),
        ({"truto_ignore_remote_data": 1}, "True or False"),
        ({"truto_exclude_fields": "tag"}, "field names"),
        ({"truto_exclude_fields": [7]}, "field names"),
        ({"remote_query": "closed=true"}, "give a dict"),
        ({"remote_query": {}}, "the value {}"),
        ({"remote_query": {"a": float("nan")}}, r"remote_query[a] the value nan"),
        ({"remote_query": {"a": [1, None]}}, r"remote_query[a][] the value None"),
        ({"remote_query": {"a[b]": 1}}, "without brackets"),
        ({"remote_query": {7: 1}}, "the key 7"),
        ({"organization": "7"}, 'such as {"id": "7"}'),
        ({"workspace": ["7"]}, 'such as {"id": "7"}'),
        ({"workspace_id": True}, "one id"),
        ({"etag": 7}, "a text"),
        ({"ticket_type": 7}, "or a text"),
        ("closed=true", "a dict of parameters"),
        ([("a", 1)], "a dict of parameters"),
    ],
)  # fmt: skip
def test_parameter_that_cannot_be_meant_is_refused(jira, query, said):
    """A parameter of another account, one that nobody knows, a value of another form: refused before anything is planned."""
    with pytest.raises((PlanError, ArgumentError)) as error:
        renamed(jira, query=query)
    assert said in str(error.value)


def test_parameters_of_the_account_are_taken():
    """What the account's own schema names may go along, whatever the page knows."""
    learnt = AccountSchema(required_query=("board",), optional_query=("sprint",))
    assert parameters({"board": "b", "sprint": 4}, profile("other"), learnt) == {"board": "b", "sprint": 4}
    with pytest.raises(PlanError, match="this account's schema knows"):
        parameters({"board": "b"}, profile("other"), AccountSchema())


@pytest.mark.parametrize(
    ("carry", "said"),
    [("worspace", "Did you mean workspace"), (["remote_data"], "no field that"), (["html_description"], "no field that"), (["etag"], "no field"),
     (["workspace|colections"], "Did you mean collections"), (["custom_fields.a"], "Did you mean custom_fields"), ([""], "no field")],
)  # fmt: skip
def test_field_that_cannot_go_along_is_refused(jira, carry, said):
    """A field that a ticket does not answer, or a PATCH does not take, can't go along unchanged: above all not the vendor's raw record."""
    with pytest.raises(PlanError, match=said):
        renamed(jira, carry=carry)


values = st.recursive(
    st.one_of(st.text("ab &=é", min_size=1).filter(str.strip), st.integers(-5, 5), st.booleans(), st.sampled_from([0.5, 2.0])),
    lambda inner: st.one_of(st.lists(inner, min_size=1, max_size=2), st.dictionaries(st.text("kx", min_size=1, max_size=3), inner, min_size=1, max_size=2)),
    max_leaves=4,
)  # fmt: skip


@settings(max_examples=examples(60), deadline=None)
@given(st.dictionaries(st.text("abcK", min_size=1, max_size=4), values, min_size=1, max_size=3))
def test_every_parameter_is_shown_as_it_is_sent(remote):
    """Whatever goes along, nested as it may be, stands in the plan word for word as on the wire, and silence is not claimed."""
    change = Change("name", "a", "b", "a", "b")
    request_spec = request_spec_of(profile("jira"), AccountSchema(), {"name"}, query={"remote_query": remote})
    plan = Plan("acc", "jira", (Patch("1", "x", (change,)),), request_spec=request_spec).noted()
    sent = [f"{key}={value}" for key, value in query_pairs({"remote_query": remote})]
    assert [
        note for note in map(str, plan.notes) if all(part in note for part in sent) and "along with each PATCH" in note
    ]
    assert "Quiet" not in repr(plan)
    assert set(query_pairs(request_spec.parameters({})[0])) >= set(query_pairs({"remote_query": remote}))


def test_one_parameter_reads_as_a_sentence(jira):
    """The sentence of the plan is that of the address."""
    plan = renamed(jira, query={"remote_query": {"closed": True}})
    assert "remote_query[closed]=true goes along with each PATCH, as you asked." in told(plan)
    run = jira.apply(plan, confirm=3, progress=False)
    assert run.counts == {"applied": 3}
    assert sent(jira)["remote_query"] == {"closed": "true"}
    for follower in (run.undo(), plan.only("1"), plan.split(1)[1], tt.Plan.from_json(plan.to_json())):
        assert "remote_query[closed]=true goes along with each PATCH" in told(follower)


@pytest.mark.parametrize(
    ("options", "silent"),
    [
        ({}, False),
        ({"quiet": True}, True),
        ({"query": {"remote_query": {"overrideScreenSecurity": "true"}}}, False),
        ({"query": {"remote_query": {"notifyUsers": "true"}}}, False),
        ({"query": {"remote_query": {"notifyUsers": True}}}, False),
        ({"query": {"remote_query": {"notifyusers": "false"}}}, False),
        ({"query": {"remote_query": {"notifyUsers": False}}}, True),
        ({"query": {"remote_query": {"notifyUsers": "false"}}}, True),
        ({"query": {"remote_query": {"overrideScreenSecurity": True}}, "quiet": True}, True),
        ({"query": {"remote_query": {"notifyUsers": False}}, "quiet": True}, True),
    ],
)  # fmt: skip
def test_silence_is_claimed_where_its_parameter_goes_along(jira, options, silent):
    """The very parameter with the very value: in the notes, and in the warning of a change of status that people hear of."""
    snapshot = jira.load(progress=False)
    plan = snapshot.plan(snapshot.frame().assign(status="Done"), **options)
    words = told(plan)
    assert ("Quiet:" in words, "is asked to mail nobody" in words, "may mail people about it" in words) == (
        silent,
        silent,
        not silent,
    )
    assert ("remote_query[notifyUsers]=false" in words) == silent
    others = [
        text for text in ("overrideScreenSecurity", "notifyusers=false", "notifyUsers]=true") if text in str(options)
    ]
    assert all(text in words for text in others)


def test_quiet_and_another_parameter_go_together():
    """Both are sent and shown; a value that quiet= contradicts is refused, also when a plan is made quiet later."""
    query = {"remote_query": {"overrideScreenSecurity": True}}
    with tt.sandbox("jira", tickets=[ticket(1)], limit=None) as account:
        loud = renamed(account, query=query)
        for plan, quiet in ((loud.quietly(), False), (renamed(account, query=query, quiet=True), False), (loud, True)):
            run = account.apply(plan, confirm=plan.fingerprint, quiet=quiet, progress=False)
            assert sent(account)["remote_query"] == {"overrideScreenSecurity": "true", "notifyUsers": "false"}
            assert {"Quiet:", "remote_query[overrideScreenSecurity]=true"} <= {*told(run.plan).split()}
            account.apply(run.undo(), confirm=1, progress=False)
        contrary = {"remote_query": {"notifyUsers": "true"}}
        with pytest.raises(PlanError, match="leave one of the two out"):
            renamed(account, query=contrary, quiet=True)
        with pytest.raises(PlanError, match="leave one of the two out"):
            account.apply(renamed(account, query=contrary), confirm=1, quiet=True, progress=False)
        assert "asks it not to" in told(loud)
        assert "asks it not to" not in told(loud.quietly())


def test_account_of_a_request_is_never_another():
    """Whatever a query holds, the account of a connection is its own: in requests and in programs."""
    with tt.sandbox("jira", tickets=[ticket(1)], limit=None) as account:
        account._client.get("1", query={"integrated_account_id": "another"})
        assert account.sandbox.requests()[-1].query["integrated_account_id"] == account.id
