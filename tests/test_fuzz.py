"""A fuzz target for each parser: whatever stands in a file or on a command line, one kind of error, or a value that can be shown.

The short form runs always; `pytest -m slow tests/test_fuzz.py` runs the long one.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import warnings
import zipfile
from io import BytesIO, StringIO

import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import truto_tickets_nb as tt
from truto_tickets_nb.cli import main
from truto_tickets_nb.edits.filters.filters import filter_of
from truto_tickets_nb.errors import DraftDamaged, FrameError, PlanError, RecipeError, SnapshotError, StepError
from truto_tickets_nb.files.checksums import digest, sealed

SHORT = settings(max_examples=examples(25), deadline=None, suppress_health_check=[*HealthCheck])
LONG = settings(max_examples=3000, deadline=None, suppress_health_check=[*HealthCheck])


def fuzz(*strategies):
    """Run a target twice: short always, long where slow tests are asked for."""

    def targets(target):
        runs = {"short": SHORT(given(*strategies)(target)), "long": LONG(given(*strategies)(target))}  # fmt: skip

        @pytest.mark.parametrize("run", ["short", pytest.param("long", marks=pytest.mark.slow)])
        def test(run):
            runs[run]()

        test.__doc__ = target.__doc__
        return test

    return targets


WORDS = st.sampled_from([
    "format", "version", "steps", "kind", "field", "value", "where", "and", "or", "not", "ids", "op", "set", "clear", "map", "replace", "cells", "shift",
    "name", "status", "tags", "due_date", "custom_fields.points", "contains", "is", "in", "matches", "before", "find", "by", "regex", "values", "names",
    "days", "title", "changed", "truto_tickets_nb recipe", "plan", "fingerprint", "patches", "changes", "(", "\x1b[2J", "\u202e", "2026-01-31", "id",
])  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | WORDS
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=6), inner, max_size=5),
    max_leaves=20,
)
FILTERS = st.recursive(
    st.fixed_dictionaries({"field": WORDS, "op": WORDS}, optional={"value": JSON, "case": SCALARS}) | st.fixed_dictionaries({"ids": st.lists(SCALARS, max_size=3)}) | JSON,
    lambda inner: st.builds(lambda key, parts: {key: parts}, st.sampled_from(["and", "or"]), st.lists(inner, max_size=3)) | st.builds(lambda part: {"not": part}, inner),
    max_leaves=8,
)  # fmt: skip
STEPS = st.fixed_dictionaries({"kind": WORDS, "field": WORDS}, optional={"value": JSON, "where": FILTERS, "find": SCALARS, "by": SCALARS, "regex": SCALARS, "values": JSON, "names": JSON, "days": SCALARS, "title": SCALARS, "cells": JSON, "how": SCALARS}) | JSON  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _files(tmp_path_factory):
    """Make one of each file, which the targets harm."""
    records = [{"id": str(n), "name": f"refund {n} é", "tags": [{"id": "t", "name": "a"}], "due_date": "2026-01-31T00:00:00Z", "custom_fields": {"points": n}} for n in range(6)]  # fmt: skip
    with tt.sandbox("jira", tickets=records, limit=None) as account:
        Files.snapshot = account.load(progress=False)
    Files.folder = tmp_path_factory.mktemp("fuzz")
    Files.snapshot.save(Files.folder / "s.jsonl.gz")
    Files.snapshot.to_excel(Files.folder / "w.xlsx")
    Files.snapshot.to_csv(Files.folder / "c.csv")
    Files.plan = Files.snapshot.plan(Files.snapshot.frame().assign(name="x"))


class Files:
    snapshot = folder = plan = None

    @classmethod
    def lines(cls):
        return gzip.decompress((cls.folder / "s.jsonl.gz").read_bytes()).splitlines(keepends=True)[:-1]


def harmed(data, cuts):
    """Put other bytes into some places of a file."""
    for place, length, other in cuts:
        start = place % (len(data) + 1)
        data = data[:start] + other + data[start + length :]
    return data


CUTS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=4)


@fuzz(st.lists(JSON, max_size=4), JSON, st.booleans())
def test_snapshots(rows, header, keep):
    """Any header and any lines, with the right digest: a SnapshotError, or a snapshot that is shown."""
    told = Files.lines()[0] if keep else json.dumps(header).encode() + b"\n"
    content = told + b"".join(json.dumps({"id": "1", "x": row}).encode() + b"\n" for row in rows)
    path = Files.folder / "fuzzed.gz"
    path.write_bytes(gzip.compress(content + json.dumps({"digest": digest(content)}).encode() + b"\n"))
    with contextlib.suppress(SnapshotError):
        assert repr(tt.open_snapshot(path))


@fuzz(CUTS)
def test_snapshot_bytes(cuts):
    """Any bytes in the place of a snapshot's: a SnapshotError, or the same snapshot."""
    path = Files.folder / "cut.gz"
    path.write_bytes(harmed((Files.folder / "s.jsonl.gz").read_bytes(), cuts))
    with contextlib.suppress(SnapshotError):
        assert tt.open_snapshot(path).id == Files.snapshot.id


@fuzz(JSON, JSON, JSON, st.booleans())
def test_drafts(steps, now, rest, is_sealed):
    """Any JSON in the place of an autosaved draft's, with the right digest or none: set aside with a warning, or a draft that is shown."""
    head = {"format": "truto_tickets_nb draft", "version": 3, "owner": {"pid": None, "mark": ""}}
    data = json.dumps({**head, "steps": steps, "now": now, "past": rest, "future": []}).encode()
    folder = Files.folder / "drafts"
    folder.mkdir(exist_ok=True)
    path = folder / f"{Files.snapshot.account_id}-draft.json"
    path.write_bytes(sealed(data) if is_sealed else data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DraftDamaged)
        assert repr(Files.snapshot.draft(home=Files.folder, recover=True))
    for left in folder.iterdir():
        left.unlink()


@fuzz(st.lists(STEPS, max_size=3), SCALARS, SCALARS)
def test_recipes(steps, name, version):
    """Any steps: a RecipeError, or a recipe that is shown, written, read back and replayed as it stands."""
    text = json.dumps(
        {
            "format": "truto_tickets_nb recipe",
            "version": 1 if version is None else version,
            "steps": steps,
            "name": name,
        }
    )
    try:
        recipe = tt.Recipe.of_json(text)
    except RecipeError:
        return
    assert tt.Recipe.of_json(recipe.to_json()) == recipe
    assert repr(recipe)
    assert repr(recipe.apply_to(Files.snapshot))


@fuzz(FILTERS)
def test_filters(found):
    """Any JSON of a filter: a StepError, or a filter that is put into words, written, read back and tested."""
    with contextlib.suppress(StepError):
        made = tt.Filter.of_json(found)
        assert tt.Filter.of_json(made.to_json()) == made
        assert isinstance(made.words(), str)
        frame = Files.snapshot.frame()
        assert len(made.mask(frame)) == len(frame)
        filter_of(found, frame)


@fuzz(
    JSON,
    st.sampled_from(["plan", "fingerprint", "made", "patches", "problems", "request_spec", "notes", "budget", "x"]),
)
def test_plans(value, key):
    """Any JSON in any place of a plan: a PlanError, or the very plan."""
    document = json.loads(Files.plan.to_json())
    (document if key in document or key == "made" else document["plan"])[key] = value
    with contextlib.suppress(PlanError):
        assert tt.Plan.from_json(json.dumps(document)) == Files.plan


@fuzz(CUTS, st.sampled_from(["utf-8-sig", "utf-16", "cp1252"]))
def test_csv(cuts, encoding):
    """Any bytes in a CSV file, in any encoding: a FrameError, or a frame of these tickets that can be planned."""
    data = (Files.folder / "c.csv").read_bytes().decode("utf-8-sig").encode(encoding)
    planned("fuzzed.csv", harmed(data, cuts), Files.snapshot.read_csv)


@fuzz(CUTS, st.integers(0, 30))
def test_excel(cuts, place):
    """Any bytes in any part of a workbook, the package included: a FrameError, or a frame of these tickets that can be planned."""
    data = (Files.folder / "w.xlsx").read_bytes()
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        for number, name in enumerate(names):
            part = old.read(name)
            new.writestr(name, harmed(part, cuts) if number == place else part)
    planned("fuzzed.xlsx", packed.getvalue() if place < len(names) else harmed(data, cuts), Files.snapshot.read_excel)


def planned(name, data, read):
    path = Files.folder / name
    path.write_bytes(data)
    try:
        df = read(path)
    except FrameError:
        return
    with contextlib.suppress(FrameError):
        assert repr(Files.snapshot.plan(df))


@fuzz(
    st.lists(
        st.sampled_from(
            [
                "plan",
                "apply",
                "runs",
                "show",
                "resume",
                "undo",
                "--confirm",
                "--where",
                "--filter",
                "--ids",
                "--out",
                "--json",
                "--limit",
                "--account",
                "--home",
                "1",
                "status=open",
                "{}",
                "x.json",
            ]
        )
        | st.text(max_size=8),
        max_size=6,
    )
)
def test_command_line(words):
    """Any words: an exit status, one line of complaint or a help text, never a traceback of ours."""
    odd = {"demo", "sandbox"}
    if odd & {*words} or any(word and "demo".startswith(word) for word in words[:1]):
        return
    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(SystemExit):
        patch.chdir(Files.folder)
        patch.setenv("TRUTO_TICKETS_HOME", str(Files.folder / "home"))
        patch.setenv("TRUTO_BASE_URL", "http://127.0.0.1:9")
        for name in ("TRUTO_API_TOKEN", "TRUTO_INTEGRATED_ACCOUNT_ID"):
            patch.delenv(name, raising=False)
        err, out = StringIO(), StringIO()
        with contextlib.redirect_stderr(err), contextlib.redirect_stdout(out):
            main(words)
        assert "A fault of the toolkit" not in err.getvalue()
