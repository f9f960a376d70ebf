"""Error values of spreadsheets: what a formula shows where it has no result, in the words of each program and language."""

from __future__ import annotations

import re

# Errors in capitals that end in a sign: #REF!, #NAME?, #¡VALOR!, #¿NOMBRE?, #ДЕЛ/0!, #DĚLENÍ_NULOU!. The words of Excel have no blanks.
_SHOUTED = re.compile(r"#[¡¿]?(?P<word>[^\W\d_][\w.'’]*(?:/0)?)[!?]")
_UNAVAILABLE = re.compile(r"#[^\W\d_]{1,2}/[^\W\d_]{1,2}!?")  # #N/A, #N/D, #Н/Д, #I/T, #N/B, #Δ/Υ, #N/D!
_TOO_NARROW = re.compile(r"#{3,}")  # a number or a date in a column that is too narrow for it, saved as shown
_LIBREOFFICE = re.compile(
    r"(?:Err|Fehler|Erreur|Errore|Erro|Error|Fout|Fel|Feil|Fejl|Virhe|Chyba|Błąd|Hiba|Hata|Napaka|Greška|Pogreška|Eroare|Viga"
    r"|Klaida|Kļūda|Ошибка|Помилка|Грешка|Памылка|Σφάλμα|エラー|错误|錯誤|오류|Lỗi|שגיאה|خطأ)[\s\u00a0\u202f]?[:：](?:50[1-9]|5[1-4]\d)",
    re.IGNORECASE,
)
# Without a sign ("not available", "loading"), and in scripts that know no capitals.
_LISTED = """
#NV #YOK #HIÁNYZIK #SAKNAS #PUUTTUU #MANGLER #NEDOSTUPNÝ #NENÍ_K_DISPOZICI #IKKE.TILGÆNGELIG #NĖRA #NAV
#NEPRIEINAMA #GETTING_DATA #DATEN_ABRUFEN #DATEN_WERDEN_ABGERUFEN #OBTENIENDO_DATOS #CHARGEMENT_DONNEES
#CHARGEMENT_DONNÉES #OBTENTION_DATA #ESTRAZIONE_DATI_IN_CORSO #OBTENDO_DADOS #A_OBTER_DADOS #GEGEVENS_OPHALEN
#ЗАГРУЗКА_ДАННЫХ #ПОЛУЧЕНИЕ_ДАННЫХ #POBIERANIE_DANYCH #NAČÍTÁNÍ_DAT #HÄMTAR_DATA #HENTER_DATA
#NOUDETAAN_TIETOJA #ADATOK_BEOLVASÁSA #VERİ_ALINIYOR #正在获取_数据 #データ取得中
#スピル! #計算! #参照! #値! #名前? #フィールド! #ブロック! #接続! #不明! #ビジー! #数値! #溢出! #溢位! #计算! #計算錯誤! #引用!
#参照! #值! #名称? #名稱? #字段! #欄位! #已阻止! #已封鎖! #连接! #連線! #未知! #忙! #忙碌! #数字! #數值! #분산! #계산! #필드!
#차단됨! #연결! #알수없음! #사용중! #값! #참조! #이름? #숫자!
"""
_WORDS = frozenset(_LISTED.split())


class ErrorValue(str):
    """A cell that the file itself marks as an error value."""

    __slots__ = ()


class Formula(str):
    """A formula whose result is not stored in the file: programs that write formulas without computing them leave it out."""

    __slots__ = ()


NOT_STORED = "a formula whose result is not stored"
FORMULA_FIX = "Open and save the file in Excel or LibreOffice, or replace the formula by its value."


def is_error_value(cell: object) -> bool:
    """Return whether a cell holds an error value of a spreadsheet instead of text.

    >>> [is_error_value(text) for text in ("#REF!", "#NV", "#¿NOMBRE?", "#ДЕЛ/0!", "Err:508", "###")]
    [True, True, True, True, True, True]
    >>> [is_error_value(text) for text in ("#1234 refund", "#urgent", "#urgent!", "Error: 500", "# TODO!", "C#", "#1!")]
    [False, False, False, False, False, False, False]
    """
    if isinstance(cell, ErrorValue):
        return True
    if not isinstance(cell, str) or len(cell) > 60:
        return False
    text = cell.strip()
    if not text.startswith("#"):
        return bool(_LIBREOFFICE.fullmatch(text))
    if text in _WORDS or _TOO_NARROW.fullmatch(text) or (_UNAVAILABLE.fullmatch(text) and text == text.upper()):
        return True
    shouted = _SHOUTED.fullmatch(text)
    return bool(shouted) and _is_capital(shouted["word"]) if shouted else False


def is_too_narrow(cell: object) -> bool:
    """Return whether a cell holds the signs by which a program shows a number or a date that did not fit into its column.

    >>> is_too_narrow("########"), is_too_narrow("##")
    (True, False)
    """
    return isinstance(cell, str) and bool(_TOO_NARROW.fullmatch(cell.strip()))


def _is_capital(word: str) -> bool:
    return len(word) > 1 and word == word.upper() != word.lower()
