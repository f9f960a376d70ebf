"""Exports of Jira, Zendesk, GitHub, Azure DevOps and Freshdesk, as their own buttons and commands write them, become tickets with nothing lost."""

from __future__ import annotations

import gzip
import json
import math

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import truto_tickets_nb as tt
from truto_tickets_nb.sandbox import Sandbox


def imported(given, slug="jira", **switches):
    """Import and close; returns the tickets by id, and the notes."""
    box = Sandbox(slug, given, limit=None, **switches)
    tickets, notes = {row["id"]: row for row in box.tickets()}, box.notes
    box.close()
    return tickets, notes


@pytest.fixture
def file(tmp_path):
    def written(name, content, encoding="utf-8"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return tmp_path / name

    return written


def names(ticket, field):
    return [item["name"] for item in ticket[field]]


# The exports of five tools

JIRA = (
    "Summary,Issue key,Issue id,Parent id,Issue Type,Status,Project key,Project name,Priority,Resolution,Assignee,Assignee Id,Reporter,Created,Updated,"
    "Due Date,Component/s,Component/s,Fix Version/s,Labels,Labels,Labels,Custom field (Story Points),Comment,Comment\n"
    'Refund missing,OPS-1,10001,,Bug,To Do,OPS,Operations,High,,"Osei, Ada",5b10a,Bruno Keller,12/Mar/24 3:45 PM,13/Mar/24 10:00 AM,31/Mar/24 12:00 AM,'
    'Checkout,Mail,1.2,billing,vip,,5.0,"12/Mar/24 4:00 PM;ada;Looking, now","13/Mar/24;bruno;Done"\n'
    "Sub-task,OPS-2,10002,10001,Sub-task,Done,OPS,Operations,Low,Done,,,Bruno Keller,14/Mar/24 3:45 PM,14/Mar/24 3:50 PM,,,,,,,,,,\n"
)


def test_export_of_jira(file):
    """Repeated columns are lists, the custom field has its own name, the parent is a ticket, and a person's comma separates nobody."""
    tickets, notes = imported(file("jira.csv", JIRA))
    one, two = tickets["10001"], tickets["10002"]
    assert (one["name"], one["number"], names(one, "tags")) == ("Refund missing", "OPS-1", ["billing", "vip"])
    assert one["assignees"] == [{"id": "5b10a", "name": "Osei, Ada"}]
    assert [(item["name"], item["type"]) for item in one["collections"]] == [
        ("Checkout", "component"),
        ("Mail", "component"),
        ("1.2", "version"),
    ]
    assert (one["created_at"], one["due_date"]) == ("2024-03-12T15:45:00Z", "2024-03-31T00:00:00Z")
    assert one["workspace"] == {"id": "OPS", "name": "Operations"}
    assert one["custom_fields"]["story_points"] == "5.0"
    assert one["custom_fields"]["comment"] == ["12/Mar/24 4:00 PM;ada;Looking, now", "13/Mar/24;bruno;Done"]
    assert (two["parent_ticket"]["id"], two["custom_fields"]["resolution"], two["tags"]) == ("10001", "Done", [])
    assert any("without a zone, taken for UTC" in note for note in notes)
    assert any("Resolution" in note and "kept as custom fields" in note for note in notes)


def test_search_of_jira_as_json(file):
    """The REST answer: fields beside the key, objects for people and statuses, a document for the description."""
    document = {
        "type": "doc",
        "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": "Two"}, {"type": "text", "text": " words"}]}
        ],
    }
    fields = {
        "summary": "Refund", "status": {"id": "3", "name": "In Progress", "statusCategory": {"id": 4}}, "labels": ["billing"], "issuetype": {"id": "10004", "name": "Bug"},
        "assignee": {"accountId": "5b10a", "displayName": "Ada Osei", "emailAddress": "ada@example.com"}, "project": {"id": "10000", "key": "OPS", "name": "Operations"},
        "created": "2024-03-12T15:45:00.000+0100", "duedate": "2024-03-31", "components": [{"id": "7", "name": "Checkout"}], "customfield_10016": 5, "description": document,
    }  # fmt: skip
    tickets, _ = imported(
        file("jira.json", json.dumps({"startAt": 0, "issues": [{"id": "10001", "key": "OPS-1", "fields": fields}]}))
    )
    one = tickets["10001"]
    assert (one["number"], one["status"], one["created_at"], one["due_date"]) == (
        "OPS-1",
        {"id": "3", "name": "In Progress"},
        "2024-03-12T14:45:00Z",
        "2024-03-31",
    )
    assert one["assignees"] == [{"id": "5b10a", "name": "Ada Osei", "emails": [{"email": "ada@example.com"}]}]
    assert (one["description"], one["custom_fields"]["customfield_10016"]) == ("Two words", 5)
    assert one["collections"] == [{"id": "7", "name": "Checkout", "type": "component"}]


def test_view_of_zendesk_as_csv(file):
    """Names beside ids, tags between blanks."""
    text = (
        "Id,Requester,Requester id,Requester external id,Requester email,Assignee,Group,Subject,Tags,Status,Priority,Via,Ticket type,Created at,Reopens\n"
        "35436,Lena Brandt,987,,lena@example.org,Ada Osei,Support,Refund please,billing vip,Open,High,Web form,Incident,2024-03-12 15:45,0\n"
    )
    tickets, _ = imported(file("view.csv", text), "zendesk")
    one = tickets["35436"]
    assert one["contact"] == {"id": "987", "name": "Lena Brandt", "emails": [{"email": "lena@example.org"}]}
    assert (names(one, "tags"), names(one, "assignees"), one["team"]["name"], one["source"]["name"]) == (
        ["billing", "vip"],
        ["Ada Osei"],
        "Support",
        "Web form",
    )


def test_json_of_zendesk(file):
    """Ids are resolved where the export brings the people along; custom fields are told twice and stand once."""
    ticket = {
        "id": 35436, "subject": "Refund", "description": "Please", "status": "open", "priority": None, "type": "incident", "tags": ["billing", "vip"], "assignee_id": 235323,
        "requester_id": 20978392, "group_id": 98738, "via": {"channel": "email"}, "custom_fields": [{"id": 27642, "value": "745"}, {"id": 27648, "value": None}],
        "fields": [{"id": 27642, "value": "745"}], "created_at": "2024-03-12T15:45:00Z", "due_at": None, "is_public": True,
    }  # fmt: skip
    users = [{"id": 235323, "name": "Ada Osei", "email": "ada@example.com"}]
    tickets, _ = imported(
        file("z.json", json.dumps({"tickets": [ticket], "users": users, "next_page": None})), "zendesk"
    )
    one = tickets["35436"]
    assert one["assignees"] == [{"id": "235323", "name": "Ada Osei", "emails": [{"email": "ada@example.com"}]}]
    assert (one["contact"]["id"], one["team"]["id"], one["ticket_type"]["name"]) == ("20978392", "98738", "incident")
    assert one["custom_fields"] == {"27642": "745", "is_public": True}
    assert (one["source"], one["remote_data"]["via"]) == ({"id": "email", "name": "email"}, ticket["via"])


def test_list_of_the_github_command(file):
    """gh issue list --json …: camel case, labels and people as objects, the number as id."""
    row = {
        "number": 7, "title": "Crash", "body": "It\r\ncrashes", "state": "OPEN", "labels": [{"id": "L1", "name": "bug", "color": "d73a4a", "description": ""}, {"id": "L2", "name": "two words"}],
        "assignees": [{"id": "U1", "login": "ada", "name": "Ada Osei"}], "author": {"login": "bruno", "is_bot": False}, "createdAt": "2024-03-12T15:45:00Z",
        "closedAt": None, "milestone": {"number": 1, "title": "v1"}, "url": "https://github.com/x/y/issues/7",
    }  # fmt: skip
    tickets, _ = imported(file("gh.json", json.dumps([row, {**row, "number": 8, "milestone": None, "assignees": []}])))
    one, two = tickets["7"], tickets["8"]
    assert (one["number"], one["name"], names(one, "tags"), one["status"]["name"]) == (
        "7",
        "Crash",
        ["bug", "two words"],
        "OPEN",
    )
    assert one["assignees"] == [{"id": "U1", "name": "Ada Osei"}]
    assert (one["created_by"]["name"], one["created_at"], one["ticket_url"]) == (
        "bruno",
        "2024-03-12T15:45:00Z",
        row["url"],
    )
    assert (one["collections"], two.get("collections")) == ([{"id": "1", "name": "v1", "type": "milestone"}], None)
    assert two["assignees"] == []


def test_pages_of_the_github_api(file):
    """The REST answer in pages one behind the other: users by login, milestones, pull requests told by a custom field."""
    row = {
        "id": 1, "node_id": "I_1", "number": 7, "title": "Crash", "user": {"login": "bruno", "id": 5, "type": "User"}, "labels": [{"id": 208045946, "name": "bug"}],
        "state": "open", "assignee": {"login": "ada", "id": 4}, "assignees": [{"login": "ada", "id": 4}], "milestone": None, "comments": 3, "created_at": "2024-03-12T15:45:00Z",
        "body": None, "html_url": "https://github.com/x/y/issues/7", "url": "https://api.github.com/x", "pull_request": {"url": "https://api.github.com/p"},
    }  # fmt: skip
    tickets, _ = imported(file("rest.json", json.dumps([row]) + json.dumps([{**row, "id": 2, "number": 8}])))
    one = tickets["1"]
    assert (one["number"], one["assignees"], one["tags"]) == (
        "7",
        [{"id": "4", "name": "ada"}],
        [{"id": "208045946", "name": "bug"}],
    )
    assert (one["created_by"]["name"], one["ticket_url"], one["custom_fields"]["comments"]) == (
        "bruno",
        row["html_url"],
        3,
    )
    assert one["custom_fields"]["pull_request"] == row["pull_request"]
    assert len(tickets) == 2


def test_query_of_azure_devops(file):
    """People with their addresses, tags between semicolons, paths, American dates, titles of a tree."""
    text = (
        "\ufeffID,Work Item Type,Title 1,Title 2,Assigned To,State,Tags,Iteration Path,Area Path,Created Date\r\n"
        '"12","User Story","Refund",,"Ada Osei <ada@example.com>","Active","billing; two words","Shop\\Sprint 1","Shop\\Web","3/13/2024 3:45:00 PM"\r\n'
        '"13","Bug",,"Crash, again",,"New",,"Shop","Shop","4/1/2024 9:00:00 AM"\r\n'
    )
    tickets, notes = imported(file("ado.csv", text), "azuredevops")
    one, two = tickets["12"], tickets["13"]
    assert one["assignees"] == [{"id": "ada@example.com", "name": "Ada Osei", "emails": [{"email": "ada@example.com"}]}]
    assert (names(one, "tags"), one["ticket_type"]["name"], one["created_at"]) == (
        ["billing", "two words"],
        "User Story",
        "2024-03-13T15:45:00Z",
    )
    assert (two["created_at"], two["name"]) == ("2024-04-01T09:00:00Z", "Crash, again")
    assert [(item["name"], item["type"]) for item in one["collections"]] == [("Shop\\Sprint 1", "iteration")]
    assert one["custom_fields"]["area_path"] == "Shop\\Web"
    assert any("the month stands first" in note for note in notes)


def test_work_items_of_azure_devops_as_json(file):
    """The REST answer: {"value": […]}, fields with dotted names."""
    fields = {
        "System.Title": "Refund", "System.State": "Active", "System.WorkItemType": "Bug", "System.Tags": "billing; vip", "System.AssignedTo": {"displayName": "Ada Osei", "uniqueName": "ada@example.com", "id": "u-1"},
        "System.CreatedDate": "2024-03-12T15:45:00.123Z", "Microsoft.VSTS.Common.Priority": 2, "System.IterationPath": "Shop\\Sprint 1", "System.TeamProject": "Shop",
    }  # fmt: skip
    tickets, _ = imported(
        file("ado.json", json.dumps({"count": 1, "value": [{"id": 12, "rev": 3, "fields": fields}]})), "azuredevops"
    )
    one = tickets["12"]
    assert (one["name"], one["status"]["name"], one["ticket_type"]["name"], names(one, "tags")) == (
        "Refund",
        "Active",
        "Bug",
        ["billing", "vip"],
    )
    assert (one["assignees"][0]["id"], one["priority"]["id"], one["workspace"]["name"]) == ("u-1", "2", "Shop")
    assert one["created_at"] == "2024-03-12T15:45:00.123Z"


def test_export_of_freshdesk(file):
    """The subject is the title, not the requester's job title; tags between commas."""
    text = (
        "Ticket ID,Subject,Status,Priority,Source,Type,Agent,Group,Created time,Due by Time,Resolved time,Last update time,Tags,Full name,Title,Email,Company Name\n"
        '5,Refund,Open,Medium,Portal,Incident,Ada Osei,Billing,2024-03-12 15:45:00,2024-03-31 12:00:00,,2024-03-13 08:00:00,"billing, two words",Lena Brandt,CEO,lena@example.org,Northwind\n'
    )
    tickets, _ = imported(file("fd.csv", text), "freshdesk")
    one = tickets["5"]
    assert (one["name"], one["custom_fields"]["title"], names(one, "tags")) == (
        "Refund",
        "CEO",
        ["billing", "two words"],
    )
    assert (one["team"]["name"], one["account"]["name"], one["source"]["name"], one["due_date"]) == (
        "Billing",
        "Northwind",
        "Portal",
        "2024-03-31T12:00:00Z",
    )
    assert one["contact"] == {"id": "Lena-Brandt", "name": "Lena Brandt", "emails": [{"email": "lena@example.org"}]}


def test_json_of_freshdesk(file):
    """Numbers of statuses and priorities get Freshdesk's own words; everything else is kept."""
    row = {
        "id": 5, "subject": "Refund", "status": 2, "priority": 3, "source": 1, "type": "Incident", "responder_id": 7, "group_id": 8, "requester_id": 9, "tags": ["billing"],
        "custom_fields": {"cf_region": "EU"}, "due_by": "2024-03-31T12:00:00Z", "fr_due_by": "2024-03-13T12:00:00Z", "spam": False,
    }  # fmt: skip
    tickets, notes = imported(
        file("fd.jsonl", json.dumps(row) + "\n\n" + json.dumps({"ticket": {**row, "id": 6}}) + "\n"), "freshdesk"
    )
    one = tickets["5"]
    assert (one["status"], one["priority"], tickets.keys()) == (
        {"id": "2", "name": "Open"},
        {"id": "3", "name": "High"},
        {"5", "6"},
    )
    assert (one["assignees"], one["team"]["id"], one["contact"]["id"]) == ([{"id": "7", "name": "7"}], "8", "9")
    assert one["custom_fields"] == {"cf_region": "EU", "fr_due_by": "2024-03-13T12:00:00Z", "spam": False}
    assert any("fr_due_by, spam" in note for note in notes)


# Files in every form

PLAIN = "Key,Summary,Status\nOPS-1,Refund für Ärger,Open\n"


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(), PLAIN.encode("utf-8-sig"), PLAIN.encode("utf-16"), PLAIN.encode("utf-16-le"), PLAIN.encode("utf-16-be"), PLAIN.encode("utf-32"), PLAIN.encode("cp1252"),
        PLAIN.encode("cp850"), PLAIN.encode("mac_roman"), gzip.compress(PLAIN.encode("utf-16-le"), mtime=0), b"\n\r\n" + PLAIN.encode(), b",,\n" + PLAIN.encode(), ("sep=;\n" + PLAIN.replace(",", ";")).encode(),
        ('"sep=;"\r\n' + PLAIN.replace(",", ";")).encode("utf-16"), ("sep=\t\n" + PLAIN.replace(",", "\t")).encode(), PLAIN.replace(",", "|").encode(), PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.upper().replace("REFUND FÜR ÄRGER", "Refund für Ärger").replace("OPEN", "Open").encode(), PLAIN.replace("Key", " key ").replace("Summary", "SUMMARY").encode(),
        json.dumps({"result": {"OPS-1": {"key": "OPS-1", "Summary": "Refund für Ärger", "STATUS": "Open"}}}).encode("utf-16"),
    ],
)  # fmt: skip
def test_file_in_every_encoding_and_form(file, content):
    """Byte-order marks or none, code pages, sep=;, blank lines, other capitals, gzip: the same ticket each time."""
    tickets, _ = imported(file("a.csv", content))
    assert {key: tickets["OPS-1"][key] for key in ("name", "status")} == {
        "name": "Refund für Ärger",
        "status": {"id": "Open", "name": "Open"},
    }


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("Zgłoszenie: błąd płatności", "cp1250"), ("Příliš žluťoučký kůň", "cp1250"), ("Заявка не работает", "cp1251"), ("Заявка не работает", "koi8-r"), ("Πρόβλημα με την πληρωμή", "cp1253"),
        ("Ödeme başarısız, şifre", "cp1254"), ("החזר כספי להזמנה", "cp1255"), ("استرداد المبلغ للطلب", "cp1256"), ("支払いが二重に請求されました", "cp932"), ("退款问题，订单没有收到", "gb18030"),
        ("退款問題，訂單沒有收到", "big5"), ("결제가 두 번 청구되었습니다", "euc_kr"), ("Le client a été remboursé à l'équipe", "cp1252"), ("It’s “quoted” – 5 €", "cp1252"),
    ],
)  # fmt: skip
def test_other_code_pages_give_no_mojibake(file, text, page):
    """The likeliest code page is taken, and the notes name it."""
    tickets, notes = imported(file("a.csv", f'Key,Summary,Status\n1,"{text}",Open\n'.encode(page)))
    assert (tickets["1"]["name"], "read as" in notes[0]) == (text, True)


FRAME = pd.DataFrame(
    {
        "id": [1, 2, 3], "name": ["Refund", None, "Three"], "tags": [("a", "b"), np.array(["c"]), np.nan], "priority": pd.Categorical(["High", None, "Low"]), "created_at": pd.to_datetime(["2026-01-31T10:00Z", None, "2026-02-01T11:00Z"]),
        "due_date": [pd.Timestamp("2026-03-01"), pd.NaT, None], "custom_fields.points": [1.0, np.nan, np.float64(3)], "custom_fields.n": pd.array([5, None, 7], dtype="Int64"), "custom_fields.list": [[1, np.int64(2)], None, []],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    "make",
    [
        lambda f: f,
        lambda f: f.to_dict("records"),
        lambda f: f.set_index("id"),
        lambda f: [f.iloc[:1], f.iloc[1:]],
        lambda f: [f.iloc[:2], *f.iloc[2:].to_dict("records")],
    ],
)
def test_frames_and_records(make):
    """Numbers as ids, NaN, NaT, None, NA, tuples and numpy arrays: nothing of it becomes the text 'nan'."""
    tickets, _ = imported(make(FRAME))
    one, two, three = (tickets[key] for key in "123")
    assert (one["name"], names(one, "tags"), one["created_at"][:19], one["priority"]["name"]) == (
        "Refund",
        ["a", "b"],
        "2026-01-31T10:00:00",
        "High",
    )
    assert (two["name"], names(two, "tags"), three["tags"]) == ("(no title)", ["c"], [])
    assert not {"priority", "created_at", "due_date"} & two.keys()
    assert one["custom_fields"] == {"points": 1.0, "n": 5, "list": [1, 2]}
    assert two["custom_fields"] == {}
    assert not any(word in json.dumps(tickets) for word in ("NaN", "nan", "NaT", "NA>"))


def test_frame_of_a_snapshot_comes_back():
    """What was loaded can be the start of another practice account: the same cells, ids and index."""
    with tt.sandbox("jira", tickets=30, limit=None) as account:
        df = account.load(progress=False).frame()
    with tt.sandbox("jira", tickets=df, limit=None) as copy:
        again = copy.load(progress=False).frame()
    for column in ("name", "status", "priority", "tags", "assignees", "created_at", "custom_fields.region"):
        assert [x for x in again[column] if not _none(x)] == [x for x in df[column] if not _none(x)], column
    assert list(again.index) == list(df.index)


def _none(value):
    return value is None or (isinstance(value, float) and math.isnan(value)) or value is pd.NaT


@pytest.mark.parametrize("form", ["csv", "json"])
def test_frame_written_by_pandas_comes_back(tmp_path, form):
    """str(tuple) in a CSV is a list again."""
    FRAME.drop(columns=["custom_fields.list"]).iloc[:1].to_csv(
        tmp_path / "x.csv", index=False
    ) if form == "csv" else FRAME.iloc[:1].to_json(tmp_path / "x.json", orient="records", date_format="iso")
    tickets, _ = imported(tmp_path / f"x.{form}")
    assert (names(tickets["1"], "tags"), tickets["1"]["created_at"][:16]) == (["a", "b"], "2026-01-31T10:00")


def test_ids_that_stand_several_times_are_refused_with_words(file):
    """An id means one ticket: the message names the ids, their rows, and what to do."""
    with pytest.raises(ValueError, match=r"1 id used more than once \(7 in tickets 1, 3\).*columns="):
        imported(file("a.csv", "id,name\n7,One\n8,Two\n7,Three\n"))
    with pytest.raises(ValueError, match="more than once"):
        imported([{"id": 7, "name": "x"}, {"id": "7", "name": "y"}])


def test_rows_without_an_id_get_a_free_number(file):
    """No number is taken twice, and the notes tell."""
    tickets, notes = imported(
        [file("a.csv", "id,name\n2,One\n,Two\n"), file("b.csv", "name,status\nThree,Open\nFour,Open\n")]
    )
    assert sorted(tickets) == ["1", "2", "3", "4"]
    assert any("without an id: numbered" in note for note in notes)


def test_nothing_is_lost_silently(file):
    """Unknown columns, cells without a heading and headings that would share a key are kept, and noted."""
    text = "id,name,Foo bar,foo_bar,Resolved\n1,One,a,b,yes,extra\n2,Two,,,no\n"
    tickets, notes = imported(file("a.csv", text))
    assert tickets["1"]["custom_fields"] == {"foo_bar": "a", "foo_bar_2": "b", "resolved": "yes", "column_6": "extra"}
    told = " ".join(notes)
    assert all(part in told for part in ("Foo bar, foo_bar, Resolved", "more cells than headings"))


@pytest.mark.parametrize(
    ("cells", "dates", "said"),
    [
        (["13/02/2024", "03/04/2024"], ["2024-02-13", "2024-04-03"], "the day stands first"),
        (["02/13/2024 10:00", "03/04/2024 1:00 PM"], ["2024-02-13T10:00:00Z", "2024-03-04T13:00:00Z"], "the month stands first"),
        (["03/04/2024"], ["2024-03-04"], "the month is assumed"),
        (["03.04.2024"], ["2024-04-03"], "the day is assumed"),
        (["45363.65625", "45364"], ["2024-03-12T15:45:00Z", "2024-03-13"], ""),
        (["1710258300", "1710258300000"], ["2024-03-12T15:45:00Z"] * 2, ""),
        (["2024-03-12 15:45:00 +0100", "Mar 12, 2024, 3:45 PM"], ["2024-03-12T14:45:00Z", "2024-03-12T15:45:00Z"], "1 time without a zone"),
        (["12. März 2024", "some day"], ["2024-03-12", "some day"], "1 value kept as text, not a date: 'some day'"),
    ],
)  # fmt: skip
def test_dates_are_read_by_the_column(file, cells, dates, said):
    """Whether the day or the month stands first is decided by the values that leave no doubt; what was assumed is noted."""
    lines = "\n".join(f'{n},x,"{cell}"' for n, cell in enumerate(cells, 1))
    tickets, notes = imported(file("a.csv", f"id,name,Created\n{lines}\n"))
    assert [row["created_at"] for row in tickets.values()] == dates
    assert said in " ".join(notes)


def test_another_column_tells_the_order_of_dates(file):
    """Columns of one file are written alike."""
    tickets, _ = imported(file("a.csv", "id,name,Created,Updated\n1,x,03/04/2024,25/04/2024\n"))
    assert tickets["1"]["created_at"] == "2024-04-03"


def test_each_column_is_read_by_its_own_values_first(file):
    """A file whose columns are written differently: what a column itself tells goes before what its neighbour tells."""
    text = "id,name,Created,Updated\n1,x,13/02/2024,02/13/2024\n2,y,03/04/2024,03/04/2024\n"
    tickets, _ = imported(file("a.csv", text))
    assert (tickets["2"]["created_at"], tickets["2"]["updated_at"]) == ("2024-04-03", "2024-03-04")


@settings(max_examples=examples(60), deadline=None)
@given(moments=st.lists(st.datetimes(min_value=pd.Timestamp("1970-01-01").to_pydatetime(), max_value=pd.Timestamp("2068-12-31").to_pydatetime()), min_size=1, max_size=5), form=st.sampled_from(["%d/%b/%y %I:%M %p", "%Y-%m-%d %H:%M", "%B %d, %Y %H:%M", "%d %b %Y %H:%M", "%Y/%m/%d %H:%M"]))  # fmt: skip
def test_law_dates_with_one_meaning_are_read_as_they_are_written(moments, form):
    """Every unambiguous form, for every minute of a hundred years."""
    rows = [{"key": str(n), "summary": "x", "created": moment.strftime(form)} for n, moment in enumerate(moments)]
    tickets, _ = imported(rows)
    assert [row["created_at"] for row in tickets.values()] == [
        moment.strftime("%Y-%m-%dT%H:%M:00Z") for moment in moments
    ]


@pytest.mark.parametrize("content", [b"%PDF-1.4 x,y", b"PK\x03\x04 x,y", b"\x1f\x8bbroken", b"[1, 2]", b"[]", b'{"tickets": []}', b"just words", b"", b"\x00\x00"])  # fmt: skip
def test_file_that_is_no_export_is_refused(file, content):
    """Neither half read nor a crash: the message names the file and what is accepted."""
    with pytest.raises(ValueError, match=r"a\.csv.*Accepted are|a\.csv can't be read.*Give the path"):
        imported(file("a.csv", content))


def test_columns_may_be_named_in_other_capitals(file):
    """What can't be guessed is said with columns=, and a heading that is not there is refused with those that are."""
    path = file("a.csv", "Nr;Betreff;Zustand\n1;Eins;offen\n")
    tickets, _ = imported(path, columns={"id": "nr", "name": "BETREFF", "status": "Zustand"})
    assert (tickets["1"]["name"], tickets["1"]["status"]["name"]) == ("Eins", "offen")
    with pytest.raises(ValueError, match="columns= names Titel, but the file has: Nr, Betreff, Zustand"):
        imported(path, columns={"name": "Titel"})


@pytest.mark.parametrize("given", [3.5, None, [1, 2], ["a.csv", None], True, -1])
def test_what_is_no_source_is_refused_with_words(given):
    """The message says what tickets= takes."""
    with pytest.raises(ValueError, match="tickets="):
        imported(given)


def test_export_of_one_column(file):
    """A list of titles is an export too."""
    tickets, _ = imported(file("a.csv", "Summary\nOne\nTwo\n"))
    assert [row["name"] for row in tickets.values()] == ["One", "Two"]


@pytest.mark.parametrize(
    "custom", [{"x": 5, "y": "z"}, '{"x": 5, "y": "z"}', "{'x': 5, 'y': 'z'}", [{"id": "x", "value": 5}, {"id": "y", "value": "z"}]]
)  # fmt: skip
def test_object_of_custom_fields_beside_flat_columns(tmp_path, custom):
    """Each key is a custom field of its own, be the object one or the text of one; rows without any have none."""
    rows = [
        {"id": "1", "name": "t", "custom_fields": custom},
        {"id": "2", "name": "u", "custom_fields": None},
        {"id": "3", "name": "v"},
    ]
    (tmp_path / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    for source in (rows, tmp_path / "rows.json", pd.DataFrame(rows)):
        with tt.sandbox("jira", tickets=source, limit=None) as account:
            assert [row["custom_fields"] for row in account.sandbox.tickets()] == [{"x": 5, "y": "z"}, {}, {}]
            assert ("text" in " ".join(account.sandbox.notes)) == isinstance(custom, str)
