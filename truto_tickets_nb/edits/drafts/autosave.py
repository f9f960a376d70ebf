"""Autosave: a draft's steps in one small file, replaced as a whole after each change, so that a dead kernel loses nothing.

Two drafts of one name never share a file: the second one takes the next number, and says so. A damaged file is set aside.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb.edits.drafts.history import History
from truto_tickets_nb.errors import DraftDamaged, shorten
from truto_tickets_nb.files.atomic_write import PART, PRIVATE, read_file, reason, write_file, write_new
from truto_tickets_nb.files.checksums import sealed, unsealed
from truto_tickets_nb.files.permissions import keep_folder_private, keep_private
from truto_tickets_nb.process import is_alive, mark, release
from truto_tickets_nb.safe_text import logger, printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from truto_tickets_nb.edits.steps.step import Step

log = logger(__name__)

MARK, VERSION = "truto_tickets_nb draft", 3
KEPT = 20  # autosaves of one name; older ones that nobody works on make room
FOLDER = "drafts"
DAY = 86_400  # seconds


@dataclass(frozen=True, slots=True)
class Left:
    """A draft that was left behind."""

    path: Path
    history: History


@dataclass(slots=True)
class Autosave:
    """Keep one draft in one file of a folder."""

    folder: Path
    account_id: str
    name: str
    path: Path | None = None
    written: dict[int, tuple[Step, orjson.Fragment]] = field(default_factory=dict)  # by id(step): each is encoded once

    def write(self, history: History) -> str:
        """Write the steps; returns what has to be told, "" where there is nothing to tell."""
        try:
            if self.path is None:
                return self._claim(history)
            write_file(self.path, self._content(self.path, history), mode=PRIVATE)
        except OSError as error:
            self.path = None
            return f"The draft can't be saved by itself ({shorten(reason(error), 120)}). Keep its steps: draft.save('steps.json')."
        return ""

    def _claim(self, history: History) -> str:
        """Take the first file that is nobody's; a file that is there is never written over."""
        keep_folder_private(self.folder)
        self._make_room()
        other = ""
        for path in self._names():
            if self._takes(path, history):
                self.path = path
                break
            other = path.name if _is_at_work(path) else other
        return (
            f"Another draft of this name is at work in {other}; this one is kept in {self.path.name}."
            if other and self.path
            else ""
        )

    def _takes(self, path: Path, history: History) -> bool:
        """Write a file that is nobody's; False where somebody has it."""
        if os.path.lexists(path):
            return False
        try:
            write_new(path, self._content(path, history), mode=PRIVATE)
        except FileExistsError:  # somebody was faster
            return False
        return True

    def _names(self) -> Iterator[Path]:
        number = 1
        while True:
            yield self.folder / f"{self._stem}{'' if number == 1 else f'-{number}'}.json"
            number += 1

    @property
    def _stem(self) -> str:
        return f"{_safe(self.account_id)}-{_safe(self.name or 'draft')}"

    def _content(self, path: Path, history: History) -> bytes:
        owner = {"pid": os.getpid(), "mark": mark(str(path))}
        head = {
            "format": MARK,
            "version": VERSION,
            "account_id": self.account_id,
            "name": printable(self.name),
            "owner": owner,
        }
        return sealed(orjson.dumps({**head, **self._encoded(history)}))

    def _encoded(self, history: History) -> dict[str, Any]:
        """Write the steps, of which only the new ones are encoded: a step of ten thousand cells costs its time once."""
        steps = {id(step): step for _, step in history.steps()}
        new = {
            key: (step, orjson.Fragment(orjson.dumps(step.to_json())))
            for key, step in steps.items()
            if key not in self.written
        }
        self.written = {key: (self.written.get(key) or new[key]) for key in steps}
        return history.to_json(lambda step: self.written[id(step)][1])

    def forget(self) -> None:
        """Remove the file: what it holds is not needed any more."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)
            release(str(self.path))
            self.path = None

    def release(self) -> None:
        """Let others take up what lies here: nobody works on it any more."""
        if self.path is not None:
            release(str(self.path))

    def left(self) -> list[Left]:
        """List what drafts of this name left behind, the last one first; a damaged file is set aside, with a warning."""
        left = [
            Left(path, history) for path in self._files() if (history := self._read(path)) is not None and history.now
        ]
        return sorted(left, key=lambda item: item.path.stat().st_mtime_ns, reverse=True)

    def _files(self) -> list[Path]:
        pattern = re.compile(rf"{re.escape(self._stem)}(-\d+)?\.json")
        if not self.folder.is_dir():
            return []
        keep_folder_private(self.folder)
        files = sorted(path for path in self.folder.iterdir() if pattern.fullmatch(path.name))
        keep_private(*files)
        return files

    def _read(self, path: Path) -> History | None:
        """Read what was left in a file; None where somebody works on it, or a later version of this toolkit wrote it."""
        try:
            content = _content_of(read_file(path))
            if _is_held(path, content) or content["version"] > VERSION:
                return None
            return History.of_json(content)
        except OSError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            _aside(path, error)
            return None

    def take_over(self, left: Left) -> None:
        """Go on in the file of a draft that was left behind."""
        self.path = left.path

    def _make_room(self) -> None:
        for part in self.folder.glob(f"*{PART}"):  # of a process that was killed while it wrote
            if time.time() - part.stat().st_mtime > DAY:
                part.unlink(missing_ok=True)
        files = sorted(self._files(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in files[KEPT - 1 :]:
            if not _is_at_work(path):
                path.unlink(missing_ok=True)


def _is_at_work(path: Path) -> bool:
    try:
        return _is_held(path, _content_of(read_file(path)))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _content_of(data: bytes) -> dict[str, Any]:
    """Read the file of a draft; a ValueError where it is damaged, or of an earlier version, which had no digest."""
    content = orjson.loads(unsealed(data))
    if not isinstance(content, dict) or content["version"] < VERSION:
        raise ValueError("it is of an earlier version of this toolkit")
    return content


def _is_held(path: Path, content: dict[str, Any]) -> bool:
    owner = content["owner"]
    return is_alive(str(path), owner["pid"], owner["mark"])


def _aside(path: Path, error: Exception) -> None:
    damaged = path.with_name(f"{path.stem}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}")
    path.rename(damaged)
    message = f"The autosaved draft {path.name} was damaged ({shorten(error, 120)}). It is kept as {damaged.name}; a new one is begun."
    log.warning("an autosaved draft was damaged and is set aside")
    warnings.warn(message, DraftDamaged, stacklevel=6)


def _safe(text: str) -> str:
    """Write a name so that it is one harmless part of a path, and different names stay different."""
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", text)[:60].strip(".") or "_"
    return safe if safe == text else f"{safe}-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"
