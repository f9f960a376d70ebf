"""Files as the doors need them: replaced only once complete, and told apart by what they hold, not by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.errors import FrameError, SetupError
from truto_tickets_nb.files.atomic_write import read_file, reason, write_file

if TYPE_CHECKING:
    from pathlib import Path

    from truto_tickets_nb.files.atomic_write import Content

_SAVE_AS = "Open it in Excel or LibreOffice and save it as .xlsx."

_OTHER_FILES = (
    (
        (b"%PDF", b"\x89PNG", b"\xff\xd8", b"{\\rtf"),
        "is no spreadsheet. Give an .xlsx or .csv file that was written from a snapshot.",
    ),
    ((b"PAR1",), "is a Parquet file. Read it with pandas.read_parquet(path), then snapshot.plan(df)."),
    ((b"ARROW1",), "is a Feather file. Read it with pandas.read_feather(path), then snapshot.plan(df)."),
    ((b"\x1f\x8b",), "is compressed. Unpack it first; a saved snapshot is opened with tt.open_snapshot(path)."),
)


def write_sheet(path: str | Path, content: Content) -> None:
    """Write a workbook or a CSV file; an existing one is replaced only once the new one is complete."""
    try:
        write_file(path, content)
    except OSError as error:
        raise SetupError(
            f"{path} can't be written: {reason(error)}. Close it where it is open, or choose another place."
        ) from error


def read_bytes(path: str | Path) -> bytes:
    """Read a file; what can't be read, or is no spreadsheet for sure, is refused."""
    try:
        data = read_file(path)
    except OSError as error:
        raise FrameError(f"{path} can't be read: {reason(error)}. Give the path of an .xlsx or .csv file.") from error
    refusal = _refusal(data)
    if refusal:
        raise FrameError(f"{path} {refusal}")
    return data


def _refusal(data: bytes) -> str:
    """Return why a file can't be read as a spreadsheet, and what to do; "" where it may be one."""
    if not data.removeprefix(b"\xef\xbb\xbf").strip():
        return "is empty. Save it again, or take an earlier copy."
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _refusal_of_ole(data)
    for starts, refusal in _OTHER_FILES:
        if data.startswith(starts):
            return refusal
    return _refusal_of_markup(data)


def _refusal_of_markup(data: bytes) -> str:
    head = data[:400].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<head", b"<body", b"<meta", b"<style", b"mime-version:")):
        return f"is a web page, whatever its name says. {_SAVE_AS}"
    return f"is an XML file, no .xlsx workbook. {_SAVE_AS}" if head.startswith(b"<?xml") else ""


def _refusal_of_ole(data: bytes) -> str:
    """Distinguish what old Office programs and encryption put into one container; the names of its streams stand in it as UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "is protected by a password. Open it in Excel or LibreOffice and save it as .xlsx without a password."
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        return f"is an old .xls workbook. {_SAVE_AS}"
    return "is an old .xls, or protected by a password. Save it as .xlsx, without a password."


def is_packed(data: bytes) -> bool:
    """Return whether a file is a package, as .xlsx is."""
    return data.startswith(b"PK")
