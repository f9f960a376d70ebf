"""A reference that was written out is shown with its id, its name, the name that the account knows, and every part that goes out."""

from __future__ import annotations

import json

import pytest

import truto_tickets_nb as tt

MAIL = [{"email": "lena.brandt.with.a.very.long.address@example.com", "type": "work"}]
LENA = {
    "id": "c1",
    "name": "Lena Brandt",
    "first_name": "Lena",
    "emails": MAIL,
    "phones": [{"number": "+49 30 1234", "type": "work"}],
}


@pytest.fixture(scope="module")
def desk():
    with tt.sandbox("practice", tickets=12, limit=None) as account:
        yield account


def planned(desk, field, cell, first=0):
    snapshot = desk.load(progress=False)
    df = snapshot.frame()
    df[field] = df[field].astype(object)
    ticket = df.index[first]
    df.at[ticket, field] = cell
    return snapshot.plan(df)


def told(value):
    return " ".join(repr(value).split())


def other(desk, field):
    """Find a ticket whose field holds another value than the one that is set here."""
    frame = desk.load(progress=False).frame()
    return next(n for n, cell in enumerate(frame[field]) if cell not in ("Urgent", "Low"))


@pytest.mark.parametrize(
    ("cell", "after", "warned"),
    [
        ({"id": "p4", "name": "Low"}, "Low (id p4, which is Urgent)", True),
        ({"name": "Low", "id": "p4"}, "Low (id p4, which is Urgent)", True),
        ({"id": "p4"}, "Urgent (id p4)", False),
        ({"id": "p4", "name": "Urgent"}, "Urgent (id p4)", False),
        ({"id": "p99", "name": "Low"}, "Low (id p99)", False),
        ({"id": "p4", "name": "Low", "type": "x"}, "Low (id p4, which is Urgent, type x)", True),
    ],
)
def test_id_and_names(desk, cell, after, warned):
    """The id that goes out is shown, beside the name that was written and the name that it has; names that differ warn."""
    plan = planned(desk, "priority", cell, other(desk, "priority"))
    change = plan.patches[0].changes[0]
    assert (change.after, change.new) == (after, cell)
    assert list(plan.to_frame()["after"]) == [after]
    assert after in told(plan)
    assert after in plan._repr_html_()
    assert [p.ticket for p in plan.warnings if "which is 'Urgent' here" in p.message] == [
        plan.patches[0].ticket
    ] * warned


def test_every_part_of_a_person_is_shown(desk):
    """A contact with e-mails and phones: all of it stands in the text, the page, the rows and the receipt, however long."""
    plan = planned(desk, "contact", LENA)
    change = plan.patches[0].changes[0]
    parts = [
        "c1",
        "Lena Brandt",
        "lena.brandt.with.a.very.long.address@example.com",
        "+49 30 1234",
        "phones",
        "first_name",
    ]
    run = desk.apply(plan, confirm=1, progress=False)
    # a line of text may break anywhere
    for shown in (
        repr(plan).replace("\n", "").replace(" ", ""),
        repr(tt.Plan.from_json(plan.to_json())).replace("\n", "").replace(" ", ""),
    ):
        assert all(part.replace(" ", "") in shown for part in parts)
    for shown in (
        plan._repr_html_(),
        str(plan.to_frame()["after"].iloc[0]),
        run.receipt(),
        run.receipt("json"),
        str(change.after),
    ):
        assert all(part in shown for part in parts)
    assert run.applied.ids == (plan.patches[0].ticket,)


def test_member_of_a_set_is_shown_with_its_parts(desk):
    """A person among the assignees: the others stay names, this one is shown with what goes out."""
    bruno = {"id": "u2", "name": "Bruno Keller", "emails": MAIL}
    plan = planned(desk, "assignees", ("Ada Osei", bruno))
    change = plan.patches[0].changes[0]
    assert change.after == ("Ada Osei", f"Bruno Keller (id u2, emails {json.dumps(MAIL, separators=(',', ':'))})")
    assert MAIL[0]["email"] in plan._repr_html_()
    wrong = planned(desk, "assignees", ({"id": "u2", "name": "Ada Osei"},))
    assert "Ada Osei (id u2, which is Bruno Keller)" in wrong.patches[0].changes[0].after
    assert [p.field for p in wrong.warnings if "'Bruno Keller' here" in p.message] == ["assignees"]


def test_names_need_no_ids(desk):
    """A name is a name: without a written-out id nothing changes in how it is shown."""
    plan = planned(desk, "priority", "Urgent", other(desk, "priority"))
    assert (plan.patches[0].changes[0].after, "goes out as" in told(plan)) == ("Urgent", False)


def test_wide_letters_lose_no_part(desk):
    """A note longer than the terminal is wrapped by the columns that its letters take, never cut."""
    mail = [{"email": "返金@example.com", "type": "返金がまだです" * 12}]
    text = repr(planned(desk, "contact", {"id": "c1", "name": "返金", "emails": mail}))
    from truto_tickets_nb.show.visible_text import columns_of

    assert max(map(columns_of, text.splitlines())) <= 80
    assert mail[0]["type"] in text.replace("\n", "").replace(" ", "")
