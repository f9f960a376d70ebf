"""The border of foreign text: nothing of it is obeyed by a terminal, turns the order of letters, or hides.

Every text of a server, a file or a person goes through here on its way into a message, a log line or a repr. Frames hold it as it is.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from typing import Any

HIDDEN = "\ufffd"  # stands where a character is left out
_CATEGORIES = {
    "Cc",
    "Cf",
    "Cs",
    "Co",
    "Cn",
    "Zl",
    "Zp",
}  # control, format (bidi, zero width), half, private, unassigned, line ends
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # marks and letters that nobody sees
_PICTURE = "[\u2190-\u2bff\U0001f000-\U0001faff]"
_JOINT = re.compile(f"(?:(?<={_PICTURE})|(?<={_PICTURE}\ufe0f))\u200d(?={_PICTURE})")
_BLANKS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")


def is_hidden(char: str) -> bool:
    r"""Return whether a terminal would obey a character, or the eye miss it: escapes, bidi controls, zero width, half an emoji.

    >>> [is_hidden(char) for char in ("\x1b", "\u202e", "\u200b", "\ud800", "a", "\u05d0")]
    [True, True, True, True, False, False]
    """
    return char in _BLANK_LETTERS or unicodedata.category(char) in _CATEGORIES


def printable(text: object) -> str:
    r"""Write foreign text in one line that nothing obeys: line ends and tabs become blanks, what is hidden becomes a sign.

    >>> printable("a\x1b[31mred\r\n\u202eb")
    'a\ufffd[31mred  \ufffdb'
    """
    every = text if isinstance(text, str) else str(text)
    if every.isascii() and every.isprintable():
        return every
    return masked("".join(" " if char in _BLANKS or unicodedata.category(char) == "Zs" else char for char in every))


def masked(text: str) -> str:
    r"""Put a sign in the place of each hidden character; the joiner of two pictures that are one emoji stays.

    >>> masked("a\u200db") == "a\ufffdb", masked("\U0001f468\u200d\U0001f469") == "\U0001f468\u200d\U0001f469"
    (True, True)
    """
    if text.isprintable() and _BLANK_LETTERS.isdisjoint(text):
        return text
    joints = {joint.start() for joint in _JOINT.finditer(text)} if "\u200d" in text else ()
    return "".join(HIDDEN if is_hidden(char) and at not in joints else char for at, char in enumerate(text))


def printable_lines(text: object) -> str:
    r"""Write a text of several lines that nothing obeys; its line feeds stay.

    >>> printable_lines("two:\n  \x07one")
    'two:\n  \ufffdone'
    """
    every = text if isinstance(text, str) else str(text)
    if every.isascii() and every.isprintable():
        return every
    return "\n".join(map(printable, every.split("\n")))


def escaped_json(text: str) -> str:
    r"""Write the hidden characters of a JSON document as JSON's own escapes: the same values, and nothing that a terminal obeys.

    >>> print(escaped_json('{"a": "\u202e"}'))
    {"a": "\u202e"}
    """
    if text.isascii() and "\x7f" not in text:
        return text  # JSON itself escapes the control characters of ASCII
    return "".join(_units(char) if char != "\n" and is_hidden(char) else char for char in text)


def _units(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place]:02x}{units[place + 1]:02x}" for place in range(0, len(units), 2))


def logger(name: str) -> logging.Logger:
    """Make the log of a module, whose lines hold nothing that a terminal obeys, not even in tracebacks."""
    log = logging.getLogger(name)
    log.addFilter(_harmless)
    return log


def _harmless(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(_plain(value) for value in record.args)
    if record.exc_info:
        record.exc_text = printable_lines(logging.Formatter().formatException(record.exc_info))
    return True


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float) else printable(value)
