"""Title case: each word begins with a capital, and nothing else changes that a person wrote on purpose."""

from __future__ import annotations

import re

# Combining marks of the scripts that have capitals, the soft hyphen and the invisible joiners belong to the word they stand in.
_MARKS = "\u00ad\u0300-\u036f\u0483-\u0487\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200d\u2060\u20d0-\u20ff\ufe20-\ufe2f"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}]|['\u2018\u2019\u02bc\uff07](?=[^\W_]))*")
_ADDRESS = re.compile(r"@|://|\\|_|[^\W\d_]\.[^\W\d_]{2}|^/|^#|^www\.", re.IGNORECASE)
_ORDINAL = re.compile(r"\d+(?:ST|ND|RD|TH)")


def title_case(text: str) -> str:
    """Write a text in title case, as people do and str.title() does not.

    >>> title_case("user can't log in, 3rd try"), title_case("reset VPN of the iPhone, see config.yml")
    ("User Can't Log In, 3rd Try", 'Reset VPN Of The iPhone, See config.yml')
    >>> title_case("REFUND DIDN'T ARRIVE, 2ND REMINDER"), title_case("follow-up on l'équipe & O'Neill")
    ("Refund Didn't Arrive, 2nd Reminder", "Follow-Up On L'équipe & O'Neill")

    A word is letters, digits, and apostrophes between them; a hyphen or a slash begins a new one. Only its first letter becomes a
    capital, so an apostrophe or a digit never makes one. A word with a capital after its first letter (API, iPhone, McDonald,
    O'Neill) stays, and so do addresses, paths and names of files. A text of several words that is all capitals is shouting, not
    abbreviations, and is written anew; one word alone (VPN) stays. Blanks and line ends stay; no language's own rules are applied
    (a Turkish i becomes I).
    """
    shouts = text.isupper() and len(_WORD.findall(text)) > 1
    if not _ADDRESS.search(text):  # nearly every title
        return _WORD.sub(lambda word: _titled(word[0], shouts=shouts), text)
    return "".join(
        part if at % 2 or _ADDRESS.search(part) else _WORD.sub(lambda word: _titled(word[0], shouts=shouts), part)
        for at, part in enumerate(re.split(r"(\s+)", text))
    )


def _titled(word: str, *, shouts: bool) -> str:
    if shouts:
        word = _quiet(word)
    elif word[1:] != word[1:].lower():
        return word
    first = word[0].title()
    return first + word[1:] if len(first) == 1 else word  # a ligature stays one letter


def _quiet(word: str) -> str:
    """Write a shouted word in small letters; one with a digit in it (2FA, H264) is a name, unless it is an ordinal."""
    return word if any(map(str.isdigit, word)) and not _ORDINAL.fullmatch(word) else word.lower()
