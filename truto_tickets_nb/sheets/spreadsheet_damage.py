"""What spreadsheets and people do to a cell without meaning an edit: told apart from what they mean.

Every rule here runs one way: from what was written to what such a program makes of it. The other direction is an edit. Straight quotes that
became curly are autocorrection, curly ones that became straight are somebody's work; a blank too many is an accident, one less a clean-up.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from functools import cache, lru_cache

from truto_tickets_nb.sheets.automatic_conversions import may_have_become
from truto_tickets_nb.sheets.escaping import unguard
from truto_tickets_nb.sheets.mojibake import is_misread
from truto_tickets_nb.sheets.sheet_cells import Cell, sheet_moments
from truto_tickets_nb.tickets.json_values import unix_lines
from truto_tickets_nb.tickets.parsing.booleans import SPREADSHEET_WORDS, parse_boolean
from truto_tickets_nb.tickets.parsing.numbers import loose_number_readings

# What autocorrection of Excel, LibreOffice, Word and phones writes, and what may have stood there.
_FANCY = {
    **dict.fromkeys("“”„‟«»″", r"[\"]"), **dict.fromkeys("‘’‚‛′‹›", "[']"), **dict.fromkeys("–—−‑", "--?-?"), "…": r"\.\.\.",
    "\u00a0": " ", "\u202f": " ?", "©": r"\([cC]\)", "®": r"\([rR]\)", "™": r"\((?:tm|TM)\)", "→": "--?>", "←": "<--?", "⇒": "=>",
}  # fmt: skip
_HAS_FANCY = re.compile(f"[{''.join(_FANCY)}]")

_CUT_AT = 30_000  # a cell holds 32,767 characters; programs cut what is longer
_BROKEN_AT = 16_000  # LibreOffice breaks lines that are longer
_SIGNIFICANT = 9  # digits that "as shown" keeps at least; a typed number with fewer is an edit


def is_untouched(cell: Cell, written: Cell, *, typed: bool = True, page: str | None = "") -> bool:
    """Return whether a cell still means what was written into it; `typed` is False for files that hold text only.

    `page` is the code page that the file was saved in, as far as it is known: what it lacks was lost. None: nothing may be lost.

    >>> is_untouched("“Refund”  ", '"Refund"'), is_untouched('"Refund"', "“Refund”")
    (True, False)
    >>> is_untouched(7, "007"), is_untouched("7", "007"), is_untouched("7", "007", typed=False)
    (True, False, True)
    """
    if isinstance(cell, str) and isinstance(written, str):
        is_damaged = page is not None and is_misread(unix_lines(cell), written)
        return _same_text(cell, written) or is_damaged or (not typed and _is_damaged_text(cell, written, page))
    if _is_blank(cell):
        return _is_blank(written)
    if isinstance(written, bool):
        return parse_boolean(cell) is written
    if isinstance(written, datetime):
        return any(_is_close(reading, written, seconds) for reading, seconds in sheet_moments(cell))
    if isinstance(written, str):
        return _came_of(cell, written)
    return written is not None and any(_is_near(reading, written, cell) for reading in loose_number_readings(cell))


def _is_damaged_text(cell: str, written: str, page: str | None) -> bool:
    return _was_converted(cell, written) or (page is not None and _is_garbled(cell, written, page))


def _is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _same_text(cell: str, written: str) -> bool:
    cell, written = unix_lines(cell), unix_lines(written)
    if unguard(cell) == written or (cell.strip() == written.strip() and (written in cell or not cell.strip())):
        return True  # nothing but blanks was added
    if len(cell) > _CUT_AT and len(cell) < len(written) and written.startswith(cell):
        return True
    if len(written) > _BROKEN_AT and max(map(len, written.split("\n"))) > _BROKEN_AT:
        return cell.replace("\n", "") == written.replace("\n", "")
    return is_autocorrected(cell.strip(), written)


def is_autocorrected(cell: str, written: str) -> bool:
    """Return whether autocorrection can have made one text of the other.

    >>> is_autocorrected("a – b…", "a -- b..."), is_autocorrected("a - b", "a – b")
    (True, False)
    """
    if not _HAS_FANCY.search(cell):
        return False
    return bool(re.fullmatch("".join(_sources(char) for char in cell), written))


@cache
def _sources(char: str) -> str:
    return f"(?:{char}|{_FANCY[char]})" if char in _FANCY else re.escape(char)


def is_poor_likeness(cell: str, written: str, page: str) -> bool:
    """Return whether a program that saved a text in a code page made this of it: a mark, or a like letter, for what the page lacks.

    >>> is_poor_likeness("? fee", "→ fee", "cp1252"), is_poor_likeness("? fees", "→ fee", "cp1252"), is_poor_likeness("?", "é", "cp1252")
    (True, False, False)
    """
    cell, written = _normal(unguard(cell)), _normal(written)
    if written.isascii():
        return False
    wide = "".join(
        char * 2 if char > "\uffff" else char for char in written
    )  # some programs see two characters in such a one
    return any(
        len(text) == len(cell) and all(_is_likeness(one, two, page) for one, two in zip(cell, text, strict=True))
        for text in (written, wide)
    )


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", unix_lines(text)).strip(
        " \t\n"
    )  # a blank that does not break may be lost itself


def _is_garbled(cell: str, written: str, page: str) -> bool:
    """Return whether a code page made one text of the other: a poor likeness for what it lacks."""
    return is_poor_likeness(cell, written, page or "cp1252")


@lru_cache(maxsize=65_536)
def _is_likeness(cell: str, written: str, page: str) -> bool:
    """Return whether a program with this code page may write one character as the other.

    >>> _is_likeness("=", "＝", "cp1252"), _is_likeness("?", "日", "cp1252"), _is_likeness("?", "é", "cp1252")
    (True, True, False)
    """
    if cell == written:
        return True
    encoded = written.encode(page, "ignore")
    if encoded and encoded.decode(page, "ignore") == cell:
        return True  # one character of the page stands for two of Unicode, such as the wave dashes of Japan
    return not encoded and (cell in "?\ufffd" or cell in unicodedata.normalize("NFKD", written))


def _was_converted(cell: str, written: str) -> bool:
    """Return whether a program took a text for a number, a date or a flag, and wrote that as text."""
    if unguard(cell) != cell:
        return False  # the apostrophe has kept it as it was typed
    if may_have_become(cell, written):
        return True
    if written[:1].isalpha() and written.casefold() not in SPREADSHEET_WORDS:
        return False
    return any(
        _came_of(reading, written)
        for reading in (
            *loose_number_readings(cell),
            *(moment for moment, _ in sheet_moments(cell) if len(written) > 5),
            parse_boolean(cell),
        )
    )


def _came_of(cell: Cell, written: str) -> bool:
    """Return whether a program that takes a text for a number, a date or a flag makes this of it."""
    if cell is None:
        return False
    if not isinstance(cell, str) and isinstance(written, str) and may_have_become(cell, written):
        return True
    if isinstance(cell, bool):
        return len(written) > 1 and parse_boolean(written) is cell
    if isinstance(cell, datetime):
        return any(
            _is_close(cell, reading, 1)
            for reading, _ in sheet_moments(written)
            if isinstance(written, str) and not written.isdecimal()
        )
    if isinstance(cell, str):
        return False
    return any(
        _is_near(cell, reading, cell) or (1e15 < abs(cell) < 1e300 and f"{cell:.14e}" == f"{reading:.14e}")
        for reading in loose_number_readings(written)
    )


def _is_near(number: float, written: Cell, cell: Cell) -> bool:
    if not isinstance(written, int | float):
        return False
    if number == written or abs(number - written) <= 1e-14 * abs(written):
        return True
    digits = sum(char.isdigit() for char in cell.partition("E")[0].lstrip("-0.,")) if isinstance(cell, str) else 0
    return digits >= _SIGNIFICANT and f"{number:.{digits - 1}e}" == f"{float(written):.{digits - 1}e}"


def _is_close(moment: datetime, written: datetime, seconds: int) -> bool:
    return abs(moment - written) < timedelta(seconds=seconds) if seconds else moment == written
