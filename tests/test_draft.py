"""Drafts: a snapshot plus steps, with undo and redo; every door leads to the same plan; nothing is lost when a kernel dies."""

from __future__ import annotations

import gc
import io
import json
import os
import subprocess
import sys
import warnings

import pandas as pd
import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.edits import apply
from truto_tickets_nb.edits.drafts import replay
from truto_tickets_nb.edits.drafts.autosave import KEPT, _safe
from truto_tickets_nb.errors import DraftDamaged, FrameError, StepError

where = tt.Filter.where


def test_chained_verbs_read_aloud(account):
    """Each verb adds one step and gives the draft back; titles are words with live counts."""
    draft = account.load().draft()
    draft.set("priority", "High", where=where("name", "contains", "refund")).add(
        "tags", "billing", where=where("priority", "is", "High")
    )
    first, second = draft.steps
    assert (first.number, second.number) == (1, 2)
    assert f"-> High where name contains 'refund', {first.effect.changed} tickets" in first.title
    assert second.title.startswith("tags: +billing where priority is 'High'")
    assert draft.changed == frozenset(draft.changes()["ticket"])
    assert first.effect.matched == first.effect.changed + first.effect.already


def doors(snapshot):
    """Do one clean-up through each door; the last one is plain pandas."""
    df = snapshot.frame()
    refunds = df["name"].str.contains("refund", case=False)
    df.loc[refunds, "priority"] = "High"
    df["tags"] = df["tags"].tickets.add("billing", where=refunds)
    df["name"] = df["name"].str.strip()
    df.loc[df["status"] == "Done", "due_date"] = None
    df.loc[df["priority"].isna(), "html_description"] = "<p>none</p>"
    verbs = snapshot.draft().set("priority", "High", where=refunds).add("tags", "billing", where=refunds).tidy("name")
    verbs.clear("due_date", where=where("status", "is", "Done")).set(
        "html_description", "<p>none</p>", where=where("priority", "empty")
    )
    yield verbs.plan()
    yield snapshot.draft().take(df, clear=["due_date"]).plan()
    yield snapshot.draft().take(df.sample(frac=1, random_state=1), clear="due_date").plan()
    yield snapshot.draft().take(df).plan(clear=["due_date"])
    yield snapshot.plan(verbs.recipe())
    yield snapshot.draft().take(tt.Recipe.of_json(verbs.recipe().to_json())).plan()
    yield snapshot.draft().add_step(*(entry.step for entry in verbs.steps)).plan()
    yield snapshot.plan(verbs.frame(), clear=["due_date"])
    namespace = {"snapshot": snapshot}
    exec(verbs.recipe().to_python(), namespace)
    yield namespace["plan"]
    yield snapshot.plan(df, clear=["due_date"])


def test_every_door_gives_the_same_plan(account):
    """Chained verbs, an edited frame, a recipe, steps, code and plain pandas give one plan, byte for byte."""
    plans = [plan.to_json() for plan in doors(account.load())]
    assert len(set(plans)) == 1
    assert len(tt.Plan.from_json(plans[0])) > 10


def test_empty_draft_is_an_empty_plan(snapshot):
    """No step, no change, no problem, no note."""
    draft = snapshot.draft()
    assert draft.plan().to_json() == snapshot.plan(snapshot.frame()).to_json()
    assert (len(draft), draft.steps, draft.changed, draft.can_undo) == (0, (), frozenset(), False)
    assert list(draft.changes().columns) == ["ticket", "field", "before", "after"]


def test_undo_and_redo_over_every_operation(snapshot):
    """Adding, dropping, switching off and on can each be taken back and done again."""
    draft = (
        snapshot.draft().set("name", "a", where="7").set("priority", "High", where="7").set("name", "b", where="0042")
    )
    seen = [draft.plan().to_json()]
    for operation in (
        lambda: draft.disable(2),
        lambda: draft.drop(1),
        lambda: draft.enable(2),
        lambda: draft.clear("due_date"),
    ):
        operation()
        seen.append(draft.plan().to_json())
    back = [draft.undo().plan().to_json() for _ in range(4)]
    assert back == seen[-2::-1]
    assert [draft.redo().plan().to_json() for _ in range(4)] == seen[1:]
    with pytest.raises(StepError, match="nothing to redo"):
        draft.redo()


def test_numbers_are_stable(snapshot):
    """A step keeps its number whatever happens to the others; an unknown number is refused with those there are."""
    draft = snapshot.draft().clear("due_date").clear("team").clear("priority").drop(2)
    assert [entry.number for entry in draft.steps] == [1, 3]
    assert [entry.number for entry in draft.clear("tags").steps] == [1, 3, 4]
    with pytest.raises(StepError, match=r"no step 2\. There are: 1, 3, 4"):
        draft.disable(2)


def test_step_in_the_middle_goes_and_later_ones_are_told(snapshot):
    """What no longer applies after a step is switched off is shown and told in the plan, never dropped silently."""
    draft = snapshot.draft().set("name", "Money", where="7").edit("7", "name", "Money back").disable(1)
    item = draft.steps[1].effect.inapplicable[0]
    assert (item.ticket, item.field, item.value) == ("7", "name", "Refund")
    assert "step 2 no longer applies everywhere" in repr(draft)
    assert any("no longer applies" in str(note) for note in draft.plan().notes)
    assert draft.enable(1).inapplicable == ()


def test_frame_until(snapshot):
    """The frame after any step can be looked at; it never leaks back."""
    draft = snapshot.draft().set("name", "a", where="7").set("name", "b", where="7")
    assert [draft.frame(until)["name"]["7"] for until in (0, 1, 2, None)] == ["Refund", "a", "b", "b"]
    df = draft.frame()
    df.loc["7", "name"] = "mine"
    assert (draft.frame()["name"]["7"], snapshot.frame()["name"]["7"]) == ("b", "Refund")


def test_clearing_is_said_aloud_cell_by_cell(snapshot):
    """A clear step empties what it names and no more: a cell that a merge emptied in the same column still blocks."""
    draft = snapshot.draft().clear("due_date", where="7")
    df = draft.frame()
    df.loc["1000000000000000001", "due_date"] = pd.NaT
    plan = draft.take(df).plan()
    assert [(patch.ticket, patch.body) for patch in plan] == [("7", {"due_date": None})]
    assert [(problem.ticket, problem.field) for problem in plan.blocking] == [("1000000000000000001", "due_date")]
    assert draft.plan(clear=["due_date"]).blocking == ()


@pytest.mark.parametrize(
    "empty",
    [
        lambda draft: draft.remove("tags", "billing", "vip"),
        lambda draft: draft.map("tags", {"billing": None, "vip": None}),
        lambda draft: draft.edit("7", "tags", ()).edit("1000000000000000001", "tags", None),
        lambda draft: draft.take(draft.frame().assign(tags=[()] * 3), clear=["tags"]),
        lambda draft: draft.clear("tags"),
    ],
)
def test_what_was_emptied_on_purpose_goes_out(snapshot, empty):
    """Removing the last name, mapping to nothing, emptying by hand and clearing are said aloud already."""
    plan = empty(snapshot.draft()).plan()
    assert (plan.blocking, [patch.body["tags"] for patch in plan]) == ((), [[], []])


def test_text_replaced_by_nothing_still_blocks(snapshot):
    """A replacement that happens to leave nothing is no clear."""
    plan = snapshot.draft().replace("name", "Refund", "").plan()
    assert [problem.field for problem in plan.blocking] == ["name"]


def test_cells_that_a_spreadsheet_marked_are_emptied_on_purpose(snapshot):
    """What the reader of a spreadsheet found marked may be emptied, cell by cell; a merely emptied one beside it blocks, as without a draft."""
    df = snapshot.frame()
    df["due_date"] = pd.NaT
    df.attrs = {"cleared": {"due_date": {"7"}}, "notes": ["Row 9 was empty."]}
    draft = snapshot.draft().take(df)
    assert draft.notes == ("Row 9 was empty.",)
    plan = draft.plan()
    assert ([patch.ticket for patch in plan], [problem.ticket for problem in plan.blocking]) == (
        ["7"],
        ["1000000000000000001"],
    )
    assert plan.patches == snapshot.plan(df).patches
    namespace = {"snapshot": snapshot}
    exec(draft.recipe().to_python(), namespace)
    assert namespace["plan"].to_json() == plan.to_json()


def test_taking_a_frame(snapshot):
    """Only what differs is taken, guarded by what it replaced; absent rows are no edit, an untouched frame is no step."""
    draft = snapshot.draft().set("name", "Money", where="7")
    df = draft.frame().iloc[::-1].iloc[1:]
    df.loc["7", "name"] = "Money back"
    draft.take(df, "by hand").take(draft.frame()).take(draft.frame().reset_index())
    assert len(draft) == 2
    assert draft.steps[1].title == "by hand, 1 cell"
    assert draft.steps[1].step.options["cells"] == {"7": {"name": ["Money", "Money back"]}}


def test_taken_frame_that_does_not_fit_is_refused(snapshot):
    """Foreign tickets, a renamed column and an edit of a read-only column are errors; a column of one's own is told."""
    df = snapshot.frame()
    for frame, told in (
        (df.rename(index={"7": "8"}), "8"),
        (df.rename(columns={"name": "Name"}), "under another name"),
        (df.assign(ticket_url="x"), "is read-only"),
    ):
        with pytest.raises(FrameError, match=told):
            snapshot.draft().take(frame)
    assert "mine" in snapshot.draft().take(df.assign(mine=1)).notes[0]


def test_editing_one_cell(snapshot):
    """A cell is guarded by what it held; typing the same value is no step; strangers are refused."""
    draft = snapshot.draft().edit("7", "name", "x").edit("7", "name", "x").edit("7", "due_date", "2026-03-01")
    assert [entry.title for entry in draft.steps] == [
        "name of 7: Refund -> x, 1 cell",
        "due_date of 7: 2026-01-31 -> 2026-03-01, 1 cell",
    ]
    assert draft.edit("7", "name", "Refund").plan().only("due_date").patches == draft.plan().patches
    for args, told in (
        (("8", "name", "x"), "not in this draft"),
        (("7", "nmae", "x"), "Did you mean"),
        (("7", "etag", "x"), "is read-only"),
    ):
        with pytest.raises(StepError, match=told):
            draft.edit(*args)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda d: d.set("name", "x", where=["7", "nobody"]), "nobody"),
        (lambda d: d.set("name", "x", where=where("colour", "filled")), "no column 'colour' here"),
        (lambda d: d.copy("custom_fields.nothing", "name"), "no column 'custom_fields.nothing'"),
        (lambda d: d.set("name", None), "draft.clear"),
        (lambda d: d.shift("due_date", hours=3), "days without a time"),
        (lambda d: d.take([1]), "takes steps, not int"),
    ],
)
def test_bad_step_leaves_the_draft_alone(snapshot, call, told):
    """What can't work is refused with a sentence, and nothing of it is kept."""
    draft = snapshot.draft()
    with pytest.raises(StepError, match=told):
        call(draft)
    assert (len(draft), draft.revision, draft.can_undo) == (0, 0, False)


def test_steps_added_together_may_build_on_each_other(snapshot):
    """A column that the first step makes is there for the second; all of them are one operation."""
    made = tt.Step("set", "html_description", options={"value": "<p>a</p>"})
    draft = snapshot.draft().add_step(made, tt.Step("replace", "html_description", options={"find": "a", "by": "b"}))
    assert draft.frame()["html_description"].unique().tolist() == ["<p>b</p>"]
    assert len(draft.undo()) == 0
    with pytest.raises(StepError, match="no column 'html_description'"):
        draft.replace("html_description", "a", "b")


def test_preview_adds_nothing(snapshot):
    """A step is tried: its counts and the first rows before and after, and the draft is as it was."""
    draft = snapshot.draft()
    effect, rows = draft.preview(tt.Step("set", "priority", options={"value": "High"}))
    assert (effect.matched, effect.changed, effect.already, len(draft)) == (3, 2, 1, 0)
    assert list(rows.columns) == ["ticket", "title", "field", "before", "after"]
    assert rows[["ticket", "title", "after"]].to_numpy().tolist() == [
        ["7", "Refund", "High"],
        ["1000000000000000001", "Search", "High"],
    ]


def test_two_forms_on_one_draft(snapshot):
    """Everyone who listens hears of each change, until he stops; the revision grows with each."""
    draft, heard = snapshot.draft(), []
    stop = draft.listen(lambda found: heard.append(("a", found.revision)))
    draft.listen(lambda found: heard.append(("b", len(found))))
    draft.clear("due_date").disable(1).disable(1)
    stop()
    stop()
    draft.undo()
    assert heard == [("a", 1), ("b", 1), ("a", 2), ("b", 1), ("b", 1)]
    assert draft.revision == 3


def test_shown_draft_is_stable_and_escapes(snapshot):
    """What is shown holds no address and no clock, and hostile text is text."""
    draft = snapshot.draft().set("name", "<script>alert(1)</script>", title="<b>bold</b>\n# heading")
    again = snapshot.draft().set("name", "<script>alert(1)</script>", title="<b>bold</b>\n# heading")
    assert repr(draft) == repr(again)
    assert draft._repr_html_() == again._repr_html_()
    assert "<b>bold" not in draft._repr_html_()
    assert max(map(len, repr(draft).splitlines())) <= 80


# many steps


@pytest.fixture
def applications(monkeypatch):
    """Count how often a step is really applied to the tickets."""
    counted = []
    monkeypatch.setattr(replay, "apply", lambda step, *rest: counted.append(step) or apply(step, *rest))
    return counted


def test_an_edit_at_the_end_of_many_steps_applies_one_step(snapshot, applications):
    """However many steps a draft has, one more costs one; undo and redo cost none."""
    draft = snapshot.draft()
    for n in range(300):
        draft.set("name", f"n{n}", where="7")
        assert draft.frame()["name"]["7"] == f"n{n}"
    assert len(applications) == 300
    for _ in range(300):
        draft.undo().frame()
    for n in range(300):
        assert draft.redo().frame(n + 1)["name"]["7"] == f"n{n}"
    assert len(applications) == 300


def test_a_switch_in_the_middle_applies_only_what_reads_the_column(snapshot, applications):
    """Steps on other columns are not done anew when a step in the middle is switched off, or on again."""
    draft = snapshot.draft()
    for n in range(200):
        draft.set(("name", "description")[n % 2], f"{n}", where="7")
    draft.disable(101).frame()
    assert len(applications) == 200 + 49
    draft.enable(101).frame()
    assert len(applications) == 200 + 49


def test_a_draft_without_room_for_all_its_states_stays_right(snapshot, monkeypatch):
    """Where the tickets are many, states are let go; undo, redo, looking back and taking out still equal replaying."""
    monkeypatch.setattr(replay, "ROOM", 0)
    draft = snapshot.draft()
    for n in range(150):
        draft.set("name", f"n{n}", where="7")
        assert draft.frame()["name"]["7"] == f"n{n}"
    for n in range(150, 0, -1):
        assert draft.frame(n)["name"]["7"] == f"n{n - 1}"
    assert draft.drop(150).frame()["name"]["7"] == "n148"
    for n in range(148, 99, -1):
        assert draft.drop(n).frame()["name"]["7"] == "n148"
    assert draft.drop(149).frame()["name"]["7"] == "n98"
    while draft.can_undo:
        draft.undo()
    assert draft.frame()["name"]["7"] == "Refund"
    assert draft.redo().redo().frame()["name"]["7"] == "n1"


def test_autosave_grows_with_the_steps_not_with_their_square(snapshot, tmp_path):
    """Twice as many steps make a file twice as large: past states are not stored, only what each operation changed."""
    draft, sizes = snapshot.draft(home=tmp_path), []
    for n in range(400):
        draft.set("name", f"title {n}", where="7")
        sizes.append(draft.autosaved.stat().st_size)
    assert sizes[399] < 2.2 * sizes[199]


def test_autosave_of_an_earlier_version_is_set_aside(snapshot, tmp_path):
    """A draft that an earlier version left, without a digest, is kept under another name, and this is said."""
    (tmp_path / "drafts").mkdir()
    path = tmp_path / "drafts" / f"{snapshot.account_id}-draft.json"
    path.write_text('{"format": "truto_tickets_nb draft", "version": 2, "owner": {"pid": null, "mark": ""}}')
    with pytest.warns(DraftDamaged, match="its digest is missing"):
        draft = snapshot.draft(home=tmp_path, recover=True)
    assert (len(draft), [found.name.partition("-draft.")[2][:7] for found in path.parent.iterdir()]) == (0, ["damaged"])


# autosave


def test_autosave_recovers_what_a_dead_kernel_left(snapshot, tmp_path):
    """The steps, what is switched off, undo and redo come back; the file is for the user alone and holds no token."""
    draft = snapshot.draft("mine", home=tmp_path).clear("due_date").set("name", "x", where="7").disable(1).undo()
    path, state = draft.autosaved, (repr(draft), draft.plan().to_json())
    assert path.parent == tmp_path / "drafts"
    assert path.name == f"{snapshot.account_id}-mine.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert "token" not in path.read_text()
    del draft
    gc.collect()
    found = snapshot.draft("mine", home=tmp_path, recover=True)
    assert (repr(found), found.plan().to_json()) == state
    assert found.redo().steps[0].enabled is False
    assert found.autosaved == path


def test_killed_process_is_recovered(tmp_path):
    """A process killed without warning loses no step that was made."""
    code = (
        "import os, sys, signal, truto_tickets_nb as tt\n"
        "with tt.sandbox('jira', tickets=20, limit=None, home=sys.argv[1]) as account:\n"
        "    draft = account.load().draft().tidy('name').add('tags', 'x')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    with tt.sandbox("jira", tickets=20, limit=None, home=tmp_path) as account:
        fresh = account.load().draft()
        assert "An earlier draft with 2 steps was kept" in repr(fresh)
        assert [entry.step.kind for entry in account.load().draft(recover=True).steps] == ["tidy", "add"]


def test_second_draft_of_one_name_overwrites_nothing(snapshot, tmp_path):
    """Both drafts are kept, and the second one says so; a live one is never taken over."""
    one = snapshot.draft(home=tmp_path).clear("due_date")
    two = snapshot.draft(home=tmp_path, recover=True).clear("team")
    assert (one.autosaved.name, two.autosaved.name) == (
        f"{snapshot.account_id}-draft.json",
        f"{snapshot.account_id}-draft-2.json",
    )
    assert "Another draft of this name is at work" in repr(two)
    one.clear("tags")
    assert [len(json.loads(draft.autosaved.read_text())["now"]) for draft in (one, two)] == [2, 1]


def test_earlier_draft_is_offered_not_overwritten(snapshot, tmp_path):
    """Running the cell again begins anew beside what was there, and tells how to go on with it."""
    path = snapshot.draft(home=tmp_path).clear("due_date").autosaved
    gc.collect()
    again = snapshot.draft(home=tmp_path)
    assert "snapshot.draft(recover=True)" in str(again.notes[0])
    assert again.clear("team").autosaved != path
    assert "due_date" in path.read_text()


def test_autosaves_do_not_pile_up(snapshot, tmp_path):
    """Only the last few drafts of one name are kept, and never one that somebody works on."""
    alive = snapshot.draft(home=tmp_path).clear("due_date")
    for _ in range(KEPT + 5):
        snapshot.draft(home=tmp_path).clear("team")
        gc.collect()
    assert len(list((tmp_path / "drafts").iterdir())) <= KEPT + 1
    assert alive.autosaved.exists()


@pytest.mark.parametrize("damage", [b"{", b"[]", b'{"format": "x"}', b"\xff\xfe", b'{"steps": {"1": {"kind": "paint"}}, "owner": {"pid": null, "mark": ""}, "version": 1, "now": [[1, true]], "past": [], "future": []}'])  # fmt: skip
def test_damaged_autosave_is_set_aside_and_said(snapshot, tmp_path, damage):
    """A damaged file is kept under another name, with a warning, and a new draft begins."""
    path = snapshot.draft(home=tmp_path).clear("due_date").autosaved
    path.write_bytes(damage)
    gc.collect()
    with pytest.warns(DraftDamaged, match="was damaged"):
        draft = snapshot.draft(home=tmp_path, recover=True)
    assert [found.read_bytes() for found in path.parent.iterdir()] == [damage]
    assert draft.clear("team").autosaved == path


def test_folder_that_takes_no_file_is_told_once(snapshot, tmp_path):
    """An autosave that fails never fails the edit: it is told, and the draft goes on."""
    (tmp_path / "drafts").write_text("a file where a folder belongs")
    draft = snapshot.draft(home=tmp_path)
    with pytest.warns(DraftDamaged, match="can't be saved by itself"):
        draft.clear("due_date")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draft.clear("team")
    assert (draft.autosaved, len(draft)) == (None, 2)


def test_practice_leaves_nothing_behind(tmp_path, monkeypatch):
    """Practice in memory keeps no draft, as it keeps no journal, so that no output depends on what was there; a given folder does."""
    monkeypatch.setenv("TRUTO_TICKETS_HOME", str(tmp_path / "data"))
    with tt.sandbox("jira", tickets=3, limit=None) as account:
        snapshot = account.load()
        snapshot.save(tmp_path / "s.jsonl.gz")
        assert snapshot.draft().clear("due_date").autosaved is None
        assert tt.open_snapshot(tmp_path / "s.jsonl.gz").draft().clear("due_date").autosaved is None
        assert not (tmp_path / "data").exists()
        assert snapshot.draft(home=tmp_path / "h").clear("due_date").autosaved.parent == tmp_path / "h" / "drafts"


def test_real_accounts_keep_their_drafts(snapshot, tmp_path, monkeypatch):
    """A snapshot that is no practice saves its drafts where the platform keeps such data."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("TRUTO_TICKETS_HOME")
    real = type(snapshot)(snapshot.table, "acc/../1", "jira", snapshot.choices)
    path = real.draft("../../etc").clear("due_date").autosaved
    assert path.parent == tmp_path / "truto_tickets_nb" / "drafts"
    assert os.sep not in path.name


def test_names_of_files_are_harmless_and_stay_apart():
    """A name is one part of a path, and two names never become one."""
    names = ["..", ".", "a/b", "a_b", "ä", "x" * 300, "con\x00", "mine"]
    made = [_safe(name) for name in names]
    assert len({*made}) == len(names)
    assert all(name.strip(".") and not set(name) & set("/\\\x00") and len(name) < 100 for name in made)
    assert made[-1] == "mine"


def test_discard_removes_the_file(snapshot, tmp_path):
    """A draft that is done with leaves no file; its steps stay in memory."""
    draft = snapshot.draft(home=tmp_path).clear("due_date")
    draft.discard()
    assert list((tmp_path / "drafts").iterdir()) == []
    assert len(draft) == 1


def test_an_untouched_frame_takes_back_no_step(snapshot, tmp_path):
    """A frame is compared with what it was made from: the snapshot, a file of it, or an earlier state of the draft."""
    draft = snapshot.draft()
    loaded, written = snapshot.frame(), tmp_path / "t.csv"
    snapshot.to_csv(written)
    draft.set("name", "one", where=["7"])
    after_one = draft.frame()
    draft.set("name", "two").clear("due_date").add("tags", "x")
    in_the_middle = draft.frame(until=2)
    plan = draft.plan()
    for frame in (
        loaded,
        snapshot.read_csv(written),
        after_one,
        in_the_middle,
        after_one.reset_index(),
        loaded[["name"]],
    ):
        assert len(draft.take(frame)) == 4
    assert draft.plan().patches == plan.patches
    draft.undo().undo()
    assert len(draft.take(after_one).take(loaded)) == 2


def test_an_edited_frame_wins_over_later_steps_and_says_so(snapshot):
    """Only the edited cell is taken; where a step changed it meanwhile, the edit counts, guarded by the present value, and a note says so."""
    draft = snapshot.draft().set("name", "one")
    df = draft.frame()
    df.loc["7", "name"] = "mine"
    draft.set("name", "two")
    draft.take(df)
    assert draft.steps[-1].step.options["cells"] == {"7": {"name": ["two", "mine"]}}
    assert draft.frame()["name"].tolist() == ["mine"] + ["two"] * (len(snapshot) - 1)
    assert draft.notes == ("1 cell of this frame was also changed by an earlier step: the value of the frame counts.",)


def test_a_state_is_known_again_after_a_restart(snapshot, tmp_path):
    """A frame of a recovered draft still names its state, as steps that say the same give the same name."""
    draft = snapshot.draft(home=tmp_path).set("name", "one")
    df = draft.frame()
    draft.set("name", "two")
    draft._autosave.release()
    recovered = snapshot.draft(home=tmp_path, recover=True)
    assert len(recovered.take(df)) == 2
    assert recovered.frame()["name"].unique().tolist() == ["two"]


HANDLING = {
    "untouched": lambda df: df,
    "a column id": lambda df: df.reset_index(),
    "a MultiIndex": lambda df: df.assign(team_of="x").set_index("team_of", append=True),
    "a CSV of pandas": lambda df: pd.read_csv(io.StringIO(df.to_csv()), dtype={"id": str}),
    "a CSV of pandas, all text": lambda df: pd.read_csv(io.StringIO(df.to_csv()), dtype=str, keep_default_na=False),
    "categories": lambda df: df.astype({"name": "category", "status": "category"}),
    "objects": lambda df: df.astype(object),
    "shuffled": lambda df: df.sample(frac=1, random_state=3),
    "convert_dtypes": lambda df: df.convert_dtypes(),
    "lists": lambda df: df.assign(tags=df["tags"].map(list)),
}


@pytest.mark.parametrize("handle", HANDLING.values(), ids=HANDLING)
def test_take_takes_every_frame_that_a_plan_takes(handle):
    """Whatever the frame went through, the draft's plan is that of the frame itself, edited or not."""
    with tt.sandbox("jira", tickets=30, limit=None) as account:
        snapshot = account.load(progress=False)
    for edit in (lambda df: df, lambda df: df.assign(name="x", priority="High")):
        df = handle(edit(snapshot.frame()))
        assert snapshot.draft().take(df).plan().patches == snapshot.plan(df).patches


ODD = {
    "custom_fields.brand": [1, None, "x"],
    "tags": ["['x']", "[]", "(None,)"],
    "custom_fields.parts": ["[]", "['y']", None],
}


@pytest.mark.parametrize(("column", "cells"), ODD.items(), ids=ODD)
def test_a_new_column_and_texts_of_lists_are_taken_as_a_plan_reads_them(column, cells):
    """Numbers of a column that is not there yet stay numbers; the text of an empty list empties, and blocks unless it is named."""
    records = [
        {"id": str(n), "name": f"Ticket {n}", "tags": [{"id": "a", "name": "a"}], "custom_fields": {"parts": ["x"]}}
        for n in range(3)
    ]
    with tt.sandbox("gorgias", tickets=records, limit=None) as account:
        snapshot = account.load(progress=False)
    df = snapshot.frame().assign(**{column: pd.Series(cells, index=snapshot.frame().index, dtype=object)})
    plan, taken = snapshot.plan(df), snapshot.draft().take(df).plan()
    assert taken.patches == plan.patches
    assert [problem.ticket for problem in taken.blocking] == [problem.ticket for problem in plan.blocking]
    assert not any(change.new in ([], None) for patch in plan for change in patch.changes)
