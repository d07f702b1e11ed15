"""Cells as Japanese files write them: what is taken, as what, and what is refused for which reason."""

from __future__ import annotations

from datetime import date

import pytest

from customers.models import Store
from journeys.services import importcolumns, importcustomers, importdates, importrows
from journeys.services.importcolumns import Column
from journeys.services.importfiles import Row
from journeys.services.importrows import Lookups, Problem

TODAY = date(2026, 11, 20)
STORES = importrows.store_keys(
    [
        Store(pk=1, code="SHIBUYA", name_ja="渋谷店", name_en="Shibuya"),
        Store(pk=2, code="0012", name_ja="本店", name_en=""),
        Store(pk=3, code="0013", name_ja="本店", name_en="渋谷店2"),
        Store(pk=4, code="渋谷店2", name_ja="別", name_en=""),
    ]
)


def recognise(headings: list[str]) -> list[Column]:
    """Return the columns of a file of customers."""
    return importcolumns.recognise(headings, fields=importcustomers.FIELDS)


def read(**cells: str) -> dict[str, object]:
    """Return what a row says beside number and name, or the codes of its problems under `problems`."""
    told = {"会員番号": "70000001", "姓": "髙橋", **cells}
    said = importcustomers.reader(recognise(list(told)), lookups=Lookups(STORES, TODAY)).read(
        Row(2, list(told.values()))
    )
    if isinstance(said, list):
        return {"problems": [problem.code for problem in said]}
    return dict(said)


def value(heading: str, cell: str) -> object:
    """Return the one value a cell gives, or the code of its problem; None when it tells nothing."""
    said = read(**{heading: cell})
    extra = [said[name] for name in said if name not in {"member_number", "family_name"}]
    return extra[0][0] if "problems" in said else extra[0] if extra else None  # type: ignore[index]


@pytest.mark.parametrize(
    "written",
    [
        "1990-04-01",
        "1990/4/1",
        "1990/04/01",
        "1990.4.1",
        "1990年4月1日",
        "１９９０年４月１日",
        "19900401",
        "平成2年4月1日",
        "平成２年０４月０１日",
        "㍻2年4月1日",
        "H2.4.1",
        "h02/04/01",
        "H2-4-1",
        "平2.4.1",
        " 1990/4/1 ",
        "1990/04/01 0:00",
        "1990-04-01 00:00:00",
        "1990-04-01T00:00:00",
        "平成 2年 4月 1日",
        "1990年 4月 1日",
    ],
)
def test_a_day_in_every_usual_form(written: str) -> None:
    assert importdates.read(written) == date(1990, 4, 1)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("S1.12.25", date(1926, 12, 25)),
        ("T15.12.24", date(1926, 12, 24)),
        ("大正元年7月30日", date(1912, 7, 30)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R6.2.29", date(2024, 2, 29)),
        ("平成31年12月1日", date(2019, 12, 1)),
        ("M45.7.29", date(1912, 7, 29)),
    ],
)
def test_days_at_the_edges_of_the_eras(written: str, day: date) -> None:
    assert importdates.read(written) == day


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1990-02-30", "date_impossible"),
        ("1990/13/1", "date_impossible"),
        ("19900230", "date_impossible"),
        ("昭和65年1月1日", "date_impossible"),
        ("平成0年4月1日", "date_impossible"),
        ("平成元年1月7日", "date_impossible"),
        ("0000-00-00", "date_impossible"),
        ("R99.1.1", "date_future"),
        ("2026-11-21", "date_future"),
        ("1895-01-01", "birthday_too_early"),
        ("4/1/1990", "date"),
        ("32964", "date"),
        ("春", "date"),
        ("1990-04-01 09:30", "date"),
        ("1990-4", "date"),
        ("90/4/1", "date"),
        ("X2.4.1", "date"),
    ],
)
def test_what_is_no_birthday(written: str, code: str) -> None:
    assert value("生年月日", written) == code


@pytest.mark.parametrize(
    ("heading", "cell", "expected"),
    [
        ("生年月日", "2026-11-20", date(2026, 11, 20)),
        ("入会日", "1880-01-01", date(1880, 1, 1)),
        ("入会日", "2026-11-21", "date_future"),
        ("電話番号", "０９０ー１１１１ー２２２２", ("+819011112222", "０９０ー１１１１ー２２２２")),
        ("電話番号", "9011112222", ("+819011112222", "9011112222")),
        ("電話番号", "'+819011112222", ("+819011112222", "+819011112222")),
        ("電話番号", "9.01E+09", "scientific"),
        ("電話番号", "1" * 300, "too_long:254"),
        ("電話番号", "なし", "phone"),
        ("メールアドレス", "Hana.@Docomo.NE.JP", ("Hana.@docomo.ne.jp", "Hana.@Docomo.NE.JP")),
        ("メールアドレス", "hana@example.jp\u200b", ("hana@example.jp", "hana@example.jp")),
        ("メールアドレス", "a@b.jp\r\nBcc: x@y.jp", "line_break"),
        ("メールアドレス", "hana", "email"),
        ("言語", "ja", "ja"),
        ("言語", "日本語", "ja"),
        ("言語", "English", "en"),
        ("言語", "ＥＮ", "en"),
        ("言語", "中国語", "zh"),
        ("言語", "火星語", "language_unknown"),
        ("言語", "", None),
        ("接客の好み", "alone", "alone"),
        ("接客の好み", "likes ADVICE", "advice"),
        ("接客の好み", "?", "approach_unknown"),
        ("接客の好み", "Not asked yet", None),
        ("店舗コード", "shibuya", 1),
        ("店舗コード", "ＳＨＩＢＵＹＡ", 1),
        ("店舗コード", "渋谷店", 1),
        ("店舗コード", "0012", 2),
        ("店舗コード", "本店", "store_unknown"),
        ("店舗コード", "12", "store_unknown"),
        ("店舗コード", "渋谷店2", 4),
        ("名", "𠮷子", "𠮷子"),
        ("名", "か\u3099く", "がく"),
        ("名", "葛\U000e0100", "葛\U000e0100"),
        ("名", "神\ufa19", "神\ufa19"),
        ("名", "　花子　", "花子"),
        ("名", "<b>x</b>", "<b>x</b>"),
        ("名", "'=1+1", "=1+1"),
        ("名", "'花子", "'花子"),
        ("名", "\u202e花子", "花子"),
        ("名", "あ" * 60, "あ" * 60),
        ("名", "あ" * 61, "too_long:60"),
        ("名", "㍿" * 20, "too_long:60"),
        ("名", "花\x07子", "unwritable"),
        ("名", "花\ue000子", "private_character"),
        ("名", "花\ufffd", "damaged_character"),
        ("名", "花\n子", "line_break"),
        ("名", "花\t子", "line_break"),
        ("セイ", "やまだ", "ヤマダ"),
        ("セイ", "ﾔﾏﾀﾞ", "ヤマダ"),
        ("セイ", "山田", "kana"),
        ("セイ", "Yamada", "kana"),
        ("ローマ字", "Ｙａｍａｄａ", "Yamada"),
    ],
)
def test_a_cell_is_taken_as_what_it_means(heading: str, cell: str, expected: object) -> None:
    assert value(heading, cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("7000-0001", "70000001"),
        ("ａｂ１２", "AB12"),
        ("", "missing"),
        ("12", "member_number"),
        ("7E+07", "scientific"),
    ],
)
def test_a_member_number_is_read_or_refused(cell: str, expected: str) -> None:
    said = read(会員番号=cell)
    assert said.get("member_number", said.get("problems")) in (expected, [expected])


def whole(cell: str, heading: str = "氏名") -> object:
    columns = [Column("会員番号", "member_number"), *recognise([heading])]
    if heading != "氏名":
        columns.append(Column("姓", "family_name"))
    cells = ["70000001", cell, "髙橋"][: len(columns)]
    said = importcustomers.reader(columns, lookups=Lookups({}, TODAY)).read(Row(2, cells))
    if isinstance(said, list):
        return said
    part = "name" if heading == "氏名" else "kana"
    return said.get(f"family_{part}"), said.get(f"given_{part}")


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("髙橋 花子", ("髙橋", "花子")),
        ("髙橋　花子", ("髙橋", "花子")),
        ("ヴァン デル ベルク", ("ヴァン", "デル ベルク")),
    ],
)
def test_a_whole_name_is_split_at_its_first_space(cell: str, parts: tuple[str, str]) -> None:
    assert whole(cell) == parts


def test_a_whole_name_without_space_is_refused_not_guessed() -> None:
    assert whole("髙橋花子") == [Problem("氏名", "髙橋花子", "name_not_split")]
    assert whole("") == [Problem("氏名", "", "missing")]
    assert whole("タカハシハナコ", "フリガナ") == [Problem("フリガナ", "タカハシハナコ", "kana_not_split")]
    assert whole("たかはし　はなこ", "フリガナ") == ("タカハシ", "ハナコ")
    assert whole("", "フリガナ") == (None, None)
