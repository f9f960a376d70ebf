"""What a plan says of a change before it is sent: documented to fail blocks, inferred warns, and everything says what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.actions import Action, correct
from truto_tickets_nb.integrations.profile import profile
from truto_tickets_nb.plans.account_schema import AccountSchema, Custom
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.problem import CODES
from truto_tickets_nb.plans.request_spec import RequestSpec, request_spec_of
from truto_tickets_nb.plans.rules import RuleContext, notes, problems, run_rules
from truto_tickets_nb.plans.rules.context import Rule, RuleFinding

HTML = "<p>Hello <b>team</b></p>"


def text(field, before, after):
    return Change(field, before, after, before, after)


def one(field, before, after):
    return Change(field, before, after, before and {"id": before}, after and {"id": after})


def many(field, before, after):
    return Change(field, before, after, [{"id": x} for x in before], [{"id": x} for x in after])


def told(slug, *changes, learnt=None, record=None, **asked):
    known = learnt or AccountSchema()
    request_spec = request_spec_of(profile(slug), known, {change.field for change in changes}, **asked)
    book = RuleContext(
        profile(slug),
        known,
        request_spec,
        {"7": record or {"id": "7", "workspace": {"id": "w"}, "etag": "e", "ticket_type": {"id": "issue"}}},
    )
    patches = (Patch("7", "Refund", changes),)
    return list(problems(patches, book)), list(map(str, notes(patches, book)))


@pytest.mark.parametrize(
    ("slug", "change", "reason", "blocking"),
    [
        ("jira", many("assignees", ("a",), ("a", "b")), "holds one assignee", True),
        ("helpshift", many("assignees", ("a",), ("a", "b")), "holds one assignee (our assumption)", False),
        ("jira", many("tags", (), ("two words",)), "takes no tags with spaces", True),
        ("asana", many("tags", (), ("x",)), "only when a ticket is made", False),
        ("helpscout", many("tags", (), ("x",)), "by a call of its own", False),
        ("wrike", many("assignees", ("a", "b"), ("a",)), "removes nothing that it leaves out", False),
        ("microsoftplanner", text("name", "a", "x" * 256), "is 256 characters long", True),
        ("jira", text("name", "a", "x" * 256), "is 256 characters long", False),
        ("jira", text("name", "a", " "), "without a title", False),
        ("trello", text("description", "a", "x" * 16385), "16,385 characters long", False),
        ("azuredevops", text("description", "a", "x" * 1000001), "1,000,001 characters long", True),
        ("freshdesk", text("due_date", None, "2020-01-01T00:00:00Z"), "lies in the past, and Freshdesk takes only", False),
        ("freshdesk", text("description", HTML, "Hello team"), "came back as HTML, and plain text goes out", False),
        ("asana", text("description", "Hello", HTML), "holds HTML tags, and Asana takes plain text", False),
        ("jira", text("description", "Hello", "Hello!"), "rich document", False),
        ("helpscout", text("description", "a", "b"), "first message of a conversation", False),
        ("bitbucket", one("status", "open", "resolved"), "closes the ticket, and Bitbucket may mail people", False),
        ("freshdesk", one("status", "Closed", "Open"), "opens a closed ticket again", False),
        ("todoist", text("due_date", "2026-01-01", None), "empties each field in its own way", False),
        ("helpshift", text("priority", "x", None), "nobody documents what emptying does", False),
        ("hive", text("items", None, "x"), "is probably not taken by Hive", False),
        ("zendesk", text("name", "a", "b"), "Truto documents no update of tickets for Zendesk", True),
    ],
)  # fmt: skip
def test_rule(slug, change, reason, blocking):
    """Each rule names the tool, how it is known, and blocks only what is documented to fail."""
    found = [problem for problem in told(slug, change)[0] if reason in problem.message]
    assert [problem.severity == "error" for problem in found] == [blocking]
    assert str(found[0]).endswith((".", "?"))


@pytest.mark.parametrize(
    ("slug", "change"),
    [
        ("jira", many("assignees", ("a",), ("b",))),
        ("trello", many("assignees", ("a",), ("a", "b"))),
        ("jira", text("name", "a", "b")),
        ("asana", text("due_date", "2026-01-01", None)),
        ("jira", one("status", "To Do", "In Progress")),
        ("asana", many("assignees", ("a",), ())),
    ],
)
def test_ordinary_changes_are_no_problem(slug, change):
    """A change that the tool takes, as far as is known, raises nothing."""
    assert told(slug, change)[0] == []


def test_own_schema_wins_over_the_files():
    """What the account lists is taken, whatever we assumed; what it does not list blocks."""
    taken = told("hive", text("items", None, "x"), learnt=AccountSchema(writable=frozenset({"items"})))[0]
    refused = told("hive", text("name", "a", "b"), learnt=AccountSchema(writable=frozenset({"items"})))[0]
    assert [p for p in taken if "taken" in p.message] == []
    assert [(p.severity, p.actions) for p in refused if "update schema" in p.message] == [
        ("error", correct("It takes: items."))
    ]


def test_capabilities_win_over_the_page():
    """An account of a tool outside the 28 that offers updates may use them; one of the 28 that does not, may not."""
    offers, lacks = AccountSchema(methods=("list", "update")), AccountSchema(methods=("list", "get"))
    assert told("zendesk", text("name", "a", "b"), learnt=offers)[0] == []
    assert "by its own capabilities" in told("jira", text("name", "a", "b"), learnt=lacks)[0][0].message


def test_status_of_a_type_that_has_none():
    """Planhat has statuses for issues only: our assumption, so it warns."""
    talk = {"id": "7", "ticket_type": {"id": "conversation", "name": "conversation"}}
    found = told("planhat", one("status", "open", "pending"), record=talk)[0]
    assert [p.severity == "error" for p in found if "type issue only" in p.message] == [False]


def test_fields_that_exclude_each_other():
    """Collections or a parent, not both in one PATCH."""
    found = told("productboard", many("collections", (), ("c",)), one("parent_ticket", None, "8"))[0]
    assert ["plan.drop('parent_ticket')" in str(p) for p in found if "not both" in p.message] == [True]


@pytest.mark.parametrize(
    ("slug", "learnt", "blocking"),
    [("hive", AccountSchema(), False), ("other", AccountSchema(required_query=("workspace_id",)), True)],
)
def test_parameter_that_the_ticket_does_not_give(slug, learnt, blocking):
    """What a PATCH needs and the ticket lacks is told before the first request, with the way out."""
    found = told(slug, text("name", "a", "b"), learnt=learnt, record={"id": "7"})[0]
    assert [
        (p.severity == "error", 'query={"workspace_id": ...}' in str(p)) for p in found if "workspace_id" in p.message
    ] == [(blocking, True)]


def test_field_that_always_goes_along_and_is_missing():
    """A body that must hold a workspace or collections can't be made of a ticket that has neither."""
    found = told(
        "other", text("name", "a", "b"), learnt=AccountSchema(required=("workspace|collections",)), record={"id": "7"}
    )[0]
    assert [p.message for p in found if p.severity == "error"] == [
        "each PATCH needs workspace here, and this ticket has none"
    ]


def test_option_of_a_custom_field():
    """A value that the account's own list of options does not hold is a warning."""
    learnt = AccountSchema(custom=(Custom("region", "Region", "enum", ("EU", "US")),))
    assert told("other", text("custom_fields.region", "EU", "MARS"), learnt=learnt)[0][0].actions == (
        Action("choose", names=("EU", "US")),
    )
    assert told("other", text("custom_fields.region", "EU", "US"), learnt=learnt)[0] == []


@pytest.mark.parametrize(
    ("slug", "change", "said"),
    [
        ("pivotaltracker", text("name", "a", "b"), "ended its tickets on 2025-04-30"),
        ("bitbucket", text("name", "a", "b"), "ended its tickets on 2026-08-20"),
        ("planhat", text("name", "a", "b"), "synced from another system"),
        ("jira", one("status", "To Do", "Done"), "by its workflow"),
        ("jira", text("name", "a", "b"), "quiet=True"),
        ("asana", text("due_date", "2026-01-01", None), "emptied by null"),
        ("microsoftplanner", text("name", "a", "b"), "own etag in its address"),
        ("other", text("name", "a", "b"), "Nothing is written down about other"),
    ],
)  # fmt: skip
def test_note(slug, change, said):
    """What sending does besides stands in the plan as a sentence."""
    assert [note for note in told(slug, change)[1] if said in note]


def test_note_on_quiet():
    """Asked for, the switch is shown with its parameter."""
    found = told("jira", text("name", "a", "b"), quiet=True)[1]
    assert [note for note in found if "remote_query[notifyUsers]=false" in note]


def test_rounds_are_told():
    """Where each field wants a PATCH of its own, the requests are counted."""
    found = told("helpscout", text("name", "a", "b"), one("status", "a", "b"))[1]
    assert [note for note in found if "2 requests for 1 tickets" in note]


def test_what_goes_along_is_told():
    """Fields and parameters that go along unasked stand in the plan."""
    learnt = AccountSchema(required=("workspace|collections",))
    found = told("other", text("name", "a", "b"), learnt=learnt, query={"organization": {"id": "7"}})[1]
    assert [note for note in found if "own workspace, or collections unchanged" in note]
    assert [note for note in found if note == "organization[id]=7 goes along with each PATCH, as you asked."]


def test_nothing_is_said_of_nothing():
    """An empty plan has no problems and no notes."""
    book = RuleContext(profile("zendesk"), request_spec=RequestSpec())
    assert (list(problems((), book)), list(notes((), book))) == ([], [])


def test_a_new_rule_is_a_function_and_a_row(monkeypatch):
    """Whatever is in the table is asked about each change, each ticket and the whole plan, and its findings are problems of the plan."""

    def no_exclamation_marks(change, context):
        if change.field == "name" and "!" in str(change.new):
            yield RuleFinding("text.too_long", "", "shouts")

    rule = Rule(("text.too_long",), of_change=no_exclamation_marks)
    monkeypatch.setattr(run_rules, "RULES", (*run_rules.RULES, rule))
    with tt.sandbox("jira", tickets=2, limit=None) as account:
        snapshot = account.load(progress=False)
        df = snapshot.frame()
        df["name"] = ["Help!", "Help"]
        assert [(problem.ticket, problem.message) for problem in snapshot.plan(df).warnings] == [
            (df.index[0], "shouts")
        ]


def test_each_rule_names_the_codes_of_its_findings():
    """A reader of the table knows every problem that the rules can raise, and no other is raised."""
    named = {code for rule in run_rules.RULES for code in rule.codes}
    folder = Path(run_rules.__file__).parent
    raised = {
        code
        for path in folder.glob("*.py")
        for code in re.findall(r'RuleFinding\(\s*"([a-z_.]+)"', path.read_text("utf-8"))
    }
    assert raised == named <= set(CODES)
    assert all(rule.of_change or rule.of_ticket or rule.of_plan for rule in run_rules.RULES)
