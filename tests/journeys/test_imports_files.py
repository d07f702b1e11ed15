"""Files as they come: any characters, any delimiter, and a clear word for each that cannot be read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.utils import translation

from config.lib.errors import Invalid, Unavailable
from customers.models import Customer
from journeys.models import ImportRun
from journeys.selectors import importwords
from journeys.services import importcolumns, importcustomers, importfiles, importprofiles, importsurvey
from journeys.services.importcustomers import Customers
from journeys.services.importfiles import UnreadableFile
from tests.cast import Cast
from tests.journeys.importing import HEAD, KEN, SAKURA, bring_in, check, did, media, member, problems, text, upload

__all__ = ["media"]
SMALL = "会員番号,姓\r\n70000001,髙橋①\r\n"


def survey(tmp_path: Path, content: bytes) -> importsurvey.Survey:
    path = tmp_path / "file"
    path.write_bytes(content)
    return importsurvey.of(path, subject=Customers(), layout=importprofiles.PLAIN)


def unreadable(tmp_path: Path, content: bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        survey(tmp_path, content)
    return refused.value.reason


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (SMALL.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + SMALL.encode(), "utf-8"),
        (SMALL.encode("cp932"), "cp932"),
        (SMALL.replace("\r\n", "\n").encode("cp932"), "cp932"),
        (SMALL.replace("\r\n", "\r").encode(), "utf-8"),
        (SMALL.encode("cp932") + b"\x1a", "cp932"),
    ],
    ids=["utf-8", "bom", "cp932", "lf", "cr", "ctrl-z"],
)
def test_japanese_files_of_every_kind_arrive_whole(cast: Cast, raw: bytes, encoding: str) -> None:
    run = bring_in(cast, raw)
    assert (run.encoding, did(run)) == (encoding, (1, 0, 0, 0))
    assert member("70000001").family_name == "髙橋①"


def test_the_characters_are_told_by_the_whole_file_not_its_beginning(tmp_path: Path) -> None:
    # given two megabytes that are the same in both, then one name
    plain = b"member number,family name\n" + b"70000001,Sato\n" * 160_000
    assert survey(tmp_path, plain + "70000002,髙橋\n".encode()).encoding == "utf-8"
    assert survey(tmp_path, plain + "70000002,髙橋\n".encode("cp932")).encoding == "cp932"


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_a_character_cut_by_a_chunk_is_whole(tmp_path: Path, encoding: str) -> None:
    head = "会員番号,姓\n1000,".encode(encoding)
    for shift in range(4):
        raw = head + b"x" * (importfiles.CHUNK - len(head) - shift) + "髙橋\n1001,髙\n".encode(encoding)
        with pytest.raises(UnreadableFile) as refused:  # one row of a megabyte, in characters that were all read
            survey(tmp_path, raw)
        assert refused.value.reason == "row_too_long:2"


@pytest.mark.parametrize(
    ("tail", "line"),
    [("髙".encode() + b"\xff\n1001,y\n", 2), (b"y\r\n1001,\xff\n", 3)],
    ids=["a character cut by the chunk", "a line end cut by the chunk"],
)
def test_a_bad_line_is_counted_right_beside_the_edge_of_a_chunk(tmp_path: Path, tail: bytes, line: int) -> None:
    head = "会員番号,姓\n".encode()
    raw = head + b"x" * (importfiles.CHUNK - len(head) - 2) + tail
    assert unreadable(tmp_path, raw) == f"encoding:{line}"


@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_the_delimiter_is_seen_in_the_heading(cast: Cast, mark: str) -> None:
    run = bring_in(cast, text(SAKURA, KEN).replace(",", mark))
    assert (run.columns["delimiter"], did(run)) == (mark, (2, 0, 0, 0))
    assert member("70000002").family_kana == "サトウ"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (SMALL.encode("utf-16"), "utf16"),
        (SMALL.encode("utf-16-le"), "utf16"),
        (b"PK\x03\x04" + b"x" * 100, "workbook"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "workbook"),
        (SMALL.encode() + b"70000002,\x00\r\n", "nul:3"),
        (SMALL.encode() + "70000002,髙\r\n".encode("cp932"), "encoding:3"),
        (SMALL.encode("cp932") + b"70000002,\xff\xff\x81\r\n70000003,x\r\n", "encoding:3"),
        (b"\xef\xbb\xbf" + SMALL.encode() + b"a\r\nb\rc\n\x83\x5c\r\n", "encoding:6"),
        (b'"', "quote_open:1"),
        ("名\r\nさくら\r\n".encode(), "no_header"),
        ((",".join(["会員番号", "姓", *["備考"] * 199]) + "\r\n").encode(), "columns_too_many:201"),
        ("会員番号,姓\r\n".encode(), "no_rows"),
        ("会員番号,姓\r\n,\r\n   ,　\r\n\r\n".encode(), "no_rows"),
        (SMALL.encode() + b'70000002,"' + b"x" * 100_001, "row_too_long:3"),
        (SMALL.encode() + b'70000002,"' + b"x\r\n" * 50_000, "row_too_long:3"),
        (SMALL.encode() + b'70000002,"x\r\n70000003,y\r\n', "quote_open:3"),
        (SMALL.encode() + b"1," * 1_000_000, "row_too_long:3"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_apart(tmp_path: Path, raw: bytes, reason: str) -> None:
    assert unreadable(tmp_path, raw) == reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("会員番号,名\r\n70000001,さくら\r\n", "columns_missing:family_name"),
        ("姓,名\r\n髙橋,さくら\r\n", "columns_missing:member_number"),
        ("名,備考\r\nさくら,常連\r\n", "columns_missing:member_number,family_name"),
        ("会員番号,姓,電話番号,携帯電話\r\n70000001,髙橋,1,2\r\n", "columns_repeated:phone"),
        ("会員番号,姓,姓\r\n70000001,髙橋,髙橋\r\n", "columns_repeated:family_name"),
        ("70000001,髙橋,さくら\r\n70000002,佐藤,健\r\n", "no_known_column"),
    ],
)
def test_columns_nobody_can_tell_wait_for_a_person(cast: Cast, content: str, reason: str) -> None:
    run = check(cast, content)
    assert (run.state, run.failure, run.lease, run.total > 0) == ("matching", reason, None, True)


def test_a_file_of_too_many_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importsurvey, "MOST_ROWS", 2)
    assert survey(tmp_path, SMALL.encode() + b"2,x\r\n").total == 2
    assert unreadable(tmp_path, SMALL.encode() + b"2,x\r\n3,y\r\n") == "rows_too_many:2"


def test_a_file_that_waits_says_why_and_shows_the_columns_found(cast: Cast) -> None:
    run = check(cast, "会員番号,姓,電話番号,携帯電話,備考\r\n70000001,髙橋,1,2,3\r\n")
    assert (run.state, run.failure, run.lease) == ("matching", "columns_repeated:phone", None)
    assert [(column["name"], column["field"]) for column in run.columns["columns"]] == [
        ("会員番号", "member_number"), ("姓", "family_name"), ("電話番号", "phone"), ("携帯電話", "phone"), ("備考", "")
    ]  # fmt: skip
    with translation.override("en"):
        assert importwords.failure(run.failure, columns=run.columns["columns"]) == (
            "More than one column tells the same (phone): 電話番号 / 携帯電話.",
            "Keep one of them below and set the others to “not used”.",
        )
    assert not Customer.objects.filter(member_number="70000001").exists()


def test_every_failure_and_reason_reads_as_a_sentence() -> None:
    with translation.override("en"):
        for code in importwords.FAILURES:
            why, act = importwords.failure(f"{code}:7", columns=[])
            assert why.endswith(".")
            assert act.endswith(".")
            assert "%" not in why + act
        for code in importwords.REASONS:
            words = importwords.reason(f"{code}:7")
            assert words.endswith(".")
            assert "%" not in words
        assert importwords.reason("repeated:12") == (
            "Line 12 has the same member number already. Only the first row counts."
        )
        assert importwords.reason("unheard_of") == "This row cannot be taken (unheard_of)."


def test_lines_are_those_of_the_file_even_when_cells_hold_line_ends(cast: Cast) -> None:
    rows = ['70000001,髙橋,"ひと\r\nふた\r\nみ",,,,,,', KEN, "", '70000003,佐藤,"a""b",,,,,,', "12,短,,,,,,,"]
    run = check(cast, text(*rows))
    assert run.total == 4
    assert problems(run) == [(2, "名", "ひと\r\nふた\r\nみ", "line_break"), (8, "会員番号", "12", "member_number")]


def test_a_torn_row_is_refused_and_the_next_ones_are_read(cast: Cast) -> None:
    run = check(cast, text('70000001,"髙橋"さくら,x,,,,,,', KEN))
    assert problems(run) == [(2, "", '70000001,"髙橋"さくら,x,,,,,,', "torn")]
    assert (run.would_create, run.would_refuse) == (1, 1)


def test_rows_of_the_wrong_length_are_refused(cast: Cast) -> None:
    run = check(cast, text(f"{SAKURA},x", "70000002,佐藤", f"{SAKURA.replace('70000001', '70000003')},,"))
    assert problems(run) == [(2, "", "10", "cells_too_many:9"), (3, "", "2", "cells_too_few:9")]
    assert run.would_create == 1


# ---- headings ----


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("会員番号", "member_number"), ("会員ＮＯ．", "member_number"), (" 会員番号 (必須) ", "member_number"),
        ("Member Number", "member_number"), ("MEMBER_ID", "member_number"), ("姓", "family_name"),
        ("氏名（姓）", "family_name"), ("Last Name", "family_name"), ("名", "given_name"), ("氏名", "full_name"),
        ("お名前", "full_name"), ("セイ", "family_kana"), ("姓(カナ)", "family_kana"),
        ("姓（ふりがな）", "family_kana"),
        ("ﾌﾘｶﾞﾅ", "full_kana"), ("ふりがな", "full_kana"), ("メイ", "given_kana"), ("ローマ字", "romaji"),
        ("生年月日", "birthday"), ("Date of Birth", "birthday"), ("電話番号", "phone"), ("ＴＥＬ", "phone"),
        ("携帯電話番号", "phone"), ("メールアドレス", "email"), ("E-mail", "email"), ("email", "email"),
        ("言語", "language"), ("接客の好み", "approach"), ("店舗コード", "home_store"), ("所属店舗", "home_store"),
        ("入会日", "member_since"), ("備考", ""), ("name", ""), ("カード番号", ""), ("", ""),
    ],
)  # fmt: skip
def test_headings_are_known_in_both_languages(heading: str, field: str) -> None:
    assert importcolumns.keys_of(importcustomers.FIELDS).get(importcolumns.key(heading), "") == field


def test_no_heading_means_two_fields() -> None:
    pairs = {
        (importcolumns.key(word), field.name)
        for field in importcustomers.FIELDS
        for word in (*field.japanese, *field.english)
    }
    assert len(pairs) == len({key for key, _field in pairs}) == len(importcolumns.keys_of(importcustomers.FIELDS))
    assert "" not in importcolumns.keys_of(importcustomers.FIELDS)


def test_a_whole_name_beside_its_parts_is_not_used(cast: Cast) -> None:
    run = bring_in(cast, "会員番号,氏名,姓,名,備考\r\n70000001,どなたか さま,髙橋,さくら,常連\r\n")
    assert member("70000001").full_name == "髙橋 さくら"
    assert [(column["name"], column["field"], column["sample"]) for column in run.columns["columns"]] == [
        ("会員番号", "member_number", "70000001"), ("氏名", "", "どなたか さま"), ("姓", "family_name", "髙橋"),
        ("名", "given_name", "さくら"), ("備考", "", "常連"),
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_sample_file_can_be_imported_as_it_is(cast: Cast, language: str) -> None:
    with translation.override(language):
        rows = importcolumns.sample(fields=importcustomers.FIELDS, values={"store": "SHIBUYA"})
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    run = check(cast, b"\xef\xbb\xbf" + out.getvalue().encode())
    assert problems(run) == []
    assert (run.state, run.would_refuse, run.would_update + run.would_create) == ("checked", 0, 2)
    assert all(column["field"] for column in run.columns["columns"])


# ---- keeping the upload ----


def uploads(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def test_an_upload_is_kept_under_a_random_name(cast: Cast, media: Path) -> None:
    run = check(cast, text(SAKURA))
    assert [path.read_bytes() for path in uploads(media)] == [text(SAKURA).encode()]
    assert (run.size, run.file_name) == (len(text(SAKURA).encode()), "members.csv")
    assert "members" not in run.path
    assert len(run.sha256) == 64


def test_what_is_too_large_or_empty_is_refused_and_not_kept(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importfiles, "LARGEST", 10)
    with pytest.raises(Invalid) as large:
        importfiles.keep([b"12345", b"123456"])
    with pytest.raises(Invalid) as empty:
        importfiles.keep([])
    assert (large.value.code, empty.value.code, uploads(media)) == ("file_too_large", "file_empty", [])
    assert importfiles.keep([b"12345", b"12345"]).size == 10


def test_a_full_disk_is_told_and_leaves_nothing(media: Path) -> None:
    def chunks() -> Iterable[bytes]:
        yield b"123"
        raise OSError(28, "No space left on device")

    with pytest.raises(Unavailable) as full:
        importfiles.keep(chunks())
    assert (full.value.code, uploads(media)) == ("disk_full", [])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\会員\\一覧.csv", "一覧.csv"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\r\n.csv", "ab.csv"),
        ("", "import.csv"),
        ("長" * 300 + ".csv", "長" * 179 + "…" + "長" * 16 + ".csv"),
    ],
)
def test_a_file_name_is_only_a_name(cast: Cast, given: str, kept: str) -> None:
    assert ImportRun.objects.get(pk=upload(cast, text(SAKURA), name=given).pk).file_name == kept


def test_the_heading_is_the_rows_first(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(f"\r\n\r\n{HEAD}\r\n{KEN}\r\n", encoding="utf-8", newline="")
    rows = list(importfiles.rows(path, encoding="utf-8", delimiter=","))
    assert [(row.line, row.cells[0]) for row in rows] == [(3, "会員番号"), (4, "70000002")]
