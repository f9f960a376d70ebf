"""Names: people and tags of one name are kept apart, names compare in one form of Unicode, a new tag is always announced."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import truto_tickets_nb as tt
from truto_tickets_nb.errors import FrameError, StepError
from truto_tickets_nb.tickets.choices import Choices

JO = [{"id": f"u{n}", "name": "Jo Smith", "emails": [{"email": f"jo{n}@example.com"}]} for n in (1, 2)]
ADA = {"id": "u3", "name": "Ada Byron", "emails": [{"email": "ada@example.com"}]}
FIRST, SECOND = "Jo Smith <jo1@example.com>", "Jo Smith <jo2@example.com>"


def ticket(key, **fields):
    return {"id": str(key), "name": f"Ticket {key}", "tags": [{"id": "a", "name": "a"}], **fields}


@pytest.fixture
def snapshot():
    people = [[JO[0]], [JO[1]], [ADA], JO]
    records = [ticket(n, assignees=list(held)) for n, held in enumerate(people, 1)]
    with tt.sandbox("jira", tickets=records, limit=None) as account:
        yield account.load(progress=False)


def bodies(plan):
    return {patch.ticket: patch.body for patch in plan}


def people(plan):
    return {patch.ticket: [person["id"] for person in patch.body["assignees"]] for patch in plan}


VERBS = {
    "swap": lambda draft, who: draft.swap("assignees", who, "Ada Byron"),
    "map": lambda draft, who: draft.map("assignees", {who: "Ada Byron"}),
    "remove": lambda draft, who: draft.remove("assignees", who),
    "add": lambda draft, who: draft.add("assignees", who),
    "set": lambda draft, who: draft.set("assignees", who),
    "a filter": lambda draft, who: draft.set("name", "x", where=tt.Filter.where("assignees", "has", who)),
    "a filter turned round": lambda draft, who: draft.set(
        "name", "x", where=~tt.Filter.where("assignees", "in", [who])
    ),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_a_name_that_two_people_share_is_refused(snapshot, verb):
    """Each verb and each filter names both, with what tells them apart."""
    with pytest.raises(StepError, match=r"(?s)'Jo Smith' is the name of 2 users.*jo1@.*jo2@") as error:
        verb(snapshot.draft(), "Jo Smith")
    assert "u1" in str(error.value)


@pytest.mark.parametrize(
    "who", ["u1", FIRST, "Jo Smith (id u1)", "Jo Smith <jo1@example.com> (id u1)", "jo1@example.com"]
)
def test_an_id_a_label_or_an_e_mail_means_one_of_them(snapshot, who):
    """Whichever way he is named, exactly the tickets of this very person change."""
    assert people(VERBS["swap"](snapshot.draft(), who).plan()) == {"1": ["u3"], "4": ["u3", "u2"]}
    assert people(VERBS["map"](snapshot.draft(), who).plan()) == {"1": ["u3"], "4": ["u3", "u2"]}
    assert people(VERBS["remove"](snapshot.draft(), who).take(snapshot.frame()).plan()) == {"1": [], "4": ["u2"]}
    assert [patch.ticket for patch in VERBS["a filter"](snapshot.draft(), who).plan()] == ["1", "4"]
    assert people(snapshot.draft().set("assignees", who, where=["3"]).plan()) == {"3": ["u1"]}


def test_a_draft_tells_namesakes_apart_and_a_plain_frame_holds_names(snapshot):
    """The frame of a draft shows labels; untouched they are no change, and labels are accepted in a plain frame."""
    assert snapshot.draft().frame()["assignees"].tolist() == [(FIRST,), (SECOND,), ("Ada Byron",), (FIRST, SECOND)]
    assert snapshot.frame()["assignees"].tolist()[0] == ("Jo Smith",)
    assert len(snapshot.plan(snapshot.draft().frame())) == len(snapshot.draft().plan()) == 0
    assert len(snapshot.draft().take(snapshot.frame())) == len(snapshot.draft().take(snapshot.draft().frame())) == 0
    df = snapshot.frame()
    df.at["3", "assignees"] = (SECOND,)
    assert people(snapshot.plan(df)) == {"3": ["u2"]}
    df.at["3", "assignees"] = ("Jo Smith",)
    (problem,) = snapshot.plan(df).blocking
    assert all(mail in str(problem) for mail in ("jo1@example.com", "jo2@example.com"))


def test_a_plan_shows_which_of_them(snapshot):
    """A ticket that goes from one Jo Smith to the other shows both labels, not one name twice."""
    df = snapshot.frame()
    df.at["1", "assignees"] = ("u2",)
    (change,) = next(iter(snapshot.plan(df))).changes
    assert (change.before, change.after) == ((FIRST,), (SECOND,))


def test_facets_show_two(snapshot):
    """Each is a value of its own, with its own count; ticking one chooses his tickets."""
    form = tt.BulkForm(snapshot.draft())
    facet = form.choose._choosing.facet("assignees")
    assert facet.counts(np.ones(4, dtype=bool)) == {FIRST: 2, SECOND: 2, "Ada Byron": 1}
    chosen = facet.filter({SECOND})
    form.close()
    assert [p.ticket for p in snapshot.draft().set("name", "x", where=chosen).plan()] == ["2", "4"]


def test_a_form_of_one_ticket_edits_one_of_them(snapshot):
    """What a person picks, or a cell edited by its id, is the same label as in the frame, and sends this person."""
    draft = snapshot.draft().edit("3", "assignees", ("u2",))
    assert draft.frame().at["3", "assignees"] == (SECOND,)
    assert people(draft.plan()) == {"3": ["u2"]}
    assert len(draft.edit("3", "assignees", (SECOND,))) == 1
    form = tt.TicketForm(snapshot.draft(), "1")
    assert form._rows["assignees"].control.value == (FIRST,)
    form.close()


def test_the_code_of_a_recipe_keeps_them_apart(snapshot):
    """The program that a recipe becomes makes the same plan."""
    draft = (
        snapshot.draft()
        .swap("assignees", "u1", "Ada Byron")
        .set("name", "x", where=tt.Filter.where("assignees", "has", "u2"))
    )
    names = {"snapshot": snapshot}
    exec(draft.recipe().to_python(), names)
    assert names["plan"].to_json() == draft.plan().to_json()


def test_two_tags_of_one_name_are_two():
    """Tags have no e-mail: their ids tell them apart."""
    twins = [{"id": "7", "name": "bug"}, {"id": "8", "name": "bug"}]
    records = [ticket(1, tags=twins[:1]), ticket(2, tags=twins[1:])]
    with tt.sandbox("jira", tickets=records, limit=None) as account:
        snapshot = account.load(progress=False)
        draft = snapshot.draft()
        assert draft.frame()["tags"].tolist() == [("bug (id 7)",), ("bug (id 8)",)]
        with pytest.raises(StepError, match="name of 2 tags"):
            draft.remove("tags", "bug")
        assert [patch.ticket for patch in draft.swap("tags", "bug (id 8)", "a new one").plan()] == ["2"]


def test_one_status_in_two_workspaces_is_one_to_a_person(account):
    """What each workspace resolves for itself stays one name in drafts and facets."""
    homes = [{"id": "w1", "name": "Shop"}, {"id": "w2", "name": "Bank"}]
    records = [ticket(n, status={"id": f"s{n}", "name": "Open"}, workspace=home) for n, home in enumerate(homes, 1)]
    with tt.sandbox("jira", tickets=records, limit=None) as found:
        snapshot = found.load(progress=False)
    assert snapshot.draft().frame()["status"].tolist() == ["Open", "Open"]
    assert len(snapshot.draft().set("name", "x", where=tt.Filter.where("status", "is", "Open")).plan()) == 2


def nfd(text):
    return unicodedata.normalize("NFD", text)


@pytest.fixture
def accented():
    records = [
        ticket(1, tags=[{"id": "t", "name": "réunion"}], assignees=[{"id": "u1", "name": "Zoë Ångström"}]),
        ticket(2, status={"id": "2", "name": "Geöffnet"}),
    ]
    with tt.sandbox("jira", tickets=records, limit=None) as account:
        yield account.load(progress=False)


def test_another_form_of_unicode_is_the_same_name(accented):
    """In cells, set operations, verbs and filters; what is there already is no change."""
    df = accented.frame()
    df["tags"] = df["tags"].tickets.add(nfd("réunion"), where=["1"])
    df.loc["1", "status"] = nfd("Geöffnet")
    df["assignees"] = df["assignees"].map(lambda cell: tuple(map(nfd, cell)))
    assert bodies(accented.plan(df)) == {"1": {"status": {"id": "2"}}}
    assert df["tags"].tickets.remove(nfd("réunion")).tolist()[0] == ()
    assert df["tags"].tickets.replace(nfd("réunion"), "x").tolist()[0] == ("x",)
    draft = accented.draft()
    for verb in (
        lambda: draft.swap("tags", nfd("réunion"), "a", where=["1"]),
        lambda: draft.set("name", "x", where=tt.Filter.where("status", "is", nfd("Geöffnet"))),
        lambda: draft.set("name", "y", where=tt.Filter.where("assignees", "contains", nfd("Zoë"))),
    ):
        verb()
    assert {ticket: [*body] for ticket, body in bodies(draft.plan()).items()} == {"1": ["name", "tags"], "2": ["name"]}


@settings(max_examples=examples(40), deadline=None)
@given(st.text(st.characters(categories=["L", "M"]), min_size=1, max_size=8))
def test_every_form_of_a_name_resolves_to_it(name):
    """Law: the composed and the decomposed form mean the same choice, ids stay exact."""
    choices = Choices.from_records(
        "tags", [{"id": "1", "name": unicodedata.normalize("NFC", name)}, {"id": "2", "name": "other one"}]
    )
    assert choices.resolve(nfd(name), exact=True).id == "1"


LOOKALIKES = ["Bug", "bug ", " bug", "b ug", "b\u200bug", "ｂｕｇ", "bug\ufe0f", "BUG"]


@pytest.mark.parametrize("name", LOOKALIKES)
def test_a_new_tag_that_is_hardly_another_is_warned_of(name):
    """Capitals, blanks, invisible and double-width characters: the tag that is there is named, and nothing is blocked."""
    with tt.sandbox(
        "gorgias", tickets=[ticket(1), ticket(2, tags=[{"id": "b", "name": "bug"}])], limit=None
    ) as account:
        snapshot = account.load(progress=False)
        df = snapshot.frame()
        df["tags"] = df["tags"].tickets.add(name, where=["1"])
        plan = snapshot.plan(df)
    assert len(plan) == 1
    assert not plan.blocking
    assert any("1 tag is new" in str(note) and "there is 'bug'" in str(note) for note in plan.notes)
    assert [problem.ticket for problem in plan.warnings if problem.field == "tags" and "'bug'" in problem.message] == [
        "1"
    ]


def test_new_tags_are_announced_and_known_ones_are_not():
    """A note counts them and names each; a tag that any ticket holds is known."""
    with tt.sandbox("jira", tickets=[ticket(1), ticket(2, tags=[{"id": "b", "name": "bug"}])], limit=None) as account:
        snapshot = account.load(progress=False)
        df = snapshot.frame()
        df["tags"] = df["tags"].tickets.add(["Bug ", "x", "bug"], where=["1"])
        notes = " ".join(map(str, snapshot.plan(df).notes))
        assert "2 tags are new: 'Bug ' (there is 'bug'), 'x'." in notes
        df = snapshot.frame()
        df["tags"] = df["tags"].tickets.add("bug")
        assert not any("new" in str(note) for note in snapshot.plan(df).notes)


TAGS = pd.Series([("a",), (), ("a", "b")], index=["1", "2", "3"], dtype=object, name="tags")


@pytest.mark.parametrize(
    "several", [["x", "y"], ("x", "y"), {"x", "y"}, pd.Series(["x", "y"]), np.array(["x", "y"]), iter(["x", "y"])]
)
def test_several_names_may_be_given_as_one_list(several):
    """add, remove and set take a list, a tuple, a set, an array, a column or an iterator."""
    assert TAGS.tickets.add(several).tolist() == [("a", "x", "y"), ("x", "y"), ("a", "b", "x", "y")]


def test_lists_for_remove_and_set():
    """remove takes all of them away, set puts exactly these."""
    assert TAGS.tickets.remove(["a", "b"]).tolist() == [(), (), ()]
    assert TAGS.tickets.set(["x", "y", "x"]).tolist() == [("x", "y")] * 3
    assert TAGS.tickets.set("x", ["y"]).tolist() == [("x", "y")] * 3


@pytest.mark.parametrize(
    "call",
    [
        lambda tags: tags.add([["x"]]),
        lambda tags: tags.add(None),
        lambda tags: tags.add(" "),
        lambda tags: tags.add(float("nan")),
        lambda tags: tags.add(True),
        lambda tags: tags.remove({"a": ["b"]}.keys),
        lambda tags: tags.replace(["a", "b"], "c"),
        lambda tags: tags.replace("a", ["b", "c"]),
    ],
)
def test_what_is_no_name_is_refused(call):
    """A list where one name belongs, nothing, a truth value: refused with what to give."""
    with pytest.raises(FrameError, match="is no name"):
        call(TAGS.tickets)


@pytest.mark.parametrize(
    "where",
    [
        TAGS.index == "2",
        [False, True, False],
        pd.Series([True], index=["2"]),
        pd.Series([None, True, None], index=TAGS.index),
        pd.array([pd.NA, True, False], dtype="boolean"),
        ["2"],
        "2",
        2,
        {"2"},
        pd.Index(["2"]),
    ],
)
def test_where_takes_masks_and_ids(where):
    """A mask of any kind (what is missing is not chosen), or ids."""
    assert TAGS.tickets.add("x", where=where).tolist() == [("a",), ("x",), ("a", "b")]
