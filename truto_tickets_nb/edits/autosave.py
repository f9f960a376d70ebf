"""Autosave: a draft's steps in one small file, replaced as a whole after each change, so that a dead kernel loses nothing.

Two drafts of one name never share a file: the second one takes the next number, and says so. A damaged file is set aside.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb.edits.history import History
from truto_tickets_nb.errors import DraftDamaged, shorten
from truto_tickets_nb.json_text import json_text
from truto_tickets_nb.private import keep_folder_private, keep_private
from truto_tickets_nb.process import is_alive, mark, release

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from truto_tickets_nb.edits.steps import Step

log = logging.getLogger(__name__)

MARK, VERSION = "truto_tickets_nb draft", 2
KEPT = 20  # autosaves of one name; older ones that nobody works on make room
FOLDER = "drafts"


@dataclass(frozen=True, slots=True)
class Left:
    """Hold a draft that was left behind."""

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
            note = "" if self.path else self._claim()
            self._replace(history)
        except OSError as error:
            self.path = None
            return (
                f"The draft can't be saved by itself ({shorten(error, 120)}). Keep its steps: draft.save('steps.json')."
            )
        return note

    def _claim(self) -> str:
        """Take the first file that is nobody's; a file that is there is never written over."""
        keep_folder_private(self.folder)
        self._make_room()
        held = ""
        for path in self._names():
            try:
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            except FileExistsError:
                held = path.name if _is_at_work(path) else held
                continue
            self.path = path
            break
        return (
            f"Another draft of this name is at work in {held}; this one is kept in {self.path.name}."
            if held and self.path
            else ""
        )

    def _names(self) -> Iterator[Path]:
        number = 1
        while True:
            yield self.folder / f"{self._stem}{'' if number == 1 else f'-{number}'}.json"
            number += 1

    @property
    def _stem(self) -> str:
        return f"{_safe(self.account_id)}-{_safe(self.name or 'draft')}"

    def _replace(self, history: History) -> None:
        assert self.path is not None
        owner = {"pid": os.getpid(), "mark": mark(str(self.path))}
        head = {"format": MARK, "version": VERSION, "account_id": self.account_id, "name": self.name, "owner": owner}
        part = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}.part")
        try:
            with open(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:  # noqa: PTH123  (a mode of its own)
                file.write(orjson.dumps({**head, **self._encoded(history)}))
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

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
        found = [
            Left(path, history) for path in self._files() if (history := self._read(path)) is not None and history.now
        ]
        return sorted(found, key=lambda item: item.path.stat().st_mtime_ns, reverse=True)

    def _files(self) -> list[Path]:
        pattern = re.compile(rf"{re.escape(self._stem)}(-\d+)?\.json")
        if not self.folder.is_dir():
            return []
        keep_folder_private(self.folder)
        files = sorted(path for path in self.folder.iterdir() if pattern.fullmatch(path.name))
        keep_private(*files)
        return files

    def _read(self, path: Path) -> History | None:
        try:
            data = path.read_bytes()
            if not data:
                return None  # just claimed
            found = orjson.loads(json_text(data))
            if _is_held(path, found):
                return None  # somebody works on it
            if found["version"] > VERSION:
                return None  # a later version's: it stays as it is
            return History.of_json(found, version=found["version"])
        except OSError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            _aside(path, error)
            return None

    def take_over(self, left: Left) -> None:
        """Go on in the file of a draft that was left behind."""
        self.path = left.path

    def _make_room(self) -> None:
        files = sorted(self._files(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in files[KEPT - 1 :]:
            if not _is_at_work(path):
                path.unlink(missing_ok=True)


def _is_at_work(path: Path) -> bool:
    try:
        return _is_held(path, orjson.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _is_held(path: Path, found: dict[str, Any]) -> bool:
    owner = found["owner"]
    return is_alive(str(path), owner["pid"], owner["mark"])


def _aside(path: Path, error: Exception) -> None:
    kept = path.with_name(f"{path.stem}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}")
    path.rename(kept)
    told = f"The autosaved draft {path.name} was damaged ({shorten(error, 120)}). It is kept as {kept.name}; a new one is begun."
    log.warning("an autosaved draft was damaged and is set aside")
    warnings.warn(told, DraftDamaged, stacklevel=6)


def _safe(text: str) -> str:
    """Write a name so that it is one harmless part of a path, and different names stay different."""
    kept = re.sub(r"[^A-Za-z0-9._-]", "_", text)[:60].strip(".") or "_"
    return kept if kept == text else f"{kept}-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"
