"""Names are found however they are typed, and stored as they were written."""

import pytest

from customers.services import names


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("高橋", "髙橋"),
        ("渡辺", "渡邉"),
        ("渡邊", "渡邉"),
        ("斉藤", "齋藤"),
        ("斎藤", "齊藤"),
        ("浜田", "濵田"),
        ("山崎", "山﨑"),
        ("髙橋 花子", "髙橋　花子"),
    ],
)
def test_a_written_name_matches_its_variants(typed: str, stored: str) -> None:
    assert names.name_key(typed) == names.name_key(stored)


@pytest.mark.parametrize("typed", ["たかはし", "ﾀｶﾊｼ", "タカハシ", "たか はし", "タカ・ハシ"])
def test_a_reading_matches_in_any_kana(typed: str) -> None:
    assert names.kana_key(typed) == "タカハシ"


@pytest.mark.parametrize(
    ("left", "right"), [("しょうじ", "シヨウジ"), ("ゆーき", "ユーキ"), ("ﾕｰｷ", "ゆ―き"), ("ガッツ", "がっつ")]
)
def test_small_kana_and_long_marks_do_not_matter(left: str, right: str) -> None:
    assert names.kana_key(left) == names.kana_key(right)


def test_different_readings_stay_different() -> None:
    assert names.kana_key("ハト") != names.kana_key("バト")


@pytest.mark.parametrize(
    ("text", "expected"), [("たかはし", True), ("ﾀｶﾊｼ ﾊﾅｺ", True), ("髙橋", False), ("Sato", False)]
)
def test_a_reading_is_told_from_a_name(text: str, expected: bool) -> None:
    assert names.is_reading(text) is expected


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Takahashi", "takahasi"),
        ("ONO", "OHNO"),
        ("OHNO", "OONO"),
        ("Ōno", "Ono"),
        ("Satou", "Sato"),
        ("Satoh", "Satō"),
        ("Homma", "Honma"),
        ("Namba", "Nanba"),
        ("Shin'ichi", "sinniti"),
        ("Joji", "zyouzi"),
        ("Chizuru", "tiduru"),
        ("Watchi", "Wacchi"),
        ("Fukuda", "ｈｕｋｕｄａ"),
        ("Yūki", "yuuki"),
    ],
)
def test_latin_spellings_of_one_name_meet(left: str, right: str) -> None:
    assert names.romaji_key(left) == names.romaji_key(right) != ""


def test_different_latin_names_stay_different() -> None:
    assert names.romaji_key("Ohara") != names.romaji_key("Ora")
    assert names.romaji_key("Ono Uta") == "onouta"


@pytest.mark.parametrize("typed", ["t", "taka", "takah", "takahas", "takahash", "Takahashi", "takahasi han"])
def test_a_latin_name_still_being_typed_begins_its_key(typed: str) -> None:
    assert names.romaji_key_of(romaji="", kana="タカハシ ハナコ").startswith(names.romaji_prefix(typed))


@pytest.mark.parametrize(
    ("romaji", "kana", "key"),
    [
        ("", "タカハシ ハナコ", "takahasihanako"),
        ("HANAKO TAKAHASHI", "タカハシ ハナコ", "takahasihanako"),
        ("SMITH ANNA", "スミス アンナ", "smithana"),
        ("Smith", "", "smith"),
        ("", "", ""),
        ("", "オオノ ユーキ", "onoyuki"),
    ],
)
def test_the_latin_key_comes_from_the_reading_unless_she_writes_another_name(romaji: str, kana: str, key: str) -> None:
    assert names.romaji_key_of(romaji=romaji, kana=kana) == key


def test_grams_are_pairs_and_whole_single_characters() -> None:
    assert names.grams(["髙橋", "恵"]) == ["恵", "高橋"]
    assert names.grams(["長谷川", ""]) == ["谷川", "長谷"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("１５０−００４１", "150-0041"), ("090ー1234 ", "090-1234"), ("ﾀｶﾊｼ", "タカハシ"), ("ゆーき", "ゆーき")],
)
def test_what_a_japanese_keyboard_makes_of_digits_is_read_as_meant(typed: str, meant: str) -> None:
    assert names.letters_of(typed) == meant
