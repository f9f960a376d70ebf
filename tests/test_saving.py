"""Files are written in one way: as a whole, beside their place, through no link, with the permissions of what they replace."""

from __future__ import annotations

import ast
import errno
import os
import stat
import threading
from pathlib import Path

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.cli import plan_file
from truto_tickets_nb.files import atomic_write
from truto_tickets_nb.files.atomic_write import write_file, write_new

PACKAGE = Path(tt.__file__).parent
posix = pytest.mark.skipif(os.name == "nt", reason="permissions and links of POSIX")
unprivileged = pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() == 0, reason="root may write everywhere")


@pytest.fixture(scope="module")
def loaded():
    with tt.sandbox("jira", tickets=3, limit=None) as account:
        yield account.load(progress=False)


def recipe(loaded):
    return tt.Recipe((tt.Step("set", "name", options={"value": "x"}),), "spring")


SAVERS = {
    "snapshot": ("s.jsonl.gz", lambda loaded: loaded.save),
    "workbook": ("b.xlsx", lambda loaded: loaded.to_excel),
    "CSV": ("c.csv", lambda loaded: loaded.to_csv),
    "recipe": ("r.json", lambda loaded: recipe(loaded).save),
    "draft": ("d.json", lambda loaded: loaded.draft().set("name", "x").save),
    "plan": ("p.json", lambda loaded: lambda path: plan_file.write(path, loaded.plan(loaded.frame().assign(name="y")), {})),
    "receipt": ("r.html", lambda loaded: lambda path: plan_file.put(path, "<p>\r\n")),
}  # fmt: skip
every = pytest.mark.parametrize(("name", "saver"), SAVERS.values(), ids=SAVERS)


@posix
@every
def test_saving_follows_no_link(tmp_path, loaded, name, saver):
    """Neither a link beside the file nor one in its place leads a byte elsewhere; what it leads to stays as it was."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    for ending in ("", ".part", ".tmp", ".new", "~", ".bak"):
        (tmp_path / (name + ending)).symlink_to(victim)
    (tmp_path / f".{name}.swp").symlink_to(victim)
    saver(loaded)(tmp_path / name)
    assert victim.read_text() == "mine"
    assert not (tmp_path / name).is_symlink()
    assert (tmp_path / name).stat().st_size > 0
    assert (tmp_path / f"{name}.part").is_symlink()


@every
def test_saving_leaves_neighbours_alone(tmp_path, loaded, name, saver):
    """A file of any similar name stays; no other file is left behind."""
    beside = {f"{name}{ending}" for ending in (".part", ".tmp", ".new", "~")}
    for other in beside:
        (tmp_path / other).write_text(other)
    saver(loaded)(tmp_path / name)
    saver(loaded)(tmp_path / name)
    assert {found.name for found in tmp_path.iterdir()} == {name, *beside}
    assert all((tmp_path / other).read_text() == other for other in beside)


@posix
@every
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_saving_keeps_the_mode_of_the_file(tmp_path, loaded, name, saver, mode):
    """A file that was private stays private, one that was shared stays shared, whatever the umask says."""
    (tmp_path / name).touch()
    (tmp_path / name).chmod(mode)
    saver(loaded)(tmp_path / name)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == mode


@posix
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_new_file_obeys_the_umask(tmp_path, umask, mode):
    """A new file has the permissions that the user's umask gives to new files."""
    before = os.umask(umask)
    try:
        write_file(tmp_path / "x", "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == mode


@posix
def test_private_file_is_never_open_to_others(tmp_path):
    """From its first byte on, a file beside a private one is private too."""
    (tmp_path / "x").touch(0o600)
    modes = []

    def content(file):
        modes.extend(stat.S_IMODE(found.stat().st_mode) for found in tmp_path.iterdir())
        file.write(b"secret")

    write_file(tmp_path / "x", content)
    assert modes == [0o600, 0o600]


@pytest.mark.parametrize(
    "failure", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt(), MemoryError()]
)
@pytest.mark.parametrize("stage", ["write", "fsync", "replace"])
def test_failure_leaves_the_earlier_file_and_nothing_else(tmp_path, monkeypatch, failure, stage):
    """A full disk, Ctrl-C or no memory at any moment: the earlier file is whole, and nothing lies beside it."""
    (tmp_path / "x").write_text("before")

    def fail(*_, **__):
        raise failure

    if stage != "write":
        monkeypatch.setattr(*{"fsync": (os, "fsync"), "replace": (Path, "replace")}[stage], fail)
    with pytest.raises(type(failure)):
        write_file(tmp_path / "x", fail if stage == "write" else "after")
    assert [(found.name, found.read_text()) for found in tmp_path.iterdir()] == [("x", "before")]


FAULTS = {"recipe": tt.errors.RecipeError, "snapshot": tt.errors.SnapshotError, "draft": tt.errors.RecipeError}


@pytest.mark.parametrize("kind", SAVERS)
@pytest.mark.parametrize(
    "place", ["missing/x", "file/x", "folder", pytest.param("pipe", marks=posix), pytest.param("locked/x", marks=[posix, unprivileged])]
)  # fmt: skip
def test_place_that_takes_no_file_is_told(tmp_path, loaded, kind, place):
    """No folder, a file where a folder belongs, a folder in place of the file, a pipe, a read-only folder: one sentence of ours."""
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "locked").mkdir(0o500)
    if place == "pipe":
        os.mkfifo(tmp_path / place)
    with pytest.raises(FAULTS.get(kind, tt.errors.SetupError), match="can't be written") as caught:
        SAVERS[kind][1](loaded)(tmp_path / place)
    assert ".tmp" not in str(caught.value)


@pytest.mark.parametrize("path", ["a\0b", "\ud800"])
@pytest.mark.parametrize("kind", [*SAVERS, "open"])
def test_name_that_no_file_can_have_is_told(loaded, kind, path):
    """A name with a zero byte or half a character is an error of ours, for reading and for writing."""
    act = tt.open_snapshot if kind == "open" else SAVERS[kind][1](loaded)
    with pytest.raises(tt.errors.TicketsError):
        act(Path(path) if kind in ("plan", "receipt") else path)


@posix
def test_special_files_are_not_replaced(tmp_path):
    """A device, and a link to one, is refused: nothing replaces /dev/null by a file."""
    (tmp_path / "x").symlink_to(os.devnull)
    with pytest.raises(OSError, match="device"):
        write_file(tmp_path / "x", "x")
    assert (tmp_path / "x").is_symlink()


def test_new_file_is_made_by_one_only(tmp_path):
    """Of many that make the same file at once, one makes it, whole; the others hear that it is there."""
    told = []

    def make(number):
        try:
            write_new(tmp_path / "x", f"{number}".encode() * 1000)
        except FileExistsError:
            told.append(number)

    threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(told), [found.name for found in tmp_path.iterdir()]) == (7, ["x"])
    assert len(set((tmp_path / "x").read_text())) == 1


def test_new_file_is_made_where_there_are_no_hard_links(tmp_path, monkeypatch):
    """A memory stick, which knows no hard links, takes the file all the same, and still only once."""

    def refuse(*_, **__):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write_new(tmp_path / "x", b"one")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "x", b"two")
    assert [(found.name, found.read_bytes()) for found in tmp_path.iterdir()] == [("x", b"one")]


def test_lines_end_as_they_are_written(tmp_path):
    """Text is UTF-8 with its own line ends, on every platform."""
    write_file(tmp_path / "x", "ä\r\nß\n")
    assert (tmp_path / "x").read_bytes() == "ä\r\nß\n".encode()


def test_nothing_else_in_the_package_writes_files():
    """One module opens files for writing; every file that is read as text says its encoding."""
    faults = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = {keyword.arg for keyword in node.keywords}
            modes = [word.value for word in node.args if isinstance(word, ast.Constant) and isinstance(word.value, str)]
            writes = name in ("write_text", "write_bytes", "mkstemp", "NamedTemporaryFile") or (
                name in ("open", "fdopen") and any(set(mode) & set("wax+") and len(mode) < 4 for mode in modes)
            )
            unsaid = name in ("read_text", "TextIOWrapper") and "encoding" not in given
            if (writes and path.name != Path(atomic_write.__file__).name) or unsaid:
                faults.append(f"{path.relative_to(PACKAGE)}:{node.lineno} {name}")
    assert faults == []
