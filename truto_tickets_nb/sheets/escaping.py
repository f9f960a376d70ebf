r"""Text as a cell can hold it, and back: what XML can't carry is escaped, what a spreadsheet would obey is guarded, sets are one line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from truto_tickets_nb.sheets.automatic_conversions import is_convertible

if TYPE_CHECKING:
    from collections.abc import Iterable

CLEAR = "<clear>"  # what one types to empty a cell on purpose: any keyboard has it
CLEAR_WORDS = frozenset({CLEAR, "«clear»", "<<clear>>", "‹clear›", "(clear)"})
TRIGGERS = "=+\\-@\t\r\n＝＋－＠"  # OWASP's list for CSV injection, with the full-width forms; - stands escaped, for a set in a pattern

_ILLEGAL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]"
    r"|\\(?=x[0-9A-F]{2}|u[0-9A-F]{4})"  # what already looks like an escape
    r"|_(?=x[0-9A-Fa-f]{4}_)"  # what Excel itself would read as one
)
_ESCAPED = re.compile(r"\\x([0-9A-F]{2})|\\u([0-9A-F]{4})")
_EXCELS = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FORMULA = re.compile(f"[{TRIGGERS}]")
_NUMBER = re.compile(r"-\d+(\.\d+)?")  # "-5" is a number, which no spreadsheet evaluates
_TO_GUARD = re.compile(f"'*[{TRIGGERS}]")
_GUARDED = re.compile(f"'+[{TRIGGERS}]")
_ITEM = re.compile(r'\s*(?:"((?:[^"]|"")*)"|[“„”«]([^“”„«»"]*[,;][^“”„«»"]*)[”“»]|([^,;\n]*?))\s*(?:[,;\n]|$)')
_NEEDS_QUOTES = re.compile(r'[,;\r\n"]|^\s|\s$|^$|^[“„”«]')


def escape(text: str) -> str:
    r"""Write what XML can't carry, visibly and reversibly; line ends become LF.

    >>> escape("bell\x07 a\r\nb"), escape(r"C:\x07 and _x0041_"), escape(r"C:\temp")
    ('bell\\x07 a\nb', 'C:\\x5Cx07 and \\x5Fx0041_', 'C:\\temp')
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    return text if text.isprintable() and "\\" not in text and "_x" not in text else _ILLEGAL.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}"


def unescape(text: str) -> str:
    r"""Read it back, also what Excel has escaped in its own way.

    >>> unescape(escape("\x00 and _x0041_")), unescape("a_x000D_\nb")
    ('\x00 and _x0041_', 'a\r\nb')
    """
    text = _EXCELS.sub(lambda match: chr(int(match.group(1), 16)), text) if "_x" in text else text
    return _ESCAPED.sub(lambda match: chr(int(match.group(1) or match.group(2), 16)), text) if "\\" in text else text


def is_formula_like(text: str) -> bool:
    """Return whether a spreadsheet might evaluate a text, or take its first apostrophe for its own.

    >>> is_formula_like("=1+1"), is_formula_like("--"), is_formula_like("-5"), is_formula_like("'=1")
    (True, True, False, True)
    """
    return bool(_TO_GUARD.match(text)) and not _NUMBER.fullmatch(text)


def guard(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet might evaluate or turn into a date or a number: a file without types has no other way.

    >>> guard("=1+1"), guard("'=1"), guard("'tis"), guard("MAR-1"), guard("'MAR-1"), guard("4711")
    ("'=1+1", "''=1", "'tis", "'MAR-1", "''MAR-1", '4711')
    """
    return f"'{text}" if is_formula_like(text) or is_convertible(text.lstrip("'")) else text


def unguard(text: str) -> str:
    """Take the apostrophe away again.

    >>> unguard("'=1+1"), unguard("'tis"), unguard("'MAR-1"), unguard("''MAR-1")
    ('=1+1', "'tis", 'MAR-1', "'MAR-1")
    """
    if not text.startswith("'"):
        return text
    return text[1:] if _GUARDED.match(text) or is_convertible(text.lstrip("'")) else text


def join(names: Iterable[str]) -> str:
    """Write a set as one line; a name that holds a separator stands in quotes.

    >>> join(("billing", "Smith, Jo", '5" disk'))
    'billing, "Smith, Jo", "5"" disk"'
    """
    return ", ".join(_quoted(name) if _NEEDS_QUOTES.search(name) else name for name in names)


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def split(text: str) -> tuple[str, ...]:
    """Read a set from one line: commas, semicolons and line breaks separate, quotes hold together.

    >>> split(join(("billing", "Smith, Jo", '5" disk'))), split("a; b,,c ")
    (('billing', 'Smith, Jo', '5" disk'), ('a', 'b', 'c'))
    """
    names, place = [], 0
    while place < len(text):
        item = _ITEM.match(text, place) or _rest(text, place)
        quoted, curly, bare = item.groups()
        name = quoted.replace('""', '"') if quoted is not None else curly or bare
        names += [name] if name or quoted is not None else []
        place = max(item.end(), place + 1)
    return tuple(names)


def _rest(text: str, place: int) -> re.Match[str]:
    r"""Take an item that begins with a quote but is not quoted, such as "a" b."""
    match = re.compile(r"\s*()()([^,;\n]*)(?:[,;\n]|$)").match(text, place)
    assert match is not None
    return match


def is_clear(cell: object) -> bool:
    """Return whether a cell holds the word that empties it.

    >>> is_clear(" <Clear> "), is_clear("clear")
    (True, False)
    """
    return isinstance(cell, str) and len(cell) < 20 and cell.strip().casefold() in CLEAR_WORDS
