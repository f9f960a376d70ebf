"""A plan is a value: refined, saved, counted, shown."""

from __future__ import annotations

import subprocess

import pytest

from truto_tickets_nb.errors import PlanError
from truto_tickets_nb.plans import preview
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.plans.problem import Problem
from truto_tickets_nb.plans.request_spec import RequestSpec
from truto_tickets_nb.show import to_text


def change(field="priority", before="Normal", after="High"):
    return Change(field, before, after, {"id": "3"}, {"id": "2"})


def patch(ticket, *changes):
    return Patch(ticket, f"Ticket {ticket}", changes or (change(),))


@pytest.fixture
def plan():
    return Plan(
        "acc", "jira", (*tuple(patch(str(n)) for n in range(23)), patch("x", change("status"), change())), looked_at=30
    )


def test_headline_counts_tickets_and_fields(plan):
    """The headline counts tickets and fields: 24 tickets to change (25 fields)."""
    assert preview.headline(plan) == "24 tickets to change (25 fields)"


def test_equal_changes_are_grouped_and_what_is_hidden_is_counted(plan):
    """23 equal changes are one line, and ten of them are named."""
    text = repr(plan)
    assert "priority: Normal -> High, 24 tickets" in text
    assert "and 14 more" in text


def test_refinements_are_new_plans(plan):
    """only and drop return new plans; the old one stays as it was."""
    assert (len(plan.only("status")), len(plan.drop("x")), len(plan.only("priority").drop("1", "2")), len(plan)) == (
        1,
        23,
        22,
        24,
    )


def test_unknown_name_is_refused_with_what_is_there(plan):
    """A typing mistake must not give an empty plan."""
    with pytest.raises(PlanError, match="priority, status"):
        plan.only("prioritty")


def test_split_keeps_every_patch_once_and_in_order(plan):
    """Parts add up to the whole."""
    parts = plan.split(10)
    assert [len(part) for part in parts] == [10, 10, 4]
    assert [p.ticket for part in parts for p in part] == [p.ticket for p in plan]


def test_dropping_the_problems_unblocks(plan):
    """plan.drop(*plan.blocking) leaves out what is behind them."""
    blocked = Plan("acc", "jira", plan.patches, (Problem("value.unknown_name", "x", "status", "", "is odd"),))
    assert blocked.drop(*blocked.blocking).blocking == ()


def test_plan_edited_by_hand_is_refused(plan):
    """Nobody saw it like that."""
    with pytest.raises(PlanError, match="changed after it was saved"):
        Plan.from_json(plan.to_json().replace('"id": "2"', '"id": "1"'))
    with pytest.raises(PlanError, match="not a plan"):
        Plan.from_json("{}")


def test_text_fits_eighty_columns():
    """Whatever a ticket holds, a line is never wider than the terminal."""
    wide = Plan(
        "acc",
        "jira",
        (Patch("1" * 40, "支払い" * 60, (change("name", "x" * 300, "支" * 300), change("tags", ("a",) * 50, ()))),),
    )
    from truto_tickets_nb.show.visible_text import columns_of

    assert max(columns_of(line) for line in to_text(preview.page(wide)).splitlines()) <= 80


def test_terminal_commands_in_titles_are_not_obeyed():
    """ANSI escapes and bidirectional overrides become visible signs."""
    text = repr(Plan("acc", "jira", (Patch("1", "\x1b[31mred\u202e", (change(),)),)))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_long_texts_show_where_they_differ():
    """The difference is seen, however far into the text it stands."""
    plan = Plan("acc", "jira", (patch("1", Change("description", "a" * 5000 + "OLD", "a" * 5000 + "NEW", "", "")),))
    html = plan._repr_html_()
    assert "OLD" in html
    assert "NEW" in html
    assert len(html) < 10_000


def test_changes_as_rows(plan):
    """to_frame lists every change."""
    frame = plan.to_frame()
    assert (len(frame), list(frame.columns)) == (25, ["ticket", "title", "field", "before", "after"])


def test_big_preview_is_bounded():
    """10,000 changes stay below a megabyte of HTML."""
    patches = tuple(
        patch(str(n), change("name", f"a{n}", f"b{n}"), change("tags", (f"t{n}",), ())) for n in range(5000)
    )
    assert len(Plan("acc", "jira", patches)._repr_html_()) < 1_000_000


def test_curl_script_is_sound_shell_whatever_the_text():
    """Quotes, dollars and line breaks of a ticket stay text."""
    hostile = 'it\'s $(touch x) `id` "q"\nline; rm -rf'
    patches = (Patch("a/b", hostile, (Change("name", "", hostile, "", hostile),)),)
    plan = Plan("acc", "jira", patches, request_spec=RequestSpec(("etag",)))
    script = plan.to_curl()
    assert subprocess.run(["bash", "-n"], input=script.encode(), check=False).returncode == 0
    assert "\npatch a%2Fb '" in script
    assert "TRUTO_API_TOKEN" in script


def test_curl_script_really_sends_the_plan(small):
    """What the script sends is what the plan shows."""
    snapshot = small.load()
    df = snapshot.frame()
    df["name"] = df["name"] + " 'x' $HOME"
    script = snapshot.plan(df).to_curl(small.sandbox.url)
    done = subprocess.run(
        ["bash"],
        input=script.encode(),
        env={"TRUTO_API_TOKEN": small.sandbox.token, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [row["name"] for row in small.sandbox.tickets()] == df["name"].tolist()
