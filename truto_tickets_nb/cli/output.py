"""What a command writes: legible in every encoding, and no reader who goes away stops the work."""

from __future__ import annotations

import codecs
import errno
import json
import os
import sys
from contextlib import contextmanager, suppress
from dataclasses import asdict, is_dataclass
from typing import IO, TYPE_CHECKING, Any

import orjson

from truto_tickets_nb.safe_text import escaped_json, printable_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

LEGIBLE = "truto_tickets_nb.legible"  # the name of our way to write characters that an encoding lacks
_FORGIVING = ("replace", "backslashreplace", "xmlcharrefreplace", "namereplace", "ignore", LEGIBLE)
_GONE = (errno.EPIPE, errno.EINVAL, errno.ESHUTDOWN, errno.EBADF)  # nobody reads any more; Windows says EINVAL
_lost: list[OSError] = []  # what kept the output from being written although somebody reads


def _legible(error: UnicodeError) -> tuple[str | bytes, int]:
    r"""Write a character that the encoding lacks as its number, so that two texts that differ never look the same.

    >>> "a… ─ é".encode("ascii", LEGIBLE)
    b'a\\u2026 - \\xe9'
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].replace("─", "-")  # our own line
    return text.encode("ascii", "backslashreplace").decode(), error.end


codecs.register_error(LEGIBLE, _legible)


def prepare() -> None:
    """Let stdout and stderr write every character, in whatever encoding they have."""
    _lost.clear()
    for stream in (sys.stdout, sys.stderr):
        if getattr(stream, "errors", "replace") not in _FORGIVING:
            with suppress(AttributeError, OSError, ValueError):  # a notebook's stream takes everything anyway
                stream.reconfigure(errors=LEGIBLE)  # type: ignore[union-attr]


def say(text: str = "") -> None:
    """Write to stdout."""
    with _forgiving(sys.stdout):
        print(printable_lines(text), flush=True)


def say_json(value: Any) -> None:
    """Write JSON to stdout: in UTF-8 as it is, in an encoding that lacks a character with JSON's own escapes."""
    try:
        text = orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode()
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, TypeError):  # the latter where a path holds half a character
        text = json.dumps(value, indent=2, default=_plain)
    with _forgiving(sys.stdout):
        print(escaped_json(text), flush=True)


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


def complain(text: str) -> None:
    """Write to stderr; where there is none, nothing is written."""
    if sys.stderr is not None:
        with _forgiving(sys.stderr):
            print(printable_lines(text), file=sys.stderr, flush=True)


def end() -> bool:
    """Write out what is left; False where something could not be written although somebody reads."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with _forgiving(stream):
                stream.flush()
    return not _lost


@contextmanager
def _forgiving(stream: IO[str]) -> Iterator[None]:
    """Go on without a reader: what is being done is more than what is told of it."""
    try:
        yield
    except OSError as error:
        _silence(stream)
        if error.errno not in _GONE:
            _lost.append(error)
            if stream is sys.stdout:
                complain(f"truto-tickets: The output can't be written: {error.strerror}.")


def _silence(stream: IO[str]) -> None:
    """Let a stream lead nowhere, so that neither the next line nor the end of the process stumbles over it."""
    with suppress(OSError, ValueError):  # a stream without a file: it can only be left alone
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
