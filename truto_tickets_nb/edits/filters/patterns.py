r"""Patterns: RE2's, through pyarrow. Their time grows with the text alone, so that none can run away.

They are written as in Python. Look-around, back-references and the like can't be done that way and are refused at once;
`\w`, `\d` and `\b` know the letters a-z only, `\pL` is a letter of any script.
"""

from __future__ import annotations

import re
import warnings
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from truto_tickets_nb.errors import StepError, shorten

LONGEST = 10_000  # characters of a pattern
_NOTHING = pa.array([""], pa.large_string())
_LACKS = (
    "Look-around, back-references and possessive repeats are not offered: they could run for hours on one long text. "
    "Write the pattern without them, or use a filter with and/or/not."
)


def checked(pattern: object) -> str:
    """Refuse a pattern that does not compile, with the place; give it back otherwise.

    >>> checked("ref(und")
    Traceback (most recent call last):
    ...
    truto_tickets_nb.errors.StepError: The pattern 'ref(und' does not compile: missing ), unterminated subpattern at place 4, after 'ref'.
    """
    if not isinstance(pattern, str) or not pattern:
        raise StepError("A pattern is a text of one character or more, such as 'refund(s|ed)?'.")
    if len(pattern) > LONGEST:
        raise StepError(
            f"A pattern has at most {LONGEST:,} characters, this one {len(pattern):,}. Use a filter with or, or several steps."
        )
    try:
        pc.match_substring_regex(_NOTHING, pattern)
    except (pa.ArrowInvalid, UnicodeEncodeError) as error:
        raise StepError(_why(pattern, error)) from error
    return pattern


def _why(pattern: str, error: Exception) -> str:
    shown = shorten(pattern, 80)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as found:
        at = getattr(found, "pos", None)
        where = "" if at is None else f" at place {at + 1}, after {shorten(pattern[max(0, at - 20) : at], 20)!r}"
        return f"The pattern {shown!r} does not compile: {getattr(found, 'msg', found)}{where}."
    message = str(error).removeprefix("Invalid regular expression: ")
    return f"The pattern {shown!r} asks for something that is not offered ({shorten(message, 60)}). {_LACKS}"


def checked_replacement(pattern: str, by: str) -> str:
    r"""Refuse a replacement that names groups the pattern has not; `\1` to `\9` are groups, `\0` is all of it, `\\` a backslash."""
    try:
        pc.replace_substring_regex(_NOTHING, pattern, by)
    except (pa.ArrowInvalid, UnicodeEncodeError) as error:
        message = str(error).removeprefix("Invalid replacement string: ")
        raise StepError(
            f"{shorten(by, 60)!r} can't replace what the pattern finds: {shorten(message, 120)} Groups are \\1 to \\9, a backslash is \\\\."
        ) from error
    return by


def plain(text: str, *, case: bool) -> str:
    r"""Write a pattern that finds exactly this text.

    >>> plain("a.b", case=False)
    '(?i)a\\.b'
    """
    return ("" if case else "(?i)") + re.escape(text)


def found(texts: Any, pattern: str, *, case: bool) -> Any:
    """Return for each text of an Arrow column whether the pattern is found in it."""
    return pc.match_substring_regex(texts, pattern, ignore_case=not case)


def replaced(texts: Any, pattern: str, by: str) -> Any:
    """Replace all that the pattern finds in each text of an Arrow column."""
    return pc.replace_substring_regex(texts, pattern, by)
