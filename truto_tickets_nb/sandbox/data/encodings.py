"""Decode an export whatever its encoding: by its byte-order mark, as UTF-8, as UTF-16 without a mark, else by the likeliest code page.

A code page is likely where the text that comes out of it consists of letters that are common in the languages that use it.
"""

from __future__ import annotations

import codecs
import unicodedata
from functools import lru_cache

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_WEST = {1.0: "äöüßÄÖÜéèàâçñáíóúåÅøØæÉÁÍÓÚÑÇ", 0.6: "êëôîïûùãõœÆÀÈÊËÂÔÎÃÕìò¿¡", 0.3: "ýžšŠŽðþÿÙÛÌÒ"}
_CENTRAL = {1.0: "ąćęłńóśźżŁŚŻÓáčéěíňřšťúůýžÁČÉĚÍŘŠÚÝŽőűöüÖÜŐŰ", 0.6: "ĄĆĘŃŹďĎŇŤŮăâîşţäôľ", 0.2: "ĺŕĽĂÂÎŞŢçÇß"}
_TURKISH = {1.0: "çğıöşüÇĞİÖŞÜ", 0.4: "âîû"}
_BALTIC = {1.0: "āčēģīķļņšūžąęėįųÄÖÜäöüõ", 0.6: "ĀČĒĢĪĶĻŅŠŪŽ"}
_CYRILLIC = {1.0: "оеаинтсрвлкмдпуяыьОЗНПВСДТКРЕАИМ", 0.5: "гзбчйхжшюцщэіїєЛБГФУЭЯЧШХЦІЇЄ", 0.2: "ъфёЁґЖЩЮЫЬЙ"}
_GREEK = {1.0: "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώΠΑΕΟΤΣΚΜΗ", 0.5: "ΒΓΔΖΘΙΛΝΞΡΥΦΧΨΩΆΈΉΊΌΎΏϊϋ"}
_HEBREW = {1.1: "אבגדהוזחטיכלמנסעפצקרשתםןךףץ"}
_ARABIC = {1.0: "ابتحدرسعفقكلمنهويىةأإش", 0.5: "ثجخذزصضطظغءآؤئ", 0.2: "پچژگ"}
_THAI = {0.8: "".join(map(chr, range(0x0E01, 0x0E5B)))}
# In the order of how common the pages are: the earlier one wins where both are equally likely.
_PAGES = {
    "cp1252": _WEST, "cp1251": _CYRILLIC, "cp1250": _CENTRAL, "cp932": {}, "gb18030": {}, "big5": {}, "euc_kr": {}, "euc_jp": {},
    "cp1253": _GREEK, "cp1254": _TURKISH, "cp1255": _HEBREW, "cp1256": _ARABIC, "cp1257": _BALTIC, "koi8-r": _CYRILLIC, "cp874": _THAI,
    "cp850": _WEST, "mac_roman": _WEST, "cp852": _CENTRAL, "cp866": _CYRILLIC, "cp437": _WEST,
}  # fmt: skip
_JAPANESE, _CHINESE = ("cp932", "euc_jp"), {"gb18030": ("gb2312", 0xB0, 0xD7), "big5": ("big5", 0xA4, 0xC6)}
_TYPESETTING = "–—‘’“”„‚…•€\u00a0«»°§×©®™、。，？！：；・「」（）\u3000"
_SAMPLE = 65_536  # bytes that are looked at


def decoded(data: bytes) -> tuple[str, str]:
    """Decode bytes; returns the text, and the code page where it had to be guessed.

    >>> decoded("Zahlung schlägt fehl".encode("cp1252")), decoded("Заявка".encode("cp1251"))
    (('Zahlung schlägt fehl', 'cp1252'), ('Заявка', 'cp1251'))
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name), ""
    try:
        return data.decode(_wide(data[:_SAMPLE]) or "utf-8"), ""
    except UnicodeDecodeError:
        return _by_page(data)


def _wide(data: bytes) -> str:
    """Name the UTF-16 that bytes without a mark are in: in its ASCII signs every second byte is zero."""
    at_even, at_odd = data[::2].count(0), data[1::2].count(0)
    if max(at_even, at_odd) * 20 < len(data) or not at_even + at_odd:
        return ""
    return "utf-16-le" if at_odd > at_even else "utf-16-be"


def _by_page(data: bytes) -> tuple[str, str]:
    sample = b"\n".join(line for line in data[: 16 * _SAMPLE].splitlines() if not line.isascii())[:_SAMPLE]
    texts: dict[str, str] = {}
    for page in _PAGES:
        try:
            texts[page] = data.decode(page)
        except UnicodeDecodeError:
            continue
    best = max(texts, key=lambda page: _score(sample.decode(page, "ignore"), page), default="latin-1")
    return texts.get(best) or data.decode("latin-1"), best


def _score(text: str, page: str) -> float:
    """Return how much a text looks like a language of the page, a point for each common letter."""
    around = zip(" " + text, text, text[1:] + " ", strict=False)
    return sum(_weight(sign, page) - _torn(before, sign, after) for before, sign, after in around if not sign.isascii())


def _torn(before: str, sign: str, after: str) -> float:
    """Count against a page what no writing does: two scripts in a word, a capital behind a small letter, a letter all alone."""
    if sign.isalpha():
        mixed = any(other.isalpha() and other.isascii() for other in (before, after)) and _script(sign) != "LATIN"
        alone = not (before.isalpha() or after.isalpha()) and _kind(sign) == "narrow"
        return 1.5 * mixed + 1.5 * (before.islower() and sign.isupper()) + 0.5 * alone
    return 1.0 * (before.isalpha() and after.isalpha() and sign not in _TYPESETTING)


@lru_cache(maxsize=100_000)
def _weight(sign: str, page: str) -> float:
    if sign in _TYPESETTING:
        return 0.8
    if not sign.isalpha() and page != "cp874":
        return -5.0 if unicodedata.category(sign) in ("Cc", "Co", "Cn") else -1.0
    if page in ("cp932", "gb18030", "big5", "euc_kr", "euc_jp"):
        return 2 * _eastern(sign, page)  # two bytes
    return next((points for points, letters in _PAGES[page].items() if sign in letters), -0.8)


def _eastern(sign: str, page: str) -> float:
    kind = _kind(sign)
    if page == "euc_kr":
        return {"hangul": 1.2, "ideograph": 0.0}.get(kind, -1.0)
    if page in _JAPANESE:
        return 1.5 if kind == "kana" else _common(sign, "euc_jp", (0xB0, 0xCF)) if kind == "ideograph" else -1.0
    codec, first, last = _CHINESE[page]
    return _common(sign, codec, (first, last)) if kind == "ideograph" else -0.3


def _common(sign: str, codec: str, rows: tuple[int, int]) -> float:
    """Add a point for an ideograph of the first level of a national standard, which holds the common ones."""
    encoded = sign.encode(codec, "ignore")
    return 1.0 if encoded and rows[0] <= encoded[0] <= rows[1] else -0.5


def _script(sign: str) -> str:
    return unicodedata.name(sign, "").split(" ", 1)[0]


def _kind(sign: str) -> str:
    name = unicodedata.name(sign, "")
    if name.startswith(("HIRAGANA", "KATAKANA")):
        return "kana"
    if name.startswith("HANGUL SYLLABLE"):
        return "hangul"
    return "ideograph" if name.startswith("CJK UNIFIED") else "narrow"
