"""Files and folders that are for this user alone: made so, and brought to it where they are there with other modes."""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILE, FOLDER = 0o600, 0o700
_OURS = re.compile(
    r"(journal|budget)\.(sqlite|lock|damaged-|new).*|drafts|practice"
)  # all that this toolkit leaves in its folder
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private(path: Path) -> bool:
    """Make an empty file for this user alone; False where there is one already, which is neither opened nor changed.

    A file of SQLite must never be opened and closed beside SQLite: closing it takes all locks away that this process holds on it.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE))
    except FileExistsError:
        return False
    return True


def keep_private(*paths: Path) -> None:
    """Take away what others may do with these files; what is not there, a link, or another user's stays as it is."""
    if os.name == "posix":
        for path in paths:
            with suppress(OSError):
                mode = path.lstat().st_mode
                if stat.S_ISREG(mode) and mode & _OTHERS:
                    path.chmod(mode & FILE)


def keep_folder_private(folder: Path) -> None:
    """Make a folder for this user alone; one that is there is closed to others only where it holds nothing but our files."""
    folder.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    if os.name == "posix":
        with suppress(OSError):
            mode = folder.stat().st_mode
            if mode & _OTHERS and not mode & stat.S_ISVTX and _is_ours(folder):
                folder.chmod(FOLDER)


def _is_ours(folder: Path) -> bool:
    return folder.name == "drafts" or all(_OURS.fullmatch(path.name) for path in folder.iterdir())


def check_regular(path: Path) -> None:
    """Refuse a link, a folder or a pipe where a file belongs: an OSError that says so. A link may lead to somebody else's file."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(mode):
        raise OSError(f"it is a link to {path.readlink()}, and a link is not followed")
    if not stat.S_ISREG(mode):
        raise OSError("it is not a regular file")
