"""An audit says what is there, repairs only through a plan, and says what it could not look at."""

from __future__ import annotations

import json

import numpy as np
import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.audits.check import Check, forget
from truto_tickets_nb.audits.checks import all_checks
from truto_tickets_nb.audits.similarity import spellings
from truto_tickets_nb.audits.statuses import is_closed
from truto_tickets_nb.cli import main

OPEN, DONE = {"id": "1", "name": "Open"}, {"id": "2", "name": "Done"}


def loaded(*records, integration="jira"):
    rows = [{"id": str(100 + n), "name": f"Ticket {n}", **record} for n, record in enumerate(records)]
    with tt.sandbox(integration, tickets=rows, limit=None) as account:
        return account.load(progress=False)


def audited(*records, **options):
    return loaded(*records).audit(progress=False, **options)


CASES = {
    "time.completed_before_created": ({"created_at": "2026-03-02T00:00:00Z", "completed_at": "2026-03-01T00:00:00Z", "status": DONE}, {"created_at": "2026-03-02T00:00:00Z", "completed_at": "2026-03-03T00:00:00Z", "status": DONE}),
    "time.updated_before_created": ({"created_at": "2026-03-02T00:00:00Z", "updated_at": "2026-03-01T00:00:00Z"}, {"created_at": "2026-03-02T00:00:00Z", "updated_at": "2026-03-02T00:00:00Z"}),
    "time.completed_while_open": ({"status": OPEN, "completed_at": "2026-03-01T00:00:00Z"}, {"status": DONE, "completed_at": "2026-03-01T00:00:00Z"}),
    "time.closed_without_completed": ({"status": DONE}, {"status": DONE, "completed_at": "2026-03-01T00:00:00Z"}),
    "due.overdue": ({"status": OPEN, "due_date": "2026-01-01"}, {"status": DONE, "due_date": "2026-01-01"}),
    "due.before_created": ({"created_at": "2026-03-02T00:00:00Z", "due_date": "2026-03-01"}, {"created_at": "2026-03-02T00:00:00Z", "due_date": "2026-03-02"}),
    "age.old": ({"status": OPEN, "created_at": "2020-01-01T00:00:00Z"}, {"status": DONE, "created_at": "2020-01-01T00:00:00Z"}),
    "age.stale": ({"status": OPEN, "updated_at": "2020-01-01T00:00:00Z"}, {"status": OPEN, "updated_at": "2026-05-01T00:00:00Z"}),
    "owner.unassigned": ({"status": OPEN, "assignees": []}, {"status": OPEN, "assignees": [{"id": "u1", "name": "Jo"}]}),
    "text.placeholder_title": ({"name": "???"}, {"name": "Printer"}),
    "text.outer_blanks": ({"name": "Printer "}, {"name": "Printer"}),
    "text.double_blanks": ({"name": "Printer  on fire"}, {"name": "Printer on fire"}),
    "text.control_characters": ({"name": "Printer\x08"}, {"name": "Printer"}),
    "text.zero_width": ({"name": "Prin\u200bter"}, {"name": "👩\u200d💻 laptop, نمی\u200cخواهم"}),
    "text.mojibake": ({"name": "GrÃ¼ÃŸe aus KÃ¶ln"}, {"name": "Grüße aus Köln, SÃO PAULO"}),
    "text.html": ({"name": "<b>Refund</b> please"}, {"name": "<video> is broken, Span<T> & List<int>"}),
    "text.test_tickets": ({"name": "Test - please ignore"}, {"name": "Test failure in printer driver"}),
    "text.empty_description": ({"description": ""}, {"description": "It burns."}),
    "privacy.email:name": ({"name": "ask ada.lovelace@mail.org"}, {"name": "git@github.com:a/b, x@example.com"}),
    "privacy.secret:description": ({"description": "key AKIAABCDEFGHIJKLMNOP"}, {"description": "key AKIA"}),
    "privacy.card:description": ({"description": "4111 1111 1111 1111"}, {"description": "build 4111111111111111"}),
    "privacy.phone:name": ({"name": "call +49 30 1234567"}, {"name": "version 1.2.3-4567"}),
    "privacy.ip:name": ({"name": "no route to 192.168.1.20"}, {"name": "Upgrade jackson to 2.9.10.2"}),
    "columns.mixed:custom_fields.n": ({"custom_fields": {"n": "one"}}, {"custom_fields": {"n": 2}}),
}  # fmt: skip


@pytest.mark.parametrize("key", CASES)
def test_each_check_finds_the_one_and_not_the_other(key):
    """Of two tickets the first is what the check looks for, the second only looks like it."""
    bad, good = CASES[key]
    audit = audited(
        bad,
        good,
        good if key.startswith("columns") else {**good, "name": f"{good.get('name', 'x')}!"},
        now="2026-06-01",
    )
    assert audit[key].ids == ("100",)
    assert audit[key].message
    assert key in audit


def test_every_check_says_what_it_is():
    """A stable id, a severity, a rationale, parameters with defaults: what explain() and the configuration rely on."""
    checks = all_checks()
    assert len(checks) > 45
    for name, check in checks.items():
        assert isinstance(check, Check)
        assert (name, check.rationale.endswith(".")) == (check.id, True)
        assert check.severity in ("high", "medium", "low", "info")
        assert type(check)(**check.parameters()) == check


def test_fixes_go_through_a_draft_and_a_plan_and_help():
    """Nothing is repaired on its own: the fix is steps, the plan shows them, and after applying the finding is gone."""
    rows = [{"id": str(n), "name": f" Ticket  {n} ", "status": OPEN} for n in range(3)]
    with tt.sandbox("jira", tickets=rows, limit=None) as account:
        snapshot = account.load(progress=False)
        audit = snapshot.audit(progress=False)
        draft = snapshot.draft()
        for key in ("text.outer_blanks", "text.double_blanks"):
            draft.take(audit[key].fix)
        plan = draft.plan()
        assert len(plan) == 3
        account.apply(plan, confirm=3, progress=False)
        again = account.load(progress=False).audit(progress=False)
    comparison = again.compare(audit)
    assert {"text.outer_blanks", "text.double_blanks"} <= set(comparison.gone)
    assert comparison["text.outer_blanks"].gone == ("0", "1", "2")
    assert "gone" in repr(comparison)


def test_spellings_are_merged_towards_what_the_tool_lists():
    """The fix maps each spelling to the survivor; a typing error and a tie are left to a person."""
    counts = {"Closed": 9, "closed": 2, "CLOSED": 1}
    records = [{"custom_fields": {"state": value}} for value, count in counts.items() for _ in range(count)]
    audit = audited(*records)
    finding = audit["vocabulary.spellings:custom_fields.state"]
    assert finding.groups == (("Closed", "closed", "CLOSED"),)
    assert [step.options["values"] for step in finding.fix] == [{"closed": "Closed", "CLOSED": "Closed"}]


NEVER = [
    ("1.2.7", "1.2.2"), ("P1", "P2"), ("C", "C++"), ("C", "C#"), ("Opened", "Reopened"), ("Active", "Inactive"), ("Paid", "Unpaid"),
    ("Location 17", "Location 71"), ("11.1", "1.11"), ("Sockets", "Websockets"), ("2.0", "2.1"), ("RESOLVED", "REOPENED"), ("--", "??"),
    ("JDK11", "JDK17"), ("Closed", "Cloned"), ("Major", "Minor"), ("+1", "-1"), ("👍", "👎"), ("カ", "ガ"), ("Valid", "Invalid"),
]  # fmt: skip
ALWAYS = [
    ("Won't Fix", "WONTFIX"), ("In Progress", "in-progress"), ("In Progress", "In  Progress"), ("Über", "uber"), ("ＡＢＣ", "abc"),
    ("Progress, In", "In Progress"), ("Works for Me", "WORKSFORME"), ("e-mail", "email"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), NEVER)
def test_values_that_differ_in_meaning_are_never_one(one, other):
    """Numbers, signs, negations and other words keep values apart, however frequent either is."""
    for counts in ({one: 100, other: 1}, {one: 1, other: 100}, {one: 10, other: 10}):
        assert spellings.groups(counts) == []


@pytest.mark.parametrize(("one", "other"), ALWAYS)
def test_values_that_differ_in_form_are_one(one, other):
    """Case, blanks, punctuation, accents and width are form."""
    assert [set(group.ranked) for group in spellings.groups({one: 5, other: 3})] == [{one, other}]


@pytest.mark.parametrize("typo", ["Clsoed", "Closde", "Cloosed", "Resloved"])
def test_rare_slips_of_frequent_values_are_shown_but_never_merged_by_themselves(typo):
    """A typing error is a question for a person: it is in the groups, and no step is proposed."""
    right = "Resolved" if typo[0] == "R" else "Closed"
    (group,) = spellings.groups({right: 100, typo: 1})
    assert (set(group.ranked), group.kind) == ({right, typo}, "typo")


@pytest.fixture
def own():
    yield
    for name in ("own.short", "own.broken", "text.mine"):
        forget(name)


def test_a_check_of_your_own_takes_ten_lines(own):
    """A mask, or ids: the finding is one like any other; run again, the cell replaces the check."""

    @tt.check("own.short", severity="high", needs="name", message="the title is short")
    def short(df, is_open):
        """Short titles say nothing."""
        return (df["name"].str.len() < 5) & is_open

    audit = audited(
        {"name": "Help", "status": OPEN}, {"name": "Help", "status": DONE}, {"name": "Printer on fire", "status": OPEN}
    )
    assert audit["own.short"].ids == ("100",)
    assert audit["own.short"].rationale == "Short titles say nothing."
    assert "own.short" in [finding.check for finding in audit.select("high")]
    tt.check("own.short")(lambda df: df.index[[0, 1]])
    assert audited({}, {}, {})["own.short"].ids == ("100", "101")


def test_a_check_that_raises_is_named_and_the_others_go_on(own):
    """One broken check costs its own finding alone."""

    @tt.check("own.broken")
    def broken(df):
        raise ZeroDivisionError("oh")

    audit = audited({"name": " x"})
    assert [row.message for row in audit.skipped if row.code == "failed"] == [
        "own.broken failed: ZeroDivisionError: oh"
    ]
    assert "text.outer_blanks" in audit


@pytest.mark.parametrize(
    ("answer", "message"),
    [(["nobody"], "no id of a ticket"), (np.array([True]), "mask of 1 rows for 2 tickets")],
)
def test_a_check_that_answers_nonsense_is_named(own, answer, message):
    """An id that is not there, or a mask of another length, is that check's failure."""
    tt.check("own.broken")(lambda df: answer)
    assert message in next(row.message for row in audited({}, {}).skipped if row.check == "own.broken")


def test_ids_of_the_toolkit_can_not_be_taken(own):
    """A check of one's own never replaces one of the toolkit."""
    tt.check("text.html")(lambda df: df.index)
    try:
        with pytest.raises(tt.errors.AuditError, match="is the id of a check of the toolkit"):
            audited({})
    finally:
        forget("text.html")


CONFIG = """
skip = ["columns", "text.outer_blanks"]
closed = ["Shelved"]

[check."age.old"]
days = 30

[severity]
"age.old" = "low"

[[suppress]]
check = "text.double_blanks"
reason = "accepted by Ada"
until = 2026-12-31

[required]
assignees = ["Open"]
"""


def test_a_file_chooses_tunes_and_suppresses(tmp_path):
    """What is skipped does not run, what is suppressed is listed with its reason, parameters and severities are those of the file."""
    path = tmp_path / "audit.toml"
    path.write_text(CONFIG)
    rows = [
        {"name": " a  b ", "status": OPEN, "created_at": "2026-04-01T00:00:00Z"},
        {"status": {"id": "9", "name": "Shelved"}, "created_at": "2026-04-01T00:00:00Z"},
    ]
    audit = audited(*rows, config=path, now="2026-06-01")
    assert (audit["age.old"].ids, audit["age.old"].severity, audit.closed) == (("100",), "low", ("Shelved",))
    assert audit["required.by_state:assignees"].ids == ("100",)
    assert "text.outer_blanks" not in audit
    assert [row.message for row in audit.skipped if row.code == "suppressed"] == [
        "suppressed until 2026-12-31: accepted by Ada"
    ]
    assert "text.double_blanks" in audited(*rows, config=path, now="2027-06-01")


BROKEN = {
    'skip = ["tetx.html"]': "Unknown check 'tetx.html'. Did you mean 'text.html'?",
    '[check."age.old"]\nyears = 1': "age.old has no parameter 'years'. It has: days.",
    '[check."age.old"]\ndays = "many"': "age.old.days: Input should be a valid number",
    "skpi = []": "skpi: Extra inputs are not permitted",
    '[[suppress]]\ncheck = "text.html"': "suppress.0.reason: Field required",
    "skip = [": "is no TOML",
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_file_that_can_not_be_used_is_refused_before_anything_is_looked_at(tmp_path, text):
    """The error names the file, the key and what was meant."""
    path = tmp_path / "audit.toml"
    path.write_text(text)
    with pytest.raises(tt.errors.AuditError) as refused:
        audited({}, config=path)
    assert BROKEN[text] in str(refused.value)


def test_an_audit_is_asked_for_its_findings_by_key():
    """An empty finding where nothing was found, with the reason where it could not look; a slip is a KeyError that helps."""
    audit = audited({"name": "Printer"}, {"name": "Laptop"})
    assert (audit["text.html"].ids, bool(audit["text.html"])) == ((), False)
    assert audit["due.overdue"].advice == "Skipped: due_date is empty in every ticket."
    with pytest.raises(KeyError, match=r"no check 'text\.htlm'. Did you mean 'text\.html'"):
        audit["text.htlm"]
    frame = audit.frame()
    assert list(frame.columns) == ["check", "severity", "field", "tickets", "share", "message"]
    assert frame.index.name == "key"


def test_a_finding_explains_itself():
    """What was looked for, why it matters, with which parameters, examples, and what can be done."""
    audit = audited({"name": " Printer"})
    text = str(audit["text.outer_blanks"].explain())
    for part in (
        "text.outer_blanks (low)",
        "Why it matters:",
        "100  Printer",
        'draft.take(audit["text.outer_blanks"].fix)',
    ):
        assert part in text
    assert audit["text.outer_blanks"].frame().index.tolist() == ["100"]


def test_private_texts_are_located_and_never_shown(tmp_path):
    """Neither the page, nor the file, nor explain(), nor the finding's frame shows the address or the title that holds it."""
    audit = audited({"name": "ask ada.lovelace@mail.org", "description": "key AKIAABCDEFGHIJKLMNOP"})
    finding = audit["privacy.email:name"]
    audit.save(tmp_path / "audit.json")
    audit.to_html(tmp_path / "audit.html")
    shown = [repr(audit), audit._repr_html_(), str(finding.explain()), finding.frame().to_csv(), audit.to_markdown()]
    shown += [(tmp_path / name).read_text() for name in ("audit.json", "audit.html")]
    assert all("ada.lovelace" not in text and "AKIA" not in text for text in shown[2:])
    groups = repr(audit).split("privacy.email")[1]
    assert "lovelace" not in groups.split("privacy.secret")[0]


def test_an_audit_file_is_read_back_and_a_foreign_one_refused(tmp_path):
    """Saved and opened, an audit has the same findings; a changed file, a later version and nonsense are refused with the reason."""
    audit = audited({"name": " Printer"})
    path = tmp_path / "audit.json"
    audit.save(path)
    again = tt.Audit.open(path)
    assert again.frame().equals(audit.frame())
    assert again.compare(audit).unchanged == tuple(sorted(finding.key for finding in audit))
    content = json.loads(path.read_text())
    for change, message in (
        ({"tickets": 99}, "was changed after"),
        ({"truto_tickets_audit": 2}, "Update the toolkit"),
        ({"findings": 3}, "findings"),
    ):
        path.write_text(json.dumps({**content, **change}))
        with pytest.raises(tt.errors.AuditError, match=message):
            tt.Audit.open(path)
    path.write_text("[]")
    with pytest.raises(tt.errors.AuditError, match="is no audit"):
        tt.Audit.open(path)


def test_the_same_tickets_give_the_same_page_byte_for_byte(tmp_path):
    """Same input, same clock, same page."""
    rows = [
        {"name": f" Ticket {n % 7}", "status": OPEN, "created_at": f"2025-01-{n + 1:02}T00:00:00Z"} for n in range(20)
    ]
    pages = []
    for name in ("one", "two"):
        audit = audited(*rows, now="2026-06-01")
        audit.to_html(tmp_path / name)
        pages.append(((tmp_path / name).read_bytes(), repr(audit), audit.to_markdown()))
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    "records",
    [
        [],
        [{}],
        [{"name": "x" * 1_000_000}, {"name": "x" * 1_000_000 + "y"}],
        [{"tags": [{"id": f"t{n}-{m}", "name": f"tag {n}-{m}"} for m in range(50)]} for n in range(40)],
        [{"created_at": "0001-01-01T00:00:00Z"}, {"created_at": "9999-12-31T00:00:00Z"}],
        [{"name": "."} for _ in range(35)],
        [{"name": None, "description": None, "status": None} for _ in range(3)],
    ],
    ids=["no ticket", "one ticket", "megabytes", "2,000 tags", "far dates", "35 dots", "nothing filled"],
)
def test_odd_tickets_are_audited_all_the_same(records):
    """An empty snapshot, one ticket, huge titles, thousands of tags, far dates: no check fails."""
    audit = audited(*records)
    assert [row for row in audit.skipped if row.code == "failed"] == []
    assert repr(audit)
    assert audit._repr_html_()


def test_titles_without_a_letter_are_no_duplicates():
    """35 titles "." are placeholders, not 595 pairs."""
    audit = audited(*[{"name": "."} for _ in range(35)])
    assert audit["text.placeholder_title"].tickets == 35
    assert "duplicates.same_title" not in audit
    assert "duplicates.look_alike" not in audit


def test_parents_are_checked_where_all_tickets_are_there():
    """A missing parent, a circle, a closed parent with an open child; of a filtered load nothing is said about missing ones."""
    parent = lambda identity: {"parent_ticket": {"id": identity, "name": identity}}  # noqa: E731
    rows = [{"status": DONE}, {"status": OPEN, **parent("100")}, parent("777"), parent("104"), parent("103")]
    audit = audited(*rows)
    assert audit["links.closed_parent"].groups == (("100", "101"),)
    assert audit["links.missing_parent"].ids == ("102",)
    assert audit["links.cycle"].ids == ("103", "104")


def test_one_value_in_two_spellings_is_listed_alone():
    """Without an audit: spellings and duplicates of one column as frames."""
    snapshot = loaded(
        *[{"custom_fields": {"r": value}, "name": f"Printer {value}"} for value in ("Fixed", "Fixed", "FIXED")]
    )
    assert snapshot.spellings("custom_fields.r")["value"].tolist() == ["Fixed", "FIXED"]
    assert snapshot.duplicates()["id"].tolist() == ["100", "101", "102"]
    with pytest.raises(tt.errors.AuditError, match=r"Did you mean 'custom_fields\.r'"):
        snapshot.spellings("custom_field.r")


@pytest.mark.parametrize(
    ("name", "closed"),
    [
        ("Closed", True),
        ("Resolved - duplicate", True),
        ("Won't do", True),
        ("Reopened", False),
        ("Pending Closed", False),
        ("Not done", False),
        ("Erledigt", True),
    ],
)
def test_states_are_judged_by_their_names(name, closed):
    """An assumption that the page shows, and that closed= replaces."""
    assert is_closed(name) is closed


def test_the_command_audits_a_saved_snapshot_and_fails_on_what_is_severe(tmp_path, capsys):
    """Exit 0 without findings so severe, 2 with; --only-new counts what an earlier audit did not have; --json is all on stdout."""
    snapshot = loaded({"name": " Printer", "status": OPEN, "created_at": "2020-01-01T00:00:00Z"})
    snapshot.save(tmp_path / "snapshot.gz")
    words = ["audit", "--snapshot", str(tmp_path / "snapshot.gz"), "--now", "2026-06-01"]
    assert main([*words, "--save", str(tmp_path / "a.json")]) == 0
    assert "1 of 1 open ticket (100 %)" in capsys.readouterr().out
    assert main([*words, "--fail-on", "high", "--json"]) == 2
    facts = json.loads(capsys.readouterr().out)
    assert (facts["exit"], facts["failed_on"]) == (2, ["age.old"])
    assert main([*words, "--fail-on", "high", "--only-new", str(tmp_path / "a.json")]) == 0
    assert main([*words, "--only-new", str(tmp_path / "nowhere.json")]) == 1
