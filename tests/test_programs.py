"""A plan as a program: what it sends is what account.apply() sends, and no text of a ticket breaks out of it."""

from __future__ import annotations

import ast
import json
import subprocess
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import unquote, urlencode

import orjson
import pytest
from clients import running
from clients.running import ONE_BY_ONE, meant, practice, run, sent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import truto_tickets_nb as tt
from truto_tickets_nb.api.address import query_pairs
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.plans.problem import Problem
from truto_tickets_nb.plans.programs.language import ProgramLanguage
from truto_tickets_nb.plans.programs.languages import LANGUAGES
from truto_tickets_nb.plans.request_spec import READ, RequestSpec
from truto_tickets_nb.tickets.json_values import ref

pytest_plugins = ["clients.tools"]

HOSTILE = "it's \"q\" `id` $(touch x) ${x} \\ \n\r\t\u2028\u2029\x00\x1b[31m</script><!-- %2F %s {0} @body@ \u202eevil\u2066 \U0001f525 \U000e0041 ~*!'()"
IDS = [
    "a/b",
    "../x",
    "%2e%2e",
    "?x=1#y",
    "ä ö",
    "0007",
    "1" * 19,
    "a\\b",
    "<i>",
    "x;y",
    "-rf",
    "a+b&c=d",
    "it's",
    '"',
    "$HOME",
    "~*!()",
]
METHODS = tuple(f"to_{name}" for name in LANGUAGES)


def renamed(df):
    df["name"] = [f"{n} {HOSTILE}" for n in range(len(df))]


def jira(snapshot):
    df = snapshot.frame()
    renamed(df)
    df["priority"] = "Low"
    df["tags"] = df["tags"].tickets.add("billing")
    df["custom_fields.region"] = HOSTILE
    df["custom_fields.points"] = 7.5
    return df


def plain(snapshot):
    return snapshot.plan(jira(snapshot))


def quiet(snapshot):
    return snapshot.plan(jira(snapshot), quiet=True)


def described(snapshot):
    df = snapshot.frame()
    renamed(df)
    df["description"] = HOSTILE
    return snapshot.plan(df)


def several(snapshot):
    df = snapshot.frame()
    renamed(df)
    df["custom_fields.region"] = HOSTILE
    return snapshot.plan(df)


def named(snapshot):
    df = snapshot.frame()
    renamed(df)
    return snapshot.plan(df)


ETAGS = [
    {
        "id": name,
        "name": "x",
        "description": "old",
        "etag": f'W/"JzEt+VGFz/a{name}aw==~*&#%25 ä"',
        "workspace": {"id": "w1", "name": "W"},
    }
    for name in ("task/1", "task 2")
]
FIELDS = {"12": "a", "3": 10**18 + 1, "b": {"z": [1.5, None, True]}, "é": "\u2028", "region": "EU"}
WHOLE = [
    {"id": str(n), "name": "x", "custom_fields": FIELDS, "status": {"id": "active", "name": "active"}} for n in range(3)
]
TOOLS = {
    "jira": (8, plain),
    "jira quiet": (3, quiet),
    "jira ids": ([{"id": name, "name": name, "custom_fields": {}} for name in IDS], several),
    "microsoftplanner": (ETAGS, described),
    "helpscout": (WHOLE, several),
    "hive": (4, named),
    "planhat": (4, named),
    "practice": (4, named),
}


@pytest.fixture(scope="module")
def applied():
    """Give what account.apply() sends for a tool: as it came, and as it was understood."""
    known = {}

    def find(name):
        if name not in known:
            records, change = TOOLS[name]
            with practice(name.split()[0], records, change) as (account, plan):
                run = account.apply(plan, confirm=len(plan), brakes=ONE_BY_ONE, progress=False)
                assert run.counts == {"applied": len(plan)}
                known[name] = sent(account.sandbox), meant(account.sandbox)
        return known[name]

    return find


@pytest.mark.parametrize("name", TOOLS)
@pytest.mark.parametrize("language", ["curl", "python", "javascript"])
def test_program_sends_what_apply_sends_byte_for_byte(applied, node, tmp_path, language, name):
    """Addresses, still encoded, and bodies are the same bytes, in the order of the plan."""
    records, change = TOOLS[name]
    more = (node,) if language == "javascript" else ()
    with practice(name.split()[0], records, change) as (account, plan):
        done = getattr(running, language)(plan, account.sandbox, tmp_path, *more)
        assert (done.returncode, done.stderr) == (0, "")
        assert sent(account.sandbox) == applied(name)[0]
        assert len(sent(account.sandbox)) == sum(len(plan.request_spec.rounds(patch.changes)) for patch in plan)
    assert not list(tmp_path.glob("x"))


@pytest.mark.parametrize("name", TOOLS)
def test_python_sdk_means_what_apply_sends(applied, python_sdk, tmp_path, name):
    """aiohttp writes JSON with blanks and in ASCII, so the requests are compared as they are understood."""
    records, change = TOOLS[name]
    with practice(name.split()[0], records, change) as (account, plan):
        done = running.python_sdk(plan, account.sandbox, tmp_path, python_sdk)
        assert (done.returncode, done.stderr) == (0, "")
        assert canonical(meant(account.sandbox)) == canonical(applied(name)[1])


def canonical(requests):
    return [orjson.dumps(request, option=orjson.OPT_SORT_KEYS) for request in requests]


@pytest.mark.parametrize("name", [name for name in TOOLS if name != "helpscout"])
def test_typescript_is_typed_and_means_what_apply_sends(applied, tsc, node, name):
    """tsc finds nothing to complain of, and with a stand-in for the SDK the requests mean the same."""
    records, change = TOOLS[name]
    with practice(name.split()[0], records, change) as (account, plan):
        told, path = tsc(plan.to_typescript(account.sandbox.url), emit=True)
        assert told == ""
        done = run([node, str(path)], account.sandbox)
        assert (done.returncode, done.stderr) == (0, "")
        assert canonical(meant(account.sandbox)) == canonical(applied(name)[1])


def test_typescript_stops_where_the_sdk_has_rounded_a_number(tsc, node):
    """Whole custom fields with a number too long for JavaScript don't go back rounded."""
    with practice("helpscout", WHOLE, several) as (account, plan):
        told, path = tsc(plan.to_typescript(account.sandbox.url), emit=True)
        done = run([node, str(path)], account.sandbox)
        assert (told, done.returncode) == ("", 1)
        assert "JavaScript rounds the number" in done.stderr
        assert [body for _, _, body in meant(account.sandbox) if "custom_fields" in body] == []


def small(name="x", ticket="1", value="x", **request_spec):
    change = Change("name", "", value, "", value)
    return Plan("acc", "jira", (Patch(ticket, name, (change,)),), request_spec=RequestSpec(read=READ, **request_spec))


def test_every_program_is_typed_whatever_it_takes_from_its_ticket(tsc):
    """All forms of parameters and of fields that go along pass the compiler."""
    names = ("etag", "workspace_id", "ticket_type", "organization", "workspace", "anything")
    carry = ("workspace|collections", "assignees", "status", "languages", "due_date")
    ways = [{}, {"query": names}, {"carry": carry}, {"query": names, "carry": carry}]
    told, _ = tsc(*(small(**request_spec).to_typescript() for request_spec in ways), several_whole().to_typescript())
    assert told == ""


def several_whole():
    change = Change("custom_fields.x", "", "y", "", {"__proto__": 1})
    return Plan("acc", "jira", (Patch("1", "x", (change,)),), request_spec=RequestSpec(whole_custom_fields=True))


@pytest.mark.parametrize("method", METHODS)
def test_no_program_holds_the_token(small_account, method):
    """The token is read where the program runs."""
    account, plan = small_account
    text = getattr(plan, method)(account.sandbox.url)
    assert account.sandbox.token not in text
    assert "TRUTO_API_TOKEN" in text


@pytest.fixture
def small_account():
    with practice("jira", 3, plain) as found:
        yield found


@pytest.mark.parametrize("method", METHODS)
def test_head_says_what_it_is_and_what_it_does_not_do(small_account, method):
    """Headline, fingerprint, and what apply() does besides."""
    _, plan = small_account
    head = "\n".join(getattr(plan, method)().splitlines()[:6])
    told = (
        f"3 tickets to change ({plan.changes} fields)",
        plan.fingerprint[:16],
        "no conflict check, no journal, no undo",
        "confirm=3",
    )
    assert all(part in head for part in told)


@pytest.fixture
def runners(node, python_sdk, tsc, tmp_path):
    """Give for each method how its program is run."""

    def typescript(plan, box, folder):
        return run([node, str(tsc(plan.to_typescript(box.url), emit=True)[1])], box)

    return {
        "to_curl": running.curl,
        "to_python": running.python,
        "to_javascript": lambda *args: running.javascript(*args, node),
        "to_typescript": typescript,
        "to_python_sdk": lambda *args: running.python_sdk(*args, python_sdk),
    }


@pytest.mark.parametrize("method", METHODS)
def test_program_without_a_token_stops_with_a_sentence(small_account, runners, tmp_path, method):
    """An unset or empty variable is said, and nothing is sent."""
    account, plan = small_account
    before = len(account.sandbox.requests())
    done = runners[method](plan, SimpleNamespace(url=account.sandbox.url, token=""), tmp_path)
    assert done.returncode != 0
    assert "Set TRUTO_API_TOKEN first" in done.stderr
    assert len(account.sandbox.requests()) == before


@pytest.mark.parametrize(
    ("method", "said"), [(name, "not a valid" if name != "to_python_sdk" else "422") for name in METHODS]
)
def test_program_stops_at_an_error_with_what_the_server_said(small_account, runners, tmp_path, method, said):
    """The first ticket goes out, the second is refused, the third is not sent."""
    account, plan = small_account
    bad = Change("priority", "", "", None, {"id": "99"})
    second = Patch(plan.patches[1].ticket, "x", (bad,))
    plan = Plan(account.id, "jira", (plan.patches[0], second, plan.patches[2]), request_spec=plan.request_spec)
    done = runners[method](plan, account.sandbox, tmp_path)
    assert done.returncode == 1
    assert said in done.stderr
    assert second.ticket in done.stderr
    assert len(sent(account.sandbox)) == 2


@pytest.mark.parametrize("method", METHODS)
def test_program_stops_where_a_ticket_lacks_its_parameter(runners, tmp_path, method):
    """The ticket and the parameter are named, and nothing is sent for it."""
    with practice(
        "jira", [{"id": "a/7", "name": "x"}], lambda snapshot: small(ticket="a/7", query=("workspace_id",))
    ) as (account, plan):
        done = runners[method](replace(plan, account_id=account.id), account.sandbox, tmp_path)
        assert done.returncode == 1
        assert "Ticket a/7 came without its workspace_id" in done.stderr
        assert sent(account.sandbox) == []


def test_program_run_twice_has_one_effect(small_account, runners, tmp_path):
    """The Idempotency-Key of a ticket is the same each time, and another one in each part of it."""
    account, plan = small_account
    runners["to_curl"](plan, account.sandbox, tmp_path)
    runners["to_javascript"](plan, account.sandbox, tmp_path)
    assert [len(account.sandbox.history(patch.ticket)) for patch in plan] == [1, 1, 1]
    keys = [seen.key for seen in account.sandbox.requests() if seen.method == "PATCH"]
    assert keys[:3] == keys[3:]
    assert len(set(keys)) == 3


def test_parts_of_a_ticket_have_keys_of_their_own():
    """A second PATCH of a ticket is no repeat of the first, and no key of one ticket is that of another."""
    changes = (Change("name", "", "", "", "x"), Change("tags", (), (), [], []))
    plan = Plan(
        "acc",
        "jira",
        tuple(Patch(name, "x", changes) for name in ("a", "a-1", "a/1")),
        request_spec=RequestSpec(apart=("*",)),
    )
    keys = [line.split()[-1] for line in plan.to_curl().splitlines() if line.startswith("patch ")]
    assert len(set(keys)) == 6


@pytest.mark.parametrize("method", METHODS)
def test_plan_that_apply_refuses_is_not_written(method):
    """A blocking problem, an impossible id and an unsafe address are errors, not programs."""
    blocked = Plan("acc", "jira", problems=(Problem("title.missing", "1", "name", "", "bad"),))
    for plan, url in (
        (blocked, "https://x.example"),
        (small(ticket=".."), "https://x.example"),
        (small(), "http://x.example"),
    ):
        with pytest.raises(ValueError, match=r"blocking|can't be the id|Use https"):
            getattr(plan, method)(url)


def test_half_a_character_is_told_with_its_ticket():
    """What JSON can't hold is a PlanError; in a title it does not matter."""
    with pytest.raises(tt.errors.PlanError, match="Ticket 1: name can't be written as JSON"):
        small(value="\ud800").to_curl()
    with pytest.raises(tt.errors.SetupError, match="half a character"):
        small(ticket="\ud800").to_curl()
    assert all("\ud800" not in getattr(small("\ud800"), method)() for method in METHODS)


@pytest.mark.parametrize("method", METHODS)
def test_what_can_not_be_seen_is_written_so_that_it_can(method):
    """A reviewer sees each sign: no override of direction, no separator of lines, no control character stands in a program."""
    text = getattr(small(HOSTILE, value=HOSTILE), method)()
    assert all(char == "\n" or char.isprintable() for char in text)
    if method in ("to_javascript", "to_typescript"):
        assert not any(part in text for part in ("</script", "<!--"))


ANY = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    [HOSTILE, "'", '"', "\\", "'\"", "*/", "\u2028", "#", "//", "</script>"]
)
NAME = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=12).filter(
    lambda x: x not in (".", "..")
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(1e-3, 1e6) | ANY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY | st.just("__proto__"), inner, max_size=3),
    max_leaves=6,
)


def examples(count, strategy):
    """Gather examples, so that a language evaluates all of them in one go."""
    found = []

    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def gather(example):
        found.append(example)

    gather()
    return found


def plan_of(ticket, title, fields):
    changes = tuple(Change(f"custom_fields.{key}", "", "", None, value) for key, value in fields.items())
    return Plan("acc", "jira", (Patch(ticket, title, (Change("name", "", "", "", title), *changes)),))


def test_no_text_breaks_out_of_a_program(node, tmp_path):
    """Whatever ids, titles and values are, every language reads back the calls that were meant, all evaluated at once."""
    plans = examples(150, st.builds(plan_of, NAME, ANY, st.dictionaries(ANY, JSON, max_size=3)))
    wanted = [[plan.patches[0].ticket, plan.patches[0].body] for plan in plans]
    assert python_reads(plans, "to_python", json.loads) == wanted
    assert python_reads(plans, "to_python_sdk", lambda body: body) == wanted
    assert javascript_reads(plans, "to_javascript", node, tmp_path) == wanted
    assert javascript_reads(plans, "to_typescript", node, tmp_path) == wanted
    assert bash_reads(plans, tmp_path) == wanted


def python_reads(plans, method, decode):
    calls = [node for plan in plans for node in ast.walk(ast.parse(getattr(plan, method)())) if is_call(node)]
    return [[ast.literal_eval(call.args[0]), decode(ast.literal_eval(call.args[1]))] for call in calls]


def is_call(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "patch"


def javascript_reads(plans, method, node, folder):
    calls = "\n".join(getattr(plan, method)().rpartition("\n}\n")[2] for plan in plans)
    head = "const got = [];\nconst patch = (id, body) => got.push([id, typeof body === 'string' ? JSON.parse(body) : body]);\n"
    (folder / "calls.mjs").write_text(f"{head}{calls}\nconsole.log(JSON.stringify(got));", encoding="utf-8")
    done = subprocess.run([node, str(folder / "calls.mjs")], capture_output=True, check=True)
    return json.loads(done.stdout)


def bash_reads(plans, folder):
    calls = "\n".join(plan.to_curl().rpartition("\n}\n")[2] for plan in plans)
    (folder / "calls.sh").write_text(f"set -eu\npatch() {{ printf '%s\\0' \"$@\"; }}\n{calls}", encoding="utf-8")
    done = subprocess.run(
        ["bash", str(folder / "calls.sh")], capture_output=True, check=True, cwd=folder, env={"LC_ALL": "C"}
    )
    words = done.stdout.decode().split("\0")
    return [[unquote(path), json.loads(body)] for path, body in zip(words[0:-1:3], words[1::3], strict=True)]


REFERENCE = (
    st.none()
    | st.sampled_from(["", [], {}, "open", 7, 10**18 + 1])
    | st.fixed_dictionaries(
        {},
        optional={
            "id": st.none() | st.integers(1, 2**63) | ANY,
            "name": ANY,
            "first_name": ANY,
            "last_name": ANY,
            "type": ANY,
        },
    )
)
LOOSE = {
    **dict.fromkeys(("workspace", "ticket_type", "organization", "account", "status"), REFERENCE),
    **dict.fromkeys(("assignees", "collections"), st.none() | st.lists(REFERENCE, max_size=3)),
    "languages": st.none() | st.lists(ANY, max_size=2) | ANY,
    "due_date": st.none() | ANY,
    "custom_fields": st.none()
    | st.dictionaries(ANY | st.sampled_from(["7", "10", "__proto__"]), JSON | st.just(2**63), max_size=4),
}
FULL = JSON.filter(lambda value: value not in (None, "", [], {}) and "null" not in json.dumps(value))
FIRM = {"id": st.just("1"), "etag": ANY.filter(bool), "anything": FULL}
NAMED = {name: REFERENCE.filter(ref) for name in ("ticket_type", "organization")} | {
    "workspace": st.sampled_from([7, {"id": 9, "name": "x"}, "w"])
}
RECORD = st.fixed_dictionaries(FIRM, optional=LOOSE)
WHOLE_RECORD = st.fixed_dictionaries(
    FIRM | NAMED, optional={name: row for name, row in LOOSE.items() if name not in NAMED}
)
TAKES = RequestSpec(
    ("etag", "workspace_id", "ticket_type", "organization", "anything"),
    {},
    ("workspace|collections", "assignees", "status", "languages", "due_date", "collections"),
    whole_custom_fields=True,
)
CHANGES = (Change("name", "", "", "", "x"), Change("custom_fields.7", "", "", None, {"b": 1.5, "a": None}))


def test_programs_take_from_a_ticket_what_the_way_takes(node, tmp_path):
    """Query and body made by the functions in the programs are those of Way, byte for byte, whatever the ticket holds."""
    records = examples(150, RECORD) + examples(150, WHOLE_RECORD)
    plan = Plan("acc", "jira", (Patch("1", "x", CHANGES),), request_spec=TAKES)
    wanted = [of_way(record) for record in records]
    assert of_python(plan, records) == wanted
    assert of_javascript(plan, records, node, tmp_path) == wanted
    assert {bool(query) for query, _ in wanted} == {True, False}


def of_way(record):
    query, missing = TAKES.parameters(record)
    return ["" if missing else urlencode(query_pairs(query)), orjson.dumps(TAKES.body(CHANGES, record)).decode()]


def of_python(plan, records):
    text = plan.to_python()
    space = {}
    exec(
        "import json, sys\nfrom urllib.parse import unquote, urlencode\n"
        + text[text.index("def opened") : text.index("def patch(")],
        space,
    )
    return [
        [python_query(space, record), python_body(space, record)]
        for record in map(json.loads, map(orjson.dumps, records))
    ]


def python_query(space, record):
    try:
        return urlencode([pair for item in space["parameters"]("1", record).items() for pair in space["pairs"](*item)])
    except SystemExit:
        return ""


def python_body(space, record):
    body = json.loads(orjson.dumps(Patch("1", "x", CHANGES).body))
    return json.dumps(space["completed"](body, record), ensure_ascii=False, separators=(",", ":"))


def of_javascript(plan, records, node, folder):
    text = (
        plan.to_javascript()
        .partition("// Change one ticket.")[0]
        .replace("process.exit(1)", "throw new Error(sentence)")
    )
    made = """
    const query = (record) => { try { return parameters("1", record).slice(1); } catch { return ""; } };
    const body = (text, record) => write(completed(read(text), record));
    console.error = () => {};
    console.log(JSON.stringify(cases.map(([text, json]) => [query(opened("1", json)), body(text, read(json))])));
    """
    body = orjson.dumps(Patch("1", "x", CHANGES).body).decode()
    cases = json.dumps([[body, orjson.dumps(record).decode()] for record in records])
    (folder / "ways.mjs").write_text(f"const cases = {cases};\n{text}{made}", encoding="utf-8")
    command = [node, str(folder / "ways.mjs")]
    return json.loads(subprocess.run(command, capture_output=True, check=True, env={"TRUTO_API_TOKEN": "x"}).stdout)


def test_a_new_language_is_one_module(monkeypatch):
    """Whatever is registered can be written; one that is not is refused with a list of those there are."""
    basic = ProgramLanguage("basic", "BASIC", ".bas", lambda plan, url: f"REM {len(plan)} tickets at {url}", "REM")
    monkeypatch.setitem(LANGUAGES, "basic", basic)
    assert Plan("acc", "jira").to_program("basic", "http://x") == "REM 0 tickets at http://x"
    with pytest.raises(tt.errors.ArgumentError, match=r"Unknown language 'pyton'\. Did you mean 'python'"):
        Plan("acc", "jira").to_program("pyton")


@pytest.mark.parametrize("name", LANGUAGES)
def test_each_language_begins_with_the_headline_as_a_comment(name):
    """Whoever opens the file reads first what it does."""
    language = LANGUAGES[name]
    first = [line for line in Plan("acc", "jira").to_program(name).splitlines() if line.startswith(language.comment)]
    assert any("0 tickets to change" in line for line in first[:3])
    assert language.title
    assert language.suffix.startswith(".")
