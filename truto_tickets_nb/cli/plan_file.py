"""The file of a plan: what plan.to_json() writes, and beside it who made it, when, and of which recipe."""

from __future__ import annotations

import getpass
import os
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb.errors import PlanError, PlanFileError, SetupError, shorten
from truto_tickets_nb.files.atomic_write import read_file, reason, write_file
from truto_tickets_nb.files.checksums import digest
from truto_tickets_nb.files.strict_json import json_text
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.plans.plan_file import VERSION as FORMAT
from truto_tickets_nb.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ANEW = "truto-tickets plan RECIPE --out FILE"
AHEAD = 0.1  # hours by which another machine's clock may be ahead of ours


@dataclass(frozen=True, slots=True)
class Made:
    """When and how a plan was made; `is_told` is False where only the age of its file is known."""

    at: datetime
    by: str = ""
    recipe: str = ""
    words: tuple[str, ...] = ()  # the command that makes it anew
    is_told: bool = True

    def hours(self, now: datetime | None = None) -> float:
        """Return its age in hours; a clock that is ahead makes it negative."""
        return ((now or datetime.now(UTC)) - self.at).total_seconds() / 3600

    def is_stale(self, most: float) -> bool:
        """Return whether it is older than so many hours, or of a time that is still to come."""
        return not -AHEAD <= self.hours() <= most

    @property
    def again(self) -> str:
        """Write the command that makes the plan anew."""
        return shlex.join(self.words) if self.words else ANEW


def write(path: Path, plan: Plan, origin: Mapping[str, Any]) -> None:
    """Write a plan with the story of its making; an earlier file is replaced only once the new one is complete."""
    saved = orjson.loads(plan.to_json())
    about = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "by": _user(), "version": VERSION, **origin}
    head = {key: saved[key] for key in ("truto_tickets_plan", "fingerprint")}
    content = {**head, "made": {**about, "digest": _digest(about, saved["fingerprint"])}, "plan": saved["plan"]}
    put(path, orjson.dumps(content, option=orjson.OPT_INDENT_2).decode() + "\n")


def _digest(about: Mapping[str, Any], fingerprint: str) -> str:
    """Compute the digest of how a plan was made, which its fingerprint does not cover: it decides what is too old to be sent."""
    return digest(orjson.dumps([fingerprint, about], option=orjson.OPT_SORT_KEYS))


def place(source: Path | None, *paths: Path | None) -> None:
    """Refuse, before anything else is done, a place where no file can be written, or that is what is read."""
    for path in filter(None, paths):
        if source is not None and path.resolve() == source.resolve():
            raise SetupError(f"{path} is read here, and would be written over. Choose another place.")
        if path.is_dir() or not os.access(path.absolute().parent, os.W_OK | os.X_OK):
            raise SetupError(f"{path} can't be written: there is no such folder, or not for you. Choose another place.")


def put(path: Path, text: str) -> None:
    """Write a file as a whole."""
    try:
        write_file(path, text)
    except OSError as error:
        raise SetupError(f"{path} can't be written: {reason(error)}. Choose another place.") from error


def read(path: Path) -> tuple[Plan, Made]:
    """Read a plan and how it was made; what is no plan is refused with what to do."""
    try:
        text = read_file(path)
        plan = _plan(path, text)
        return plan, _made(path, orjson.loads(json_text(text)).get("made"), plan.fingerprint)
    except OSError as error:
        raise PlanError(
            f"{path} can't be read: {reason(error)}. Make a plan: truto-tickets plan RECIPE --out {path}"
        ) from error


def _plan(path: Path, text: bytes) -> Plan:
    try:
        _check(path, orjson.loads(json_text(text)))
        return Plan.from_json(text)
    except PlanFileError as error:
        raise PlanError(f"{error.what} Make the plan anew: {ANEW}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PlanError(f"{path} is no plan, or it is damaged ({shorten(error, 80)}). Make it anew.") from error


def _check(path: Path, data: Any) -> None:
    if not isinstance(data, dict) or "truto_tickets_plan" not in data:
        raise PlanError(f"{path} is no plan. Make one: {ANEW}")
    if data["truto_tickets_plan"] != FORMAT:
        raise PlanError(f"{path} is a plan of another version of this toolkit, which reads {FORMAT}. Make it anew.")


def _made(path: Path, data: Any, fingerprint: str) -> Made:
    """Read how it was made; a plan that a notebook saved with to_json() is as old as its file."""
    if data is None:
        return Made(datetime.fromtimestamp(path.stat().st_mtime, UTC), is_told=False)
    try:
        _check_digest(data, fingerprint)
        at = datetime.fromisoformat(data["at"])
        moment = at if at.tzinfo else at.replace(tzinfo=UTC)
        return Made(
            moment, str(data.get("by", "")), str(data.get("recipe", "")), tuple(map(str, data.get("words", ())))
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PlanError(f"{path} does not say when it was made ({shorten(error, 80)}). Make it anew.") from error


def _check_digest(data: dict[str, Any], fingerprint: str) -> None:
    about = {key: value for key, value in data.items() if key != "digest"}
    if data.get("digest") != _digest(about, fingerprint):
        raise ValueError("what it says of that is not what was saved")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user may have no name
        return ""
