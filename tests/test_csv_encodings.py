"""Encodings of CSV files: a file is read as it was saved, or refused; no text is sent that a wrong code page has garbled."""

from __future__ import annotations

import time
from functools import cache

import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_excel import NOTHING, outcome, put
from test_spreadsheet_damage import put_csv, refusal, snapshot_with

import truto_tickets_nb as tt
from truto_tickets_nb.errors import FrameError

LANGUAGES = [
    ("cp1250", ["Żółta łódź", "Příliš žluťoučký kůň", "Überfällig"], "Nowa łódź ćma"),
    ("cp1251", ["Возврат не пришёл", "Вход невозможен", "Ошибка"], "Новый заголовок"),
    ("cp1252", ["Überfällig – é", "Café crème à côté", "5 € für Ñandú"], "Größe über ñ"),
    ("cp1253", ["Επιστροφή χρημάτων", "Σφάλμα σύνδεσης"], "Νέος τίτλος"),
    ("cp1254", ["Geri ödeme gelmedi", "Şifre değiştirilemiyor", "İade ığ"], "Yeni başlık ığşİ"),
    ("cp1255", ["ההחזר לא הגיע", "שגיאה"], "כותרת חדשה"),
    ("cp1256", ["لم يصل المبلغ", "خطأ في الدخول"], "عنوان جديد"),
    ("cp1257", ["Grąžinimas negautas", "Ņemšana kļūda ēūī"], "Naujas ąčęėį"),
    ("cp874", ["ยังไม่ได้รับเงินคืน", "เข้าสู่ระบบไม่ได้"], "หัวข้อใหม่"),
    ("cp932", ["返金がまだです", "ログインできません", "表示ソ能"], "新しい件名"),
    ("gb18030", ["退款未到账", "无法登录"], "新的标题"),
    ("cp936", ["退款未到账", "无法登录"], "新的标题"),
    ("cp949", ["환불이 오지 않았습니다", "로그인 오류"], "새 제목"),
    ("cp950", ["退款尚未收到", "無法登入"], "新的標題"),
    ("euc_jp", ["返金がまだです", "ログインできません"], "新しい件名"),
    ("iso2022_jp", ["返金がまだです", "ログインできません"], "新しい件名"),
    ("mac_roman", ["Überfällig – é", "Café crème", "naïve “quote”"], "Größe über é"),
    ("mac_cyrillic", ["Возврат Не Пришёл", "Вход Невозможен", "ЯБЛОКО ЮГ"], "Новый Заголовок"),
    ("mac_latin2", ["Żółta łódź", "Příliš žluťoučký"], "Nowa łódź"),
    ("mac_greek", ["Επιστροφή χρημάτων", "Σφάλμα"], "Νέος τίτλος"),
    ("mac_turkish", ["Şifre değiştirilemiyor", "İade ığ"], "Yeni başlık"),
    ("iso8859_2", ["Żółta łódź", "Příliš žluťoučký"], "Nowa łódź"),
    ("iso8859_5", ["Возврат не пришёл", "Вход"], "Новый"),
    ("iso8859_15", ["5 € für Überfällig", "Œuvre"], "Größe €"),
    ("koi8_r", ["Возврат не пришёл", "Вход невозможен"], "Новый"),
    ("cp437", ["Überfällig é", "Größe"], "Ü ö"),
    ("cp850", ["Überfällig é Á", "Größe ó Ò"], "Ü ö"),
    ("cp866", ["Возврат не пришёл", "Вход"], "Новый"),
    ("utf-8", ["Возврат 退款", "Żółta"], "нов 新"),
    ("utf-8-sig", ["Возврат 退款", "Żółta"], "нов 新"),
    ("utf-16", ["Возврат 退款", "Żółta"], "нов 新"),
    ("utf-16-le", ["Возврат 退款", "Żółta"], "нов 新"),
    ("utf-16-be", ["Возврат 退款", "Żółta"], "нов 新"),
    ("utf-32", ["Возврат 退款", "Żółta"], "нов 新"),
    ("utf-32-be", ["Возврат 退款", "Żółta"], "нов 新"),
]


def saved_as(path, encoding):
    """Save a CSV file as a program of another encoding would."""
    path.write_bytes(path.read_text("utf-8-sig").encode(encoding, "replace"))


def titled(*names, **fields):
    """Load tickets of these titles."""
    status = {"id": "1", "name": "Open"}
    records = [{"id": str(place), "name": name, "status": status, **fields} for place, name in enumerate(names, 1)]
    with tt.sandbox("jira", tickets=records, limit=None) as account:
        return account.load(progress=False)


@pytest.mark.parametrize(("encoding", "titles", "typed"), LANGUAGES, ids=[encoding for encoding, _, _ in LANGUAGES])
def test_file_is_read_in_the_encoding_it_was_saved_in(tmp_path, encoding, titles, typed):
    """Untouched it is no change; an edit beside untouched cells of its language arrives letter by letter."""
    snapshot, path = titled(*titles, "plain", "plain 2"), tmp_path / "x.csv"
    snapshot.to_csv(path)
    saved_as(path, encoding)
    assert outcome(snapshot, path) == NOTHING
    snapshot.to_csv(path)
    put_csv(path, "name", len(titles) + 2, typed)
    saved_as(path, encoding)
    assert outcome(snapshot, path) == ({str(len(titles) + 1): {"name": typed}}, [])


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), encoding=st.sampled_from([encoding for encoding, _, _ in LANGUAGES]))
def test_no_edit_is_ever_garbled(data, encoding, tmp_path):
    """Law: whatever was written, typed and saved in whichever encoding, the text that was typed arrives, or the file is refused."""
    letters = st.text(st.sampled_from(letters_of(encoding)), min_size=1, max_size=12)
    titles = data.draw(st.lists(letters.filter(is_plain), min_size=1, max_size=4))
    typed = data.draw(letters.filter(is_plain).map(lambda text: f"new {text.strip()} text"))
    snapshot, path = titled(*titles), tmp_path / "x.csv"
    snapshot.to_csv(path)
    put_csv(path, "name", 2, typed)
    saved_as(path, encoding)
    try:
        bodies, _ = outcome(snapshot, path)
    except FrameError:
        return
    assert bodies == {"1": {"name": typed}}


@cache
def letters_of(encoding):
    """List the letters that survive an encoding."""
    chars = map(chr, [*range(32, 0xD800), *range(0xFF00, 0xFF80)])
    return [char for char in chars if char.isprintable() and char not in "?<>#'\"" and survives(char, encoding)]


def survives(char, encoding):
    try:
        return char.encode(encoding).decode(encoding) == char
    except UnicodeError:
        return False


def is_plain(text):
    return (
        bool(text.strip())
        and text == text.strip()
        and text.isprintable()
        and text.upper() != "TRUE"
        and "new" not in text
    )


def test_two_code_pages_that_fit_alike_are_refused(tmp_path):
    """Without an untouched cell that tells them apart nobody can say what was typed: the cell and both texts are named."""
    snapshot, path = titled("plain", "plain 2"), tmp_path / "x.csv"
    snapshot.to_csv(path)
    put_csv(path, "name", 2, "Überfällig ñ")
    saved_as(path, "cp1252")
    said = refusal(snapshot, path)
    assert (
        "is not UTF-8, and nobody can tell in which code page it was saved: cell B2 may read 'Überfällig ñ' (cp1252) or"
        in said
    )
    assert "Save it again as 'CSV UTF-8 (comma delimited)', or as .xlsx." in said


def test_code_pages_that_read_all_edits_alike_need_no_choice(tmp_path):
    """ä is one letter in all code pages that fit: it arrives."""
    snapshot, path = titled("Überfällig", "Größe"), tmp_path / "x.csv"
    snapshot.to_csv(path)
    put_csv(path, "name", 2, "Überfällig, ja: ö")
    saved_as(path, "cp1252")
    assert outcome(snapshot, path) == ({"1": {"name": "Überfällig, ja: ö"}}, [])


def test_marks_tell_the_encoding_where_the_tool_has_moved_on(tmp_path):
    """The letters of the column "check" know what was written, also if every title has changed in the tool since."""
    old, path = titled("Żółta łódź", "Gęś", "plain"), tmp_path / "x.csv"
    old.to_csv(path)
    put_csv(path, "name", 4, "Nowa łódź")
    saved_as(path, "cp1250")
    assert outcome(titled("one", "two", "plain"), path) == ({"3": {"name": "Nowa łódź"}}, [])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xef\xbb\xbfid,name\r\n1,\xff\r\n", "says that it is UTF-8, but holds bytes that are none"),
        (b"\xff\xfei\x00d\x00,", "says that it is UTF-16-LE, but holds bytes that are none"),
        ("id,name\r\n1,Überfällig\r\n".encode()[:-5] + b"\xc3\r\n", "nobody can tell in which code page"),
        (b"\x80\x81\x82", "has no header with a column 'id'"),
    ],
)
def test_undecodable_text_is_refused(tmp_path, data, said):
    """Bytes that are no text of any encoding are never replaced by marks and sent."""
    snapshot = titled("Überfällig", "x")
    (tmp_path / "x.csv").write_bytes(data)
    assert said in refusal(snapshot, tmp_path / "x.csv")


@pytest.mark.parametrize("page", ["cp1252", "iso8859_1", "mac_roman", "cp1251"])
def test_utf_8_that_was_read_in_a_code_page_is_put_right(tmp_path, page):
    """A program that took UTF-8 for its own code page and saved UTF-8 has made two letters of one: they become one again, in edits as well."""
    texts = {"iso8859_1": "ÄÖ ü", "cp1251": "Возрат", "mac_roman": "Äöß", "cp1252": "Äöü"}
    snapshot, path = titled(texts[page], "plain"), tmp_path / "x.csv"
    snapshot.to_csv(path)
    put_csv(path, "name", 3, f"{texts[page]} new")
    path.write_bytes(path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode(page).encode())
    assert outcome(snapshot, path) == ({"2": {"name": f"{texts[page]} new"}}, [])


@pytest.mark.parametrize("typed", ["Ãœberfällig".replace("ä", "Ã¤"), "Ð’Ð¾Ð·Ð²Ñ€Ð°Ñ‚", "lost \ufffd letter"])
def test_garbled_edits_are_refused(tmp_path, typed):
    """Where nothing proves it, the cell itself does: it is named, with what to do."""
    snapshot, path = titled("plain"), tmp_path / "x.csv"
    snapshot.to_csv(path)
    put_csv(path, "name", 2, typed)
    said = refusal(snapshot, path)
    assert "was read in a wrong encoding by the program that saved it, in cell B2" in said
    assert "UTF-8" in said


@pytest.mark.parametrize("page", ["cp1252", "cp1251", "cp1250", "mac_roman", "cp437"])
def test_workbook_made_of_a_misread_csv_sends_no_garbage(tmp_path, page):
    """A spreadsheet that opens UTF-8 as its own code page, and saves .xlsx: untouched cells are no edits, edited ones are refused."""
    snapshot, path = titled("Größe – 東京", "Возврат не пришёл", "plain"), tmp_path / "x.xlsx"
    snapshot.to_excel(path)
    for row, text in ((2, "Größe – 東京"), (3, "Возврат не пришёл")):
        put(path, "name", row, misread(text, page))
    assert outcome(snapshot, path) == NOTHING
    put(path, "name", 3, misread("Возврат не пришёл: новый", page))
    assert "was read in a wrong encoding by the program that saved it, in cell B3" in refusal(snapshot, path)


def misread(text, page):
    return "".join(bytes([byte]).decode(page, "ignore") or chr(byte) for byte in text.encode())


@pytest.mark.parametrize("typed", ["CAFÉ…", "«Größe»", "Ångström", "São João", "Âge", "naïve – “quoted”"])
def test_accents_are_no_damage(tmp_path, typed):
    """Texts of the West arrive as they are."""
    snapshot, path = titled("plain"), tmp_path / "x.csv"
    snapshot.to_csv(path)
    put_csv(path, "name", 2, typed)
    assert outcome(snapshot, path) == ({"1": {"name": typed}}, [])


def test_letters_that_a_code_page_lacks_are_no_edit(tmp_path):
    """A question mark for what the page has not is a loss of the program; with another edit in the cell it would be sent, and is seen."""
    snapshot, path = titled("Größe → 日本 😀", "Възврат", "plain?"), tmp_path / "x.csv"
    for page in ("cp1252", "cp1251", "ascii", "cp437"):
        snapshot.to_csv(path)
        saved_as(path, page)
        assert outcome(snapshot, path) == NOTHING


def test_lost_letters_tell_code_pages_apart_that_read_alike(tmp_path):
    """Where two pages make one text of the bytes, the letters that were lost tell which one it was; where they don't, a lost letter is refused."""
    snapshot, path = titled("a\u00a0b", "Größe", "c\u00a0d – e", "表示〜", "e\u00a0f", "plain"), tmp_path / "x.csv"
    for page in ("cp932", "cp1252", "cp949", "cp1250"):
        snapshot.to_csv(path)
        saved_as(path, page)
        assert outcome(snapshot, path) == NOTHING
    snapshot = titled("really…", "Größe")
    snapshot.to_csv(path)
    put_csv(path, "name", 2, "really?")
    saved_as(path, "cp1252")
    assert "name 'really?': may have lost letters of 'really…' when the file was saved, in cell B2" in refusal(
        snapshot, path
    )


def test_ids_and_columns_beyond_ascii_are_found(tmp_path):
    """The header and the ids are read in the encoding of the file as well."""
    snapshot = snapshot_with("ТИК-1", "ТИК-2", name="plain", custom_fields={"Größe": "x", "n": 1})
    path = tmp_path / "x.csv"
    snapshot.to_csv(path, columns=["name"])
    put_csv(path, "name", 2, "new")
    saved_as(path, "cp1251")
    assert outcome(snapshot, path) == ({"ТИК-1": {"name": "new"}}, [])
    snapshot = snapshot_with("1", "2", name="plain", custom_fields={"Größe": "x", "n": 1})
    snapshot.to_csv(path)
    put_csv(path, "custom_fields.Größe", 2, "y")
    saved_as(path, "mac_roman")
    assert outcome(snapshot, path) == ({"1": {"custom_fields": {"Größe": "y"}}}, [])


@pytest.mark.benchmark
def test_finding_the_encoding_of_a_large_file_takes_seconds(tmp_path):
    """10,000 tickets of 20 columns in a code page are read while one waits."""
    with tt.sandbox("jira", tickets=10_000, limit=None, page_size=500) as account:
        snapshot = account.load(progress=False)
    snapshot.to_csv(tmp_path / "x.csv")
    saved_as(tmp_path / "x.csv", "cp1252")
    started = time.process_time()
    assert len(snapshot.plan(snapshot.read_csv(tmp_path / "x.csv"))) == 0
    assert time.process_time() - started < 20
