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
