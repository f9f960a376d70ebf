"""Find the encoding of a CSV file: the one in which the most untouched cells say what was written.

A file names its encoding only where it begins with a byte-order mark. Excel saves "CSV" in the code page of its country, a Mac in its own.
Nobody can tell two code pages apart by their bytes, but the snapshot knows what the cells held, and the marks of the file know what was
written: in the wrong code page hardly a cell with letters beyond ASCII is as it was. Where two encodings fit alike and the edited cells
would differ, the file is refused instead of guessed.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from truto_tickets_nb.errors import FrameError, shorten
from truto_tickets_nb.sheets.encoding_evidence import Clue, Evidence, Reading
from truto_tickets_nb.sheets.mojibake import PAGES, misread, restored

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as UTF-16 does, and comes first therefore
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# In the order in which they are preferred where they read a file alike.
CODE_PAGES = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874"),
    *("cp932", "gb18030", "cp949", "cp950", "big5hkscs", "euc_jp", "johab"),
    *("mac_roman", "mac_cyrillic", "mac_latin2", "mac_greek", "mac_turkish", "mac_iceland", "mac_croatian", "mac_romanian", "mac_arabic"),
    *("iso8859_1", "iso8859_2", "iso8859_3", "iso8859_4", "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8", "iso8859_9", "iso8859_10"),
    *("iso8859_11", "iso8859_13", "iso8859_14", "iso8859_15", "iso8859_16", "koi8_r", "koi8_u"),
    *("cp437", "cp850", "cp852", "cp855", "cp857", "cp858", "cp862", "cp864", "cp866", "cp737", "cp775", "cp860", "cp861", "cp863", "cp865"),
)  # fmt: skip
_SAMPLE, _MOST = 300, 20_000  # rows by which encodings are compared: at first, and where they fit alike
_CLEARLY = 3  # cells by which a rare code page has to explain more than a usual one
_CONTROLS = re.compile("[\x80-\x9f]")
_ADVICE = "Save it again as 'CSV UTF-8 (comma delimited)', or as .xlsx."


class Decoded(NamedTuple):
    """The text of a file and the code page it was saved in: what that page lacks was lost on the way."""

    text: str
    page: str = ""
    pages: tuple[str, ...] = ()  # all code pages that give this text


Finder = Callable[[str], Evidence | None]


def decoded(source: str, data: bytes, evidence: Finder) -> Decoded:
    """Decode a file; `evidence` finds the cells of a raw text that tell encodings apart. What nobody can decode is a FrameError."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return Decoded(_strictly(source, data.removeprefix(mark), encoding))
    wide = _without_mark(data)
    if wide is not None:
        return Decoded(wide)
    if data.isascii() and b"\x1b" not in data:
        return Decoded(data.decode("ascii"), "ascii")
    try:
        text = _escaped(data) or data.decode("utf-8")
    except UnicodeDecodeError:
        return _of_code_page(source, data, evidence)
    return _of_utf_8(text, evidence)


def _escaped(data: bytes) -> str:
    """Read the Japanese of old mail programs: ASCII with escapes to other character sets, "" where there are none."""
    if b"\x1b$" not in data or not data.isascii():
        return ""
    try:
        return data.decode("iso2022_jp_ext")
    except UnicodeDecodeError:
        return ""


def _strictly(source: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FrameError(
            f"{source} says that it is {encoding.upper()}, but holds bytes that are none (at {error.start:,}). {_ADVICE}"
        ) from error


def _without_mark(data: bytes) -> str | None:
    """Read UTF-16 and UTF-32 that have lost their mark: the letters of the header stand beside zeros."""
    head = data[:4]
    forms = {"utf-32-le": (0, 1, 1, 1), "utf-32-be": (1, 1, 1, 0), "utf-16-le": (0, 1, 0, 1), "utf-16-be": (1, 0, 1, 0)}
    for encoding, zeros in forms.items():
        if len(head) == 4 and all((byte == 0) == bool(zero) for byte, zero in zip(head, zeros, strict=True)):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                return None
    return None


def _of_utf_8(text: str, evidence: Finder) -> Decoded:
    """Take valid UTF-8 as it is, unless untouched cells prove that it was read in a code page before and then saved as UTF-8."""
    if text.startswith(misread("\ufeff", "cp1252")):  # its byte-order mark was read so as well
        return Decoded(restored(text, "cp1252").removeprefix("\ufeff"))
    cells = evidence(text)
    clues = cells.clues(_SAMPLE) if cells else []
    if not clues or _score(Reading("", str, text), clues):
        return Decoded(text)
    best = max((Reading("", _twice(page), text) for page in PAGES), key=lambda reading: _score(reading, clues))
    return Decoded(best.whole if _score(best, clues) and best.whole is not None else text)


def _twice(page: str) -> Callable[[str], str]:
    return lambda raw: restored(raw, page)


def _of_code_page(source: str, data: bytes, evidence: Finder) -> Decoded:
    raw = data.decode(
        "latin-1"
    )  # each byte stays one character, so that cells can be cut out before their encoding is known
    cells = evidence(raw)
    if cells is None:
        raise FrameError(
            f"{source} is not UTF-8, and has no header with a column 'id' by which its encoding could be found. {_ADVICE}"
        )
    fitting = [Reading(page, _from_page(page), raw) for page in CODE_PAGES]
    readings, clues = fitting, list[Clue]()
    for most in (_SAMPLE, _MOST):
        clues = cells.clues(most)
        fitting = _best(fitting, clues)
        readings = _distinct(fitting)
        if len(readings) == 1:
            break
    if not readings:
        raise FrameError(
            f"{source} can't be decoded: it is neither UTF-8 nor in a code page that is known here. {_ADVICE}"
        )
    for clue in clues:
        _refuse_ambiguous(source, clue, readings)
    text = _composed(readings[0])
    return Decoded(text, *_pages(text, fitting, cells.losses(_SAMPLE)))


def _pages(text: str, fitting: Sequence[Reading], losses: Sequence[Clue]) -> tuple[str, tuple[str, ...]]:
    """Choose the code page among those that read the file alike: the usual one, unless another explains more letters that were lost."""
    alike = [reading for reading in fitting if reading.whole is not None and _composed(reading) == text]
    best = max(alike, key=lambda reading: _score(reading, losses))
    is_clear = _score(best, losses) - _score(alike[0], losses) >= _CLEARLY
    return (best if is_clear else alike[0]).page, tuple(reading.page for reading in alike)


def _from_page(page: str) -> Callable[[str], str]:
    return lambda raw: raw.encode("latin-1").decode(page)


def _score(reading: Reading, clues: Sequence[Clue]) -> int:
    return sum(clue.fits(reading) for clue in clues)


def _best(readings: Sequence[Reading], clues: Sequence[Clue]) -> list[Reading]:
    """Keep the readings in which most cells are untouched."""
    scores = [_score(reading, clues) for reading in readings]
    return [reading for reading, score in zip(readings, scores, strict=True) if score == max(scores)]


def _distinct(readings: Sequence[Reading]) -> list[Reading]:
    """Keep one reading for each text that the file may be; one without control characters, where there is one."""
    by_text: dict[str, Reading] = {}
    for reading in readings:
        if reading.whole is not None:
            by_text.setdefault(_composed(reading), reading)
    clean = [reading for text, reading in by_text.items() if not _CONTROLS.search(text)]
    return clean or list(by_text.values())


def _composed(reading: Reading) -> str:
    """Return the text; the Vietnamese code page writes letters and their accents apart, which nobody means."""
    text = reading.whole or ""
    return unicodedata.normalize("NFC", text) if reading.page == "cp1258" else text


def _refuse_ambiguous(source: str, clue: Clue, readings: Sequence[Reading]) -> None:
    """Refuse a file in which an edited cell would be another text in each of the readings that fit alike."""
    pages: dict[str, str] = {}
    for reading in readings:
        pages.setdefault(reading.cell(clue.raw) or "", reading.page)
    if len(pages) < 2 or any(clue.fits(reading) for reading in readings):
        return
    texts = " or ".join(f"{shorten(text, 30)!r} ({page})" for text, page in list(pages.items())[:3])
    raise FrameError(
        f"{source} is not UTF-8, and nobody can tell in which code page it was saved: cell {clue.address} may read {texts}. {_ADVICE}"
    )
