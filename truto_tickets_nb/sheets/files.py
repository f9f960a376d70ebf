"""Files as the doors need them: replaced only once complete, and told apart by what they hold, not by their names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from truto_tickets_nb.errors import FrameError, SetupError

if TYPE_CHECKING:
    from collections.abc import Callable


def write_whole(path: str | Path, write: Callable[[Path], object]) -> None:
    """Write a file beside the target, and put it there once it is complete."""
    target = Path(path)
    draft = target.with_name(f"{target.name}.part")
    try:
        write(draft)
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise SetupError(
            f"{target} can't be written: {error}. Close it where it is open, or choose another place."
        ) from error


def read_bytes(path: str | Path) -> bytes:
    """Read a file; what can't be read, or is no spreadsheet for sure, is refused."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise FrameError(f"{path} can't be read: {error.strerror}. Give the path of an .xlsx or .csv file.") from error
    if not data.strip():
        raise FrameError(f"{path} is empty. Save it again, or take an earlier copy.")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise FrameError(f"{path} is an old .xls, or protected by a password. Save it as .xlsx, without a password.")
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8", b"{\\rtf", b"<html", b"<!DOCTYPE", b"<?xml")):
        raise FrameError(f"{path} is no spreadsheet. Give an .xlsx or .csv file that was written from a snapshot.")
    return data


def is_packed(data: bytes) -> bool:
    """Tell whether a file is a package, as .xlsx is."""
    return data.startswith(b"PK")
