"""Damaged files: one kind of error for each kind of file, and never another content than what was saved."""

from __future__ import annotations

import gc
import gzip
import json
import random
import warnings

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.errors import DraftDamaged, PlanError, RecipeError, SnapshotError

FEW = 150  # damages of each kind
MANY = pytest.param(2000, marks=pytest.mark.slow)
counts = pytest.mark.parametrize("count", [FEW, MANY])


def damages(data, count, seed=7):
    """Cut a file, flip its bits, and take, double or blank pieces of it."""
    chance = random.Random(seed)
    for _ in range(count):
        yield data[: chance.randrange(len(data))]
        flipped = bytearray(data)
        flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        yield bytes(flipped)
        start = chance.randrange(len(data))
        end = start + chance.randrange(1, 64)
        yield chance.choice(
            [data[:start] + data[end:], data[:end] + data[start:], data[:start] + bytes(end - start) + data[end:]]
        )


ODD = [None, True, -1, 0, 10**30, 1e308, "", "x", "\x00\x1b[2J", [], [[]], {}, {"x": 1}, ["a", 1]]


def mutations(document, count, seed=7):
    """Replace, take away, double or rename one place anywhere in a document of JSON."""
    chance = random.Random(seed)
    places = list(_places(document))
    for _ in range(count):
        copy = json.loads(json.dumps(document))
        *path, last = chance.choice(places)
        holder = copy
        for key in path:
            holder = holder[key]
        match chance.randrange(4):
            case 0:
                del holder[last]
            case 1 if isinstance(holder, dict):
                holder[chance.choice(["x", "", "kind", "\x1b"])] = holder.pop(last)
            case 2 if isinstance(holder, list):
                holder.insert(last, holder[last])
            case _:
                holder[last] = chance.choice(ODD)
        yield copy


def _places(document, path=()):
    items = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in items:
        yield (*path, key)
        yield from _places(value, (*path, key))


@pytest.fixture(scope="module")
def loaded():
    with tt.sandbox("jira", tickets=12, limit=None) as account:
        yield account.load(progress=False)


@pytest.fixture(scope="module")
def draft(loaded):
    return (
        loaded.draft("spring")
        .set(
            "priority", "High", where=tt.Filter.where("name", "contains", "re") | ~tt.Filter.where("due_date", "filled")
        )
        .replace("name", r"\\s+", " ", regex=True)
        .add("tags", "spring")
        .shift("due_date", days=3)
        .set(
            "name",
            "ä\\u2028ß 'x'",
            where=[str(loaded.table.ids[0])] if hasattr(loaded.table, "ids") else loaded.frame().index[:1],
        )
    )


def state(snapshot):
    return snapshot.id, snapshot.account_id, snapshot.query, snapshot.notes, repr(snapshot), snapshot.frame().to_dict()


# snapshots


@counts
def test_damaged_snapshot_is_an_error_or_reads_as_it_was(loaded, tmp_path, count):
    """Any damage of the file is a SnapshotError; where it is read, it is read as it was saved."""
    loaded.save(tmp_path / "s.jsonl.gz")
    path, wanted = tmp_path / "d.jsonl.gz", state(tt.open_snapshot(tmp_path / "s.jsonl.gz"))
    for damaged in damages((tmp_path / "s.jsonl.gz").read_bytes(), count):
        path.write_bytes(damaged)
        try:
            opened = tt.open_snapshot(path)
        except SnapshotError:
            continue
        assert state(opened) == wanted


@counts
def test_changed_content_of_a_snapshot_is_an_error(loaded, tmp_path, count):
    """Unpacked, changed and packed again: no byte of the tickets or of the header can change unseen."""
    loaded.save(tmp_path / "s.jsonl.gz")
    content = gzip.decompress((tmp_path / "s.jsonl.gz").read_bytes())
    for damaged in damages(content, count):
        (tmp_path / "d.jsonl.gz").write_bytes(gzip.compress(damaged, 1))
        if damaged != content:
            with pytest.raises(SnapshotError):
                tt.open_snapshot(tmp_path / "d.jsonl.gz")


def test_lines_of_a_snapshot_can_not_be_swapped(loaded, tmp_path):
    """Tickets in another order, one twice, one left out, a header of another file: all of it is told."""
    loaded.save(tmp_path / "s.jsonl.gz")
    lines = gzip.decompress((tmp_path / "s.jsonl.gz").read_bytes()).splitlines(keepends=True)
    for changed in (
        [*lines[:1], *lines[2:0:-1], *lines[3:]],
        [*lines[:2], *lines[1:]],
        lines[:1] + lines[2:],
        lines[:-1],
    ):
        (tmp_path / "d.jsonl.gz").write_bytes(gzip.compress(b"".join(changed)))
        with pytest.raises(SnapshotError, match="is no snapshot saved by"):
            tt.open_snapshot(tmp_path / "d.jsonl.gz")


def test_snapshot_of_another_version_is_told(tmp_path):
    """An earlier version's file has no digest and is to be loaded anew; a later one's needs an update."""
    for version, words in (
        (1, "Load the tickets anew"),
        (2, "Load the tickets anew"),
        (4, "Update the toolkit"),
        ("x\x1b", "Update the toolkit"),
    ):
        (tmp_path / "s.jsonl.gz").write_bytes(gzip.compress(json.dumps({"truto_tickets_nb": version}).encode()))
        with pytest.raises(SnapshotError, match=words):
            tt.open_snapshot(tmp_path / "s.jsonl.gz")


@counts
def test_forged_snapshot_is_an_error_or_a_snapshot(loaded, tmp_path, count):
    """A header or a ticket of any other form, with the right digest: a SnapshotError, or a snapshot that can be shown."""
    import hashlib

    loaded.save(tmp_path / "s.jsonl.gz")
    lines = [json.loads(line) for line in gzip.decompress((tmp_path / "s.jsonl.gz").read_bytes()).splitlines()][:-1]
    for forged in mutations(lines, count):
        content = b"".join(json.dumps(line).encode() + b"\n" for line in forged)
        seal = json.dumps({"digest": hashlib.sha256(content).hexdigest()}).encode() + b"\n"
        (tmp_path / "d.jsonl.gz").write_bytes(gzip.compress(content + seal, 1))
        try:
            opened = tt.open_snapshot(tmp_path / "d.jsonl.gz")
        except SnapshotError:
            continue
        assert "\x1b" not in repr(opened)


# drafts


@counts
def test_damaged_draft_is_set_aside_and_said(loaded, draft, tmp_path, count):
    """Any damage of an autosaved draft: the file is kept under another name with a warning, and none of it is taken over."""
    mine = loaded.draft(home=tmp_path)
    for entry in draft.steps:
        mine.take(entry.step)
    path = mine.autosaved
    data = path.read_bytes()
    del mine
    gc.collect()
    for damaged in damages(data, count):
        if damaged == data:
            continue
        path.write_bytes(damaged)
        with pytest.warns(DraftDamaged, match="It is kept as"):
            found = loaded.draft(home=tmp_path, recover=True)
        assert (len(found), path.exists()) == (0, False)
        for kept in path.parent.iterdir():
            kept.unlink()


# recipes


@counts
def test_mutated_recipe_is_an_error_or_a_recipe(draft, loaded, count):
    """People edit recipes by hand: whatever stands in one is a RecipeError, or a recipe that is shown, saved and replayed as it stands."""
    document = json.loads(draft.recipe("spring").to_json())
    for mutated in mutations(document, count):
        text = json.dumps(mutated)
        try:
            recipe = tt.Recipe.of_json(text)
        except RecipeError:
            continue
        assert tt.Recipe.of_json(recipe.to_json()) == recipe
        assert "\x1b" not in repr(recipe)
        recipe.apply_to(loaded)


@counts
def test_damaged_recipe_is_an_error_or_a_recipe(draft, count):
    """Cut or flipped, a recipe is a RecipeError or another valid recipe, never another exception."""
    for damaged in damages(draft.recipe("spring").to_json().encode(), count):
        try:
            recipe = tt.Recipe.of_json(damaged)
        except RecipeError:
            continue
        assert tt.Recipe.of_json(recipe.to_json()) == recipe


# plans


@counts
def test_damaged_plan_is_an_error_or_reads_as_it_was(draft, count):
    """Cut, flipped or mutated, a plan is a PlanError, or the very plan that was saved."""
    plan = draft.plan()
    text = plan.to_json()
    forms = [*damages(text.encode(), count), *(json.dumps(one) for one in mutations(json.loads(text), count))]
    for damaged in forms:
        try:
            read = tt.Plan.from_json(damaged)
        except PlanError:
            continue
        assert (read.fingerprint, repr(read), read.to_json()) == (plan.fingerprint, repr(plan), text)


@counts
def test_damaged_plan_of_the_terminal_is_an_error_or_reads_as_it_was(draft, tmp_path, count):
    """What a terminal wrote beside a plan, when and how it was made, can't change unseen either: it decides what is too old."""
    from truto_tickets_nb.cli import plan_file

    path = tmp_path / "p.json"
    plan_file.write(path, draft.plan(), {"recipe": "r.json", "words": ["truto-tickets", "plan", "r.json"]})
    data, wanted = path.read_bytes(), plan_file.read(path)
    forms = [*damages(data, count), *(json.dumps(one).encode() for one in mutations(json.loads(data), count))]
    for damaged in forms:
        path.write_bytes(damaged)
        try:
            read = plan_file.read(path)
        except PlanError:
            continue
        assert read[0].to_json() == wanted[0].to_json()
        assert (
            read[1] == wanted[1] or not read[1].is_told
        )  # as a notebook saves it: then the age of its file counts, which is told


def test_nothing_is_warned_of_while_files_are_whole(loaded, draft, tmp_path):
    """What is saved is read: snapshot, draft, recipe, plan."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded.save(tmp_path / "s.jsonl.gz")
        assert state(tt.open_snapshot(tmp_path / "s.jsonl.gz"))[:4] == state(loaded)[:4]
        mine = loaded.draft(home=tmp_path).set("name", "x")
        wanted = repr(mine)
        del mine
        gc.collect()
        assert repr(loaded.draft(home=tmp_path, recover=True)) == wanted
        draft.save(tmp_path / "r.json")
        assert tt.Recipe.load(tmp_path / "r.json").steps == draft.recipe().steps
